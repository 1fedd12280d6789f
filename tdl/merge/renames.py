"""Renames: every reference goes on naming what it named before.

What a tree names is found with the shapes as they were before a rename, and named as it is called now. Where the
short form that published text uses would lead elsewhere, the whole path is written instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, field, replace

from tdl.merge.namings import Namings
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Found, NotFound, Shapes, TableFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """One rename; ``owner`` is the type of a member. ``kind`` is TYPE, TABLE or MEMBER."""

    fragment: int
    kind: str
    old: str
    new: str
    owner: str = ""


@dataclass(slots=True)
class FormerNames:
    """What types, tables and members (with their type as it is called now) were called, by what they are called now."""

    types: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    members: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, renamings: Iterable[Renaming]) -> FormerNames:
        """The names before the first of some renames, which happened in this order."""
        former = cls()
        for r in renamings:
            match r.kind:
                case "TYPE":
                    former.types[r.new] = former.types.pop(r.old, r.old)
                    for owner, name in [key for key in former.members if key[0] == r.old]:
                        former.members[r.new, name] = former.members.pop((owner, name))
                case "TABLE":
                    former.tables[r.new] = former.tables.pop(r.old, r.old)
                case _:
                    former.members[r.owner, r.new] = former.members.pop((r.owner, r.old), r.old)
        return former

    def all(self) -> set[str]:
        """Every name concerned, old and new: a tree that mentions none of them stays as it is."""
        names = {name for pair in (*self.types.items(), *self.tables.items()) for name in pair}
        for (_, now), was in self.members.items():
            names |= {now, was}
        return names


class Rewriter:
    """Writes what trees mean in former names as it is called now.

    Args:
        now: the shapes with the present names.
        former: what was called otherwise when the trees were written.
    """

    def __init__(self, now: Shapes, former: FormerNames) -> None:
        self.now, self.past = _with_old_types(now, former), _past(now, former)
        self.types = {was: name for name, was in former.types.items()}
        self.tables = {was: name for name, was in former.tables.items()}
        self.members = {(owner, was): name for (owner, name), was in former.members.items()}

    def inside(self, declaration: ast.Declaration | None) -> Namings:
        """What to walk a tree with that stands in a declaration (as it is called now)."""
        if declaration is None or isinstance(declaration, ast.Table | ast.Procedure):
            return Namings(self._type, lambda reference: self._reference(reference, None, None))
        past = self.past.types.get(declaration.name, declaration)
        return Namings(self._type, lambda reference: self._reference(reference, past, declaration))

    def _type(self, name: str) -> str:
        return self.types.get(name, name)

    def _reference(
        self, reference: ast.Reference, past: ast.TypeDeclaration | None, now: ast.TypeDeclaration | None
    ) -> ast.Reference:
        meant = self.past.find(reference, past)
        names = [step.name for step in reference.steps]
        if isinstance(meant, NotFound):
            if meant.name is reference.steps[0]:
                return reference
            names[0] = self.tables.get(names[0], names[0])
            return _renamed(reference, names)
        if isinstance(meant, TableFound) or meant.table is not None:
            names[0] = self.tables.get(names[0], names[0])
        if isinstance(meant, ElementFound):
            shift = len(names) - len(meant.written)
            for position, index in enumerate(meant.written, shift):
                step = meant.steps[index]
                names[position] = self.members.get((step.owner, step.member.name), step.member.name)
        short = _renamed(reference, names)
        if self._target(meant, self.members) == self._target(self.now.find(short, now), {}):
            return short
        return self._whole_path(reference, meant)

    def _target(self, found: Found, members: dict[tuple[str, str], str]) -> object:
        match found:
            case TableFound(table=table):
                return table.number
            case ElementFound(table=table, steps=steps):
                path = [(s.owner, members.get((s.owner, s.member.name), s.member.name)) for s in steps]
                return table and table.number, path
            case _:
                return None

    def _whole_path(self, reference: ast.Reference, meant: Found) -> ast.Reference:
        """The reference with every step to its element written out."""
        if not isinstance(meant, ElementFound):
            return reference
        first = reference.steps[0]
        head = () if meant.table is None else (replace(first, name=self.tables.get(first.name, first.name)),)
        way = tuple(
            ast.Name(
                name=self.members.get((step.owner, step.member.name), step.member.name),
                subscripts=step.subscripts,
                span=reference.span,
            )
            for step in meant.steps
        )
        return replace(reference, steps=head + way)


def _renamed(reference: ast.Reference, names: list[str]) -> ast.Reference:
    if all(step.name == name for step, name in zip(reference.steps, names, strict=True)):
        return reference
    steps = tuple(
        step if step.name == name else replace(step, name=name)
        for step, name in zip(reference.steps, names, strict=True)
    )
    return replace(reference, steps=steps)


def _with_old_types(now: Shapes, former: FormerNames) -> Shapes:
    """The present shapes, in which members that are still to be rewritten find their types."""
    if not former.types:
        return now
    both = copy(now)
    both.types = {was: now.types[name] for name, was in former.types.items() if name in now.types} | now.types
    return both


def _past(now: Shapes, former: FormerNames) -> Shapes:
    """The shapes with the former names beside the present names of types and tables."""
    past = copy(now)
    past.types, past.tables = dict(now.types), dict(now.tables)
    by_owner: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for (owner, name), was in former.members.items():
        by_owner[owner][name] = was
    for owner, names in by_owner.items():
        declaration = past.types.get(owner)
        if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
            past.types[owner] = replace(declaration, items=_with_names(declaration.items, names))
    for name, was in former.types.items():
        if name in past.types:
            past.types[was] = past.types[name]
    for name, was in former.tables.items():
        if name in past.tables:
            past.tables[was] = past.tables[name]
    return past


def _with_names(items: Collection[ast.Item], names: dict[str, str]) -> tuple[ast.Item, ...]:
    renamed: list[ast.Item] = []
    for item in items:
        match item:
            case ast.Member(name=name) if name in names:
                item = replace(item, name=names[name])
            case ast.If():
                item = replace(item, then=_with_names(item.then, names), otherwise=_with_names(item.otherwise, names))
            case ast.Switch(default=default):
                arms = tuple(replace(arm, items=_with_names(arm.items, names)) for arm in item.arms)
                item = replace(item, arms=arms, default=None if default is None else _with_names(default, names))
        renamed.append(item)
    return tuple(renamed)
