"""From the flat arrays of a layout's leaves to Arrow's arrays, nested as its elements are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from math import isfinite
from typing import assert_never

from tdl.batches.arrow import np, pa
from tdl.batches.engine import storage, values_of
from tdl.batches.layout import Fields, Items, Layout, Leaf, Moment, Node, Number, Octets, Real
from tdl.batches.moments import NEVER
from tdl.batches.types import leaf_type
from tdl.codec.numerals import read_bcd_number, read_char_number
from tdl.codec.octets import read_text
from tdl.codec.values import Raw
from tdl.ir import plan
from tdl.ir.expr import Const

ASCII, LATIN_1, UTF_8 = 1, 2, 3
"""CHAR_FORMAT of Table 0; all other ones are reserved."""


class Buffers:
    """Memory that a batch's values are put into.

    What was decoded into it before is overwritten: whoever uses it again must be done with the batch of before.

    Args:
        images: how many there is room for.
    """

    __slots__ = ("_arrays", "_values", "images")

    def __init__(self, layout: Layout, images: int) -> None:
        self.images = images
        self._values = [values_of(leaf) for leaf in layout.leaves]
        self._arrays: list[np.ndarray | None] = []
        for leaf, values in zip(layout.leaves, self._values, strict=True):
            dtype = storage(leaf)
            if dtype is None:
                self._arrays.append(None)
            else:  # Arrow's memory begins where its own columns would
                buffer = pa.allocate_buffer(images * values * dtype.itemsize)
                self._arrays.append(np.frombuffer(buffer, dtype, images * values))

    def arrays(self, images: int) -> list[np.ndarray | None]:
        """A flat array for each leaf, for so many images."""
        return [
            None if array is None else array[: images * values]
            for array, values in zip(self._arrays, self._values, strict=True)
        ]


def columns(layout: Layout, arrays: Sequence[np.ndarray | None], images: int) -> list[pa.Array]:
    """The columns of images that all have the layout's size, in the order of `tdl.batches.types.schema_of`."""
    waiting = list(arrays)
    return list(_flat(layout.root, waiting, images))


def _flat(node: Node, waiting: list[np.ndarray | None], count: int) -> Iterator[pa.Array]:
    """The array of a node, or those of its members if it is of records."""
    if isinstance(node, Fields):
        for _, member in node.members:
            yield from _flat(member, waiting, count)
    else:
        yield _array(node, waiting, count)


def _array(node: Node, waiting: list[np.ndarray | None], count: int) -> pa.Array:
    """The array of a node; takes its leaves' flat arrays from those that wait."""
    match node:
        case Leaf():
            return _leaf(node, waiting.pop(0), count)
        case Fields(members=members):
            arrays = [_array(member, waiting, count) for _, member in members]
            return pa.StructArray.from_arrays(arrays, names=[name for name, _ in members])
        case Items(count=0, item=item):
            offsets = pa.array(np.zeros(count + 1, np.int32))
            return pa.ListArray.from_arrays(offsets, _array(item, waiting, 0))
        case Items(count=length, item=item):
            return pa.FixedSizeListArray.from_arrays(_array(item, waiting, count * length), length)
        case _:
            assert_never(node)


def _leaf(leaf: Leaf, array: np.ndarray | None, count: int) -> pa.Array:
    type_ = leaf_type(leaf.op)
    if array is None:
        return pa.nulls(count, type_)
    valid = None if leaf.present is None else np.resize(np.array(leaf.present, bool), count)
    match leaf.read:
        case Number():
            if pa.types.is_boolean(type_):
                return _plain(np.packbits(array, bitorder="little"), type_, count, valid)
            return _plain(_halves(array) if pa.types.is_decimal(type_) else array, type_, count, valid)
        case Real():
            return _plain(array, type_, count)
        case Moment():
            return _plain(array, type_, count, array != NEVER if array.min(initial=0) < 0 else None)
        case Octets(octets=octets):
            return _octets(leaf.op, array, type_, count, octets)
        case None:
            raise AssertionError(leaf)
        case _:
            assert_never(leaf.read)


