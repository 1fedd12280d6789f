"""`tdl check`: what is wrong with documents and fragments."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.bases import Bases
from tdl.cli.console import FINDING_FORMATS, error_theme, say, show
from tdl.cli.ending import EXIT_FINDINGS, exit_code
from tdl.cli.options import definition_options, project, resolver
from tdl.report import Report, Severity
from tdl.report.rules import invocation
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load


@click.command("check")
@click.argument("names", nargs=-1, metavar="[NAME_OR_PATH...]")
@definition_options
@click.option(
    "--format", type=click.Choice(FINDING_FORMATS), default="text", show_default=True, help="How findings are shown."
)
def command(names: tuple[str, ...], definition: str | None, fragments: tuple[str, ...], format: str) -> int:
    """Say what is wrong with documents and fragments.

    A fragment is checked merged onto its base: a library name, another of the documents named here, or one beside it.
    Without names, the definition of -d or of tdl.toml is checked, with its fragments.

    Findings go to standard error, with --format json to standard output. The exit code is 1 if there is an error or
    a warning.
    """
    report = Report()
    if names and (definition is not None or fragments):
        raise click.UsageError("either names or -d and -f, not both")
    if names:
        bases = Bases(names)
        for name in names:
            _check(name, bases, report)
    else:
        project_ = project(definition, fragments)
        _compile(project_.definition, project_.fragments, report, resolver())
    show(report, format)
    if format == "text" and not len(report):
        say(error_theme().paint("help", "no findings"))
    worst = exit_code(report)
    return worst or (EXIT_FINDINGS if any(d.severity is Severity.WARNING for d in report) else 0)


def _check(name: str, bases: Bases, report: Report) -> None:
    """Check one document, or a fragment with the chain of documents that it changes."""
    own = Report()
    node = load(name, bases.resolver, own)
    if not isinstance(node, ast.Fragment) or own.failed:
        report.extend(own)
        if isinstance(node, ast.Document) and not own.failed:
            _compile(name, (), report, bases.resolver)
        return
    chain = bases.chain(name, node)
    if chain is None:
        report.extend(own)
        base = node.header.base or ""
        report.add(invocation.BASE_NOT_FOUND.at(node.header.base_span, base=base))
        return
    _compile(chain[0], chain[1:], report, bases.resolver)


def _compile(definition: str, fragments: tuple[str, ...], report: Report, sources: Resolver) -> None:
    context = pipeline.Context(resolver=sources)
    pipeline.run(pipeline.Request(definition=definition, fragments=fragments), context)
    report.extend(context.report)
