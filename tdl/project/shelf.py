"""Compiled definitions kept between runs: a shelf of files, each opened only as far as it is used.

A file holds the parts of one `Compiled` one by one, so that a program that decodes one table reads the Plan of that
one. It says which texts it was made from and their hashes; it is used only while all of them, and the compiler itself,
are as they were. Whatever is wrong with a shelf, definitions are compiled as if there were none.

Files are pickles, which run code when they are read. Therefore only files of the user's own are read, in a folder that
nobody else can write to.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tdl.ir.model import Definition as Model
from tdl.ir.plan import Plan, TablePlan, find_key
from tdl.sources import NOWHERE, Resolver, SourceError, SourceFile
from tdl.sources.grammars import grammar_folder
from tdl.sources.library import library_names
from tdl.syntax import ast

VARIABLE = "TDL_CACHE_DIR"
"""The environment variable that names the shelf's folder; empty, there is none."""

MAX_FILES = 64
"""How many files a shelf keeps; the oldest go first."""

_MAGIC = b"tdl shelf 1\n"
_DIGEST = hashlib.sha256
_ROOMS = ("sources", "report", "syntax", "merge", "check", "ir", "pipeline.py")
"""What decides how a definition compiles, beside the grammars."""


class Recorder(Resolver):
    """A resolver that remembers what was read through it.

    Attributes:
        texts: what was read, as located.
        looked_around: whether anything was found by looking into a folder or at a part of a text, which a later run
            could not check.
    """

    def __init__(self, inner: Resolver) -> None:
        super().__init__()
        self.inner = inner
        self.texts: dict[str, SourceFile] = {}
        self.looked_around = False

    def locate(self, name: str, beside: str | None = None) -> str:
        return self.inner.locate(name, beside)

    def read(self, located: str) -> SourceFile:
        if located not in self.texts:
            self.texts[located] = self.inner.read(located)
        return self.texts[located]

    def beginning(self, located: str, limit: int) -> str:
        if located in library_names():
            return self.read(located).text[:limit]
        self.looked_around = True
        return self.inner.beginning(located, limit)

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        self.looked_around = True
        return self.inner.beside(located, ending)


@dataclass(frozen=True, slots=True)
class _Index:
    """What stands at the front of a file: its parts by name, as offset and length."""

    texts: tuple[tuple[str, str, str], ...]  # as located, as people know it, hash
    name: str
    hash: str
    tables: tuple[tuple[str, str], ...]  # key and name
    parts: Mapping[str, tuple[int, int]]


class Shelved:
    """A compiled definition on a shelf; satisfies what `tdl.project.definition.Definition` asks of `Compiled`."""

    def __init__(self, octets: bytes, index: _Index, texts: tuple[SourceFile, ...]) -> None:
        self._octets, self._index, self._texts = octets, index, texts
        self._tables: dict[str, TablePlan] = {}

    @property
    def name(self) -> str:
        return self._index.name

    @property
    def hash(self) -> str:
        return self._index.hash

    @cached_property
    def document(self) -> ast.Document:
        document = self._part("document")
        assert isinstance(document, ast.Document)
        return document

    @cached_property
    def model(self) -> Model:
        definition = self._part("model")
        assert isinstance(definition, Model)
        return definition

    @cached_property
    def plan(self) -> Plan:
        tables = tuple(self._table(key) for key, _ in self._index.tables)
        return Plan(definition=self.name, hash=self.hash, tables=tables)

    def table(self, key: str) -> TablePlan | None:
        found = find_key(key, self._index.tables)
        return None if found is None else self._table(found)

    def _table(self, key: str) -> TablePlan:
        if key not in self._tables:
            table = self._part(key)
            assert isinstance(table, TablePlan)
            self._tables[key] = table
        return self._tables[key]

    def _part(self, name: str) -> object:
        offset, length = self._index.parts[name]
        return _Unpickler(self._octets[offset : offset + length], self._texts).load()


