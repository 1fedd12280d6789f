"""`tdl diff`: two definitions compared."""

from __future__ import annotations

import sys

import click

from tdl.cli.console import emit, wants_colour
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import resolver
from tdl.compat import Side, compare, show_json, show_text
from tdl.project.definition import load
from tdl.report.render import colours


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How changes are shown."
)
def command(old: str, new: str, format: str) -> int:
    """Compare the definitions OLD and NEW: what changed, and what breaks readers.

    A fragment stands for the definition it makes of its base, which is found as `tdl check` finds it.

    An error is a change after which a reader with one definition takes wrong values from meters of the other; a
    warning a new name for the same octets; a note an addition. The exit code is 1 if something breaks.
    """
    sources = resolver()
    before, after = (load(name, resolver=sources, near=(old, new)) for name in (old, new))
    comparison = compare(Side(model=before.model, plan=before.plan), Side(model=after.model, plan=after.plan))
    if format == "json":
        emit(show_json(comparison))
    else:
        emit(show_text(comparison, colours(wants_colour(sys.stdout))))
    return EXIT_FINDINGS if comparison.breaking else 0
