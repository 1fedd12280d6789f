"""Leaves as they are written: the items of a struct that a value makes, and what is looked at before.

A value of the class that decoding makes is written in the straight line; for any other one the codec's own function
is called, which takes it or refuses it.
"""

from __future__ import annotations

from collections.abc import Callable

from tdl.backends.python import places
from tdl.backends.python.literals import literal
from tdl.backends.python.scope import Scope
from tdl.codec.moments import PARTS
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const

Leaf = plan.Take | plan.Bytes | plan.Builtin

_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
_FLOATS = {4: "f", 8: "d"}
_PARTS = {3: (2, 1), 5: (4, 1), 6: (4, 2), 7: (4, 2, 1)}
"""Sizes that `struct` does not have, as those that it has, least significant first."""

_CHARSETS = (1, 2, 3)
"""CHAR_FORMATs under which ASCII is one octet a character."""

_ATTRIBUTES = {"Y": "year", "M": "month", "D": "day", "h": "hour", "m": "minute", "s": "second", "c": "microsecond"}

_MINUTES, _SECONDS = "YMDhm", "YMDhms"
"""The parts of dates and times that are written in other ways than part by part, which takes longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a value is in a struct.

    Attributes:
        codes: of its items; none for a leaf without octets.
        order: whether they come most significant octet first, or the variable that says so; None if it is all one.
        items: expressions, one a code; ``@`` is the variable of the value, and ``#0``, ``#1`` ... are those of `lines`.
        lines: what sets these.
        real: whether it is a float, of which `struct` takes more than the codec does.
    """

    codes: tuple[str, ...]
    order: bool | str | None
    items: tuple[str, ...]
    lines: tuple[str, ...] = ()
    real: bool = False

    @property
    def once(self) -> bool:
        """Whether the value is looked at in one place."""
        return not self.real and "".join((*self.items, *self.lines)).count("@") == 1

    def of(self, variable: str, own: list[str]) -> list[str]:
        """The expressions of a variable's value; ``own`` are the variables of the lines."""
        return [_filled(item, variable, own) for item in self.items]

    def in_one(self, source: str, fresh: Callable[[str], str]) -> str:
        """The one item of a value that is looked at nowhere else, wherever that comes from."""
        (item,) = self.items
        if source.isidentifier() or item.count("@") == 1:
            return item.replace("@", source)
        variable = fresh("a")
        plain, _, condition = item.partition(" if ")  # which is evaluated first
        return f"{plain} if {condition.replace('@', f'({variable} := {source})', 1)}".replace("@", variable)

    def said(self, variable: str, own: list[str]) -> list[str]:
        """The lines for a variable's value."""
        return [_filled(line, variable, own) for line in self.lines]


def _filled(text: str, variable: str, own: list[str]) -> str:
    for number, name in enumerate(own):
        text = text.replace(f"#{number}", name)
    return text.replace("@", variable)


def stored(op: Leaf, scope: Scope, order: bool | str, form: int | str, charset: int | str) -> Stored:
    """A leaf's items, where its order of octets and its formats are known or in variables."""
    match op:
        case plan.Take():
            return _number(op, scope, order, form)
        case plan.Bytes(form=kind):
            assert isinstance(op.length, Const)
            return stored_octets(scope, kind, op.length.value, charset)
        case plan.Builtin(octets=0):
            return Stored(codes=(), order=None, items=())
        case plan.Builtin(kind="FLOAT_CHAR", octets=octets):
            return _called(scope, octets, f"write_char_number(@, {octets})")
        case plan.Builtin(kind="FIXED_BCD", octets=octets):
            return _called(scope, octets, f"write_bcd_number(@, {octets})")
        case plan.Builtin(kind=kind, variant=variant, octets=octets):
            call = f"write_moment({literal(kind)}, {variant}, @, {order})"
            if kind in PARTS and variant in (1, 2):
                return _moment(op, scope, _called(scope, octets, call, "seldom"))
            return _called(scope, octets, call, "moments")


def stored_octets(scope: Scope, kind: str, octets: int | str, charset: int | str) -> Stored:
    """Text, digits, a set or plain octets; where their number is a variable there are no codes to ask for."""
    match kind:
        case "text":
            known = ""
            if isinstance(charset, str):
                known = f" and ({charset} == 1 or {charset} in {scope.use('arithmetic', 'CHARSETS')})"
            written = _called(scope, octets, f"write_text(@, {octets}, {charset})")
            if isinstance(charset, int) and charset not in _CHARSETS:
                return written
            plain = f"@.__class__ is str and len(@) == {octets} and @.isascii()"
            return _either(written, "@.encode()", f"{plain}{known}")
        case "set" | places.HELD_SET:
            members = f"@.__class__ is {scope.use('members', 'Members')} and len(@.octets) == {octets}"
            written = _either(_called(scope, octets, f"write_set(@, {octets})", "seldom"), "@.octets", members)
            return written if kind == "set" else _either(written, "@", f"@.__class__ is bytes and len(@) == {octets}")
        case "bcd":
            return _called(scope, octets, f"write_bcd(@, {octets})")
        case _:
            written = _called(scope, octets, f"write_binary(@, {octets})", "seldom")
            return _either(written, "@", f"@.__class__ is bytes and len(@) == {octets}")


def _called(scope: Scope, octets: int | str, call: str, module: str = "octets") -> Stored:
    """Octets that a function of the codec writes; ``@`` is its argument."""
    scope.use(module, call.partition("(")[0])
    return Stored(codes=(f"{octets}s",), order=None, items=(call,))


