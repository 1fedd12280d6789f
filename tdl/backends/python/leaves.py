"""Leaves as they are read: which items of a struct they are, and what makes values of these."""

from __future__ import annotations

from tdl.backends.python.literals import literal
from tdl.backends.python.moments import moment_items
from tdl.backends.python.packing import Items
from tdl.backends.python.scope import MAX_FORM, Scope
from tdl.ir import plan
from tdl.ir.expr import Const

UNROLLED = 256
"""How many leaves an array may come to for its elements to be written out one by one."""

Leaf = plan.Take | plan.Bytes | plan.Builtin

_MODULES = {"Members": "members", "read_moment": "moments"}
"""Where functions of the codec are that are not in `tdl.codec.octets`."""

_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
_FLOATS = {4: "f", 8: "d"}
_PARTS = {3: (2, 1), 5: (4, 1), 6: (4, 2), 7: (4, 2, 1)}
"""Sizes that `struct` does not have, as those that it has, least significant first."""


def settled_leaf(op: plan.AnyOp, scope: Scope) -> bool:
    """Whether nothing about a leaf depends on the table's own content."""
    match op:
        case plan.Take():
            return scope.settled(op.order) is not None and (
                op.form is None or scope.settled(op.form, MAX_FORM) is not None
            )
        case plan.Bytes():
            return constant_length(op) and (op.charset is None or scope.settled(op.charset) is not None)
        case plan.Builtin():
            return scope.settled(op.order) is not None
        case _:
            return False


def constant_length(op: plan.Bytes) -> bool:
    """Whether a leaf has the same number of octets always, and a possible one."""
    return isinstance(op.length, Const) and 0 <= op.length.value <= plan.MAX_OCTETS


def items_of(op: Leaf, scope: Scope, order: bool | str, form: int | str, charset: int | str) -> Items:
    """A leaf's items, where its order of octets and its formats are known or in variables."""
    match op:
        case plan.Take():
            return _number(op, scope, order, form)
        case plan.Bytes(form=kind):
            assert isinstance(op.length, Const)
            return run_of_octets(scope, kind, op.length.value, charset)
        case plan.Builtin(octets=0):
            return Items(codes=(), order=None, value=lambda _: "None")
        case plan.Builtin(kind="FLOAT_CHAR", octets=octets):
            return _octets(scope, octets, "read_char_number(@)")
        case plan.Builtin(kind="FIXED_BCD", octets=octets):
            return _octets(scope, octets, "read_bcd_number(@)")
        case plan.Builtin(kind=kind, variant=variant, octets=octets):
            made = moment_items(op, scope, order)
            if made is not None:
                return made
            layout = f"{literal(kind)}, {variant}, @, {order}"
            return _octets(scope, octets, f"read_moment({layout})")


def run_of_octets(scope: Scope, kind: str, octets: int | str, charset: int | str) -> Items:
    """Text, digits, a set or plain octets; where their number is a variable there are no codes to ask for."""
    match kind:
        case "text":
            return _octets(scope, octets, _text(scope, charset))
        case "set":
            return _octets(scope, octets, "Members(@)")
        case "bcd":
            return _octets(scope, octets, "read_bcd(@)")
        case _:
            return _octets(scope, octets, "@")


def _text(scope: Scope, charset: int | str) -> str:
    """Text without a call where its CHAR_FORMAT is the first, as it is nearly always: these are its characters."""
    ascii_text = '@.decode("ascii", "surrogateescape")'
    if charset == 1:
        return ascii_text
    read = f"read_text(@, {charset})"
    if not isinstance(charset, str):
        return read
    scope.use("octets", "read_text")
    return f"{ascii_text} if {charset} == 1 else {read}"


def _octets(scope: Scope, octets: int | str, read: str) -> Items:
    """Octets that a function of the codec reads; ``@`` is its argument."""
    name, called, _ = read.partition("(")
    if called and not name.startswith("@"):
        scope.use(_MODULES.get(name, "octets"), name)
    return Items(
        codes=(f"{octets}s",),
        order=None,
        value=lambda items: read.replace("@", items[0]),
    )


def _number(op: plan.Take, scope: Scope, order: bool | str, form: int | str) -> Items:
    octets, signed = op.octets, op.kind == "int"
    if op.kind == "float" and scope.total:
        return _octets(scope, octets, f"read_float(@, {order})")
    if op.kind == "float":
        scope.use("arithmetic", "real")
        return Items(
            codes=(_FLOATS[octets],),
            order=order,
            value=lambda items: f"real({items[0]})",
        )
    if op.decimals and form == 0 and octets in _UNSIGNED:
        scope.use("numerals", "shifted")
        return Items(
            codes=(_UNSIGNED[octets].lower(),),
            order=order if octets > 1 else None,
            value=lambda items: f"shifted({items[0]}, {op.decimals})",
        )
    if op.decimals:
        layout = f"{order}, {form}, {op.decimals}"
        return _octets(scope, octets, f"read_decimal(@, {layout})")
    if (isinstance(order, str) or form != 0) and (signed or octets not in _UNSIGNED):
        return _by_formats(scope, octets, order, form, signed)
    if octets in _UNSIGNED:
        code = _UNSIGNED[octets]
        return Items(
            codes=(code.lower() if signed else code,),
            order=order if octets > 1 else None,
            value=lambda items: items[0],
        )
    assert isinstance(order, bool)
    return _parts(octets, order, signed)


def _by_formats(scope: Scope, octets: int, order: bool | str, form: int | str, signed: bool) -> Items:
    """An integer read by formats that are not known yet, without a call where it is in two's complement as usual."""
    if isinstance(form, int) and form:
        return _octets(scope, octets, f"read_int(@, {order}, {form})")
    first = (
        f'"{"big" if order else "little"}"' if isinstance(order, bool) else f"{scope.use('arms', 'ORDERS')}[{order}]"
    )
    if octets in _UNSIGNED:
        usual, raw = "@", f"@.to_bytes({octets}, {first}, signed=True)"
    else:
        usual, raw = f"int.from_bytes(@, {first}{', signed=True' if signed else ''})", "@"
    text = usual
    if isinstance(form, str):
        text = f"{usual} if not {form} else {scope.use('octets', 'read_int')}({raw}, {order}, {form})"
    code = _UNSIGNED[octets].lower() if octets in _UNSIGNED else f"{octets}s"
    return Items(
        codes=(code,),
        order=order if octets in _UNSIGNED and octets > 1 else None,
        value=lambda items: text.replace("@", items[0]),
    )


def _parts(octets: int, order: bool, signed: bool) -> Items:
    """An integer whose size `struct` does not have: merged of parts by shifts."""
    sizes = _PARTS[octets]
    shifts = [8 * sum(sizes[:i]) for i in range(len(sizes))]
    codes = [_UNSIGNED[size] for size in sizes]
    if signed:
        codes[-1] = codes[-1].lower()
    step = -1 if order else 1

    def value(items: list[str]) -> str:
        parts = zip(items[::step], shifts, strict=True)
        return " | ".join(f"{item} << {shift}" if shift else item for item, shift in parts)

    return Items(codes=tuple(codes[::step]), order=order, value=value)
