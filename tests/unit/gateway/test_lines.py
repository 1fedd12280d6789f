"""A meter's queue and session: bounds, deadlines, callers who go, lines that break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tdl.systems.gateway.lines import LOGIN_PAUSE, Line
from tdl.systems.gateway.problems import Problem, of_wire
from tdl.systems.wire.answers import Code
from tdl.systems.wire.errors import LineFailed, LoginRefused


class Scripted:
    """A meter whose answers wait for a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.opened = self.closed = 0
        self.broken = self.closed_to_us = False
        self.logins = 0
        self.read_tables: list[int] = []
        self.written: list[bytes] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Any]:
        self.opened += 1
        self.broken = False
        yield self
        self.closed += 1

    async def read(self, table: int, **_: object) -> bytes:
        if self.broken:
            raise LineFailed("no line")
        if self.closed_to_us:
            self.logins += 1
            raise LoginRefused("a password", Code.ISC, "ISC")
        await self.gate.wait()
        self.read_tables.append(table)
        return b"octets"

    async def write(self, _: int, octets: bytes, **__: object) -> None:
        await self.gate.wait()
        self.written.append(octets)


def _reading(line: Line, table: int = 1) -> Any:
    return line.ask(lambda: line.read(table))


def test_the_queue_has_an_end_and_nobody_in_it_is_lost() -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open, waiting=5)
        meter.gate.clear()
        asked = [asyncio.create_task(_reading(line, table)) for table in range(8)]
        await asyncio.sleep(0)
        assert line.taken == 5
        meter.gate.set()
        ended = await asyncio.gather(*asked, return_exceptions=True)
        assert ended[:5] == [b"octets"] * 5
        problems = [each for each in ended if isinstance(each, Problem)]
        assert [(each.status, each.headers) for each in problems] == [(503, {"Retry-After": "2"})] * 3
        assert meter.read_tables == [0, 1, 2, 3, 4], "in turn"
        assert (line.taken, meter.opened) == (0, 1)
        await line.close()
        assert meter.closed == 1

    asyncio.run(run())


def test_a_question_ends_with_its_deadline() -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open, deadline=0.01)
        meter.gate.clear()
        with pytest.raises(Problem, match="504"):
            await _reading(line)
        meter.gate.set()
        assert await _reading(line) == b"octets"

    asyncio.run(run())


def test_a_caller_who_goes_takes_a_question_along_but_not_a_change_that_has_begun() -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open)
        meter.gate.clear()
        first = asyncio.create_task(line.change(lambda: line.write(6, b"first")))
        await asyncio.sleep(0.01)
        waiting = asyncio.create_task(line.change(lambda: line.write(6, b"second")))
        reading = asyncio.create_task(_reading(line))
        await asyncio.sleep(0.01)
        for task in (first, waiting, reading):
            task.cancel()
        await asyncio.gather(first, waiting, reading, return_exceptions=True)
        meter.gate.set()
        await line.close()
        assert meter.written == [b"first"]
        assert meter.read_tables == []
        assert line.taken == 0

    asyncio.run(run())


def test_a_line_that_broke_meanwhile_is_opened_again() -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open)
        await _reading(line)
        meter.broken = True
        assert await _reading(line) == b"octets"
        assert meter.opened == 2

    asyncio.run(run())


def test_a_login_that_was_refused_is_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open)
        meter.closed_to_us = True
        for _ in range(5):
            with pytest.raises(LoginRefused):
                await _reading(line)
        assert meter.logins == 1
        meter.closed_to_us = False
        with pytest.raises(LoginRefused):
            await _reading(line)
        loop = asyncio.get_running_loop()
        later = loop.time() + LOGIN_PAUSE
        monkeypatch.setattr(loop, "time", lambda: later)
        assert await _reading(line) == b"octets"

    asyncio.run(run())


def test_who_runs_the_gateway_is_told_once_what_is_wrong_with_a_line() -> None:
    async def run() -> None:
        meter, told = Scripted(), list[str]()
        line = Line(meter.open, say=told.append)
        await _reading(line)
        meter.broken = True
        await _reading(line)
        assert told == [], "a line that is opened again is nothing to be told"

        @asynccontextmanager
        async def away() -> AsyncIterator[Any]:
            if meter.broken:
                raise LineFailed("no connection to `10.0.0.7`")
            yield meter

        line._opener = away
        meter.broken = True
        for _ in range(3):
            with pytest.raises(LineFailed):
                await _reading(line)
        line._opener = meter.open
        await _reading(line)
        assert told == ["line: no connection to `10.0.0.7`", ""]

    asyncio.run(run())


def test_where_a_meter_is_callers_are_not_told() -> None:
    assert "10.0.0.7" not in str(of_wire(LineFailed("no connection to `10.0.0.7`"), "ST1").document())


def test_a_meter_that_nobody_asks_is_left_alone() -> None:
    async def run() -> None:
        meter = Scripted()
        line = Line(meter.open, idle=0.01)
        await _reading(line)
        for _ in range(500):
            if meter.closed:
                break
            await asyncio.sleep(0.01)
        assert (meter.opened, meter.closed) == (1, 1)
        await _reading(line)
        assert meter.opened == 2

    asyncio.run(run())
