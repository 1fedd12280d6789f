"""A meter behind the gateway: its tables with what their layouts need from each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

from tdl.codec.errors import DecodeError, ImageError
from tdl.codec.values import Record
from tdl.image import Image
from tdl.ir.layout import Path
from tdl.ir.locating import Location, NotFixed, locate
from tdl.ir.plan import TablePlan
from tdl.ir.size import size_of
from tdl.ir.table_id import MFG, TableId
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import Reading, read_image
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.names import TableName, element, table_name
from tdl.systems.gateway.problems import Problem, of_image, of_wire
from tdl.systems.wire.errors import ServiceRefused, WireError

Order: TypeAlias = Literal["little", "big"]

_GENERAL = "ST0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A table as it was at one time.

    Attributes:
        reading: the table and those that its layout needs, decoded.
        read_at: in ISO 8601, UTC.
    """

    table: TableName
    octets: bytes
    reading: Reading
    read_at: str

    @property
    def known(self) -> bool:
        """Whether the definition has the table."""
        return self.table.key not in self.reading.unknown

    @property
    def order(self) -> Order | None:
        """Of the meter's octets."""
        return order_of(self.reading)

    def values(self) -> Record:
        """The table's values.

        Raises:
            Problem: the octets do not have the layout, or there is none.
        """
        if not self.known:
            raise Problem(406, f"the definition has no {self.table.key}: `application/octet-stream` alone")
        try:
            return self.reading[self.table.key]
        except ImageError as error:
            raise of_image(error) from None

    def locate(self, path: Path) -> Location:
        """Where an element lies.

        Raises:
            Problem: the table has no such element.
        """
        self.values()
        try:
            return self.reading.located(self.table.key).locate(path)
        except LookupError as error:
            raise Problem(404, str(error.args[0])) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An element.

    Attributes:
        octets: those that are its own; none for a field of an octet that others share.
        order: of the meter's octets.
    """

    value: object
    octets: bytes
    order: Order | None
    read_at: str


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
            raise await self._explained(error, table) from None

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

    async def part(self, table: TableName, path: Path) -> Part | None:
        """An element read by itself. None where only the whole table can tell."""
        plan = self.plan(table)
        if plan is None:
            return None
        reading = await self.surroundings(table)
        try:
            known = reading.environment.copy()
            for key in _needs(plan):
                if key in reading.values:
                    known.fill(self.definition.table(key).id, reading.values[key])
            bound = self.definition.bind(table.key, known)
            place = locate(bound, path)
        except (NotFixed, LookupError):
            return None
        low, high = size_of(bound.root)
        if low != high or place.octets == high:
            return None
        octets = await self.octets(table, offset=place.offset, count=place.octets)
        # Where nothing depends on the table's own values, zeros serve for what was not read.
        around = bytes(place.offset) + octets + bytes(high - place.offset - len(octets))
        try:
            record = await asyncio.to_thread(self.definition.decode, table.key, around, known)
        except DecodeError:
            return None
        own = b"" if place.bits else octets
        return Part(value=element(record, path), octets=own, order=order_of(reading), read_at=self.now())

    def forget(self) -> None:
        """Read anew what layouts depend on."""
        self._held.clear()

    async def _decoded(self, table: TableName, octets: bytes) -> Reading:
        tables = await self._needed(table)
        image = Image(name=self.name, tables=tables | {table.key: octets})
        return await asyncio.to_thread(partial(read_image, self.definition, image, only=[table.key]))

    async def _needed(self, table: TableName | None) -> dict[str, bytes]:
        """The octets of Table 0 and of what a table needs; what the meter does not give is not there."""
        found: dict[str, bytes] = {}
        waiting = [_GENERAL, *(() if table is None else _needs(self.plan(table)))]
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
        except ServiceRefused:
            return None
        except WireError as error:
            raise of_wire(error, table.key) from None
        self._held[table.key] = _Held(octets, self.clock() + self.remember)
        return octets

    async def _explained(self, error: WireError, table: TableName) -> Problem:
        """A refusal of a table that Table 0 does not list is that of one that is not there."""
        problem = of_wire(error, table.key)
        if problem.status == 422 and not table.number & ~0xFFF:
            listed = used(await self.surroundings())
            if listed and table.key not in listed:
                return Problem(404, f"`{self.name}` has no {table.key}", c12=problem.c12)
        return problem


def order_of(reading: Reading) -> Order | None:
    """The byte order that Table 0 begins with."""
    octets = reading.octets.get(_GENERAL)
    return None if not octets else "big" if octets[0] & 1 else "little"


def used(reading: Reading) -> Mapping[str, bool]:
    """The tables that Table 0 lists, and whether it lists them as writable; nothing if it cannot be read."""
    general = reading.values.get(_GENERAL)
    if general is None:
        return {}
    writable = set(_listed(general, "WRITE"))
    return {str(TableId(number)): number in writable for number in _listed(general, "USED")}


def _listed(general: Record, what: str) -> Iterator[int]:
    for group, bit in (("STD", 0), ("MFG", MFG)):
        members = general.get(f"{group}_TBLS_{what}")
        if members is not None:
            yield from (bit | member for member in members)


def _needs(plan: TablePlan | None) -> tuple[str, ...]:
    if plan is None:
        return ()
    return tuple(dict.fromkeys(str(TableId(need.reference.table)) for need in plan.needs))
