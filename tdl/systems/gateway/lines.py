"""One meter's line: a session that is kept, and a queue before it that has an end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

from tdl.systems.gateway.problems import Problem
from tdl.systems.wire.dialogue import Outcome
from tdl.systems.wire.errors import LineFailed, LinkFailed, LoginRefused, WireError

T = TypeVar("T")

LOGIN_PAUSE = 60.0
"""Seconds after a refused login until the next: meters count them, and lock themselves in the end."""

_CLOSING = 5.0
"""Seconds that a meter has to say goodbye."""


class Reachable(Protocol):
    """What a gateway needs of a `MeterClient`."""

    async def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> bytes: ...
    async def write(self, table: int, octets: bytes, *, offset: int | None = None) -> None: ...
    async def procedure(
        self, number: int, parameters: bytes = b"", *, order: Literal["little", "big"] | None = None
    ) -> Outcome: ...


@dataclass(slots=True, kw_only=True)
class Wait:
    """Somebody's wait for a meter.

    Attributes:
        seconds: until what was asked must be answered, or a change must have begun.
        begun: whether its turn has come.
    """

    seconds: float
    begun: bool = False


Opener: TypeAlias = Callable[[], AbstractAsyncContextManager[Reachable]]


class Line:
    """The way to a meter. What is asked of it waits its turn; `read`, `write` and `procedure` are for who has it.

    Args:
        waiting: how many may be in the queue, whoever has the turn among them.
        deadline: seconds until a question must be answered, its wait included, of whoever does not say.
        idle: seconds without a question after which the meter is left alone.
        say: is told what is wrong with the line when that changes, and nothing when it is well again.
    """

    def __init__(
        self,
        opener: Opener,
        *,
        waiting: int = 32,
        deadline: float = 30.0,
        idle: float = 60.0,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._say, self._said = say, ""
        self._opener, self._waiting, self._deadline, self._idle = opener, waiting, deadline, idle
        self._turn = asyncio.Lock()
        self._open: tuple[Reachable, AsyncExitStack] | None = None
        self._changes: set[asyncio.Task[Any]] = set()
        self._resting: asyncio.Task[None] | None = None
        self._refused: tuple[LoginRefused, float] | None = None
        self.taken = 0

    # --- turns -------------------------------------------------------------------------------------------------------

    async def ask(self, job: Callable[[], Awaitable[T]], wait: Wait | None = None) -> T:
        """Do something that changes nothing, when its turn comes. It ends with the deadline, or when it is cancelled.

        Raises:
            Problem: the queue is full, or it took too long.
        """
        wait = wait or Wait(seconds=self._deadline)
        self._take()
        try:
            async with asyncio.timeout(wait.seconds), self._turn:
                wait.begun = True
                return await job()
        except TimeoutError:
            raise Problem(504, f"the meter did not get to it within {wait.seconds:g} seconds") from None
        finally:
            self._leave()

    async def change(self, job: Callable[[], Awaitable[T]], wait: Wait | None = None) -> T:
        """Do something that may change the meter. Once it has begun it runs to its end, even if its caller goes.

        Raises:
            Problem: the queue is full, or its turn did not come in time: nothing is done then.
        """
        wait = wait or Wait(seconds=self._deadline)
        self._take()

        async def whole() -> T:
            try:
                async with asyncio.timeout(wait.seconds) as limit, self._turn:
                    wait.begun = True
                    limit.reschedule(None)
                    return await job()
            except TimeoutError:
                raise Problem(504, f"its turn did not come within {wait.seconds:g} seconds; not done") from None

        task: asyncio.Task[T] = asyncio.create_task(whole())
        self._changes.add(task)
        task.add_done_callback(self._changed)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not wait.begun:
                task.cancel()
            else:
                task.add_done_callback(_heard)
            raise

    def _changed(self, task: asyncio.Task[T]) -> None:
        # Here and not in the task, which may be cancelled before it has run at all.
        self._changes.discard(task)
        self._leave()

    def _take(self) -> None:
        if self.taken >= self._waiting:
            raise Problem(503, f"{self.taken} others wait for this meter")
        self.taken += 1
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _leave(self) -> None:
        self.taken -= 1
        if not self.taken and self._open is not None:
            self._resting = asyncio.create_task(self._rest())

    async def _rest(self) -> None:
        await asyncio.sleep(self._idle)
        async with self._turn:
            await asyncio.shield(self._shut())

    # --- for who has the turn ----------------------------------------------------------------------------------------

    async def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> bytes:
        """The octets of a table or of a part of it; over a new line if the one that was kept is gone.

        Raises:
            WireError: as the client.
        """
        kept = self._open is not None
        try:
            async with self._client(quiet=kept) as client:
                return await client.read(table, offset=offset, count=count)
        except LineFailed:
            await self._shut()
            if not kept:
                raise
        async with self._client() as client:
            return await client.read(table, offset=offset, count=count)

    async def write(self, table: int, octets: bytes, *, offset: int | None = None) -> None:
        """Write a table or a part of it, once."""
        async with self._client() as client:
            await client.write(table, octets, offset=offset)

    async def procedure(self, number: int, parameters: bytes, *, order: Literal["little", "big"]) -> Outcome:
        """Run a procedure, once."""
        async with self._client() as client:
            return await client.procedure(number, parameters, order=order)

    async def close(self) -> None:
        """End the session, after the changes that have begun."""
        if self._resting is not None:
            self._resting.cancel()
        if self._changes:
            await asyncio.wait(self._changes)
        async with self._turn:
            await self._shut()

    @asynccontextmanager
    async def _client(self, *, quiet: bool = False) -> AsyncIterator[Reachable]:
        """The session; a login that was refused is not tried again for a while.

        Args:
            quiet: a line that is gone will be opened again, and is nothing to be told.
        """
        now = asyncio.get_running_loop().time
        if self._refused is not None and now() < self._refused[1]:
            raise self._refused[0].with_traceback(None)
        try:
            if self._open is None:
                stack = AsyncExitStack()
                self._open = await stack.enter_async_context(self._opener()), stack
            yield self._open[0]
        except LoginRefused as error:
            self._refused = error, now() + LOGIN_PAUSE
            self._tell(str(error))
            raise
        except (LineFailed, LinkFailed) as error:
            if not quiet:
                self._tell(str(error))
            raise
        self._tell("")

    def _tell(self, wrong: str) -> None:
        if wrong != self._said:
            self._said = wrong
            self._say(wrong)

    async def _shut(self) -> None:
        held, self._open = self._open, None
        if held is not None:
            with contextlib.suppress(WireError, OSError, TimeoutError):
                async with asyncio.timeout(_CLOSING):
                    await held[1].aclose()


def _heard(task: asyncio.Task[T]) -> None:
    """What came of a change that nobody waits for is in the audit log."""
    if not task.cancelled():
        task.exception()
