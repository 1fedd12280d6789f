"""`decode_batches`: many images of one table to columns.

    for batch in tdl.batches.decode_batches("std:2012", "ST23", images, bind="std:polyphase-tou"):
        ...  # a pyarrow.RecordBatch

A table whose layout is constant once it is bound to a meter is decoded at the speed of memory, by one of two engines
that give the same columns: native code, compiled once and kept, or numpy. The images of any other table are decoded one
by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeAlias

from tdl.batches.arrow import np, pa
from tdl.batches.columns import Buffers, columns
from tdl.batches.images import Images, chunks, dense
from tdl.batches.layout import Layout, Wanted, layout_of
from tdl.batches.one_by_one import columns_of
from tdl.batches.running import EngineName, Runner
from tdl.batches.types import ERROR, schema_of
from tdl.codec.decoder import decode
from tdl.codec.errors import DecodeError, TdlError
from tdl.ir.bind import bind_table
from tdl.ir.traverse import walk
from tdl.project.definition import Definition, load
from tdl.project.opening import binding
from tdl.project.reading import known_values

if TYPE_CHECKING:
    from tdl.codec.values import Record
    from tdl.project.opening import Binding
    from tdl.project.profile import Settings

BATCH = 4 * 1024 * 1024
"""Octets of images in a batch, about; larger batches leave the cache."""

ONE_BY_ONE = 256 * 1024
"""The same where images are decoded one by one: their values take many times as much memory."""

MOST = 1 << 29
"""Octets of images that one batch may have: offsets of Arrow's strings have 31 bits."""


class UnknownColumn(TdlError, LookupError):
    """A table has no element of a path."""


def decode_batches(
    definition: Definition | str,
    table: str,
    images: Images,
    *,
    bind: Binding | None = None,
    set: Settings | None = None,
    columns: Sequence[str] = (),
    rows: int | None = None,
    size: int | None = None,
    engine: EngineName = "auto",
) -> Iterator[pa.RecordBatch]:
    """Decode images of one table, in their order, to record batches; no more than a batch is held at a time.

    Each element is a column named by its path; what is inside an array is nested in the array's column. An image that
    cannot be decoded is a row of nulls, and says why in the column ``$error``. A value whose octets mean nothing, such
    as the zeros of a date never set, is null.

    Args:
        definition: a path, a library name or what `tdl.load` made.
        table: ``ST23``, ``23`` or the table's name.
        images: binary arrays of Arrow, any number of images or arrays, or octets of one image behind the other.
        bind: a profile or an image of the meter, for what the table's layout depends on.
        set: single values: ``{"GEN_CONFIG_TBL.ID_FORM": 1}``, or texts ``"GEN_CONFIG_TBL.ID_FORM=1"``.
        columns: paths of the elements that are wanted, such as ``STATUS.DST`` or ``TIERS.DEMANDS``, if not all.
        rows: how many images a batch has; about 4 MB of them if it is not said.
        size: octets of an image, where images lie behind each other and the table's layout does not say it.
        engine: ``numpy``, ``native``, or ``auto``: numpy until so much was decoded that compiling pays.

    Raises:
        CompileError, UnknownTable, ProfileError: as `tdl.open`.
        UnknownColumn: the table has no such element.
        UnusableImages: these are no images.
        tdl.native.building.NativeError: native code was asked for, and cannot be compiled.
    """
    decoder = batch_decoder(definition, table, bind=bind, set=set, columns=columns, engine=engine)
    return decoder.batches(images, rows=rows, size=size)


def batch_decoder(
    definition: Definition | str,
    table: str,
    *,
    bind: Binding | None = None,
    set: Settings | None = None,
    columns: Sequence[str] = (),
    engine: EngineName = "auto",
) -> BatchDecoder:
    """What `decode_batches` works with, for those who decode again and again; the arguments are the same."""
    compiled = definition if isinstance(definition, Definition) else load(definition)
    known = known_values(compiled, None if bind is None else binding(bind), set or ())
    plan = bind_table(compiled.table(table), known)
    wanted = Wanted([tuple(path.replace("[]", "").split(".")) for path in columns])
    _check(plan.key, columns, wanted, {tuple(s for s in op.path if s != "[]") for op in walk(plan.root)})
    enumerations = {each.name: each for each in compiled.model.enumerations}
    schema = schema_of(plan.root, wanted, enumerations)
    layout = layout_of(plan.root, wanted)
    return BatchDecoder(
        schema=schema,
        layout=layout,
        run=None if layout is None else Runner(layout, engine),
        one=lambda octets: decode(plan, octets, known),
    )


