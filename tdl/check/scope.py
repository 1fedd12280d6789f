"""What names stand for in one document, found through indexes so that hostile documents stay cheap.

The answers are those of `tdl.syntax.shapes.Shapes.find`; the work is bounded over all questions together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.syntax import ast
from tdl.syntax.closeness import closest
from tdl.syntax.shapes import (
    MAX_TYPE_DEPTH,
    ElementFound,
    Found,
    NotFound,
    Shapes,
    Step,
    TableFound,
    members,
)

MAX_LEVELS = 32
"""How many aliases and arrays may stand between an element and what it is made of."""

MAX_INDEXED = 2_000_000
"""How many names below members are indexed in all, for references that leave members out."""

MAX_PATHS = 10_000
"""How many ways down from one type are followed for such references."""

MAX_TAKEN_OVER = 100_000
"""How many specifications a scope knows of before the next one starts anew, so that they do not pile up."""

MAX_CANDIDATES = 8
MAX_SUGGESTIONS = 20
MAX_COMPARED = 2_000

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an element is made of, behind aliases and arrays; ``arrays`` counts the arrays."""

    arrays: int
    of: ast.Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class _Miss:
    name: ast.Name
    holder: ast.TypeDeclaration | None
    where: str
    candidates: tuple[str, ...] = ()


