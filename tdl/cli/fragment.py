"""`tdl fragment`: fragments out of definitions."""

from __future__ import annotations

import click

from tdl.cli.console import Failed, write_out
from tdl.cli.options import resolver
from tdl.merge import diff
from tdl.report import Report
from tdl.report.rules import invocation
from tdl.sources.resolver import library_names
from tdl.syntax import ast
from tdl.syntax.imports import load
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
    report = Report()
    documents = [_document(name, report) for name in (old, new)]
    before, after = documents
    if report.failed or before is None or after is None:
        raise Failed(report=report)
    base = old if old in library_names() else before.header.name
    write_out(output, print_fragment(diff(before, after, base)))
    return 0


def _document(name: str, report: Report) -> ast.Document | None:
    node = load(name, resolver(), report)
    if isinstance(node, ast.Fragment):
        report.add(invocation.NOT_A_DEFINITION.at(node.header.span))
        return None
    return node
