"""Arrays that stay octets: the functions that make their records, and where their columns lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from tdl.backends.python.constants import Constants
from tdl.backends.python.leaves import UNROLLED, constant_length, items_of
from tdl.backends.python.literals import literal
from tdl.backends.python.members import element_name, leaves
from tdl.backends.python.packing import compact
from tdl.backends.python.places import Places
from tdl.backends.python.scope import MAX_FORM, Scope, TooComplex
from tdl.ir import plan
from tdl.ir.expr import Binary, Const, Expr, Index, Unary
from tdl.ir.interval import interval
from tdl.ir.size import size_of

Body = Callable[[Scope, plan.Group, "Layouts"], list[str]]
"""The lines of a function that reads or writes the records of an array."""


class Layouts:
    """The layouts of a table's arrays; each is made on first use and shared by both directions.

    Args:
        reading, writing: what makes the bodies of a layout's two functions.
    """

    def __init__(self, constants: Constants, places: Places, reading: Body, writing: Body) -> None:
        self.constants, self.objects = constants, places
        self.reading, self.writing = reading, writing
        self._names: dict[plan.Group, str | None] = {}
        self._kept: dict[tuple[str, ...], str] = {}
        self._lines: list[str] = []
        self._mergings = 0

    def of(self, body: plan.PlanOp) -> str | None:
        """The constant with the layout of an array's elements; None if they are no records of one layout."""
        if not isinstance(body, plan.Group) or not body.ops or not unvarying(body):
            return None
        if body not in self._names:
            self._names[body] = None
            with suppress(TooComplex):
                self._names[body] = self._made(body)
        return self._names[body]

    def _made(self, body: plan.Group) -> str:
        # The layouts of inner arrays are made on the way, and stand before this one's.
        read = self.reading(self.scope(writing=False), body, self)
        write = self.writing(self.scope(writing=True), body, self)
        columns = list(_Columns(self, size_of(body)[0]).of(body, 0, ""))
        number = sum(name is not None for name in self._names.values())
        self.constants.use("rows", "Layout")
        self._lines += ["", "", f'def _read_{number}(octets: bytes) -> "list[Any]":', *read]
        self._lines += ["", "", f'def _write_{number}(values: "list[Any]") -> bytes:', *write]
        self._lines += ["", "", f"_L{number} = Layout({size_of(body)[0]}, _read_{number}, _write_{number}, ("]
        self._lines += [*(f"    {column}," for column in columns), "))"]
        return f"_L{number}"

    def merging(self, value: str) -> str:
        """The constant that says how the members of a layout's bit fields are brought together."""
        name = f"_M{self._mergings}"
        self._mergings += 1
        self._lines += ["", f"{name} = {value}"]
        return name

    def scope(self, writing: bool) -> Scope:
        return Scope(self.constants, self.objects, writing=writing, total=True)

    def keep(self, op: plan.Repeat, layout: str) -> None:
        """Note that a table's array stays octets; where two arrays have one path, only if they are of one layout."""
        if self._kept.setdefault(op.path, layout) != layout:
            raise TooComplex

    def kept(self) -> str:
        """The layouts of the arrays that stay octets, by path."""
        return f"{{{', '.join(f'{literal(path)}: {layout}' for path, layout in self._kept.items())}}}"

    @property
    def places(self) -> dict[tuple[str, ...], str]:
        """As `kept`, to be looked up."""
        return self._kept

    @property
    def bodies(self) -> dict[str, plan.Group]:
        """The records of each layout, inner ones first."""
        return {name: body for body, name in self._names.items() if name is not None}

    def lines(self) -> Iterator[str]:
        """The functions and layouts of a module."""
        return iter(self._lines)


