"""A part of a dialogue, carried in one call after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from tdl.systems.wire.acse.call import Call
from tdl.systems.wire.acse.client import Client
from tdl.systems.wire.answers import Answer, Done
from tdl.systems.wire.dialogue import Pause, Steps
from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.requests import Request

T = TypeVar("T")


class Run(Generic[T]):
    """A part of a dialogue under way; a client has one at a time. It is `Carried`."""

    def __init__(self, client: Client, steps: Steps[T], now: float) -> None:
        self._client = client
        self._steps = steps
        self._call: Call | None = None
        self._pause: float | None = None
        self._result: T | None = None
        self._error: WireError | None = None
        self.finished = False
        client.dialogue.now(now)
        self._step(lambda: next(steps), now)

    @property
    def deadline(self) -> float | None:
        """When `tick` is due; None if it has finished."""
        return self._pause if self._call is None else self._call.deadline

    def take(self) -> bytes:
        """What to send now, each once; nothing if there is no more."""
        return b"" if self._call is None else self._call.take()

    def result(self) -> T:
        """What came of it, once it has finished.

        Raises:
            WireError: if that is nothing.
        """
        if self._error is not None:
            raise self._error
        return cast(T, self._result)

    def receive(self, octets: bytes, now: float) -> None:
        """Take a message that came."""
        if self._call is not None:
            self._call.receive(octets, now)
            self._go_on(now)

    def tick(self, now: float) -> None:
        """Take note of the time."""
        if self._pause is not None and now >= self._pause:
            self._step(lambda: self._steps.send(Done()), now)
        elif self._call is not None:
            self._call.tick(now)
            self._go_on(now)

    def again(self, now: float) -> bool:
        """Send what is under way again, if it may be; in a pause there is nothing to send."""
        return not self.finished if self._call is None else self._call.again(now)

    def cut(self, error: WireError, now: float) -> None:
        """Say that there is no line any more."""
        while not self.finished:
            self._fail(error, now)

    def abandon(self) -> None:
        """Give it up, whatever the meter makes of it; the next one begins a session anew."""
        if not self.finished:
            self._end(LineFailed("a dialogue that was given up"))
            self._steps.close()
            self._client.dialogue.lost(self._error)

    def _go_on(self, now: float) -> None:
        call = self._call
        if call is None or not call.finished:
            return
        try:
            (answer,) = call.result()
        except WireError as error:
            self._fail(error, now)
        else:
            self._advance(answer, now)

    def _advance(self, answer: Answer, now: float) -> None:
        self._step(lambda: self._steps.send(answer), now)

    def _fail(self, why: WireError, now: float) -> None:
        self._step(lambda: self._steps.throw(why), now)

    def _step(self, go_on: Callable[[], Request | Pause], now: float) -> None:
        self._call = self._pause = None
        try:
            step = go_on()
        except StopIteration as stop:
            self._result = stop.value
            self.finished = True
        except WireError as error:
            self._end(error)
        else:
            self._ask(step, now)

    def _ask(self, step: Request | Pause, now: float) -> None:
        if isinstance(step, Pause):
            self._pause = now + step.seconds
            return
        try:
            self._call = Call(self._client, (step,), now)
        except WireError as error:
            # What has no octets, or too many, was not sent; whoever asked for it learns so.
            self._fail(error, now)

    def _end(self, error: WireError) -> None:
        self._error = error
        self._call = self._pause = None
        self.finished = True
