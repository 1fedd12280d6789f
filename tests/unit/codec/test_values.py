from __future__ import annotations

import copy
import math
import pickle
from decimal import Decimal

import pytest

from tdl.codec.decimals import ExactDecimal
from tdl.codec.errors import LeafError
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, Record, RecurringDate, kept, raw_of

NAN = ExactFloat(math.nan, bytes.fromhex("7FC00001"))
EXACT = [ExactInt(0, b"\xff\xff"), ExactFloat(1.5, b"ab"), NAN, ExactDecimal(Decimal("1.50"), b" 1.50 ")]


# --- exact values ------------------------------------------------------------------------------------------------


def test_an_exact_value_is_its_value() -> None:
    assert ExactInt(0, b"\xff") == 0
    assert hash(ExactInt(5, b"\xff")) == hash(5)
    assert ExactInt(5, b"\xff") + 1 == 6
    assert ExactFloat(1.5, b"ab") == 1.5
    assert ExactFloat(1.5, b"ab") != 2.5
    assert hash(ExactFloat(1.5, b"ab")) == hash(1.5)
    assert ExactDecimal(Decimal("1.50"), b"x") == Decimal("1.5")


def test_a_nan_equals_one_of_the_same_octets_only() -> None:
    same, other = ExactFloat(math.nan, NAN.raw), ExactFloat(math.nan, bytes.fromhex("7FC00002"))
    assert same == NAN
    assert (same != NAN) is False
    assert hash(same) == hash(NAN)
    assert other != NAN
    assert math.nan != NAN


def test_an_exact_value_shows_value_and_octets() -> None:
    assert [repr(value) for value in EXACT] == [
        "ExactInt(0, raw='FFFF')",
        "ExactFloat(1.5, raw='6162')",
        "ExactFloat(nan, raw='7FC00001')",
        "ExactDecimal('1.50', raw='20312E353020')",
    ]
    assert [str(value) for value in EXACT] == ["0", "1.5", "nan", "1.50"]
    assert f"{EXACT[0]:03d}" == "000"


@pytest.mark.parametrize("value", [*EXACT, Raw(b"\xff"), Members(b"\x05"), RecurringDate(0x1234)], ids=repr)
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_values_survive_copying(value: object, way: object) -> None:
    again = way(value)  # type: ignore[operator]
    assert type(again) is type(value)
    assert again == value
    assert raw_of(again) == raw_of(value)


def test_raw_is_octets_shown_as_hexadecimal_text() -> None:
    raw = Raw(b"\xff\x0a")
    assert raw == b"\xff\x0a"
    assert (repr(raw), str(raw), type(raw.raw)) == ("Raw('FF0A')", "FF0A", bytes)


def test_the_octets_are_in_reach_where_a_value_holds_them() -> None:
    assert [raw_of(value) for value in EXACT] == [b"\xff\xff", b"ab", NAN.raw, b" 1.50 "]
    assert raw_of(Raw(b"\x01")) == b"\x01"
    assert type(raw_of(Raw(b"\x01"))) is bytes
    assert raw_of(b"\x02") == b"\x02"
    assert raw_of(Members(b"\x03")) == b"\x03"
    assert raw_of(5) is None
    assert raw_of("5") is None
    assert raw_of(None) is None


def test_octets_are_kept_if_there_are_as_many() -> None:
    assert kept(Raw(b"ab"), 2) == b"ab"
    assert kept(bytearray(b"ab"), 2) == b"ab"
    assert kept(5, 2) is None
    with pytest.raises(LeafError, match="1 octet, 2 expected") as caught:
        kept(b"a", 2)
    assert caught.value.kind == "length"


def test_octets_of_an_exact_value_are_kept_while_they_read_as_it() -> None:
    zero = ExactInt(0, b"\xff\xff")
    assert kept(zero, 2, lambda raw: 0) == b"\xff\xff"
    assert kept(zero, 2, lambda raw: -1) is None
    assert kept(zero, 3, lambda raw: 0) is None
    assert kept(zero, 2) is None


# --- sets --------------------------------------------------------------------------------------------------------


def test_member_i_is_bit_i_modulo_8_of_octet_i_div_8() -> None:
    members = Members(b"\x89\x00\x01")
    assert list(members) == [0, 3, 7, 16]
    assert [member for member in range(24) if member in members] == [0, 3, 7, 16]
    assert len(members) == 4
    assert repr(members) == "{0, 3, 7, 16}"


@pytest.mark.parametrize("stranger", [-1, 24, 10**9, 1.5, "0", None])
def test_what_cannot_be_a_member_is_not_one(stranger: object) -> None:
    assert stranger not in Members(b"\xff\xff\xff")


def test_a_set_can_be_made_of_its_members() -> None:
    assert Members.of([16, 0, 3, 7, 7], 3) == Members(b"\x89\x00\x01")
    assert Members.of([], 0) == Members(b"")
    with pytest.raises(ValueError, match="member 8 does not fit a set of 8"):
        Members.of([8], 1)
    with pytest.raises(ValueError, match="member -1 does not fit"):
        Members.of([-1], 1)


def test_sets_are_equal_by_octets_and_to_others_by_members() -> None:
    members = Members(b"\x09")
    assert members == {0, 3}
    assert members == frozenset({3, 0})
    assert members == [3, 0]
    assert members != {0}
    assert members != [0]
    assert members != ["0", "3"]
    assert members != [[0]]
    assert members != (0, 3)
    assert members != Members(b"\x09\x00")
    assert hash(members) == hash(frozenset({0, 3}))
    assert not Members(b"\x00")


# --- recurring dates ---------------------------------------------------------------------------------------------

