# SPDX-License-Identifier: 0BSD
"""What the classes of enumerations share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


class Codes:
    """An open list of codes: a value that it does not name keeps its number."""

    __slots__ = ()
    _codes: ClassVar[tuple[tuple[int, int, str, str], ...]] = ()
    """Lowest and highest value, name and label of each."""

    @classmethod
    def name_of(cls, value: int) -> str | None:
        """The definition's name of a value."""
        return next((name for low, high, name, _ in cls._codes if low <= value <= high), None)

    @classmethod
    def label_of(cls, value: int) -> str | None:
        """What a value means, for people; its name where the definition has no label."""
        return next((label or name for low, high, name, label in cls._codes if low <= value <= high), None)
