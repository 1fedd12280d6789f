"""A meter behind the gateway: its tables with what their layouts need from each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.image import Image
from tdl.ir.layout import Path
from tdl.ir.locating import NotFixed, locate
from tdl.ir.plan import TablePlan
from tdl.ir.size import size_of
from tdl.ir.table_id import MFG, TableId
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import Reading, read_image
from tdl.systems.client.elements import Element
from tdl.systems.client.spans import Access, spans
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.names import TableName, element, table_name
from tdl.systems.gateway.problems import Problem, of_wire
from tdl.systems.gateway.snapshots import GENERAL, Parts, Snapshot, order_of, part
from tdl.systems.meter.elements import number
from tdl.systems.wire.errors import LoginRefused, ServiceRefused, WireError


@dataclass(frozen=True, slots=True)
class _Held:
    octets: bytes
    until: float


@dataclass(slots=True, kw_only=True)
class Meter:
    """A meter by the name that its URL has.

    What layouts depend on is kept for a while, and read anew after any change and when a table does not decode.

    Attributes:
        remember: seconds for which tables that others need are kept.
    """

    name: str
    definition: Definition
    line: Line
    now: Callable[[], str]
    remember: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _held: dict[str, _Held] = field(default_factory=dict, repr=False)

    def find(self, text: str) -> TableName:
        """A table by its key, or by the name that the definition gives it.

        Raises:
            Problem: it is neither.
        """
        found = table_name(text)
        if found is None:
            try:
                found = table_name(self.definition.key(text))
            except UnknownTable:
                found = None
        if found is None:
            raise Problem(404, "no table of that name")
        return found

    def plan(self, table: TableName) -> TablePlan | None:
        try:
            return self.definition.table(table.key)
        except UnknownTable:
            return None

    # --- for who has the turn ----------------------------------------------------------------------------------------

    async def octets(self, table: TableName, *, offset: int | None = None, count: int | None = None) -> bytes:
        """Octets of a table as the meter has them now.

        Raises:
            Problem: it does not give them.
        """
        try:
            return await self.line.read(table.number, offset=offset, count=count)
        except WireError as error:
            raise await self.explained(error, table) from None

    async def snapshot(self, table: TableName) -> Snapshot:
        """A table as the meter has it now, decoded if that can be done."""
        octets = await self.octets(table)
        read_at = self.now()
        kept = bool(self._held)
        reading = await self._decoded(table, octets)
        if kept and table.key in reading.failures:
            self.forget()
            reading = await self._decoded(table, octets)
        return Snapshot(table=table, octets=octets, reading=reading, read_at=read_at)

    async def surroundings(self, table: TableName | None = None) -> Reading:
        """What layouts depend on: Table 0, and the tables that another one needs."""
        needed = await self._needed(table)
        return await asyncio.to_thread(read_image, self.definition, Image(name=self.name, tables=needed))

    async def parts(self, table: TableName, paths: Sequence[Path]) -> Parts | None:
        """Elements read by themselves, in as few reads as they take. None where only the whole table can tell."""
        plan = self.plan(table)
        if plan is None:
            return None
        reading = await self.surroundings(table)
        known = self._known(reading, plan)
        wanted = [Element(said="", table=table.key, path=path) for path in paths]
        try:
            bound = self.definition.bind(table.key, known)
            places = spans(bound, wanted, access_of(reading) & Access.OFFSET)
            each = [locate(bound, path) for path in paths]
        except (NotFixed, LookupError):
            return None  # the whole table tells which of them the meter does not have
        size = size_of(bound.root)[1]
        if not places or sum(span.count for span in places) == size:
            return None
        around = bytearray(size)
        try:
            for span in places:
                around[span.offset : span.end] = await self.line.read(
                    table.number, offset=span.offset, count=span.count
                )
            read_at = self.now()
            # Nothing in the table decides over these elements: zeros serve for what was not read.
            record = await asyncio.to_thread(self.definition.decode, table.key, bytes(around), known)
            found = tuple(
                part(path, element(record, path), place, bytes(around)) for path, place in zip(paths, each, strict=True)
            )
        except (DecodeError, LookupError):
            return None
        except WireError as error:
            if _of_the_table(error):
                return None
            raise of_wire(error, table.key) from None
        return Parts(table=table, each=found, order=order_of(reading), reads=len(places), read_at=read_at)

    async def by_offset(self) -> bool:
        """Whether the meter says that a part of a table can be written."""
        return Access.OFFSET in access_of(await self.surroundings())

    async def explained(self, error: WireError, table: TableName, *, writing: bool = False) -> Problem:
        """What a failure is to a caller, with what Table 0 has to say to a refusal."""
        problem = of_wire(error, table.key)
        if problem.status != 422 or table.number & ~0xFFF:
            return problem
        listed = used(await self.surroundings())
        if listed and table.key not in listed:
            return Problem(404, f"`{self.name}` has no {table.key}", c12=problem.c12)
        if writing and not listed.get(table.key, True):
            return Problem(422, f"`{self.name}` does not list {table.key} as one that can be written", c12=problem.c12)
        return problem

    def forget(self) -> None:
        """Read anew what layouts depend on."""
        self._held.clear()

    def _known(self, reading: Reading, plan: TablePlan) -> Environment:
        """What is known of the values that a layout needs."""
        known = reading.environment.copy()
        for key in _needs(plan):
            if key in reading.values:
                known.fill(self.definition.table(key).id, reading.values[key])
        return known

    async def _decoded(self, table: TableName, octets: bytes) -> Reading:
        tables = await self._needed(table)
        image = Image(name=self.name, tables=tables | {table.key: octets})
        return await asyncio.to_thread(partial(read_image, self.definition, image, only=[table.key]))

    async def _needed(self, table: TableName | None) -> dict[str, bytes]:
        """The octets of Table 0 and of what a table needs; what the meter does not give is not there."""
        found: dict[str, bytes] = {}
        waiting = [GENERAL, *(() if table is None else _needs(self.plan(table)))]
        while waiting:
            key = waiting.pop()
            name = table_name(key)
            if name is None or key in found or (table is not None and key == table.key):
                continue
            octets = await self._limiting(name)
            if octets is not None:
                found[key] = octets
                waiting += _needs(self.plan(name))
        return found

    async def _limiting(self, table: TableName) -> bytes | None:
        held = self._held.get(table.key)
        if held is not None and self.clock() < held.until:
            return held.octets
        try:
            octets = await self.line.read(table.number)
        except WireError as error:
            if _of_the_table(error):
                return None
            raise of_wire(error, table.key) from None
        self._held[table.key] = _Held(octets, self.clock() + self.remember)
        return octets


def access_of(reading: Reading) -> Access:
    """Which partial access Table 0 says there is."""
    return Access(number(reading.values.get(GENERAL), "DATA_ACCESS_METHOD") & 3)


def used(reading: Reading) -> Mapping[str, bool]:
    """The tables that Table 0 lists, and whether it lists them as writable; nothing if it cannot be read."""
    general = reading.values.get(GENERAL)
    if general is None:
        return {}
    writable = set(_listed(general, "WRITE"))
    return {str(TableId(number)): number in writable for number in _listed(general, "USED")}


def _listed(general: Record, what: str) -> Iterator[int]:
    for group, bit in (("STD", 0), ("MFG", MFG)):
        members = general.get(f"{group}_TBLS_{what}")
        if members is not None:
            yield from (bit | member for member in members)


def _of_the_table(error: WireError) -> bool:
    """Whether something else may be answered. A login is not tried again: meters count those that they refuse."""
    return isinstance(error, ServiceRefused) and not isinstance(error, LoginRefused)


def _needs(plan: TablePlan | None) -> tuple[str, ...]:
    if plan is None:
        return ()
    return tuple(dict.fromkeys(str(TableId(need.reference.table)) for need in plan.needs))
