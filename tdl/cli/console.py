"""What verbs share of standard output and standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

if TYPE_CHECKING:
    from tdl.report import Diagnostic, Report
    from tdl.report.render import Theme


_COLUMNS = 100
"""The width of text where nobody says another."""


class Failed(Exception):
    """A verb ends with these findings."""

    def __init__(self, *findings: Diagnostic, report: Report | None = None) -> None:
        from tdl.report import Report

        super().__init__(*findings)
        self.report = report or Report()
        self.report.extend(findings)


class StandardInput:
    """Standard input as a source of octets, the same each time; a closed one is a source that cannot be read."""

    def __init__(self) -> None:
        self.octets: bytes | None = None

    def read(self, limit: int = -1) -> bytes:
        try:
            if self.octets is None:
                self.octets = sys.stdin.buffer.read(limit)
            return self.octets
        except (AttributeError, OSError, ValueError) as error:
            problem = (getattr(error, "strerror", None) or "is closed").lower()
            from tdl.sources import SourceError

            raise SourceError("<stdin>", f"standard input {problem}") from None


def standard_input() -> BinaryIO | None:
    """Standard input, or None if it is closed."""
    if sys.stdin is None or sys.stdin.closed:
        return None
    return sys.stdin.buffer


def standard_output() -> BinaryIO:
    """Standard output, for octets.

    Raises:
        Failed: it is closed.
    """
    stream: BinaryIO | None = getattr(sys.stdout, "buffer", None)
    if stream is None or stream.closed:
        raise Failed(unwritable("standard output", ValueError("it is closed")))
    return stream


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream gets colours: `--color`, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal."""
    context = click.get_current_context(silent=True)
    said = (context.find_root().obj or {}).get("color", "auto") if context is not None else "auto"
    if said != "auto":
        return bool(said == "always")
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def columns() -> int:
    """The width that text is laid out for."""
    if "COLUMNS" not in os.environ and not is_terminal(sys.__stdout__):
        return _COLUMNS
    from shutil import get_terminal_size

    return max(40, min(get_terminal_size((_COLUMNS, 24)).columns, 120))


def error_theme() -> Theme:
    from tdl.report.render import colours

    return colours(wants_colour(sys.stderr))


def show(findings: Iterable[Diagnostic]) -> None:
    """Findings to standard error."""
    from tdl.report.render import render_text

    tell(render_text(findings, error_theme(), columns()))


def ended(findings: Report) -> int:
    """Show what was found, and say which exit code it is."""
    if not len(findings):
        return 0
    from tdl.cli.ending import exit_code

    show(findings)
    return exit_code(findings)


def say(text: str, end: str = "\n") -> None:
    """A word to the person at the terminal, on standard error; names of files in it cannot make the terminal obey."""
    if not text.replace("\n", "").isprintable():
        from tdl.report.render.snippet import visible

        text = visible(text)
    tell(text + end)


def tell(text: str) -> None:
    """Text as it is, colours included, to standard error; if that is closed, to nobody."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(text, err=True, nl=False, color=True)


def emit(text: str) -> None:
    """Data to standard output: UTF-8 whatever the locale."""
    _write_out(text.encode("utf-8", "backslashreplace"))


def _write_out(octets: bytes) -> None:
    stream = standard_output()
    try:
        stream.write(octets)
        stream.flush()
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError, ValueError) as error:
        raise Failed(unwritable("standard output", error)) from None


def write_out(name: str | None, text: str) -> None:
    """Text to a file, all of it or nothing; to standard output for ``-`` or no name."""
    if name is None or name == "-":
        emit(text)
        return
    from pathlib import Path

    from tdl.image.atomic import write_file

    try:
        write_file(Path(name), text.encode("utf-8"))
    except OSError as error:
        raise Failed(unwritable(name, error)) from None


def write_tree(directory: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Files below a directory, all or none; the names of those that changed."""
    from pathlib import Path

    from tdl.image.atomic import write_files

    try:
        return write_files(Path(directory), files)
    except OSError as error:
        raise Failed(unwritable(error.filename or directory, error)) from None


def unwritable(name: str, error: Exception) -> Diagnostic:
    from tdl.report.rules import invocation

    problem = str(getattr(error, "strerror", None) or error).lower()
    return invocation.UNWRITABLE.at(None, place=name, name=name, problem=problem)
