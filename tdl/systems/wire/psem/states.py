"""Which services are accepted when."""

from __future__ import annotations

from enum import Enum

from tdl.systems.wire import requests
from tdl.systems.wire.answers import Code
from tdl.systems.wire.requests import Service

_IDENTIFIED = (Service.IDENTIFY, Service.NEGOTIATE, Service.TIMING, Service.WAIT, Service.LOGON, Service.TERMINATE)
_SESSION = (
    Service.READ, Service.WRITE, Service.SECURITY, Service.AUTHENTICATE, Service.WAIT, Service.LOGOFF,
    Service.TERMINATE,
)  # fmt: skip


class State(Enum):
    """How far a client is; the value says what it may ask for."""

    BASE = (Service.IDENTIFY,)
    IDENTIFIED = _IDENTIFIED
    SESSION = _SESSION

    def refusal(self, service: Service | None) -> Code | None:
        """The code that refuses a service; None if it is accepted."""
        if service in self.value:
            return None
        # Before its identity is asked for, a meter says nothing about what it can do.
        known = self is State.BASE or service in _IDENTIFIED or service in _SESSION
        return Code.ISSS if known else Code.SNS


def service_of(octets: bytes) -> Service | None:
    """The service that a request asks for, the first one of its kind; None for one that nobody knows."""
    code = octets[0] if octets else 0
    match code >> 4:
        case 3:
            return Service.READ
        case 4:
            return Service.WRITE
        case 6 if code <= Service.NEGOTIATE + requests.SPEEDS:
            return Service.NEGOTIATE
        case _:
            return Service(code) if code in tuple(Service) else None
