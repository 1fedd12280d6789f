"""Sets of generated records are octets until somebody asks, and bits that are never spare have no slot."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tdl.backends.api import Options, find_backend
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential import native_packages
from tests.differential.compared import outcome
from tests.differential.packages import imported
from tests.differential.test_python import as_reference

TEXT = """DOCUMENT HELD;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8 DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); CHAR_FORMAT : UINT(4..6); END;
TYPE FORMAT_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; INT_FORMAT : UINT8; END;
TABLE 0 FORMAT_TBL = FORMAT_RCD;
TYPE FULL_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); HIGH : UINT(4..7); END;
TYPE WIDE_BFLD = BIT FIELD OF UINT16 LOW : UINT(0..11); SIGNED : INT(12..14); HIGH : BOOL(15); END;
TYPE FILLED_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); FILLER : FILL(4..7); END;
TYPE OPEN_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); END;
TYPE OUTER_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); IF LIMITS_TBL.MORE THEN HIGH : UINT(4..7); END; END;
TYPE LIMITS_RCD = PACKED RECORD MORE : UINT8; USED : SET(1); END;
TABLE 1 LIMITS_TBL = LIMITS_RCD;
TYPE SETS_RCD = PACKED RECORD
    FULL : FULL_BFLD; COUNT : UINT8; FIXED : SET(2); NAME : STRING(1);
    A : SET(COUNT); B : SET(2 * COUNT); C : SET(COUNT);
    LIST : ARRAY[2] OF SET(1); IF FIXED[3] THEN MORE : SET(1); ELSE LESS : UINT8; END; class : SET(1); none : SET(0);
END;
TABLE 2 SETS_TBL = SETS_RCD;
TYPE WORDS_RCD = PACKED RECORD
    FULL : FULL_BFLD; WIDE : WIDE_BFLD; FILLED : FILLED_BFLD; OPEN : OPEN_BFLD; OUTER : OUTER_BFLD;
END;
TABLE 3 WORDS_TBL = WORDS_RCD;
TYPE ROW_RCD = PACKED RECORD FULL : FULL_BFLD; FLAGS : SET(2); END;
TYPE ROWS_RCD = PACKED RECORD COUNT : UINT8; ROWS : ARRAY[COUNT] OF ROW_RCD; END;
TABLE 4 ROWS_TBL = ROWS_RCD;
TYPE USER_RCD = PACKED RECORD N : UINT8; IF LIMITS_TBL.USED[N] THEN X : UINT8; END; END;
TABLE 5 USER_TBL = USER_RCD;
TYPE EITHER_RCD = PACKED RECORD N : UINT8; IF N THEN V : SET(1); ELSE V : UINT8; END; END;
TABLE 6 EITHER_TBL = EITHER_RCD;
"""
IMAGE = bytes.fromhex("21 01 0801 41 05 0703 80 0102 FF 03")
WORDS = bytes.fromhex("21 FF8F F3 A5 37")
NAMES = ("FIXED", "A", "B", "C", "MORE", "class_", "none")


@pytest.fixture(scope="module", params=["python", "native"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package, bound to a meter whose OUTER_BFLD has all its bits."""
    definition = _definition()
    bound = bind(definition.plan, known())
    if request.param == "python":
        with imported(find_backend("python").generate(definition.model, bound, Options())) as made:
            yield made
    else:
        folder = tmp_path_factory.mktemp("held")
        native_packages.write_package(definition.model, bound, folder)
        with native_packages.imported(folder) as made:
            assert not native_packages.is_plain(made.st2.decode)
            yield made


def _definition() -> Any:
    return load("held.tdl", resolver=Resolver({"held.tdl": TEXT}))


def known() -> Environment:
    environment = Environment()
    for table, path, value in (
        (0, "FORMAT.DATA_ORDER", 0), (0, "FORMAT.CHAR_FORMAT", 1), (0, "INT_FORMAT", 0), (1, "MORE", 1),
    ):  # fmt: skip
        environment.set(table, path.split("."), value)
    return environment


