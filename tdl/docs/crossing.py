"""Cross-references both ways: which tables an element decides over, and where a type is used."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.docs.links import Links, key_of
from tdl.docs.view import Piece, Text
from tdl.ir import plan
from tdl.ir.expr import External, references
from tdl.ir.model import TableId
from tdl.ir.traverse import expressions, walk
from tdl.project.usage import types_in
from tdl.syntax import ast


@dataclass(frozen=True, slots=True)
class _Need:
    """An element that a layout depends on; ``label`` is how messages name it."""

    table: str
    path: tuple[str, ...]
    label: str


class Crossing:
    """What a whole definition says about who needs whom; what a table needs of itself is nobody else's business."""

    def __init__(self, document: ast.Document, of: plan.Plan, links: Links) -> None:
        self.links = links
        self._needs: dict[str, dict[_Need, None]] = {}
        self._deciding: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
        self._depending: dict[str, dict[str, None]] = {}
        self._users: dict[str, dict[str, None]] = {}
        for table in of.tables:
            user = table.key.partition(".")[0]  # a procedure for its records
            for need in _needs(table):
                self._needs.setdefault(table.key, {})[need] = None
                self._deciding.setdefault((need.table, need.path), {})[user] = None
                self._depending.setdefault(need.table, {})[user] = None
        for declaration in document.declarations:
            for name in types_in(declaration):
                self._users.setdefault(name, {})[key_of(declaration)] = None

    def needs(self, key: str) -> Text:
        """The elements that a table's layout depends on."""
        return tuple(
            Piece(text=need.label, href=self.links.element(need.table, need.path)) for need in self._needs.get(key, {})
        )

    def decided_by(self, key: str, path: tuple[str, ...]) -> Text:
        """The tables and procedures whose layout depends on an element."""
        return self._pieces(self._deciding.get((key, path), {}))

    def depending_on(self, key: str) -> Text:
        """The tables and procedures whose layout depends on a table."""
        return self._pieces(self._depending.get(key, {}))

    def users(self, name: str) -> Text:
        """The declarations that name a type."""
        return self._pieces(self._users.get(name, {}))

    def _pieces(self, keys: dict[str, None]) -> Text:
        return tuple(Piece(text=key, href=self.links.key(key)) for key in keys)


def _needs(table: plan.TablePlan) -> dict[_Need, None]:
    found: dict[_Need, None] = {}
    for op in walk(table.root):
        for expression in expressions(op):
            for reference in references(expression):
                if isinstance(reference, External):
                    path = tuple(step for step in reference.path if step != "[]")
                    found[_Need(str(TableId(reference.table)), path, reference.label)] = None
    return found
