"""The files of a definition in C: a pair for each group of tables, and what they share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from hashlib import sha256

from tdl.backends.api import BackendError
from tdl.backends.c.access import Access, Accessor, Constant
from tdl.backends.c.capacity import check_bounded
from tdl.backends.c.environment import EnvironmentView, Value
from tdl.backends.c.frames import CannotExpress
from tdl.backends.c.functions import Function, Functions
from tdl.backends.c.lines import Context
from tdl.backends.c.names import Identifiers, plain
from tdl.backends.c.structs import Slot, Struct, Types
from tdl.backends.c.table_form import TableFunctions, operations
from tdl.backends.shapes.elements import NOT_FIXED, Element, Elements
from tdl.backends.shapes.making import Shapes
from tdl.backends.shapes.shape import BitRecord, Record
from tdl.backends.templates import Templates
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.expr import Const
from tdl.ir.formats import FIXED_MOMENTS, MOMENT_OCTETS
from tdl.ir.traverse import walk
from tdl.packaged import packaged_text
from tdl.report.rules import targets

SUPPORT = ("tdl_support.h", "tdl_support.c")
"""What every definition needs."""

TIMES = ("tdl_time.h", "tdl_time.c")
"""What definitions with dates or times have, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """One table as the templates see it.

    Attributes:
        name: what its identifiers begin with, and the name of its value's type.
        struct: the struct that this type is another name of; "" for one without members.
        size: the octets of every image, or None.
    """

    key: str
    name: str
    struct: str
    size: int | None
    least: int
    most: int
    functions: tuple[Function, ...]
    fill: Function | None
    elements: tuple[str, ...]
    operations: tuple[str, ...]
    constants: tuple[Constant, ...]
    accessors: tuple[Accessor, ...]
    environment: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tables that share a pair of files."""

    stem: str
    title: str
    tables: tuple[TableView, ...]
    structs: tuple[Struct, ...]


_TEMPLATES = Templates("c")


class Files:
    """The texts of all files.

    A bound Plan has its arrays in the structs, an unbound one in an arena.

    Args:
        small: whether tables of one layout are operations for an engine instead of code.
    """

    def __init__(self, definition: model.Definition, of: plan.Plan, prefix: str, *, small: bool = False) -> None:
        self.definition, self.plan, self.prefix, self.small = definition, of, prefix, small
        self.owned = of.specialised
        identifiers = Identifiers()
        identifiers.take(f"{prefix}_env")
        self.names = {table.key: _table_name(identifiers, plain(f"{prefix}_{table.name}")) for table in of.tables}
        self.codes = tuple(_codes(definition, prefix, identifiers))
        self.formats = tuple(_formats(of, prefix, identifiers))
        self.environment = EnvironmentView(of, prefix)
        self.types = Types(prefix, identifiers, owned=self.owned)
        self.shapes = {table.key: Shapes(table, dict(of.limits)) for table in of.tables}
        for table in of.tables:
            if self.owned:
                check_bounded(table, self.shapes[table.key])
            self.types.add(self.shapes[table.key].of(table.root))

    def all(self, *, harness: bool) -> dict[str, str]:
        groups = self.groups(self.plan.tables)
        files = {name: _support(name) for name in self.support()} | self.shared_by(groups) | self.own(groups)
        if harness:
            files[f"{self.prefix}_harness.c"] = self.render("harness.c.tmpl", groups=groups)
        return files

    def stems(self, tables: Iterable[plan.TablePlan]) -> set[str]:
        """The groups of tables."""
        return {_group(table.key) for table in tables}

    def again(self, stems: Collection[str]) -> dict[str, str]:
        """The files of some groups of tables, and those that are of all."""
        groups = self.groups([table for table in self.plan.tables if _group(table.key) in stems])
        return self.shared_by(groups) | self.own([group for group in groups if group.tables])

    def shared_by(self, groups: list[Group]) -> dict[str, str]:
        """The files of all groups together."""
        types = self.render("types.h.tmpl", structs=self.shared(groups))
        return {f"{self.prefix}_types.h": types, f"{self.prefix}.h": self.render("all.h.tmpl", groups=groups)}

    def own(self, groups: list[Group]) -> dict[str, str]:
        """The files that each group has for itself."""
        files = {}
        for group in groups:
            files[f"{group.stem}.h"] = self.render("group.h.tmpl", group=group)
            files[f"{group.stem}_access.h"] = self.render("access.h.tmpl", group=group)
            files[f"{group.stem}.c"] = self.render("group.c.tmpl", group=group)
        return files

    def support(self) -> tuple[str, ...]:
        return (*SUPPORT, *(TIMES if self.has_times() else ()), *(ENGINE if self.small else ()))

    def has_times(self) -> bool:
        """Whether some element is a date or time."""
        ops = (op for table in self.plan.tables for op in walk(table.root))
        return any(isinstance(op, plan.Builtin) and op.kind in MOMENT_OCTETS for op in ops)

    def members(self) -> dict[str, list[plan.TablePlan]]:
        """The tables of each group."""
        tables: dict[str, list[plan.TablePlan]] = {}
        for table in self.plan.tables:
            tables.setdefault(_group(table.key), []).append(table)
        return dict(sorted(tables.items()))

    def structs_of(self) -> dict[str, list[Struct]]:
        """The structs that only one group uses; those that several use are left to the file of types."""
        users: dict[str, set[str]] = {}
        for stem, members in self.members().items():
            for table in members:
                for struct in self.used_by(table):
                    users.setdefault(struct.name, set()).add(stem)
        structs: dict[str, list[Struct]] = {}
        for struct in self.types.structs.values():
            for stem in users.get(struct.name, set()) if len(users.get(struct.name, ())) == 1 else ():
                structs.setdefault(stem, []).append(struct)
        return structs

    def used_by(self, table: plan.TablePlan) -> Iterator[Struct]:
        return self.types.used_by(self.shapes[table.key].of(table.root))

    def groups(self, tables: Collection[plan.TablePlan]) -> list[Group]:
        """The groups, with those of their tables that are among some."""
        structs, wanted = self.structs_of(), {table.key for table in tables}
        return [
            Group(
                stem=f"{self.prefix}_{stem}",
                title=", ".join(table.key for table in members),
                tables=tuple(self.table(table) for table in members if table.key in wanted),
                structs=tuple(structs.get(stem, ())),
            )
            for stem, members in self.members().items()
        ]

    def fingerprints(self) -> dict[str, str]:
        """What the files of each group are made from but for the Plans of its tables; by "" what all are."""
        values = [_said(each) for each in self.environment.values]
        structs = self.structs_of()
        found = {"": (self.prefix, self.definition.name, self.owned, self.small, self.support(), values)}
        return {name: sha256(repr(each).encode()).hexdigest() for name, each in found.items()} | {
            stem: sha256(
                repr(
                    (
                        [struct.name for struct in structs.get(stem, ())],
                        [(table.key, self.names[table.key]) for table in members],
                        [
                            (each.name, *map(_said, each.declarations))
                            for table in members
                            for each in self.used_by(table)
                        ],
                    )
                ).encode()
            ).hexdigest()
            for stem, members in self.members().items()
        }

    def shared(self, groups: list[Group]) -> list[Struct]:
        own = {struct.name for group in groups for struct in group.structs}
        return [struct for struct in self.types.structs.values() if struct.name not in own]

    def table(self, table: plan.TablePlan) -> TableView:
        shapes = self.shapes[table.key]
        name = self.names[table.key]
        root = shapes.of(table.root)
        elements = Elements(table)
        context = Context(
            table=table,
            shapes=shapes,
            types=self.types,
            environment=self.environment,
            elements=elements,
            name=name,
            struct=name,
            owned=self.owned,
            sizes=elements.sizes,
        )
        struct = self.types.of(root) if isinstance(root, Record | BitRecord) else None
        try:
            rows = operations(context) if self.small and self.owned else None
            functions = Functions(context) if rows is None else TableFunctions(context)
            values = self.values_of(table)
            access = Access(context)
            least, most = table.size
            return TableView(
                key=table.key,
                name=name,
                struct="" if struct is None else struct.name,
                size=least if least == most else None,
                least=least,
                most=min(most, plan.MAX_OCTETS),
                functions=tuple(functions.all()),
                fill=functions.filling(values) if values else None,
                elements=tuple(element_rows(elements)),
                operations=rows or (),
                constants=tuple(access.constants()),
                accessors=tuple(access.accessors()),
                environment=bool(functions.env),
            )
        except CannotExpress as problem:
            element = ".".join((table.name, *problem.path)).replace(".[]", "[]")
            raise BackendError(
                targets.CANNOT_EXPRESS.at(table.span, target="c", element=element, what=problem.what)
            ) from None

    def values_of(self, table: plan.TablePlan) -> tuple[Value, ...]:
        """The values of the environment that a table holds."""
        if "." in table.key or table.key.endswith("P"):
            return ()
        return tuple(self.environment.by_table.get(table.id, ()))

    def render(self, template: str, **values: object) -> str:
        bound = f", bound to {len(self.plan.bound)} values of a meter" if self.plan.bound else ""
        return _TEMPLATES.render(
            template,
            prefix=self.prefix,
            header=f"Made by tdl from {self.definition.name}{bound}; its hash is in {self.prefix}_types.h.",
            hash=self.plan.hash,
            owned=self.owned,
            environment=self.environment,
            codes=self.codes,
            formats=self.formats,
            small=self.small,
            **values,
        )


def _said(each: Value | Slot) -> tuple[object, ...]:
    """What is in a value of the environment or a member of a struct; `dataclasses` takes long to show that."""
    if isinstance(each, Slot):
        return each.name, each.declaration, each.counter, each.about
    of = each.reference
    return of.label, of.table, of.path, of.range, each.kind, each.member, each.type, each.bit


def element_rows(elements: Elements) -> Iterator[str]:
    """The initialisers of a table's elements."""
    around: list[tuple[int, int]] = []
    for number, element in enumerate(elements.all):
        while around and around[-1][1] <= number:
            around.pop()
        yield _row(element, around[-1][0] if around else 0)
        around.append((number, number + element.span))