def same(package: Any, key: str, record: Any) -> tuple[object, ...]:
    """What comes of encoding, which is what the reference codec comes to."""
    found = outcome(package.encode, key, record)
    assert found == outcome(_definition().encode, key, as_reference(record), known())
    return found


# --- sets -----------------------------------------------------------------------------------------------------------


def test_decoding_makes_no_set(package: Any) -> None:
    record = package.decode("ST2", IMAGE)
    held = [getattr(record, f"_held_{name}") for name in NAMES]
    assert held == [b"\x08\x01", b"\x05", b"\x07\x03", b"\x80", b"\xff", b"\x03", b""]


def test_native_code_needs_nobody_for_sets(package: Any) -> None:
    called: list[str] = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        octets = package.st2.encode(package.st2.decode(IMAGE))
    finally:
        sys.setprofile(None)
    assert octets == IMAGE
    assert bool(called) == native_packages.is_plain(package.st2.decode), called


def test_a_set_is_made_once_when_it_is_asked_for(package: Any) -> None:
    record = package.decode("ST2", IMAGE)
    members = [list(getattr(record, name)) for name in NAMES]
    assert members == [[3, 8], [0, 2], [0, 1, 2, 8, 9], [7], [0, 1, 2, 3, 4, 5, 6, 7], [0, 1], []]
    for name in NAMES:
        assert type(getattr(record, name)) is package.Members
        assert getattr(record, name) is getattr(record, name)
    assert record["class"] is record.class_
    assert [list(each) for each in record.LIST] == [[0], [1]]
    assert package.encode("ST2", record) == IMAGE


def test_a_set_in_another_branch_is_none(package: Any) -> None:
    record = package.decode("ST2", IMAGE.replace(b"\x08\x01", b"\x00\x01"))
    assert (record.MORE, record.LESS) == (None, 0xFF)
    assert "MORE" not in record
    assert list(record) == ["FULL", "COUNT", "FIXED", "NAME", "A", "B", "C", "LIST", "LESS", "class", "none"]
    assert package.encode("ST2", record)[2:4] == b"\x00\x01"


def test_what_is_a_set_in_one_branch_alone_has_no_octets(package: Any) -> None:
    one, other = package.decode("ST6", b"\x01\x05"), package.decode("ST6", b"\x00\x05")
    assert type(one.V) is package.Members
    assert (list(one.V), other.V) == ([0, 2], 5)
    assert [package.encode("ST6", each) for each in (one, other)] == [b"\x01\x05", b"\x00\x05"]


GIVEN: dict[str, Any] = {
    "set": {0, 9},
    "frozenset": frozenset((1, 2)),
    "list": [15],
    "tuple": (3, 3),
    "octets": b"\x01\x80",
    "other octets": b"\x01",
    "too much": {16},
    "no number": {"A"},
    "text": "AB",
    "None": None,
    "number": 3,
}


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("name", ["FIXED", "B"])
def test_what_is_stored_is_encoded_as_ever(package: Any, given: str, name: str) -> None:
    record = package.decode("ST2", IMAGE)
    setattr(record, name, GIVEN[given])
    wanted = package.Members(GIVEN[given]) if type(GIVEN[given]) is bytes else GIVEN[given]
    same(package, "ST2", record)
    assert getattr(record, name) == wanted
    assert type(getattr(record, name)) is type(wanted)


@pytest.mark.parametrize("octets", [b"\x08\x01", b"\x01", b"\x01\x02\x03", b""])
@pytest.mark.parametrize("name", ["FIXED", "B"])
def test_sets_that_somebody_makes(package: Any, octets: bytes, name: str) -> None:
    record = package.decode("ST2", IMAGE)
    setattr(record, name, package.Members(octets))
    assert same(package, "ST2", record)[0] == ("value" if len(octets) == 2 else "EncodeError")


def test_a_change_of_a_set_counts(package: Any) -> None:
    record = package.decode("ST2", IMAGE)
    record.A.octets = b"\xaa"
    assert package.encode("ST2", record) == IMAGE.replace(b"\x05", b"\xaa")


