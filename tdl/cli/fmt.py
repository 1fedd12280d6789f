"""`tdl fmt`: documents and fragments in their canonical spelling."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

import click

from tdl.cli.console import Failed, emit, say, show, write_out
from tdl.cli.ending import EXIT_FINDINGS, exit_code
from tdl.cli.options import resolver
from tdl.report import Report
from tdl.report.rules import invocation
from tdl.sources import SourceFile
from tdl.syntax.formatting import format_text
from tdl.syntax.imports import read


@click.command("fmt")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@click.option("--check", is_flag=True, help="Write nothing: name the files that would change, and exit with 1.")
@click.option("--diff", is_flag=True, help="Write nothing: print what would change, and exit with 1 if anything would.")
def command(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Write documents and fragments anew in their canonical spelling.

    A PATH is a file or a directory, which stands for every .tdl file below it; without one it is the working
    directory. - reads standard input and prints the result. Comments stay where they are, what a text says does not
    change, and files that are in order keep their time stamp. A file with a syntax error is left as it is.
    """
    report = Report()
    formatted = [each for name in _names(paths or (".",)) if (each := _format(name, report)) is not None]
    changed = [each for each in formatted if each.text != each.source.text]
    if diff:
        emit("".join(_difference(each) for each in changed))
    if not (check or diff):
        for each in formatted:
            _write(each, report)
    show(report)
    if "-" not in paths or check or diff:
        _sum_up(changed, len(formatted), writing=not (check or diff))
    failed = exit_code(report)
    return failed or (EXIT_FINDINGS if changed and (check or diff) else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Formatted:
    name: str
    source: SourceFile
    text: str


def _names(paths: tuple[str, ...]) -> Iterator[str]:
    """Files as they are said, and those below directories: texts in the document form, each once."""
    seen: set[str] = set()
    for path in paths:
        for name in _below(path) if os.path.isdir(path) else (path,):
            if name not in seen:
                seen.add(name)
                yield name


def _below(directory: str) -> Iterator[str]:
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            name = os.path.normpath(os.path.join(folder, file))
            # reading a pipe would never end
            if file.endswith(".tdl") and not file.startswith(".") and os.path.isfile(name) and not _is_xml_file(name):
                yield name


def _is_xml_file(name: str) -> bool:
    try:
        with open(name, "rb") as stream:
            return stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    except OSError:
        return False  # whoever reads it says why it cannot be


def _format(name: str, report: Report) -> _Formatted | None:
    source = read(name, resolver(), report)
    if source is None:
        return None
    if source.text.lstrip().startswith("<"):
        problem = "XML TDL found, a text in the document form expected"
        help = "`tdl merge NAME -o FILE` prints it in the document form"
        report.add(invocation.UNREADABLE.at(None, place=name, name=name, problem=problem, help=help))
        return None
    text = format_text(source, report)
    return None if text is None else _Formatted(name=name, source=source, text=text)


def _write(formatted: _Formatted, report: Report) -> None:
    if formatted.name == "-":
        emit(formatted.text)
    elif formatted.text != formatted.source.text:
        try:
            write_out(formatted.name, formatted.text)
        except Failed as error:
            report.extend(error.report)


def _difference(formatted: _Formatted) -> str:
    before, after = (text.splitlines(keepends=True) for text in (formatted.source.text, formatted.text))
    name = formatted.source.name
    lines = unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _sum_up(changed: list[_Formatted], count: int, *, writing: bool) -> None:
    done = "formatted" if writing else "would be formatted"
    for each in changed:
        say(f"{done}: {each.source.name}")
    files = f"{count} file{'s' if count != 1 else ''}"
    say(f"{len(changed)} of {files} {done}" if changed else f"{files} in order")
