from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from tdl.codec.decimals import ExactDecimal
from tdl.codec.errors import LeafError
from tdl.codec.numerals import (
    as_decimal,
    parse_decimal,
    read_bcd_number,
    read_char_number,
    write_bcd_number,
    write_char_number,
)
from tdl.codec.values import Raw


def nibbles(digits: str) -> bytes:
    return bytes.fromhex(digits)


# --- numbers in characters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("    12", "12"),
        ("  1.50", "1.50"),
        ("-12345", "-12345"),
        ("    -0", "-0"),
        ("1.5E-7", "1.5E-7"),
        ("0.0001", "0.0001"),
    ],
)
def test_a_number_in_its_own_spelling_is_natural(text: str, number: str) -> None:
    value = read_char_number(text.encode())
    assert (type(value), str(value)) == (Decimal, str(Decimal(number)))
    assert write_char_number(Decimal(number), 6) == text.encode()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12    ", "12"),
        ("000012", "12"),
        ("   +12", "12"),
        ("   12.", "12"),
        ("   .50", "0.50"),
        ("  1E+2", "100"),
        ("  1e+9", "1E+9"),
    ],
)
def test_a_number_in_another_spelling_keeps_it(text: str, number: str) -> None:
    value = read_char_number(text.encode())
    assert isinstance(value, ExactDecimal)
    assert value == Decimal(number)
    assert write_char_number(value, 6) == text.encode()
    assert len(write_char_number(value, 12)) == 12


@pytest.mark.parametrize(
    "text", ["      ", "twelve", "   NaN", "   inf", "  1_00", "- 1234", "1.2.34", "1E2000", "12\0\0\0\0", "\xb2     "]
)
def test_text_that_is_no_number_is_raw(text: str) -> None:
    raw = text.encode("latin-1")
    value = read_char_number(raw)
    assert isinstance(value, Raw)
    assert write_char_number(value, 6) == raw


@pytest.mark.parametrize(
    ("value", "octets", "text"),
    [
        (12, 6, "    12"),
        (1.5, 6, "   1.5"),
        ("12.50", 6, " 12.50"),
        ("1.50000000", 6, "   1.5"),
        ("100000000", 6, "  1E+8"),
        ("-0.00000015", 8, " -1.5E-7"),
        ("0.000000", 6, "     0"),
        (Decimal("123456789012345678.50"), 21, "123456789012345678.50"),
    ],
)
def test_a_number_is_spelled_as_plainly_as_it_fits(value: object, octets: int, text: str) -> None:
    assert write_char_number(value, octets) == text.encode()


@pytest.mark.parametrize("value", [1234567, "-123456", "1.23456", "1.5E-10"])
def test_a_number_that_does_not_fit_is_refused_not_rounded(value: object) -> None:
    with pytest.raises(LeafError, match="a number of at most 6 characters expected") as caught:
        write_char_number(value, 6)
    assert caught.value.kind == "range"


# --- numbers in digits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("00001234", "1234"),
        ("A0001234", "-1234"),
        ("00012D50", "12.50"),
        ("A00000D5", "-0.5"),
        ("D1234567", "0.1234567"),
        ("00000000", "0"),
        ("A0000000", "-0"),
        ("12345678", "12345678"),
        ("00000D00", "0.00"),
    ],
)
def test_a_number_in_its_own_digits_is_natural(digits: str, number: str) -> None:
    value = read_bcd_number(nibbles(digits))
    assert (type(value), str(value)) == (Decimal, number)
    assert write_bcd_number(Decimal(number), 4) == nibbles(digits)


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("BBBB1234", "1234"),
        ("BBBA1234", "-1234"),
        ("ABBB1234", "-1234"),
        ("123B456B", "12304560"),
        ("0001234D", "1234"),
        ("BBBBBBBB", "0"),
        ("ABBBBBBB", "0"),
        ("BBBBB1D5", "1.5"),
    ],
)
def test_a_number_with_blanks_or_a_needless_point_keeps_them(digits: str, number: str) -> None:
    value = read_bcd_number(nibbles(digits))
    assert isinstance(value, ExactDecimal)
    assert value == Decimal(number)
    assert write_bcd_number(value, 4) == nibbles(digits)


@pytest.mark.parametrize(
    "digits",
    ["0000000C", "000E0005", "FFFFFFFF", "0A001234", "1D2D3400", "AA001234", "BBBBBBBA", "BBBBBBBD", "BBBBBBAD"],
)
def test_digits_that_are_no_number_are_raw(digits: str) -> None:
    value = read_bcd_number(nibbles(digits))
    assert isinstance(value, Raw)
    assert write_bcd_number(value, 4) == nibbles(digits)


@pytest.mark.parametrize(
    ("value", "digits"),
    [(5, "00000005"), (-5, "A0000005"), ("1.5000000000", "000001D5"), ("1E+3", "00001000"), (0.25, "00000D25")],
)
def test_a_number_is_aligned_to_the_right(value: object, digits: str) -> None:
    assert write_bcd_number(value, 4) == nibbles(digits)


@pytest.mark.parametrize("value", [123456789, -12345678, "1234567.8", "1E-8"])
def test_a_number_of_more_digits_is_refused_not_rounded(value: object) -> None:
    with pytest.raises(LeafError, match="a number of at most 8 digits expected") as caught:
        write_bcd_number(value, 4)
    assert caught.value.kind == "range"


# --- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [write_char_number, write_bcd_number])
@pytest.mark.parametrize("value", [True, None, "x", "", "1E", "12 34", "1" * 5 + "_", [1], "NaN"])
def test_what_is_no_number_is_refused(write: object, value: object) -> None:
    with pytest.raises(LeafError, match="a number expected") as caught:
        write(value, 6)  # type: ignore[operator]
    assert caught.value.kind == "type"


@pytest.mark.parametrize("write", [write_char_number, write_bcd_number])
@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), Decimal("1E+1000"), Decimal("0E-2000"), 10**2000]
)
def test_a_number_out_of_all_bounds_is_refused(write: object, value: object) -> None:
    with pytest.raises(LeafError, match="a number with an exponent of -999 to 999 expected") as caught:
        write(value, 6)  # type: ignore[operator]
    assert caught.value.kind == "range"


def test_the_bounds_are_those_of_ten_to_the_999() -> None:
    assert (parse_decimal("1E+999"), parse_decimal("1E-999")) == (Decimal("1E+999"), Decimal("1E-999"))
    assert (parse_decimal("1E+1000"), parse_decimal("1E-1000"), parse_decimal("11E-1000")) == (None, None, None)
    assert parse_decimal("11E+998") == Decimal("11E+998")
    assert parse_decimal("11E+999") is None


def test_octets_of_another_length_are_refused() -> None:
    for write in (write_char_number, write_bcd_number):
        with pytest.raises(LeafError, match="2 octets, 6 expected"):
            write(b"12", 6)


def test_the_decimal_context_has_no_say() -> None:
    long = "123456789012345678.5"
    with localcontext() as context:
        context.prec = 3
        context.clear_traps()
        assert str(read_char_number(long.rjust(21).encode())) == long
        assert write_char_number(long, 21) == long.rjust(21).encode()
        assert write_char_number(long + "0000000", 21) == long.rjust(21).encode()
        assert write_bcd_number("123456.50", 4) == nibbles("123456D5")
        assert parse_decimal("1..") is None
        assert str(as_decimal(123456)) == "123456"
