"""What engines have in common: images that lie behind each other, and the flat arrays that they fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from tdl.batches.arrow import np
from tdl.batches.layout import Leaf, Moment, Number, Octets, Real
from tdl.codec.moments import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """Images of one size, behind each other without gaps.

    Attributes:
        octets: of all of them, as a flat array of uint8.
    """

    octets: np.ndarray
    count: int
    size: int

    def part(self, start: int, stop: int) -> Dense:
        octets = self.octets[start * self.size : stop * self.size]
        return Dense(octets=octets, count=stop - start, size=self.size)


class Engine(Protocol):
    """Something that decodes images of one layout."""

    def fill(self, images: Dense, arrays: Sequence[np.ndarray | None]) -> None:
        """Fill the arrays of all leaves: flat ones of `storage`, None for a leaf without octets."""


def storage(leaf: Leaf) -> np.dtype | None:
    """What engines make of a leaf: numbers and flags as integers, moments as `tdl.batches.moments`, octets as uint8."""
    match leaf.read:
        case None:
            return None
        case Number(width=width, form=form):
            octets = max(1, 1 << max(0, (width - 1).bit_length() - 3))
            if getattr(leaf.op, "decimals", 0):
                octets = 8
            return np.dtype(f"{'u' if form is None else 'i'}{octets}")
        case Real(octets=octets):
            return np.dtype(f"f{octets}")
        case Octets():
            return np.dtype("u1")
        case Moment(kind="DATE"):
            return np.dtype("i4")
        case Moment(kind=kind):
            return np.dtype("i8" if "Y" in PARTS[kind] else "i4")
        case _:
            assert_never(leaf.read)


def values_of(leaf: Leaf) -> int:
    """How many items of `storage` an image has of a leaf."""
    return leaf.number * (leaf.read.octets if isinstance(leaf.read, Octets) else 1)
