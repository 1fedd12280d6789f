"""`tdl diff`: two definitions compared."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from tdl.cli.console import emit, wants_colour
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import binding_options, resolver
from tdl.cli.sides import Pair, pairs
from tdl.compat import Comparison, Side, compare, show_json, show_json_of_many, show_text
from tdl.compat.revisions import Revisions
from tdl.image import Image, Profile
from tdl.ir.bind import bind as bind_plan
from tdl.project.definition import Definition
from tdl.project.opening import binding
from tdl.project.reading import known_values
from tdl.report.render import colours
from tdl.report.render.snippet import in_a_line


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How changes are shown."
)
@click.option(
    "--fail-on",
    type=click.Choice(["breaking", "any", "never"]),
    default="breaking",
    show_default=True,
    help="Which changes make the exit code 1.",
)
@binding_options
def command(old: str, new: str, format: str, fail_on: str, bind: str | None, settings: tuple[str, ...]) -> int:
    """Compare the definitions OLD and NEW: what changed, and what breaks readers.

    Each is a path, a library name, a directory, or one of these in a revision of git: git:main:meter.tdl. A directory
    stands for the definition its tdl.toml names; two without one are compared document by document. A fragment stands
    for the definition it makes of its base, which is found as `tdl check` finds it.

    An error is a change after which a reader with one definition takes wrong values, or none, from meters of the other;
    a warning something that is said no longer; a note an addition. With --bind or --set, offsets and changes are those
    of the meters that have these values.
    """
    sources = Revisions(resolver())
    known = None if bind is None else binding(bind)
    found = [(pair.path, _compared(pair, known, settings)) for pair in pairs(old, new, sources)]
    if format == "json":
        emit(show_json_of_many(found) if found[0][0] else show_json(found[0][1]))
    else:
        theme = colours(wants_colour(sys.stdout))
        for path, comparison in found:
            heading = f"{theme.paint('title', f'== {in_a_line(path)}')}\n" if path else ""
            emit(heading + show_text(comparison, theme) + ("\n" if path and path != found[-1][0] else ""))
    return EXIT_FINDINGS if _fails((comparison for _, comparison in found), fail_on) else 0


def _compared(pair: Pair, bind: Image | Profile | None, settings: tuple[str, ...]) -> Comparison:
    sides = (None if definition is None else _side(definition, bind, settings) for definition in (pair.old, pair.new))
    return compare(next(sides), next(sides))


def _side(definition: Definition, bind: Image | Profile | None, settings: tuple[str, ...]) -> Side:
    """One of the definitions, bound to what is known of a meter."""
    if bind is None and not settings:
        return Side(model=definition.model, plan=definition.plan)
    return Side(model=definition.model, plan=bind_plan(definition.plan, known_values(definition, bind, settings)))


def _fails(comparisons: Iterable[Comparison], fail_on: str) -> bool:
    match fail_on:
        case "any":
            return any(each.changed for each in comparisons)
        case "never":
            return False
        case _:
            return any(each.breaking for each in comparisons)
