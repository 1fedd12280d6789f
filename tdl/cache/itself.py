"""The state of tdl itself: what is kept was made by one state of it, and is of no use to another."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMPILER = (
    "sources",
    "report",
    "syntax",
    "merge",
    "check",
    "ir",
    "cache",
    "pipeline.py",
    "deferred.py",
    "frozen.py",
    "project",
)
"""What decides how a definition compiles and is kept, below `tdl`."""

EVERYTHING = ("", "grammars")
"""What decides what a command says and writes."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def state_of_itself(parts: Iterable[str]) -> str:
    """The interpreter, size and times of every file of parts of tdl, and when anything was installed beside it.

    What is installed may bring back ends, rules and documents; the folders of packages tell of it at a fraction of the
    time that it takes to ask for them.
    """
    beside = os.path.join(os.path.dirname(_PACKAGE), "grammars")  # in a wheel they are inside the package
    places = [os.path.join(_PACKAGE, part) for part in parts]
    held = sorted(each for place in (*places, beside) for each in _files(place))
    folders = [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]
    return repr((sys.version, sys.flags.optimize, held, [(path, os.stat(path).st_mtime_ns) for path in folders]))


def _files(place: str) -> Iterator[str]:
    """A file, or each below a folder but for what the interpreter keeps there, with what changes when it does."""
    try:
        entries = os.scandir(place)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        yield _said(place, os.stat(place))
        return
    with entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif not entry.name.endswith(".pyc"):
                yield _said(entry.path, entry.stat())


def _said(path: str, held: os.stat_result) -> str:
    return f"{path} {held.st_size} {held.st_mtime_ns} {held.st_ctime_ns}"