class Scope:
    """The declarations of a document by name, and what its references name.

    Attributes:
        types, tables: by name; of two with one name the first counts.
        indexed: how many names below members were looked at for references that leave members out.
        exhausted: whether references that leave members out were more work than `MAX_INDEXED`.
    """

    def __init__(self, document: ast.Document) -> None:
        shapes = Shapes(document)
        self.types, self.tables = shapes.types, shapes.tables
        self.exhausted = False
        # by identity, which is quick; the node beside the answer keeps its identity from being given again
        self._made: dict[int, tuple[ast.Specification, Made]] = {}
        self._own: dict[str, dict[str, ast.Member]] = {}
        self._below: dict[str, dict[str, list[tuple[Path, ast.Member, str]]]] = {}
        self.indexed = self._suggested = 0

    def take_over(self, former: Scope, changed: Collection[str]) -> None:
        """Know from the beginning what the scope of a former state knew of all but some names."""
        self._own = {name: each for name, each in former._own.items() if name not in changed}
        self._below = {name: each for name, each in former._below.items() if name not in changed}
        aliases = (each.get(name) for name in changed for each in (self.types, former.types))
        if len(former._made) < MAX_TAKEN_OVER and not any(isinstance(each, ast.Alias) for each in aliases):
            self._made = dict(former._made)

    # --- types -------------------------------------------------------------------------------------------------

    def unaliased(self, specification: ast.Specification) -> ast.Specification:
        """The specification behind aliases; an alias where they lead nowhere."""
        for _ in range(2 * MAX_LEVELS):
            if not isinstance(specification, ast.Named):
                return specification
            declaration = self.types.get(specification.name)
            if not isinstance(declaration, ast.Alias):
                return specification
            specification = declaration.specification
        return specification

    def made(self, specification: ast.Specification) -> Made:
        """What is behind aliases and arrays."""
        found = self._made.get(id(specification))
        if found is None:
            found = self._made[id(specification)] = specification, self._follow(specification)
        return found[1]

    def _follow(self, specification: ast.Specification) -> Made:
        arrays = 0
        specification = self.unaliased(specification)
        while isinstance(specification, ast.Array) and arrays <= 2 * MAX_LEVELS:
            arrays += 1
            specification = self.unaliased(specification.of)
        return Made(arrays=arrays, of=specification)

    def holder(self, specification: ast.Specification) -> ast.Record | ast.BitField | None:
        """The record or bit field that a specification leads to, through aliases and arrays."""
        of = self.made(specification).of
        declaration = self.types.get(of.name) if isinstance(of, ast.Named) else None
        return declaration if isinstance(declaration, ast.Record | ast.BitField) else None

    def sizes(self, specification: ast.Specification) -> Iterator[ast.Expression]:
        """The counts of a specification's arrays, outermost first, and its size, those in aliases included."""
        specification = self.unaliased(specification)
        for _ in range(2 * MAX_LEVELS):
            if not isinstance(specification, ast.Array):
                break
            yield specification.count
            specification = self.unaliased(specification.of)
        if isinstance(specification, ast.Sized):
            yield specification.size

    def own(self, holder: ast.TypeDeclaration) -> dict[str, ast.Member]:
        """A declaration's members by name; of exclusive branches the first counts."""
        found = self._own.get(holder.name)
        if found is None:
            found = self._own[holder.name] = {}
            for member in members(holder):
                found.setdefault(member.name, member)
        return found

    # --- references --------------------------------------------------------------------------------------------

    def find(self, reference: ast.Reference, inside: ast.TypeDeclaration | None = None) -> Found:
        """What a reference names, standing in the declaration ``inside``."""
        first, *rest = reference.steps
        missed: _Miss | None = None
        if inside is not None:
            local = self._path(inside, reference.steps, inside.name)
            if isinstance(local, ElementFound):
                return local
            if local.candidates:
                return self._not_found(local)
            missed = local
        table = self.tables.get(first.name)
        if table is None:
            if missed is not None and missed.name is not first:
                return self._not_found(missed)
            where = f"`{inside.name}` or the tables" if inside else "the tables"
            known = [*islice(self.own(inside) if inside else (), MAX_COMPARED // 2), *self.tables]
            return NotFound(name=first, where=where, close=self.suggest(first.name, known))
        if not rest:
            return TableFound(table=table)
        holder = self.holder(table.specification)
        if holder is None:
            return NotFound(name=rest[0], where=f"`{table.name}`")
        found = self._path(holder, tuple(rest), table.name)
        return self._not_found(found) if isinstance(found, _Miss) else replace(found, table=table)

    def _path(self, holder: ast.TypeDeclaration, names: tuple[ast.Name, ...], where: str) -> ElementFound | _Miss:
        steps: list[Step] = []
        written: list[int] = []
        at: ast.TypeDeclaration | None = holder
        for name in names:
            if at is None:
                return _Miss(name=name, holder=None, where=where)
            own = self.own(at).get(name.name)
            paths = [((), own, at.name)] if own is not None else self._index(at).get(name.name, [])
            if len(paths) != 1:
                shown = (".".join((*(s.member.name for s in way), name.name)) for way, _, _ in paths)
                return _Miss(name=name, holder=at, where=where, candidates=tuple(sorted(set(shown))))
            way, member, owner = paths[0]
            steps += [*way, Step(owner=owner, member=member, subscripts=name.subscripts)]
            written.append(len(steps) - 1)
            at = self.holder(member.specification)
            where = f"{where}.{name.name}"
        return ElementFound(table=None, steps=tuple(steps), written=tuple(written))

    def _index(self, holder: ast.TypeDeclaration) -> dict[str, list[tuple[Path, ast.Member, str]]]:
        """The names below a declaration's members, arrays not entered, each with the ways to it."""
        found = self._below.get(holder.name)
        if found is not None:
            return found
        found = self._below[holder.name] = {}
        seen: set[tuple[str, ...]] = set()
        level: list[tuple[ast.TypeDeclaration, Path]] = [(holder, ())]
        for _ in range(MAX_TYPE_DEPTH):
            following: list[tuple[ast.TypeDeclaration, Path]] = []
            for owner, way in level:
                for member in members(owner):
                    self.indexed += 1
                    made = self.made(member.specification)
                    below = None if made.arrays else self.holder(made.of)
                    if below is None:
                        continue
                    path = (*way, Step(owner=owner.name, member=member))
                    key = tuple(s.member.name for s in path)
                    if key in seen or any(s.owner == below.name for s in path):
                        continue
                    if self.indexed > MAX_INDEXED or len(seen) >= MAX_PATHS:
                        self.exhausted = True
                        return found
                    seen.add(key)
                    own = self.own(below)
                    self.indexed += len(own)
                    for name, element in own.items():
                        ways = found.setdefault(name, [])
                        if len(ways) < MAX_CANDIDATES:
                            ways.append((path, element, below.name))
                    following.append((below, path))
            level = following
        return found

    def _not_found(self, miss: _Miss) -> NotFound:
        known = self.own(miss.holder) if miss.holder and not miss.candidates else ()
        close = self.suggest(miss.name.name, known)
        return NotFound(name=miss.name, where=f"`{miss.where}`", candidates=miss.candidates, close=close)

    def suggest(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """The known name most like one that is not, or two that are equally so; a document gets so many suggestions
        and no more."""
        compared = list(islice(known, MAX_COMPARED))
        if not compared or self._suggested >= MAX_SUGGESTIONS or len(name) > 100:
            return ()
        self._suggested += 1
        upper = name.upper()
        return (upper,) if upper in compared else closest(name, compared)
