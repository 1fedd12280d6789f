"""One peer's talk with a meter: a service's octets in, its answer's octets out, whatever the octets are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tdl.codec.errors import TdlError
from tdl.systems.meter.access import PADDING, Who
from tdl.systems.meter.tables import Refusal
from tdl.systems.meter.transfer import NotDone
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Code, Done, LoggedOn, Refused, TableData
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.identity import C1218, Identity
from tdl.systems.wire.requests import (
    Identify,
    Logoff,
    Logon,
    Read,
    ReadDefault,
    ReadIndex,
    ReadOffset,
    Request,
    Security,
    Terminate,
    Wait,
    Write,
    WriteIndex,
    WriteOffset,
)

if TYPE_CHECKING:
    from tdl.systems.meter.meter import Meter

_SNS = bytes([Code.SNS])
_ERR = bytes([Code.ERR])


class Session:
    """What a meter knows of one peer.

    A peer reads and writes between `Logon` and `Logoff`. Where there are no sessions, as in C12.22, a password with a
    user's number says who asks, for all that follows.

    Args:
        sessionless: whether tables may be asked for without either.
    """

    def __init__(self, meter: Meter, peer: str, *, sessionless: bool = False) -> None:
        self.peer = peer
        self._meter, self._sessionless = meter, sessionless
        self._start = meter.starts
        self._who: Who | None = None
        self._closed = False

    @property
    def who(self) -> Who | None:
        """Who is logged on, or has shown a password."""
        return None if self._start != self._meter.starts else self._who

    def answer(self, request: bytes) -> bytes:
        """The octets that answer a service: its result's code first. It never raises for octets from outside."""
        try:
            asked = requests.decode(request)
        except WireError:
            return _SNS if request and not _is_known(request[0]) else _ERR
        with self._meter.lock:
            if self._closed or self._meter.closed:
                return bytes([Code.ISSS])
            try:
                return answers.encode(self._answer(asked))
            except NotDone as refused:
                return bytes([refused.code])
            except Refusal:
                return bytes([Code.IAR])
            except TdlError:
                return _ERR

    def close(self) -> None:
        """End it; nothing is asked any more."""
        self._closed, self._who = True, None

    # --- services ----------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Answer:
        self._meter.catch_up()
        match request:
            case Read() | ReadDefault() | ReadIndex() | ReadOffset():
                return TableData(octets=self._meter.transfer.read(request, self._asking()))
            case Write() | WriteIndex() | WriteOffset():
                asking = self._asking()
                after = self._meter.transfer.write(request, asking)
                return Done() if after is asking else self._is(after)
            case Logon(user_id=user, user=name, timeout=timeout):
                if self.who is not None:
                    return Refused(code=Code.ISSS)
                self._start, self._who = self._meter.starts, Who(user=user, name=name.rstrip(PADDING))
                return LoggedOn(timeout=timeout)
            case Security(password=password, user_id=user):
                return self._security(password, user)
            case Logoff():
                if self.who is None:
                    return Refused(code=Code.ISSS)
                self._who = None
                return Done()
            case Terminate():
                self._who = None
                return Done()
            case Identify():
                return Identity(standard=C1218, version=1, revision=0)
            case Wait():
                return Done()
            case _:
                return Refused(code=Code.SNS)

    def _asking(self) -> Who:
        """Who asks for a table.

        Raises:
            NotDone: nobody does yet.
        """
        who = self.who
        if who is None and not self._sessionless:
            raise NotDone(Code.ISSS)
        return who or Who()

    def _security(self, password: bytes, user: int | None) -> Answer:
        before, access = self.who, self._meter.access
        if before is None and user is None and not self._sessionless:
            return Refused(code=Code.ISSS)
        asking = before or Who()
        if user is not None:
            asking = replace(asking, user=user)
        if access.locked():
            return Refused(code=Code.DLK)
        admitted = access.admitted(password, asking)
        if admitted is None:
            with self._meter.tables.edit():
                access.failed(asking.user)
            if before is not None:
                self._who = before.unknown()
            return Refused(code=Code.ERR)
        if self._meter.tables.state.failures:
            with self._meter.tables.edit():
                self._meter.tables.state.failures = 0
        return self._is(admitted)

    def _is(self, who: Who) -> Done:
        self._start, self._who = self._meter.starts, who
        return Done()


def _is_known(code: int) -> bool:
    """Whether a service has this code, so that what is wrong is what comes behind it."""
    spans = ((0x20, 0x22), (0x24, 0x27), (0x30, 0x39), (0x3E, 0x49), (0x4F, 0x53), (0x60, 0x6B), (0x70, 0x71))
    return any(low <= code <= high for low, high in spans)
