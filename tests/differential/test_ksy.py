"""Kaitai Struct files against the reference codec: compiled, run, and all values compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import isnan
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaitaistruct import KaitaiStream

from tdl.backends.api import BackendError, Options
from tdl.backends.kaitai.backend import BACKEND
from tdl.backends.kaitai.places import ITEMS, Members, elements
from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.numerals import read_bcd_number, read_char_number
from tdl.codec.values import Raw, Record
from tdl.image import read_image_file
from tdl.image.directory import read_profile
from tdl.ir import model, plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values as profile_values
from tdl.project.reading import read_image
from tests.cli.conftest import EXAMPLE, IMAGES, ROOT
from tests.differential.kaitai import Compiler, compiler
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def kaitai() -> Iterator[Compiler]:
    with compiler() as running:
        yield running


@pytest.fixture(scope="module")
def writing() -> Iterator[Compiler]:
    with compiler(writing=True) as running:
        yield running


def expressible(definition: model.Definition, of: plan.Plan) -> Iterator[tuple[plan.TablePlan, bytes]]:
    """Each table that Kaitai has a form for, with its file."""
    for table in of.tables:
        with suppress(BackendError):
            (file,) = BACKEND.generate(definition, replace(of, tables=(table,)), Options())
            yield table, file.content


@settings(max_examples=settings().max_examples // 2)
@given(cases(), known_values(), SEEDS)
def test_same_values_and_refusals(kaitai: Compiler, case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    bound = bind(case.plan, environment)
    found = list(expressible(case.definition, bound))
    for (table, _), made in zip(found, kaitai.classes([content for _, content in found]), strict=True):
        image = random_image(table, environment, seed)
        random = Random(seed)
        shorter = [image[: random.randrange(len(image))] for _ in range(3) if image]
        for octets in (image, *shorter, image + b"\0", random.randbytes(random.randint(0, 30))):
            compare(table, made, octets, environment)


OSGP = ROOT / "examples" / "osgp-style"
LANGUAGES = ("cpp_stl", "csharp", "go", "java", "javascript", "lua", "perl", "php", "ruby", "rust")
METERS = [
    ("std:2012", (), IMAGES / "elster-a3", ("ST1",)),
    ("std:2012", (), IMAGES / "epri-st0", ("ST0",)),
    ("std:2012", (EXAMPLE / "acme-ax200.tdl",), EXAMPLE / "image", ()),
    (OSGP / "osgp.tdl", (OSGP / "polyphase.tdl",), OSGP / "image", ()),
]


@pytest.mark.parametrize(("base", "fragments", "image", "keys"), METERS, ids=["elster", "epri", "fragment", "osgp"])
def test_meters(kaitai: Compiler, base: Any, fragments: Any, image: Path, keys: tuple[str, ...]) -> None:
    """Each table of a meter, whole and cut; and its file is one for every language there is."""
    definition = load(str(base), [str(each) for each in fragments])
    read = read_image_file(str(image))
    reading = read_image(definition, read)
    bound = bind(definition.plan, reading.environment)
    tables = ",".join(keys or reading.octets)
    files = BACKEND.generate(definition.model, bound, Options(values={"tables": tables}))
    chosen = [table for table in bound.tables if table.key in (keys or reading.octets)]
    classes = kaitai.classes([file.content for file in files])
    for table, made in zip(chosen, classes, strict=True):
        octets = reading.octets[table.key]
        assert compare(table, made, octets, reading.environment)
        for length in range(0, len(octets), max(1, len(octets) // 20)):
            compare(table, made, octets[:length], reading.environment)
    for language in LANGUAGES:
        kaitai.texts(language, [file.content for file in files])


@pytest.mark.parametrize("meter", ["std:residential", "std:polyphase-tou"])
def test_classes_that_write(writing: Compiler, meter: str) -> None:
    """Kaitai's compiler can make classes that write what they have read: the same octets, for the whole standard."""
    definition = load("std:2012")
    bound = bind(definition.plan, profile_values(definition, read_profile(meter)))
    found, written = list(expressible(definition.model, bound)), 0
    for (table, _), made in zip(found, writing.classes([content for _, content in found]), strict=True):
        image = random_image(table, Environment(), 1)
        with suppress(DecodeError):
            decode(table, image, Environment())
            values, octets = made.from_bytes(image), BytesIO(bytes(len(image)))
            values._read()
            values._write(KaitaiStream(octets))
            assert octets.getvalue() == image, table.key
            written += 1
    assert written > 160


ONE_BIT = """DOCUMENT ONE_BIT;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8 COUNT : UINT(0..0); SIGN : INT(1..1); THERE : BOOL(2); REST : UINT(3..7); END;
TYPE ONE_RCD = PACKED RECORD
    FLAGS : FLAGS_BFLD;
    ITEMS : ARRAY[FLAGS.COUNT] OF UINT8;
    IF FLAGS.THERE THEN A : UINT8; END;
    IF FLAGS.SIGN == -1 THEN B : UINT8; END;
END;
TABLE 1 ONE_TBL = ONE_RCD;"""


