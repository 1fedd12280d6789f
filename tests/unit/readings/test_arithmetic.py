"""Numbers are scaled without losing a digit, whatever they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.decimals import ExactDecimal
from tdl.codec.values import ExactFloat, ExactInt, Raw, Record
from tdl.readings.arithmetic import Calculation, Number, number_of
from tests.work import counted

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**21), max_value=10**21)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (7, 7),
        (ExactInt(0, b"\xff"), 0),
        (Decimal("1.50"), Decimal("1.50")),
        (ExactDecimal(Decimal("1.5"), b" 1.5"), Decimal("1.5")),
        (2.5, 2.5),
        (True, 1),
        (ExactFloat(float("nan"), b"\x7f\xc0\0\0"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (Raw(b"\xff"), None),
        ("12", None),
        (None, None),
        (Record(), None),
    ],
)
def test_what_is_a_number(raw: object, number: Number | None) -> None:
    found = number_of(raw)
    assert found == number
    assert type(found) in (int, Decimal, float, type(None))


@given(number=INTEGERS | DECIMALS, exponent=st.sampled_from([0, 2, 3, 6, 9, -2, -3, -6]))
def test_a_power_of_ten_is_exact(number: int | Decimal, exponent: int) -> None:
    calculation = Calculation(number)
    calculation.power(exponent)
    assert calculation.result is not None
    assert Fraction(calculation.result) == Fraction(number) * Fraction(10) ** exponent
    assert not calculation.rounded
    assert isinstance(calculation.result, int) == (isinstance(number, int) and (exponent >= 0))


@given(number=INTEGERS | DECIMALS, multiplier=DECIMALS, offset=DECIMALS, ratio=INTEGERS)
def test_constants_are_exact(number: int | Decimal, multiplier: Decimal, offset: Decimal, ratio: int) -> None:
    calculation = Calculation(number)
    calculation.times(multiplier)
    calculation.plus(offset)
    calculation.times(ratio)
    assert calculation.result is not None
    assert Fraction(calculation.result) == (Fraction(number) * Fraction(multiplier) + Fraction(offset)) * ratio
    assert not calculation.rounded


def test_what_the_digits_resolve_stays() -> None:
    calculation = Calculation(6000)
    calculation.power(-2)
    assert str(calculation.result) == "60.00"
    calculation = Calculation(Decimal("4.2"))
    calculation.power(3)
    assert str(calculation.result) == "4200"


def test_a_division_that_has_no_end_is_rounded_and_says_so() -> None:
    calculation = Calculation(10)
    calculation.over(4)
    assert (calculation.result, calculation.rounded) == (Decimal("2.5"), False)
    calculation = Calculation(10)
    calculation.over(5)
    assert (calculation.result, type(calculation.result)) == (2, int)
    calculation = Calculation(10)
    calculation.over(3)
    assert (str(calculation.result), calculation.rounded) == ("3." + "3" * 27, True)
    calculation = Calculation(10)
    calculation.over(0)
    assert calculation.result is None


def test_a_float_stays_one_and_is_rounded_once() -> None:
    calculation = Calculation(5998.0)
    calculation.power(-2)
    assert calculation.result == 59.98
    assert isinstance(calculation.result, float)
    calculation = Calculation(1e308)
    calculation.power(9)
    assert calculation.result is None


def test_a_hostile_exponent_costs_nothing() -> None:
    with counted() as work:
        calculation = Calculation(Decimal("9E+999999999999999999"))
        calculation.times(Decimal("9E+999999999999999999"))
        calculation.power(9)
        assert calculation.result is None
        calculation = Calculation(Decimal("1E-999999999"))
        calculation.plus(1)
        calculation.over(Decimal("7E+99999999"))
        assert calculation.rounded
        assert calculation.result is not None
    assert work.calls < 200
