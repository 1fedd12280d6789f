"""How many octets types have at least and at most, from the document alone.

The compiler works the same out from the Plan, later and exactly; the rules need it before there is one.
"""

from __future__ import annotations

from functools import partial

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.check.interval import INT64_MAX, MAX_OCTETS, Range, truth
from tdl.check.view import View
from tdl.syntax import ast

NON_INTEGER_OCTETS: Range = (3, 21)
"""NI_FMAT1 and NI_FMAT2 by any format code."""

MOMENT_OCTETS: Range = (0, 7)
FIXED_MOMENTS = ("DATE", "RDATE")
"""The date types that no format changes: two octets."""


def sizes(view: View) -> dict[str, Range]:
    """The least and most octets of every record and bit field; an opaque element without a limit counts as none."""
    found = view.octets
    for name in view.order.types:
        if name in found:
            continue
        declaration = view.scope.types[name]
        if isinstance(declaration, ast.BitField):
            octets = CONTAINERS.get(declaration.container, 0)
            found[name] = octets, octets
        elif isinstance(declaration, ast.Record) and view.survey(declaration).placed:
            found[name] = _items(view, declaration, declaration.items, found)
        else:
            found[name] = 0, 0
    return found


def _items(view: View, inside: ast.Record, items: tuple[ast.Item, ...], known: dict[str, Range]) -> Range:
    low = high = 0
    for item in items:
        a, b = _item(view, inside, item, known)
        low, high = min(low + a, INT64_MAX), min(high + b, INT64_MAX)
    return low, high


def _item(view: View, inside: ast.Record, item: ast.Item, known: dict[str, Range]) -> Range:
    branch = partial(_items, view, inside, known=known)
    match item:
        case ast.Member(specification=specification):
            return size_of(view, specification, inside, known)
        case ast.If(condition=condition, then=then, otherwise=otherwise):
            surely, perhaps = truth(view.interval(condition, inside))
            return _hull([branch(part) for part, taken in ((then, perhaps), (otherwise, not surely)) if taken])
        case ast.Switch(selector=selector, arms=arms, default=default):
            low, high = view.interval(selector, inside)
            parts = [branch(arm.items) for arm in arms if any(a <= high and b >= low for a, b in arm.labels)]
            if not view.exhaustive(item, inside):
                parts.append(branch(default or ()))
            return _hull(parts)


def size_of(
    view: View, specification: ast.Specification, inside: ast.TypeDeclaration | None, known: dict[str, Range]
) -> Range:
    """The octets of one element."""
    dimensions = [_dimension(view.interval(e, inside)) for e in view.scope.sizes(specification)]
    of = view.scope.made(specification).of
    low, high = _leaf(of, known, dimensions.pop() if isinstance(of, ast.Sized) and dimensions else (0, 0))
    for a, b in dimensions:
        low, high = min(low * a, INT64_MAX), min(high * b, INT64_MAX)
    return low, high


def _leaf(of: ast.Specification, known: dict[str, Range], size: Range) -> Range:
    match of:
        case ast.Sized(name="OPAQUE"):
            return 0, size[1]
        case ast.Sized():
            return size
        case ast.Named(name=name) if name in known:
            return known[name]
        case ast.Named(name=name) if name in BUILTINS:
            builtin = BUILTINS[name]
            if builtin.kind == "ni":
                return NON_INTEGER_OCTETS
            if builtin.kind == "moment":
                return (2, 2) if name in FIXED_MOMENTS else MOMENT_OCTETS
            return builtin.octets, builtin.octets
        case _:
            return 0, 0


def _dimension(value: Range) -> Range:
    return min(max(value[0], 0), MAX_OCTETS), min(max(value[1], 0), MAX_OCTETS)


def _hull(parts: list[Range]) -> Range:
    return (min(low for low, _ in parts), max(high for _, high in parts)) if parts else (0, 0)
