"""`tdl encode`: a meter's tables from values."""

from __future__ import annotations

import os

import click

from tdl.cli.console import Failed, say, unwritable
from tdl.cli.images import failures, image_of
from tdl.cli.options import binding_options, definition_options, project
from tdl.image import write_directory
from tdl.project.reading import read_image
from tdl.report import Severity


@click.command("encode")
@definition_options
@click.argument("values", metavar="VALUES.json")
@click.option(
    "-o", "--output", required=True, metavar="IMAGE_DIR", help="The directory that gets a file for each table."
)
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    values: str,
    output: str,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write the tables of VALUES.json, as `tdl decode --format json` prints them, to an image.

    All tables are written or none. A table that is the same already keeps its time stamp; other files in IMAGE_DIR
    stay as they are.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    image = image_of(values, compiled)
    reading = read_image(compiled, image, bind=chosen.binding(bind), settings=settings)
    findings = failures(reading, unknown=Severity.ERROR)  # what has no layout would be lost
    if findings.failed:
        raise Failed(report=findings)
    try:
        changed = write_directory(output, reading.octets)
    except OSError as error:
        raise Failed(unwritable(error.filename or output, error)) from None
    count = len(reading.octets)
    say(f"wrote {count} table{'s' if count != 1 else ''} to {os.path.join(output, '')} ({len(changed)} changed)")
    return 0
