from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from tdl.codec.decimals import ExactDecimal
from tdl.codec.octets import (
    LeafError,
    as_octets,
    extract,
    insert,
    read_bcd,
    read_decimal,
    read_float,
    read_int,
    read_text,
    read_uint,
    write_bcd,
    write_binary,
    write_decimal,
    write_float,
    write_int,
    write_set,
    write_text,
    write_uint,
)
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, raw_of

LITTLE, BIG = False, True
TWOS, ONES, MAGNITUDE = range(3)


def refusal(write: object, *arguments: object) -> tuple[str, str]:
    with pytest.raises(LeafError) as caught:
        write(*arguments)  # type: ignore[operator]
    return caught.value.kind, str(caught.value)


# --- integers ----------------------------------------------------------------------------------------------------


def test_unsigned_integers_follow_the_order_of_octets() -> None:
    raw = bytes.fromhex("010203")
    assert read_uint(raw, LITTLE) == 0x030201
    assert read_uint(raw, BIG) == 0x010203
    assert write_uint(0x030201, 3, LITTLE) == raw
    assert (write_uint(0, 1, BIG), write_uint(255, 1, BIG)) == (b"\x00", b"\xff")
    assert write_uint(0x010203, 3, BIG) == raw


@pytest.mark.parametrize(
    ("form", "value", "octets"),
    [
        (TWOS, -1, "FFFF"), (TWOS, -32768, "8000"), (TWOS, 32767, "7FFF"),
        (ONES, -1, "FFFE"), (ONES, -32767, "8000"), (ONES, 32767, "7FFF"),
        (MAGNITUDE, -1, "8001"), (MAGNITUDE, -32767, "FFFF"), (MAGNITUDE, 32767, "7FFF"),
    ],
)  # fmt: skip
def test_signed_integers_follow_int_format(form: int, value: int, octets: str) -> None:
    raw = bytes.fromhex(octets)
    for big, ordered in ((BIG, raw), (LITTLE, raw[::-1])):
        read = read_int(ordered, big, form)
        assert (read, type(read)) == (value, int)
        assert write_int(value, 2, big, form) == ordered


@pytest.mark.parametrize(("form", "octets"), [(ONES, "FFFFFF"), (MAGNITUDE, "800000")])
def test_negative_zero_keeps_its_octets(form: int, octets: str) -> None:
    raw = bytes.fromhex(octets)
    zero = read_int(raw, BIG, form)
    assert (zero, type(zero), raw_of(zero)) == (0, ExactInt, raw)
    assert write_int(zero, 3, BIG, form) == raw
    assert write_int(0, 3, BIG, form) == bytes(3)
    assert read_int(bytes(3), BIG, form) == 0
    assert raw_of(read_int(bytes(3), BIG, form)) is None


def test_negative_zero_of_another_meter_is_zero() -> None:
    zero = ExactInt(0, bytes.fromhex("8000"))
    assert write_int(zero, 2, LITTLE, MAGNITUDE) == bytes(2)
    assert write_int(zero, 2, BIG, TWOS) == bytes(2)
    assert write_int(zero, 4, BIG, MAGNITUDE) == bytes(4)


@pytest.mark.parametrize("value", [5, 5.0, Decimal(5), Decimal("5.00"), ExactInt(5, b""), b"\x05", Raw(b"\x05")])
def test_an_integer_may_come_in_any_type_that_holds_it(value: object) -> None:
    assert write_uint(value, 1, BIG) == b"\x05"
    assert write_int(value, 1, BIG, TWOS) == b"\x05"


def test_integers_out_of_range_are_refused() -> None:
    assert refusal(write_uint, 256, 1, BIG) == ("range", "256, 0 to 255 expected")
    assert refusal(write_uint, -1, 1, BIG) == ("range", "-1, 0 to 255 expected")
    assert refusal(write_int, 128, 1, BIG, TWOS) == ("range", "128, -128 to 127 expected")
    assert refusal(write_int, -128, 1, BIG, ONES) == ("range", "-128, -127 to 127 expected")
    assert refusal(write_int, -128, 1, BIG, MAGNITUDE) == ("range", "-128, -127 to 127 expected")
    assert refusal(write_uint, 1 << 9999, 1, BIG) == ("range", "an integer of 10000 bits, 0 to 255 expected")