def test_a_number_of_one_bit(kaitai: Compiler, tmp_path: Path) -> None:
    (tmp_path / "one.tdl").write_text(ONE_BIT)
    definition = load(str(tmp_path / "one.tdl"))
    environment = Environment()
    environment.set(0, ("INT_FORMAT",), 0)
    bound = bind(definition.plan, environment)
    (file,) = BACKEND.generate(definition.model, bound, Options())
    (made,) = kaitai.classes([file.content])
    for flags in range(8):
        octets = bytes((flags, *range(flags.bit_count())))
        assert compare(bound.tables[0], made, octets, environment)


def compare(table: plan.TablePlan, made: Any, octets: bytes, environment: Environment) -> bool:
    """Whether the reference decodes the octets; Kaitai must do the same."""
    try:
        expected = decode(table, octets, environment)
    except DecodeError:
        assert read(made, octets) is None, (table.key, octets.hex())
        return False
    found = read(made, octets)
    assert found is not None, (table.key, octets.hex())
    same(table.root, expected, found, Members())
    return True


def read(made: Any, octets: bytes) -> Any | None:
    """An object of a compiled class; None if it refuses the octets, which it may do in any way."""
    try:
        return made.from_bytes(octets)
    except Exception:
        return None


# --- values ----------------------------------------------------------------------------------------------------------


def same(op: plan.AnyOp, value: Any, found: Any, members: Members) -> None:
    """Compare a value with what Kaitai has made of it."""
    match op:
        case plan.Group() | plan.Bits():
            below = list(elements(op.ops if isinstance(op, plan.Group) else op.fields))
            assert isinstance(value, Record)
            for name in value:
                taken = [each for each in below if each.name == name]
                there = [each for each in taken if getattr(found, members.of(op).of(each), None) is not None]
                if is_nothing(value[name]):
                    continue
                assert there, name
                same(there[0], value[name], getattr(found, members.of(op).of(there[0])), members)
        case plan.Repeat():
            assert len(value) == len(found)
            for element, each in zip(value, found, strict=True):
                if isinstance(op.body, plan.Repeat):
                    same(op.body, element, getattr(each, ITEMS, []), members)
                else:
                    same(op.body, element, each, members)
        case plan.Builtin():
            moment(op, value, found)
        case _:
            assert leaf(op, value, found) == value, op


def is_nothing(value: Any) -> bool:
    """Whether no octets are behind a value: Kaitai has no attribute for such an element."""
    return value is None or (isinstance(value, list | tuple) and all(map(is_nothing, value)))


def leaf(op: plan.AnyOp, value: Any, found: Any) -> Any:
    """What Kaitai has made, as the value that the reference has."""
    match op:
        case plan.Take(kind="float"):
            return value if isnan(value) and isnan(found) else found
        case plan.Take(decimals=decimals) if decimals:
            assert found.value == pytest.approx(float(value))
            return Decimal(found.digits).scaleb(-decimals)
        case plan.Take() | plan.Field():
            return int(getattr(found, "value", found))
        case plan.Bytes(form="text"):
            if isinstance(found, str):
                return found
            if isinstance(value, Raw):
                return getattr(found, "raw", found)
            if isinstance(found, bytes):  # no character set is known when the file is made
                return value if found in (value, *encoded(value)) else found
            with suppress(UnicodeDecodeError):
                assert found.text == value
            return value if value.encode("utf-8", "surrogateescape") == found.raw else found.raw
        case plan.Bytes(form="bcd"):
            return digits(found)
        case plan.Bytes(form="set"):
            return {position for position, flag in enumerate(found.flags) if flag}
        case _:
            return found


def encoded(value: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            yield value.encode(encoding, "surrogateescape")


def digits(found: Any) -> str:
    return "".join(f"{digit:X}" for digit in found.digits)


def moment(op: plan.Builtin, value: Any, found: Any) -> None:
    match op.kind:
        case "FLOAT_CHAR":
            assert read_char_number(found.raw) == value
        case "FIXED_BCD":
            assert read_bcd_number(bytes.fromhex(digits(found))) == value
        case "RDATE":
            assert found.value == value
            for part in ("month", "offset", "weekday", "day", "period", "delta", "minutes"):
                assert getattr(found, part) == getattr(value, part)
        case _ if not isinstance(value, Raw):
            assert moment_of(found, isinstance(value, time)) == value


def moment_of(found: Any, clock: bool) -> Any:
    """The date or time whose parts or counts Kaitai has read."""
    names = ("year", "month", "day", "hour", "minute", "second", "hundredth")
    parts = {name: getattr(found, name) for name in names if hasattr(found, name)}
    if not parts:
        units = {name: getattr(found, name) for name in ("minutes", "seconds") if hasattr(found, name)}
        at = datetime(1970, 1, 1) + timedelta(milliseconds=10 * getattr(found, "hundredths", 0), **units)
        return at.time() if clock else at
    microsecond = 10_000 * parts.pop("hundredth", 0)
    if clock:
        return time(**parts, microsecond=microsecond)
    return datetime(**parts, microsecond=microsecond) if "hour" in parts else date(**parts)
