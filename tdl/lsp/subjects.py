"""Which documents and projects of a folder are checked by themselves: those that `tdl check` would take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tdl.lsp.texts import Texts
from tdl.lsp.units import NOWHERE
from tdl.project.policy import Policy
from tdl.project.settings import SettingsError
from tdl.report import Report
from tdl.review.bases import Chains
from tdl.review.documents import Found, find_documents
from tdl.review.policies import Policies
from tdl.review.reader import Reader
from tdl.sources.library import library_names


class TolerantPolicies(Policies):
    """Policies where a `tdl.toml` that cannot be used counts as one that says nothing.

    Attributes:
        problems: what is wrong with those, by path.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.problems: dict[str, Report] = {}

    def of(self, name: str) -> Policy:
        try:
            return super().of(name)
        except SettingsError as error:
            for each in error.report:
                file = each.place if each.primary is None else each.primary.span.source.name
                self.problems[os.path.join(os.path.dirname(name), file)] = error.report
            return Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What is checked in a folder.

    Attributes:
        path: the folder that settings' paths start from.
        subjects: documents, fragments and `tdl.toml` files by name.
        chains: what fragments stand on.
    """

    path: str
    subjects: tuple[str, ...]
    chains: Chains
    policies: TolerantPolicies


def find_folder(path: str, named: tuple[str, ...], texts: Texts, *, whole: bool, library: bool = False) -> Folder:
    """Look into a folder.

    Args:
        named: documents that are open beside it.
        whole: everything below the folder counts; otherwise only the named documents do.
        library: the library's own documents count.
    """
    found = find_documents([path] if whole else [], Report(), NOWHERE)
    below = found.below
    if whole:  # what is open may have no file yet
        below += tuple(n for n in texts.open if n.endswith(".tdl") and n not in below and Path(n).is_relative_to(path))
    projects = tuple(map(str, found.projects))
    library_documents = library_names() if library else ()
    everything = Found(named=named, below=below, projects=(), folders={})
    return Folder(
        path=path,
        subjects=(*named, *_whole(below, texts), *projects, *library_documents),
        chains=Chains(Reader(texts), everything),
        policies=TolerantPolicies(Path(path) if os.path.isabs(path) else Path.cwd()),
    )


def _whole(names: tuple[str, ...], texts: Texts) -> tuple[str, ...]:
    """The documents that are no parts of others: what is imported need make no sense without its importer."""
    reached = {name: _reached(name, texts) for name in names}
    parts = {part for name, others in reached.items() for part in others if part != name}
    covered: set[str] = set()
    kept = []
    for name in sorted(names, key=lambda name: name in parts):
        if name not in covered:  # of documents that import each other, the first stands for all
            covered |= reached[name]
            kept.append(name)
    return tuple(kept)


def _reached(name: str, texts: Texts) -> set[str]:
    """A document and all that it imports."""
    reached: set[str] = set()
    pending = [name]
    while pending:
        at = pending.pop()
        if at in reached:
            continue
        reached.add(at)
        pending += [texts.locate(target, at) for target in texts.imports(at)]
    return reached
