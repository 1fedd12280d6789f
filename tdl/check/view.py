"""What the rules look at: a document with its names looked up, each fact worked out once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from tdl.check.builtins import BUILTINS
from tdl.check.graph import AliasLevels, Order, TypeOwner, Use, alias_levels, order
from tdl.check.interval import INT64_MAX, Range, interval, value_range
from tdl.check.scope import Scope
from tdl.check.survey import Place, Site, Survey, survey
from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Found, TableFound

MAX_NESTING = 128
"""How deep conditionals may nest; the reader takes no more than half, but fragments may add to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A reference, where it stands and what it names."""

    reference: ast.Reference
    site: Site
    found: Found


class View:
    """A document under check.

    Attributes:
        scope: its names.
        octets: the least and most octets of types, as far as somebody has worked them out.
        extents: the elements and levels of types, likewise.
        expanded: what all tables expand to, once somebody has worked it out.
    """

    def __init__(self, document: ast.Document, scope: Scope | None = None) -> None:
        self.document = document
        self.scope = scope or Scope(document)
        self.octets: dict[str, Range] = {}
        self.extents: dict[str, tuple[int, int]] = {}
        self.expanded = 0
        self._surveys: dict[str, Survey] = {}
        self._found: dict[tuple[int, str], Found] = {}

    def take_over(self, former: View, changed: Collection[str]) -> None:
        """Know from the beginning what the view of a former state knew.

        Args:
            changed: the names of what is not as it was, and of all that leads to such a name.
        """
        self.octets = {name: size for name, size in former.octets.items() if name not in changed}
        self.extents = {name: each for name, each in former.extents.items() if name not in changed}
        self._surveys = {name: each for name, each in former._surveys.items() if name not in changed}
        self._found = {key: each for key, each in former._found.items() if key[1] and key[1] not in changed}
        self.scope.take_over(former.scope, changed)

    def focused(self, names: Collection[str]) -> View:
        """The same view for rules that look at one declaration at a time: it shows them those of some names."""
        declarations = tuple(each for each in self.document.declarations if each.name in names)
        part = View(replace(self.document, declarations=declarations), self.scope)
        part.octets, part._surveys, part._found = self.octets, self._surveys, self._found
        part.owners = tuple(each for each in self.owners if each.name in names)
        part.tables = tuple(each for each in self.tables if each.name in names)
        part.enumerations = tuple(each for each in self.enumerations if each.name in names)
        return part

    # --- declarations ------------------------------------------------------------------------------------------

    @cached_property
    def owners(self) -> tuple[TypeOwner, ...]:
        """Records and bit fields, of two with one name the first."""
        return tuple(t for t in self.scope.types.values() if isinstance(t, ast.Record | ast.BitField))

    @cached_property
    def tables(self) -> tuple[ast.Table, ...]:
        return tuple(self.scope.tables.values())

    @cached_property
    def procedures(self) -> tuple[ast.Procedure, ...]:
        return tuple(d for d in self.document.declarations if isinstance(d, ast.Procedure))

    @cached_property
    def enumerations(self) -> tuple[ast.Enumeration, ...]:
        return tuple(t for t in self.scope.types.values() if isinstance(t, ast.Enumeration))

    @cached_property
    def configuration(self) -> ast.Table | None:
        """Table 0."""
        return next((t for t in self.tables if t.number == ast.Number(group="", value=0)), None)

    def roots(self) -> Iterator[tuple[ast.Declaration, ast.Specification]]:
        """What is laid out: each table and each record of a procedure."""
        for declaration in self.document.declarations:
            if isinstance(declaration, ast.Table):
                yield declaration, declaration.specification
            elif isinstance(declaration, ast.Procedure):
                yield from ((declaration, part) for part in (declaration.parameter, declaration.response) if part)

    @cached_property
    def pending_header(self) -> ast.Property | None:
        return next((p for p in reversed(self.document.header.properties) if p.name == "PendingHeader"), None)

    # --- what is in them ---------------------------------------------------------------------------------------

    def survey(self, declaration: ast.TypeDeclaration) -> Survey:
        """The members and expressions of a declaration; none of one that is nested too deep."""
        found = self._surveys.get(declaration.name)
        if found is None:
            if nesting(declaration) > MAX_NESTING:
                found = Survey(placed=(), by_name={}, sites=(), switches=(), conditionals=0, depth=MAX_NESTING + 1)
            else:
                found = survey(declaration, self._sizes, self.exhaustive)
            self._surveys[declaration.name] = found
        return found

    def _sizes(self, specification: ast.Specification) -> list[tuple[str, ast.Expression]]:
        if isinstance(specification, ast.Named) and specification.name in BUILTINS:
            return []
        sizes = list(self.scope.sizes(specification))
        arrays = self.scope.made(specification).arrays
        return [("count" if i < arrays else "size", e) for i, e in enumerate(sizes)]

    def exhaustive(self, switch: ast.Switch, inside: ast.TypeDeclaration) -> bool:
        """Whether the labels of a selection leave out no value of its selector."""
        low, high = self.interval(switch.selector, inside)
        for a, b in sorted(label for arm in switch.arms for label in arm.labels):
            if a > low:
                return False
            low = max(low, b + 1)
        return low > high

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every expression in a record, bit field or table."""
        found = [site for owner in self.owners for site in self.survey(owner).sites]
        for table in self.tables:
            for what, expression in self._sizes(table.specification):
                found.append(Site(expression=expression, what=what, inside=None, place=Place(order=0)))
        return tuple(found)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Every reference of `sites`, those in subscripts included."""
        return tuple(mention for site in self.sites for mention in self.mentions_at(site))

    def mentions_at(self, site: Site) -> Iterator[Mention]:
        for each in walk(site.expression):
            if isinstance(each, ast.Reference):
                yield Mention(reference=each, site=site, found=self.find(each, site.inside))

    @cached_property
    def uses(self) -> dict[str, tuple[Use, ...]]:
        """By type, its members that are records or bit fields, in order."""
        return {owner.name: tuple(self._uses(owner)) for owner in self.owners if isinstance(owner, ast.Record)}

    def _uses(self, owner: ast.Record) -> Iterator[Use]:
        for placed in self.survey(owner).placed:
            specification = placed.member.specification
            if isinstance(specification, ast.Named) and specification.name in BUILTINS:
                continue
            made = self.scope.made(specification)
            target = self.scope.holder(made.of)
            if target is not None:
                yield Use(owner=owner.name, member=placed.member, place=placed.place, target=target, arrays=made.arrays)

    @cached_property
    def order(self) -> Order:
        """The types that have octets, those contained before those that contain them."""
        return order(self.uses, tuple(owner.name for owner in self.owners))

    @cached_property
    def alias_levels(self) -> AliasLevels:
        return alias_levels(self.scope.types)

    # --- references and values ---------------------------------------------------------------------------------

    def find(self, reference: ast.Reference, inside: ast.TypeDeclaration | None) -> Found:
        """What a reference names; asked once for each place."""
        key = id(reference), "" if inside is None else inside.name
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self.scope.find(reference, inside)
        return found

    def interval(self, expression: ast.Expression, inside: ast.TypeDeclaration | None) -> Range:
        """The smallest and largest value of an expression; as wide as can be where a name is not known."""

        def range_of(reference: ast.Reference) -> Range:
            return self.range_of(self.find(reference, inside))

        return interval(expression, range_of)

    def range_of(self, found: Found) -> Range:
        match found:
            case TableFound(table=table):
                return table.number.value & 0x7FF, table.number.value & 0x7FF
            case ElementFound(steps=(*_, last)):
                made = self.scope.made(last.member.specification)
                if len(last.subscripts) > made.arrays:
                    return 0, 1  # a member of a set
                low, high = value_range(made.of) or (0, INT64_MAX)
                return low, min(high, INT64_MAX)
            case _:
                return 0, INT64_MAX


def walk(expression: ast.Expression) -> Iterator[ast.Expression]:
    """An expression and all inside it, in order of reading."""
    pending = [expression]
    while pending:
        each = pending.pop()
        yield each
        match each:
            case ast.Unary():
                pending.append(each.operand)
            case ast.Binary():
                pending += [each.right, each.left]
            case ast.Reference():
                for step in reversed(each.steps):
                    pending += reversed(step.subscripts)


def nesting(declaration: ast.TypeDeclaration) -> int:
    """How deep conditionals nest in a declaration."""
    deepest = 0
    pending = [] if isinstance(declaration, ast.Alias) else [(declaration.items, 0)]
    while pending:
        items, depth = pending.pop()
        deepest = max(deepest, depth)
        for item in items:
            match item:
                case ast.If():
                    pending += [(item.then, depth + 1), (item.otherwise, depth + 1)]
                case ast.Switch():
                    pending += [(arm.items, depth + 1) for arm in item.arms]
                    pending.append((item.default or (), depth + 1))
    return deepest
