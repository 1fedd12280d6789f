"""What decoding a table went through, as columns: one node for each value, container and branch, in order."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A value that an expression looked at, and where it is: a table's key and the element's path in it."""

    label: str
    value: str
    table: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that values decided: the count of an array, the order of octets, whether a branch is there.

    Attributes:
        role: ``count``, ``length``, ``limit``, ``order``, ``condition``, ``selection``, ``sign`` or ``characters``.
        text: the expression as the definition writes it.
        value: what it came to.
    """

    role: str
    text: str
    value: str
    reads: tuple[Read, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What nodes have in common: all elements of an array have one kind between them.

    Attributes:
        what: ``value``, ``field``, ``record``, ``bits``, ``array``, ``taken``, ``left`` or ``error``.
        name: the element's; "" for what stands in an array, whose name is its position. Of a branch its condition, of
            an error what is wrong.
        index: position for partial access; -1 where the position in the array is it.
        low, width: of a field, its bits in the container.
        big: of a bit field, whether its first octet is the most significant.
        about: what the definition says: label, description, unit and so on.
        without: of a branch that was left, the elements that would be there.
    """

    what: str
    name: str
    type: str = ""
    index: int = -1
    low: int = 0
    width: int = 0
    big: bool = False
    enumeration: str = ""
    about: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    facts: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class Trace:
    """One table, node by node; a node's descendants follow right behind it.

    Attributes:
        kind: of each node, its position in ``kinds``.
        at, size: its octets; those of a field are its container's.
        below: how many of the nodes that follow are inside it.
        value: in words; "" for what holds others.
        shown: how many octets the nodes speak of: less than all behind an error, or where there are too many nodes.
        full: there are more elements than are listed.
        error: why decoding stopped, or "".
    """

    kinds: list[Kind] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    shown: int = 0
    full: bool = False
    error: str = ""

    def __len__(self) -> int:
        return len(self.kind)
