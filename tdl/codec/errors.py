# SPDX-License-Identifier: 0BSD
"""What goes wrong between octets and values, with the place where it did."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Path: TypeAlias = tuple[str | int, ...]


class TdlError(Exception):
    """Everything that tdl and the code it makes raise on purpose."""


class MissingValue(TdlError):
    """A value of another table that is not known.

    Attributes:
        label: its name, such as ``GEN_CONFIG_TBL.ID_FORM``.
    """

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label

    def __str__(self) -> str:
        return f"`{self.label}` is not known"


class LeafError(ValueError):
    """A value that one leaf cannot hold; the codec around it knows where and makes an `EncodeError` of it.

    Attributes:
        kind: ``type``, ``range`` or ``length``.
        expected, found: in words.
    """

    def __init__(self, kind: str, expected: str, found: str) -> None:
        super().__init__(kind, expected, found)
        self.kind = kind
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return contrast(self.found, self.expected)


class ImageError(TdlError):
    """An image that cannot be read or made.

    Attributes:
        table: its key, such as ``ST23``.
        path: names and positions in arrays from the table's root.
        offset: octets from the start of the table.
        bit: the lowest bit of the field within its container, in a bit field.
        kind: decoding has ``truncated`` (octets end too early), ``trailing`` (octets are left over), ``missing`` (a
            value of another table is not known), ``refused`` (no layout for a selector's value), ``dimension`` (a
            length or count out of bounds), ``arithmetic``, ``absent`` (a reference to an element that this image does
            not have) and ``steps`` (a budget is used up); encoding has all but the first two, ``absent`` is also a
            value that was not given, and ``type``, ``range``, ``length`` and ``unknown`` (a name that the layout does
            not have) are those of a value.
        expected, found: in words.
        tree: what was decoded so far.
    """

    def __init__(
        self,
        *,
        table: str,
        path: Path = (),
        offset: int = 0,
        bit: int | None = None,
        kind: str,
        expected: str = "",
        found: str,
        tree: Any = None,
    ) -> None:
        super().__init__(table, path, kind)
        self.table = table
        self.path = path
        self.offset = offset
        self.bit = bit
        self.kind = kind
        self.expected = expected
        self.found = found
        self.tree = tree

    def __str__(self) -> str:
        """``ST23 TIER_DATA_BLOCK[2].SUMMATIONS[0] at octet 41: 3 octets left, 6 expected``."""
        element = f"{self.table} {path_text(self.path)}" if self.path else self.table
        bit = "" if self.bit is None else f" bit {self.bit}"
        return f"{element} at octet {self.offset}{bit}: {contrast(self.found, self.expected)}"

    def __reduce__(self) -> tuple[Callable[..., ImageError], tuple[Any, ...]]:
        # By name: what others attach to an exception, such as notes, is no argument.
        return _restored, (type(self), {name: getattr(self, name) for name in _ATTRIBUTES})


class DecodeError(ImageError):
    """Octets that do not have the layout."""


class EncodeError(ImageError):
    """Values that do not fit the layout."""


_ATTRIBUTES = ("table", "path", "offset", "bit", "kind", "expected", "found", "tree")


def _restored(of: type[ImageError], attributes: dict[str, Any]) -> ImageError:
    return of(**attributes)


def path_text(path: Path) -> str:
    """``A[2].B`` for ``("A", 2, "B")``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def contrast(found: str, expected: str) -> str:
    return f"{found}, {expected} expected" if expected else found


def octets_text(octets: int) -> str:
    return f"{octets} octet" if octets == 1 else f"{octets} octets"


def shown(value: object) -> str:
    """A value for a message: short whatever its size, and never by code of an unknown class."""
    from datetime import date, time  # not at the top: what shows no value need not have them
    from decimal import Decimal

    match value:
        case bool() | None:
            return str(value)
        case int():
            return int.__repr__(value) if value.bit_length() <= 128 else f"an integer of {value.bit_length()} bits"
        case float():
            return float.__repr__(value)
        case Decimal():
            text = Decimal.__str__(value)
            return text if len(text) <= 48 else f"a number of {len(text)} characters"
        case str():
            return repr(str(value[:40])) + ("..." if len(value) > 40 else "")
        case bytes() | bytearray():
            return octets_text(len(value))
        case date() | time():
            return value.isoformat()
        case _:
            return f"a value of type `{type(value).__name__}`"
