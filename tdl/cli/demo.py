"""`tdl demo`: the main job, from a standard's document to a real meter's values, in a folder to go on with."""

from __future__ import annotations

import importlib
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import click

from tdl.backends.api import Options, find_backend
from tdl.cli.console import emit, write_tree
from tdl.image import read_image_file
from tdl.project.definition import load
from tdl.project.profile import resolve_profile

DEFINITION, FRAGMENT, PACKAGE, IMAGE, TABLE = "std:2012", "demo:acme-ax200", "acme_ax200", "elster-a3", "ST1"
_FILES = ("acme-ax200.tdl", "elster-a3/ST1.bin", "elster-a3/profile.toml", "README.md")


@click.command("demo")
@click.option("-o", "--output", default="tdl-demo", show_default=True, metavar="DIR", help="The folder for the files.")
def command(output: str) -> int:
    """Run the main job on a real meter's table.

    Compiles the standard's tables with a maker's fragment, generates Python codecs from them into a folder, and
    decodes Table 1 of a real meter with these. The fragment and the image are put beside the codecs, to try more.
    """
    folder = Path(output)
    _step(1, f"compile {DEFINITION} with the fragment of a made-up maker")
    definition = load(DEFINITION, [FRAGMENT])
    tables = len(definition.model.tables)
    _say(f"{definition.name} {definition.model.version}: {tables} tables, hash {definition.hash[:16]}...")

    _step(2, f"generate Python codecs into {folder}/")
    made = find_backend("python").generate(definition.model, definition.plan, Options(package=PACKAGE))
    files = {file.path: file.content for file in made}
    files |= {name: _shipped(name) for name in _FILES}
    changed = write_tree(output, files)
    _say(f"{len(files)} files, {len(changed)} of them new or changed")

    _step(3, "decode Table 1 of a real Elster A3R with the generated codecs")
    image = read_image_file(str(folder / IMAGE))
    codecs = _imported(folder)
    environment = codecs.Environment()
    assert image.profile is not None
    for each in resolve_profile(image.profile, definition):
        environment.set(each.table, each.path, each.value)
    octets = image.tables[TABLE]
    record = codecs.decode(TABLE, octets, environment)
    for name in record:
        _say(f"{name.ljust(18)}  {str(record[name]).strip()}")
    again = codecs.encode(TABLE, record, environment)
    _say(f"encoded again: {'the same' if again == octets else 'not the same'} {len(again)} octets")

    emit(_next(folder))
    return 0


def _step(number: int, what: str) -> None:
    emit(f"{number}. {what}\n")


def _say(text: str) -> None:
    emit(f"   {text}\n")


def _shipped(name: str) -> bytes:
    return resources.files("tdl.library").joinpath("demo", *name.split("/")).read_bytes()


def _imported(folder: Path) -> Any:
    """The package that was just written, not one of the same name from elsewhere."""
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    sys.path.insert(0, str(folder.resolve()))
    try:
        importlib.invalidate_caches()
        codecs = importlib.import_module(PACKAGE)
        importlib.import_module(f"{PACKAGE}.{codecs.TABLES[TABLE]}")
        return codecs
    finally:
        sys.path.pop(0)


def _next(folder: Path) -> str:
    image, fragment = folder / IMAGE, folder / "acme-ax200.tdl"
    merged = folder / "ax200.tdl"
    commands = (
        ("the same without generated code, octet for octet", f"tdl decode -d {DEFINITION} {image} --annotate"),
        (
            "what the fragment changes, and whether that breaks readers",
            f"tdl merge {DEFINITION} {fragment} -o {merged}\ntdl diff {DEFINITION} {merged}",
        ),
        ("who said what", f"tdl blame -d {DEFINITION} -f {fragment} 'TABLE 6'"),
        ("a table of the standard", f"tdl explain '{DEFINITION}#23'"),
        ("two lines of Python", f'import tdl\nprint(tdl.open("{image}", "{DEFINITION}")["{TABLE}"].ED_MODEL)'),
    )
    lines = ["", "Try next:"]
    for what, text in commands:
        lines += ["", f"   # {what}", *(f"   {line}" for line in text.split("\n"))]
    return "\n".join(lines) + "\n"
