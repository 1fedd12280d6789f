"""Renames: every reference goes on naming what it named before.

What a tree names is found with the shapes as they were before the renames, and named as it is called after them.
Where the short form that published text uses would lead elsewhere, the whole path is written instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import TypeAlias

from tdl.deferred import dataclass, field
from tdl.frozen import replace
from tdl.merge.namings import Namings
from tdl.sources import NOWHERE, Span
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
    span: Span = NOWHERE


Lost: TypeAlias = tuple[Renaming, ast.Reference]
"""A reference that nothing can be written for after a rename."""


@dataclass(slots=True)
class FormerNames:
    """What some renames have done together: former names by present names.

    Attributes:
        members: by the former name of the type and the present name of its member.
    """

    types: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    members: dict[tuple[str, str], str] = field(default_factory=dict)
    all: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, renamings: Iterable[Renaming]) -> FormerNames:
        """The names before the first of some renames, which happened in this order."""
        former = cls()
        for renaming in renamings:
            former.add(renaming)
        return former

    def add(self, renaming: Renaming) -> None:
        old, new = renaming.old, renaming.new
        self.all |= {old, new}
        match renaming.kind:
            case "TYPE":
                self.types[new] = self.types.pop(old, old)
            case "TABLE":
                self.tables[new] = self.tables.pop(old, old)
            case _:
                owner = self.types.get(renaming.owner, renaming.owner)
                self.members[owner, new] = self.members.pop((owner, old), old)

    def members_by_type(self, called: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The former names of members by their present names, by type; ``called`` has other names of types."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for (owner, name), was in self.members.items():
            found[called.get(owner, owner)][name] = was
        return found


class Rewriter:
    """Writes trees of former names in present names.

    Args:
        before, after: shapes with the former and with the present names of tables and members; both call types the
            same.
        former: what was called otherwise.
        called: how the shapes call types, by former names.

    Attributes:
        lost: the references that nothing can be written for, because another thing has the name where they stand.
    """

    def __init__(self, before: Shapes, after: Shapes, former: FormerNames, called: Mapping[str, str]) -> None:
        self.before, self.after, self.concerned = before, after, former.all
        self.types = {was: name for name, was in former.types.items()}
        self.tables = {was: name for name, was in former.tables.items()}
        self.members = {
            (owner, was): name for owner, names in former.members_by_type(called).items() for name, was in names.items()
        }
        self.lost: list[ast.Reference] = []

    @classmethod
    def forward(cls, before: Shapes, former: FormerNames) -> Rewriter:
        """For trees of the time of ``before``, which did not know the renames."""
        after = copy(before)
        present = {was: name for name, was in former.tables.items()}
        after.tables = {present.get(name, name): table for name, table in before.tables.items()}
        after.types = dict(before.types)
        for owner, names in former.members_by_type({}).items():
            _rename_members(after, owner, {was: name for name, was in names.items()})
        return cls(before, after, former, {})

    @classmethod
    def backward(cls, after: Shapes, former: FormerNames) -> Rewriter:
        """For new trees that do not know the renames, which ``after`` already knows."""
        before = copy(after)
        before.tables = {was: after.tables[name] for name, was in former.tables.items() if name in after.tables}
        before.tables = {**after.tables, **before.tables}
        before.types = dict(after.types)
        called = {was: name for name, was in former.types.items()}
        for owner, names in former.members_by_type(called).items():
            _rename_members(before, owner, names)
        return cls(before, after, former, called)

    def inside(self, name: str | None) -> Namings:
        """What to walk a tree with that stands in a type, by the name that the shapes have for it, or in none."""
        past, now = (None, None) if name is None else (self.before.types.get(name), self.after.types.get(name))
        return Namings(self._type, lambda reference: self._reference(reference, past, now))

    def _type(self, name: str) -> str:
        return self.types.get(name, name)

    def _reference(
        self, reference: ast.Reference, past: ast.TypeDeclaration | None, now: ast.TypeDeclaration | None
    ) -> ast.Reference:
        names = [step.name for step in reference.steps]
        if self.concerned.isdisjoint(names):
            return reference
        meant = self.before.find(reference, past)
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
                names[position] = self._present(meant.steps[index].owner, meant.steps[index].member.name)
        target, short = self._target(meant, self._present), _renamed(reference, names)
        if self._target(self.after.find(short, now), _as_it_is) == target:
            return short
        whole = self._whole_path(reference, meant)
        if self._target(self.after.find(whole, now), _as_it_is) != target:
            self.lost.append(reference)
        return whole

    def _present(self, owner: str, member: str) -> str:
        return self.members.get((owner, member), member)

    def _target(self, found: Found, called: Callable[[str, str], str]) -> object:
        match found:
            case TableFound(table=table):
                return table.number
            case ElementFound(table=table, steps=steps):
                return table and table.number, [(s.owner, called(s.owner, s.member.name)) for s in steps]
            case _:
                return None

    def _whole_path(self, reference: ast.Reference, meant: Found) -> ast.Reference:
        """The reference with every step to its element written out."""
        if not isinstance(meant, ElementFound):
            return reference
        first = reference.steps[0]
        head = () if meant.table is None else (replace(first, name=self.tables.get(first.name, first.name)),)
        way = tuple(
            ast.Name(name=self._present(step.owner, step.member.name), subscripts=step.subscripts, span=reference.span)
            for step in meant.steps
        )
        return replace(reference, steps=head + way)


def _as_it_is(owner: str, member: str) -> str:
    return member


def _renamed(reference: ast.Reference, names: list[str]) -> ast.Reference:
    if all(step.name == name for step, name in zip(reference.steps, names, strict=True)):
        return reference
    steps = tuple(
        step if step.name == name else replace(step, name=name)
        for step, name in zip(reference.steps, names, strict=True)
    )
    return replace(reference, steps=steps)


def _rename_members(shapes: Shapes, owner: str, names: Mapping[str, str]) -> None:
    declaration = shapes.types.get(owner)
    if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
        shapes.types[owner] = replace(declaration, items=_with_names(declaration.items, names))


def _with_names(items: tuple[ast.Item, ...], names: Mapping[str, str]) -> tuple[ast.Item, ...]:
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
