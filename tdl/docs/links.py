"""Where names lead: pages and anchors of tables, elements, types and enumerations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tdl.docs.view import Piece, Text
from tdl.ir import plan
from tdl.ir.lower import table_id
from tdl.ir.model import PENDING, TableId
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Shapes, TableFound

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def page_of(identity: TableId) -> str:
    """The page of a table's decade, without the ending: ``decade-2``, ``mfg-0``."""
    group = {"": "decade", "MFG": "mfg", "USER": "user"}[identity.group]
    return f"{group}-{identity.number // 10}"


def key_of(declaration: ast.Declaration) -> str:
    """``ST23``, ``SP4``, or a type's name."""
    match declaration:
        case ast.Table(number=number):
            return str(table_id(number))
        case ast.Procedure(number=number):
            identity = table_id(number)
            return f"{'MP' if identity.group else 'SP'}{identity.number}"
        case _:
            return declaration.name


def key_of_table(table: plan.TablePlan) -> str:
    """The same for what a Plan moves: of a procedure's record its procedure, of a pending copy its table."""
    name, dot, _ = table.key.partition(".")
    return name if dot else str(TableId(table.id & ~PENDING))


class Links:
    """The addresses of a definition's things, as one kind of page writes them.

    Args:
        markdown: addresses are those that a repository's pages give to headings; elements and records have none.
    """

    def __init__(self, document: ast.Document, *, markdown: bool = False) -> None:
        self.shapes = Shapes(document)
        self.markdown = markdown
        self.tables = {key_of(d): d for d in document.declarations if isinstance(d, ast.Table)}
        self.procedures = {key_of(d): d for d in document.declarations if isinstance(d, ast.Procedure)}
        self._known: dict[str, str] = {}
        self._locals: dict[tuple[str, str], str] = {}

    def table(self, key: str) -> str:
        """The address of ``ST23``; nothing if there is no such table."""
        table = self.tables.get(key)
        if table is None:
            return ""
        page = page_of(table_id(table.number))
        return f"{page}.md#{key.lower()}-{table.name.lower()}" if self.markdown else f"{page}.html#{key}"

    def procedure(self, key: str) -> str:
        """The address of ``SP4``; nothing if there is none."""
        procedure = self.procedures.get(key)
        if procedure is None:
            return ""
        return f"procedures.md#{key.lower()}-{procedure.name.lower()}" if self.markdown else f"procedures.html#{key}"

    def key(self, key: str) -> str:
        """The address of a table, a procedure or a type by what it is called."""
        return self.table(key) or self.procedure(key) or self.type(key)

    def element(self, key: str, path: tuple[str, ...]) -> str:
        """The address of an element by its table and names; the table's if it has no such element."""
        there = self.table(key)
        if self.markdown or not there:
            return there
        steps = (self.tables[key].name, *path)
        found = self.shapes.find(ast.Reference(steps=tuple(ast.Name(name=step) for step in steps)))
        return ".".join((there, *path)) if isinstance(found, ElementFound) else there

    def type(self, name: str) -> str:
        """The address of a declared type or enumeration; nothing for a built-in one."""
        declaration = self.shapes.types.get(name)
        if declaration is None:
            return ""
        if isinstance(declaration, ast.Enumeration):
            return f"enumerations.md#{name.lower()}" if self.markdown else f"enumerations.html#{name}"
        return "" if self.markdown else f"types.html#{name}"

    def text(self, text: str) -> Text:
        """A text with a link at every name that leads somewhere."""
        return tuple(_pieces(text, self._href))

    def member_text(self, text: str, owner: str, around: str) -> Text:
        """The same for what stands in a member of ``owner``, which also names members beside itself.

        Args:
            around: the anchor of what holds the member.
        """
        return tuple(_pieces(text, lambda name: self._href(name) or self._beside(name, owner, around)))

    def _beside(self, name: str, owner: str, around: str) -> str:
        if (owner, name) not in self._locals:
            reference = ast.Reference(steps=tuple(ast.Name(name=step) for step in name.split(".")))
            found = self.shapes.find(reference, self.shapes.types[owner])
            steps = found.steps if isinstance(found, ElementFound) and found.table is None else ()
            self._locals[owner, name] = ".".join(step.member.name for step in steps)
        there = self._locals[owner, name]
        return f"#{around}.{there}" if there and not self.markdown else ""

    def _href(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str:
        first, *rest = name.split(".")
        if not rest or first not in self.shapes.tables:
            return self.type(rest[-1] if rest else first) or self._table_named(name)
        found = self.shapes.find(ast.Reference(steps=tuple(ast.Name(name=step) for step in name.split("."))))
        match found:
            case ElementFound(table=ast.Table() as table, steps=steps):
                return self.element(key_of(table), tuple(step.member.name for step in steps))
            case TableFound(table=table):
                return self.table(key_of(table))
            case _:
                return ""

    def _table_named(self, name: str) -> str:
        table = self.shapes.tables.get(name)
        return "" if table is None else self.table(key_of(table))


def _pieces(text: str, href: Callable[[str], str]) -> Iterator[Piece]:
    at = 0
    for found in _NAME.finditer(text):
        target = href(found[0])
        if target:
            if found.start() > at:
                yield Piece(text=text[at : found.start()])
            yield Piece(text=found[0], href=target)
            at = found.end()
    if at < len(text):
        yield Piece(text=text[at:])
