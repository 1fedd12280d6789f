"""Codes: their names in a definition's enumerations, and the numbers of procedures and events."""

from __future__ import annotations

from tdl.codec.values import Record
from tdl.ir import model

MANUFACTURER_BIT = 11
"""The bit behind a table's, procedure's or event's number that says that it is the manufacturer's."""


def find_code(definition: model.Definition, enumeration: str, code: object) -> model.Enumerator | None:
    """The code of an enumeration; None if there is no such code or no such enumeration."""
    if not isinstance(code, int):
        return None
    held = next((each for each in definition.enumerations if each.name == enumeration), None)
    return None if held is None else held.find(code)


def numbered(code: object) -> tuple[int | None, bool]:
    """The number of a procedure or event, and whether it is the manufacturer's; None if there is no number.

    Some documents have number and flag as one number of 12 bits.
    """
    if isinstance(code, Record):
        number = code.get("TBL_PROC_NBR")
        flag = code.get("STD_VS_MFG_FLAG", code.get("MFG_FLAG", False))  # the spelling of 2008
        return int(number) if isinstance(number, int) else None, bool(flag)
    if isinstance(code, int):
        return int(code) & ((1 << MANUFACTURER_BIT) - 1), bool(code >> MANUFACTURER_BIT & 1)
    return None, False
