"""What callers can have done: the one place where rights, tags, meters and the audit log meet."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from tdl.codec.errors import EncodeError, path_text
from tdl.codec.values import Record
from tdl.ir.layout import Path
from tdl.systems.gateway.access import Act, Caller
from tdl.systems.gateway.audit import Audit, BrokenAudit
from tdl.systems.gateway.forms import values_of
from tdl.systems.gateway.meters import Meter, Snapshot, used
from tdl.systems.gateway.names import TableName, with_element
from tdl.systems.gateway.problems import Problem, of_image, of_wire
from tdl.systems.gateway.procedures import Begun, answer_of, digest_of, parameters_of, procedure_of
from tdl.systems.gateway.runs import Answer, Runs
from tdl.systems.gateway.showing import Shown, bare, element_of, element_shown, table_shown
from tdl.systems.wire.errors import Uncertain, WireError

T = TypeVar("T")

_SELDOM = 1.0
"""Seconds between lines about callers that nobody knows: they must not be able to fill the disk."""


class Desk:
    """Everything that the gateway does, without HTTP."""

    def __init__(
        self,
        meters: Mapping[str, Meter],
        runs: Runs,
        audit: Audit | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.meters, self._runs, self._audit = meters, runs, audit
        self._clock, self._unknown, self._unknown_at = clock, 0, -_SELDOM

    def meter(self, who: Caller, name: str) -> Meter:
        """A meter that a caller may see."""
        found = self.meters.get(name)
        if found is None or not who.sees(name):
            raise Problem(404, "no meter of that name")
        return found

    # --- reading -----------------------------------------------------------------------------------------------------

    async def tables(self, who: Caller, meter: Meter) -> list[dict[str, object]]:
        """The tables that a meter lists, or else those of its definition, with what may be done to them."""

        async def general() -> Mapping[str, bool]:
            return used(await meter.surroundings())

        listed = await meter.line.ask(general)
        names = {str(table.id): table.name for table in meter.definition.model.tables}
        found: list[dict[str, object]] = []
        for key in listed or names:
            table = meter.find(key)
            read, write = who.may("read", meter.name, table), who.may("write", meter.name, table)
            told: dict[str, object] = {"table": key, "name": names.get(key), "read": read, "write": write}
            if listed:
                told["writable"] = listed[key]
            found.append(told)
        return found

    async def read(self, who: Caller, meter: Meter, table: TableName) -> Shown:
        """A whole table."""
        self._check(who, "read", meter, table)

        async def job() -> Snapshot:
            return await meter.snapshot(table)

        found = await meter.line.ask(job)
        return table_shown(meter, found)

    async def read_bare(self, who: Caller, meter: Meter, table: TableName) -> Shown:
        """A whole table's octets, whether or not they decode."""
        return bare(meter, table, await self.read_octets(who, meter, table))

    async def read_octets(
        self, who: Caller, meter: Meter, table: TableName, *, offset: int = 0, count: int | None = None
    ) -> bytes:
        """A part of a table's octets, or all of them without a layout."""
        self._check(who, "read", meter, table)
        whole = count is None and not offset

        async def job() -> bytes:
            return await meter.octets(table, offset=None if whole else offset, count=count)

        return await meter.line.ask(job)

    async def read_element(self, who: Caller, meter: Meter, table: TableName, path: Path) -> Shown:
        """One element: by itself where the layout tells where it lies, out of the whole table elsewhere."""
        self._check(who, "read", meter, table, path)

        async def job() -> Shown:
            part = await meter.part(table, path)
            if part is not None:
                return element_shown(meter, table, path, part)
            return element_of(meter, await meter.snapshot(table), path)

        return await meter.line.ask(job)

    # --- writing -----------------------------------------------------------------------------------------------------

    async def write(self, who: Caller, meter: Meter, table: TableName, tags: tuple[str, ...], content: object) -> Shown:
        """Write a whole table, if it still is what a tag says; what the meter then has."""
        self._check(who, "write", meter, table)
        self._check(who, "read", meter, table)  # the answer says what is there then

        async def change() -> Shown:
            before = await meter.snapshot(table)
            if not bare(meter, table, before.octets).has(tags):
                raise Problem(412, f"{table.key} is not what the tag says")
            octets = content if isinstance(content, bytes) else _encoded(meter, before, values_of(content))
            if len(octets) != len(before.octets):
                raise Problem(422, f"{len(octets)} octets, {len(before.octets)} expected")
            after = await self._put(meter, table, octets, octets, None)
            return table_shown(meter, after) if after.known else bare(meter, table, after.octets)

        return await self._recorded(who, meter, "write", table.key, change)

    async def write_element(
        self, who: Caller, meter: Meter, table: TableName, path: Path, tags: tuple[str, ...], value: object
    ) -> Shown:
        """Write one element, and nothing outside of it, if it still is what a tag says."""
        self._check(who, "write", meter, table, path)
        self._check(who, "read", meter, table, path)

        async def change() -> Shown:
            before = await meter.snapshot(table)
            if not element_of(meter, before, path).has(tags):
                raise Problem(412, f"{table.key} {path_text(path)} is not what the tag says")
            place = before.locate(path)
            octets = _encoded(meter, before, with_element(before.values(), path, values_of(value)))
            end = place.offset + place.octets
            same = octets[: place.offset] == before.octets[: place.offset] and octets[end:] == before.octets[end:]
            if len(octets) != len(before.octets) or not same:
                raise Problem(422, f"{path_text(path)} decides over other elements of {table.key}: write the table")
            after = await self._put(meter, table, octets, octets[place.offset : end], place.offset)
            return element_of(meter, after, path)

        return await self._recorded(who, meter, "write", f"{table.key} {path_text(path)}", change)

    async def _put(
        self, meter: Meter, table: TableName, expected: bytes, octets: bytes, offset: int | None
    ) -> Snapshot:
        """Write octets, and see that the whole table is what it should be."""
        try:
            await meter.line.write(table.number, octets, offset=offset)
        except WireError as error:
            raise of_wire(error, table.key) from None
        finally:
            meter.forget()
        after = await meter.snapshot(table)
        if after.octets != expected:
            raise Problem(409, f"{table.key} was written and then is something else", more={"written": True})
        return after

    # --- procedures --------------------------------------------------------------------------------------------------

    async def run(self, who: Caller, meter: Meter, name: str, key: str, content: object) -> Answer:
        """Run a procedure, once for an idempotency key; ask again and the answer is the same.

        Args:
            content: the parameters, as octets or as what JSON says of them.
        """
        procedure = procedure_of(meter, name)
        if not who.may_run(meter.name, procedure.key):
            raise self._refused(who, meter, "run", procedure.key)
        sent = content if isinstance(content, bytes) else values_of(content)
        known = self._runs.begin(who.name, key, digest_of(meter, procedure, content))
        if known is not None:
            return known
        begun = Begun()

        async def change() -> Answer:
            octets, order = await parameters_of(meter, procedure, sent)
            begun.uncertain = True
            try:
                outcome = await meter.line.procedure(procedure.number, octets, order=order)
            except WireError as error:
                begun.uncertain = isinstance(error, Uncertain)
                raise of_wire(error, "ST7") from None
            finally:
                meter.forget()
            answer = await answer_of(meter, procedure, outcome)
            self._runs.end(who.name, key, answer)
            begun.answered = True
            return answer

        def settle() -> None:
            if begun.uncertain and not begun.answered:
                self._runs.end(who.name, key, Answer(status=0, body=b""))
            elif not begun.answered:
                self._runs.undo(who.name, key)

        return await self._recorded(who, meter, "run", procedure.key, change, settle)

    # --- the log -----------------------------------------------------------------------------------------------------

    def record(self, entry: dict[str, object], *, durable: bool = False) -> None:
        """Add to the audit log.

        Raises:
            Problem: it cannot be written.
        """
        if self._audit is None:
            return
        try:
            self._audit.record(entry, durable=durable)
        except BrokenAudit as error:
            raise Problem(507, str(error)) from None

    def _check(self, who: Caller, act: Act, meter: Meter, table: TableName, path: Path = ()) -> None:
        try:
            who.check(act, meter.name, table, path)
        except Problem:
            what = f"{table.key} {path_text(path)}" if path else table.key
            self.record({"who": who.name, "meter": meter.name, "act": act, "what": what, "status": 403})
            raise

    def _refused(self, who: Caller, meter: Meter, act: str, what: str) -> Problem:
        self.record({"who": who.name, "meter": meter.name, "act": act, "what": what, "status": 403})
        return Problem(403, f"this token does not {act} {what} of `{meter.name}`")

    def _close(self, entry: dict[str, object], status: object) -> None:
        try:
            self.record(entry | {"stage": "ended", "status": status}, durable=True)
        except Problem as problem:
            # Whoever asked must not take it for undone, nor do it again.
            raise Problem(507, problem.detail, more={"ended": status}) from None

    def unknown(self, act: str, what: str) -> None:
        """Record that somebody came without a token; of many such at once only how many they were."""
        now = self._clock()
        self._unknown += 1
        if now - self._unknown_at < _SELDOM:
            return
        count, self._unknown, self._unknown_at = self._unknown, 0, now
        self.record({"who": "", "act": act, "what": what, "count": count, "status": 401})

    async def _recorded(
        self,
        who: Caller,
        meter: Meter,
        act: str,
        what: str,
        change: Callable[[], Awaitable[T]],
        settle: Callable[[], None] = lambda: None,
    ) -> T:
        """Do something that is in the log before it is done, and after it with what came of it."""
        entry: dict[str, object] = {"who": who.name, "meter": meter.name, "act": act, "what": what}
        began = False

        async def job() -> T:
            nonlocal began
            began = True
            status: object = "failed"
            try:
                self.record(entry | {"stage": "begins"}, durable=True)
                result = await change()
                status = result.status if isinstance(result, Answer) else 200
                return result
            except Problem as problem:
                status = problem.status
                raise
            finally:
                settle()
                self._close(entry, status)

        try:
            return await meter.line.change(job)
        except BaseException:
            if not began:
                settle()
            raise


def _encoded(meter: Meter, before: Snapshot, values: object) -> bytes:
    before.values()
    if not isinstance(values, Record):
        raise Problem(422, "`values` is no object of elements")
    try:
        return meter.definition.encode(before.table.key, values, before.reading.environment)
    except EncodeError as error:
        raise of_image(error) from None
