"""Images in a file, read a few at a time: behind each other, each behind its length, or in a column of Arrow's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from tdl.batches.arrow import pa
from tdl.image import MAX_TABLE_OCTETS, UnreadableImage

PREFIX = 4
"""Octets of the length before an image, least significant first."""

FILE, STREAM = b"ARROW1", b"\xff\xff\xff\xff"
"""How the two forms of Arrow's files begin."""


def behind_each_other(stream: BinaryIO, size: int, rows: int) -> Iterator[pa.Array]:
    """Images of one size; what is left at the end is one that is too short."""
    while octets := _read(stream, rows * size):
        whole = len(octets) // size
        if whole:
            yield pa.Array.from_buffers(pa.binary(size), whole, [None, pa.py_buffer(octets)])
        if len(octets) % size:
            yield pa.array([octets[whole * size :]], pa.binary())


def behind_lengths(stream: BinaryIO, name: str, octets: int) -> Iterator[pa.Array]:
    """Images that each have their length before them.

    Args:
        octets: how many an array has, about.

    Raises:
        UnreadableImage: a length that is none, or the file ends too early.
    """
    at, images, held = 0, [], 0
    while prefix := _read(stream, PREFIX):
        length = int.from_bytes(prefix, "little")
        if len(prefix) == PREFIX and length > MAX_TABLE_OCTETS:
            raise UnreadableImage(name, f"a length of {length} at octet {at}, at most {MAX_TABLE_OCTETS} expected")
        image = _read(stream, length) if len(prefix) == PREFIX else b""
        if len(prefix) < PREFIX or len(image) < length:
            raise UnreadableImage(name, f"ends inside the image at octet {at}")
        images.append(image)
        at += PREFIX + length
        held += length
        if held >= octets:
            yield pa.array(images, pa.binary())
            images, held = [], 0
    if images:
        yield pa.array(images, pa.binary())


def in_a_column(
    stream: BinaryIO, name: str, column: str | None, rows: Callable[[int | None], int]
) -> Iterator[pa.Array]:
    """Images in a column of an Arrow file or stream.

    Args:
        column: its name; it may be left out if one column alone is binary.
        rows: how many images of a size an array has.

    Raises:
        UnreadableImage: no such file or column.
    """
    try:
        batches = _batches(stream)
        field = _field(next(batches), name, column)
        for batch in batches:
            array = batch.column(field)
            array.validate(full=True)
            size = array.nbytes // max(1, len(array))
            step = rows(size)
            for start in range(0, len(array), step):
                yield array.slice(start, step)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableImage(name, f"no Arrow file: {str(error).splitlines()[0].lower()}") from None


def _batches(stream: BinaryIO) -> Iterator[pa.RecordBatch | pa.Schema]:
    """The schema of a file, then its batches."""
    if stream.seekable():
        start = stream.read(len(FILE))
        stream.seek(0)
        if start == FILE:
            file = pa.ipc.open_file(stream)
            yield file.schema
            for number in range(file.num_record_batches):
                yield file.get_batch(number)
            return
    reader = pa.ipc.open_stream(stream)
    yield reader.schema
    yield from reader


def _field(schema: pa.Schema, name: str, column: str | None) -> int:
    binary = [each.name for each in schema if pa.types.is_binary(each.type) or pa.types.is_fixed_size_binary(each.type)]
    names = f"it has {', '.join(f'`{each}`' for each in binary)}" if binary else "it has none"
    if column is None and len(binary) != 1:
        raise UnreadableImage(name, f"{len(binary)} binary columns, one expected", f"choose with `--column`: {names}")
    column = binary[0] if column is None else column
    if column not in binary:
        raise UnreadableImage(name, f"no binary column `{column}`", names)
    return int(schema.names.index(column))


def is_arrow(start: bytes) -> bool:
    """Whether a file that begins so is one of Arrow's."""
    return start.startswith((FILE, STREAM))


def _read(stream: BinaryIO, octets: int) -> bytes:
    """So many octets, or fewer at the end; pipes give them in pieces."""
    pieces, left = [], octets
    while left and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
