"""Which documents a check looks at: those named, and those below directories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tdl.project.settings import SETTINGS_NAME
from tdl.report import Report
from tdl.report.rules import invocation, review
from tdl.review.stamps import Stamp, stamp
from tdl.sources.library import is_library_name

MAX_DOCUMENTS = 5000
MAX_FOLDERS = 50_000

ENDING = ".tdl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What names stand for.

    Attributes:
        named: documents that were named one by one.
        below: those below directories that were named.
        projects: every `tdl.toml` that was named, or is in these directories and those below.
        folders: the directories that were looked into, with their stamps from before.
    """

    named: tuple[str, ...]
    below: tuple[str, ...]
    projects: tuple[Path, ...]
    folders: Mapping[str, Stamp]

    @property
    def documents(self) -> tuple[str, ...]:
        return (*self.named, *self.below)


def find_documents(names: Iterable[str], report: Report, root: Path) -> Found:
    """The documents that names of files, directories or the library stand for, each once.

    Args:
        root: the folder that relative names start from. What is below it is called by its path from there, however it
            was named, as a `tdl.toml` calls it; what is in a directory elsewhere by its whole path.
    """
    search = _Search(report)
    named: dict[str, None] = {}
    for name in names:
        if name == "-" or is_library_name(name):
            named[name] = None
        elif os.path.isdir(name):
            search.below(_short(os.path.abspath(name), root))
        elif os.path.basename(name) == SETTINGS_NAME and os.path.isfile(name):
            search.projects[Path(_short(name, root))] = None
        else:
            named[_short(name, root)] = None
    return Found(
        named=tuple(named),
        below=tuple(each for each in search.documents if each not in named),
        projects=tuple(search.projects),
        folders=search.folders,
    )


def _short(name: str, root: Path) -> str:
    path = Path(name)
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


class _Search:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.documents: dict[str, None] = {}
        self.projects: dict[Path, None] = {}
        self.folders: dict[str, Stamp] = {}

    def below(self, directory: str) -> None:
        """Look into a directory and those below it, in order.

        Links to directories are not followed, and what is no file is passed over: reading a pipe would never end.
        """
        found = 0
        for folder, folders, files in os.walk(directory):
            self.folders[folder] = stamp(folder)
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for file in sorted(files):
                path = Path(folder, file)
                if file == SETTINGS_NAME:
                    self.projects[path] = None
                    found += 1
                elif file.endswith(ENDING) and not file.startswith(".") and path.is_file():
                    self.documents[str(path)] = None
                    found += 1
            if len(self.documents) > MAX_DOCUMENTS or len(self.folders) > MAX_FOLDERS:
                problem = f"more than {MAX_DOCUMENTS} documents or {MAX_FOLDERS} folders are below it"
                self.report.add(invocation.UNREADABLE.at(None, place=directory, name=directory, problem=problem))
                self.documents = dict.fromkeys([*self.documents][:MAX_DOCUMENTS])
                return
        if not found:
            self.report.add(review.NO_DOCUMENTS.at(None, place=directory, name=directory))
