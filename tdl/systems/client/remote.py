"""A meter whose tables have values: what layouts need is asked for first, and of a table no more than is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tdl.codec.decoder import Moved
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, TdlError, octets_text
from tdl.codec.values import Record
from tdl.image import Image, Profile
from tdl.ir.model import TableId
from tdl.ir.plan import TablePlan
from tdl.project.definition import Definition
from tdl.project.located import LocatedTable
from tdl.project.profile import Settings
from tdl.project.reading import Reading, known_values, read_image
from tdl.systems.client.elements import Element, element
from tdl.systems.client.procedures import Response, layout_of, procedure_key, response_of
from tdl.systems.client.spans import Access, Span, merged, spans
from tdl.systems.meter.elements import members, number
from tdl.systems.meter.tables import wire_number
from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.errors import LineFailed, LinkFailed, LoginRefused, ServiceRefused, WireError

GENERAL, REQUEST = "ST0", "ST7"


class NotKept(TdlError):
    """A write was acknowledged, and what is read behind it is something else.

    Attributes:
        table: its key.
        offset: where the octets begin.
        written, found: the octets.
    """

    def __init__(self, table: str, offset: int, written: bytes, found: bytes) -> None:
        super().__init__(table, offset)
        self.table, self.offset, self.written, self.found = table, offset, written, found

    def __str__(self) -> str:
        return f"{self.table} from octet {self.offset} on does not read back as it was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Elements of a table.

    Attributes:
        values: by the texts that named them; what this meter does not have is missing.
        leaves: the same to the last element, with their places.
        octets: how many octets were read.
    """

    key: str
    values: Mapping[str, object]
    leaves: tuple[Moved, ...]
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Every table that a meter says it has.

    Attributes:
        tables: octets by key.
        failures: for the others, why not.
        cut: what ended it before its end.
    """

    tables: Mapping[str, bytes]
    failures: Mapping[str, WireError]
    cut: WireError | None = None


class RemoteMeter:
    """A meter and its definition. Tables and elements go by their names, and values are those of `tdl.open`.

    What layouts depend on is read once and kept until it is written or a procedure runs. Every method raises
    `tdl.systems.wire.errors.WireError` for what goes wrong on the way, and `DecodeError` for a table that does not fit
    the definition.

    Args:
        client: the meter, as octets.
        bind, settings: values that layouts depend on and that need not be read.
    """

    def __init__(
        self,
        client: MeterClient[Any],
        definition: Definition,
        *,
        bind: Image | Profile | None = None,
        settings: Settings = (),
    ) -> None:
        self.client, self.definition = client, definition
        self._bind, self._settings = bind, settings
        given = bind is not None or settings
        self._given = known_values(definition, bind, settings) if given else Environment()
        self._known: dict[str, bytes | None] = {}

    # --- reading -----------------------------------------------------------------------------------------------------

    async def octets(self, key: str, *, offset: int | None = None, count: int | None = None) -> bytes:
        """A table as it is, or a part of it."""
        return await self.client.read(wire_number(self.definition.key(key)), offset=offset, count=count)

    async def octets_at(self, key: str, indices: Sequence[int], count: int = 1) -> bytes:
        """So many elements of a table, from a position on."""
        return await self.client.read_index(wire_number(self.definition.key(key)), indices, count)

    async def read(self, text: str) -> object:
        """The value of an element, or a table's record.

        Raises:
            LookupError: the definition or this meter has no such element.
        """
        wanted = element(self.definition, text)
        if not wanted.path:
            return (await self.reading(wanted.table))[wanted.table]
        return (await self.part(wanted.table, [wanted])).values[text]

    async def reading(self, *keys: str) -> Reading:
        """Tables, decoded; those that do not decode are among its failures."""
        wanted = [self.definition.table(key) for key in keys]
        held = await self._needed(wanted)
        for table in wanted:
            held[table.key] = await self.octets(table.key)
        for table in wanted:
            if table.key in self._known:
                self._known[table.key] = held[table.key]
        return self._read(held, [table.key for table in wanted])

    async def part(self, key: str, elements: Iterable[Element]) -> Part:
        """Elements of one table, in as few octets as the layout and the meter allow."""
        wanted, table = tuple(elements), self.definition.table(key)
        around = self._read(await self._needed([table]), [])
        bound = self.definition.bind(table.key, self._environment(around, table))
        try:
            places = spans(bound, wanted, await self._access())
        except LookupError:
            places = None  # which of them this meter lacks, the whole table tells
        if places is not None:
            content = bytearray(bound.size[0])
            for span in places:
                content[span.offset : span.end] = await self._span(table.key, span)
            try:
                return self._part(table, bytes(content), around, wanted, sum(span.count for span in places))
            except DecodeError:
                pass  # what was not read is needed after all
        content = bytearray(await self.octets(table.key))
        return self._part(table, bytes(content), around, wanted, len(content))

    async def used(self) -> tuple[str, ...]:
        """The keys of the tables that Table 0 says there are, whether the definition has them or not."""
        general = (await self.reading(GENERAL))[GENERAL]
        return tuple(
            f"{kind}{each}"
            for kind, name in (("ST", "STD_TBLS_USED"), ("MT", "MFG_TBLS_USED"))
            for each in sorted(members(general, name))
        )

    async def image(self, watch: Callable[[int, int], None] = lambda done, of: None) -> Whole:
        """Every table that the meter says it has, but for Table 7, which is there to be written.

        What the meter refuses is a failure of that table. A line that fails ends it, with the tables read so far.
        """
        tables = {GENERAL: await self.octets(GENERAL)}
        self._known[GENERAL] = tables[GENERAL]
        failures: dict[str, WireError] = {}
        keys = [key for key in await self.used() if key not in (GENERAL, REQUEST)]
        for done, key in enumerate(keys, 1):
            try:
                tables[key] = await self.client.read(wire_number(key))
            except WireError as error:
                failures[key] = error
                if isinstance(error, LineFailed | LinkFailed | LoginRefused):
                    return Whole(tables=tables, failures=failures, cut=error)
            watch(done, len(keys))
        return Whole(tables=tables, failures=failures)

    # --- writing -----------------------------------------------------------------------------------------------------

    async def write_octets(self, key: str, octets: bytes, *, offset: int | None = None, check: bool = True) -> None:
        """Write a table, or a part of it from an offset on.

        Args:
            check: read it back.

        Raises:
            NotKept: it reads back as something else.
        """
        found = self.definition.key(key)
        self._known.pop(found, None)
        await self.client.write(wire_number(found), octets, offset=offset)
        if check and octets:
            back = await self.octets(found, offset=offset, count=None if offset is None else len(octets))
            _compared(found, offset or 0, octets, back)

    async def write(self, text: str, value: Any, *, check: bool = True) -> None:
        """Write a table's record or octets, or an element's value; see `write_elements`."""
        wanted = element(self.definition, text)
        if wanted.path:
            await self.write_elements(wanted.table, {wanted: value}, check=check)
        elif isinstance(value, bytes | bytearray):
            await self.write_octets(wanted.table, bytes(value), check=check)
        else:
            await self.write_octets(wanted.table, await self.encoded(wanted.table, value), check=check)

    async def encoded(self, key: str, values: Record | Mapping[str, object]) -> bytes:
        """The octets of a table's values, as this meter has them."""
        table = self.definition.table(key)
        around = self._read(await self._needed([table]), [])
        return self.definition.encode(table.key, values, self._environment(around, table))

    async def write_elements(self, key: str, values: Mapping[Element, object], *, check: bool = True) -> None:
        """Change elements of a table: only their octets are written, if the meter can and their places stay.

        Raises:
            LookupError: this meter has no such element.
            EncodeError: a value does not fit.
        """
        table = self.definition.table(key)
        reading = await self.reading(table.key)
        record, before = reading[table.key], reading.octets[table.key]
        known = self._environment(reading, table)
        places = LocatedTable(self.definition, table.key, before, known)
        for each, value in values.items():
            each.put(record, value)
        after = self.definition.encode(table.key, record, known)
        access = await self._access()
        after_places = LocatedTable(self.definition, table.key, after, known)
        if not access or len(after) != len(before) or not _alike(places, after_places):
            await self.write_octets(table.key, after, check=check)
            return
        wanted = []
        for each in values:
            found = places.locate(each.path)
            path = each.path if found.bits is None else each.path[:-1]
            wanted.append(Span(offset=found.offset, count=found.octets, indices=places.indices_of(path)))
        ordered = sorted(set(wanted), key=lambda span: (span.offset, span.count))
        for span in ordered if access == Access.INDEX else merged(ordered, Access.OFFSET, near=0):
            await self._put(table.key, span, after[span.offset : span.end])
            if check:
                _compared(table.key, span.offset, after[span.offset : span.end], await self._span(table.key, span))

    # --- procedures --------------------------------------------------------------------------------------------------

    async def procedure(self, name: str, parameters: Mapping[str, object] | Record | bytes = b"") -> Response:
        """Run a procedure and wait for what comes of it.

        Args:
            name: ``SP9``, ``MP70``, ``9`` or its name.

        Raises:
            LookupError: the definition has no such procedure.
            EncodeError: the parameters do not fit.
        """
        key = procedure_key(self.definition, name)
        asked, told = (layout_of(self.definition, key, role) for role in ("parameter", "response"))
        needed = [layout for layout in (asked, told) if layout is not None]
        around = self._read(await self._needed(needed), [])
        if isinstance(parameters, bytes | bytearray):
            octets = bytes(parameters)
        else:
            given = parameters if asked is not None else {}
            octets = (
                b"" if asked is None else self.definition.encode(asked.key, given, self._environment(around, asked))
            )
        outcome = await self.client.procedure(int(key[2:]) | (0x800 if key.startswith("MP") else 0), octets)
        self._known.clear()
        return response_of(key, outcome, told, None if told is None else self._environment(around, told))

    async def leaves(self, response: Response) -> tuple[Moved, ...]:
        """The elements of a response."""
        layout = layout_of(self.definition, response.key, "response")
        if layout is None or response.record is None:
            return ()
        known = self._environment(self._read(await self._needed([layout]), []), layout)
        found: list[Moved] = []
        with suppress(DecodeError):  # octets behind the record are in the notes
            self.definition.decode(layout.key, response.octets, known, found.append)
        return tuple(found)

    # --- what layouts need -------------------------------------------------------------------------------------------

    async def _access(self) -> Access:
        """Which partial access the meter says it has."""
        if GENERAL not in self._known:
            await self._learn(GENERAL)
        content = self._known[GENERAL]
        general = None if content is None else self._read({GENERAL: content}, [GENERAL]).values.get(GENERAL)
        return Access(number(general, "DATA_ACCESS_METHOD") & 3)

    async def _needed(self, tables: Iterable[TablePlan]) -> dict[str, bytes]:
        """The tables that layouts depend on, as far as they are not given; those of these tables before them."""
        waiting, seen = list(tables), {table.key for table in tables}
        found: dict[str, bytes] = {}
        while waiting:
            for need in waiting.pop().needs:
                key = str(TableId(need.reference.table))
                if key in seen or self._is_given(need.reference.table, need.reference.path):
                    continue
                seen.add(key)
                if key not in self._known:
                    await self._learn(key)
                content = self._known[key]
                if content is not None:
                    found[key] = content
                    waiting.append(self.definition.table(key))
        return found

    async def _learn(self, key: str) -> None:
        try:
            self._known[key] = await self.client.read(wire_number(key))
        except LoginRefused:
            raise
        except ServiceRefused:
            self._known[key] = None  # what needs it says so

    def _is_given(self, table: int, path: tuple[str, ...]) -> bool:
        return self._given.holds(table) or self._given.held(table, path) is not None

    def _read(self, tables: Mapping[str, bytes], only: Sequence[str]) -> Reading:
        image = Image(name="the meter", tables=tables)
        wanted = list(dict.fromkeys([*tables, *only]))
        return read_image(self.definition, image, bind=self._bind, settings=self._settings, only=wanted)

    def _environment(self, reading: Reading, table: TablePlan) -> Environment:
        """What is known of the values that a layout needs."""
        environment = reading.environment.copy()
        for need in table.needs:
            identity = need.reference.table
            record = reading.values.get(str(TableId(identity)))
            if record is not None and not environment.holds(identity):
                environment.fill(identity, record)
        return environment

    # --- octets ------------------------------------------------------------------------------------------------------

    async def _span(self, key: str, span: Span) -> bytes:
        if span.indices is None:
            return await self.octets(key, offset=span.offset, count=span.count)
        octets = await self.octets_at(key, span.indices)
        if len(octets) != span.count:
            raise DecodeError(
                table=key,
                offset=span.offset,
                kind="truncated" if len(octets) < span.count else "trailing",
                expected=str(span.count),
                found=octets_text(len(octets)),
            )
        return octets

    async def _put(self, key: str, span: Span, octets: bytes) -> None:
        self._known.pop(key, None)
        if span.indices is None:
            await self.client.write(wire_number(key), octets, offset=span.offset)
        else:
            await self.client.write_index(wire_number(key), span.indices, octets)

    def _part(self, table: TablePlan, octets: bytes, around: Reading, wanted: tuple[Element, ...], read: int) -> Part:
        leaves: list[Moved] = []
        record = self.definition.decode(table.key, octets, self._environment(around, table), leaves.append)
        values = {}
        for each in wanted:
            try:
                values[each.said] = each.pick(record)
            except LookupError:
                continue
        inside = tuple(leaf for leaf in leaves if any(each.holds(leaf.path) for each in wanted))
        return Part(key=table.key, values=values, leaves=inside, octets=read)


def _alike(one: LocatedTable, other: LocatedTable) -> bool:
    """Whether every element has stayed where it was."""
    return [(leaf.path, leaf.offset, leaf.octets) for leaf in one.leaves] == [
        (leaf.path, leaf.offset, leaf.octets) for leaf in other.leaves
    ]


def _compared(key: str, offset: int, written: bytes, found: bytes) -> None:
    if written != found:
        raise NotKept(key, offset, written, found)
