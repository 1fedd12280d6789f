"""`tdl check`: what is wrong with documents and fragments."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import tdl
from tdl.cli.console import Failed, StandardInput, columns, emit, error_theme, say, tell, unwritable, write_out
from tdl.cli.ending import EXIT_FINDINGS, EXIT_USAGE, exit_code, exit_of
from tdl.cli.options import definition_options, project
from tdl.project.policy import FAIL_ON, failing
from tdl.project.settings import SETTINGS_NAME
from tdl.report import Diagnostic, Report, Severity
from tdl.report.passed import Passed
from tdl.report.render import PLAIN
from tdl.report.render.formats import FOR_PEOPLE, FORMATS, Sheet, render
from tdl.report.render.snippet import visible
from tdl.report.render.text import DEFAULT_COLUMNS, count
from tdl.review.baseline import baseline_text, known_out, read_baseline
from tdl.review.checking import Outcome, Subject, check_all
from tdl.review.mending import FileChanged, Mended, mend, write_mended
from tdl.review.policies import Policies
from tdl.review.stamps import Stamp, stamp
from tdl.review.watching import watch
from tdl.sources import Resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the command line asks for."""

    names: tuple[str, ...]
    definition: str | None
    fragments: tuple[str, ...]
    format: str
    output: str | None
    fail_on: str | None
    baseline: str | None
    update: bool
    suppressions: bool
    fix: bool
    unsafe: bool
    image: str | None
    bind: str | None


@click.command("check")
@click.argument("names", nargs=-1, metavar="[NAME_OR_PATH...]")
@definition_options
@click.option(
    "--format", type=click.Choice(FORMATS), default="text", show_default=True, help="How findings are written."
)
@click.option("-o", "--output-file", metavar="FILE", help="Where findings are written, whole or not at all.")
@click.option("--image", metavar="IMAGE", help="A meter whose tables are held against the definition, too.")
@click.option("--bind", metavar="PROFILE_OR_IMAGE", help="Where values come from that the image does not hold.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="From which severity on a finding makes the exit code 1.  [default: what tdl.toml says, or warning]",
)
@click.option("--baseline", metavar="FILE", help="Known findings, which are left out.")
@click.option("--update-baseline", is_flag=True, help="Write what is found into the baseline.")
@click.option(
    "--suppressions",
    is_flag=True,
    help="With --format sarif: also what comments and the baseline let pass, as suppressed results.",
)
@click.option("--fix", is_flag=True, help="Mend what can be mended safely.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend also what is to be looked at afterwards.")
@click.option("--watch", "watching", is_flag=True, help="Check again whenever a file changes, until interrupted.")
def command(
    names: tuple[str, ...],
    definition: str | None,
    fragments: tuple[str, ...],
    format: str,
    output_file: str | None,
    image: str | None,
    bind: str | None,
    fail_on: str | None,
    baseline: str | None,
    update_baseline: bool,
    suppressions: bool,
    fix: bool,
    unsafe_fixes: bool,
    watching: bool,
) -> int:
    """Say what is wrong with documents and fragments.

    Of a directory all .tdl files below it are checked, and the projects that a tdl.toml there describes. A fragment is
    checked merged onto its base: a library name, another of the documents checked here, or one beside it. Without
    names, the definition of -d or of tdl.toml is checked, with its fragments.

    Findings go to standard error as text or concise, to standard output in the other formats. The exit code is 1 if
    there is an error or a warning, or what --fail-on says.
    """
    if names and (definition is not None or fragments):
        raise click.UsageError("either names or -d and -f, not both")
    if names and image is not None:
        raise click.UsageError("an image is held against one definition: name it with -d")
    if suppressions and format != "sarif":
        raise click.UsageError("--suppressions goes with --format sarif")
    if watching and "-" in names:
        raise click.UsageError("standard input cannot be watched")
    wanted = _Wanted(
        names=names,
        definition=definition,
        fragments=fragments,
        format=format,
        output=output_file,
        fail_on=fail_on,
        baseline=baseline,
        update=update_baseline,
        suppressions=suppressions,
        fix=fix or unsafe_fixes,
        unsafe=unsafe_fixes,
        image=image,
        bind=bind,
    )
    if watching:
        _watch(wanted)
    return _check(wanted)[0]


def _watch(wanted: _Wanted) -> None:
    root = Path.cwd()
    seen: Mapping[str, Stamp] = {str(folder / SETTINGS_NAME): None for folder in (root, *root.parents)}

    def check() -> Mapping[str, Stamp]:
        nonlocal seen
        try:
            seen = _check(wanted)[1]
        except (click.ClickException, BrokenPipeError):
            raise
        except Exception as error:
            seen = {path: stamp(path) for path in seen}
            exit_of(error)
        tell(error_theme().paint("dim", "watching; Ctrl-C ends") + "\n")
        return seen

    watch(check, time.sleep)