class Shelf:
    """A folder of compiled definitions.

    Args:
        folder: where; it is made when something is put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, names: Iterable[str], resolver: Resolver) -> Shelved | None:
        """The definition that was made from texts of these names, if they are as they were."""
        try:
            octets = self._read(self._file(names))
            head = len(_MAGIC) + _DIGEST().digest_size
            if octets[: len(_MAGIC)] != _MAGIC or octets[len(_MAGIC) : head] != _DIGEST(octets[head:]).digest():
                return None
            index = pickle.loads(memoryview(octets)[head:])
            texts = [resolver.read(located) for located, _, _ in index.texts]
        except (OSError, SourceError, pickle.UnpicklingError):
            return None
        if any(
            text.name != name or _hash(text) != hash for text, (_, name, hash) in zip(texts, index.texts, strict=True)
        ):
            return None
        return Shelved(octets, index, tuple(texts))

    def put(
        self,
        names: Iterable[str],
        texts: Mapping[str, SourceFile],
        document: ast.Document,
        definition: Model,
        of: Plan,
    ) -> None:
        """Keep a definition that was made from texts; if it cannot be kept, nothing is."""
        pickler = _Pickling(tuple(texts.values()))
        try:
            parts = {table.key: pickler.octets(table) for table in of.tables}
            parts |= {"model": pickler.octets(definition), "document": pickler.octets(document)}
        except pickle.PicklingError:
            return  # made from a text that is not among those read
        index = _Index(
            texts=tuple((located, text.name, _hash(text)) for located, text in texts.items()),
            name=definition.name,
            hash=definition.hash,
            tables=tuple((table.key, table.name) for table in of.tables),
            parts={},
        )
        head = len(_MAGIC) + _DIGEST().digest_size
        body = _laid_out(index, parts, head)
        try:
            self._write(self._file(names), _MAGIC + _DIGEST(body).digest() + body)
        except OSError:
            return

    def _file(self, names: Iterable[str]) -> Path:
        said = "\0".join((_compiler(), *names))
        return self.folder / f"{_DIGEST(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.tdlc"

    def _read(self, path: Path) -> bytes:
        with open(path, "rb") as stream:
            for held in (os.fstat(stream.fileno()), os.stat(self.folder)):
                if hasattr(os, "getuid") and (
                    held.st_uid != os.getuid() or held.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
                ):
                    raise PermissionError(path)
            return stream.read()

    def _write(self, path: Path, octets: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as stream:
                stream.write(octets)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        files = sorted(self.folder.glob("*.tdlc"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in files[MAX_FILES:]:
            file.unlink(missing_ok=True)


def own_shelf() -> Shelf | None:
    """The user's shelf: what `VARIABLE` names, else a folder where programs keep what they can make again."""
    said = os.environ.get(VARIABLE)
    if said is not None:
        return Shelf(Path(said)) if said else None
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA")
    else:
        place = os.environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if (home := os.environ.get("HOME")) else None)
    return Shelf(Path(place) / "tdl") if place else None


def _own(held: os.stat_result) -> bool:
    """Whether nobody but the user could have written this."""
    if not hasattr(os, "getuid"):
        return True  # where files have no such owners, the user's folders are the user's
    return held.st_uid == os.getuid() and not held.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _hash(text: SourceFile) -> str:
    return _DIGEST(text.text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _compiler() -> str:
    """What compiles: the interpreter, size and time of every file of the compiler, and when anything was installed.

    What is installed may bring rules, and the folders of packages tell of it at a fraction of the time that it takes to
    ask for them.
    """
    root = Path(__file__).parents[1]
    places = [*map(str, (root / room for room in _ROOMS)), str(grammar_folder())]
    held = sorted(file for place in places for file in _files(place))
    folders = [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]
    return repr((sys.version, held, [(path, os.stat(path).st_mtime_ns) for path in folders]))


def _files(place: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of a file, or of the files in a folder."""
    if os.path.isfile(place):
        status = os.stat(place)
        yield place, status.st_size, status.st_mtime_ns
        return
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith((".py", ".lark")):
                yield entry.path, entry.stat().st_size, entry.stat().st_mtime_ns


def _laid_out(index: _Index, parts: Mapping[str, bytes], head: int) -> bytes:
    """The index and then the parts, with offsets from the start of the file."""
    at = 0
    for _ in range(8):  # the offsets make the index longer, and so move themselves
        offset, placed = at, {}
        for name, octets in parts.items():
            placed[name] = (offset, len(octets))
            offset += len(octets)
        front = pickle.dumps(_Index(index.texts, index.name, index.hash, index.tables, placed), 5)
        if head + len(front) == at:
            break
        at = head + len(front)
    return front + b"".join(parts.values())


class _Pickling:
    """Parts of a definition as octets; a text is written as its number."""

    def __init__(self, texts: tuple[SourceFile, ...]) -> None:
        self.numbers = {id(text): number for number, text in enumerate((NOWHERE.source, *texts))}

    def octets(self, part: object) -> bytes:
        stream = io.BytesIO()
        _Pickler(stream, self.numbers).dump(part)
        return stream.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, numbers: Mapping[int, int]) -> None:
        super().__init__(stream, 5)
        self.numbers = numbers

    def persistent_id(self, value: object) -> int | None:
        if not isinstance(value, SourceFile):
            return None
        if id(value) not in self.numbers:
            raise pickle.PicklingError(value.name)
        return self.numbers[id(value)]


class _Unpickler(pickle.Unpickler):
    def __init__(self, octets: bytes, texts: tuple[SourceFile, ...]) -> None:
        super().__init__(io.BytesIO(octets))
        self.texts = (NOWHERE.source, *texts)

    def persistent_load(self, number: int) -> SourceFile:
        return self.texts[number]
