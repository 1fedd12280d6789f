# SPDX-License-Identifier: 0BSD
"""The members of the bit fields of many records brought together: a column of octets at a time.

Each member was written as a number of its own, so that `struct` has looked at it, and every record has more octets than
its layout. Here they are cut down to those of the layout.
"""

from __future__ import annotations

from functools import cache, lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Pairs: TypeAlias = tuple[tuple[int, int], ...]
    Merging: TypeAlias = tuple[int, Pairs, tuple[tuple[int, Pairs], ...], tuple[int, ...]]
    Term: TypeAlias = tuple[int, bytes | None, bytes | None]


def merged(octets: bytes, merging: Merging) -> bytes:
    """The octets of records, of those that these were written as.

    Args:
        merging: the number of octets that each record was written as; the places of octets of which not all bits may be
            used, and the bits that may be; the places of octets that are put together, each with the places of those
            that it is put together of and the bits that these are shifted up; and the places, in order, of octets that
            are dropped then.

    Raises:
        ValueError: a member has too many bits.
    """
    words, dropped = _tables(merging)
    size = merging[0]
    count = len(octets) // size
    rows = bytearray(octets)
    for place, terms in words:
        number = 0
        for source, fitting, moved in terms:
            column = octets[source::size]
            if fitting is not None and column.translate(None, fitting):
                raise ValueError(source)
            number |= int.from_bytes(column.translate(moved), "little")
        rows[place::size] = number.to_bytes(count, "little")
    for place, left in dropped:
        del rows[place::left]
    return bytes(rows)


@lru_cache(maxsize=256)
def _tables(merging: Merging) -> tuple[list[tuple[int, list[Term]]], list[tuple[int, int]]]:
    """What each octet is put together of, with tables for `bytes.translate`; and the octets dropped, of how many."""
    size, checks, words, surplus = merging
    bits = dict(checks)
    return (
        [(at, [(source, _fitting(bits.pop(source, 0xFF)), _moved(shift)) for source, shift in of]) for at, of in words],
        [(place, size - before) for before, place in enumerate(reversed(surplus))],
    )


@cache
def _fitting(bits: int) -> bytes | None:
    """The octets that have no other bits; None if all may be there."""
    return bytes(octet for octet in range(256) if not octet & ~bits) if bits < 0xFF else None


@cache
def _moved(bits: int) -> bytes | None:
    """By an octet, what it is so many bits higher, without what is out of an octet then; None if that is itself."""
    return bytes((octet << 8 + bits >> 8) & 0xFF for octet in range(256)) if bits else None
