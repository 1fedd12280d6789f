"""`tdl merge`: fragments applied to a definition."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, write_out
from tdl.cli.notation import notation_options, written
from tdl.cli.options import definition_options, project, resolver


@click.command("merge")
@click.argument("names", nargs=-1, metavar="[BASE] [FRAGMENT...]")
@definition_options
@notation_options
@click.option("-o", "--output", metavar="FILE", help="Where the result goes instead of standard output.")
def command(
    names: tuple[str, ...],
    definition: str | None,
    fragments: tuple[str, ...],
    notation: str,
    namespace: str | None,
    output: str | None,
) -> int:
    """Apply FRAGMENTs to the definition BASE, in this order, and print the result.

    With -d there is no BASE; without either it is what tdl.toml says. Imports become part of the result. Without a
    fragment it is BASE itself in the canonical spelling. With one, the result is checked, and nothing is written if it
    would not compile.
    """
    if definition is None and names:
        definition, *others = names
    else:
        others = list(names)
    wanted = project(definition, (*others, *fragments))
    context = pipeline.Context(resolver=resolver())
    after = "validate" if wanted.fragments else "merge"
    request = pipeline.Request(definition=wanted.definition, fragments=wanted.fragments)
    document = pipeline.run(request, context, after=after)
    if document is None:
        raise Failed(report=context.report)
    write_out(output, written(document, notation, namespace))
    return 0
