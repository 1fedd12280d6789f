"""A workspace: the documents that an editor shows, those around them, and what is wrong with each.

Plain Python without a protocol: names are those of `tdl.lsp.addresses`, and what is found has the compiler's spans.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tdl.lsp.addresses import library_name, uri_of_name
from tdl.lsp.positions import Encoding, Lines
from tdl.lsp.subjects import Folder, find_folder
from tdl.lsp.texts import Texts
from tdl.lsp.units import Shape, Unit, Units
from tdl.project.settings import SETTINGS_NAME, SettingsError
from tdl.report import Diagnostic, Report
from tdl.report.place import is_of_library
from tdl.review.allowing import Allow, Allows
from tdl.review.policies import Policies
from tdl.sources import SourceError, SourceFile
from tdl.syntax import ast
from tdl.syntax.bases import header_in


class Workspace:
    """Folders and open documents.

    Attributes:
        folders: the absolute paths of the folders that are checked as a whole.
        encoding: what columns count.
        texts: every text by name.
    """

    def __init__(self, folders: Iterable[str] = (), encoding: Encoding = Encoding.UTF16) -> None:
        self.folders = tuple(os.path.abspath(folder) for folder in folders)
        self.encoding = encoding
        self.texts = Texts()
        self.units = Units(self.texts)
        self._found: dict[str, Unit] = {}
        self._folders: dict[str, Folder] | None = None
        self._lines: dict[str, tuple[SourceFile, Lines]] = {}
        self._uris: dict[str, str] = {}
        self._allows = _KeptAllows()
        self._heads: dict[str, object] = {}

    # --- what the editor tells -----------------------------------------------------------------------------------

    def name(self, uri: str, name: str) -> str:
        """What a text is called here: library files that nobody works on have the library's names."""
        if not name.startswith("<") and self.folder_of(name) is None:
            name = library_name(name) or name
        self._uris[name] = uri
        return name

    def uri(self, name: str) -> str | None:
        """Where an editor finds a text."""
        return self._uris.get(name) or uri_of_name(name)

    def open(self, name: str, text: str) -> None:
        """An editor holds a text from now on, or holds another one."""
        is_new = name not in self.texts.open
        if not is_new and self.texts.open[name].text == text:
            return
        self._heads.setdefault(name, self._head(name))
        self.texts.put(name, text)
        self._touch([name])
        if is_new and self.folder_of(name) is None:
            self._folders = None

    def close(self, name: str) -> None:
        """An editor holds a text no longer: what the file says counts."""
        self.texts.drop(name)
        self._touch([name])
        if self.folder_of(name) is None:
            self._folders = None

    def files_changed(self, names: Iterable[str], *, listed: bool) -> None:
        """Files have changed; ``listed`` if some are new or gone, or settings are among them."""
        names = list(names)
        for name in names:
            if name not in self.texts.open:
                self.texts.forget(name)
        if listed or any(os.path.basename(name) == SETTINGS_NAME for name in names):
            self.reset()
        else:
            self._touch(names)

    def look_at_files(self) -> None:
        """See which files have changed, for editors that do not tell."""
        self._touch(self.texts.changed())

    def set_folders(self, folders: Iterable[str]) -> None:
        """Other folders are checked from now on."""
        self.folders = tuple(os.path.abspath(folder) for folder in folders)
        self.reset()

    def reset(self) -> None:
        """Look at everything anew."""
        self._folders = None
        for unit in self._found.values():
            unit.stale = True

    def _touch(self, names: Iterable[str]) -> None:
        names = set(names)
        for unit in self._found.values():
            unit.stale = unit.stale or not names.isdisjoint(unit.depends)
        for name in names:
            head = self._head(name)
            if name in self._heads and self._heads[name] != head:
                self.reset()
            self._heads[name] = head

    def _head(self, name: str) -> object:
        """What other documents know a document by, and what it is made of."""
        tree, source = self.texts.tree(name), self.source(name)
        if tree is None or source is None:
            return None
        return type(tree), header_in(source.text, name), [each.target for each in tree.imports]

    # --- what is checked -----------------------------------------------------------------------------------------

    def folder_of(self, name: str) -> str | None:
        """The innermost folder that holds a file."""
        around = [each for each in self.folders if Path(name).is_relative_to(each)]
        return max(around, key=len, default=None)

    def work(self, first: str | None = None) -> Iterator[Unit]:
        """Check what has to be checked, one unit after the other; ``first`` is the text that somebody is writing.

        Each unit is given when it is fresh; whoever stops asking can come back later.
        """
        while True:
            folders = self._all_folders()
            waiting = [key for folder in folders.values() for key in folder.subjects if self._is_stale(key)]
            if not waiting:
                return
            waiting.sort(key=lambda key: self._turn(key, first))
            yield self._check(waiting[0], folders)

    def _turn(self, key: str, first: str | None) -> tuple[bool, bool, bool, int]:
        """What is being written comes first, then what depends on it, bases before their fragments."""
        depends = self._depends(key)
        return key != first, first not in depends, key not in self.texts.open, len(depends)

    def _is_stale(self, key: str) -> bool:
        unit = self._found.get(key)
        return unit is None or unit.stale

    def _depends(self, key: str) -> frozenset[str]:
        unit = self._found.get(key)
        return frozenset() if unit is None else unit.depends

    def _check(self, key: str, folders: dict[str, Folder]) -> Unit:
        folder = next(each for each in folders.values() if key in each.subjects)
        former, made = self._found.get(key), None
        if os.path.basename(key) == SETTINGS_NAME:
            try:
                made = self.units.project(Path(key), former)
            except SettingsError as error:
                made = Unit(main=key, findings=tuple(error.report), depends=frozenset([key]))
        else:
            edition = folder.policies.of(key).edition
            made = self.units.document(key, folder.chains, edition, former)
        unit = self._found[key] = made or Unit(main=key, depends=frozenset([key]))
        for name in unit.texts:
            self._heads.setdefault(name, self._head(name))
        return unit

    def _all_folders(self) -> dict[str, Folder]:
        if self._folders is None:
            outside = [n for n in self.texts.open if self.folder_of(n) is None and not is_of_library(n)]
            places: dict[str, list[str]] = {folder: [] for folder in self.folders}
            for name in outside:
                if name.endswith(SETTINGS_NAME):
                    continue
                places.setdefault(os.path.dirname(name) if os.path.isabs(name) else "<>", []).append(name)
            self._folders = {
                path: find_folder(path, tuple(named), self.texts, whole=path in self.folders)
                for path, named in places.items()
            }
            subjects = {key for folder in self._folders.values() for key in folder.subjects}
            self._found = {key: unit for key, unit in self._found.items() if key in subjects}
        return self._folders

    # --- what was found ------------------------------------------------------------------------------------------

    def findings(self) -> dict[str, list[Diagnostic]]:
        """What is wrong, by the name of the text that it is shown in; of stale units nothing is said."""
        fresh = [unit for unit in self._found.values() if not unit.stale]
        shown: dict[str, Report] = defaultdict(Report)
        placeless: dict[str, Report] = defaultdict(Report)
        report = Report()
        texts: dict[str, SourceFile] = {}
        complete: set[str] = set()
        for unit in fresh:
            texts |= unit.texts
            complete |= unit.complete
            for each in unit.findings:
                if each.primary is None:
                    placeless[unit.main].add(each)
                else:
                    report.add(each)
        allows = self._allows.fresh()
        sifted = Report()
        sifted.extend(allows.sift(report))
        sifted.extend(allows.findings(texts, complete))
        for each in sifted:
            if each.primary is not None:
                name = each.primary.span.source.name
                for ruled in self._policies(name).apply([each]):
                    shown[name].add(ruled)
        for name, found in placeless.items():
            shown[name].extend(self._policies(name).apply(found))
        for folder in self._all_folders().values():
            for path, problems in folder.policies.problems.items():
                if path not in self._found:
                    shown[path].extend(problems)
        return {name: list(found) for name, found in shown.items()}

    def _policies(self, name: str) -> Policies:
        place = self.folder_of(name) or (os.path.dirname(name) if os.path.isabs(name) else "<>")
        folders = self._all_folders()
        return (folders.get(place) or next(iter(folders.values()))).policies

    # --- what features ask ---------------------------------------------------------------------------------------

    def source(self, name: str) -> SourceFile | None:
        """A text as it is now."""
        try:
            return self.texts.read(name)
        except SourceError:
            return None

    def lines(self, source: SourceFile) -> Lines:
        """The lines of a text, as the editor counts them."""
        kept = self._lines.get(source.name)
        if kept is None or kept[0] is not source:
            kept = self._lines[source.name] = source, Lines.of(source.text, self.encoding)
        return kept[1]

    def unit(self, name: str) -> Unit | None:
        """The fresh unit that tells what a text means: its own, else the first that it is a part of."""
        if is_of_library(name) and not any(name in unit.depends for unit in self._found.values()):
            self._add_library()
        folders = self._all_folders()
        own = [key for folder in folders.values() for key in folder.subjects if key == name]
        around = [key for key, unit in self._found.items() if name in unit.texts]
        below = [key for key, unit in self._found.items() if name in unit.depends]
        for key in (*own, *around, *below):
            unit = self._check(key, folders) if self._is_stale(key) else self._found[key]
            if unit.shape is not None or unit.base is not None:
                return unit
        for key in [k for folder in folders.values() for k in folder.subjects if k not in self._found]:
            unit = self._check(key, folders)
            if name in unit.depends:
                return unit
        return None

    def all_units(self) -> list[Unit]:
        """Every unit, fresh."""
        for _ in self.work():
            pass
        return list(self._found.values())

    def shapes(self, unit: Unit) -> list[Shape]:
        """The documents that a unit's names stand for something in, the whole first."""
        found = [each for each in (unit.shape, unit.base) if each is not None]
        if not found and isinstance(unit.tree, ast.Document):
            found.append(Shape(unit.tree))
        return found

    def _add_library(self) -> None:
        """Somebody looks at the library alone: its own documents are what tells what they mean."""
        folder = find_folder("<library>", (), self.texts, whole=False, library=True)
        self._all_folders()["<library>"] = folder


class _KeptAllows(Allows):
    """Comments that allow something, looked for once in every text."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, tuple[SourceFile, tuple[Allow, ...]]] = {}

    def fresh(self) -> _KeptAllows:
        """The same comments, none of them used yet."""
        copy = _KeptAllows()
        copy._kept = self._kept
        return copy

    def of(self, source: SourceFile) -> tuple[Allow, ...]:
        kept = self._kept.get(source.name)
        if kept is None or kept[0] is not source:
            kept = self._kept[source.name] = source, super().of(source)
        return kept[1]
