"""What a reference names: tables and types of a document by name, and the path from a table to an element.

Published text elides the members that hold an element (``ACT_REGS_TBL.CUM_DEMAND_FLAG`` is inside
``REG_FUNC1_FLAGS``): an exact path is looked for first, then the one descendant of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tdl.deferred import dataclass
from tdl.syntax import ast
from tdl.syntax.closeness import closest

MAX_ALIASES = 64
MAX_TYPE_DEPTH = 32
"""How deep records may nest; the deepest standard table has 5 levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One member on the way to an element: the type that declares it, the member, and the subscripts given."""

    owner: str
    member: ast.Member
    subscripts: tuple[ast.Expression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementFound:
    """``table`` is None for an element of the record the reference stands in.

    ``written`` gives, for each step of the reference as written (its table name left out), the index of the step in
    ``steps`` that it names.
    """

    table: ast.Table | None
    steps: tuple[Step, ...]
    written: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFound:
    """A table's name used as its number."""

    table: ast.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """``name`` is what could not be found in ``where``; ``candidates`` are the paths if there are several."""

    name: ast.Name
    where: str
    candidates: tuple[str, ...] = ()
    close: tuple[str, ...] = ()


Found: TypeAlias = ElementFound | TableFound | NotFound


class Shapes:
    """The declarations of a document by name; of two with one name the first counts."""

    def __init__(self, document: ast.Document) -> None:
        self.types: dict[str, ast.TypeDeclaration] = {}
        self.tables: dict[str, ast.Table] = {}
        for declaration in document.declarations:
            if isinstance(declaration, ast.Table):
                self.tables.setdefault(declaration.name, declaration)
            elif not isinstance(declaration, ast.Procedure):
                self.types.setdefault(declaration.name, declaration)

    def find(self, reference: ast.Reference, inside: ast.TypeDeclaration | None = None) -> Found:
        """What a reference names, standing in the declaration ``inside``."""
        first, *rest = reference.steps
        if inside is not None:
            local = self._path(inside, reference.steps, inside.name)
            if isinstance(local, ElementFound) or local.candidates:
                return local
        table = self.tables.get(first.name)
        if table is None:
            known = [*self.tables, *(self.member_names(inside) if inside else ())]
            where = f"`{inside.name}` or the tables" if inside else "the tables"
            return NotFound(name=first, where=where, close=closest(first.name, known))
        if not rest:
            return TableFound(table=table)
        holder = self.holder(table.specification)
        if holder is None:
            return NotFound(name=rest[0], where=f"`{table.name}`")
        found = self._path(holder, tuple(rest), table.name)
        if isinstance(found, NotFound):
            return found
        return ElementFound(table=table, steps=found.steps, written=found.written)

    def _path(self, holder: ast.TypeDeclaration, names: tuple[ast.Name, ...], where: str) -> ElementFound | NotFound:
        steps: list[Step] = []
        written: list[int] = []
        at: ast.TypeDeclaration | None = holder
        for name in names:
            if at is None:
                return NotFound(name=name, where=f"`{where}`")
            paths = self._exact(at, name.name) or list(self._descendants(at, name.name))
            if len(paths) != 1:
                known = list(self.member_names(at))
                return NotFound(
                    name=name,
                    where=f"`{where}`",
                    candidates=tuple(sorted({".".join(s.member.name for s in path) for path in paths})),
                    close=closest(name.name, known) if not paths else (),
                )
            *way, last = paths[0]
            steps += [*way, Step(owner=last.owner, member=last.member, subscripts=name.subscripts)]
            written.append(len(steps) - 1)
            at = self.holder(last.member.specification)
            where = f"{where}.{name.name}"
        return ElementFound(table=None, steps=tuple(steps), written=tuple(written))

    def _exact(self, holder: ast.TypeDeclaration, name: str) -> list[tuple[Step, ...]]:
        # a name may stand in several exclusive branches: one path all the same
        found = next((m for m in members(holder) if m.name == name), None)
        return [] if found is None else [(Step(owner=holder.name, member=found),)]

    def _descendants(self, holder: ast.TypeDeclaration, name: str) -> Iterator[tuple[Step, ...]]:
        seen = set()
        level: list[tuple[ast.TypeDeclaration, tuple[Step, ...]]] = [(holder, ())]
        for _ in range(MAX_TYPE_DEPTH):
            following: list[tuple[ast.TypeDeclaration, tuple[Step, ...]]] = []
            for owner, way in level:
                for member in members(owner):
                    below = (
                        None
                        if isinstance(self.unaliased(member.specification), ast.Array)
                        else self.holder(member.specification)
                    )
                    path = (*way, Step(owner=owner.name, member=member))
                    key = tuple(s.member.name for s in path)
                    if below is None or key in seen or any(s.owner == below.name for s in path):
                        continue
                    seen.add(key)
                    exact = self._exact(below, name)
                    if exact:
                        yield (*path, *exact[0])
                    following.append((below, path))
                    if len(seen) > 10_000:
                        return
            level = following

    def unaliased(self, specification: ast.Specification) -> ast.Specification:
        """The specification behind aliases."""
        for _ in range(MAX_ALIASES):
            if not isinstance(specification, ast.Named):
                return specification
            declaration = self.types.get(specification.name)
            if not isinstance(declaration, ast.Alias):
                return specification
            specification = declaration.specification
        return specification

    def holder(self, specification: ast.Specification) -> ast.Record | ast.BitField | None:
        """The record or bit field that a specification leads to, through aliases and arrays; None for a built-in."""
        for _ in range(MAX_ALIASES):
            specification = self.unaliased(specification)
            if isinstance(specification, ast.Array):
                specification = specification.of
                continue
            if isinstance(specification, ast.Named):
                declaration = self.types.get(specification.name)
                if isinstance(declaration, ast.Record | ast.BitField):
                    return declaration
            return None
        return None

    def member_names(self, holder: ast.TypeDeclaration) -> Iterator[str]:
        """The names of a declaration's own members."""
        yield from (member.name for member in members(holder))


def members(declaration: ast.TypeDeclaration) -> Iterator[ast.Member]:
    """All members of a declaration in order of declaration, those in conditionals included."""
    if isinstance(declaration, ast.Alias):
        return
    pending: list[ast.Item] = list(reversed(declaration.items))
    while pending:
        item = pending.pop()
        match item:
            case ast.Member():
                yield item
            case ast.If():
                pending.extend(reversed(item.then + item.otherwise))
            case ast.Switch():
                arms = tuple(i for arm in item.arms for i in arm.items)
                pending.extend(reversed(arms + (item.default or ())))