@pytest.mark.parametrize("value", [True, None, "5", 5.5, Decimal("5.5"), [5], Fraction(5)])
def test_what_is_no_integer_is_refused(value: object) -> None:
    kind, message = refusal(write_uint, value, 1, BIG)
    assert kind == "type"
    assert message.endswith(", an integer expected")
    assert refusal(write_int, value, 1, BIG, TWOS) == (kind, message)


class Counter:
    """An integer of another library."""

    def __index__(self) -> int:
        return 200


def test_what_python_takes_for_an_integer_is_one() -> None:
    assert write_uint(Counter(), 2, BIG) == b"\x00\xc8"
    assert insert(Counter(), 4, 8) == 200 << 4
    assert refusal(write_int, Counter(), 1, BIG, TWOS)[0] == "range"
    assert refusal(write_uint, int, 1, BIG)[0] == "type"


def test_octets_of_a_sign_mean_nothing_to_an_unsigned_field() -> None:
    assert insert(ExactInt(0, b"\x80"), 0, 4) == 0


@pytest.mark.parametrize(
    "value", [Decimal("1E+999999999"), Decimal("1E-999999999"), math.inf, math.nan, Decimal("NaN")]
)
def test_numbers_out_of_all_bounds_cost_nothing(value: object) -> None:
    for write in (lambda: write_uint(value, 8, BIG), lambda: write_decimal(value, 4, BIG, TWOS, 4)):
        with pytest.raises(LeafError, match="a number with an exponent of -999 to 999 expected") as caught:
            write()
        assert caught.value.kind == "range"


def test_octets_of_another_length_are_refused() -> None:
    assert refusal(write_uint, b"ab", 1, BIG) == ("length", "2 octets, 1 expected")
    assert refusal(write_int, Raw(b"ab"), 3, BIG, TWOS) == ("length", "2 octets, 3 expected")


# --- decimals ----------------------------------------------------------------------------------------------------


def test_an_implied_point_is_exact() -> None:
    raw = (-123456).to_bytes(4, "little", signed=True)
    assert str(read_decimal(raw, LITTLE, TWOS, 4)) == "-12.3456"
    assert str(read_decimal(bytes(4), LITTLE, TWOS, 4)) == "0.0000"
    for value in (Decimal("-12.3456"), -12.3456, "-12.3456", "-123456E-4", raw):
        assert write_decimal(value, 4, LITTLE, TWOS, 4) == raw
    assert write_decimal(7, 4, LITTLE, TWOS, 4) == (70000).to_bytes(4, "little")
    assert write_decimal("214748.3647", 4, BIG, TWOS, 4) == bytes.fromhex("7FFFFFFF")
    assert write_decimal("-214748.3648", 4, BIG, TWOS, 4) == bytes.fromhex("80000000")
    assert write_decimal("0E+900", 4, LITTLE, TWOS, 4) == bytes(4)


def test_a_negative_zero_with_decimals_keeps_its_octets() -> None:
    raw = bytes.fromhex("80000000")
    value = read_decimal(raw, BIG, MAGNITUDE, 4)
    assert (value, type(value)) == (0, ExactDecimal)
    assert write_decimal(value, 4, BIG, MAGNITUDE, 4) == raw
    assert write_decimal(value, 4, BIG, TWOS, 4) == bytes(4)


@pytest.mark.parametrize("value", ["0.00001", Decimal("214748.3648"), -214748.3649, "1E+20"])
def test_decimals_that_do_not_fit_are_refused(value: object) -> None:
    kind, message = refusal(write_decimal, value, 4, BIG, TWOS, 4)
    assert kind == "range"
    assert message.endswith("-214748.3648 to 214748.3647 with at most 4 decimals expected")


