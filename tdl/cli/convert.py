"""`tdl convert`: an image in another form."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import click

from tdl.cli.console import Failed, say, show, write_out, write_tree
from tdl.cli.ending import exit_code
from tdl.cli.images import failures, image_of
from tdl.cli.options import binding_options, definition_options, project, tables_option
from tdl.cli.progress import Watch
from tdl.cli.rows import rows_of
from tdl.cli.selection import Selected, select_paths, select_tables
from tdl.codec.decoder import Moved
from tdl.image.directory import PROFILE_NAME
from tdl.image.edl import Header, write_edl
from tdl.image.json_file import write_json
from tdl.image.profile_text import write_profile
from tdl.project.outside import outside_values
from tdl.project.reading import Reading, read_image
from tdl.report import Report, Severity


@click.command("convert")
@definition_options
@click.argument("source")
@click.option(
    "--to", "form", type=click.Choice(["image", "json", "edl", "csv"]), required=True, help="What is written."
)
@click.option(
    "-o", "--output", metavar="OUT", help="A directory for an image, else a file; standard output without it."
)
@tables_option
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="ST64.LP_DATA_SETS1",
    help="The array whose entries are rows; may be given several times.",
)
@click.option("--plain", is_flag=True, help="Take hexadecimal text as it is: no frames are looked for in it.")
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    source: str,
    form: str,
    output: str | None,
    tables: tuple[str, ...],
    paths: tuple[str, ...],
    plain: bool,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write the image SOURCE in another form, octet for octet.

    SOURCE is a directory of ST0.bin, MT5.bin ..., a JSON file, an EDL file, or hexadecimal text as people paste it,
    each table after a label such as `ST23:`. For text without a label, --table says which table it is.

    With --to csv the entries of an array are rows. One --table or --path makes one file; otherwise OUT is a directory
    of files such as ST64.csv. CSV holds no more than these rows and cannot be a source.
    """
    if paths and form != "csv":
        raise click.UsageError("--path goes with --to csv")
    if form == "image" and output in (None, "-"):
        raise click.UsageError("an image is a directory: give its name with -o")
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    image = image_of(source, compiled, tables, plain=plain)
    selected = select_paths(paths, tables, compiled)
    only = select_tables([*tables, *(each.table for each in selected)], image, compiled) if tables or paths else None
    with Watch("converting") as watch:
        reading = read_image(compiled, image, bind=chosen.binding(bind), settings=settings, only=only, watch=watch)
    findings = failures(reading, only, Severity.ERROR)  # what has no layout would be lost
    if findings.failed:
        raise Failed(report=findings)
    keys = sorted(
        reading.values if only is None else {compiled.table(name).key for name in only},
        key=lambda key: (compiled.table(key).id, key),
    )
    if form == "csv":
        findings.extend(_write_rows(reading, keys, selected, tables, output))
    else:
        _write(form, reading, keys, output)
    show(findings)
    return exit_code(findings)


def _write(form: str, reading: Reading, keys: Sequence[str], output: str | None) -> None:
    outside = outside_values(reading, keys)
    values = {key: reading.values[key] for key in keys}
    if form == "json":
        write_out(output, write_json(values, outside))
    elif form == "edl":
        write_out(output, write_edl(values, outside, _header(reading, keys)))
    else:
        files = {f"{key}.bin": reading.octets[key] for key in keys}
        if outside:
            files[PROFILE_NAME] = write_profile(outside).encode("utf-8")
        _write_files(output, files)


def _write_rows(
    reading: Reading, keys: Sequence[str], selected: Sequence[Selected], tables: Sequence[str], output: str | None
) -> Report:
    asked = {reading.definition.table(name).key for name in tables}
    one = len(asked) + len(selected) == 1
    if not one and output in (None, "-"):
        raise click.UsageError("rows of several tables are a directory of files: give its name with -o")
    files, findings = rows_of(reading, keys, asked, selected)
    if findings.failed:
        raise Failed(report=findings)
    if one:
        write_out(output, "".join(files.values()))
    else:
        _write_files(output, {name: text.encode("utf-8") for name, text in files.items()})
    return findings


def _header(reading: Reading, keys: Sequence[str]) -> Header:
    """What EDL says of some tables beside their values."""
    definition = reading.definition
    enumerations = {each.name: each for each in definition.model.enumerations}
    codes: dict[str, dict[tuple[str | int, ...], str]] = {}
    for key in keys:
        leaves: list[Moved] = []
        definition.decode(key, reading.octets[key], reading.environment, leaves.append)
        codes[key] = {}
        for leaf in leaves:
            named = enumerations.get(getattr(leaf.op, "enumeration", None) or "")
            if named is not None and isinstance(leaf.value, int) and (code := named.find(leaf.value)) is not None:
                codes[key][leaf.path] = code.name
    tables = {key: definition.table(key).name for key in keys}
    return Header(definition=definition.name, hash=definition.hash, tables=tables, codes=codes)


def _write_files(output: str | None, files: Mapping[str, bytes]) -> None:
    assert output is not None
    changed = write_tree(output, files)
    count = f"{len(files)} file{'s' if len(files) != 1 else ''}"
    say(f"wrote {count} to {os.path.join(output, '')} ({len(changed)} changed)")
