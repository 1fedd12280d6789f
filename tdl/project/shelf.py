"""Compiled definitions kept between runs: a shelf of files, each opened only as far as it is used.

A file holds the parts of one `Compiled` one by one, so that a program that decodes one table reads the Plan of that
one. It holds the texts it was made from too, and is used only while all of them, and the compiler itself, are as they
were. Whatever is wrong with a shelf, definitions are compiled as if there were none.

Parts are pickles, which run code when they are read. Therefore only files of the user's own are read, in a folder that
nobody else can write to (see `tdl.cache.folder`).
"""

from __future__ import annotations

import io
import marshal
import pickle
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tdl.cache.folder import MAX_FILES as MAX_FILES
from tdl.cache.folder import VARIABLE as VARIABLE
from tdl.cache.folder import Folder, own_folder
from tdl.cache.itself import COMPILER, state_of_itself
from tdl.ir.plan import Plan, TablePlan, find_key
from tdl.project.words import Words, words_of
from tdl.sources import NOWHERE, Resolver, SourceError, SourceFile
from tdl.sources.library import library_names

if TYPE_CHECKING:
    from pathlib import Path

    from tdl.ir.model import Definition as Model
    from tdl.syntax import ast

ENDING = ".tdlc"


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


class _Index(NamedTuple):
    """What stands at the front of a file: its parts by name, as offset and length."""

    texts: tuple[tuple[str, str, str], ...]  # as located, as people know it, the text
    name: str
    hash: str
    tables: tuple[tuple[str, str], ...]  # key and name
    parts: dict[str, tuple[int, int]]


class Shelved:
    """A compiled definition on a shelf; satisfies what `tdl.project.definition.Definition` asks of `Compiled`."""

    def __init__(self, parts: memoryview, index: _Index, texts: tuple[SourceFile, ...]) -> None:
        self._parts, self._index, self._texts = parts, index, texts
        self._tables: dict[str, TablePlan] = {}

    @property
    def name(self) -> str:
        return self._index.name

    @property
    def hash(self) -> str:
        return self._index.hash

    @cached_property
    def document(self) -> ast.Document:
        from tdl.syntax import ast

        document = self._part("document")
        assert isinstance(document, ast.Document)
        return document

    @cached_property
    def model(self) -> Model:
        from tdl.ir.model import Definition as Model

        definition = self._part("model")
        assert isinstance(definition, Model)
        return definition

    @cached_property
    def words(self) -> Words:
        words = self._part("words")
        assert isinstance(words, Words)
        return words

    @cached_property
    def plan(self) -> Plan:
        tables = tuple(self._table(key) for key, _ in self._index.tables)
        return Plan(definition=self.name, hash=self.hash, tables=tables)

    def key(self, name: str) -> str | None:
        return find_key(name, self._index.tables)

    def table(self, name: str) -> TablePlan | None:
        found = self.key(name)
        return None if found is None else self._table(found)

    def _table(self, key: str) -> TablePlan:
        if key not in self._tables:
            table = self._part(key)
            assert isinstance(table, TablePlan)
            self._tables[key] = table
        return self._tables[key]

    def _part(self, name: str) -> object:
        offset, length = self._index.parts[name]
        return _Unpickler(self._parts[offset : offset + length], self._texts).load()


class Shelf:
    """Compiled definitions in a folder, for the compiler as it was when one was first looked for."""

    def __init__(self, files: Folder) -> None:
        self._files = files

    @property
    def folder(self) -> Path:
        """Where it is; it need not be there yet."""
        from pathlib import Path

        return Path(self._files.path)

    @cached_property
    def _compiler(self) -> str:
        return state_of_itself(COMPILER)

    def find(self, names: Iterable[str], resolver: Resolver) -> Shelved | None:
        """The definition that was made from texts of these names, if they are as they were."""
        content = self._files.read(self._key(names))
        if content is None:
            return None
        length = int.from_bytes(content[:4], "little")
        index = _Index(*marshal.loads(content[4 : 4 + length]))
        try:
            texts = [resolver.read(located) for located, _, _ in index.texts]
        except SourceError:
            return None
        if any((text.name, text.text) != kept[1:] for text, kept in zip(texts, index.texts, strict=True)):
            return None
        return Shelved(content[4 + length :], index, tuple(texts))

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
            parts |= {"words": pickler.octets(words_of(definition))}
            parts |= {"model": pickler.octets(definition), "document": pickler.octets(document)}
        except pickle.PicklingError:
            return  # made from a text that is not among those read
        placed, end = {}, 0
        for name, octets in parts.items():
            placed[name] = (end, len(octets))
            end += len(octets)
        index = _Index(
            texts=tuple((located, text.name, text.text) for located, text in texts.items()),
            name=definition.name,
            hash=definition.hash,
            tables=tuple((table.key, table.name) for table in of.tables),
            parts=placed,
        )
        front = marshal.dumps(tuple(index))
        self._files.write(self._key(names), b"".join((len(front).to_bytes(4, "little"), front, *parts.values())))

    def _key(self, names: Iterable[str]) -> str:
        return "\0".join((*names, self._compiler))


def own_shelf() -> Shelf | None:
    """The user's shelf; None if nothing is to be kept."""
    folder = own_folder(ENDING)
    return None if folder is None else Shelf(folder)


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
    def __init__(self, octets: memoryview, texts: tuple[SourceFile, ...]) -> None:
        super().__init__(io.BytesIO(octets))
        self.texts = (NOWHERE.source, *texts)

    def persistent_load(self, number: int) -> SourceFile:
        return self.texts[number]
