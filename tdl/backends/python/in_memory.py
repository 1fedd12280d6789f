"""A table's code in memory: the straight lines of generated Python, with the records of the library.

A record of the library keeps its elements in a dict, which is at hand in a variable of its own while the record is
made or written. What is left of a straight line is for the reference codec, as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from importlib import import_module
from struct import Struct
from types import SimpleNamespace
from typing import Any

from tdl.backends.python.constants import Constants
from tdl.backends.python.emitter import Emitter
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.literals import literal
from tdl.backends.python.lookups import lookups
from tdl.backends.python.members import element_name, leaves
from tdl.backends.python.places import Places
from tdl.backends.python.reading import Reading
from tdl.backends.python.scope import Frame, Scope, TooComplex
from tdl.backends.python.writing import Writing
from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.ir import plan

_LINES = 2000
"""More would take longer to compile than they save."""

_UNROLLED = 64
"""Leaves of an array that are written out: with more, code is hardly faster and takes twice as long to make."""

Decode = Callable[[bytes, Environment], Record]
Encode = Callable[[object, Environment], bytes]


class _Blank:
    """A record of the library before it is one.

    It has the slots of one and nothing else, so that Python stores what is in them without a call; then it is given its
    class.
    """

    __slots__ = ("_values", "spare")
    _values: dict[str, Any]
    spare: int


def decoder(table: plan.TablePlan) -> Decode | None:
    """A function that decodes a table, raising anything where the reference codec must; None if there is none."""
    made: Decode | None = _made(table, _Reading, writing=False, parameters="data, environment")
    return made


def encoder(table: plan.TablePlan) -> Encode | None:
    """As `decoder`, for the other direction."""
    made: Encode | None = _made(table, _Writing, writing=True, parameters="record, environment")
    return made


def _made(table: plan.TablePlan, emitter: type[_Reading | _Writing], *, writing: bool, parameters: str) -> Any:
    constants, places = Constants(), Places({}, {}, frozenset())
    scope = _Scope(constants, places, writing=writing)
    classes = defaultdict[str, str](lambda: "Blank")
    try:
        lines = emitter(scope, classes, places, _NoLayouts(constants, places, _nothing, _nothing)).table(table.root)
    except TooComplex:
        return None
    names = {name: getattr(_run_time(module), name) for module, name in constants.used()}
    names |= {"Any": Any, "Struct": Struct, "Record": Record, "records": SimpleNamespace(Blank=_Blank)}
    source = [*constants.definitions(), f"def move({parameters}):", *lines]
    exec(compile("\n".join(source), f"<{table.key}>", "exec", dont_inherit=True), names)
    return names["move"]


@cache
def _run_time(module: str) -> Any:
    """A module of what a generated package has for its run-time."""
    try:
        return import_module(f"tdl.backends.python.runtime.{module}")
    except ModuleNotFoundError:
        return import_module(f"tdl.codec.{module}")


class _NoLayouts(Layouts):
    """The library's arrays are lists."""

    def of(self, body: plan.PlanOp) -> str | None:
        return None


def _nothing(scope: Scope, body: plan.Group, layouts: Layouts) -> list[str]:
    raise TooComplex


class _Scope(Scope):
    """Where elements are: in the dict of a record that has a variable, else in the record."""

    def place(self, record: str, type_name: str, name: str) -> str:
        return self.perhaps(record, name)

    def perhaps(self, record: str, name: str) -> str:
        return f"{record}_[{literal(name)}]" if record.isidentifier() else f"{record}[{literal(name)}]"

    def has_spare(self, type_name: str) -> bool:
        return True


class _Short(Emitter):
    """Code that is worth its compilation."""

    def say(self, text: str) -> None:
        if self.said > _LINES:
            raise TooComplex
        super().say(text)

    def long(self, op: plan.Repeat) -> bool:
        return leaves(op) > _UNROLLED


class _Reading(_Short, Reading):
    aiming = False  # a record's dict is not there when its function begins

    def content(self, op: plan.Group | plan.Bits, variable: str) -> None:
        """The values of a record, in the order in which the reference codec finds them."""
        self.say(f"{variable}._values = {variable}_ = {{{', '.join(f'{literal(name)}: None' for name in _first(op))}}}")
        with self.frame(variable, op) as frame:
            if isinstance(op, plan.Group):
                self.say(f"{variable}.spare = 0")
                self.members(op.ops, frame, sure=True)
            else:
                self.bits(op, frame)
        self.say(f"{variable}.__class__ = Record")


def _first(op: plan.Group | plan.Bits) -> list[str]:
    """The names that must be in a record before its values are, or they would come in the order of octets."""
    found = lookups(op) if isinstance(op, plan.Bits) else None
    if found is None:
        return []
    declared = [field.name for field in op.fields if isinstance(field, plan.Field)]  # type: ignore[union-attr]
    return declared if declared != [field.name for each in found for field in each.fields] else []


class _Writing(_Short, Writing):
    """Elements that a record has and the layout has not are counted, and a flag is no number to the library."""

    def record(self, op: plan.Group | plan.Bits, source: str) -> str:
        variable = self.value(source)
        self.leave_if(f"{variable}.__class__ is not Record")
        self.say(f"{variable}_ = {variable}._values")
        return variable

    def extra(self, op: plan.Group | plan.Bits, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        names = [element_name(each) for each in ops if element_name(each)]
        surplus = f"len({frame.variable}_) - {len(names)}"
        if _branches(ops):
            self.say(f"extra{frame.variable} = {surplus}")
        else:
            self.leave_if(surplus)
        numbers = self.numbers(ops, frame)
        if len(numbers) == len(names) and not _branches(ops):
            self.leave_if(f"bool in map(type, {frame.variable}_.values())")
        elif numbers:
            self.leave_if(f"bool in map(type, ({', '.join(numbers)},))")

    def here(self, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        names = [element_name(each) for each in ops if element_name(each)]
        numbers = self.numbers(ops, frame)
        self.say(f"extra{frame.variable} -= {len(names)}")
        if numbers:
            self.leave_if(f"bool in map(type, ({', '.join(numbers)},))")

    def numbers(self, ops: tuple[plan.AnyOp, ...], frame: Frame) -> list[str]:
        """Where the integers of a record or of one of its branches are."""
        return [self.attribute(frame, element_name(op)) for op in ops if element_name(op) and _is_number(op)]

    def nothing_more(self, op: plan.Group | plan.Bits, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        if _branches(ops):
            self.leave_if(f"extra{frame.variable}")

    def repeat(self, op: plan.Repeat, source: str) -> None:
        values = self.value(source)
        if _is_number(op.body):
            self.leave_if(f"{values}.__class__ is not list or bool in map(type, {values})")
        super().repeat(op, values)


def _branches(ops: tuple[plan.AnyOp, ...]) -> bool:
    """Whether some elements depend on the content."""
    return any(not element_name(op) and not isinstance(op, plan.Fill) for op in ops)


def _is_number(op: plan.AnyOp) -> bool:
    """Whether an op is an integer, or selects what may be one."""
    match op:
        case plan.Take(kind="float"):
            return False
        case plan.Take() | plan.Choose():
            return True
        case plan.Field(kind=kind):
            return kind != "bool"
        case _:
            return False
