"""Generated Python against the reference codec where random definitions seldom come."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from itertools import product
from typing import Any

import pytest

from tdl.backends.api import Options, find_backend
from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.ir import model
from tdl.ir.expr import Const, External
from tdl.ir.schedule import schedule
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.compared import attributes, keeps_spare, outcome
from tests.differential.packages import imported
from tests.differential.test_python import as_reference, encode

OWN_FORMATS = """
TYPE CONTROL_BFLD = BIT FIELD OF UINT8
    INT_FORMAT : UINT(0..1); DATA_ORDER : UINT(2..2); CHAR_FORMAT : UINT(3..5); SIGNED : INT(6..7);
END;
TYPE A_RCD = PACKED RECORD
    CONTROL : CONTROL_BFLD;
    SMALL : INT8;
    LARGE : INT16;
    WORD : UINT16;
    PAIR : ARRAY[2] OF INT16;
    TEXT : STRING(1);
END;
TABLE 0 GEN_CONFIG_TBL = A_RCD;
"""

COUNTS = """
TYPE A_RCD = PACKED RECORD N : UINT8; %s END;
TABLE 0 GEN_CONFIG_TBL = A_RCD;
"""

SMALL = [bytes([n, *rest]) for n in range(6) for length in range(4) for rest in product((0, 1, 255), repeat=length)]

CORNERS = {
    "own formats": (OWN_FORMATS, [bytes([control]) + tail for control in range(256) for tail in (
        b"\x80\xff\xff\x00\x80\x01\x00\xfe\xff\xe9", b"\xff\x00\x80\x12\x34\xff\xff\x00\x00A",
    )]),
    "negative count": (COUNTS % "X : ARRAY[N - 2] OF UINT8;", SMALL),
    "negative length": (COUNTS % "X : BINARY(N - 2); Y : UINT8;", SMALL),
    "division": (COUNTS % "X : BINARY(3 / (N - 1)); Y : SET(7 % N);", SMALL),
    "overflow": (COUNTS % "X : BINARY(N * 4611686018427387904 - 4611686018427387904 * N);", SMALL),
    "an element that only one branch has": (
        COUNTS % "IF N == 1 THEN M : UINT8; END; IF N < 3 THEN X : BINARY(M); END;",
        SMALL,
    ),
    "bits of branches": (
        "TYPE B_BFLD = BIT FIELD OF UINT8 A : UINT(6..7); IF A == 1 THEN B : UINT(0..3); ELSE C : BOOL(5); END; END;"
        + COUNTS % "B : B_BFLD;",
        [bytes([0, octet]) for octet in range(256)],
    ),
    "positions": (
        "TYPE B_BFLD = BIT FIELD OF UINT8 IF .lastIndex == 1 THEN B : UINT(0..3); ELSE C : UINT(4..7); END; END;"
        + COUNTS % "B : ARRAY[3] OF B_BFLD; C : ARRAY[N] OF B_BFLD;",
        SMALL,
    ),
    "elements without octets": (COUNTS % "X : ARRAY[N * 1000000] OF NIL;", [bytes([n]) for n in (0, 2, 3)]),
    "earlier elements of arrays": (COUNTS % "X : ARRAY[2] OF UINT8; Y : BINARY(X[N - 1]);", SMALL),
    "what is left": (COUNTS % "X : OPAQUE(N);", SMALL),
}  # fmt: skip


def other_count(record: Any) -> None:
    if hasattr(record, "N"):
        record.N ^= 1


def bits_where_fields_are(record: Any) -> None:
    for holder in (getattr(record, "B", None), getattr(record, "CONTROL", None)):
        if keeps_spare(holder):
            holder.spare ^= 0x90


def too_much(record: Any) -> None:
    """One octet or element more everywhere."""
    for attribute in attributes(record):
        value = getattr(record, attribute)
        if isinstance(value, MutableSequence):
            setattr(record, attribute, [*value, 0])
        elif isinstance(value, bytes):
            setattr(record, attribute, value + b"0")


def no_flag(record: Any) -> None:
    holder = getattr(record, "B", None)
    if hasattr(holder, "C") and holder.C is not None:
        holder.C = 2


SPOILERS: tuple[Callable[[Any], None], ...] = (other_count, bits_where_fields_are, too_much, no_flag)


@pytest.mark.parametrize("corner", CORNERS)
def test_corner(corner: str) -> None:
    text, images = CORNERS[corner]
    definition = load("corner.tdl", resolver=Resolver({"corner.tdl": "DOCUMENT CORNER;" + text}))
    accepted = 0
    with imported(find_backend("python").generate(definition.model, definition.plan, Options())) as package:
        for image in images:
            expected = outcome(definition.decode, "ST0", image, Environment())
            assert outcome(package.decode, "ST0", image) == expected
            if expected[0] == "value":
                accepted += 1
                record = package.decode("ST0", image)
                assert package.encode("ST0", record) == image
                for spoil in SPOILERS:
                    record = package.decode("ST0", image)
                    spoil(record)
                    theirs = outcome(definition.encode, "ST0", as_reference(record))
                    assert outcome(package.encode, "ST0", record) == theirs
    assert accepted


LIMITS = """
TYPE L_RCD = PACKED RECORD KNOWN : UINT8; OTHER : UINT8; USED : SET(1); GIVEN : SET(1); LIST : ARRAY[2] OF UINT8; END;
TABLE 1 L_TBL = L_RCD;
TYPE A_RCD = PACKED RECORD N : UINT8; IF %s THEN X : UINT8; END; END;
TABLE 0 GEN_CONFIG_TBL = A_RCD;
"""


@pytest.mark.parametrize(
    "condition",
    [
        "L_TBL.OTHER",
        "NOT L_TBL.OTHER",
        "L_TBL.OTHER == 1",
        "1 != L_TBL.OTHER",
        "L_TBL.OTHER > 1",
        "N == 1 AND L_TBL.OTHER",
        "N == 1 OR L_TBL.OTHER",
        "L_TBL.KNOWN AND N",
        "-L_TBL.OTHER < 1",
        "L_TBL.OTHER % 2",
        "L_TBL.GIVEN[L_TBL.OTHER]",
        "L_TBL.GIVEN[N]",
        "L_TBL.USED[N]",
        "L_TBL.LIST[L_TBL.OTHER]",
        "L_TBL.LIST[N]",
        "L_TBL.LIST[N - 1]",
    ],
)
def test_values_that_are_not_known(condition: str) -> None:
    text = "DOCUMENT CORNER;" + LIMITS % condition
    definition = load("corner.tdl", resolver=Resolver({"corner.tdl": text}))
    known = {"KNOWN": 1, "LIST": [0, 1]}
    with imported(find_backend("python").generate(definition.model, definition.plan, Options())) as package:
        theirs, ours = Environment(), package.Environment()
        theirs.fill(1, {**known, "GIVEN": Members(b"\1")})
        ours.fill(1, {**known, "GIVEN": package.Members(b"\1")})
        for image in SMALL:
            expected = outcome(definition.decode, "ST0", image, theirs)
            assert outcome(package.decode, "ST0", image, ours) == expected
            values = package.records.A_RCD(N=image[0], X=image[1] if len(image) > 1 else None)
            expected = outcome(definition.encode, "ST0", as_reference(values), theirs)
            assert outcome(package.encode, "ST0", values, ours) == expected


BYTE = model.Integer(octets=1, signed=False)


def element(name: str, type_: model.Type, index: int) -> model.Element:
    return model.Element(name=name, type=type_, index=index)


def sized_by(*path: str, index: int | None = None) -> model.Type:
    """As many octets as an element of the table's own says."""
    indices = () if index is None else (Const(value=index),)
    return model.Octets(
        form="binary", length=External(table=0, table_name="A_TBL", path=path, indices=indices, range=(0, 255))
    )


