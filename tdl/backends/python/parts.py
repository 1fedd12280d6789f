"""The parts that classes of records stand in.

To make a class takes ten microseconds, and to read its module more: what a table needs is to be read alone, and what
all classes need is not to be many files. So there are some parts, and a name alone says which one is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

PARTS = 48


def part_of(type_name: str) -> str:
    """The module of a record's class."""
    return f"part{crc32(type_name.encode('utf-8')) % PARTS:02}"


def parts_of(classes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The classes of records by part, in the order of their names."""
    parts: dict[str, dict[str, str]] = {}
    for type_name, called in sorted(classes.items(), key=lambda each: each[1]):
        parts.setdefault(part_of(type_name), {})[type_name] = called
    return parts
