"""`tdl merge`: fragments applied to a definition."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, write_out
from tdl.cli.options import resolver
from tdl.syntax.printer import print_document


@click.command("merge")
@click.argument("base")
@click.argument("fragments", nargs=-1, metavar="[FRAGMENT...]")
@click.option("-o", "--output", metavar="FILE", help="Where the result goes instead of standard output.")
def command(base: str, fragments: tuple[str, ...], output: str | None) -> int:
    """Apply FRAGMENTs to the definition BASE, in this order, and print the result.

    Imports become part of the result. Without a fragment it is BASE itself in the canonical spelling. With one, the
    result is checked, and nothing is written if it would not compile.
    """
    context = pipeline.Context(resolver=resolver())
    after = "validate" if fragments else "merge"
    document = pipeline.run(pipeline.Request(definition=base, fragments=fragments), context, after=after)
    if document is None:
        raise Failed(report=context.report)
    write_out(output, print_document(document))
    return 0
