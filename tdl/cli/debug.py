"""`tdl debug`: what a pass of the compiler makes."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, emit
from tdl.cli.options import binding_options, definition_options, project, resolver
from tdl.project.reading import known_values

_PASSES = [each.name for each in pipeline.PASSES]


@click.command("debug")
@definition_options
@binding_options
@click.option("--after", type=click.Choice(_PASSES), required=True, help="The pass whose output is shown.")
def command(
    definition: str | None, fragments: tuple[str, ...], bind: str | None, settings: tuple[str, ...], after: str
) -> int:
    """Show what a pass of the compiler makes, as stable text.

    The passes run in this order: read, parse, merge, validate, lower, schedule, bind. The last one needs --bind or
    --set to have an effect.
    """
    chosen = project(definition, fragments)
    known = None
    if after == "bind":
        known = known_values(chosen.compile(), chosen.binding(bind), settings)
    context = pipeline.Context(resolver=resolver(), known=known)
    request = pipeline.Request(definition=chosen.definition, fragments=chosen.fragments)
    made = pipeline.run(request, context, after=after)
    if made is None:
        raise Failed(report=context.report)
    emit(pipeline.PASS_NAMES[after].show(made))
    return 0
