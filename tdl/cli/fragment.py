"""`tdl fragment`: fragments out of definitions, and in either notation."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import Failed, write_out
from tdl.cli.notation import notation_options, written
from tdl.cli.options import resolver
from tdl.merge import diff
from tdl.report import Report
from tdl.report.rules import invocation
from tdl.sources import Resolver
from tdl.sources.library import library_names
from tdl.syntax import ast
from tdl.syntax.imports import load


@click.group("fragment")
def command() -> None:
    """Make and print fragments."""


@command.command("diff", short_help="Print what makes one definition of another.")
@click.argument("old")
@click.argument("new")
@notation_options
@click.option("-o", "--output", metavar="FILE", help="Where the fragment goes instead of standard output.")
def diff_command(old: str, new: str, notation: str, namespace: str | None, output: str | None) -> int:
    """Print the fragment that makes the definition NEW of the definition OLD.

    `tdl merge OLD FRAGMENT` then gives NEW. Renames are not guessed: what has another name is another thing.
    """
    sources = resolver()
    before, after = (_document(name, (old, new), sources) for name in (old, new))
    base = old if old in library_names() else before.header.name
    write_out(output, written(diff(before, after, base), notation, namespace))
    return 0


@command.command("show", short_help="Print a fragment in either notation.")
@click.argument("fragment")
@notation_options
@click.option("-o", "--output", metavar="FILE", help="Where the fragment goes instead of standard output.")
def show_command(fragment: str, notation: str, namespace: str | None, output: str | None) -> int:
    """Print FRAGMENT in the canonical spelling, or as XML; what it imports becomes part of it."""
    report = Report()
    found = load(fragment, resolver(), report)
    if isinstance(found, ast.Document):
        report.add(invocation.NOT_A_FRAGMENT.at(found.header.span, name=found.header.name))
    if found is None or report.failed:
        raise Failed(report=report)
    write_out(output, written(found, notation, namespace))
    return 0


def _document(name: str, near: tuple[str, ...], sources: Resolver) -> ast.Document:
    context = pipeline.Context(resolver=sources)
    document = pipeline.run(pipeline.Request(definition=name, near=near), context, after="merge")
    if document is None:
        raise Failed(report=context.report)
    assert isinstance(document, ast.Document)
    return document
