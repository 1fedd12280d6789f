"""How a run that failed ends: each kind of error as findings on standard error, and the exit code that says it."""

from __future__ import annotations

import os
import platform
import sys
import traceback

import tdl
from tdl.cli.console import Failed, show, unwritable
from tdl.codec.errors import ImageError
from tdl.image import UnreadableImage
from tdl.image.hexdump import UnreadableHex
from tdl.project.definition import CompileError, UnknownTable
from tdl.project.failures import failure_finding
from tdl.project.profile import ProfileError
from tdl.project.settings import SettingsError
from tdl.report import Diagnostic, Example, Report, Rule, Severity
from tdl.report.rules import binding, invocation

EXIT_FINDINGS, EXIT_USAGE, EXIT_INTERNAL = 1, 2, 70

INTERNAL = Rule(
    code="TDL999",
    slug="internal-error",
    message="internal error: {found}",
    why="""
tdl itself failed, and nothing was written. Whatever the input, this is a bug. Please report it with the command, the
input if it may be shared, and what the command prints when the environment variable `TDL_DEBUG` is set to 1.
""",
    wrong=Example({}, "tdl --version"),
    right=Example({}, "tdl --version"),
)
"""Not in the registry: no input is known to raise it."""

_CONFIGURATION = ("TDL522", "TDL523", "TDL524")
"""Besides 0xx and what is placed at an option, the codes about how the command was used, not about what it found."""


def exit_code(findings: Report) -> int:
    """0 if there is no error, 2 if one of them is about usage, configuration or files, 1 otherwise."""
    errors = [d for d in findings if d.severity is Severity.ERROR]
    if any(d.code < "TDL100" or d.code in _CONFIGURATION or d.place.startswith("--") for d in errors):
        return EXIT_USAGE
    return EXIT_FINDINGS if errors else 0


def exit_of(error: Exception) -> int:
    """Show an error and say which exit code it is."""
    match error:
        case Failed() | CompileError() | ProfileError() | SettingsError():
            report = error.report
        case UnreadableHex():
            report = error.report
        case UnreadableImage():
            report = _one(binding.BAD_IMAGE.at(None, name=error.name, problem=error.problem, help=error.help))
        case ImageError():
            report = _one(failure_finding(error))
        case UnknownTable():
            return _usage(str(error))
        case OSError():
            report = _one(_nameless(error))
        case _:
            return _internal(error)
    show(report)
    return exit_code(report)


def _nameless(error: OSError) -> Diagnostic:
    """Files say which they are where they are used: what fails elsewhere is the working folder, or a stream."""
    try:
        os.getcwd()
    except OSError:
        return invocation.UNREADABLE.at(None, place=".", name=".", problem="the folder this was run in is gone")
    return unwritable(error.filename or "standard output", error)


def _one(finding: Diagnostic) -> Report:
    report = Report()
    report.add(finding)
    return report


def _usage(text: str) -> int:
    print(f"Error: {text}", file=sys.stderr)
    return EXIT_USAGE


def _internal(error: Exception) -> int:
    if os.environ.get("TDL_DEBUG") == "1":
        traceback.print_exception(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(os.path.dirname(frame.filename))}/{os.path.basename(frame.filename)}:{frame.lineno}"
    found = f"{type(error).__name__} in {where}"
    notes = (f"tdl {tdl.__version__}, Python {platform.python_version()}, {platform.system()}",)
    help = "please report it with the command and its input; `TDL_DEBUG=1` before the command prints more"
    show(_one(INTERNAL.at(None, found=found, notes=notes, help=help)))
    return EXIT_INTERNAL
