"""`tdl fragment`: fragments out of definitions."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, write_out
from tdl.cli.options import resolver
from tdl.merge import diff
from tdl.sources import Resolver
from tdl.sources.resolver import library_names
from tdl.syntax import ast
from tdl.syntax.printer import print_fragment


@click.group("fragment")
def command() -> None:
    """Make fragments."""


@command.command("diff", short_help="Print what makes one definition of another.")
@click.argument("old")
@click.argument("new")
@click.option("-o", "--output", metavar="FILE", help="Where the fragment goes instead of standard output.")
def diff_command(old: str, new: str, output: str | None) -> int:
    """Print the fragment that makes the definition NEW of the definition OLD.

    `tdl merge OLD FRAGMENT` then gives NEW. Renames are not guessed: what has another name is another thing.
    """
    sources = resolver()
    before, after = (_document(name, (old, new), sources) for name in (old, new))
    base = old if old in library_names() else before.header.name
    write_out(output, print_fragment(diff(before, after, base)))
    return 0


def _document(name: str, near: tuple[str, ...], sources: Resolver) -> ast.Document:
    context = pipeline.Context(resolver=sources)
    document = pipeline.run(pipeline.Request(definition=name, near=near), context, after="merge")
    if document is None:
        raise Failed(report=context.report)
    assert isinstance(document, ast.Document)
    return document