@pytest.mark.parametrize(
    "members",
    [
        (element("X", sized_by("M"), 0), element("M", BYTE, 1)),
        (element("X", model.Array(count=Const(value=2), of=model.RecordType(name="B_RCD")), 0),),
    ],
    ids=["an element behind", "an element of an array that is being written"],
)
def test_references_to_what_does_not_stand_before(members: tuple[model.Member, ...]) -> None:
    """The checks refuse such a document; a Plan made by other means must not be encoded where it cannot be decoded."""
    inner = (element("M", BYTE, 0), element("Y", sized_by("X", "[]", "M", index=1), 1))
    definition = model.Definition(
        name="CORNER",
        edition=None,
        version=None,
        tables=(model.Table(id=model.TableId(0), name="A_TBL", type=model.RecordType(name="A_RCD")),),
        procedures=(),
        records=(model.Record(name="A_RCD", members=members), model.Record(name="B_RCD", members=inner)),
        bit_fields=(),
        enumerations=(),
    )
    unbound = schedule(definition)
    with imported(find_backend("python").generate(definition, unbound, Options())) as package:
        records = package.records
        if len(members) == 2:
            record = records.A_RCD(X=b"", M=0)
        else:
            record = records.A_RCD(X=[records.B_RCD(M=0, Y=b""), records.B_RCD(M=0, Y=b"")])
        expected = outcome(encode, unbound.tables[0], as_reference(record))
        assert expected[:3] == ("EncodeError", "ST0", "absent")
        assert outcome(package.encode, "ST0", record) == expected
        assert outcome(package.decode, "ST0", bytes(4))[:3] == ("DecodeError", "ST0", "absent")
