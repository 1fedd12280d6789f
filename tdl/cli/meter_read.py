"""`tdl meter read`: a meter's tables and elements, or all it has as an image."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from tdl.cli.console import Failed, columns, emit, ended, say, unwritable, wants_colour
from tdl.cli.images import failures
from tdl.cli.meter_options import credential_options
from tdl.cli.meter_talk import elements_of, finding, talk
from tdl.cli.options import binding_options, definition_options, project
from tdl.cli.payloads import payload_lines
from tdl.cli.progress import Watch
from tdl.cli.tables import heading, value_lines
from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.image import Image, write_directory
from tdl.image.json_file import write_json
from tdl.project.definition import Definition
from tdl.project.describing import Describer
from tdl.project.failures import failure_finding
from tdl.project.outside import outside_values
from tdl.project.reading import Reading, read_image
from tdl.report import Report
from tdl.report.render import colours
from tdl.report.rules import binding
from tdl.systems.client.elements import Element
from tdl.systems.client.remote import Part, RemoteMeter, Whole
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import LoginRefused, ServiceRefused


@click.command("read")
@definition_options
@click.argument("url", metavar="URL")
@click.argument("wanted", nargs=-1, metavar="[ST23|ELEMENT_PATH]...")
@click.option("--all", "everything", is_flag=True, help="Every table that the meter says it has.")
@click.option("-o", "--output", metavar="IMAGE_DIR", help="With --all: the directory that gets a file for each table.")
@click.option("--offset", type=click.IntRange(0, 0xFFFFFF), metavar="N", help="Octets of one table from N on.")
@click.option("--index", metavar="1,0", help="Elements of one table, from the one with these indices on.")
@click.option(
    "--count", type=click.IntRange(1, 0xFFFF), metavar="N", help="How many octets, or with --index how many elements."
)
@click.option(
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people, or as `tdl encode` and `tdl meter write` take it.",
)
@binding_options
@credential_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    url: str,
    wanted: tuple[str, ...],
    everything: bool,
    output: str | None,
    offset: int | None,
    index: str | None,
    count: int | None,
    format: str,
    bind: str | None,
    settings: tuple[str, ...],
    credentials: Credentials,
) -> int:
    """Print the values of a meter's tables, or of elements such as ST23.TOT_DATA_BLOCK.SUMMATIONS[0].

    An element behind a table is one of that table. What layouts depend on is read first, unless --set or --bind say it;
    of a table no more is read than the elements take, where the meter has partial access.

    With --all the tables become an image: Table 0 first, and then what it lists. What the meter refuses is told, and
    does not keep the others from being written.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    bound = chosen.binding(bind)
    if everything:
        if wanted or output is None or offset is not None or index is not None or count is not None:
            raise click.UsageError("--all goes with -o, and without tables, --offset, --index and --count")
        return _image(url, compiled, credentials, output)
    if output is not None:
        raise click.UsageError("-o goes with --all")
    if not wanted:
        raise click.UsageError("say which tables or elements, or --all")
    if offset is not None or index is not None or count is not None:
        if len(wanted) != 1 or (offset is not None and index is not None):
            raise click.UsageError("--offset or --index, and --count, go with one table")
        return _octets(url, compiled, credentials, wanted[0], offset, index, count, format)
    elements = elements_of(compiled, wanted)
    asked = talk(url, compiled, credentials, lambda meter: _read(meter, elements, url), bound, settings)
    return _print(compiled, elements, asked, format, url)


# --- values ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Asked:
    """What was read: whole tables, parts of others, and why some are neither."""

    whole: dict[str, Reading]
    parts: dict[str, Part]
    findings: Report


async def _read(meter: RemoteMeter, elements: Sequence[Element], url: str) -> _Asked:
    asked = _Asked({}, {}, Report())
    for key in dict.fromkeys(each.table for each in elements):
        inside = [each for each in elements if each.table == key and each.path]
        try:
            if any(each.table == key and not each.path for each in elements):
                asked.whole[key] = await meter.reading(key)
            if inside:
                asked.parts[key] = await meter.part(key, inside)
        except LoginRefused:
            raise
        except ServiceRefused as error:
            asked.findings.add(finding(error, url, key))
        except DecodeError as error:
            asked.findings.add(failure_finding(error, meter.definition.table(key), image=url))
    return asked