def test_a_set_can_be_taken_away(package: Any) -> None:
    record = package.decode("ST2", IMAGE)
    del record.A
    with pytest.raises(AttributeError, match="A"):
        _ = record.A
    assert "A" not in record
    assert outcome(package.encode, "ST2", record)[0] == "EncodeError"


def test_a_record_can_be_made_of_sets(package: Any) -> None:
    whole = package.decode("ST2", IMAGE)
    values = {name: getattr(whole, name) for name in ("FULL", "COUNT", "NAME", "LIST", *NAMES)}
    made = package.records.SETS_RCD(**{**values, "A": {0, 2}, "B": b"\x07\x03"})
    assert sorted(made.A) == [0, 2]
    assert made.LESS is None
    assert package.encode("ST2", made) == IMAGE
    assert made == whole


def test_records_are_equal_whoever_has_looked_at_them(package: Any) -> None:
    one, other = package.decode("ST2", IMAGE), package.decode("ST2", IMAGE)
    text = "FIXED={3, 8}, NAME='A', A={0, 2}, B={0, 1, 2, 8, 9}, C={7}, LIST=[{0}, {1}], MORE={0, 1, 2, 3, 4, 5, 6, 7}"
    assert text in repr(one)
    assert one == other
    other.B = package.Members(b"\x07\x01")
    assert one != other


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {p}": lambda record, p=p: pickle.loads(pickle.dumps(record, p)) for p in range(2, 6)},  # type: ignore[misc]
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", ["ST2", "ST3", "ST4"])
def test_copies(package: Any, key: str, way: str) -> None:
    image = {"ST2": IMAGE, "ST3": WORDS, "ST4": b"\x02\x21\x08\x01\x45\x02\x02"}[key]
    record = package.decode(key, image)
    other = WAYS[way](record)
    assert other == record
    assert other is not record
    assert package.encode(key, other) == image
    assert package.encode(key, record) == image
    if key == "ST2":
        assert (other.A is record.A) == (way == "copy")


def test_what_is_pickled_has_the_names_that_everybody_knows(package: Any) -> None:
    record = package.decode("ST2", IMAGE)
    state: tuple[Any, dict[str, Any]] = record.__getstate__()
    assert state[0] is None
    assert set(state[1]) == {"FULL", "COUNT", "NAME", "LIST", "LESS", *NAMES}
    assert type(state[1]["FIXED"]) is package.Members


def test_pickles_of_packages_that_kept_more(package: Any) -> None:
    """They have sets by their names, and 0 for the spare bits of every bit field."""
    blank = object.__new__(package.records.FULL_BFLD)
    blank.__setstate__((None, {"LOW": 1, "HIGH": 2, "spare": 0}))
    assert blank == package.records.FULL_BFLD(LOW=1, HIGH=2)
    with pytest.raises(AttributeError):
        blank.__setstate__((None, {"spare": 1}))
    opened = object.__new__(package.records.OPEN_BFLD)
    opened.__setstate__((None, {"LOW": 1, "spare": 0}))
    assert (opened.LOW, opened.spare) == (1, 0)


@pytest.mark.parametrize("space", [{}, {"__slots__": ("more",)}])
def test_a_derived_class_keeps_its_own(package: Any, space: dict[str, Any]) -> None:
    derived = type("Derived", (package.records.FULL_BFLD,), space)
    record = derived(LOW=1, HIGH=2)
    record.more = [3]
    other = copy.copy(record)
    assert (other.LOW, other["HIGH"], other.more) == (1, 2, [3])
    assert other == record
    assert other != derived(LOW=2, HIGH=2)
    assert repr(other) == "Derived(LOW=1, HIGH=2)"


def test_a_record_fills_an_environment(package: Any) -> None:
    environment = package.Environment()
    environment.fill(1, package.decode("ST1", b"\x01\x04"))
    assert package.decode("ST5", b"\x02\x07", environment).X == 7
    assert package.decode("ST5", b"\x03", environment).X is None


def test_octets_are_no_set_to_an_environment(package: Any) -> None:
    """The library does not know which element they are of."""
    environment = package.Environment()
    environment.fill(1, {"MORE": 1, "USED": b"\x04"})
    with pytest.raises(package.DecodeError):
        package.decode("ST5", b"\x02\x07", environment)


