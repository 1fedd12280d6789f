"""What a client says to a meter, whatever the protocol: tables read and written, procedures started.

A dialogue does nothing itself. Its methods are generators that yield a request or a pause and are sent the answer, so
that the same words serve asyncio, threads and tests with a clock of their own. What goes wrong is thrown into them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from tdl.codec.errors import octets_text
from tdl.systems.wire.answers import Answer, Code, Refused, TableData
from tdl.systems.wire.data import MOST
from tdl.systems.wire.errors import Layer, LinkFailed, LoginRefused, ServiceRefused, Uncertain, WireError
from tdl.systems.wire.requests import (
    Read,
    ReadDefault,
    ReadIndex,
    Reading,
    ReadOffset,
    Request,
    Wait,
    Write,
    WriteIndex,
    WriteOffset,
    Writing,
    encode,
)

T = TypeVar("T")

TABLE = 1 << 20
"""The most octets that are read of a table whose size is not known."""

_READ_AROUND, _WRITE_AROUND, _OFFSET_AROUND = 4, 6, 9
"""Octets around a table's: in the answer to a read, in a write, in a write with an offset."""

_BEYOND = (Code.ONP, Code.IAR, Code.RSTL)
"""With these a meter refuses octets behind a table's end, and more than fit in an answer."""

_GENERAL, _INITIATE, _RESPONSE = 0, 7, 8
"""The tables of the byte order, and of procedures and what came of them."""

_NUMBER, _SEQUENCE, _RESULT, _HEAD = 0x0FFF, 2, 3, 4
"""In both: the bits of a procedure's number; the places of its sequence and result; the octets in front of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Let so many seconds go by."""

    seconds: float


