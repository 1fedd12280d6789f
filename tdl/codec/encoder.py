# SPDX-License-Identifier: 0BSD
"""The reference encoder: the same Plan read in the other direction."""

from __future__ import annotations

from tdl.codec.decoder import Walker
from tdl.codec.environment import Environment
from tdl.codec.errors import EncodeError, ImageError, shown
from tdl.codec.moments import write_moment
from tdl.codec.octets import (
    LeafError,
    as_index,
    as_octets,
    extract,
    insert,
    read_int,
    write_bcd,
    write_bcd_number,
    write_binary,
    write_char_number,
    write_decimal,
    write_float,
    write_int,
    write_set,
    write_text,
    write_uint,
)
from tdl.codec.rows import Rows
from tdl.codec.values import Members, Record
from tdl.ir.expr import Expr
from tdl.ir.plan import AnyOp, Bits, Builtin, Bytes, Choose, Field, Fill, Group, Opaque, Repeat, TablePlan, Take, When

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def encode(table: TablePlan, values: Record | Mapping[str, object], environment: Environment | None = None) -> bytes:
    """The octets of a table.

    Args:
        values: a record as `tdl.codec.decoder.decode` makes it, or nested mappings and lists with the same names.

    Raises:
        EncodeError: a value is missing, unknown, of the wrong kind or out of its range.
    """
    return Encoder(table, environment or Environment()).run(values)


