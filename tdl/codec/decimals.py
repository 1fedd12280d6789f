# SPDX-License-Identifier: 0BSD
"""Decimal numbers that hold their octets, apart from the other values: what has none need not import `decimal`."""

from __future__ import annotations

from decimal import Decimal

from tdl.codec.values import Exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class ExactDecimal(Exact, Decimal):
    """A decimal number whose octets are not those that its value is written with: blanks, a sign, another notation."""

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, value: Decimal, raw: bytes) -> Self:
        self = super().__new__(cls, value)
        self.raw = raw
        return self

    def __repr__(self) -> str:
        return f"ExactDecimal('{self}', raw='{self.raw.hex().upper()}')"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (Decimal(self), self.raw)
