"""Places as programs read them: a file relative to a folder, and lines and columns."""

from __future__ import annotations

import os
from pathlib import Path

from tdl.deferred import dataclass
from tdl.report.diagnostic import Diagnostic
from tdl.sources import Span
from tdl.sources.library import is_library_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A range of text; lines and columns are counted from 1 in characters, the end is behind the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span) -> Region:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return Region(line=line, column=column, end_line=end_line, end_column=end_column)


def file_of(diagnostic: Diagnostic, root: Path) -> str:
    """The file or image that a finding is about, as `relative` says it; "" if it is about none."""
    if diagnostic.primary is not None:
        return relative(diagnostic.primary.span.source.name, root)
    return relative(diagnostic.place.partition(": ")[0], root)  # behind it is where in an image


def relative(name: str, root: Path) -> str:
    """A file's path from a folder, with ``/``; one that is not below it is absolute, and other names stay."""
    if not is_path(name):
        return name
    full = Path(os.path.abspath(name))
    try:
        return full.relative_to(root).as_posix()
    except ValueError:
        return full.as_posix()


def is_path(name: str) -> bool:
    """Whether a source is a file: not standard input, an option, or a document of the library or of what it imports."""
    return bool(name) and name != "-" and not name.startswith(("<", "--")) and not is_of_library(name)


def is_of_library(name: str) -> bool:
    """Whether a source comes with tdl."""
    return is_library_name(name) or name.startswith("library:")