class Encoder(Walker):
    """Writes a table; ``records`` hold what has been written, so that expressions see what a decoder would."""

    error: type[ImageError] = EncodeError
    flags_are_numbers = False
    """Whether True and False are 1 and 0 to an integer: they are in Python, and in JSON they are not."""

    def __init__(self, table: TablePlan, environment: Environment) -> None:
        super().__init__(table, environment)
        self.out: list[bytes] = []

    def run(self, values: object) -> bytes:
        self.op(self.table.root, values, [])
        return b"".join(self.out)

    def op(self, op: AnyOp, source: object, into: Record | list[object]) -> None:
        """Write the value that an op takes from ``source``: a record's member, or a whole array element."""
        match op:
            case When():
                for below in op.then if self.value(op.condition) else op.otherwise:
                    self.op(below, source, into)
            case Choose():
                for below in self.arm_at(op):
                    self.op(below, source, into)
            case _:
                entered = self.enter(op)
                value = self.member(op, source) if isinstance(into, Record) else source
                self.write(op, value, into)
                self.leave(entered)

    def arm_at(self, op: Choose) -> tuple[AnyOp, ...]:
        name = op.path[-1] if op.atomic and op.path and op.path[-1] != "[]" else ""
        if name:
            self.path.append(name)
        ops = self.arm(op)
        if name:
            self.path.pop()
        return ops

    def member(self, op: AnyOp, source: object) -> object:
        """The value of a member; one without octets may be left out."""
        assert isinstance(source, Record | dict)
        if op.name not in source:
            if isinstance(op, Builtin) and op.octets == 0:
                return None
            raise self.fail("absent", "a value", "none")
        value: object = source[op.name]
        return value

    def write(self, op: AnyOp, value: object, into: Record | list[object]) -> None:
        match op:
            case Group():
                self.record(op, value, into)
            case Bits():
                self.bits(op, value, into)
            case Repeat():
                self.repeat(op, value, into)
            case _:
                try:
                    raw, known = self.leaf(op, value)
                except LeafError as problem:
                    raise self.fail(problem.kind, problem.expected, problem.found) from None
                self.keep(op, into, known)
                self.put(raw)

    def keep(self, op: AnyOp, into: Record | list[object], value: object) -> None:
        if isinstance(into, list):
            into.append(value)
        else:
            into[op.name] = value

    def put(self, raw: bytes) -> None:
        self.out.append(raw)
        self.offset += len(raw)

    def mapping(self, value: object) -> Record | dict[str, object]:
        if not isinstance(value, Record | dict):
            raise self.fail("type", "a record", type(value).__name__)
        return value

    def record(self, op: Group, value: object, into: Record | list[object]) -> None:
        source, written = self.mapping(value), Record()
        self.keep(op, into, written)
        if self.root is None:
            self.root = written
        self.records.append(written)
        for below in op.ops:
            self.op(below, source, written)
        self.records.pop()
        self.nothing_more(source, written)

    def nothing_more(self, source: Record | dict[str, object], written: Record) -> None:
        """A name that the layout does not have here would be lost: refuse it."""
        for name in source:
            if name not in written and name != "$spare" and source[name] is not None:
                self.path.append(name)
                raise self.fail("unknown", "no such element here", shown(source[name]))

    def repeat(self, op: Repeat, value: object, into: Record | list[object]) -> None:
        count = self.length(op.count, "count")
        if not isinstance(value, list | tuple | Rows):
            raise self.fail("type", "a list", type(value).__name__)
        if len(value) != count:
            raise self.fail("length", f"{count} elements", str(len(value)))
        self.pay(op, count)
        written: list[object] = []
        self.keep(op, into, written)
        outer, self.index = self.index, 0
        self.path.append(0)
        for i, element in enumerate(value):
            self.index = self.path[-1] = i
            self.op(op.body, element, written)
        self.path.pop()
        self.index = outer

    def leaf(self, op: AnyOp, value: object) -> tuple[bytes, object]:
        """A leaf's octets, and its value as expressions and sets of later elements read it."""
        match op:
            case Take(octets=octets, kind=kind):
                big, form = self.big(op.order), self.form(op.form)
                if kind == "float":
                    return write_float(value, octets, big), None
                if not op.decimals:
                    value = self.number(value)
                if kind == "uint":
                    raw = write_uint(value, octets, big)
                    return raw, int.from_bytes(raw, "big" if big else "little")
                if op.decimals:
                    return write_decimal(value, octets, big, form, op.decimals), None
                raw = write_int(value, octets, big, form)
                return raw, read_int(raw, big, form)
            case Bytes(form=form_):
                return self.octets(form_, self.length(op.length, "length"), op.charset, value)
            case Builtin(kind=kind, variant=variant, octets=octets):
                big = self.big(op.order)
                if kind == "NIL":
                    if value is not None:
                        raise LeafError("type", "nothing", shown(value))
                    return b"", None
                if kind == "FLOAT_CHAR":
                    return write_char_number(value, octets), None
                if kind == "FIXED_BCD":
                    return write_bcd_number(value, octets), None
                return write_moment(kind, variant, value, big), None
            case Opaque():
                limit = self.length(op.limit, "limit")
                raw = as_octets(value)
                if len(raw) > limit:
                    raise LeafError("length", f"at most {limit} octets", str(len(raw)))
                return raw, None
            case _:
                raise AssertionError(op)

    def number(self, value: object) -> object:
        """What is to be written as an integer."""
        return int(value) if self.flags_are_numbers and isinstance(value, bool) else value

    def octets(self, form: str, length: int, charset: Expr | None, value: object) -> tuple[bytes, object]:
        if form == "text":
            assert charset is not None
            return write_text(value, length, self.value(charset)), None
        if form == "bcd":
            return write_bcd(value, length), None
        if form == "set":
            raw = write_set(value, length)
            return raw, Members(raw)
        return write_binary(value, length), None

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: Bits, value: object, into: Record | list[object]) -> None:
        source, written = self.mapping(value), Record()
        self.keep(op, into, written)
        if self.root is None:
            self.root = written
        big = self.big(op.order)
        self.records.append(written)
        word, covered = self.fields(op.fields, source, written)
        self.records.pop()
        self.nothing_more(source, written)
        spare = source.spare if isinstance(source, Record) else source.get("$spare", 0)
        bits = as_index(spare)
        if bits is None or bits & covered or not 0 <= bits < 1 << 8 * op.octets:
            raise self.fail("range", "spare bits outside every field", shown(spare))
        self.put((word | bits).to_bytes(op.octets, "big" if big else "little"))

    def fields(self, ops: tuple[AnyOp, ...], source: Record | dict[str, object], written: Record) -> tuple[int, int]:
        """The word that fields make, and the mask of the bits they cover."""
        word = covered = 0
        for op in ops:
            match op:
                case Field():
                    entered = self.enter(op)
                    value = self.member(op, source)
                    form = self.form(op.form)
                    if op.kind != "bool":
                        value = self.number(value)
                    try:
                        bits = insert(value, op.low, op.width, op.kind, form)
                    except LeafError as problem:
                        raise self.fail(problem.kind, problem.expected, problem.found) from None
                    written[op.name] = extract(bits, op.low, op.width, op.kind, form)
                    word |= bits
                    covered |= ((1 << op.width) - 1) << op.low
                    self.leave(entered)
                    continue
                case When():
                    branch = op.then if self.value(op.condition) else op.otherwise
                case Choose():
                    branch = self.arm(op)
                case Fill():
                    continue
                case _:
                    raise AssertionError(op)
            more, more_covered = self.fields(branch, source, written)
            word |= more
            covered |= more_covered
        return word, covered
