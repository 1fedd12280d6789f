# SPDX-License-Identifier: 0BSD
"""A table's Plan in the types of JSON, and back: for generated code, caches and plug-ins.

Spans stay behind; all else makes the round trip. The form is a list of the version, the table's own facts, two pools
and the ops. A pool holds each path or expression once, an expression after those inside it, and an op is a list of
its class's letter, its name, path, index and offset, and then the fields that `_FIELDS` lists for that class.
"""

from __future__ import annotations

from tdl.ir.expr import INT64_MAX, INT64_MIN, Binary, Const, Contains, Expr, External, Index, Local, Unary
from tdl.ir.plan import (
    AnyOp,
    Arm,
    Bits,
    Builtin,
    Bytes,
    Choose,
    Field,
    Fill,
    Group,
    Need,
    Opaque,
    Repeat,
    TablePlan,
    Take,
    When,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    Wire: TypeAlias = list[Any]

VERSION = 1

MAX_DEPTH = 250
"""How deep ops may nest: more than `tdl.ir.schedule.MAX_LEVELS` allows a table."""

_FIELDS: dict[str, tuple[type[AnyOp], str]] = {
    "T": (Take, "octets:int kind:str order:expr form:expr? decimals:int enumeration:str?"),
    "S": (Bytes, "form:str length:expr charset:expr?"),
    "B": (Builtin, "kind:str variant:int octets:int order:expr"),
    "O": (Opaque, "limit:expr"),
    "G": (Group, "type_name:str ops:ops"),
    "W": (Bits, "type_name:str octets:int order:expr fields:ops"),
    "F": (Field, "low:int width:int kind:str form:expr? enumeration:str?"),
    "X": (Fill, "low:int width:int"),
    "I": (When, "condition:expr then:ops otherwise:ops"),
    "C": (Choose, "selector:expr arms:arms otherwise:ops? refusal:str atomic:str"),
    "R": (Repeat, "count:expr body:op empty_body:bool"),
}
"""The letter of each class of op, and its fields with their kinds; ``?`` marks one that may be None."""

_IN_RECORDS, _IN_BIT_FIELDS = "TSBOGWICR", "FXIC"

_LETTERS = {of: letter for letter, (of, _) in _FIELDS.items()}


class WireError(ValueError):
    """No Plan of this version."""


def to_wire(table: TablePlan) -> Wire:
    """The Plan as lists, texts, numbers, flags and None."""
    writer = _Writer()
    root = writer.op(table.root)
    needs = [[writer.expr(need.reference), writer.path(need.by)] for need in table.needs]
    facts = [table.key, table.id, table.name, list(table.size)]
    return [VERSION, facts, [list(path) for path in writer.paths], writer.exprs, needs, root]


def from_wire(wire: object) -> TablePlan:
    """The Plan that `to_wire` was given.

    Raises:
        WireError: something that `to_wire` does not make.
    """
    try:
        version, facts, paths, exprs, needs, root = _list(wire, 6)
        if version != VERSION:
            raise WireError(f"version {version!r} found, {VERSION} expected")
        key, identity, name, size = _list(facts, 4)
        low, high = (_int(octets) for octets in _list(size, 2))
        reader = _Reader(_list(paths), _list(exprs))
        return TablePlan(
            key=_str(key),
            id=_int(identity),
            name=_str(name),
            root=reader.op(root),  # type: ignore[arg-type]  # no field outside a bit field is read
            needs=tuple(reader.need(need) for need in _list(needs)),
            size=(low, high),
        )
    except WireError:
        raise
    except (KeyError, IndexError, TypeError, ValueError) as problem:
        raise WireError(f"no plan: {problem!r}") from None


class _Writer:
    def __init__(self) -> None:
        self.paths: dict[tuple[str, ...], int] = {}
        self.exprs: list[Wire] = []
        self.places: dict[Expr, int] = {}

    def path(self, path: tuple[str, ...]) -> int:
        return self.paths.setdefault(path, len(self.paths))

    def expr(self, expression: Expr) -> int:
        if expression not in self.places:
            self.exprs.append(self.expression(expression))
            self.places[expression] = len(self.exprs) - 1
        return self.places[expression]

    def expression(self, expression: Expr) -> Wire:
        match expression:
            case Const(value=value):
                return ["c", value]
            case External():
                indices = [self.expr(index) for index in expression.indices]
                path = self.path(expression.path)
                return ["e", expression.table, expression.table_name, path, indices, *expression.range]
            case Local():
                indices = [self.expr(index) for index in expression.indices]
                return ["l", expression.up, self.path(expression.path), indices, *expression.range]
            case Index():
                return ["i"]
            case Contains():
                return ["m", self.expr(expression.set), self.expr(expression.member)]
            case Unary():
                return ["u", expression.operator, self.expr(expression.operand)]
            case Binary():
                return ["b", expression.operator, self.expr(expression.left), self.expr(expression.right)]

    def op(self, op: AnyOp) -> Wire:
        letter = _LETTERS[type(op)]
        fields = [self.field(getattr(op, name), kind) for name, kind in _described(letter)]
        return [letter, op.name, self.path(op.path), op.index, op.at, *fields]

    def field(self, value: Any, kind: str) -> Any:
        if value is None:
            return None
        match kind.removesuffix("?"):
            case "expr":
                return self.expr(value)
            case "op":
                return self.op(value)
            case "ops":
                return [self.op(op) for op in value]
            case "arms":
                return [[[list(label) for label in arm.labels], [self.op(op) for op in arm.ops]] for arm in value]
            case _:
                return value


class _Reader:
    def __init__(self, paths: Sequence[object], exprs: Sequence[object]) -> None:
        self.paths = [tuple(_str(step) for step in _list(path)) for path in paths]
        self.exprs: list[Expr] = []
        for expression in exprs:  # those inside another stand before it, so nothing refers to itself
            self.exprs.append(self.expression(_list(expression)))

    def path(self, place: object) -> tuple[str, ...]:
        return self.paths[_place(place)]

    def expr(self, place: object) -> Expr:
        return self.exprs[_place(place)]

    def expression(self, wire: Wire) -> Expr:
        match wire:
            case ["c", value]:
                return Const(value=_int64(value))
            case ["e", table, name, path, indices, low, high]:
                return External(
                    table=_int(table),
                    table_name=_str(name),
                    path=self.path(path),
                    indices=tuple(self.expr(index) for index in _list(indices)),
                    range=(_int64(low), _int64(high)),
                )
            case ["l", up, path, indices, low, high]:
                return Local(
                    up=_place(up),
                    path=self.path(path),
                    indices=tuple(self.expr(index) for index in _list(indices)),
                    range=(_int64(low), _int64(high)),
                )
            case ["i"]:
                return Index()
            case ["m", holder, member]:
                reference = self.expr(holder)
                if not isinstance(reference, External | Local):
                    raise WireError("a set that is no reference")
                return Contains(set=reference, member=self.expr(member))
            case ["u", operator, operand]:
                return Unary(operator=_str(operator), operand=self.expr(operand))
            case ["b", operator, left, right]:
                return Binary(operator=_str(operator), left=self.expr(left), right=self.expr(right))
            case _:
                raise WireError("no expression")

    def need(self, wire: object) -> Need:
        place, by = _list(wire, 2)
        reference = self.expr(place)
        if not isinstance(reference, External):
            raise WireError("a need that is no reference")
        return Need(reference=reference, by=self.path(by))

    def op(self, wire: object, depth: int = 0, among: str = _IN_RECORDS) -> AnyOp:
        if depth > MAX_DEPTH:
            raise WireError(f"more than {MAX_DEPTH} levels")
        letter, name, path, index, at, *fields = _list(wire)
        if _str(letter) not in among:
            raise WireError(f"op {letter!r} out of place")
        if letter == "W":
            among = _IN_BIT_FIELDS
        described = _described(letter)
        if len(fields) != len(described):
            raise WireError(f"{len(fields)} fields found, {len(described)} expected")
        read = {
            field: self.field(value, kind, depth + 1, among)
            for (field, kind), value in zip(described, fields, strict=True)
        }
        return _FIELDS[letter][0](
            name=_str(name), path=self.path(path), index=_int(index), at=None if at is None else _place(at), **read
        )

    def field(self, value: object, kind: str, depth: int, among: str) -> Any:
        if value is None and kind.endswith("?"):
            return None
        match kind.removesuffix("?"):
            case "int":
                return _int(value)
            case "str":
                return _str(value)
            case "bool":
                return value is True
            case "expr":
                return self.expr(value)
            case "op":
                return self.op(value, depth, among)
            case "ops":
                return self.ops(value, depth, among)
            case _:
                return tuple(self.arm(arm, depth, among) for arm in _list(value))

    def ops(self, value: object, depth: int, among: str) -> tuple[AnyOp, ...]:
        return tuple(self.op(op, depth, among) for op in _list(value))

    def arm(self, wire: object, depth: int, among: str) -> Arm:
        labels, ops = _list(wire, 2)
        ranges = [_list(label, 2) for label in _list(labels)]
        return Arm(labels=tuple((_int(low), _int(high)) for low, high in ranges), ops=self.ops(ops, depth, among))


def _described(letter: str) -> list[tuple[str, str]]:
    """The names of an op's fields and their kinds."""
    return [(name, kind) for name, _, kind in (field.partition(":") for field in _FIELDS[letter][1].split())]


def _list(value: object, length: int | None = None) -> Wire:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise WireError("no list of the length expected")
    return value


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise WireError("no text")
    return value


def _int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WireError("no integer")
    return value


def _int64(value: object) -> int:
    if not INT64_MIN <= _int(value) <= INT64_MAX:
        raise WireError("no integer of 64 bits")
    return _int(value)


def _place(value: object) -> int:
    if _int(value) < 0:
        raise WireError("a negative place")
    return _int(value)