@pytest.mark.parametrize("value", ["", "1_0", "twelve", "NaN", "Infinity", "٣", True, None])
def test_what_spells_no_number_is_refused(value: object) -> None:
    kind, message = refusal(write_decimal, value, 4, BIG, TWOS, 4)
    assert (kind, message.endswith(", a number expected")) == ("type", True)


# --- bit fields --------------------------------------------------------------------------------------------------


def test_a_field_is_bits_of_its_container() -> None:
    word = 0b1010_0110
    assert extract(word, 1, 3) == 0b011
    assert extract(word, 4, 4, "int") == -6
    assert (extract(word, 0, 1, "bool"), extract(word, 1, 1, "bool")) == (False, True)
    assert type(extract(word, 1, 1, "bool")) is bool
    assert (extract(0b11, 0, 2, "bool"), extract(0b10, 0, 2, "bool")) == (3, 2)
    assert insert(0b011, 1, 3) | insert(-6, 4, 4, "int") == word
    assert insert(True, 1, 1, "bool") == insert(1, 1, 1, "bool") == 2
    assert insert(False, 1, 1, "bool") == 0
    assert insert(3, 0, 2, "bool") == 3


@pytest.mark.parametrize(
    ("form", "bits", "value"), [(TWOS, 0b100, -4), (ONES, 0b100, -3), (MAGNITUDE, 0b111, -3), (ONES, 0b011, 3)]
)
def test_a_signed_field_follows_int_format(form: int, bits: int, value: int) -> None:
    assert extract(bits << 5, 5, 3, "int", form) == value
    assert insert(value, 5, 3, "int", form) == bits << 5


@pytest.mark.parametrize(("form", "bits"), [(ONES, 0b1_1111_1111), (MAGNITUDE, 0b1_0000_0000)])
def test_negative_zero_of_a_field_keeps_its_bits(form: int, bits: int) -> None:
    zero = extract(bits << 3, 3, 9, "int", form)
    assert (zero, raw_of(zero)) == (0, bits.to_bytes(2, "big"))
    assert insert(zero, 3, 9, "int", form) == bits << 3
    assert insert(Raw(bits.to_bytes(2, "big")), 3, 9, "int", form) == bits << 3
    assert insert(zero, 3, 9, "int", TWOS) == 0


def test_the_octets_of_a_field_are_as_few_as_hold_it() -> None:
    assert [raw_of(extract(1 << width - 1, 0, width, "int", MAGNITUDE)) for width in (1, 7, 8, 9, 16, 17)] == [
        b"\x01",
        b"\x40",
        b"\x80",
        b"\x01\x00",
        b"\x80\x00",
        b"\x01\x00\x00",
    ]


def test_a_field_refuses_what_it_cannot_hold() -> None:
    assert refusal(insert, 8, 0, 3) == ("range", "8, 0 to 7 expected")
    assert refusal(insert, 4, 0, 3, "int") == ("range", "4, -4 to 3 expected")
    assert refusal(insert, 2, 0, 1, "bool") == ("range", "2, 0 to 1 expected")
    assert refusal(insert, True, 0, 3) == ("type", "True, an integer expected")
    assert refusal(insert, "1", 0, 1, "bool") == ("type", "'1', an integer expected")
    assert refusal(insert, b"\x08", 0, 3) == ("range", "8, 0 to 7 expected")


# --- floats ------------------------------------------------------------------------------------------------------


def test_floats_follow_the_order_of_octets_and_their_length() -> None:
    assert read_float(bytes.fromhex("3FC00000"), BIG) == 1.5
    assert read_float(bytes.fromhex("0000C03F"), LITTLE) == 1.5
    assert read_float(bytes.fromhex("3FF8000000000000"), BIG) == 1.5
    assert write_float(1.5, 4, LITTLE) == bytes.fromhex("0000C03F")
    assert write_float(Decimal("1.5"), 8, BIG) == bytes.fromhex("3FF8000000000000")
    assert write_float("1.5", 4, BIG) == write_float(1.5, 4, BIG)
    assert write_float(2, 4, BIG) == write_float(2.0, 4, BIG)