def _check(table: str, columns: Sequence[str], wanted: Wanted, paths: set[tuple[str, ...]]) -> None:
    for said, path in zip(columns, wanted.paths, strict=True):
        if path not in paths:
            close = get_close_matches(said, {".".join(each) for each in paths}, n=1)
            help = f", did you mean `{close[0]}`?" if close else ""
            raise UnknownColumn(f"{table} has no element `{said}`{help}")


One: TypeAlias = "Callable[[bytes], Record]"


class BatchDecoder:
    """A table of one meter, ready to decode any number of images.

    Attributes:
        schema: of its record batches.
        size: octets of an image; None if they differ.
    """

    def __init__(self, *, schema: pa.Schema, layout: Layout | None, run: Runner | None, one: One) -> None:
        self.schema, self._layout, self._run, self._one = schema, layout, run, one
        self.size = None if layout is None else layout.size

    @property
    def engine(self) -> Literal["numpy", "native", "one by one"]:
        """What decodes the next images."""
        return "one by one" if self._run is None else self._run.now

    def buffers(self, rows: int) -> Buffers | None:
        """Memory for so many images, to be given to `decode` again and again; None where it would be of no use."""
        return None if self._layout is None else Buffers(self._layout, rows)

    def batches(self, images: Images, *, rows: int | None = None, size: int | None = None) -> Iterator[pa.RecordBatch]:
        """A record batch for every so many images; see `decode_batches`."""
        each = size or self.size
        for array in chunks(images, min(rows or self.rows(each), max(1, MOST // (each or 1))), each):
            yield self.decode(array)

    @property
    def octets(self) -> int:
        """Octets of images in a batch, about, if nothing else is said."""
        return ONE_BY_ONE if self._layout is None else BATCH

    def rows(self, size: int | None) -> int:
        """How many images a batch has if nothing else is said; their size may be unknown."""
        return max(1, self.octets // (size or 1024))

    def decode(self, images: pa.Array, out: Buffers | None = None) -> pa.RecordBatch:
        """The record batch of a binary array.

        Args:
            out: memory of `buffers`, for as many images or more. The batch is good until it is used again.

        Raises:
            ValueError: there is not enough room in `out`, or more octets than one batch may have; `batches` cuts them.
        """
        if images.nbytes > MOST:
            raise ValueError(f"{images.nbytes} octets of images, at most {MOST} expected")
        if self._layout is None or self._run is None:
            return self._one_by_one(images)
        good, fits = dense(images, self._layout.size)
        memory = Buffers(self._layout, good.count) if out is None else out
        if memory.images < good.count:
            raise ValueError(f"room for {memory.images} images, {good.count} expected")
        arrays = memory.arrays(good.count)
        self._run.fill(good, arrays)
        made = columns(self._layout, arrays, good.count)
        if fits is None:
            return self._batch(made, pa.nulls(good.count, pa.string()))
        rows = pa.array(np.cumsum(fits) - 1, mask=~fits)
        return self._batch([array.take(rows) for array in made], self._errors(images, fits))

    def _batch(self, made: list[pa.Array], errors: pa.Array) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([*made, errors], schema=self.schema)

    def _errors(self, images: pa.Array, fits: np.ndarray) -> pa.Array:
        """Why images do not fit. Nothing but their size matters, so that it is asked once for each."""
        said: dict[int, str] = {}
        errors: list[str | None] = [None] * len(images)
        for row in np.flatnonzero(~fits).tolist():
            image = images[row].as_py()
            if image is None:
                errors[row] = NO_IMAGE
                continue
            if len(image) not in said:
                said[len(image)] = str(self._decoded(image))
            errors[row] = said[len(image)]
        return pa.array(errors, pa.string())

    def _one_by_one(self, images: pa.Array) -> pa.RecordBatch:
        records: list[Record | None] = []
        errors: list[str | None] = []
        for image in images.to_pylist():
            found = None if image is None else self._decoded(image)
            records.append(None if isinstance(found, DecodeError) else found)
            errors.append(NO_IMAGE if found is None else str(found) if isinstance(found, DecodeError) else None)
        fields = pa.schema([field for field in self.schema if field.name != ERROR])
        return self._batch(columns_of(records, fields), pa.array(errors, pa.string()))

    def error(self, image: bytes) -> DecodeError | None:
        """Why an image cannot be decoded; None if it can."""
        found = self._decoded(image)
        return found if isinstance(found, DecodeError) else None

    def _decoded(self, image: bytes) -> Record | DecodeError:
        try:
            return self._one(image)
        except DecodeError as error:
            return error


NO_IMAGE = "no image"
"""The error of a null among the images."""
