"""Questions and answers in words, for people who read a session. Passwords are not among them unless asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from tdl.codec.errors import octets_text
from tdl.systems.wire.answers import (
    Answer,
    Authenticated,
    Deregistered,
    Done,
    LoggedOn,
    Negotiated,
    Refused,
    Resolved,
    TableData,
    Timed,
    Traced,
)
from tdl.systems.wire.identity import Identity
from tdl.systems.wire.registration import Register, Registered
from tdl.systems.wire.requests import (
    Authenticate,
    Deregister,
    Disconnect,
    Identify,
    Logoff,
    Logon,
    Negotiate,
    Read,
    ReadDefault,
    ReadIndex,
    ReadOffset,
    Request,
    Resolve,
    Security,
    Terminate,
    TimingSetup,
    Trace,
    Wait,
    Write,
    WriteIndex,
    WriteOffset,
)

SHOWN = 24
"""The most octets that a line shows."""

SECRETS = frozenset({42, 45, 46})
"""The standard's tables of passwords and keys."""

_NUMBER = 0x0FFF
"""What of a table's number tells the standard's from the manufacturer's, and not a pending copy."""


def question(request: Request, table: Callable[[int], str], secrets: bool = False) -> tuple[str, str]:
    """The name of a service, and what is asked of it.

    Args:
        table: what people call a table of this number.
        secrets: show passwords and keys.
    """
    octets = _octets if secrets or not holds_secrets(request) else hidden
    match request:
        case Read(table=number):
            return "Read", table(number)
        case ReadDefault():
            return "Read", "the table that the meter has chosen"
        case ReadIndex(table=number, indices=indices, count=count):
            return "Read", f"{table(number)}, {count} from element {'.'.join(map(str, indices))} on"
        case ReadOffset(table=number, offset=offset, count=count):
            return "Read", f"{table(number)}, {octets_text(count)} from octet {offset} on"
        case Write(table=number, octets=written):
            return "Write", f"{table(number)}, {octets(written)}"
        case WriteIndex(table=number, indices=indices, octets=written):
            return "Write", f"{table(number)}, from element {'.'.join(map(str, indices))} on, {octets(written)}"
        case WriteOffset(table=number, offset=offset, octets=written):
            return "Write", f"{table(number)}, from octet {offset} on, {octets(written)}"
        case Logon(user_id=user_id, user=user, timeout=timeout):
            idle = "" if timeout is None else f", {timeout} s idle at most"
            return "Logon", f"user {user_id} {_text(user)}{idle}"
        case Security(password=password, user_id=user_id):
            who = "" if user_id is None else f"user {user_id}, "
            return "Security", who + (_text(password) if secrets else "a password")
        case Authenticate(proof=proof):
            return "Authenticate", _octets(proof)
        case Negotiate(packet_size=size, packets=packets, speeds=speeds):
            codes = f", speeds {', '.join(map(str, speeds))}" if speeds else ""
            return "Negotiate", f"{packets} packets of {octets_text(size)}{codes}"
        case Wait(seconds=seconds):
            return "Wait", f"{seconds} s"
        case TimingSetup(traffic=traffic, character=character, response=response, retries=retries):
            return "Timing setup", _timers(traffic, character, response, retries)
        case Resolve(title=title) | Deregister(title=title):
            return type(request).__name__, str(title)
        case Trace(titles=titles):
            return "Trace", ", ".join(map(str, titles))
        case Register(title=title, serial=serial, period=period):
            return "Register", f"{title}, serial {serial}, every {period} s"
        case Identify() | Terminate() | Disconnect() | Logoff():
            return type(request).__name__, ""
    assert_never(request)


def reply(answer: Answer, secret: bool = False) -> tuple[str, str]:
    """The code of an answer, and what it says.

    Args:
        secret: do not show the octets of a table.
    """
    match answer:
        case Refused(name=name, largest=largest):
            return name, "" if largest is None else f"{octets_text(largest)} at most"
        case Done():
            return "OK", ""
        case TableData(octets=octets):
            return "OK", hidden(octets) if secret else _octets(octets)
        case Identity(standard=standard, version=version, revision=revision, features=features):
            what = f", {', '.join(type(each).__name__ for each in features)}" if features else ""
            return "OK", f"standard {standard}, version {version}.{revision}{what}"
        case LoggedOn(timeout=timeout):
            return "OK", "" if timeout is None else f"{timeout} s idle at most" if timeout else "no limit of idle time"
        case Authenticated(proof=proof):
            return "OK", _octets(proof)
        case Negotiated(packet_size=size, packets=packets, speed=speed):
            return "OK", f"{packets} packets of {octets_text(size)}" + ("" if speed is None else f", speed {speed}")
        case Timed(traffic=traffic, character=character, response=response, retries=retries):
            return "OK", _timers(traffic, character, response, retries)
        case Resolved(address=address):
            return "OK", _octets(address)
        case Traced(titles=titles):
            return "OK", ", ".join(map(str, titles))
        case Registered(title=title, delay=delay, period=period):
            return "OK", f"{title}, after {delay} s, every {period} s"
        case Deregistered(title=title):
            return "OK", "" if title is None else str(title)
    assert_never(answer)


def holds_secrets(request: Request) -> bool:
    """Whether what is read or written are passwords or keys."""
    return (getattr(request, "table", 0) & _NUMBER) in SECRETS


def hidden(octets: bytes) -> str:
    """What is said of octets that are not shown."""
    return f"{octets_text(len(octets))}, hidden"


def _timers(traffic: int, character: int, response: int, retries: int) -> str:
    return f"traffic {traffic} s, character {character} s, response {response} s, {retries} retries"


def _octets(octets: bytes) -> str:
    shown = octets[:SHOWN].hex(" ").upper()
    return f"{octets_text(len(octets))}: {shown}{' ...' if len(octets) > SHOWN else ''}" if octets else octets_text(0)


def _text(octets: bytes) -> str:
    text = octets.rstrip(b" \0")
    return f"`{text.decode('ascii')}`" if text.isascii() and text.decode("ascii").isprintable() else text.hex().upper()
