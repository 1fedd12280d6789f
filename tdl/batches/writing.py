"""Record batches to a file, one after the other: Arrow, Parquet, CSV, or JSON with a line for each image."""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import BinaryIO, Protocol

from tdl.batches.arrow import pa
from tdl.batches.plain import plain
from tdl.batches.types import ERROR

ROW_GROUP = 1
"""Batches in a row group of Parquet."""

ROWS_OCTETS = 256 * 1024
"""Octets of a batch that are made plain values at a time."""


class Writer(Protocol):
    """Takes batches, then is closed."""

    def write(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class _Arrow:
    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._file = pa.ipc.new_file(stream, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(batch)

    def close(self) -> None:
        self._file.close()


class _Parquet:
    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        import pyarrow.parquet

        self._file = pyarrow.parquet.ParquetWriter(stream, schema)
        self._waiting: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if len(self._waiting) == ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting)
            self._file.write_table(table, row_group_size=max(1, len(table)))
            self._waiting.clear()

    def close(self) -> None:
        self._flush()
        self._file.close()


class _JsonLines:
    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._stream = stream

    def write(self, batch: pa.RecordBatch) -> None:
        names = batch.schema.names
        for values in _rows(batch):
            row = dict(zip(names, values, strict=True))
            if row[ERROR] is None:
                del row[ERROR]
            self._stream.write(_json(row).encode("utf-8") + b"\n")

    def close(self) -> None:
        pass


class _Csv:
    """What is nested is JSON in its cell."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._stream, self._names = stream, schema.names
        self._line(self._names)

    def write(self, batch: pa.RecordBatch) -> None:
        for row in _rows(batch):
            self._line([_cell(value) for value in row])

    def _line(self, cells: list[str]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(cells)
        self._stream.write(text.getvalue().encode("utf-8"))

    def close(self) -> None:
        pass


WRITERS: Mapping[str, Callable[[BinaryIO, pa.Schema], Writer]] = {
    "jsonl": _JsonLines,
    "csv": _Csv,
    "arrow": _Arrow,
    "parquet": _Parquet,
}
"""The writers by the names of their formats."""


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[object, ...]]:
    """The values of each row; of few rows at a time, as plain values take many times as much memory."""
    step = max(1, ROWS_OCTETS * len(batch) // max(1, batch.nbytes))
    for start in range(0, len(batch), step):
        yield from zip(*map(plain, batch.slice(start, step).columns), strict=True)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return _json(value).strip('"')


def _json(value: object) -> str:
    """JSON as `tdl.codec.json_values` has it: decimals and moments are text, octets hexadecimal."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False, ensure_ascii=False)
    except ValueError:
        return json.dumps(_finite(value), default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    match value:
        case bytes():
            return value.hex().upper()
        case Decimal():
            return str(value)
        case date() | time():
            return value.isoformat()
        case _:
            raise TypeError(type(value))


def _finite(value: object) -> object:
    match value:
        case dict():
            return {name: _finite(each) for name, each in value.items()}
        case list():
            return [_finite(each) for each in value]
        case float() if not isfinite(value):
            return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        case _:
            return value


@contextmanager
def staged(path: Path) -> Iterator[BinaryIO]:
    """A stream whose octets become the file when the block ends, and leave nothing behind if it fails.

    A device or pipe is written to as it is.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    if path.is_dir():
        raise IsADirectoryError(21, "is a directory", str(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".tdl-{secrets.token_hex(6)}-new-{path.name}"[:200])
    try:
        with beside.open("xb") as stream:
            yield stream
        if path.exists():
            os.chmod(beside, path.stat().st_mode & 0o7777)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
