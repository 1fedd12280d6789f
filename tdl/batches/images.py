"""Images as they come, cut into Arrow arrays of octets; and those of one size as a block of memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from tdl.batches.arrow import np, pa, pc
from tdl.batches.engine import Dense
from tdl.codec.errors import TdlError

Octets: TypeAlias = bytes | bytearray | memoryview

Images: TypeAlias = pa.Array | pa.ChunkedArray | Octets | Iterable[Octets | pa.Array | pa.ChunkedArray | None]
"""Binary arrays of Arrow, octets of one image after the other, or any number of images or arrays; None has no image."""


class UnusableImages(TdlError, TypeError):
    """What was given is no images."""


def chunks(images: Images, rows: int, size: int | None) -> Iterator[pa.Array]:
    """Binary arrays of at most so many images.

    Args:
        size: octets of an image, for images that lie behind each other.

    Raises:
        UnusableImages: no images, or ones behind each other of unknown size.
    """
    if isinstance(images, pa.Array):
        array = _binary(images)
        for start in range(0, len(array), rows):
            yield array.slice(start, rows)
    elif isinstance(images, pa.ChunkedArray):
        for each in images.chunks:
            yield from chunks(each, rows, size)
    elif (octets := _memory(images)) is not None:
        yield from _behind_each_other(octets, rows, size)
    elif isinstance(images, Iterable) and not isinstance(images, str):
        yield from _gathered(images, rows, size)
    else:
        raise UnusableImages(f"a value of type `{type(images).__name__}` found, images expected")


def _memory(images: object) -> np.ndarray | None:
    """The octets of whatever is memory: bytes, a memory map, an array of numpy."""
    try:
        return np.frombuffer(memoryview(images).cast("B"), np.uint8)  # type: ignore[arg-type]
    except TypeError:
        return None


def _binary(array: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    type_ = array.type
    if pa.types.is_binary(type_) or pa.types.is_fixed_size_binary(type_) or pa.types.is_null(type_):
        return array
    if pa.types.is_large_binary(type_) or pa.types.is_binary_view(type_):
        return array.cast(pa.binary())
    raise UnusableImages(f"an array of `{type_}` found, one of `binary` expected")


def _behind_each_other(octets: np.ndarray, rows: int, size: int | None) -> Iterator[pa.Array]:
    if size is None:
        raise UnusableImages("images behind each other of unknown size, `size` expected")
    whole = len(octets) // size
    for start in range(0, whole, rows):
        count = min(rows, whole - start)
        part = pa.py_buffer(octets[start * size : (start + count) * size])
        yield pa.Array.from_buffers(pa.binary(size), count, [None, part])
    if len(octets) % size:
        yield pa.array([octets[whole * size :].tobytes()], pa.binary())


def _gathered(images: Iterable[object], rows: int, size: int | None) -> Iterator[pa.Array]:
    waiting: list[bytes | None] = []
    for each in images:
        if isinstance(each, pa.Array | pa.ChunkedArray):
            if waiting:
                yield pa.array(waiting, pa.binary())
                waiting = []
            yield from chunks(each, rows, size)
        elif each is None or isinstance(each, bytes | bytearray | memoryview):
            waiting.append(None if each is None else bytes(each))
            if len(waiting) == rows:
                yield pa.array(waiting, pa.binary())
                waiting = []
        else:
            raise UnusableImages(f"a value of type `{type(each).__name__}` among images, octets expected")
    if waiting:
        yield pa.array(waiting, pa.binary())


def dense(array: pa.Array, size: int) -> tuple[Dense, np.ndarray | None]:
    """The images of a size, and for every image whether it is one; None for that if all are.

    They are not copied if all have the size.

    Raises:
        UnusableImages: the array says that it has octets where there are none.
    """
    try:
        array.validate()
        fits = _fits(array, size)
        if fits is not None:
            array.validate(full=True)  # of all offsets: what fits is about to be copied
            array = array.filter(pa.array(fits))
    except pa.ArrowInvalid as error:
        raise UnusableImages(f"an array that cannot be: {str(error).lower()}") from None
    count = len(array)
    start = array.offset * size
    if count and pa.types.is_binary(array.type):
        start = int(np.frombuffer(array.buffers()[1], np.int32)[array.offset])
    octets = np.frombuffer(array.buffers()[-1] or b"", np.uint8) if count else np.empty(0, np.uint8)
    if not 0 <= start <= start + count * size <= len(octets):
        raise UnusableImages("an array that cannot be: it has octets outside its memory")
    return Dense(octets=octets[start : start + count * size], count=count, size=size), fits


def _fits(array: pa.Array, size: int) -> np.ndarray | None:
    if pa.types.is_null(array.type):
        return np.zeros(len(array), bool)
    if pa.types.is_fixed_size_binary(array.type) and array.type.byte_width != size:
        return np.zeros(len(array), bool)
    if pa.types.is_fixed_size_binary(array.type):
        return None if not array.null_count else pc.is_valid(array).to_numpy(zero_copy_only=False)
    if not len(array):
        return None
    offsets = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    fits = np.diff(offsets) == size
    if array.null_count:
        fits &= pc.is_valid(array).to_numpy(zero_copy_only=False)
    return None if fits.all() else fits
