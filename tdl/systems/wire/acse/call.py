"""A message under way: sent again as the same octets until its answer comes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from typing import Protocol

from tdl.systems.wire.acse.client import Client, Ignored
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.errors import Layer, NoAnswer, WireError
from tdl.systems.wire.requests import Request


class Carried(Protocol):
    """What a line carries: a `Call`, or a `Run` of many.

    Until it has `finished`, give it messages with `receive` and the time with `tick`, at `deadline` at the latest.
    After each call and at the beginning send what `take` has, until it has no more.
    """

    @property
    def finished(self) -> bool: ...

    @property
    def deadline(self) -> float | None: ...

    def take(self) -> bytes: ...

    def receive(self, octets: bytes, now: float) -> None: ...

    def tick(self, now: float) -> None: ...

    def again(self, now: float) -> bool: ...

    def cut(self, error: WireError, now: float) -> None: ...


class Call:
    """One message with one or several services.

    Raises:
        WireError: if there is no such message.
    """

    def __init__(self, client: Client, asked: Sequence[Request], now: float) -> None:
        self._client = client
        self._said = client.say(asked)
        self._out = deque(self._said.parts)
        self._left = client.settings.repeats if self._said.repeatable else 0
        self._due = now + client.settings.answer
        self._before = Counter(client.ignored)
        self._told: tuple[Answer, ...] | None = None
        self._error: WireError | None = None
        client.dialogue.repeated = False

    @property
    def finished(self) -> bool:
        return self._told is not None or self._error is not None

    @property
    def deadline(self) -> float | None:
        """When `tick` is due; None if it has finished."""
        return None if self.finished else self._due

    def take(self) -> bytes:
        """What to send now, a message or a piece of one, each once; nothing if there is no more."""
        return self._out.popleft() if self._out else b""

    def result(self) -> tuple[Answer, ...]:
        """What was answered, once it has finished: to each request its answer.

        Raises:
            WireError: if nothing was.
        """
        if self._error is not None or self._told is None:
            raise self._error or WireError(Layer.SERVICE, "a message under way", "one that has finished")
        return self._told

    def receive(self, octets: bytes, now: float) -> None:
        """Take a message that came; one that does not answer this is ignored and counted."""
        try:
            told = None if self.finished else self._client.understand(self._said, octets, now)
        except WireError as error:
            self._end(error)
            return
        if told is not None:
            self._told = told
            self._out.clear()
            for each in told:
                self._client.dialogue.heard(each, now)

    def tick(self, now: float) -> None:
        """Take note of the time."""
        if not self.finished and now >= self._due and not self.again(now):
            self._end(self._silence())

    def again(self, now: float) -> bool:
        """Send it again, if it may be: because time has passed, or a line was lost and found."""
        if self.finished or not self._left:
            return False
        self._left -= 1
        self._out, self._due = deque(self._said.parts), now + self._client.settings.answer
        self._client.dialogue.repeated = True
        return True

    def cut(self, error: WireError, now: float) -> None:
        """Say that there is no line any more."""
        if not self.finished:
            self._end(error)

    def _end(self, error: WireError) -> None:
        self._error = error
        self._out.clear()

    def _silence(self) -> NoAnswer:
        """Nothing came, or nothing that could be believed."""
        ignored = self._client.ignored - self._before
        kind = next((each for each in (Ignored.WEAK, Ignored.FORGED) if ignored[each]), None)
        if kind is None:
            return NoAnswer(Layer.LINK, "no answer", "one")
        return NoAnswer(Layer.SECURITY, f"no answer but {kind}", "one with the code of the key")
