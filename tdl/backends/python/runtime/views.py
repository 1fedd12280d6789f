# SPDX-License-Identifier: 0BSD
"""What views of octets share: an element of one is read when it is asked for, and again when it is asked for again."""

from __future__ import annotations

from _collections_abc import Sequence  # `collections` itself takes longer than all of this

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, ClassVar, TypeAlias

    Views: TypeAlias = Sequence[Any]
else:
    Views = Sequence


class RecordView:
    """The elements of a record in octets, by attribute or by ``view["NAME"]``.

    An element is what decoding makes of it, but for a record, which is a view, and a short array of records, which is
    a sequence of views. Octets cannot be changed through a view.
    """

    __slots__ = ("_at", "_octets")
    _at: int
    _octets: bytes
    _elements: ClassVar[Mapping[str, str]] = {}
    """The attributes of the elements that a view has, by the definition's names."""

    def __getitem__(self, name: str) -> Any:
        value = getattr(self, self._elements[name])
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        attribute = self._elements.get(name)  # type: ignore[call-overload]  # whatever it is, it may not be there
        return attribute is not None and getattr(self, attribute) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._elements if name in self)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, attribute) == getattr(other, attribute) for attribute in self._elements.values())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = (f"{self._elements[name]}={self[name]!r}" for name in self)
        return f"{type(self).__name__}({', '.join(shown)})"


class RecordViews(Views):
    """The records of an array in octets, each a view; a slice of them is a list.

    Attributes:
        _places: where each is, from the first one on.
        _blank: the class of their views.
    """

    __slots__ = ("_at", "_octets")
    _at: int
    _octets: bytes
    _blank: ClassVar[type[RecordView]]
    _places: ClassVar[range]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: Any) -> Any:
        place: Any = self._places[index]
        if type(place) is range:
            return [self[position] for position in range(len(self))[index]]
        view = self._blank()
        view._octets = self._octets
        view._at = self._at + place
        return view

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))