def _plain(array: np.ndarray, type_: pa.DataType, count: int, valid: np.ndarray | None = None) -> pa.Array:
    """Values as they lie in memory, null where they are not valid."""
    return pa.Array.from_buffers(type_, count, [_bitmap(valid), pa.py_buffer(array)])


def _bitmap(valid: np.ndarray | None) -> pa.Buffer | None:
    return None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))


def _halves(array: np.ndarray) -> np.ndarray:
    """Integers of 64 bits as those of 128."""
    halves = np.empty((len(array), 2), np.int64)
    halves[:, 0], halves[:, 1] = array, array >> 63
    return halves


# --- octets ------------------------------------------------------------------------------------------------------


def _octets(op: plan.AnyOp, array: np.ndarray, type_: pa.DataType, count: int, octets: int) -> pa.Array:
    match op:
        case plan.Bytes(form="binary"):
            if not octets:
                return pa.array([b""] * count, type_)
            return pa.Array.from_buffers(type_, count, [None, pa.py_buffer(array)])
        case plan.Bytes(form="set"):
            # Member i is bit i % 8 of octet i // 8: Arrow's own order of flags.
            if not octets:
                return pa.array([[]] * count, type_)
            flags = pa.Array.from_buffers(pa.bool_(), 8 * octets * count, [None, pa.py_buffer(array)])
            return pa.FixedSizeListArray.from_arrays(flags, 8 * octets)
        case plan.Bytes(form="bcd"):
            return _strings(np.take(_hexadecimal(), array), count, 2 * octets)
        case plan.Bytes():
            assert isinstance(op.charset, Const)
            return _texts(array, count, octets, op.charset.value)
        case plan.Builtin(kind="FLOAT_CHAR"):
            return _numbers(array, count, octets, read_char_number)
        case plan.Builtin(kind="FIXED_BCD"):
            return _numbers(array, count, octets, read_bcd_number)
        case _:
            raise AssertionError(op)


def _hexadecimal() -> np.ndarray:
    """The two digits of every octet."""
    return np.frombuffer(bytes(range(256)).hex().upper().encode(), np.uint16)


def _strings(array: np.ndarray, count: int, length: int) -> pa.Array:
    """Texts of one length."""
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(length)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(array))


def _texts(array: np.ndarray, count: int, octets: int, charset: int) -> pa.Array:
    if charset not in (ASCII, LATIN_1, UTF_8):
        return pa.nulls(count, pa.string())
    if array.max(initial=0) < 128:
        return _strings(array, count, octets)
    return pa.array([_text(raw, charset) for raw in _pieces(array, count, octets)], pa.string())


def _text(raw: bytes, charset: int) -> str | None:
    return text_value(read_text(raw, charset))


def text_value(value: str | Raw) -> str | None:
    """Text as Arrow has it: none where an octet is no character."""
    if isinstance(value, Raw):
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value


def _pieces(array: np.ndarray, count: int, octets: int) -> list[bytes]:
    whole = array.tobytes()
    return [whole[at : at + octets] for at in range(0, count * octets, octets)]


def _numbers(array: np.ndarray, count: int, octets: int, read: Callable[[bytes], Decimal | Raw]) -> pa.Array:
    found: dict[bytes, float | None] = {}
    values = []
    for raw in _pieces(array, count, octets):
        if raw not in found:
            found[raw] = float_value(read(raw))
        values.append(found[raw])
    return pa.array(values, pa.float64())


def float_value(value: Decimal | Raw) -> float | None:
    """The nearest float of a decimal number; none for octets that are no number, or one that no float is near to."""
    if isinstance(value, Raw):
        return None
    number = float(value)
    return number if isfinite(number) else None
