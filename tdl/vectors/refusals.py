"""Vectors that are refused: images cut short or too long, values without a layout, values that are not known."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tdl.codec.environment import Environment
from tdl.ir import plan
from tdl.ir.expr import INT64_MAX, INT64_MIN, Binary, Const, Contains, Expr, Range, Unary
from tdl.ir.interval import interval
from tdl.ir.traverse import expressions
from tdl.vectors.branches import Place, Wanted, labels_of, places, show_path, told
from tdl.vectors.dreaming import Wish
from tdl.vectors.making import MAX_VECTORS, SIZES, Made, Maker, Unreached
from tdl.vectors.vector import judged

_BEYOND = Wanted(among=((plan.MAX_OCTETS + 1, INT64_MAX), (INT64_MIN, -1)))
_PADDING = bytes(32)


def add_refusals(maker: Maker) -> None:
    """Add to a table's accepted vectors those that its codecs must refuse."""
    for made in maker.made:
        _cut(maker, made)
    for made in maker.made[:1]:
        _longer(maker, made)
    for place in places(maker.bound):
        for expression, wanted in _refused(place.op):
            _refuse(maker, place, expression, wanted)
    for need in maker.table.needs:
        _without(maker, need)


def _add(maker: Maker, name: str, octets: bytes, environment: Environment) -> bool:
    """Judge an image and keep its vector if it is refused."""
    if len(maker.result.vectors) >= 2 * MAX_VECTORS:
        return False
    vector = judged(name, maker.table, octets, environment)
    if vector.refusal is not None:
        maker.add(vector)
    return vector.refusal is not None


def _cut(maker: Maker, made: Made) -> None:
    """End an image before each element that no other has been ended at, and once in each kind of element."""
    octets = made.vector.octets
    for moved in made.dreamt.moved:
        op = moved.op
        if not moved.octets or isinstance(op, plan.Opaque):
            continue
        container = id(op) if moved.low is None else op.path[:-1]
        if (boundary := ("before", container)) not in maker.cuts:
            maker.cuts.add(boundary)
            _add(maker, f"cut before {show_path(op.path)}", octets[: moved.offset], made.environment)
        kind = ("inside", type(op).__name__, moved.octets)
        if moved.octets > 1 and kind not in maker.cuts:
            maker.cuts.add(kind)
            end = moved.offset + moved.octets - 1
            _add(maker, f"cut inside {show_path(op.path)}", octets[:end], made.environment)


def _longer(maker: Maker, made: Made) -> None:
    _add(maker, "one octet more", made.vector.octets + b"\0", made.environment)


def _refused(op: plan.AnyOp) -> Iterator[tuple[Expr, Wanted]]:
    """The expressions of an op that can have a value without a layout, or none, and those values."""
    for expression in expressions(op):
        if _divides(expression):
            yield expression, Wanted(broken=True)
    match op:
        case plan.Choose(selector=selector) if op.otherwise is None:
            yield from _possible(selector, Wanted(beside=labels_of(op)))
        case plan.Repeat(count=length) | plan.Bytes(length=length) | plan.Opaque(limit=length):
            yield from _possible(length, _BEYOND)
        case plan.Take(form=form) | plan.Field(form=form) if form is not None:
            yield from _possible(form, Wanted(beside=((0, 2),)))
        case _:
            pass


def _divides(expression: Expr) -> bool:
    """Whether there is a division in an expression by something that may be zero."""
    match expression:
        case Binary(operator=operator, left=left, right=right):
            return (operator in ("/", "%") and not isinstance(right, Const)) or _divides(left) or _divides(right)
        case Unary(operand=operand):
            return _divides(operand)
        case Contains(member=member):
            return _divides(member)
        case _:
            return False


def _possible(expression: Expr, wanted: Wanted) -> Iterator[tuple[Expr, Wanted]]:
    if not isinstance(expression, Const) and _reaches(interval(expression), wanted):
        yield expression, wanted


def _reaches(range_: Range, wanted: Wanted) -> bool:
    low, high = range_
    covered = any(a <= low and high <= b for a, b in wanted.beside)
    return not covered and any(a <= high and b >= low for a, b in wanted.among)


def _refuse(maker: Maker, place: Place, expression: Expr, wanted: Wanted) -> None:
    if maker.is_spent() or any(branch.key in maker.hopeless for branch in place.way):
        return
    refuse = place.op, expression, wanted
    for most in SIZES:
        try:
            dreaming = maker.dream(Wish(style=maker.style("random"), way=place.way, refuse=refuse, most=most))
            break
        except Unreached as why:
            if not why.small:
                return
    else:
        return
    where = show_path(place.op.path)
    name = f"refused {f'{where}: ' if where else ''}{told(expression, wanted)}"
    _add(maker, name, dreaming.data + _PADDING, dreaming.environment_made())


def _without(maker: Maker, need: plan.Need) -> None:
    """Leave out one value of another table, with an image that needs it."""
    place = need.reference.table, need.reference.path
    asked = (made for made in maker.made if place in made.dreamt.asked())
    for made in (*islice(asked, 2), *maker.made[-2:]):
        environment = Environment()
        for other in maker.table.needs:
            value = made.environment.held(other.reference.table, other.reference.path)
            if value is not None and other != need:
                environment.set(other.reference.table, other.reference.path, value)
        if _add(maker, f"without {need.reference.label}", made.vector.octets, environment):
            return
