"""`tdl decode --records`: the images in a file of them, a few at a time, to a file of their values."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from tdl.cli.console import Failed, ended, say, standard_input, standard_output, unwritable
from tdl.cli.options import project
from tdl.cli.progress import Watch
from tdl.codec.errors import TdlError
from tdl.image import UnreadableImage

if TYPE_CHECKING:
    import pyarrow as pa

    from tdl.batches.decoding import BatchDecoder
    from tdl.batches.writing import Writer
    from tdl.cli.selection import Selected
    from tdl.report import Diagnostic

FORMATS = ("jsonl", "csv", "arrow", "parquet")
"""The formats that files of records are written in."""

_SIZES = click.IntRange(1, 1 << 24)

_SHOWN = 10
"""How many images that do not fit are findings of their own."""


def records_options(function: Callable[..., int]) -> Callable[..., int]:
    """``--records`` and what goes with it, before a verb that decodes one image."""

    @functools.wraps(function)
    def either(
        image: str | None,
        records: str | None,
        size: int | None,
        prefixed: bool,
        column: str | None,
        output: str | None,
        **others: Any,
    ) -> int:
        if records is not None:
            if image is not None:
                raise click.UsageError("--records takes the place of IMAGE")
            return decode_records(records, size, prefixed, column, output, **others)
        if size is not None or prefixed or column is not None or output is not None:
            raise click.UsageError("--size, --prefixed, --column and -o go with --records")
        if others["format"] in FORMATS:
            raise click.UsageError(f"--format {others['format']} goes with --records")
        if image is None:
            raise click.UsageError("Missing argument 'IMAGE'.")
        return function(image=image, **others)

    for option in (
        click.option("-o", "--output", metavar="OUT", help="With --records: the file; else standard output."),
        click.option("--column", metavar="NAME", help="With --records: the binary column of an Arrow file."),
        click.option("--prefixed", is_flag=True, help="With --records: each image has 4 octets of length before it."),
        click.option("--size", type=_SIZES, metavar="N", help="With --records: the octets of each image."),
        click.option("--records", metavar="FILE", help="A file of many images of the one --table."),
    ):
        either = option(either)
    return either


def decode_records(
    records: str,
    size: int | None,
    prefixed: bool,
    column: str | None,
    output: str | None,
    *,
    definition: str | None,
    fragments: tuple[str, ...],
    format: str,
    tables: tuple[str, ...],
    paths: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
    **others: object,
) -> int:
    """See `tdl decode`."""
    form = "jsonl" if format == "table" else format
    if form not in FORMATS:
        raise click.UsageError(f"--records goes with --format {', '.join(FORMATS)}")
    if len(tables) != 1:
        raise click.UsageError("--records holds images of one table: say which with --table")
    if form in ("arrow", "parquet") and output in (None, "-"):
        raise click.UsageError(f"--format {form} is a file: give its name with -o")
    if any(others.values()):
        raise click.UsageError("--records takes no options that are about one image")
    from tdl.cli.selection import select_paths

    chosen = project(definition, fragments)
    compiled = chosen.compile()
    columns = [_column(each) for each in select_paths(paths, tables, compiled)]
    try:
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # Arrow's own pool keeps what is freed
        from tdl.batches.decoding import UnknownColumn, batch_decoder
    except TdlError as missing:
        raise click.UsageError(str(missing)) from None
    try:
        decoder = batch_decoder(compiled, tables[0], bind=chosen.binding(bind), set=settings, columns=columns)
    except UnknownColumn as unknown:
        raise click.UsageError(str(unknown)) from None
    findings = _Findings(records)
    with _source(records) as stream, Watch("decoding") as watch:
        arrays = _arrays(stream, records, size, prefixed, column, decoder)
        with _sink(output) as out:
            writer = writer_of(form)(out, decoder.schema)
            total = 0 if records == "-" else os.fstat(stream.fileno()).st_size
            for array in arrays:
                batch = decoder.decode(array)
                findings.add(decoder, array, batch)
                writer.write(batch)
                if total:
                    watch(min(stream.tell(), total), total)
            writer.close()
    return findings.end()


def _column(selected: Selected) -> str:
    """The path of an element without positions: a column has all of them."""
    return ".".join(step for step in selected.path if isinstance(step, str) and step != "[]")


def writer_of(format: str) -> Callable[[BinaryIO, pa.Schema], Writer]:
    from tdl.batches.writing import WRITERS

    return WRITERS[format]


@contextmanager
def _source(name: str) -> Iterator[BinaryIO]:
    """The octets of a file, or of standard input."""
    if name == "-":
        stdin = standard_input()
        if stdin is None:
            raise UnreadableImage("<stdin>", "standard input is closed")
        yield stdin
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(open(name, "rb"))
        except (OSError, ValueError) as error:
            raise UnreadableImage(name, str(getattr(error, "strerror", None) or error).lower()) from None
        yield stream


@contextmanager
def _sink(output: str | None) -> Iterator[BinaryIO]:
    if output is None or output == "-":
        yield standard_output()
        return
    from tdl.batches.writing import staged

    try:
        with staged(Path(output)) as stream:
            yield stream
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise Failed(unwritable(output, error)) from None


def _arrays(
    stream: BinaryIO, name: str, size: int | None, prefixed: bool, column: str | None, decoder: BatchDecoder
) -> Iterator[pa.Array]:
    """The images in a file, a few at a time."""
    from tdl.batches.records import behind_each_other, behind_lengths, in_a_column, is_arrow

    if prefixed:
        if size is not None or column is not None:
            raise click.UsageError("--prefixed goes without --size and --column")
        return behind_lengths(stream, name, decoder.octets)
    if size is None and (column is not None or is_arrow(_ahead(stream))):
        return in_a_column(stream, name, column, decoder.rows)
    each = size or decoder.size
    if each is None:
        raise click.UsageError("images of this table differ in size: give --size, or each its length and --prefixed")
    return behind_each_other(stream, each, decoder.rows(each))


def _ahead(stream: BinaryIO) -> bytes:
    """The first octets that are to come, if one can look at them."""
    peek = getattr(stream, "peek", None)
    return b"" if peek is None else bytes(peek(8))


class _Findings:
    """What of the images could not be decoded."""

    def __init__(self, name: str) -> None:
        from tdl.report import Report

        self.name = name
        self.images = self.failed = 0
        self.report = Report()

    def add(self, decoder: BatchDecoder, images: pa.Array, batch: pa.RecordBatch) -> None:
        errors = batch.column(batch.num_columns - 1)
        if errors.null_count < len(errors):
            rows = [row for row, error in enumerate(errors.to_pylist()) if error is not None]
            for row in rows[: max(0, _SHOWN - self.failed)]:
                self.report.add(self.finding(decoder, images[row].as_py(), f"{self.name}: image {self.images + row}"))
            self.failed += len(rows)
        self.images += len(images)

    def finding(self, decoder: BatchDecoder, image: bytes | None, place: str) -> Diagnostic:
        from tdl.project.failures import failure_finding
        from tdl.report.rules import binding

        error = None if image is None else decoder.error(image)
        if error is None:
            return binding.BAD_IMAGE.at(None, name=place, problem="null, octets expected")
        return failure_finding(error, image=place)

    def end(self) -> int:
        """Say what there is to say; the exit code."""
        if self.failed > _SHOWN:
            say(f"note: {self.name}: {self.failed} of {self.images} images do not decode, the first {_SHOWN} follow")
        return ended(self.report)
