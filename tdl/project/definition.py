"""A compiled definition: the facade that the command line and programs use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from tdl.codec.errors import TdlError
from tdl.frozen import replace
from tdl.project.shelf import Recorder, Shelved, own_shelf
from tdl.project.words import Words, words_of
from tdl.sources import Resolver, SourceFile

if TYPE_CHECKING:
    from tdl import pipeline
    from tdl.codec.decoder import Listener
    from tdl.codec.environment import Environment
    from tdl.codec.values import Record
    from tdl.ir.bind import Known
    from tdl.ir.model import Definition as Model
    from tdl.ir.plan import Plan, TablePlan
    from tdl.project.specialising import Specialised
    from tdl.report import Diagnostic, Report
    from tdl.syntax import ast

DocumentName: TypeAlias = str | os.PathLike[str]
"""Where a document is: a path, or a library name such as ``std:2012``."""

TableName: TypeAlias = str | int
"""What a table is called: ``ST23``, ``MT5``, its name, or the number of a standard table."""


class CompileError(TdlError):
    """A definition does not compile; ``report`` holds every finding."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("\n".join(_line(d) for d in report))


class UnknownTable(TdlError, LookupError):
    """A definition has no table or procedure record of a name."""

    def __init__(self, definition: str, key: TableName) -> None:
        super().__init__(f"{definition} has no table `{key}`")
        self.definition, self.key = definition, key


class Compiled(Protocol):
    """What the compiler makes: fresh as `tdl.pipeline.Compiled`, or kept as `tdl.project.shelf.Shelved`."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def document(self) -> ast.Document: ...
    @property
    def model(self) -> Model: ...
    @property
    def plan(self) -> Plan: ...
    def table(self, key: str) -> TablePlan | None: ...


class Definition:
    """A base document and its fragments, compiled.

    Attributes:
        document: the merged document, with the origins of everything in it.
        model: what the tables are.
        plan: how their octets move, for any meter.
        hash: SHA-256 of the content.
    """

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._pending: dict[str, TablePlan] = {}

    @cached_property
    def _codec(self) -> Specialised:
        from tdl.project.specialising import Specialised  # what moves values is not needed to make files

        return Specialised()

    @property
    def document(self) -> ast.Document:
        return self._compiled.document

    @property
    def model(self) -> Model:
        return self._compiled.model

    @property
    def plan(self) -> Plan:
        return self._compiled.plan

    @property
    def name(self) -> str:
        return self._compiled.name

    @property
    def hash(self) -> str:
        return self._compiled.hash

    def table(self, key: TableName) -> TablePlan:
        """The Plan of a table: ``ST23``, ``MT5``, ``23`` as a text or a number, its name, ``ST23P`` for its pending
        copy, ``SP4.parameter`` for a procedure's record.

        Raises:
            UnknownTable: the definition has none of that name.
        """
        name = str(key)
        found = self._compiled.table(name)
        if found is None and name.upper().endswith("P"):
            found = self._pending_table(name.upper())
        if found is None:
            raise UnknownTable(self.name, key)
        return found

    def key(self, name: TableName) -> str:
        """The key of a table by any of its names, which takes no Plan.

        Raises:
            UnknownTable: as `table`.
        """
        if isinstance(self._compiled, Shelved):
            found = self._compiled.key(str(name))
            if found is not None:
                return found
        return self.table(name).key

    @property
    def words(self) -> Words:
        """What codes and units are called."""
        return self._compiled.words if isinstance(self._compiled, Shelved) else words_of(self.model)

    def _pending_table(self, key: str) -> TablePlan | None:
        if key not in self._pending and self.model.pending_header is not None:
            table = next((t for t in self.model.tables if str(t.id) == key[:-1]), None)
            if table is not None:
                from tdl.ir.schedule import pending_plan

                self._pending[key] = pending_plan(self.model, table)
        return self._pending.get(key)

    def with_pending(self) -> Plan:
        """The Plan with the pending copies of all tables; as it is if the definition says nothing of them."""
        if self.model.pending_header is None:
            return self.plan
        copies = (self.table(f"{table.id}P") for table in self.model.tables)
        return replace(self.plan, tables=(*self.plan.tables, *copies))

    def bind(self, key: TableName, known: Known) -> TablePlan:
        """A table's Plan, specialised to what is known of a meter."""
        from tdl.ir.bind import bind_table

        return bind_table(self.table(key), known)

    def decode(
        self, key: TableName, data: bytes, environment: Environment | None = None, listener: Listener | None = None
    ) -> Record:
        """The values of one table's octets; see `tdl.codec.decoder.decode`."""
        if listener is not None:
            from tdl.codec.decoder import decode

            return decode(self.table(key), data, environment, listener)
        return self._codec.decode(self.table(key), data, environment)

    def encode(
        self, key: TableName, values: Record | Mapping[str, object], environment: Environment | None = None
    ) -> bytes:
        """The octets of one table's values; see `tdl.codec.encoder.encode`."""
        return self._codec.encode(self.table(key), values, environment)

    def __repr__(self) -> str:
        return f"<Definition {self.name} {self.hash[:12]}, {len(self.model.tables)} tables>"


class Fresh(NamedTuple):
    """What was made of a definition that had to be compiled, the texts by path, and what the passes noted."""

    compiled: pipeline.Compiled
    texts: Mapping[str, SourceFile]
    notes: pipeline.Notes


def load(
    definition: DocumentName,
    fragments: Iterable[DocumentName] = (),
    resolver: Resolver | None = None,
    near: Iterable[DocumentName] = (),
) -> Definition:
    """Compile a definition: a path or a library name such as ``std:2012``, and fragments in declared order.

    A definition may be a fragment: its base is looked for in the library, in ``near``, and beside it.

    What has been compiled before is taken from the user's shelf (see `tdl.project.shelf`) if nothing has changed.

    Raises:
        CompileError: something in the documents is wrong; all of it is in the error's report.
    """
    return load_and_tell(definition, fragments, resolver, near, lambda _: None)


def load_and_tell(
    definition: DocumentName,
    fragments: Iterable[DocumentName],
    resolver: Resolver | None,
    near: Iterable[DocumentName],
    fresh: Callable[[Fresh], object],
) -> Definition:
    """The same.

    Args:
        fresh: is told if it had to be compiled, and if another run could look at all that it was made from.

    Raises:
        CompileError: as `load`.
    """
    asked = tuple(os.fspath(name) for name in (definition, *fragments))
    beside = tuple(os.fspath(name) for name in near)
    names = (*asked, "", *beside)
    sources = resolver or Resolver()
    shelf = None if "-" in names else own_shelf()
    kept = None if shelf is None else shelf.find(names, sources)
    if kept is not None:
        return Definition(kept)
    from tdl import pipeline  # the compiler takes its time to import, and is not needed for what is kept

    recorder = Recorder(sources)
    notes = pipeline.Notes()
    context = pipeline.Context(resolver=recorder, notes=notes)
    request = pipeline.Request(definition=asked[0], fragments=asked[1:], near=beside)
    compiled = pipeline.run(request, context)
    if compiled is None:
        raise CompileError(context.report)
    if not recorder.looked_around:
        fresh(Fresh(compiled, recorder.texts, notes))
    if shelf is not None and not recorder.looked_around:
        shelf.put(names, recorder.texts, compiled.document, compiled.model, compiled.plan)
    return Definition(compiled)


def _line(diagnostic: Diagnostic) -> str:
    place = diagnostic.primary.span.place if diagnostic.primary else diagnostic.place
    return f"{place}: {diagnostic.severity.value} {diagnostic.code}: {diagnostic.message}"
