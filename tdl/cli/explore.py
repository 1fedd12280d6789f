"""`tdl explore`: an image as a page on which octets and elements explain each other."""

from __future__ import annotations

import click

from tdl.cli.console import say, show, write_out
from tdl.cli.ending import exit_code
from tdl.cli.images import failures, image_of
from tdl.cli.options import binding_options, definition_options, project, tables_option
from tdl.cli.progress import Watch
from tdl.cli.selection import select_tables
from tdl.explore.looking import look
from tdl.explore.page import html_page
from tdl.project.reading import read_image


@click.command("explore")
@definition_options
@click.argument("image")
@click.option("-o", "--output", required=True, metavar="FILE", help="The page; - is standard output.")
@tables_option
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    image: str,
    output: str,
    tables: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write IMAGE as one HTML file: octets beside the elements that they are.

    Pointing at either shows the other. Values are decoded, conditions are shown as taken or not with the values that
    they looked at, and a table that cannot be decoded is shown as far as it goes. The page loads nothing from
    elsewhere and opens in any browser. What layouts depend on and the image does not hold comes from --set, --bind or
    the profile.toml in the image.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    read = image_of(image, compiled, tables)
    only = select_tables(tables, read, compiled) if tables else None
    with Watch("decoding") as watch:
        reading = read_image(compiled, read, bind=chosen.binding(bind), settings=settings, only=only, watch=watch)
    findings = failures(reading, only)
    view = look(reading, only)
    write_out(output, html_page(view).decode("utf-8"))
    if output != "-":
        say(f"wrote {output}: {len(view.tables)} table{'s' if len(view.tables) != 1 else ''}")
    show(findings)
    return exit_code(findings)
