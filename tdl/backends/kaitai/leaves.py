"""Leaves as Kaitai reads them: its own types where they are the same, else a small type that keeps the octets.

Such a type has what was read as ``raw``, ``digits`` or ``flags``, and an instance ``value`` or ``text`` where Kaitai
can calculate it.
"""

from __future__ import annotations

from collections.abc import Callable

from tdl.backends.kaitai.expressions import NoForm
from tdl.backends.kaitai.moments import moment_type
from tdl.backends.kaitai.text import Spec, plain_number
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const, Expr
from tdl.ir.interval import interval

Leaf = plan.Take | plan.Bytes | plan.Builtin | plan.Opaque

NATIVE = (1, 2, 4, 8)
_FORMS = ("", "_ones_complement", "_sign_magnitude")
_CHARSETS = {1: "ASCII", 2: "ISO-8859-1", 3: "UTF-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The order of octets that a file has: what is read in the other one says so."""

    big: bool

    def of(self, order: Expr) -> str:
        """What a type of several octets ends with."""
        big = order == Const(value=1)
        return "" if big == self.big else "be" if big else "le"

    def bits(self, big: bool) -> str:
        return "" if big == self.big else "be" if big else "le"


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """A type of a file beside those of the definition, and the arguments that it takes here."""

    name: str
    spec: Spec
    arguments: tuple[str, ...] = ()


def leaf_spec(op: Leaf, orders: Orders, use: Callable[[Helper], str], calculate: Callable[[Expr], str]) -> Spec | None:
    """The keys of an attribute that reads a leaf; None for one without octets.

    Args:
        use: the name by which a helper can be used, with its arguments.
        calculate: an expression as Kaitai writes it.
    """
    if isinstance(op, plan.Take | plan.Builtin):
        check_order(op.order)
    match op:
        case plan.Take(kind="float", octets=octets):
            return {"type": f"f{octets}{orders.of(op.order)}"}
        case plan.Take():
            return _integer(op, orders, use)
        case plan.Bytes():
            return _octets(op, use, calculate)
        case plan.Builtin():
            return _builtin(op, orders, use)
        case plan.Opaque():
            if interval(op.limit)[0] >= plan.MAX_OCTETS:
                return {"size-eos": True}
            limit, left = calculate(op.limit), "_io.size - _io.pos"
            return {"size": f"({left}) < ({limit}) ? {left} : {limit}"}


def is_number(op: plan.AnyOp) -> str | None:
    """What follows an attribute to get at its integer, or None if it has none that expressions can use."""
    match op:
        case plan.Take(kind="uint") if op.octets < 8:
            return ""
        case plan.Take(kind="int", decimals=0):
            return "" if _is_native(op) else ".value"
        case plan.Builtin(kind="RDATE"):
            return ".value"
        case plan.Field(kind="bool", width=1):
            return ".to_i"
        case plan.Field():
            return ""
        case _:
            return None


def signed(raw: str, width: int, form: int, *, extended: bool = False) -> str:
    """A signed number out of its bits; ``extended`` where ``raw`` is their two's complement already."""
    mask, bits = (1 << width - 1) - 1, 1 << width
    negative = f"{raw} < 0" if extended else f"{raw} > {mask}"
    if form == 2:
        return f"{negative} ? 0 - ({raw} & {mask}) : {raw}"
    shift = f"{raw} + 1" if extended else f"{raw} - {bits - (1 if form == 1 else 0)}"
    return f"{negative} ? {shift} : {raw}"


def check_order(order: Expr) -> None:
    """Refuse an order of octets that the table itself decides.

    Raises:
        NoForm: it is not constant.
    """
    if not isinstance(order, Const):
        raise NoForm(order, "the order of octets is not constant")


def int_form(form: Expr | None) -> int:
    """The INT_FORMAT of a signed number.

    Raises:
        NoForm: it is the reserved one.
    """
    if form is None:
        return 0
    if not (isinstance(form, Const) and form.value < len(_FORMS)):
        raise NoForm(form, "the format of signed numbers is reserved or not constant")
    return form.value


# --- numbers ---------------------------------------------------------------------------------------------------------


def _is_native(op: plan.Take) -> bool:
    return op.octets in NATIVE and not int_form(op.form)


def _whole(letter: str, op: plan.Take, orders: Orders) -> str:
    """The type that reads an integer's octets."""
    order = orders.of(op.order)
    if op.octets in NATIVE:
        return f"{letter}{op.octets}{order if op.octets > 1 else ''}"
    return f"b{8 * op.octets}{order}"


def _integer(op: plan.Take, orders: Orders, use: Callable[[Helper], str]) -> Spec:
    if op.kind == "uint":
        return {"type": _whole("u", op, orders)}
    if _is_native(op) and not op.decimals:
        return {"type": _whole("s", op, orders)}
    form, native = int_form(op.form), op.octets in NATIVE
    number = "raw" if _is_native(op) else signed("raw", 8 * op.octets, form, extended=native)
    name = f"int{8 * op.octets}{_FORMS[form]}{orders.of(op.order) and '_' + orders.of(op.order)}"
    instances: Spec = {"value": {"value": number}}
    if op.decimals:
        name += f"_decimals{op.decimals}"
        instances = {"digits": {"value": number}, "value": {"value": f"digits / {10**op.decimals}.0"}}
    spec: Spec = {"seq": [{"id": "raw", "type": _whole("s", op, orders)}], "instances": instances}
    return {"type": use(Helper(name=name, spec=spec))}


# --- octets ----------------------------------------------------------------------------------------------------------

_OCTETS = {"params": [{"id": "octets", "type": "s4"}]}
_DIGITS: Spec = {
    "doc": "digits, two an octet, the high half first",
    **_OCTETS,
    "seq": [{"id": "digits", "type": "b4be", "repeat": "expr", "repeat-expr": "octets * 2"}],
}
_MEMBERS: Spec = {
    "doc": "a set: flag i says whether i is in it",
    **_OCTETS,
    "seq": [{"id": "flags", "type": "b1le", "repeat": "expr", "repeat-expr": "octets * 8"}],
}


def _text(encoding: str) -> Spec:
    return {
        "doc": "octets that need not be characters",
        **_OCTETS,
        "seq": [{"id": "raw", "size": "octets"}],
        "instances": {"text": {"value": f'raw.to_s("{encoding}")'}},
    }


def _octets(op: plan.Bytes, use: Callable[[Helper], str], calculate: Callable[[Expr], str]) -> Spec:
    length = calculate(op.length)
    match op.form:
        case "text" if isinstance(op.charset, Const) and op.charset.value in _CHARSETS:
            encoding = _CHARSETS[op.charset.value]
            if encoding == "ISO-8859-1":  # the only one of which all octets are characters
                return {"type": "str", "size": plain_number(length), "encoding": encoding}
            name = f"text_{encoding.lower().replace('-', '')}"
            return {"type": use(Helper(name=name, spec=_text(encoding), arguments=(length,)))}
        case "bcd":
            return {"type": use(Helper(name="bcd", spec=_DIGITS, arguments=(length,)))}
        case "set":
            return {"type": use(Helper(name="members", spec=_MEMBERS, arguments=(length,)))}
        case _:
            return {"size": plain_number(length)}


def _builtin(op: plan.Builtin, orders: Orders, use: Callable[[Helper], str]) -> Spec | None:
    if not op.octets:
        return None
    if op.kind == "FLOAT_CHAR":
        return {"type": use(Helper(name="text_ascii", spec=_text("ASCII"), arguments=(str(op.octets),)))}
    if op.kind == "FIXED_BCD":
        return {"type": use(Helper(name="bcd", spec=_DIGITS, arguments=(str(op.octets),)))}
    order = orders.of(op.order)
    name = f"{op.kind.lower()}{f'_format{op.variant}' if op.variant else ''}{order and '_' + order}"
    return {"type": use(Helper(name=name, spec=moment_type(op.kind, op.variant, order)))}
