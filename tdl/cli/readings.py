"""`tdl readings`: a meter's tables as engineering values."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from tdl.cli.console import columns, emit, show, wants_colour
from tdl.cli.ending import exit_code
from tdl.cli.images import failures, image_of
from tdl.cli.listing import Group, Line, formatted, listing
from tdl.cli.options import binding_options, definition_options, project
from tdl.cli.progress import Watch
from tdl.image import Image
from tdl.project.definition import Definition
from tdl.project.reading import Reading, read_image
from tdl.readings.collecting import rows
from tdl.readings.row import Row, number_text
from tdl.readings.source_list import data_sources
from tdl.readings.sources import Source
from tdl.readings.units import Measure
from tdl.readings.writing import ROW_KEYS, SOURCE_KEYS, row_cells, source_cells
from tdl.report.render import Theme, colours

_BLOCK = re.compile(r"(.*(?:TOT_DATA_BLOCK|TIER_DATA_BLOCK\[\d+\]|LP_DATA_SET\d\[\d+\]))\.(.*)")
"""The part of an element's path that is said once for all its rows."""

_KINDS = {
    "present demand": "demand",
    "maximum demand": "maximum",
    "minimum demand": "minimum",
    "cumulative demand": "cumulative",
    "continuous cumulative demand": "continuous cumulative",
    "coincident": "coincident",
    "end reading": "end reading",
    "end pulses": "end pulses",
}
"""What is said of a kind beside its quantity; of others, nothing."""

_HEADER = ("quantity", "value", "unit", "phase", "direction", "time", "status", "element")
_RIGHT = (1,)


@click.command("readings")
@definition_options
@click.argument("image")
@click.option(
    "--format",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How values are shown.",
)
@click.option("--sources", is_flag=True, help="Show the data sources instead: what the configuration says of each.")
@click.option(
    "--table", "tables", multiple=True, metavar="ST23", help="Only values of this table; may be given several times."
)
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    image: str,
    format: str,
    sources: bool,
    tables: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Print the engineering values in IMAGE, a meter's tables: what the registers and the load profile say, with units.

    Values come from Tables 23 to 26, 28 and 64 to 67, and from elements with a property `Quantity`. What they mean
    comes from Tables 12, 13, 15, 16, 22, 27 and 61 to 63 of IMAGE, or of another image that --bind names. What cannot
    be known of a value is told in a note beside it.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    wanted = {compiled.table(name).key for name in tables}
    read = image_of(image, compiled)
    bound = chosen.binding(bind)
    with Watch("decoding") as watch:
        reading = read_image(compiled, read, bind=bound, settings=settings, watch=watch)
    theme = colours(wants_colour(sys.stdout))
    configuration = _configuration(compiled, bound, settings)
    if sources:
        known = data_sources(reading, configuration)
        emit(formatted(format, SOURCE_KEYS, map(source_cells, known), _source_lines(known, theme)))
    else:
        found = rows(reading, configuration)
        found = tuple(row for row in found if not wanted or row.table in wanted)
        emit(formatted(format, ROW_KEYS, map(row_cells, found), _lines(found, compiled, theme)))
    findings = failures(reading)
    show(findings)
    return exit_code(findings)


def _configuration(definition: Definition, bound: object, settings: tuple[str, ...]) -> Reading | None:
    """The tables of the image that the readings are bound to."""
    return read_image(definition, bound, settings=settings) if isinstance(bound, Image) else None


def _lines(found: Sequence[Row], definition: Definition, theme: Theme) -> Iterator[str]:
    if not found:
        yield "no values"
    for number, (key, of_table) in enumerate(groupby(found, key=lambda row: row.table)):
        if number:
            yield ""
        yield theme.paint("title", f"{key} {definition.table(key).name}")
        groups = [
            Group(heading=heading, lines=tuple(_line(row) for row in group))
            for heading, group in groupby(of_table, key=_heading)
        ]
        yield from listing(_HEADER, _RIGHT, groups, columns(), theme)


def _heading(row: Row) -> str:
    """What the rows of a block have in common."""
    block = _BLOCK.fullmatch(row.element)
    said = [
        "" if row.tier is None else f"tier {row.tier}",
        "" if row.season is None else f"season {row.season}",
        "" if row.recorded is None else f"recorded {row.recorded.isoformat(' ')}",
        "" if row.sequence is None else f"number {row.sequence}",
    ]
    about = ", ".join(text for text in said if text)
    return " ".join([block[1] if block else "", f"({about})" if about else ""]).strip()


def _line(row: Row) -> Line:
    block = _BLOCK.fullmatch(row.element)
    quantity = ", ".join(text for text in (row.quantity, _KINDS.get(row.kind, "")) if text)
    if row.occurrence is not None and row.occurrence > 1:
        quantity += f" {row.occurrence}"
    time = "" if row.time is None else row.time.isoformat(" ")
    return Line(
        cells=(
            quantity,
            number_text(row.value),
            row.unit,
            row.phase,
            row.direction,
            time.removesuffix(":00"),
            "; ".join(row.status),
        ),
        last=block[2] if block else row.element,
        notes=row.notes,
    )


_SOURCE_HEADER = ("source", "quantity", "unit", "x 10^", "phase", "direction", "minutes", "time base")


def _source_lines(sources: Sequence[Source], theme: Theme) -> Iterator[str]:
    if not sources:
        yield "no sources"
        return
    lines = tuple(_source_line(source) for source in sources)
    yield from listing(_SOURCE_HEADER, (0, 3, 6), [Group(heading="", lines=lines)], columns(), theme)


def _source_line(source: Source) -> Line:
    measure = source.measure or Measure(quantity="-", unit="", exponent=None)
    cells = (source.index, measure.quantity, measure.unit, measure.exponent, measure.phase, measure.direction)
    notes = (
        *(("pulses, not engineering units",) if source.pulses else ()),
        *(("constants of Table 15 are still to be applied",) if source.unapplied else ()),
        *source.notes,
        *measure.notes,
    )
    return Line(
        cells=tuple("" if cell is None else str(cell) for cell in (*cells, source.interval)),
        last=measure.time_base,
        notes=notes,
    )