def _either(otherwise: Stored, plain: str, condition: str) -> Stored:
    return Stored(codes=otherwise.codes, order=None, items=(f"{plain} if {condition} else {otherwise.items[0]}",))


def _number(op: plan.Take, scope: Scope, order: bool | str, form: int | str) -> Stored:
    octets, signed = op.octets, op.kind == "int"
    if op.kind == "float" and scope.total:
        return _called(scope, octets, f"write_float(@, {octets}, {order})")
    if op.kind == "float":
        return Stored(codes=(_FLOATS[octets],), order=order, items=("@",), real=True)
    if op.decimals:
        return _called(scope, octets, f"write_decimal(@, {octets}, {order}, {form}, {op.decimals})")
    if signed and (form != 0 or (octets not in _UNSIGNED and isinstance(order, str))):
        written = _called(scope, octets, f"write_int(@, {octets}, {order}, {form})")
        if isinstance(form, int) and form:
            return written
        plain = f"@.__class__ is int and not {form}" if isinstance(form, str) else "@.__class__ is int"
        return _either(written, f"@.to_bytes({octets}, {_first(scope, order)}, signed=True)", plain)
    if octets in _UNSIGNED:
        code = _UNSIGNED[octets].lower() if signed else _UNSIGNED[octets]
        return Stored(codes=(code,), order=order if octets > 1 else None, items=("@",))
    if isinstance(order, str):
        written = _called(scope, octets, f"write_uint(@, {octets}, {order})")
        return _either(written, f"@.to_bytes({octets}, {_first(scope, order)})", "@.__class__ is int")
    if not signed and octets > 3:  # two numbers and the shifts for them take longer
        return Stored(codes=(f"{octets}s",), order=None, items=(f"@.to_bytes({octets}, {_first(scope, order)})",))
    return _apart(octets, order, signed)


def _first(scope: Scope, order: bool | str) -> str:
    """Which octet comes first, as `int.to_bytes` is told."""
    if isinstance(order, str):
        return f"{scope.use('arms', 'ORDERS')}[{order}]"
    return '"big"' if order else '"little"'


def _apart(octets: int, order: bool, signed: bool) -> Stored:
    """An integer whose size `struct` does not have, in parts of sizes that it has."""
    codes, items, low = [], [], 0
    for size in _PARTS[octets]:
        shifted = f"@ >> {low}" if low else "@"
        low += 8 * size
        last = low == 8 * octets
        codes.append(_UNSIGNED[size].lower() if signed and last else _UNSIGNED[size])
        items.append(shifted if last else f"{shifted} & 0x{(1 << 8 * size) - 1:X}")
    step = -1 if order else 1
    return Stored(codes=tuple(codes[::step]), order=order, items=tuple(items[::step]))


def _moment(op: plan.Builtin, scope: Scope, otherwise: Stored) -> Stored:
    """Year, month, day and so on, an octet each."""
    parts, decimal = PARTS[op.kind], op.variant == 1
    if parts == _MINUTES:
        known = scope.use("calendar", "MINUTES_OF_DIGITS" if decimal else "MINUTES")
        return _either(otherwise, f"{known}[@]", f"@.__class__ is {scope.use('calendar', 'datetime')}")
    if parts == _SECONDS:
        return _state(decimal, scope, otherwise)
    of = scope.use("calendar", "datetime" if "Y" in parts else "time")
    digits = f"{scope.use('calendar', 'DIGITS')}[%s]" if decimal else "%s"
    given = []
    for part in parts:
        number = f"@.{_ATTRIBUTES[part]}"
        if part == "Y":
            given.append(f"{scope.use('calendar', _years(decimal))}[{number}]")
        else:
            given.append(digits % (f"{number} // 10000" if part == "c" else number))
    finer = {"m": ("second", "microsecond"), "s": ("microsecond",), "c": ()}[parts[-1]]
    plain = [f"@.__class__ is {of}", "@.tzinfo is None", *(f"not @.{each}" for each in finer)]
    plain += ["not @.microsecond % 10000"] if parts[-1] == "c" else []
    either = f"({', '.join(given)}) if {' and '.join(plain)} else {otherwise.items[0]}"
    items = tuple(f"#{number}" for number in range(len(parts)))
    return Stored(codes=("B",) * len(parts), order=None, items=items, lines=(f"({', '.join(items)},) = {either}",))


def _state(decimal: bool, scope: Scope, otherwise: Stored) -> Stored:
    """A moment to the second by the octets that it is pickled with."""
    digits = f"#1 = #1.translate({scope.use('calendar', 'DIGITS_OF_OCTETS')})"
    lines = (
        f"if @.__class__ is {scope.use('calendar', 'datetime')}:",
        f"    _, (state,) = {scope.use('calendar', 'pickled')}(@)  # two with a time zone: refused",
        f"    year, #1, finer = {scope.use('calendar', 'TO_SECONDS')}.unpack(state)",
        f"    #0 = {scope.use('calendar', _years(decimal))}[year]",
        *([f"    {digits}"] if decimal else []),
        f"    if finer != {bytes(3)!r}:",
        f"        {scope.leave()}",
        "else:",
        f"    #1 = {otherwise.items[0]}",
        "    #0, #1 = #1[0], #1[1:]",
    )
    return Stored(codes=("B", "5s"), order=None, items=("#0", "#1"), lines=lines)


def _years(decimal: bool) -> str:
    return "SHORT_YEARS_OF_DIGITS" if decimal else "SHORT_YEARS"