Steps: TypeAlias = Generator[Request | Pause, Answer, T]
"""A part of a dialogue, with what comes of it. A pause is answered by `Done`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a meter that is busy is asked again, and after how many seconds."""

    tries: int = 20
    pause: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a procedure.

    Attributes:
        result: 0 for done, 2 for bad parameters, 3 for a conflict with the meter's setup, 4 for the wrong time, 5 for
            not allowed, 6 for an unknown procedure; others are the manufacturer's.
        octets: of the response, behind the result.
    """

    result: int
    octets: bytes


class Dialogue(ABC):
    """The client's part. One of its methods is under way at a time."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._order: Literal["little", "big"] | None = None
        self._sequence = 0

    # --- what depends on the protocol --------------------------------------------------------------------------------

    @property
    @abstractmethod
    def room(self) -> int:
        """The most octets of a service and of its answer, once there is a session."""

    @abstractmethod
    def ready(self) -> Steps[None]:
        """Have a session, if there is none."""

    @abstractmethod
    def lost(self, why: WireError | None) -> None:
        """Take note that the session is of no use: an answer did not come, or the meter knows of no session."""

    @property
    @abstractmethod
    def heard_once(self) -> bool:
        """Whether the meter cannot have heard the last request before it answered it."""

    @abstractmethod
    def close(self) -> Steps[None]:
        """End the session, if there is one; a meter that does not answer is left alone."""

    def wait(self, seconds: int) -> Steps[None]:
        """Keep the session so many seconds, at most 255, although nothing is said."""
        yield from self.ready()
        answer = yield Wait(seconds=seconds)
        if isinstance(answer, Refused):
            raise _refused("a wait", answer)

    # --- reading -----------------------------------------------------------------------------------------------------

    def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> Steps[bytes]:
        """The octets of a table, from an offset on if one is given, so many if a count is.

        A table that is too large for one answer is read in pieces, between which the meter may change it. A meter that
        has no reads by offset is asked for the whole, one that has no others for pieces.
        """
        if offset is not None or count is not None:
            try:
                return (yield from self._pieces(table, offset or 0, count))
            except ServiceRefused as error:
                if error.code != Code.SNS:
                    raise
            whole = yield from self._asked(Read(table=table))
            return _part(table, _octets(f"a read of table {table}", whole), offset or 0, count)
        answer = yield from self._asked(Read(table=table))
        if isinstance(answer, Refused) and answer.code in (Code.ONP, Code.RSTL, Code.SNS):
            try:
                return (yield from self._pieces(table, 0, None))
            except ServiceRefused as error:
                if error.code not in _BEYOND and error.code != Code.SNS:
                    raise
                raise _refused(f"a read of table {table}", answer) from None
        return _octets(f"a read of table {table}", answer)

    def read_index(self, table: int, indices: tuple[int, ...], count: int) -> Steps[bytes]:
        """So many elements of a table, from a position on."""
        answer = yield from self._asked(ReadIndex(table=table, indices=indices, count=count))
        return _octets(f"a read of table {table} by index", answer)

    def read_default(self) -> Steps[bytes]:
        """The table that the meter has chosen."""
        return _octets("a read of the default table", (yield from self._asked(ReadDefault())))

    def _pieces(self, table: int, start: int, count: int | None) -> Steps[bytes]:
        """Octets in as many pieces as it takes.

        Without a count the end is where the meter has no more: some answer with fewer octets, others refuse to go
        beyond it, so that the last piece is found by halves.
        """
        yield from self.ready()
        found = bytearray()
        most = TABLE if count is None else count
        step = min(self.room - _READ_AROUND, MOST - 1)
        while len(found) < most:
            wanted = min(step, most - len(found))
            answer = yield from self._asked(ReadOffset(table=table, offset=start + len(found), count=wanted))
            beyond = isinstance(answer, Refused) and answer.code in _BEYOND
            if count is None and beyond and wanted > 1:
                step = wanted // 2
                continue
            if count is None and beyond and found:
                break
            piece = _octets(f"a read of table {table} by offset", answer)
            if len(piece) > wanted or (len(piece) < wanted and count is not None):
                raise WireError(Layer.SERVICE, f"{octets_text(len(piece))} of table {table}", str(wanted))
            found += piece
            if len(piece) < wanted:
                break
        else:
            if count is None:
                raise WireError(Layer.SERVICE, f"table {table} without an end", f"at most {octets_text(TABLE)}")
        return bytes(found)

    # --- writing -----------------------------------------------------------------------------------------------------

    def write(self, table: int, octets: bytes, *, offset: int | None = None) -> Steps[None]:
        """Write a table, or a part of one from an offset on. Nothing is written twice.

        What is too large for one service is written in pieces.

        Raises:
            Uncertain: if an answer is missing, or a later piece is refused.
        """
        yield from self.ready()
        if offset is None and len(octets) + _WRITE_AROUND <= self.room and len(octets) < MOST:
            yield from self._written(Write(table=table, octets=octets))
            return
        step = min(self.room - _OFFSET_AROUND, MOST - 1)
        for at in range(0, len(octets), step):
            part = octets[at : at + step]
            yield from self._written(WriteOffset(table=table, offset=(offset or 0) + at, octets=part), before=at)

    def write_index(self, table: int, indices: tuple[int, ...], octets: bytes) -> Steps[None]:
        """Write elements of a table from a position on."""
        yield from self._written(WriteIndex(table=table, indices=indices, octets=octets))

    def _written(self, request: Writing, *, before: int = 0) -> Steps[None]:
        what = f"a write of table {request.table}"
        try:
            answer = yield from self._asked(request)
            if isinstance(answer, Refused):
                raise _refused(what, answer)
        except WireError as error:
            if not before:
                raise
            raise Uncertain(f"{what} that ends after {octets_text(before)}", "all", written=before) from error

    # --- procedures --------------------------------------------------------------------------------------------------

    def procedure(
        self, number: int, parameters: bytes = b"", *, order: Literal["little", "big"] | None = None
    ) -> Steps[Outcome]:
        """Start a procedure, once, and wait for what comes of it.

        Args:
            number: of 12 bits, 2048 more for one of the manufacturer.
            order: of the meter's octets; read from Table 0 if it is not given.

        Raises:
            Uncertain: if it is not known whether it began, or it does not end.
        """
        self._order = order or self._order or (yield from self._ask_order())
        # A sequence that is not the last one's: what is found in Table 8 later cannot be of a procedure before.
        sequence = self._sequence = ((yield from self._last_sequence()) + 1) & 0xFF
        begun = number.to_bytes(2, self._order) + bytes([sequence])
        doubt: Uncertain | None = None
        try:
            yield from self.write(_INITIATE, begun + parameters)
        except Uncertain as error:
            doubt = error
        for _ in range(self._patience.tries):
            try:
                response = yield from self.read(_RESPONSE)
            except WireError as error:
                raise doubt or Uncertain(f"procedure {number} whose response cannot be read", "one") from error
            if self._answers(response, number, sequence):
                return Outcome(result=response[_RESULT], octets=response[_HEAD:])
            if doubt is not None and response[_SEQUENCE : _SEQUENCE + 1] != bytes([sequence]):
                raise doubt
            yield Pause(seconds=self._patience.pause)
        raise Uncertain(f"procedure {number} that does not end", "a response in Table 8")

    def _answers(self, response: bytes, number: int, sequence: int) -> bool:
        if len(response) < _HEAD or response[_SEQUENCE] != sequence or response[_RESULT] == 1:
            return False
        return not (int.from_bytes(response[:2], self._order or "little") ^ number) & _NUMBER

    def _ask_order(self) -> Steps[Literal["little", "big"]]:
        octets = yield from self.read(_GENERAL)
        if not octets:
            raise WireError(Layer.SERVICE, "an empty Table 0", "the meter's byte order")
        return "big" if octets[0] & 1 else "little"

    def _last_sequence(self) -> Steps[int]:
        try:
            response = yield from self.read(_RESPONSE)
        except ServiceRefused as error:
            if error.code not in (Code.SNS, Code.ISC, Code.ONP, Code.IAR):
                raise
            return self._sequence
        return response[_SEQUENCE] if len(response) > _SEQUENCE else 0

    # --- asking ------------------------------------------------------------------------------------------------------

    def _asked(self, request: Reading | Writing) -> Steps[Answer]:
        return (yield from self._patiently(lambda: self._exchanged(request)))

    def _shown(self, what: str, request: Request) -> Steps[Answer]:
        """The answer to who asks.

        Raises:
            LoginRefused: if it is a refusal.
        """
        answer = yield from self._patiently(lambda: _once(request))
        if isinstance(answer, Refused):
            raise LoginRefused(what, answer.code, answer.name)
        return answer

    def _patiently(self, ask: Callable[[], Steps[Answer]]) -> Steps[Answer]:
        """The answer, as soon as the meter is not busy: a busy meter has not done what was asked."""
        answer = yield from ask()
        for _ in range(self._patience.tries):
            if not isinstance(answer, Refused) or answer.code not in (Code.BSY, Code.DNR):
                break
            yield Pause(seconds=self._patience.pause)
            answer = yield from ask()
        return answer

    def _exchanged(self, request: Reading | Writing) -> Steps[Answer]:
        """The answer. What was certainly not done, and what may be done twice, is asked again once."""
        for again in (True, False):
            yield from self.ready()
            size = len(encode(request))
            if size > self.room:
                raise WireError(Layer.SERVICE, f"a service of {octets_text(size)}", f"at most {self.room}")
            try:
                answer = yield request
            except WireError as error:
                self.lost(error)
                if isinstance(request, Reading):
                    if again:
                        continue
                    raise
                if isinstance(error, LinkFailed) and not error.sent:
                    raise
                raise Uncertain(f"a write of table {request.table} without an answer", "one") from error
            if not isinstance(answer, Refused) or answer.code not in (Code.ISSS, Code.RNO):
                break
            self.lost(None)
            if not isinstance(request, Reading) and not self.heard_once:
                # The session may have ended between the first time it was heard and the last.
                raise Uncertain(f"a write of table {request.table} that was sent again, then `{answer.name}`", "`OK`")
            if not again:
                break
        return answer


def _once(request: Request) -> Steps[Answer]:
    return (yield request)


def _octets(what: str, answer: Answer) -> bytes:
    match answer:
        case TableData(octets=octets):
            return octets
        case Refused():
            raise _refused(what, answer)
        case _:
            raise WireError(Layer.SERVICE, f"{what} that is answered by something else", "octets")


def _part(table: int, octets: bytes, start: int, count: int | None) -> bytes:
    end = len(octets) if count is None else start + count
    if end > len(octets):
        raise WireError(Layer.SERVICE, f"{octets_text(len(octets))} of table {table}", f"{end} at least")
    return octets[start:end]


def _refused(what: str, answer: Refused) -> ServiceRefused:
    return ServiceRefused(what, answer.code, answer.name)
