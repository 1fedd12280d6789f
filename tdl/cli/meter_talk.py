"""A talk with a meter as a verb has it: opened, carried out, and what goes wrong told by the layer that failed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TypeVar

import click

from tdl.cli.console import Failed
from tdl.cli.progress import Watch
from tdl.codec.errors import contrast
from tdl.image import Image, Profile
from tdl.project.definition import Definition, UnknownTable
from tdl.project.profile import Settings
from tdl.report import Diagnostic
from tdl.report.rules import client as rules
from tdl.systems.client.elements import Element, UnknownElement, element
from tdl.systems.client.opening import line
from tdl.systems.client.remote import NotKept, RemoteMeter
from tdl.systems.meter.meter import MeterError
from tdl.systems.wire.acse.errors import Unverified
from tdl.systems.wire.answers import Code
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import (
    Damaged,
    Layer,
    LineFailed,
    LoginRefused,
    NoAnswer,
    ServiceRefused,
    Uncertain,
    WireError,
)

T = TypeVar("T")

LONG = 1.1
"""Seconds after which a bar says that the meter is waited for, whatever comes of it."""

MEANINGS = {
    Code.ERR: "without a reason",
    Code.SNS: "it does not have this service",
    Code.ISC: "this user may not",
    Code.ONP: "it has no such table, or cannot do this with it",
    Code.IAR: "this does not suit the table, which may be read only or shorter",
    Code.BSY: "it is busy",
    Code.DNR: "the data are not ready",
    Code.DLK: "it is locked",
    Code.RNO: "it wants to negotiate again",
    Code.ISSS: "not in this state of the session",
    Code.SME: "the protection of the message is wrong",
    Code.UAT: "nobody there has this title",
    Code.NETT: "the network took too long",
    Code.NETR: "the network does not reach it",
    Code.RQTL: "the request is too large",
    Code.RSTL: "the answer would be too large",
    Code.SGNP: "it takes no messages in pieces",
    Code.SGERR: "a piece of the message is wrong",
}
_HELP = {
    Code.SNS: "give no `--offset`, `--count` or `--index`: the meter may only read whole tables",
    Code.ISC: "give another `--user-id`, or a password with `--password-file`",
    Code.ONP: "`tdl meter read URL ST0.STD_TBLS_USED` says which tables it has",
    Code.IAR: "`STD_TBLS_WRITE` in ST0 says which tables can be written",
    Code.BSY: "try again later",
    Code.DNR: "try again later",
    Code.UAT: "look at the title in the URL",
    Code.DLK: "try again later; after some wrong passwords a meter looks at none for a while",
}


_READING = "without `--offset`, `--count` and `--index` the whole table is read"
"""Instead of what is said of a write."""


def talk(
    url: str,
    definition: Definition,
    credentials: Credentials,
    said: Callable[[RemoteMeter], Awaitable[T]],
    bind: Image | Profile | None = None,
    settings: Settings = (),
    watch: Watch | None = None,
) -> T:
    """What comes of a talk with a meter.

    Args:
        watch: shown when it takes long, and called by whoever talks with how much is done; without it, one that waits.

    Raises:
        Failed: it failed, with the layer that did.
    """

    async def conversation(waiting: Watch) -> T:
        shown = asyncio.get_running_loop().call_later(LONG, waiting, 0, 1)
        try:
            async with line(url, definition, credentials) as client:
                return await said(RemoteMeter(client, definition, bind=bind, settings=settings))
        finally:
            shown.cancel()

    try:
        with nullcontext(watch) if watch is not None else Watch("waiting for the meter") as waiting:
            return asyncio.run(conversation(waiting))
    except (WireError, NotKept) as error:
        raise Failed(finding(error, url)) from None
    except MeterError as error:
        raise click.UsageError(f"`{url}` is no meter: {error}") from None


def elements_of(definition: Definition, texts: tuple[str, ...]) -> list[Element]:
    """The elements that arguments name; one without a table is of the table before it, which then is not meant whole.

    Raises:
        click.UsageError: there is no such element.
    """
    found: list[Element] = []
    around = ""
    for text in texts:
        try:
            if around and "." not in text and not _is_table(definition, text):
                raise UnknownTable(definition.name, text)
            found.append(element(definition, text))
        except UnknownElement as error:
            raise click.UsageError(str(error)) from None
        except UnknownTable:
            if not around:
                raise
            found.append(_inside(definition, around, text))
        else:
            around = found[-1].table
    inner = {each.said.partition(".")[0] for each in found if each.path}
    return [each for each in found if each.path or each.said not in inner]


def _is_table(definition: Definition, text: str) -> bool:
    try:
        definition.key(text)
    except UnknownTable:
        return False
    return True


def _inside(definition: Definition, table: str, text: str) -> Element:
    try:
        return element(definition, f"{table}.{text}")
    except UnknownElement as error:
        raise click.UsageError(str(error)) from None


def finding(error: WireError | NotKept, url: str, place: str = "") -> Diagnostic:
    """What went wrong, with its help.

    Args:
        url: where the meter is.
        place: what of the meter was asked for, if that is not all.
    """
    shown = "the URL" if "@" in url else url  # what does not belong there is not printed
    at = f"{shown}: {place}" if place else shown
    match error:
        case NotKept(table=table, offset=offset):
            return rules.NOT_KEPT.at(None, place=at, table=table, offset=offset, help="`--no-check` does not compare")
        case LineFailed():
            return rules.NO_LINE.at(None, place=at, problem=contrast(error.found, error.expected))
        case NoAnswer():
            help = "look at the cable, the address, and `?identity=` on a shared line; `?wake=1` wakes an optical port"
            return rules.NO_ANSWER.at(None, place=at, help=help)
        case Damaged():
            return rules.DAMAGED_ANSWER.at(None, place=at, problem=error.found, help="look at the cable and the head")
        case WireError(layer=Layer.SECURITY) if not isinstance(error, Unverified):
            help = "say which with `--keys` and `--key-id`, or `?mode=0` in the URL for messages in clear"
            return rules.NO_LINE.at(None, place=at, problem=contrast(error.found, error.expected), help=help)
        case Unverified():
            help = "look at the key in `--keys`, its `--key-id`, and the title in the URL"
            return rules.LOGIN_REFUSED.at(None, place=at, problem=error.found, help=help)
        case LoginRefused(code=code):
            help = _HELP.get(_code(code), _HELP[Code.ISC])
            return rules.LOGIN_REFUSED.at(None, place=at, problem=f"{error.found}, {_meaning(code)}", help=help)
        case ServiceRefused(code=code, name=name):
            what = error.found.removesuffix(f": `{name}`")
            help = _READING if _code(code) is Code.IAR and what.startswith("a read") else _HELP.get(_code(code), "")
            return rules.SERVICE_REFUSED.at(None, place=at, what=what, name=name, meaning=_meaning(code), help=help)
        case Uncertain(written=written):
            notes = (f"the first {written} octets were acknowledged",) if written else ()
            help = "read what it is about and compare before you do it again"
            return rules.UNCERTAIN.at(None, place=at, problem=error.found, notes=notes, help=help)
        case _:
            help = "try another speed, or another protocol: `c1218`, `c1221` or `c1222`"
            return rules.UNREADABLE_ANSWER.at(None, place=at, problem=contrast(error.found, error.expected), help=help)


def _code(code: int) -> Code:
    return Code(code) if code in tuple(Code) else Code.ERR


def _meaning(code: int) -> str:
    return MEANINGS[_code(code)] if code in tuple(Code) else "a code of the manufacturer"