def _print(definition: Definition, elements: Sequence[Element], asked: _Asked, format: str, url: str) -> int:
    findings = asked.findings
    for key, reading in asked.whole.items():
        if key in reading.failures:
            error = reading.failures[key]
            findings.add(failure_finding(error, definition.table(key), reading.environment, url))
    for part in asked.parts.values():
        for each in (each for each in elements if each.table == part.key and each.path):
            if each.said not in part.values:
                path = each.said.partition(".")[2] or each.said
                notes = ["the definition has it, this meter has not"]
                findings.add(binding.UNKNOWN_PATH.at(None, place=url, notes=notes, table=part.key, path=path))
    if format == "json":
        emit(_json(asked))
    else:
        blocks = [*_blocks(definition, asked)]
        if blocks:
            emit("\n\n".join("\n".join(lines) for lines in blocks) + "\n")
    return ended(findings)


def _blocks(definition: Definition, asked: _Asked) -> list[list[str]]:
    theme = colours(True) if wants_colour(sys.stdout) else None
    describer, blocks = Describer(definition), []
    for key, reading in asked.whole.items():
        if key in reading.values:
            leaves: list[Moved] = []
            octets = reading.octets[key]
            definition.decode(key, octets, reading.environment, leaves.append)
            lines = value_lines(leaves, reading.values[key], describer, columns())
            payload = payload_lines(reading, key, describer, columns())
            blocks.append([heading(definition.table(key), len(octets), theme), *lines, *payload])
    for key, part in asked.parts.items():
        if part.leaves:
            lines = value_lines(part.leaves, Record(), describer, columns())
            blocks.append([heading(definition.table(key), part.octets, theme), *lines])
    return blocks


def _json(asked: _Asked) -> str:
    values: dict[str, object] = {}
    outside: dict[str, object] = {}
    for key, reading in asked.whole.items():
        if key in reading.values:
            values[key] = reading.values[key]
            outside |= outside_values(reading, [key])
    for part in asked.parts.values():
        values |= part.values
    return write_json(values, outside if asked.whole and not asked.parts else None)


# --- octets ----------------------------------------------------------------------------------------------------------


def _octets(
    url: str,
    definition: Definition,
    credentials: Credentials,
    table: str,
    offset: int | None,
    index: str | None,
    count: int | None,
    format: str,
) -> int:
    """Print octets as they are."""
    key = definition.key(table)
    indices = () if index is None else _indices(index)

    async def read(meter: RemoteMeter) -> bytes:
        if index is not None:
            return await meter.octets_at(key, indices, count or 1)
        return await meter.octets(key, offset=offset, count=count)

    found = talk(url, definition, credentials, read)
    if format == "json":
        place: dict[str, object] = {"index": list(indices)} if index is not None else {"offset": offset or 0}
        emit(json.dumps({"table": key, **place, "octets": found.hex().upper()}) + "\n")
    else:
        emit(found.hex(" ").upper() + "\n")
    return 0


def _indices(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and int(part[:6]) <= 0xFFFF and len(part) < 6 for part in parts):
        raise click.UsageError(f"`{text[:40]}` are no indices such as `1,0`")
    return tuple(map(int, parts))


# --- an image --------------------------------------------------------------------------------------------------------


def _image(url: str, definition: Definition, credentials: Credentials, output: str) -> int:
    """Write everything to a directory, and tell what is not among it or does not decode."""
    with Watch("reading the meter") as watch:

        async def read(meter: RemoteMeter) -> Whole:
            return await meter.image(watch)

        whole = talk(url, definition, credentials, read, watch=watch)
    try:
        changed = write_directory(output, whole.tables)
    except OSError as error:
        raise Failed(unwritable(error.filename or output, error)) from None
    say(f"wrote {len(whole.tables)} tables to {output} ({len(changed)} changed)")
    findings = failures(read_image(definition, Image(name=url, tables=whole.tables)))
    for key, failure in whole.failures.items():
        findings.add(finding(failure, url, key))
    return ended(findings)
