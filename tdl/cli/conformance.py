"""`tdl conformance`: a report on a definition, and on a meter's tables, that a person can sign."""

from __future__ import annotations

import contextlib
from pathlib import PurePath

import click

from tdl import pipeline
from tdl.cli.check_image import look_at_image
from tdl.cli.console import say, show, write_out
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import definition_options, project, resolver
from tdl.conformance.assessing import assess
from tdl.conformance.assessment import Verdict
from tdl.conformance.showing import show_html, show_json
from tdl.project.definition import CompileError

_FORMATS = ("html", "json")


@click.command("conformance")
@definition_options
@click.option("-o", "--output", metavar="FILE", help="The report: .html or .json. Without it, standard output.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="What the report is, if its name does not say.")
@click.option("--image", metavar="IMAGE", help="A meter whose tables are looked at, too.")
@click.option("--bind", metavar="PROFILE_OR_IMAGE", help="Where values come from that the image does not hold.")
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    output: str | None,
    form: str | None,
    image: str | None,
    bind: str | None,
) -> int:
    """Report on a definition: every rule with its verdict and the places it is about.

    A rule is met, or not; a remark is for a person to decide: mend it, or accept it with a comment in the document,
    `{ tdl: allow CODE reason }`, and the report shows the reason. The same input makes the same report, octet by octet.

    The exit code is 1 if something is not met or left to decide.
    """
    ending = PurePath(output or "").suffix.removeprefix(".").lower()
    shown = form or (ending if ending in _FORMATS else "")
    if not shown:
        raise click.UsageError("name the report .html or .json, or say which with --format")
    chosen = project(definition, fragments)
    request = pipeline.Request(definition=chosen.definition, fragments=chosen.fragments)
    looked = None
    if image is not None:
        with contextlib.suppress(CompileError):  # the report says why the definition cannot be used
            looked = look_at_image(image, chosen.compile(), chosen.binding(bind))
    assessment = assess(request, resolver(), looked)
    write_out(output, show_html(assessment) if shown == "html" else show_json(assessment))
    show(assessment.open_findings)
    counts = [f"{n} {verdict.value}" for verdict in Verdict if (n := assessment.count(verdict))]
    say(f"{assessment.definition}: {assessment.verdict.value} ({', '.join(counts)})")
    return EXIT_FINDINGS if assessment.open else 0
