"""`tdl blame`: which document set what."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, emit
from tdl.cli.options import definition_options, project, resolver
from tdl.merge import blame


@click.command("blame")
@definition_options
@click.argument("path", required=False)
def command(definition: str | None, fragments: tuple[str, ...], path: str | None) -> int:
    """Say which document set what.

    PATH is a type, TABLE 23, a member such as ACT_REGS_RCD.NBR_OCCUR, a property such as ACT_REGS_RCD.NBR_OCCUR.Unit,
    or a reference such as ACT_REGS_TBL.NBR_OCCUR; without it all of them are listed. Each line is a path, then what
    happened to it, oldest first.
    """
    chosen = project(definition, fragments)
    context = pipeline.Context(resolver=resolver())
    request = pipeline.Request(definition=chosen.definition, fragments=chosen.fragments)
    document = pipeline.run(request, context, after="merge")
    if document is None:
        raise Failed(report=context.report)
    rows = list(blame(document, path))
    if not rows and path is not None:
        raise click.UsageError(f"{document.header.name} has nothing at `{path}`")
    width = max((len(row.path) for row in rows if len(row.path) <= 48), default=0)
    lines = []
    for row in rows:
        steps = "; ".join(f"{o.done} by {o.document} ({o.span.place})" for o in row.origins)
        lines.append(f"{row.path.ljust(width)}  {steps}\n")
    emit("".join(lines))
    return 0
