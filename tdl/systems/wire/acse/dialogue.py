"""What a client says to have its tables in C12.22."""

from __future__ import annotations

from contextlib import suppress

from tdl.systems.wire import requests
from tdl.systems.wire.acse.settings import Settings
from tdl.systems.wire.answers import Answer, Code, LoggedOn, Refused
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.data import padded
from tdl.systems.wire.dialogue import Dialogue, Steps
from tdl.systems.wire.envelope import HEADER
from tdl.systems.wire.errors import ServiceRefused, WireError
from tdl.systems.wire.requests import Request

LEAST = 24
"""Octets of a service that fit into any answer."""

_AROUND = HEADER + 40
"""Octets that may stand around a service: the envelope, the code, a password in front."""

_USER, _PASSWORD = 10, 20

_TOO_LARGE = (Code.RQTL, Code.RSTL, Code.SGNP)


class AcseDialogue(Dialogue):
    """The client's part."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        super().__init__(settings.patience)
        self._settings = settings
        self._credentials = credentials
        self._room = max(LEAST, settings.largest - _AROUND)
        self._open = False
        self._idle = 0
        self._heard_at = 0.0
        self.repeated = False

    @property
    def room(self) -> int:
        return self._room

    @property
    def heard_once(self) -> bool:
        return not self.repeated

    @property
    def password(self) -> requests.Security | None:
        """What a message outside of a session shows first."""
        who = self._credentials
        if self._settings.session or who.password is None:
            return None
        return requests.Security(password=padded(who.password, _PASSWORD, who.pad), user_id=who.user_id)

    def now(self, seconds: float) -> None:
        """Say what time it is: a session that had no traffic for long is over."""
        if self._idle and seconds - self._heard_at >= self._idle:
            self._open = False

    def heard(self, answer: Answer, now: float) -> None:
        """Take note of an answer: the session lives on, and what is too large for the meter is not tried again."""
        self._heard_at = now
        if isinstance(answer, Refused) and answer.code in _TOO_LARGE:
            told = answer.largest
            self._room = max(LEAST, told if told and told < self._room else self._room // 2)

    def lost(self, why: WireError | None) -> None:
        self._open = False

    def ready(self) -> Steps[None]:
        if self._open or not self._settings.session:
            return
        who = self._credentials
        logon = requests.Logon(user_id=who.user_id, user=padded(who.user, _USER), timeout=self._settings.idle)
        granted = yield from self._shown("a logon", logon)
        self._idle = granted.timeout or 0 if isinstance(granted, LoggedOn) else self._settings.idle
        self._open = True
        if who.password is not None:
            try:
                password = requests.Security(password=padded(who.password, _PASSWORD, who.pad))
                yield from self._shown("a password", password)
            except WireError:
                self._open = False
                raise

    def close(self) -> Steps[None]:
        yield from self._end(requests.Logoff())

    def terminate(self) -> Steps[None]:
        """End the session at once, whatever is under way."""
        yield from self._end(requests.Terminate())

    def disconnect(self) -> Steps[None]:
        """Say that nothing more comes."""
        yield from self._end(requests.Disconnect())

    def ask(self, request: Request) -> Steps[Answer]:
        """Whatever answers one service, a refusal as well: an identification, a registration with a relay."""
        yield from self.ready()
        return (yield request)

    def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> Steps[bytes]:
        while True:
            room = self._room
            try:
                return (yield from super().read(table, offset=offset, count=count))
            except ServiceRefused as error:
                # What was too large is asked for in smaller pieces, as long as there are any.
                if error.code not in _TOO_LARGE or self._room >= room:
                    raise

    def write(self, table: int, octets: bytes, *, offset: int | None = None) -> Steps[None]:
        while True:
            room = self._room
            try:
                return (yield from super().write(table, octets, offset=offset))
            except ServiceRefused as error:
                # So it was refused as a whole, and nothing of it was written.
                if error.code not in _TOO_LARGE or self._room >= room:
                    raise

    def _end(self, request: Request) -> Steps[None]:
        if not self._open:
            return
        self._open = False
        with suppress(WireError):
            yield request
