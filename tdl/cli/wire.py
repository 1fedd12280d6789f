"""`tdl wire`: what went over the wire."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import click

from tdl.cli.captures import moment, opened, spot
from tdl.cli.console import emit, ended, standard_input, wants_colour
from tdl.cli.keys import keys_of
from tdl.cli.options import definition_options, project
from tdl.codec.errors import octets_text
from tdl.image import UnreadableImage
from tdl.ir.model import TableId
from tdl.report import Report
from tdl.report.render import Theme, colours
from tdl.report.rules import traffic
from tdl.systems.captures import is_capture_file
from tdl.systems.captures.files import Endpoint, Packet, Transport
from tdl.systems.captures.messages import Message, Protocol
from tdl.systems.captures.telling import holds_secrets, question, reply
from tdl.systems.captures.traffic import PORT, Traffic
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.exchange import Exchange

MAX_HEX = 4 * 1024 * 1024
"""The most characters of hexadecimal text that are read."""


@click.group("wire")
def command() -> None:
    """Read what went over the wire."""


@command.command("dissect")
@definition_options
@click.argument("traffic_", metavar="CAPTURE|HEX|-")
@click.option("--keys", metavar="FILE", help="The keys of protected messages.")
@click.option(
    "--format",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="For people, or an object of JSON a line.",
)
@click.option("--show-secrets", is_flag=True, help="Print passwords and keys too.")
def dissect(
    definition: str | None,
    fragments: tuple[str, ...],
    traffic_: str,
    keys: str | None,
    format: str,
    show_secrets: bool,
) -> int:
    """Print a session of C12.22, C12.21 or C12.18: who asks whom for what, and how it went.

    A capture is a .pcap or .pcapng file; hexadecimal text is that of whole messages, one or more, from an argument, a
    file or standard input. With a definition, tables have their names. FILE holds keys by their numbers:

    \b
    [keys]
    2 = "0102030405060708 0102030405060708"
    """
    names = _names(definition, fragments)
    findings, theme = Report(), colours(wants_colour(sys.stdout))
    for message in _messages(traffic_, Traffic(keys_of(keys))):
        if message.problem is not None:
            at = spot(traffic_ if len(traffic_) < 80 else "hexadecimal text", message)
            findings.add(traffic.UNREADABLE_MESSAGE.at(None, place=at, problem=str(message.problem)))
        if format == "jsonl":
            emit(json.dumps(_content(message, names, show_secrets)) + "\n")
        else:
            emit("\n".join(_lines(message, names, show_secrets, theme)) + "\n")
    return ended(findings)


def _names(definition: str | None, fragments: tuple[str, ...]) -> Callable[[int], str]:
    """What people call tables: with their names if a definition is given."""
    known: dict[str, str] = {}
    if definition is not None:
        compiled = project(definition, fragments).compile()
        known = {str(table.id): table.name for table in compiled.model.tables}

    def name(number: int) -> str:
        key = str(TableId(number & 0x3FFF))
        found = known.get(key.removesuffix("P"))
        return key if found is None else f"{key} {found}"

    return name


def _messages(name: str, listening: Traffic) -> Iterator[Message]:
    if is_capture_file(name):
        yield from opened(name, listening)
        return
    octets = _hexadecimal(name)
    nobody = Endpoint(host="", port=PORT)
    heard = Packet(
        number=0, time=0.0, transport=Transport.TCP, source=nobody, destination=nobody, octets=octets, begins=True
    )
    yield from listening.hear(heard)
    yield from listening.finish()


def _hexadecimal(name: str) -> bytes:
    """The octets of hexadecimal text: an argument, a file, or standard input."""
    text = name
    try:
        if name == "-":
            source = standard_input()
            text = "" if source is None else source.read(MAX_HEX + 1).decode("ascii")
        elif not _is_hex(name):
            with open(name, encoding="ascii") as file:
                text = file.read(MAX_HEX + 1)
    except OSError as error:
        raise UnreadableImage(name, (error.strerror or "cannot be read").lower()) from None
    except (UnicodeDecodeError, ValueError):
        raise UnreadableImage(name, "neither a capture nor hexadecimal text") from None
    if len(text) > MAX_HEX:
        raise UnreadableImage(name, f"more than {MAX_HEX} characters")
    if not _is_hex(text):
        raise UnreadableImage(name, "neither a capture nor hexadecimal text")
    return bytes.fromhex(text)


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False


# --- for people ------------------------------------------------------------------------------------------------------


def _lines(message: Message, names: Callable[[int], str], secrets: bool, theme: Theme) -> Iterator[str]:
    place = message.place
    if place.number:
        yield theme.paint("dim", f"{place.number:6d} {moment(message)} {place.source} > {place.destination}")
    yield f"       {theme.paint('title', _kind(message))} {', '.join(_around(message))}"
    for each in message.exchanges:
        service, what = question(each.request, names, secrets)
        asked = f"{service} {what}".rstrip()
        if not message.answers:
            yield f"         {asked}"
        else:
            code, said = _reply(each, secrets)
            yield f"         {asked}: {code}{', ' if said else ''}{said}"
    if message.problem is not None:
        yield f"         {theme.paint('warning', str(message.problem))}"


def _kind(message: Message) -> str:
    heard = message.apdu
    if heard is None and (message.protocol is Protocol.C1222 or not message.exchanges):
        return "no message"
    kind = "answer" if message.answers else "question"
    number = None if heard is None else heard.called_invocation if message.answers else heard.calling_invocation
    return kind if number is None else f"{kind} {number.number}"


def _around(message: Message) -> Iterator[str]:
    """Who speaks to whom, how it is protected, and how large it is."""
    heard = message.apdu
    if heard is not None:
        who = ("?" if title is None else str(title) for title in (heard.calling, heard.called))
        if heard.calling is not None or heard.called is not None:
            yield " > ".join(who)
        if message.mode is not Mode.CLEAR and isinstance(heard.authentication, KeyUse):
            yield f"{message.mode.name.lower()} under key {heard.authentication.key_id}"
    if message.protocol is not Protocol.C1222:
        yield message.protocol.value
    if message.identity:
        yield f"device {message.identity}"
    if message.size:
        yield octets_text(message.size)


def _reply(exchange: Exchange, secrets: bool) -> tuple[str, str]:
    if exchange.answer is None:
        return "no answer of its own", ""
    return reply(exchange.answer, secret=not secrets and holds_secrets(exchange.request))


# --- for programs ----------------------------------------------------------------------------------------------------


def _content(message: Message, names: Callable[[int], str], secrets: bool) -> dict[str, object]:
    heard = message.apdu
    where: dict[str, object] = {
        "frame": message.place.number,
        "time": moment(message).replace(" ", "T"),
        "transport": message.place.transport.value,
        "source": str(message.place.source),
        "destination": str(message.place.destination),
    }
    content: dict[str, object] = (where if message.place.number else {}) | {
        "protocol": message.protocol.value,
        "octets": message.size,
        "protection": message.mode.name.lower(),
        "kind": "answer" if message.answers else "question" if heard is not None or message.exchanges else "none",
    }
    if message.identity:
        content["device"] = message.identity
    if heard is not None:
        called = heard.called_invocation
        content |= {
            "calling": None if heard.calling is None else str(heard.calling),
            "called": None if heard.called is None else str(heard.called),
            "invocation": heard.calling_invocation.number,
            "answers": None if called is None else called.number,
        }
    if content["kind"] != "none":
        content["services"] = [_service(each, message.answers, names, secrets) for each in message.exchanges]
    return content if message.problem is None else content | {"problem": str(message.problem)}


def _service(exchange: Exchange, answers: bool, names: Callable[[int], str], secrets: bool) -> dict[str, object]:
    service, what = question(exchange.request, names, secrets)
    content: dict[str, object] = {"service": service, "asked": what}
    table = getattr(exchange.request, "table", None)
    if table is not None:
        content["table"] = str(TableId(table & 0x3FFF))
    if answers:
        code, said = _reply(exchange, secrets)
        content |= {"result": code, "answered": said}
    return content