def _row(element: Element, around: int) -> str:
    low, width = (element.op.low, element.op.width) if isinstance(element.op, plan.Field) else (0, 0)
    numbers = ", ".join(_number(n) for n in (element.offset, element.octets, element.count))
    rest = (
        f"{element.span}u, {around}u, {element.index}, TDL_{element.kind}, {int(element.branched)}u, {low}u, {width}u"
    )
    return f'{{{numbers}, {rest} TDL_NAME("{plain(element.name) if element.name != "[]" else "[]"}")}}'


def _number(value: int) -> str:
    return "TDL_ANY" if value == NOT_FIXED else f"{value}u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of an enumeration."""

    name: str
    value: str


def _formats(of: plan.Plan, prefix: str, identifiers: Identifiers) -> Iterator[Code]:
    """The formats that dates and times have in all tables, where they have one: what tdl_time.h asks for."""
    moments = [
        op
        for table in of.tables
        for op in walk(table.root)
        if isinstance(op, plan.Builtin) and op.kind in MOMENT_OCTETS and op.octets
    ]
    settled = {op.variant for op in moments if op.kind not in FIXED_MOMENTS}
    orders = {op.order.value if isinstance(op.order, Const) else None for op in moments if op.variant not in (1, 2)}
    for name, found in (("TM_FORMAT", settled), ("DATA_ORDER", orders)):
        if len(found) == 1 and None not in found and of.specialised:
            yield Code(name=identifiers.take(f"{prefix}_{name}"), value=f"{found.pop()}u")


