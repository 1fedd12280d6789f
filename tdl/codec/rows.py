# SPDX-License-Identifier: 0BSD
"""Arrays of records that are kept as their octets until somebody asks for an element.

A load profile has thousands of intervals of one layout: making an object of each is most of the work of reading it,
and seldom what is wanted. `columns` gives one element of all records at once, in the time of a copy.
"""

from __future__ import annotations

from _collections_abc import MutableSequence  # `collections` itself takes longer than all of this

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from struct import Struct
    from typing import Any, Self, SupportsIndex, TypeAlias

    List: TypeAlias = MutableSequence[Any]
else:
    List = MutableSequence


class Column:
    """Where an element lies in a record of an array.

    Attributes:
        path: its attributes and positions below the record, such as ``STATUS.DST`` or ``CHANNELS[0]``.
        offset, octets: where the number or the container of its bits is.
        big: whether the most significant octet comes first.
        signed: whether it is in two's complement.
        low, width: its bits in a container; a width of 0 if it is a number of its own.
        rows: the layout of the records of an inner array, which `octets` holds; None for another element.
        items, value: the struct that finds an element that is no number in a record, and its value of what that finds.
    """

    __slots__ = ("big", "items", "low", "octets", "offset", "path", "rows", "signed", "value", "width")

    def __init__(
        self,
        path: str,
        offset: int,
        octets: int,
        *,
        big: bool = False,
        signed: bool = False,
        low: int = 0,
        width: int = 0,
        rows: Layout | None = None,
        items: Struct | None = None,
        value: Callable[..., Any] | None = None,
    ) -> None:
        self.path, self.offset, self.octets, self.big, self.signed = path, offset, octets, big, signed
        self.low, self.width, self.rows, self.items, self.value = low, width, rows, items, value


class Layout:
    """How records of one size lie in octets.

    Attributes:
        size: octets of a record.
        read: the records of octets, of which there are a whole number of sizes.
        write: the octets of a list of records; it raises whatever it likes if they are not as `read` makes them.
        columns: the elements that can be read without making records.
    """

    __slots__ = ("columns", "read", "size", "write")

    def __init__(
        self,
        size: int,
        read: Callable[[bytes], list[Any]],
        write: Callable[[list[Any]], bytes],
        columns: tuple[Column, ...],
    ) -> None:
        self.size, self.read, self.write, self.columns = size, read, write, columns


class Rows(List):
    """A list of records, made when they are asked for.

    It does what a list does, and equals one. A record that was asked for is kept, so that a change to it counts.
    """

    __slots__ = ("_made", "_octets", "layout")

    def __init__(self, layout: Layout, octets: bytes) -> None:
        self.layout, self._octets = layout, octets
        self._made: list[Any] | dict[int, Any] = {}

    @property
    def octets(self) -> bytes:
        """The octets of all records as they are now."""
        return self.layout.write(self.all()) if self._made else self._octets

    def all(self) -> list[Any]:
        """All records, in the list that changes to this one change from now on."""
        made = self._made
        if isinstance(made, list):
            return made
        records = self._made = self.layout.read(self._octets)
        for position, record in made.items():
            records[position] = record
        return records

    def __len__(self) -> int:
        return len(self._made) if self._made.__class__ is list else len(self._octets) // self.layout.size

    def __getitem__(self, index: Any) -> Any:
        made = self._made
        if made.__class__ is list or not isinstance(index, int):
            return self.all()[index]
        if index < 0:
            index += len(self)
        if index not in made:
            start = index * self.layout.size
            octets = self._octets[start : start + self.layout.size] if index >= 0 else b""
            if not octets:
                raise IndexError("list index out of range")
            (made[index],) = self.layout.read(octets)
        return made[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.all()[index] = value

    def __delitem__(self, index: Any) -> None:
        del self.all()[index]

    def insert(self, index: SupportsIndex, value: Any) -> None:
        self.all().insert(index, value)

    def sort(self, *, key: Callable[[Any], Any], reverse: bool = False) -> None:
        self.all().sort(key=key, reverse=reverse)

    def copy(self) -> list[Any]:
        return self.all().copy()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all())

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self.all(), *other]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            if self.layout is other.layout and not self._made and not other._made:
                return self._octets == other._octets
            other = other.all()
        return self.all() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.all())

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (self.all(),)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any] | Self:
        from copy import deepcopy

        return deepcopy(self.all(), memo) if self._made else type(self)(self.layout, self._octets)


def octets_of(values: Any, layout: Layout, count: int) -> bytes:
    """The octets of an array of so many records.

    Raises:
        ValueError: it is no list, or there are more or fewer.
    """
    if values.__class__ is Rows and len(values) == count:
        octets: bytes = values.octets if values.layout is layout else layout.write(values.all())
        return octets
    if values.__class__ is not list or len(values) != count:
        raise ValueError(count)
    return layout.write(values)


def octets_of_each(arrays: Iterable[Any], layout: Layout, count: int) -> list[bytes]:
    """The octets of arrays of so many records each; all records are written together.

    Raises:
        ValueError: one is no list, or has more or fewer.
    """
    records: list[Any] = []
    found: list[bytes | None] = []
    for array in arrays:
        rows = array.__class__ is Rows
        if (not rows and array.__class__ is not list) or len(array) != count:
            raise ValueError(count)
        if rows and array.layout is layout and not array._made:
            found.append(array._octets)
        else:
            records += array.all() if rows else array
            found.append(None)
    octets, size = layout.write(records) if records else b"", layout.size * count
    places = iter(range(0, len(octets), size or 1))
    return [octets[(at := next(places)) : at + size] if each is None else each for each in found]