def _check(wanted: _Wanted) -> tuple[int, Mapping[str, Stamp]]:
    """Check once; the exit code, and what was looked at."""
    root = Path.cwd()
    policies = Policies(root)
    policy = policies.of("")
    baseline = wanted.baseline or policy.baseline
    if baseline is None and wanted.update:
        raise click.UsageError("--update-baseline needs a file: --baseline, or `baseline` in tdl.toml")
    subject = Subject(names=wanted.names)
    if not wanted.names:
        own = project(wanted.definition, wanted.fragments)
        subject = Subject(definition=own.definition, fragments=own.fragments)
    stdin = StandardInput()

    def check(overlay: Mapping[str, str]) -> Outcome:
        return check_all(subject, Resolver(overlay, stdin), root)  # type: ignore[arg-type]  # only `read` is used

    outcome = _mended(mend(check, wanted.unsafe)) if wanted.fix else check({})
    fails = failing(wanted.fail_on or policy.fail_on or Severity.WARNING.value)
    looked_at = dict(outcome.looked_at)
    findings, passed = outcome.findings, outcome.allowed
    if baseline is not None:
        looked_at[baseline] = stamp(baseline)
        new = _new(outcome, baseline, wanted.update, root)
        findings, left = tuple(policies.apply(new)), set(map(id, new))
        passed += tuple(Passed(finding=each, by="baseline") for each in outcome.findings if id(each) not in left)
    if wanted.image is not None:
        looked_at |= {path: stamp(path) for path in _files_of(wanted.image)}
        findings = (*findings, *policies.apply(_in_image(wanted, findings, stdin)))
    _write(wanted, findings, passed if wanted.suppressions else (), outcome, fails, root)
    return _verdict(findings, fails), looked_at


def _in_image(wanted: _Wanted, findings: Iterable[Diagnostic], stdin: StandardInput) -> Report:
    """What is odd in a meter's tables; nothing if the definition is not one that they could be decoded by."""
    if wanted.image is None or any(each.rule.severity is Severity.ERROR for each in findings):
        return Report()
    from tdl.cli.check_image import check_image  # most checks look at no meter
    from tdl.project.definition import load

    own = project(wanted.definition, wanted.fragments)
    definition = load(own.definition, own.fragments, Resolver(stdin=stdin))  # type: ignore[arg-type]  # as above
    return check_image(wanted.image, definition, own.binding(wanted.bind))[1]


def _files_of(image: str) -> Iterator[str]:
    yield image
    with contextlib.suppress(OSError):
        yield from (entry.path for entry in os.scandir(image))


def _mended(mended: Mended) -> Outcome:
    """The outcome of fixes, once they are written."""
    try:
        write_mended(mended)
    except FileChanged as error:
        changed = ValueError("it has changed since it was read")
        raise Failed(unwritable(os.path.relpath(error.name), changed)) from None
    except OSError as error:
        raise Failed(unwritable(error.filename or "a document", error)) from None
    for finding, fix in mended.done:
        say(f"fixed {_where(finding)}: {visible(fix.title)}")
    for finding, made in mended.refused:
        say(f"not fixed {_where(finding)}: it would lead to an error: {visible(made)}")
    return mended.outcome


def _where(finding: Diagnostic) -> str:
    return finding.code if finding.primary is None else f"{visible(finding.primary.span.place)}: {finding.code}"


def _new(outcome: Outcome, name: str, update: bool, root: Path) -> tuple[Diagnostic, ...]:
    """The findings that a baseline does not know; it is written first if that is asked for."""
    report = Report()
    there = not update or os.path.exists(name)
    known = read_baseline(name, report) if there else None
    if len(report):
        raise Failed(report=report)
    if update:
        text, number = baseline_text(outcome.findings, known, outcome.complete, root)
        write_out(name, text)
        say(f"{name}: {number} known finding{'' if number == 1 else 's'}")
        known = read_baseline(name, report)
    return outcome.findings if known is None else known_out(outcome.findings, known, outcome.complete, root)


def _write(
    wanted: _Wanted,
    findings: Sequence[Diagnostic],
    passed: Sequence[Passed],
    outcome: Outcome,
    fails: Collection[Severity],
    root: Path,
) -> None:
    to_screen = wanted.output is None and wanted.format in FOR_PEOPLE
    sheet = Sheet(
        root=root,
        version=tdl.__version__,
        files=[source.name for source in outcome.texts.values()],
        failing=fails,
        passed=passed,
        theme=error_theme() if to_screen else PLAIN,
        columns=columns() if to_screen else DEFAULT_COLUMNS,
    )
    text = render(wanted.format, findings, sheet)
    nothing = "no findings" if len(findings) == len(outcome.findings) else "no new findings"
    summary = count(findings) or error_theme().paint("help", nothing)
    if to_screen:
        tell(text)
        if wanted.format == "text" and not findings:
            say(summary)
    elif wanted.output is None:
        emit(text)
    else:
        write_out(wanted.output, text)
        say(summary)


def _verdict(findings: Iterable[Diagnostic], fails: Collection[Severity]) -> int:
    """The exit code: of usage and files whatever fails a check, then what does."""
    errors = Report()
    errors.extend(each for each in findings if each.rule.severity is Severity.ERROR)
    if exit_code(errors) == EXIT_USAGE:
        return EXIT_USAGE
    return EXIT_FINDINGS if any(each.severity in fails for each in findings) else 0
