"""Shapes: the types of a table's values, without saying how a target spells them.

Elements of branches that exclude each other stand side by side in one record; which of them an image has, the
conditions tell. An element without octets has no shape.
"""

from __future__ import annotations

from typing import TypeAlias

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many elements or octets: ``most`` of them, and if not ``fixed`` perhaps fewer.

    ``most`` is None where nothing bounds it.
    """

    most: int | None
    fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number of so many octets, divided by 10**decimals.

    ``zeros`` is true where INT_FORMAT may be one that has a negative zero besides the other one.
    """

    octets: int
    signed: bool
    decimals: int = 0
    zeros: bool = False
    enumeration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A floating point number of 4 or 8 octets."""

    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """Octets as they come. ``form`` says what they mean: ``text``, ``binary``, ``bcd``, ``set``, ``opaque``, or one of
    the kinds of `tdl.ir.plan.Builtin`; ``variant`` is the TM_FORMAT of a time.
    """

    form: str
    extent: Extent
    variant: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One element whose format is selected when it is moved, at most so many octets; ``atomic`` is its type."""

    atomic: str
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    of: Shape
    extent: Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An element of a record; ``optional`` if some images do not have it."""

    name: str
    shape: Shape
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record; two members may have one name if they are of different shapes."""

    type_name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BitMember:
    """A field of a container, ``kind`` is ``uint``, ``int`` or ``bool``."""

    name: str
    width: int
    kind: str
    zeros: bool = False
    enumeration: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BitRecord:
    """A bit field; ``spare`` if some of its bits may have no field that holds them."""

    type_name: str
    octets: int
    fields: tuple[BitMember, ...]
    spare: bool


Shape: TypeAlias = Number | Real | Octets | Variant | Array | Record | BitRecord
Structure: TypeAlias = Record | BitRecord
