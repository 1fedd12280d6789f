# SPDX-License-Identifier: 0BSD
"""The reference decoder: a Plan run over octets.

It is the oracle that every back end is compared with, and the explaining path that generated Python falls back to:
it knows where it is at every moment, and says so when something does not fit.
"""

from __future__ import annotations

from tdl.codec.environment import Environment, contains, follow
from tdl.codec.errors import DecodeError, ImageError, MissingValue, shown
from tdl.codec.moments import read_moment
from tdl.codec.octets import (
    extract,
    read_bcd_number,
    read_char_number,
    read_decimal,
    read_float,
    read_int,
    read_text,
    read_uint,
)
from tdl.codec.values import Members, Raw, Record
from tdl.ir.expr import INT64_MAX, INT64_MIN, ArithmeticProblem, Const, Expr, External, Local, evaluate, show_expr
from tdl.ir.plan import (
    MAX_EMPTY_STEPS,
    MAX_OCTETS,
    AnyOp,
    Bits,
    Builtin,
    Bytes,
    Choose,
    Field,
    Fill,
    Group,
    Opaque,
    Repeat,
    TablePlan,
    Take,
    When,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    PathStep: TypeAlias = str | int
    Container: TypeAlias = Record | list[object]
    Listener: TypeAlias = Callable[["Moved"], None]


class Moved:
    """One value that was moved, for annotation and layout: where it lies and what it is.

    Attributes:
        path: names and array positions from the table's root.
        indices: the index path of partial access.
        offset, octets: where it lies in the image.
        low, width: its bits inside those octets, for a field of a container; None otherwise.
        op: the op that moved it.
        value: what it was decoded to.
    """

    __slots__ = ("indices", "low", "octets", "offset", "op", "path", "value", "width")

    def __init__(
        self,
        path: tuple[PathStep, ...],
        indices: tuple[int, ...],
        offset: int,
        octets: int,
        op: AnyOp,
        value: object,
        low: int | None = None,
        width: int | None = None,
    ) -> None:
        self.path, self.indices, self.offset, self.octets = path, indices, offset, octets
        self.op, self.value, self.low, self.width = op, value, low, width


def decode(
    table: TablePlan, data: bytes, environment: Environment | None = None, listener: Listener | None = None
) -> Record:
    """The values of a table's image.

    Args:
        environment: the values of other tables that the layout depends on.
        listener: called with each leaf value as it is moved.

    Raises:
        DecodeError: the octets do not fit the definition; it holds what was decoded so far.
    """
    return Decoder(table, bytes(data), environment or Environment(), listener).run()


class Walker:
    """What decoding and encoding share: where they are, and the values of expressions."""

    error: type[ImageError] = DecodeError

    def __init__(self, table: TablePlan, environment: Environment) -> None:
        self.table, self.environment = table, environment
        self.path: list[PathStep] = []
        self.indices: list[int] = []
        self.records: list[Record] = []
        self.index = 0
        self.offset = 0
        self.bit: int | None = None
        self.empty_steps = 0
        self.root: Record | None = None

    def fail(self, kind: str, expected: str, found: str) -> ImageError:
        return self.error(
            table=self.table.key,
            path=tuple(self.path),
            offset=self.offset,
            bit=self.bit,
            kind=kind,
            expected=expected,
            found=found,
            tree=self.root,
        )

    def value(self, expression: Expr) -> int:
        if isinstance(expression, Const):
            return expression.value
        try:
            return evaluate(expression, look_up=self.look_up, contains=self.contains, index=self.index)
        except ArithmeticProblem as problem:
            raise self.fail("arithmetic", f"a value for `{show_expr(expression)}`", str(problem)) from None
        except MissingValue as missing:
            raise self.fail("missing", f"a value for `{missing.label}`", "none") from None

    def find(self, reference: External | Local, indices: tuple[int, ...]) -> object:
        if isinstance(reference, External):
            return self.environment.find(reference, indices)
        try:
            return follow(self.records[-1 - reference.up], reference.path, indices)
        except LookupError:
            name = ".".join(reference.path).replace(".[]", "[]")
            raise self.fail("absent", f"`{name}` before this element", "none") from None

    def look_up(self, reference: External | Local, indices: tuple[int, ...]) -> int:
        found = self.find(reference, indices)
        if not isinstance(found, int):
            name = ".".join(reference.path).replace(".[]", "[]")
            raise self.fail(
                "absent", f"a number in `{name}`", "a record" if isinstance(found, Record) else shown(found)
            )
        if not INT64_MIN <= found <= INT64_MAX:
            raise ArithmeticProblem(f"{found} does not fit 64 bits")
        return int(found)

    def contains(self, reference: External | Local, indices: tuple[int, ...], member: int) -> bool:
        return contains(self.find(reference, indices), member)

    def length(self, expression: Expr, what: str) -> int:
        length = self.value(expression)
        if not 0 <= length <= MAX_OCTETS:
            raise self.fail("dimension", f"a {what} of 0 to {MAX_OCTETS}", f"{show_expr(expression)} = {length}")
        return length

    def big(self, expression: Expr) -> bool:
        return self.value(expression) == 1

    def form(self, expression: Expr | None) -> int:
        form = 0 if expression is None else self.value(expression)
        if not 0 <= form <= 2:
            raise self.fail("refused", "an INT_FORMAT of 0 to 2", str(form))
        return form

    def arm(self, op: Choose) -> tuple[AnyOp, ...]:
        selected = self.value(op.selector)
        for arm in op.arms:
            if any(low <= selected <= high for low, high in arm.labels):
                return arm.ops
        if op.otherwise is None:
            raise self.fail("refused", op.refusal, f"{show_expr(op.selector)} = {selected}")
        return op.otherwise

    def pay(self, op: Repeat, count: int) -> None:
        """Pay for elements that may have no octets, before the first of them costs anything."""
        if op.empty_body:
            self.empty_steps += count
            if self.empty_steps > MAX_EMPTY_STEPS:
                raise self.fail("steps", f"at most {MAX_EMPTY_STEPS} elements without octets", "more")

    def enter(self, op: AnyOp) -> bool:
        """Step into the value that an op makes; False where it makes none of its own."""
        if op.name:
            self.path.append(op.name)
            self.indices.append(op.index)
        self.bit = op.low if isinstance(op, Field) else None
        return bool(op.name)

    def leave(self, entered: bool) -> None:
        self.bit = None
        if entered:
            self.path.pop()
            self.indices.pop()


class Decoder(Walker):
    def __init__(
        self, table: TablePlan, data: bytes, environment: Environment, listener: Listener | None = None
    ) -> None:
        super().__init__(table, environment)
        self.data, self.listener = data, listener

    def run(self) -> Record:
        top: list[object] = []
        self.op(self.table.root, top)
        left = len(self.data) - self.offset
        if left:
            raise self.fail("trailing", "the end of the table", f"{left} more octet{'s' if left > 1 else ''}")
        (root,) = top
        assert isinstance(root, Record)
        return root

    def op(self, op: AnyOp, into: Container) -> None:
        """Run one op; the value it makes goes into the record or array around it."""
        match op:
            case When():
                for below in op.then if self.value(op.condition) else op.otherwise:
                    self.op(below, into)
            case Choose():
                if op.atomic:
                    entered = self.enter_atomic(op)
                    ops = self.arm(op)
                    self.leave(entered)
                else:
                    ops = self.arm(op)
                for below in ops:
                    self.op(below, into)
            case _:
                entered = self.enter(op)
                self.make(op, into)
                self.leave(entered)

    def enter_atomic(self, op: Choose) -> bool:
        """A selection that is one element is refused at that element's path."""
        name = op.path[-1] if op.path and op.path[-1] != "[]" else ""
        if name:
            self.path.append(name)
            self.indices.append(op.index)
        return bool(name)

    def make(self, op: AnyOp, into: Container) -> None:
        value: object
        match op:
            case Group():
                record = self.record(op)
                self.keep(op, into, record)
                if self.root is None:
                    self.root = record
                self.records.append(record)
                for below in op.ops:
                    self.op(below, record)
                self.records.pop()
                return
            case Bits():
                self.bits(op, into)
                return
            case Repeat():
                self.repeat(op, into)
                return
            case Field() | Fill():
                raise AssertionError("a field outside a bit field")
            case _:
                start = self.offset
                value = self.leaf(op)
        self.keep(op, into, value)
        if self.listener is not None:
            self.listener(Moved(tuple(self.path), tuple(self.indices), start, self.offset - start, op, value))

    def record(self, op: Group | Bits) -> Record:
        """An empty record for the values of an op; generated code makes ones that know their type."""
        return Record()

    def keep(self, op: AnyOp, into: Container, value: object) -> None:
        if isinstance(into, list):
            into.append(value)
        else:
            into[op.name] = value

    def take(self, octets: int) -> bytes:
        end = self.offset + octets
        if end > len(self.data):
            raise self.truncated(octets)
        taken = self.data[self.offset : end]
        self.offset = end
        return taken

    def truncated(self, octets: int) -> ImageError:
        left = len(self.data) - self.offset
        return self.fail("truncated", f"{octets} octet{'s' if octets != 1 else ''}", f"{left} left")

    def need(self, octets: int) -> None:
        """Check that so many octets are left before anything else is asked of the element."""
        if self.offset + octets > len(self.data):
            raise self.truncated(octets)

    def leaf(self, op: AnyOp) -> object:
        match op:
            case Take(octets=octets, kind=kind):
                self.need(octets)
                big, form = self.big(op.order), self.form(op.form)
                raw = self.take(octets)
                if kind == "float":
                    return read_float(raw, big)
                if kind == "uint":
                    return read_uint(raw, big)
                return read_decimal(raw, big, form, op.decimals) if op.decimals else read_int(raw, big, form)
            case Bytes(form=form_):
                length = self.length(op.length, "length")
                self.need(length)
                if form_ == "text":
                    assert op.charset is not None
                    charset = self.value(op.charset)
                    return read_text(self.take(length), charset)
                raw = self.take(length)
                return raw.hex().upper() if form_ == "bcd" else Members(raw) if form_ == "set" else raw
            case Builtin(kind=kind, variant=variant, octets=octets):
                self.need(octets)
                big = self.big(op.order)
                raw = self.take(octets)
                if kind == "NIL":
                    return None
                if kind == "FLOAT_CHAR":
                    return read_char_number(raw)
                if kind == "FIXED_BCD":
                    return read_bcd_number(raw)
                return read_moment(kind, variant, raw, big)
            case Opaque():
                limit = self.length(op.limit, "limit")
                return self.take(min(limit, len(self.data) - self.offset))
            case _:
                raise AssertionError(op)

    def repeat(self, op: Repeat, into: Container) -> None:
        count = self.length(op.count, "count")
        self.pay(op, count)
        values: list[object] = []
        self.keep(op, into, values)
        outer, self.index = self.index, 0
        self.path.append(0)
        self.indices.append(0)
        for i in range(count):
            self.index = self.path[-1] = self.indices[-1] = i
            self.op(op.body, values)
        self.path.pop()
        self.indices.pop()
        self.index = outer

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: Bits, into: Container) -> None:
        self.need(op.octets)
        big = self.big(op.order)
        start = self.offset
        record = self.record(op)
        self.keep(op, into, record)
        if self.root is None:
            self.root = record
        word = int.from_bytes(self.data[start : start + op.octets], "big" if big else "little")
        self.records.append(record)
        covered = self.fields(op.fields, word, record, start, op.octets)
        self.records.pop()
        record.spare = word & ~covered
        self.offset = start + op.octets

    def fields(self, ops: tuple[AnyOp, ...], word: int, record: Record, start: int, octets: int) -> int:
        """Read fields; the mask of the bits they cover."""
        covered = 0
        for op in ops:
            match op:
                case Field():
                    entered = self.enter(op)
                    form = self.form(op.form)
                    value = extract(word, op.low, op.width, op.kind, form)
                    record[op.name] = value
                    covered |= ((1 << op.width) - 1) << op.low
                    if self.listener is not None:
                        where = tuple(self.path), tuple(self.indices), start, octets
                        self.listener(Moved(*where, op, value, op.low, op.width))
                    self.leave(entered)
                case When():
                    branch = op.then if self.value(op.condition) else op.otherwise
                    covered |= self.fields(branch, word, record, start, octets)
                case Choose():
                    covered |= self.fields(self.arm(op), word, record, start, octets)
                case Fill():
                    pass
                case _:
                    raise AssertionError(op)
        return covered


__all__ = ["Decoder", "Moved", "Raw", "Walker", "decode"]
