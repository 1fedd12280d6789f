"""`tdl decode`: the values in a meter's tables."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tdl.cli.console import columns, emit, ended, wants_colour
from tdl.cli.images import failures, image_of
from tdl.cli.options import binding_options, definition_options, project, tables_option
from tdl.cli.payloads import payload_lines
from tdl.cli.progress import Watch
from tdl.cli.records import FORMATS, records_options
from tdl.cli.tables import heading, octet_lines, value_lines
from tdl.codec.values import Record
from tdl.project.describing import Describer
from tdl.project.reading import Reading, read_image
from tdl.systems.captures import is_capture_file

if TYPE_CHECKING:
    from tdl.cli.selection import Selected
    from tdl.codec.decoder import Moved
    from tdl.image import Image
    from tdl.project.definition import Definition
    from tdl.report import Report
    from tdl.report.render import Theme


@click.command("decode")
@definition_options
@click.argument("image", required=False)
@click.option(
    "--format",
    type=click.Choice(["table", "json", *FORMATS]),
    default="table",
    show_default=True,
    help="How values are shown; with --records those behind `json`, jsonl by default.",
)
@tables_option
@click.option(
    "--path", "paths", multiple=True, metavar="ST1.ED_MODEL", help="Only this element; may be given several times."
)
@click.option("--annotate", is_flag=True, help="Show the octets, each run with its element.")
@click.option("--keys", metavar="FILE", help="The keys of a capture's protected messages.")
@click.option("--show-secrets", is_flag=True, help="Print the passwords and keys in a capture's tables too.")
@binding_options
@records_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    image: str,
    format: str,
    tables: tuple[str, ...],
    paths: tuple[str, ...],
    annotate: bool,
    keys: str | None,
    show_secrets: bool,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Print the values in IMAGE, a meter's tables: a directory of ST0.bin, MT5.bin ..., a JSON or EDL file, or
    hexadecimal text; or what was read and written in a capture of C12.22 or C12.18, a .pcap or .pcapng file.

    What layouts depend on and the image does not hold comes from --set, --bind or the profile.toml in the image. One
    table that cannot be decoded does not hide the others. With --format json, `tdl encode` takes the output back: what
    its tables depend on and do not hold stands there as `$profile`.

    In a capture, what was read of a meter before counts too; each transfer is printed with its time, its meter and how
    it went. With --format json there is one object a line.

    With --records, FILE holds many images of the one --table: behind each other, each behind its length, or in a column
    of an Arrow file. A few at a time they become rows of OUT, with a column for each element.
    """
    if annotate and format == "json":
        raise click.UsageError("--annotate is for people: it goes with --format table")
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    if is_capture_file(image):
        from tdl.cli.captures import decode_capture

        if paths or annotate:
            raise click.UsageError("--path and --annotate are for images: of a capture, --table chooses")
        return decode_capture(
            image, compiled, keys, tables, format, chosen.binding(bind), settings, secrets=show_secrets
        )
    if keys is not None or show_secrets:
        raise click.UsageError("--keys and --show-secrets are for captures")
    read = image_of(image, compiled, tables)
    selected, only = _wanted(tables, paths, read, compiled)
    with Watch("decoding") as watch:
        reading = read_image(compiled, read, bind=chosen.binding(bind), settings=settings, only=only, watch=watch)
    findings = failures(reading, only)
    if format == "json":
        emit(_json(reading, only, selected, findings))
    else:
        theme = _theme()
        for number, key in enumerate(_shown(reading, only)):
            lines = _table(reading, key, selected, annotate, theme, findings)
            emit("\n".join(["", *lines] if number else lines) + "\n")
    return ended(findings)


def _wanted(
    tables: tuple[str, ...], paths: tuple[str, ...], image: Image, definition: Definition
) -> tuple[list[Selected], list[str] | None]:
    """The elements that are asked for, and the image's names of the tables that are; None for all."""
    if not tables and not paths:
        return [], None
    from tdl.cli.selection import select_paths, select_tables

    selected = select_paths(paths, tables, definition)
    return selected, select_tables([*tables, *(each.table for each in selected)], image, definition)


def _theme() -> Theme | None:
    if not wants_colour(sys.stdout):
        return None
    from tdl.report.render import colours

    return colours(True)


def _shown(reading: Reading, only: list[str] | None) -> list[str]:
    """The keys of the tables that are shown, in order of their identifiers."""
    keys = list(reading.values) if only is None else [reading.definition.table(name).key for name in only]
    order = {key: (reading.definition.table(key).id, key) for key in keys}
    return sorted((key for key in keys if key in reading.values), key=lambda key: order[key])


def _table(
    reading: Reading, key: str, selected: list[Selected], annotate: bool, theme: Theme | None, findings: Report
) -> list[str]:
    definition, octets, record = reading.definition, reading.octets[key], reading.values[key]
    leaves: list[Moved] = []
    definition.decode(key, octets, reading.environment, leaves.append)
    wanted = [each for each in selected if each.table == key]
    for each in wanted:
        _absent(each, record, findings)
    if wanted:
        leaves = [leaf for leaf in leaves if any(each.holds(leaf.path) for each in wanted)]
        record = Record()
    describer = Describer(definition)
    lines = [heading(definition.table(key), len(octets), theme)]
    if annotate:
        return lines + list(octet_lines(leaves, record, octets, describer))
    payload = [] if wanted else payload_lines(reading, key, describer, columns())
    return [*lines, *value_lines(leaves, record, describer, columns()), *payload]


def _absent(selected: Selected, record: Record, findings: Report) -> bool:
    """Report an element that the definition has and this image has not."""
    try:
        selected.pick(record)
    except LookupError:
        from tdl.report.rules import binding

        path = selected.said.partition(".")[2] or selected.said
        notes = ["the definition has it, this image has not"]
        findings.add(
            binding.UNKNOWN_PATH.at(None, place=f"--path {selected.said}", notes=notes, table=selected.table, path=path)
        )
        return True
    return False


def _json(reading: Reading, only: list[str] | None, selected: list[Selected], findings: Report) -> str:
    from tdl.image.json_file import write_json
    from tdl.project.outside import outside_values

    if selected:
        return write_json(
            {
                each.said: each.pick(reading.values[each.table])
                for each in selected
                if each.table in reading.values and not _absent(each, reading.values[each.table], findings)
            }
        )
    keys = _shown(reading, only)
    return write_json({key: reading.values[key] for key in keys}, outside_values(reading, keys))