PARTS = ("month", "offset", "weekday", "day", "period", "delta", "minutes")


@pytest.mark.parametrize(
    ("code", "parts", "text"),
    [
        (1 << 11 | 1, (1, 0, 0, 1, None, None, None), "1 January"),
        (25 << 11 | 12, (12, 0, 0, 25, None, None, None), "25 December"),
        (24 << 11 | 4 << 8 | 2 << 4 | 11, (11, 2, 4, 24, None, None, None),
         "the first Thursday on or after 24 November"),
        (4 << 11 | 12 << 4 | 7, (7, 12, 0, 4, None, None, None), "4 July, a weekend moved to Monday"),
        (1 << 11 | 7 << 8 | 13, (13, 0, 7, 1, None, None, None), "day 1 of every month"),
        (31 << 11 | 1 << 8 | 15 << 4 | 13, (13, 15, 1, 31, None, None, None),
         "the day after day 31 of every month"),
        (3 << 8 | 14, (14, None, 3, None, None, None, None), "every Wednesday"),
        (7 << 8 | 14, (14, None, 7, None, None, None, None), "every no weekday"),
        (63 << 10 | 28 << 4 | 15, (15, None, None, None, 28, 63, None), "every 28 days, 63 after the anchor date"),
        (90 << 4, (0, None, None, None, None, None, 90), "every 90 minutes"),
    ],
)  # fmt: skip
def test_a_recurring_date_has_the_parts_of_its_month(code: int, parts: tuple[int | None, ...], text: str) -> None:
    recurring = RecurringDate(code)
    assert tuple(getattr(recurring, part) for part in PARTS) == parts
    assert str(recurring) == text
    assert recurring == code
    assert repr(recurring) == f"RecurringDate(0x{code:04X})"


def test_every_code_of_16_bits_is_a_recurring_date() -> None:
    assert all(str(RecurringDate(code)) for code in range(0x10000))
    for code in (-1, 0x10000):
        with pytest.raises(ValueError, match="no code of 16 bits"):
            RecurringDate(code)


# --- records -----------------------------------------------------------------------------------------------------


def test_elements_are_reached_by_attribute_and_by_item() -> None:
    record = Record([("ED_MODEL", "AX200"), ("HW_VERSION", 1)])
    record.HW_REVISION = 2
    record["FW_VERSION"] = 3
    assert (record.ED_MODEL, record["HW_REVISION"], record.FW_VERSION) == ("AX200", 2, 3)
    assert list(record) == ["ED_MODEL", "HW_VERSION", "HW_REVISION", "FW_VERSION"]
    assert next(iter(record.items())) == ("ED_MODEL", "AX200")
    del record.ED_MODEL
    del record["HW_VERSION"]
    assert list(record) == ["HW_REVISION", "FW_VERSION"]
    assert len(record) == 2
    assert "FW_VERSION" in record
    assert "ED_MODEL" not in record
    assert (record.get("FW_VERSION"), record.get("NONE"), record.get("NONE", 7)) == (3, None, 7)
    assert "FW_VERSION" in dir(record)


def test_a_missing_element_is_an_attribute_or_key_error() -> None:
    record = Record({"ED_MODEL": 1})
    with pytest.raises(AttributeError, match="no element `ED_MODLE`"):
        record.ED_MODLE  # noqa: B018
    with pytest.raises(AttributeError, match="no element `NONE`"):
        del record.NONE
    with pytest.raises(KeyError):
        record["NONE"]
    with pytest.raises(KeyError):
        del record["NONE"]


@pytest.mark.parametrize("name", ["items", "get", "copy", "__class__", "_values", "spare"])
def test_an_element_may_have_any_name(name: str) -> None:
    record = Record({name: 1})
    record[name] += 1
    assert record[name] == 2
    assert list(record.items()) == [(name, 2)]
    assert type(record) is Record
    assert record.spare == 0
    del record[name]
    assert name not in record


def test_own_names_are_not_overwritten_by_attribute() -> None:
    record = Record({"items": 1})
    for name in ("items", "__class__", "_values"):
        with pytest.raises(AttributeError, match=f"`{name}` is one of Record's own names: use record\\['{name}'\\]"):
            setattr(record, name, 5)
        with pytest.raises(AttributeError, match="own names"):
            delattr(record, name)
    assert record["items"] == 1


def test_records_are_equal_by_names_values_and_spare_bits() -> None:
    assert Record({"A": 1, "B": [2]}) == Record({"B": [2], "A": 1})
    assert Record({"A": 1}) != Record({"A": 2})
    assert Record({"A": 1}) != Record({"A": 1, "B": 1})
    assert Record({"A": 1}, spare=8) != Record({"A": 1})
    assert Record({"A": 1}, spare=8) == Record({"A": 1}, spare=8)
    assert Record({"A": 1}) != {"A": 1}


def test_a_record_shows_its_elements() -> None:
    record = Record({"A": 1, "B": Record({"C": "x"}, spare=0x80)})
    assert repr(record) == "Record(A=1, B=Record(C='x', spare=0x80))"


def test_a_copy_is_a_record_of_its_own() -> None:
    record = Record({"A": [1]}, spare=3)
    for shallow in (record.copy(), copy.copy(record)):
        shallow.A = 2
        shallow.spare = 0
        assert (record.A, record.spare) == ([1], 3)
    for deep in (copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert deep == record
        deep.A.append(2)
        assert record.A == [1]


def test_a_record_does_not_share_what_it_was_made_of() -> None:
    values = {"A": 1}
    record = Record(values)
    record.A = 2
    assert values == {"A": 1}
    with pytest.raises(TypeError):
        hash(record)
