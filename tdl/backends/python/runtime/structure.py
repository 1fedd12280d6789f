# SPDX-License-Identifier: 0BSD
"""What the classes of records and enumerations share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, ClassVar


class Structure:
    """A record: its elements are attributes, and None where this image does not have one.

    ``record["NAME"]`` reaches an element by the definition's name also where its attribute is called otherwise, as
    the one of an element ``class`` is. Only elements that are there count in ``in`` and iteration.
    """

    __slots__: tuple[str, ...] = ()
    _names: ClassVar[tuple[str, ...]] = ()
    """The definition's names of what `__slots__` holds."""
    _attributes: ClassVar[Mapping[str, str]]
    """The attributes by these names; made when a class is first asked by a name."""

    def _value(self, name: object) -> Any:
        of = type(self)
        if "_attributes" not in of.__dict__:
            of._attributes = dict(zip(of._names, of.__slots__, strict=True))
        attribute = of._attributes.get(name)  # type: ignore[call-overload]  # whatever it is, it may not be there
        return None if attribute is None else getattr(self, attribute, None)

    def __getitem__(self, name: str) -> Any:
        value = self._value(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return self._value(name) is not None

    def __iter__(self) -> Iterator[str]:
        for name, attribute in zip(self._names, self.__slots__, strict=True):
            if getattr(self, attribute, None) is not None:
                yield name

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, attribute) == getattr(other, attribute) for attribute in self.__slots__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def _shown(self) -> Iterator[str]:
        for attribute in self.__slots__:
            value = getattr(self, attribute)
            if value is not None:
                yield f"{attribute}={value!r}"


class BitStructure(Structure):
    """A bit field; ``spare`` keeps the bits that no field covers, in place."""

    __slots__ = ("spare",)
    spare: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BitStructure):
            return NotImplemented
        return super().__eq__(other) and self.spare == other.spare

    def _shown(self) -> Iterator[str]:
        yield from super()._shown()
        if self.spare:
            yield f"spare=0x{self.spare:X}"


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