class _Columns:
    """The columns of a layout whose records have so many octets."""

    def __init__(self, layouts: Layouts, size: int) -> None:
        self.layouts, self.size = layouts, size
        self.constants, self.attributes = layouts.constants, layouts.objects.attributes

    def of(self, op: plan.AnyOp, offset: int, path: str, position: int = 0) -> Iterator[str]:
        """A constructor's call for each element of a record that begins at an offset.

        Args:
            position: in the innermost array inside the record.
        """
        match op:
            case plan.Group(ops=ops):
                for below in ops:
                    attribute = self.attributes[op.type_name][element_name(below)]
                    yield from self.of(below, offset, f"{path}.{attribute}" if path else attribute, position)
                    offset += size_of(below)[0]
            case plan.Repeat(count=Const(value=count), body=body):
                size = size_of(body)[0]
                layout = self.layouts.of(body) if long(op) else None
                if layout is not None:
                    yield self._column(path, offset, count * size, f"rows={layout}")
                    return
                for inner in range(count):
                    yield from self.of(body, offset + inner * size, f"{path}[{inner}]", inner)
            case plan.Bits():
                for field in _fields(op.fields, position):
                    attribute = self.attributes[op.type_name][field.name]
                    yield self._bits(op, field, offset, f"{path}.{attribute}")
            case plan.Take(kind="uint" | "int" as kind, decimals=0, form=None | Const(value=0)):
                yield self._column(path, offset, op.octets, f"big={most_first(op.order)}, signed={kind == 'int'}")
            case plan.Take() | plan.Bytes() | plan.Builtin():
                yield self._value(op, offset, path)
            case _:
                raise TooComplex

    def _column(self, path: str, offset: int, octets: int, more: str) -> str:
        return f"{self.constants.use('rows', 'Column')}({literal(path)}, {offset}, {octets}, {more})"

    def _bits(self, op: plan.Bits, field: plan.Field, offset: int, path: str) -> str:
        form = 0 if field.form is None else constant(field.form)
        big = most_first(op.order)
        if field.kind != "int" or form == 0:
            signed = field.kind == "int"
            return self._column(
                path, offset, op.octets, f"big={big}, signed={signed}, low={field.low}, width={field.width}"
            )
        container = plan.Take(name=op.name, path=op.path, octets=op.octets, kind="uint", order=op.order)
        extract = self.constants.use("octets", "extract")
        return self._value(container, offset, path, f'{extract}(@, {field.low}, {field.width}, "int", {form})')

    def _value(self, op: plan.Take | plan.Bytes | plan.Builtin, offset: int, path: str, value: str = "@") -> str:
        """The column of a leaf that is no plain number: a struct that finds it, and its value of what that finds."""
        scope = self.layouts.scope(writing=False)
        form = constant(op.form) if isinstance(op, plan.Take) and op.form is not None else 0
        charset = constant(op.charset) if isinstance(op, plan.Bytes) and op.charset is not None else 0
        order = False if isinstance(op, plan.Bytes) else most_first(op.order)
        items = items_of(op, scope, order, form, charset)
        names = [f"a{number}" for number in range(len(items.codes))]
        before, after = offset, self.size - offset - size_of(op)[0]
        padding = [f"{octets}x" if octets else "" for octets in (before, after)]
        struct = self.constants.struct(f"{padding[0]}{compact(list(items.codes))}{padding[1]}", bool(items.order))
        made = f"lambda {', '.join(names)}: {value.replace('@', items.value(names))}"
        return self._column(path, offset, size_of(op)[0], f"items={struct}, value={made}")


def _fields(ops: Iterable[plan.AnyOp], position: int) -> Iterator[plan.Field]:
    """The fields that a container has at a position of an array."""
    for op in ops:
        match op:
            case plan.Field():
                yield op
            case plan.When():
                low, high = interval(op.condition, (position, position))
                if low == high == 0:
                    yield from _fields(op.otherwise, position)
                elif not low <= 0 <= high:
                    yield from _fields(op.then, position)
            case _:
                pass


def long(op: plan.Repeat) -> bool:
    """Whether an array of constant size is too long for its elements to be written out one by one."""
    return leaves(op) > UNROLLED


def constant(expression: Expr) -> int:
    assert isinstance(expression, Const)
    return expression.value


def most_first(order: Expr) -> bool:
    return constant(order) == 1


def unvarying(op: plan.AnyOp, indexed: bool = False) -> bool:
    """Whether an op moves the same octets in the same way whatever the image, the meter and the record.

    Args:
        indexed: whether a position in an array is one in an array inside the record.
    """
    match op:
        case plan.Take():
            return isinstance(op.order, Const) and (op.form is None or _form(op.form))
        case plan.Builtin():
            return isinstance(op.order, Const)
        case plan.Bytes():
            return constant_length(op) and (op.charset is None or isinstance(op.charset, Const))
        case plan.Bits():
            return isinstance(op.order, Const) and all(_constant_field(field, indexed) for field in op.fields)
        case plan.Repeat(count=Const(value=count)):
            return 0 <= count <= plan.MAX_OCTETS and not op.empty_body and unvarying(op.body, indexed=True)
        case plan.Group():
            return all(unvarying(below, indexed) for below in op.ops)
        case _:
            return False


def _constant_field(op: plan.AnyOp, indexed: bool) -> bool:
    """Whether a field is there in every record, or depends on nothing but a position inside the record."""
    match op:
        case plan.Field():
            return op.form is None or _form(op.form)
        case plan.Fill():
            return True
        case plan.When():
            return _of_positions(op.condition, indexed) and all(
                _constant_field(below, indexed) for below in (*op.then, *op.otherwise)
            )
        case _:
            return False


def _of_positions(expression: Expr, indexed: bool) -> bool:
    match expression:
        case Const():
            return True
        case Index():
            return indexed
        case Unary():
            return _of_positions(expression.operand, indexed)
        case Binary():
            return _of_positions(expression.left, indexed) and _of_positions(expression.right, indexed)
        case _:
            return False


def _form(expression: Expr) -> bool:
    return isinstance(expression, Const) and 0 <= expression.value <= MAX_FORM
