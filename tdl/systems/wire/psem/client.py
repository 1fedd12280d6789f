"""The client's end: parts of a dialogue carried over a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, assert_never, cast

from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Done
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Pause, Steps
from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.psem.dialogue import PsemDialogue
from tdl.systems.wire.psem.link import Event, Failed, Link, Message, Sent
from tdl.systems.wire.psem.settings import Settings
from tdl.systems.wire.requests import Request

T = TypeVar("T")


class Client:
    """A client without a line.

    Attributes:
        link, dialogue: what `Run` carries, and over what.
    """

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        timing = settings.standard.timing
        self.link = Link(timing, identity=settings.identity, trust_toggle=settings.trust_toggle)
        self.dialogue = PsemDialogue(self.link, settings, credentials)
        self.settings = settings


class Run(Generic[T]):
    """A part of a dialogue under way; a client has one at a time.

    Until it has `finished`, give it octets with `receive` and the time with `tick`, at `deadline` at the latest. After
    each call and at the beginning send what `take` has, and then set the line to the client's `link.baud`.
    """

    def __init__(self, client: Client, steps: Steps[T], now: float) -> None:
        self._link = client.link
        self._dialogue = client.dialogue
        self._patience = client.settings.answer
        self._steps = steps
        self._asked: Request | Pause | None = None
        self._sent = False
        self._deadline: float | None = None
        self._result: T | None = None
        self._error: WireError | None = None
        self.finished = False
        self._dialogue.now(now)
        self._advance(None, now)

    @property
    def deadline(self) -> float | None:
        """When `tick` is due; None if it has finished."""
        if self.finished:
            return None
        times = (self._link.deadline, None if self._link.receiving else self._deadline)
        return min((each for each in times if each is not None), default=None)

    def take(self) -> bytes:
        """The octets to send now, once."""
        return self._link.take()

    def result(self) -> T:
        """What came of it, once it has finished.

        Raises:
            WireError: if that is nothing.
        """
        if self._error is not None:
            raise self._error
        return cast(T, self._result)

    def receive(self, octets: bytes, now: float) -> None:
        """Take what the line brings."""
        self._heard(self._link.receive(octets, now), now)
        self._expire(now)

    def tick(self, now: float) -> None:
        """Take note of the time."""
        self._heard(self._link.tick(now), now)
        self._expire(now)

    def cut(self, error: LineFailed, now: float) -> None:
        """Say that there is no line any more."""
        while not self.finished:
            self._fail(error, now)
        self._dialogue.lost(error)

    def abandon(self) -> None:
        """Give it up, whatever the meter makes of it; the next one begins a session anew."""
        if not self.finished:
            error = LineFailed("a dialogue that was given up")
            self._end(error)
            self._steps.close()
            self._dialogue.lost(error)

    # --- from the link -----------------------------------------------------------------------------------------------

    def _heard(self, events: list[Event], now: float) -> None:
        for event in events:
            request = self._asked
            if request is None or isinstance(request, Pause):
                continue
            match event:
                case Sent():
                    self._sent = True
                    self._deadline = now + self._answer_time
                case Failed(error=error):
                    self._fail(error, now)
                case Message(octets=octets) if self._sent:
                    self._answered(request, octets, now)
                case Message():
                    pass
                case _:
                    assert_never(event)

    def _answered(self, request: Request, octets: bytes, now: float) -> None:
        try:
            answer = answers.decode(octets, request)
        except WireError as error:
            self._fail(error, now)
        else:
            self._advance(answer, now)

    def _expire(self, now: float) -> None:
        if self.finished or self._deadline is None or now < self._deadline or self._link.receiving:
            return
        if isinstance(self._asked, Pause):
            self._advance(Done(), now)
        elif (due := self._link.heard_at + self._answer_time) > now:
            # Part of an answer came.
            self._deadline = due
        else:
            self._fail(self._link.failure(), now)

    @property
    def _answer_time(self) -> float:
        return self._link.timing.traffic if self._patience is None else self._patience

    # --- to the dialogue ---------------------------------------------------------------------------------------------

    def _advance(self, answer: Answer | None, now: float) -> None:
        self._step(lambda: next(self._steps) if answer is None else self._steps.send(answer), now)

    def _fail(self, why: WireError, now: float) -> None:
        self._step(lambda: self._steps.throw(why), now)

    def _step(self, go_on: Callable[[], Request | Pause], now: float) -> None:
        try:
            step = go_on()
        except StopIteration as stop:
            self._result = stop.value
            self._end(None)
        except WireError as error:
            self._end(error)
        else:
            try:
                self._ask(step, now)
            except WireError as error:
                # What has no octets, or too many, was not sent; whoever asked for it learns so.
                self._fail(error, now)

    def _ask(self, step: Request | Pause, now: float) -> None:
        self._asked, self._sent, self._deadline = step, False, None
        if isinstance(step, Pause):
            self._deadline = now + step.seconds
            return
        self._link.send(requests.encode(step), now)

    def _end(self, error: WireError | None) -> None:
        self._error = error
        self._asked = self._deadline = None
        self.finished = True
