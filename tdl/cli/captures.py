"""`tdl decode` of a capture: every read and write of a table, with its values."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tdl.cli.console import columns, emit, say, show, wants_colour
from tdl.cli.ending import exit_code
from tdl.cli.keys import keys_of
from tdl.cli.tables import value_lines
from tdl.codec.errors import path_text
from tdl.codec.json_values import to_json
from tdl.codec.values import Record
from tdl.image import Image, Profile, UnreadableImage
from tdl.project.definition import Definition
from tdl.project.describing import Describer
from tdl.project.failures import failure_finding
from tdl.project.profile import Settings
from tdl.report import Report
from tdl.report.render import Theme, colours
from tdl.report.rules import traffic
from tdl.systems.captures.files import packets
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message
from tdl.systems.captures.telling import hidden, holds_secrets, question
from tdl.systems.captures.traffic import Traffic
from tdl.systems.captures.transfers import Meters, Transfer, Values, transfers


def decode_capture(
    name: str,
    definition: Definition,
    keys: str | None,
    tables: Sequence[str],
    format: str,
    bind: Image | Profile | None,
    settings: Settings,
    secrets: bool = False,
) -> int:
    """Print what was read and written, passwords and keys only if asked for; the exit code."""
    wanted = {definition.table(each).key for each in tables}
    meters, describer, findings = Meters(definition, bind, settings), Describer(definition), Report()
    theme, first = colours(wants_colour(sys.stdout)), True
    for message in heard(name, keys_of(keys)):
        if message.problem is not None:
            findings.add(traffic.UNREADABLE_MESSAGE.at(None, place=spot(name, message), problem=str(message.problem)))
        for transfer in transfers(message):
            values = meters.values(transfer)
            if holds_secrets(transfer.request) and not secrets:
                transfer, values = _without(transfer, values)
            if wanted and transfer.key not in wanted:
                continue
            if values.failure is not None and values.reading is not None:
                table, known = definition.table(transfer.key), values.reading.environment
                findings.add(failure_finding(values.failure, table, known, spot(name, message)))
            if format == "json":
                emit(json.dumps(_content(transfer, values)) + "\n")
            else:
                lines = _lines(transfer, values, definition, describer, theme)
                emit("\n".join(lines if first else ["", *lines]) + "\n")
            first = False
    if first:
        say(f"note: {name}: no read or write of {'these tables' if wanted else 'a table'} in it")
    show(findings)
    return exit_code(findings)


def heard(name: str, keys: Keys) -> Iterator[Message]:
    """The answers of a capture, what cannot be read in it, and behind them the questions that stayed without an answer.

    Raises:
        tdl.image.UnreadableImage: it cannot be read.
    """
    listening = Traffic(keys)
    for each in opened(name, listening):
        yield from listening.given_up()
        if each.answers or each.problem is not None:
            yield each
    yield from listening.given_up()
    yield from listening.unanswered()


def opened(name: str, listening: Traffic) -> Iterator[Message]:
    """All messages of a capture, as they come.

    Raises:
        tdl.image.UnreadableImage: it cannot be read.
    """
    try:
        with open(name, "rb") as file:
            for packet in packets(name, file):
                yield from listening.hear(packet)
    except OSError as error:
        raise UnreadableImage(name, (error.strerror or "cannot be read").lower()) from None
    yield from listening.finish()


def spot(name: str, message: Message) -> str:
    """Where in which file a message is."""
    return f"{name}: frame {message.place.number}" if message.place.number else name


def moment(message: Message) -> str:
    """``2010-12-06 17:33:01.123456Z``."""
    try:
        return datetime.fromtimestamp(message.place.time, UTC).strftime("%Y-%m-%d %H:%M:%S.%fZ")
    except (OverflowError, OSError, ValueError):
        return f"{message.place.time} s"


def result(transfer: Transfer) -> str:
    if not transfer.answered:
        return "no answer"
    return "OK" if transfer.refused is None else transfer.refused.name


def _lines(
    transfer: Transfer, values: Values, definition: Definition, describer: Describer, theme: Theme
) -> Iterator[str]:
    """A transfer: when, with whom, of what, and the values."""

    def named(_: int) -> str:
        return _name(transfer.key, definition)

    service, what = question(transfer.request, named)
    if transfer.written:
        what = what.rpartition(": ")[0] or what  # the values say what the octets are
    yield f"{theme.paint('dim', moment(transfer.message))} {transfer.meter}"
    yield f"{theme.paint('title', f'{service} {what}')}: {result(transfer)}"
    record = Record() if values.record is None else values.record
    if values.record is not None or values.leaves:
        yield from value_lines(values.leaves, record, describer, columns())
    elif transfer.octets:
        yield f"  {transfer.octets.hex(' ').upper()}"
    if values.note:
        yield f"  note: {values.note}"


def _without(transfer: Transfer, values: Values) -> tuple[Transfer, Values]:
    """A transfer whose octets nobody is to see."""
    octets = transfer.octets
    note = f"{hidden(octets)}; --show-secrets shows them" if octets else ""
    return replace(transfer, octets=b""), Values(offset=values.offset, note=note)


def _name(key: str, definition: Definition) -> str:
    try:
        return f"{key} {definition.table(key).name}"
    except LookupError:
        return key


def _content(transfer: Transfer, values: Values) -> dict[str, object]:
    """A transfer as an object of JSON; `values` of a whole table is what `tdl encode` takes."""
    message = transfer.message
    service, _ = question(transfer.request, str)
    content: dict[str, object] = {
        "time": moment(message).replace(" ", "T"),
        "source": str(message.place.source),
        "destination": str(message.place.destination),
        "meter": transfer.meter,
        "service": service.lower(),
        "table": transfer.key or None,
        "result": result(transfer),
        "protection": message.mode.name.lower(),
        "offset": values.offset,
        "octets": transfer.octets.hex().upper(),
    }
    if values.record is not None:
        content["values"] = to_json(values.record)
    elif values.leaves:
        content["elements"] = {path_text(leaf.path): to_json(leaf.value) for leaf in values.leaves}
    note = values.note or ("" if values.failure is None else str(values.failure))
    return content | ({"note": note} if note else {})
