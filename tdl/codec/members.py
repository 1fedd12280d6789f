# SPDX-License-Identifier: 0BSD
"""Sets as Python has them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Self


class Members:
    """A SET: which of the numbers 0, 1, 2 ... are in it. Member i is bit i % 8 of octet i // 8.

    Two of them are equal if their octets are; a set or list is equal if it has the same members.
    """

    __slots__ = ("octets",)
    octets: bytes

    def __init__(self, octets: bytes) -> None:
        self.octets = bytes(octets)

    @classmethod
    def of(cls, members: Iterable[int], octets: int) -> Self:
        """The set of so many octets that has these members.

        Raises:
            ValueError: a member does not fit.
        """
        bits = bytearray(octets)
        for member in members:
            if not 0 <= member < 8 * octets:
                raise ValueError(f"member {member} does not fit a set of {8 * octets}")
            bits[member >> 3] |= 1 << (member & 7)
        return cls(bytes(bits))

    def __contains__(self, member: object) -> bool:
        if not isinstance(member, int) or not 0 <= member < 8 * len(self.octets):
            return False
        return bool(self.octets[member >> 3] >> (member & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        for position, octet in enumerate(self.octets):
            if octet:
                yield from (8 * position + bit for bit in range(8) if octet >> bit & 1)

    def __len__(self) -> int:
        return int.from_bytes(self.octets, "little").bit_count()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Members):
            return self.octets == other.octets
        if isinstance(other, set | frozenset):
            return other == frozenset(self)
        if isinstance(other, list):
            return all(isinstance(member, int) for member in other) and frozenset(other) == frozenset(self)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self))

    def __repr__(self) -> str:
        return "{" + ", ".join(map(str, self)) + "}"
