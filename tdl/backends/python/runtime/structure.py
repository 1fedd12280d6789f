# SPDX-License-Identifier: 0BSD
"""What the classes of records share."""

from __future__ import annotations

from sys import intern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, ClassVar


HELD = "_held_"
"""How the slot of a set begins; its attribute follows. No element's attribute begins with ``_``."""


def attribute_of(slot: str) -> str:
    """What everybody calls an attribute that has its value in a slot."""
    return intern(slot.removeprefix(HELD))


class Structure:
    """A record: its elements are attributes, and None where this image does not have one.

    ``record["NAME"]`` reaches an element by the definition's name also where its attribute is called otherwise, as
    the one of an element ``class`` is. Only elements that are there count in ``in`` and iteration.
    """

    __slots__: tuple[str, ...] = ()
    _names: ClassVar[tuple[str, ...]] = ()
    """The definition's names of what `__slots__` holds."""
    _found: ClassVar[Mapping[str, str]]
    """What `_attributes` has found."""

    @classmethod
    def _attributes(cls) -> Mapping[str, str]:
        """The attributes by these names; made when a class is first asked for them."""
        if "_found" not in cls.__dict__:
            of: Any = next(each for each in cls.__mro__ if "_names" in each.__dict__)  # others may derive from it
            cls._found = dict(zip(of._names, map(attribute_of, of.__slots__), strict=True))
        return cls._found

    def _value(self, name: object) -> Any:
        attribute = self._attributes().get(name)  # type: ignore[call-overload]  # whatever it is, it may not be there
        return None if attribute is None else getattr(self, attribute, None)

    def __getitem__(self, name: str) -> Any:
        value = self._value(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return self._value(name) is not None

    def __iter__(self) -> Iterator[str]:
        for name, attribute in self._attributes().items():
            if getattr(self, attribute, None) is not None:
                yield name

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, attribute) == getattr(other, attribute) for attribute in self._attributes().values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def _shown(self) -> Iterator[str]:
        for attribute in self._attributes().values():
            value = getattr(self, attribute)
            if value is not None:
                yield f"{attribute}={value!r}"

    def __getstate__(self) -> Any:
        """What copies and pickles hold: attributes as everybody sees them, wherever their values are."""
        state: Any = object.__getstate__(self)
        if state.__class__ is not tuple:
            return state
        return state[0], {name: getattr(self, name) for name in map(attribute_of, state[1])}


class BitStructure(Structure):
    """A bit field; ``spare`` is the bits that no field covers, in place.

    Where fields cover all bits it is 0, and cannot be set.
    """

    __slots__ = ()
    if TYPE_CHECKING:

        @property
        def spare(self) -> int: ...

    else:
        spare = 0

    def _none_spare(self, spare: int) -> None:
        """Refuse spare bits."""
        if spare:
            raise AttributeError(f"{type(self).__name__!r} has no spare bits", name="spare", obj=self)

    def __setstate__(self, state: Any) -> None:
        own, attributes = state if state.__class__ is tuple else (state, {})
        for name, value in {**(own or {}), **attributes}.items():
            # Packages of before stored 0 where there are no spare bits.
            if value or name != "spare" or isinstance(self, SpareBitStructure):
                setattr(self, name, value)


class SpareBitStructure(BitStructure):
    """A bit field that can have spare bits."""

    __slots__ = ("spare",)
    spare: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpareBitStructure):
            return NotImplemented
        return super().__eq__(other) and self.spare == other.spare

    def _shown(self) -> Iterator[str]:
        yield from super()._shown()
        if self.spare:
            yield f"spare=0x{self.spare:X}"
