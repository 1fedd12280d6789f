"""Numbers of meters, scaled without losing a digit."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from math import isfinite
from typing import TypeAlias

Number: TypeAlias = int | Decimal | float

_DIGITS = 200
"""More than any product of the standard's number formats has; it also bounds what a hostile exponent costs."""

_ROUNDED_DIGITS = 28


def number_of(raw: object) -> Number | None:
    """The number that a decoded leaf is, or None: text, octets that mean no value, not a number, infinite."""
    match raw:
        case int():
            return int(raw)
        case float():
            return float(raw) if isfinite(raw) else None
        case Decimal():
            return Decimal(raw) if raw.is_finite() else None
        case _:
            return None


class Calculation:
    """A raw value on its way to an engineering value.

    The result is an int or Decimal, exact unless `rounded` says otherwise, and a float only if a float went in.
    """

    __slots__ = ("_context", "_float", "_value", "_whole")

    def __init__(self, number: Number) -> None:
        self._context = Context(prec=_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
        self._float = isinstance(number, float)
        self._whole = isinstance(number, int)
        self._value = Decimal(number)

    def times(self, factor: Number) -> None:
        self._value = self._context.multiply(self._value, self._operand(factor))

    def plus(self, offset: Number) -> None:
        self._value = self._context.add(self._value, self._operand(offset))

    def over(self, divisor: Number) -> None:
        """Divide; by zero, there is no result."""
        self._value = self._context.divide(self._value, self._operand(divisor))

    def power(self, exponent: int) -> None:
        """Multiply by ten to the power of the exponent; what the digits resolve stays."""
        self._value = self._context.scaleb(self._value, exponent)

    def _operand(self, number: Number) -> Decimal:
        self._float = self._float or isinstance(number, float)
        self._whole = self._whole and isinstance(number, int)
        return Decimal(number)

    @property
    def rounded(self) -> bool:
        """Whether the result has been rounded to `_ROUNDED_DIGITS` digits, as that of a third is."""
        return not self._float and bool(self._context.flags[Inexact])

    @property
    def result(self) -> Number | None:
        value = self._value
        if not value.is_finite():
            return None
        if self._float:
            number = float(value)
            return number if isfinite(number) else None
        if self.rounded:
            return Context(prec=_ROUNDED_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[]).plus(value)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= 0 and value.adjusted() < _DIGITS:
            return int(value) if self._whole else Decimal(int(value))
        return value