def test_rows_have_sets(package: Any) -> None:
    image = bytes([200]) + b"".join(bytes([n, n, 0x80]) for n in range(200))
    record = package.decode("ST4", image)
    assert list(record.ROWS[5].FLAGS) == [0, 2, 15]
    assert record.ROWS[5].FLAGS is record.ROWS[5].FLAGS
    column = package.columns(record.ROWS)["FLAGS"]
    assert [list(members) for members in column[:3]] == [[15], [0, 15], [1, 15]]
    record.ROWS[6].FLAGS = {0}
    assert package.encode("ST4", record) == image[:20] + b"\x01\x00" + image[22:]


def test_a_view_has_sets(package: Any) -> None:
    view = package.view("ST2", IMAGE)
    assert type(view.FIXED) is package.Members
    assert list(view.FIXED) == [3, 8]


def test_bad_octets_leave_sets_in_the_tree(package: Any) -> None:
    with pytest.raises(package.DecodeError) as caught:
        package.decode("ST2", IMAGE[:6])
    assert list(caught.value.tree["FIXED"]) == [3, 8]


# --- spare bits -----------------------------------------------------------------------------------------------------


def test_which_bit_fields_have_spare_bits(package: Any) -> None:
    record = package.decode("ST3", WORDS)
    spare = {name: getattr(record, name).spare for name in ("FULL", "WIDE", "FILLED", "OPEN", "OUTER")}
    assert spare == {"FULL": 0, "WIDE": 0, "FILLED": 0xF0, "OPEN": 0xA0, "OUTER": 0}
    assert package.encode("ST3", record) == WORDS
    for name in ("FILLED", "OPEN", "OUTER"):
        assert "spare" in dir(getattr(record, name))
        getattr(record, name).spare = 0
    assert package.encode("ST3", record) == WORDS[:3] + b"\x03\x05\x37"


@pytest.mark.parametrize("name", ["FULL", "WIDE"])
@pytest.mark.parametrize("value", [0, 1])
def test_where_no_bits_are_spare_they_cannot_be_set(package: Any, name: str, value: int) -> None:
    holder = getattr(package.decode("ST3", WORDS), name)
    with pytest.raises(AttributeError, match="spare"):
        holder.spare = value


@pytest.mark.parametrize("value", [0, 1, 0x10, 0x100, -1, 0.0, None, "", True])
@pytest.mark.parametrize("name", ["FILLED", "OPEN", "OUTER"])
def test_spare_bits_are_where_no_field_is(package: Any, name: str, value: Any) -> None:
    record = package.decode("ST3", WORDS)
    getattr(record, name).spare = value
    same(package, "ST3", record)


def test_constructors_take_spare_bits(package: Any) -> None:
    records = package.records
    assert records.FULL_BFLD(LOW=1, HIGH=2, spare=0) == records.FULL_BFLD(LOW=1, HIGH=2)
    with pytest.raises(AttributeError, match="'FULL_BFLD' has no spare bits"):
        records.FULL_BFLD(LOW=1, HIGH=2, spare=16)
    assert records.OPEN_BFLD(LOW=1, spare=16).spare == 16
    assert records.OPEN_BFLD(LOW=1, spare=16) != records.OPEN_BFLD(LOW=1)


@pytest.mark.parametrize(("key", "image"), [("ST2", IMAGE), ("ST3", WORDS)])
def test_the_explaining_codec_reads_the_same(
    package: Any, key: str, image: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = getattr(package, package.TABLES[key])
    record = package.decode(key, image)
    monkeypatch.setattr(module, "_S0", None)  # the straight line is left
    with native_packages.without_native(module):
        explained = module.decode(image)
    assert explained == record
    assert package.encode(key, explained) == image


def test_the_explaining_codec_writes_the_same(package: Any) -> None:
    """Spoilt elsewhere, so that the straight line is left."""
    record = package.decode("ST3", WORDS)
    record.OPEN.LOW = "3"
    same(package, "ST3", record)
    record.OPEN.LOW = SimpleNamespace(__index__=lambda: 3)
    same(package, "ST3", record)
