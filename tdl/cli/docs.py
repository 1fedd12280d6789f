"""`tdl docs`: the pages of a definition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from tdl.cli.console import say, write_tree
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import binding_options, definition_options, project
from tdl.docs.html import html_pages
from tdl.docs.markdown import markdown_pages
from tdl.docs.site import site
from tdl.project.reading import known_values

_OURS = re.compile(r"(?:(?:decade|mfg|user)-\d+|procedures|enumerations|graph)\.(?:html|md)")
"""Pages that a definition may or may not have."""


@click.command("docs")
@definition_options
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder that gets the pages.")
@click.option(
    "--format", "form", type=click.Choice(["html", "markdown"]), default="html", show_default=True, help="The pages."
)
@click.option(
    "--check", is_flag=True, help="Write nothing: exit with 1 if the pages in DIR are not what would be written."
)
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    output: str,
    form: str,
    check: bool,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write the pages of a definition to a folder.

    They show every table with what each element is, where it lies, how well it is attested and who changed it; types,
    enumerations and procedures; and what is still open. HTML pages open from the folder: no server is needed and
    nothing is loaded from elsewhere. With --bind or --set, offsets and sizes are those of the meters that have these
    values.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    bound = chosen.binding(bind)
    known = known_values(compiled, bound, settings) if bound is not None or settings else None
    view = site(compiled, known, markdown=form == "markdown")
    pages = markdown_pages(view) if form == "markdown" else html_pages(view)
    directory = Path(output)
    if check:
        return _drift(directory, pages, form)
    changed = write_tree(output, pages)
    say(f"wrote {len(pages)} pages to {directory}/ ({len(changed)} changed)")
    for stray in _strays(directory, pages, form):
        say(f"note: {stray} is left from before, this definition does not make it")
    return 0


def _drift(directory: Path, pages: Mapping[str, bytes], form: str) -> int:
    """Compare with what is there; a line for each page that is missing, differs or is left over."""
    found = {directory / name: _wrong(directory / name, octets) for name, octets in sorted(pages.items())}
    found |= dict.fromkeys(_strays(directory, pages, form), "is not of this definition")
    wrong = {path: said for path, said in found.items() if said}
    for path, said in wrong.items():
        say(f"{path}: {said}")
    return EXIT_FINDINGS if wrong else 0


def _wrong(path: Path, octets: bytes) -> str:
    try:
        return "" if path.read_bytes() == octets else "differs"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return (error.strerror or str(error)).lower()


def _strays(directory: Path, pages: Mapping[str, bytes], form: str) -> list[Path]:
    """Pages in a folder that this definition does not make, of a decade that is gone for example."""
    ending = ".md" if form == "markdown" else ".html"
    there = sorted(directory.glob(f"*{ending}"))
    return [path for path in there if _OURS.fullmatch(path.name) and path.name not in pages]
