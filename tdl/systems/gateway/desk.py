"""What callers can have done: the one place where rights, tags, meters and the audit log meet."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from tdl.codec.errors import path_text
from tdl.systems.gateway.access import Act, Caller
from tdl.systems.gateway.changing import Change, Changed, changed, replaced
from tdl.systems.gateway.forms import values_of
from tdl.systems.gateway.lines import Wait
from tdl.systems.gateway.meters import Meter, used
from tdl.systems.gateway.names import TableName
from tdl.systems.gateway.problems import Problem, of_wire
from tdl.systems.gateway.procedures import Begun, answer_of, digest_of, parameters_of, procedure_of
from tdl.systems.gateway.recording import Recorder
from tdl.systems.gateway.runs import Answer, Runs
from tdl.systems.gateway.showing import Shown, View, bare, table_shown
from tdl.systems.gateway.snapshots import Snapshot
from tdl.systems.wire.answers import Code
from tdl.systems.wire.errors import ServiceRefused, Uncertain, WireError

T = TypeVar("T")
Tags: TypeAlias = tuple[str, ...]

_LONGEST = 16_000
"""Characters of the elements that one change names, all of which are in a line of the log."""


class Desk:
    """Everything that the gateway does with meters, without HTTP."""

    def __init__(self, meters: Mapping[str, Meter], runs: Runs, recorder: Recorder) -> None:
        self.meters, self.recorder = meters, recorder
        self._runs = runs
        self._wait: Wait | None = None

    def waiting(self, wait: Wait) -> Desk:
        """The same, for somebody who waits otherwise than the lines have it."""
        other = copy.copy(self)
        other._wait = wait
        return other

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

        listed = await meter.line.ask(general, self._wait)
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

    async def read(self, who: Caller, meter: Meter, view: View) -> Shown:
        """A table, or elements of one: by themselves where the layout tells where they lie."""
        self._check(who, "read", meter, view)

        async def job() -> Shown:
            parts = await meter.parts(view.table, view.paths) if view.paths else None
            if parts is not None:
                return view.of_parts(meter, parts)
            return view.of(meter, await meter.snapshot(view.table))

        return await meter.line.ask(job, self._wait)

    async def read_octets(
        self, who: Caller, meter: Meter, table: TableName, *, offset: int = 0, count: int | None = None
    ) -> bytes:
        """A part of a table's octets, or all of them, whether or not they decode."""
        self._check(who, "read", meter, View(table=table))
        whole = count is None and not offset

        async def job() -> bytes:
            return await meter.octets(table, offset=None if whole else offset, count=count)

        return await meter.line.ask(job, self._wait)

    # --- writing -----------------------------------------------------------------------------------------------------

    async def write(self, who: Caller, meter: Meter, table: TableName, tags: Tags, content: object) -> Shown:
        """Write a whole table, if it still is what a tag says; what the meter then has."""
        view = View(table=table)
        self._check(who, "write", meter, view)
        self._check(who, "read", meter, view)  # the answer says what is there then

        async def change() -> Shown:
            before = await meter.snapshot(table)
            _compare(bare(meter, table, before.octets), tags, view)
            after = await self._put(meter, table, await asyncio.to_thread(replaced, meter, before, content))
            return table_shown(meter, after) if after.known else bare(meter, table, after.octets)

        return await self._recorded(who, meter, "write", str(view), change)

    async def patch(self, who: Caller, meter: Meter, view: View, tags: Tags, changes: Sequence[Change]) -> Shown:
        """Write elements, and nothing outside of them, if what is looked at still is what a tag says."""
        if not changes:
            shown = await self.read(who, meter, view)
            _compare(shown, tags, view)
            return shown
        written = View(table=view.table, paths=tuple(change.path for change in changes))
        if len(str(written)) > _LONGEST:
            raise Problem(422, f"the elements' paths are longer than {_LONGEST} characters: write the table")
        self._check(who, "write", meter, written)
        self._check(who, "read", meter, view)

        async def change() -> Shown:
            before = await meter.snapshot(view.table)
            _compare(view.of(meter, before), tags, view)
            made = await asyncio.to_thread(changed, meter, before, changes)
            return view.of(meter, await self._put(meter, view.table, made))

        return await self._recorded(who, meter, "write", str(written), change)

    async def _put(self, meter: Meter, table: TableName, made: Changed) -> Snapshot:
        """Write what changes in one service, so that the meter takes all of it or nothing, and see that it is there."""
        try:
            await self._written(meter, table, made)
        except WireError as error:
            raise await meter.explained(error, table, writing=True) from None
        finally:
            meter.forget()
        after = await meter.snapshot(table)
        # What lies around it may go on by itself.
        if len(after.octets) != len(made.octets) or after.octets[made.start : made.end] != made.own:
            raise Problem(409, f"{table.key} was written and then is something else", more={"written": True})
        return after

    async def _written(self, meter: Meter, table: TableName, made: Changed) -> None:
        if not made.whole and await meter.by_offset():
            try:
                return await meter.line.write(table.number, made.own, offset=made.start)
            except ServiceRefused as error:
                if error.code != Code.SNS:
                    raise
        return await meter.line.write(table.number, made.octets)

    # --- procedures --------------------------------------------------------------------------------------------------

    async def run(self, who: Caller, meter: Meter, name: str, key: str, content: object) -> Answer:
        """Run a procedure, once for an idempotency key; ask again and the answer is the same.

        Args:
            content: the parameters, as octets or as what JSON says of them.
        """
        procedure = procedure_of(meter, name)
        if not who.may_run(meter.name, procedure.key):
            self.recorder.refused(who, meter.name, "run", procedure.key)
            raise Problem(403, f"this token does not run {procedure.key} of `{meter.name}`")
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
            begun.answered = True
            try:
                self._runs.end(who.name, key, answer)
            except Problem as problem:
                raise Problem(507, problem.detail, more={"ended": answer.status}) from None
            return answer

        def settle() -> None:
            # What cannot be written down stays a run that has begun, and is not done again.
            with contextlib.suppress(Problem):
                if begun.uncertain and not begun.answered:
                    self._runs.end(who.name, key, Answer(status=0, body=b""))
                elif not begun.answered:
                    self._runs.undo(who.name, key)

        return await self._recorded(who, meter, "run", procedure.key, change, settle)

    # --- rights and the log ------------------------------------------------------------------------------------------

    def _check(self, who: Caller, act: Act, meter: Meter, view: View) -> None:
        for path in view.paths or ((),):
            try:
                who.check(act, meter.name, view.table, path)
            except Problem:
                what = f"{view.table.key} {path_text(path)}" if path else view.table.key
                self.recorder.refused(who, meter.name, act, what)
                raise

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
                self.recorder.begins(entry)
                meter.forget()  # what is written must not rest on a layout of before
                result = await change()
                status = result.status if isinstance(result, Answer) else 200
                return result
            except Problem as problem:
                status = problem.more.get("ended", problem.status)
                raise
            finally:
                settle()
                self.recorder.ended(entry, status)

        try:
            return await meter.line.change(job, self._wait)
        except BaseException:
            if not began:
                settle()
            raise


def _compare(shown: Shown, tags: Tags, view: View) -> None:
    if not shown.has(tags):
        raise Problem(412, f"{view} is not what the tag says")