def test_a_float_becomes_the_nearest_that_fits() -> None:
    assert read_float(write_float(0.1, 4, BIG), BIG) == 0.10000000149011612
    assert read_float(write_float(0.1, 8, BIG), BIG) == 0.1


@pytest.mark.parametrize("octets", ["7FC00000", "7F800001", "FFC12345"])
def test_every_nan_keeps_its_octets(octets: str) -> None:
    raw = bytes.fromhex(octets)
    value = read_float(raw, BIG)
    assert math.isnan(value)
    assert isinstance(value, ExactFloat)
    assert write_float(value, 4, BIG) == raw
    assert value == read_float(raw, BIG)
    for elsewhere in (write_float(value, 4, LITTLE), write_float(value, 8, BIG)[::-1]):
        assert math.isnan(read_float(elsewhere, LITTLE))


def test_infinity_and_minus_zero_are_natural() -> None:
    assert type(read_float(bytes.fromhex("FF800000"), BIG)) is float
    assert write_float(-math.inf, 4, BIG) == write_float("-Infinity", 4, BIG) == bytes.fromhex("FF800000")
    assert write_float(read_float(bytes.fromhex("80000000"), BIG), 4, BIG) == bytes.fromhex("80000000")
    assert math.isnan(read_float(write_float("NaN", 8, BIG), BIG))


@pytest.mark.parametrize(
    ("value", "octets"), [(1e39, 4), (3.5e38, 4), (10**400, 8), (Decimal("1E400"), 8), ("-1E400", 8)]
)
def test_a_float_too_large_is_refused(value: object, octets: int) -> None:
    kind, message = refusal(write_float, value, octets, BIG)
    assert kind == "range"
    assert message.endswith(f", a number that a FLOAT{8 * octets} can hold expected")


@pytest.mark.parametrize("value", [True, None, "inf", "nan", "x", [1.5]])
def test_what_is_no_float_is_refused(value: object) -> None:
    assert refusal(write_float, value, 4, BIG)[0] == "type"


# --- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        (1, "41582020", "AX  "),
        (1, "41E95800", "A\udce9X\x00"),
        (2, "41E95820", "AéX "),
        (3, "41C3A920", "Aé "),
        (3, "41E920EFBBBF", "A\udce9 \ufeff"),
    ],
)
def test_text_follows_char_format_and_loses_nothing(charset: int, octets: str, text: str) -> None:
    raw = bytes.fromhex(octets)
    assert read_text(raw, charset) == text
    assert write_text(text, len(raw), charset) == raw


@pytest.mark.parametrize("charset", [0, 4, 5, 6, 7])
def test_text_of_a_reserved_char_format_is_raw(charset: int) -> None:
    value = read_text(b"AX", charset)
    assert value == Raw(b"AX")
    assert isinstance(value, Raw)
    assert write_text(value, 2, charset) == b"AX"
    assert refusal(write_text, "AX", 2, charset) == (
        "type",
        f"'AX', octets (CHAR_FORMAT {charset} has no characters) expected",
    )


def test_short_text_is_filled_with_spaces() -> None:
    assert write_text("AX", 4, 1) == b"AX  "
    assert write_text("é", 4, 3) == b"\xc3\xa9  "
    assert write_text("", 2, 2) == b"  "
    assert write_text("", 0, 1) == b""


def test_text_that_does_not_fit_is_refused() -> None:
    assert refusal(write_text, "AX200", 4, 1) == ("length", "5 octets, at most 4 expected")
    assert refusal(write_text, "éé", 3, 3) == ("length", "4 octets, at most 3 expected")
    assert refusal(write_text, "aé", 4, 1) == ("range", "'é', characters of CHAR_FORMAT 1 expected")
    assert refusal(write_text, "€", 4, 2) == ("range", "'€', characters of CHAR_FORMAT 2 expected")
    assert refusal(write_text, "\ud800", 4, 3)[0] == "range"
    assert refusal(write_text, b"AX", 4, 1) == ("length", "2 octets, 4 expected")
    assert refusal(write_text, 5, 4, 1) == ("type", "5, text expected")


