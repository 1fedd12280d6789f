"""`tdl events`: what a meter's logs say happened."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from tdl.cli.console import columns, emit, show, wants_colour
from tdl.cli.ending import exit_code
from tdl.cli.images import failures, image_of
from tdl.cli.listing import Group, Line, formatted, listing
from tdl.cli.options import binding_options, definition_options, project
from tdl.codec.values import Record
from tdl.project.definition import Definition
from tdl.project.describing import value_text
from tdl.project.reading import read_image
from tdl.readings.events import Event, events
from tdl.readings.writing import EVENT_KEYS, event_cells
from tdl.report.render import Theme, colours

_HEADER = ("time", "sequence", "unread", "number", "user", "code", "event", "argument")
_RIGHT = (1, 3, 4, 5)


@click.command("events")
@definition_options
@click.argument("image")
@click.option(
    "--format",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How events are shown.",
)
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    image: str,
    format: str,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Print the events in IMAGE, a meter's tables: the valid entries of Tables 74 and 76, the oldest of each first.

    Standard events are named by the enumeration STD_EVENT_ENUM, manufacturer events by MFG_EVENT_ENUM; the property
    Argument of a code is the record that its argument is decoded with. An asterisk marks unread entries.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    read = image_of(image, compiled)
    reading = read_image(compiled, read, bind=chosen.binding(bind), settings=settings)
    found = events(reading)
    theme = colours(wants_colour(sys.stdout))
    emit(formatted(format, EVENT_KEYS, map(event_cells, found), _lines(found, compiled, theme)))
    findings = failures(reading)
    show(findings)
    return exit_code(findings)


def _lines(found: Sequence[Event], definition: Definition, theme: Theme) -> Iterator[str]:
    if not found:
        yield "no events"
    for number, (key, of_table) in enumerate(groupby(found, key=lambda event: event.table)):
        if number:
            yield ""
        yield theme.paint("title", f"{key} {definition.table(key).name}")
        group = Group(heading="", lines=tuple(_line(event) for event in of_table))
        yield from listing(_HEADER, _RIGHT, [group], columns(), theme)


def _line(event: Event) -> Line:
    code = "?" if event.code is None else f"{'M' if event.manufacturer else ''}{event.code}"
    return Line(
        cells=(
            "" if event.time is None else event.time.isoformat(" "),
            _number(event.sequence),
            "*" if event.unread else "",
            _number(event.number),
            _number(event.user),
            code,
            event.label or event.name or "-",
        ),
        last=_argument(event),
        notes=event.notes,
    )


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _argument(event: Event) -> str:
    if event.argument is None:
        return event.octets.hex(" ").upper() if any(event.octets) else ""
    return ", ".join(record_texts(event.argument))


def record_texts(record: Record, path: str = "") -> Iterator[str]:
    """``NAME value`` for each leaf of a record."""
    for name, value in record.items():
        where = f"{path}.{name}" if path else name
        yield from _texts(value, where)


def _texts(value: object, where: str) -> Iterator[str]:
    match value:
        case Record():
            yield from record_texts(value, where)
        case list():
            for i, each in enumerate(value):
                yield from _texts(each, f"{where}[{i}]")
        case _:
            yield f"{where} {value_text(value)}"
