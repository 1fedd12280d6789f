"""The engine that needs numpy alone: strided views of the images, a few at a time so that they stay in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from sys import byteorder
from typing import assert_never

from tdl.batches.arrow import np
from tdl.batches.engine import Dense
from tdl.batches.layout import SIGN_MAGNITUDE, TWOS_COMPLEMENT, Layout, Leaf, Moment, Number, Octets, Real
from tdl.batches.moments import read_moments

TILE = 512 * 1024
"""Octets of images that are read leaf by leaf before the next ones are."""


class NumpyEngine:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def fill(self, images: Dense, arrays: Sequence[np.ndarray | None]) -> None:
        """See `tdl.batches.engine.Engine`."""
        step = max(1, TILE // images.size)
        targets = [(leaf, array) for leaf, array in zip(self.layout.leaves, arrays, strict=True) if array is not None]
        for start in range(0, images.count, step):
            stop = min(start + step, images.count)
            tile = images.part(start, stop)
            for leaf, array in targets:
                each = len(array) // images.count
                _read(leaf, tile, array[start * each : stop * each])


def _read(leaf: Leaf, tile: Dense, out: np.ndarray) -> None:
    if not len(out):
        return
    match leaf.read:
        case None:
            pass
        case Octets(octets=octets):
            shape = (tile.count, *(count for count, _ in leaf.dims), octets)
            np.copyto(out.reshape(shape), _octets(leaf, tile, octets))
        case Real(octets=octets, big=big):
            view = _view(leaf, tile, np.dtype(f"{'>' if big else '<'}f{octets}"))
            # As integers: a NaN keeps its bits, which a copy of floats may change.
            bits = view.view(view.dtype.str.replace("f", "u"))
            np.copyto(out.view(f"u{octets}").reshape(view.shape), bits)
        case Number():
            _numbers(leaf, leaf.read, tile, out)
        case Moment():
            read_moments(leaf.read, lambda type_, at: _view(leaf, tile, np.dtype(type_), at), out)
        case _:
            assert_never(leaf.read)


def _view(leaf: Leaf, tile: Dense, dtype: np.dtype, shift: int = 0) -> np.ndarray:
    """One item of each value, where it lies."""
    shape = (tile.count, *(count for count, _ in leaf.dims))
    strides = (tile.size, *(stride for _, stride in leaf.dims))
    return np.ndarray(shape, dtype, tile.octets, leaf.offset + shift, strides)


def _octets(leaf: Leaf, tile: Dense, octets: int) -> np.ndarray:
    """The octets of each value, as the last axis."""
    shape = (tile.count, *(count for count, _ in leaf.dims), octets)
    strides = (tile.size, *(stride for _, stride in leaf.dims), 1)
    return np.ndarray(shape, np.uint8, tile.octets, leaf.offset, strides)


def _numbers(leaf: Leaf, read: Number, tile: Dense, out: np.ndarray) -> None:
    whole = not read.low and read.width == 8 * read.octets and _whole(read.octets)
    # What has implied decimals goes into 64 bits whatever its size.
    if whole and read.form in (None, TWOS_COMPLEMENT) and out.itemsize == read.octets:
        leaf, octets = _joined(leaf, read)
        view = _view(leaf, tile, _dtype(read, octets))
        np.copyto(out.view(f"u{octets}").reshape(view.shape), view)
        return
    bits = _bits(leaf, read, tile)
    if read.form is None:
        np.copyto(out.reshape(bits.shape), bits, casting="unsafe")
        return
    # Signed: shift the field to the top of 64 bits and back.
    signed = (bits.astype(np.uint64) << np.uint64(64 - read.width)).view(np.int64) >> np.int64(64 - read.width)
    negative = signed < 0
    if read.form == SIGN_MAGNITUDE:
        lowest = -(2 ** (read.width - 1))
        signed = np.where(negative, lowest - signed, signed)
    elif read.form != TWOS_COMPLEMENT:
        signed += negative
    np.copyto(out.reshape(bits.shape), signed, casting="unsafe")


def _joined(leaf: Leaf, read: Number) -> tuple[Leaf, int]:
    """A leaf with the octets of its values; where a few of them are next to each other, they are copied as one."""
    if leaf.dims and not read.big and byteorder == "little":
        count, stride = leaf.dims[-1]
        if stride == read.octets and count * stride in (2, 4, 8):
            return replace(leaf, dims=leaf.dims[:-1]), count * stride
    return leaf, read.octets


def _bits(leaf: Leaf, read: Number, tile: Dense) -> np.ndarray:
    """The bits of each value: from items that numpy has, larger ones than the value where there is room for it."""
    wide = read.octets if _whole(read.octets) else 4 if read.octets == 3 else 8
    spare, mask = wide - read.octets, (1 << read.width) - 1
    if leaf.last + wide <= tile.size:  # what follows is in the same image
        words, low = _view(leaf, tile, _dtype(read, wide)), read.low + (8 * spare if read.big else 0)
    elif leaf.offset >= spare:
        words, low = _view(leaf, tile, _dtype(read, wide), -spare), read.low + (0 if read.big else 8 * spare)
    else:
        words, low = _assembled(leaf, read, tile), read.low
    whole = low + read.width == 8 * words.dtype.itemsize
    if low:
        words = words >> words.dtype.type(low)
    return words if whole else words & words.dtype.type(mask)


def _assembled(leaf: Leaf, read: Number, tile: Dense) -> np.ndarray:
    octets = _octets(leaf, tile, read.octets)
    word = np.zeros(octets.shape[:-1], np.uint64)
    for place in range(read.octets):
        word |= octets[..., read.octets - 1 - place if read.big else place].astype(np.uint64) << np.uint64(8 * place)
    return word


def _whole(octets: int) -> bool:
    return octets in (1, 2, 4, 8)


def _dtype(read: Number, octets: int) -> np.dtype:
    return np.dtype(f"{'>' if read.big else '<'}u{octets}")