# --- BCD, octets, sets -------------------------------------------------------------------------------------------


def test_bcd_is_digits_first_the_high_half() -> None:
    raw = bytes.fromhex("0012AF")
    assert read_bcd(raw) == "0012AF"
    assert write_bcd("0012AF", 3) == write_bcd("0012af", 3) == write_bcd(raw, 3) == raw
    assert write_bcd(1234, 3) == bytes.fromhex("001234")
    assert write_bcd(0, 2) == bytes(2)
    assert write_bcd("", 0) == b""


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("123", "length", "3 digits, 4 expected"),
        ("12345", "length", "5 digits, 4 expected"),
        ("12G4", "type", "'12G4', hexadecimal digits expected"),
        ("1 34", "type", "'1 34', hexadecimal digits expected"),
        ("  12", "type", "'  12', hexadecimal digits expected"),
        (10000, "range", "10000, an integer of at most 4 digits expected"),
        (-1, "range", "-1, an integer of at most 4 digits expected"),
        (1 << 9999, "range", "an integer of 10000 bits, an integer of at most 4 digits expected"),
        (None, "type", "None, an integer expected"),
    ],
)
def test_bcd_of_other_digits_is_refused(value: object, kind: str, message: str) -> None:
    assert refusal(write_bcd, value, 2) == (kind, message)


def test_bcd_holds_two_digits_an_octet() -> None:
    assert write_bcd(999999, 3) == bytes.fromhex("999999")
    assert refusal(write_bcd, 1000000, 3) == ("range", "1000000, an integer of at most 6 digits expected")
    assert refusal(write_bcd, "1234", 3) == ("length", "4 digits, 6 expected")


def test_an_integer_has_no_place_in_no_digits() -> None:
    assert refusal(write_bcd, 0, 0)[0] == "range"


def test_binary_is_octets_or_their_hexadecimal_text() -> None:
    assert write_binary(b"\x01\xff", 2) == write_binary("01FF", 2) == write_binary(bytearray(b"\x01\xff"), 2)
    assert as_octets("01ff") == as_octets(Raw(b"\x01\xff")) == b"\x01\xff"
    assert type(as_octets(Raw(b"\x01"))) is bytes
    assert refusal(write_binary, "01", 2) == ("length", "1 octet, 2 expected")
    assert refusal(write_binary, b"abc", 2) == ("length", "3 octets, 2 expected")
    assert refusal(write_binary, "01 F", 2) == ("type", "'01 F', hexadecimal digits expected")
    assert refusal(write_binary, 511, 2) == ("type", "511, octets expected")


@pytest.mark.parametrize(
    "value",
    [Members(b"\x81\x02"), {0, 7, 9}, frozenset({0, 7, 9}), [9, 0, 7, 7], (0, 7, 9), b"\x81\x02", iter([0, 7, 9])],
)
def test_a_set_may_come_as_any_numbers(value: object) -> None:
    assert write_set(value, 2) == b"\x81\x02"


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ([16], "range", "16, members below 16 expected"),
        ([-1], "range", "-1, members below 16 expected"),
        (Members(b"\x01"), "length", "1 octet, 2 expected"),
        (Raw(b"\x01"), "length", "1 octet, 2 expected"),
        ("03", "type", "'03', a set of numbers expected"),
        (3, "type", "3, a set of numbers expected"),
        (["0"], "type", "'0', an integer expected"),
        ([True], "type", "True, an integer expected"),
    ],
)
def test_a_set_that_does_not_fit_is_refused(value: object, kind: str, message: str) -> None:
    assert refusal(write_set, value, 2) == (kind, message)


def test_a_set_has_eight_members_an_octet() -> None:
    assert write_set([0, 23], 3) == b"\x01\x00\x80"
    assert refusal(write_set, [24], 3) == ("range", "24, members below 24 expected")
