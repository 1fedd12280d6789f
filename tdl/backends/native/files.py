"""The files that native code takes in a package: C for one extension of Python, and what puts it to use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import TypeVar

from tdl.backends.c.environment import EnvironmentView
from tdl.backends.c.frames import CannotExpress
from tdl.backends.c.functions import Function, Functions
from tdl.backends.c.lines import Context
from tdl.backends.c.names import Identifiers
from tdl.backends.c.structs import Types
from tdl.backends.native.arrays import Arrays
from tdl.backends.native.making import Making
from tdl.backends.native.seeing import Seeing, SeenElement
from tdl.backends.native.slots import Slots
from tdl.backends.native.taking import Taking
from tdl.backends.python.tables import TableView
from tdl.backends.python.view import View
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.making import Shapes
from tdl.backends.templates import Templates
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.size import size_of
from tdl.ir.traverse import walk

FOLDER = "_native"
"""Where a package has its native code."""

_SUPPORT = ("tdl_support.h", "tdl_support.c")
_PARTS = ("memory", "python", "making", "taking", "standing", "views", "calling")
_OWN = tuple(f"tdl_{part}.h" for part in _PARTS)
_MAKE = ("PyObject **made", "const uint8_t *image", "size_t size", "tdl_error *error")
_TAKE = (
    "PyObject *value", "PyObject **held", "uint8_t *image", "size_t capacity", "size_t *size", "tdl_error *error",
)  # fmt: skip

_TEMPLATES = Templates("native", quoted=lambda text: f'"{text}"')

_Walk = TypeVar("_Walk", Making, Taking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Functions of both directions: of a table, or of the records of an array that stays octets.

    Attributes:
        holder: the layout that they belong to, or "" for those of the table itself.
        names: what Python calls them.
        functions: their C.
        holds: how many objects encoding holds on to.
        octets: of one record of a layout; 0 for a table.
    """

    holder: str
    names: tuple[str, str]
    functions: tuple[Function, Function]
    holds: int
    octets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCode:
    """The native code of one table."""

    key: str
    module: str
    size: tuple[int, int]
    classes: tuple[int, ...]
    layouts: tuple[str, ...]
    pairs: tuple[Pair, ...]
    elements: tuple[SeenElement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFiles:
    """What native code takes in a package: its files by path, and the keys of the tables that have some."""

    files: Mapping[str, str]
    tables: frozenset[str]


def native_files(of: plan.Plan, view: View, tables: Mapping[str, TableView], header: str) -> NativeFiles:
    """The files of a package; a table that has no code of its own in both directions is left to Python.

    Args:
        tables: the tables' modules by key.
        header: what every file of the package begins with, in Python.
    """
    slots, seeing, environment = Slots(view.records), Seeing(), EnvironmentView(of, "")
    made = (_table(of, table, tables[table.key], slots, seeing, environment) for table in of.tables)
    codes = [code for code in made if code is not None]
    texts = {name: _text("tdl.backends.c", name) for name in _SUPPORT}
    texts |= {name: _text("tdl.backends.native", name) for name in _OWN}
    values = {"tables": codes, "slots": slots, "hash": of.hash}
    draft = _TEMPLATES.render("codec.c.tmpl", extension="", **values)
    extension = f"codec_{_digest([draft, *texts.values()])}"
    texts["codec.c"] = _TEMPLATES.render("codec.c.tmpl", extension=extension, **values)
    keys = [code.key for code in codes]
    texts["__init__.py"] = _TEMPLATES.render("init.py.tmpl", header=header, extension=extension, keys=keys)
    return NativeFiles(files={f"{FOLDER}/{file}": text for file, text in texts.items()}, tables=frozenset(keys))


def _table(
    of: plan.Plan, table: plan.TablePlan, view: TableView, slots: Slots, seeing: Seeing, environment: EnvironmentView
) -> TableCode | None:
    """The code of one table; None for what depends on a meter at run time, and for what C cannot express."""
    if table.needs or view.reading is None or view.writing is None:
        return None
    arrays = Arrays(bodies=view.arrays.bodies, kept=view.arrays.places)
    name = view.module
    context = Context(
        table=table,
        shapes=Shapes(table, dict(of.limits)),
        types=Types("", Identifiers(), owned=True),
        environment=environment,
        elements=Elements(table),
        name=name,
        struct="",
        owned=True,
    )
    try:
        pairs = [_layout(context, slots, arrays, layout, body) for layout, body in arrays.bodies.items()]
        if not _is_rows(table.root, arrays):
            pairs.append(_both(context, slots, arrays, "", ("decode", "encode"), Making.run, Taking.run))
    except CannotExpress:
        return None
    elements = seeing.elements(view.seen, name, lambda walk: _seen(context, slots, arrays, walk))
    groups = (op for op in walk(table.root) if isinstance(op, plan.Group | plan.Bits))
    return TableCode(
        key=table.key,
        module=name,
        size=table.size,
        classes=tuple(sorted({slots.of(op.type_name) for op in groups})),
        layouts=tuple(arrays.bodies),
        pairs=tuple(pairs),
        elements=tuple(elements),
    )


def _is_rows(op: plan.PlanOp, arrays: Arrays) -> bool:
    """Whether a record is one array that stays octets: there is no work in that for anybody."""
    match op:
        case plan.Group(ops=(plan.Repeat() as only,)):
            return arrays.layout(only) is not None
        case _:
            return False


def _layout(context: Context, slots: Slots, arrays: Arrays, name: str, body: plan.Group) -> Pair:
    return _both(
        context,
        slots,
        arrays,
        name,
        ("read", "write"),
        lambda making: making.records(body),
        lambda taking: taking.records(body),
        size_of(body)[0],
    )


def _seen(context: Context, slots: Slots, arrays: Arrays, walk: Callable[[Making], None]) -> Function:
    making = _walked(lambda flags, wanted: Making(context, flags, wanted, slots=slots, arrays=arrays), walk)
    return Functions(context).function("see", list(_MAKE), making, "An element's octets to its value.")


def _both(
    context: Context,
    slots: Slots,
    arrays: Arrays,
    holder: str,
    names: tuple[str, str],
    make: Callable[[Making], None],
    take: Callable[[Taking], None],
    octets: int = 0,
) -> Pair:
    making = _walked(lambda flags, wanted: Making(context, flags, wanted, slots=slots, arrays=arrays), make)
    taking = _walked(lambda flags, wanted: Taking(context, flags, wanted, slots=slots, arrays=arrays), take)
    functions = Functions(context)
    stem = f"{context.name}{holder}"
    return Pair(
        holder=holder,
        names=names,
        functions=(
            functions.function(f"make_{stem}", list(_MAKE), making, "Octets to values."),
            functions.function(f"take_{stem}", list(_TAKE), taking, "Values to octets."),
        ),
        holds=taking.holds,
        octets=octets,
    )


def _walked(new: Callable[[frozenset[int], frozenset[int]], _Walk], run: Callable[[_Walk], None]) -> _Walk:
    """Walk once to see what expressions ask for, and again to write that down."""
    first = new(frozenset(), frozenset())
    run(first)
    second = new(frozenset(first.scope.flags), frozenset(first.scope.wanted))
    run(second)
    return second


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()[:16]


@cache
def _text(package: str, name: str) -> str:
    return resources.files(package).joinpath("support", name).read_text(encoding="utf-8")
