"""Table 0, which says how all others are read: what stands in it before one of its selectors does not depend on it."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.check.survey import Placed
from tdl.check.view import View
from tdl.report import Diagnostic, Severity
from tdl.report.rules import binding
from tdl.syntax import ast

SELECTORS = ("DATA_ORDER", "CHAR_FORMAT", "INT_FORMAT", "TM_FORMAT", "NI_FORMAT1", "NI_FORMAT2")
"""The elements of Table 0 that built-in types depend on."""


def selectors(view: View) -> Iterator[Diagnostic]:
    """Each element of Table 0 comes after the selectors it depends on."""
    configuration = view.configuration
    root = None if configuration is None else view.scope.holder(configuration.specification)
    if root is None:
        return
    seen: dict[str, ast.Member] = {}
    wanting: list[tuple[ast.Member, str]] = []
    for member, plain in _members(view, root):
        wanting += [(member, name) for name in selectors_of(view, member) if name not in seen]
        if plain and member.name in SELECTORS:
            seen.setdefault(member.name, member)
    for member, name in wanting:
        late = seen.get(name)
        yield binding.SELECTOR_TOO_LATE.at(
            member.specification.span,
            name=member.name,
            selector=name,
            problem="which it does not hold" if late is None else "which comes later",
            secondary=[] if late is None else [(late.name_span, "the selector")],
            severity=Severity.WARNING if late is None else Severity.ERROR,
        )


def _members(view: View, root: ast.TypeDeclaration) -> Iterator[tuple[ast.Member, bool]]:
    """The members below a type in the order of their octets, each type once; and whether no array is around them."""
    visited = {root.name}
    stack: list[tuple[Iterator[Placed], bool]] = [(iter(view.survey(root).placed), True)]
    inside = {id(use.member): use for uses in view.uses.values() for use in uses}
    while stack:
        left, plain = stack[-1]
        placed = next(left, None)
        if placed is None:
            stack.pop()
            continue
        use = inside.get(id(placed.member))
        yield placed.member, plain and use is None
        if use is not None and use.target.name not in visited:
            visited.add(use.target.name)
            stack.append((iter(view.survey(use.target).placed), plain and not use.arrays))


def selectors_of(view: View, member: ast.Member) -> tuple[str, ...]:
    """The selectors of Table 0 that say how a member's own octets are read."""
    if isinstance(member.specification, ast.BitRange):
        return ("INT_FORMAT",) if member.specification.kind == "INT" else ()
    match view.scope.made(member.specification).of:
        case ast.Sized(name="STRING"):
            return ("CHAR_FORMAT",)
        case ast.Named(name=name):
            declared = view.scope.types.get(name)
            if isinstance(declared, ast.BitField):
                return ("DATA_ORDER",) if CONTAINERS.get(declared.container, 1) > 1 else ()
            return _selectors_of_builtin(name) if declared is None else ()
        case _:
            return ()


def _selectors_of_builtin(name: str) -> tuple[str, ...]:
    builtin = BUILTINS.get(name)
    if builtin is None:
        return ()
    order = ("DATA_ORDER",) if builtin.octets > 1 else ()
    match builtin.kind:
        case "uint" | "float":
            return order
        case "int":
            return (*order, "INT_FORMAT")
        case "ni":
            return (f"NI_FORMAT{builtin.octets}", "DATA_ORDER", "INT_FORMAT")
        case "moment":
            return ("DATA_ORDER",) if name in ("DATE", "RDATE") else ("TM_FORMAT", "DATA_ORDER")
        case "text":
            return ("CHAR_FORMAT",)
        case _:
            return ()
