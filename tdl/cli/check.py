"""`tdl check`: what is wrong with documents and fragments."""

from __future__ import annotations

import click

from tdl import pipeline
from tdl.cli.console import FINDING_FORMATS, error_theme, say, show
from tdl.cli.ending import EXIT_FINDINGS, exit_code
from tdl.cli.options import definition_options, project, resolver
from tdl.report import Report, Severity
from tdl.report.rules import invocation
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.bases import Bases
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
        bases = Bases(resolver(), names)
        for name in names:
            _check(name, bases, report)
    else:
        project_ = project(definition, fragments)
        request = pipeline.Request(definition=project_.definition, fragments=project_.fragments)
        _compile(request, report, resolver())
    show(report, format)
    if format == "text" and not len(report):
        say(error_theme().paint("help", "no findings"))
    worst = exit_code(report)
    return worst or (EXIT_FINDINGS if any(d.severity is Severity.WARNING for d in report) else 0)


def _check(name: str, bases: Bases, report: Report) -> None:
    """Check one document, or a fragment merged onto its base."""
    own = Report()
    node = load(name, bases.resolver, own)
    if own.failed:
        report.extend(own)
    elif isinstance(node, ast.Fragment) and bases.chain(name, node) is None:
        report.extend(own)
        report.add(invocation.BASE_NOT_FOUND.at(node.header.base_span, base=node.header.base or ""))
    else:
        _compile(pipeline.Request(definition=name, near=bases.names), report, bases.resolver)


def _compile(request: pipeline.Request, report: Report, sources: Resolver) -> None:
    context = pipeline.Context(resolver=sources)
    pipeline.run(request, context)
    report.extend(context.report)