def _codes(definition: model.Definition, prefix: str, identifiers: Identifiers) -> Iterator[Code]:
    for enumeration in definition.enumerations:
        for each in enumeration.enumerators:
            name = identifiers.take(plain(f"{prefix}_{enumeration.name}_{each.name}"))
            yield Code(name=name, value=f"{each.low}u" if each.low >= 0 else f"({each.low})")


ENGINE = ("tdl_table.h", "tdl_table.c")
"""What tables in the small form have, too."""


def _table_name(identifiers: Identifiers, wanted: str) -> str:
    name = identifiers.take(wanted)
    for verb in (
        "decode",
        "update",
        "check",
        "encode",
        "size",
        "elements",
        "operations",
        "SIZE",
        "MAX_SIZE",
        "resolve",
    ):
        identifiers.take(f"{name}_{verb}")
    return name


def _group(key: str) -> str:
    """The group of a table: its decade, or its kind."""
    kind = key[:2]
    if kind in ("SP", "MP"):
        return "procedures" if kind == "SP" else "mfg_procedures"
    digits = "".join(c for c in key if c.isdigit())
    decade = int(digits or 0) // 10
    return f"decade{decade}" if kind == "ST" else f"{'mfg' if kind == 'MT' else kind.lower()}_decade{decade}"


@cache
def _support(name: str) -> str:
    return packaged_text("backends", "c", "support", name)
