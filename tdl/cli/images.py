"""Images on the command line: read with what is said about them, and what of them does not fit a definition."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from tdl.cli.console import say, standard_input
from tdl.image import Image, read_image_file
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import Reading
from tdl.report import Report, Severity

if TYPE_CHECKING:
    from tdl.image.edl import EdlImage

_MAX_PLACES = 20
"""How many failures are looked up in the text of an EDL file."""


def image_of(name: str, definition: Definition, tables: tuple[str, ...] = (), *, plain: bool = False) -> Image:
    """Read an image and print what is to be said of it.

    Args:
        tables: those that are wanted; one alone is what hexadecimal text without a label holds.
        plain: no frames are looked for in hexadecimal text.

    Raises:
        tdl.image.UnreadableImage: it is none.
        UnknownTable: the definition does not have the one table.
    """
    table = definition.key(tables[0]) if len(tables) == 1 else None
    image = read_image_file(name, standard_input(), table=table, plain=plain)
    for note in image.notes:
        say(f"note: {image.name}: {note}")
    return image


def failures(reading: Reading, only: list[str] | None = None, unknown: Severity = Severity.WARNING) -> Report:
    """What of an image could not be decoded or encoded, and why; in EDL with line and column.

    Args:
        only: the image's names of the tables that were asked for.
        unknown: how bad it is if the definition does not have a table.
    """
    findings = Report()
    edl = _edl(reading.image)
    if not reading.failures and not reading.unknown and edl is None:
        return findings  # the common case needs no words
    from dataclasses import replace

    from tdl.project.failures import failure_finding
    from tdl.report.rules import binding, conversion

    wanted = None if only is None else {reading.definition.table(name).key for name in only}
    image, definition = reading.image, reading.definition
    for number, (key, error) in enumerate(reading.failures.items()):
        if wanted is not None and key not in wanted:
            continue
        finding = failure_finding(error, definition.table(key), reading.environment, image.name)
        if edl is not None and number < _MAX_PLACES:
            at = edl.place(_name_in(image, key, definition), error.path)
            if at is not None:
                finding = replace(finding, place=f"{image.name}:{at[0]}:{at[1]}")
        findings.add(finding)
    for name in reading.unknown:
        findings.add(
            binding.UNKNOWN_TABLE.at(None, place=image.name, table=name, definition=definition.name, severity=unknown)
        )
    if edl is not None and edl.hash and edl.hash != definition.hash:
        findings.add(
            conversion.OTHER_DEFINITION.at(
                None,
                place=image.name,
                name=image.name,
                definition=edl.definition or "a definition",
                found=edl.hash[:12],
                expected=f"{definition.name} {definition.hash[:12]}",
            )
        )
    return findings


def _edl(image: Image) -> EdlImage | None:
    """An image, if it comes out of EDL."""
    if type(image) is Image:
        return None
    from tdl.image.edl import EdlImage

    return image if isinstance(image, EdlImage) else None


def _name_in(image: Image, key: str, definition: Definition) -> str:
    """What an image calls a table that was read from it."""
    for name in image.tables:
        with suppress(UnknownTable):
            if definition.table(name).key == key:
                return name
    raise AssertionError(key)
