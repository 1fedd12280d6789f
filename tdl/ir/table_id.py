# SPDX-License-Identifier: 0BSD
"""What tables are called on the wire."""

from __future__ import annotations

from tdl.deferred import dataclass

MFG, PENDING, USER = 2048, 4096, 8192
"""Bits of a table's identifier, by the standard's ranges (C12.19-2008 8.1)."""


@dataclass(frozen=True, slots=True, order=True)
class TableId:
    """A table's identifier on the wire: number, manufacturer, pending and user-defined bits in 14 bits."""

    value: int

    @property
    def number(self) -> int:
        return self.value & 0x7FF

    @property
    def group(self) -> str:
        """``""``, ``MFG`` or ``USER``."""
        return "USER" if self.value & USER else "MFG" if self.value & MFG else ""

    @property
    def pending(self) -> bool:
        return bool(self.value & PENDING)

    def __str__(self) -> str:
        """``ST23``, ``MT5``, ``UT1``; the pending copy of a table is ``ST23P``."""
        prefix = {"": "ST", "MFG": "MT", "USER": "UT"}[self.group]
        return f"{prefix}{self.number}{'P' if self.pending else ''}"
