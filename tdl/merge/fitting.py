"""What may stand in which kind of declaration."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from tdl.frozen import replace
from tdl.report import Diagnostic
from tdl.report.rules import syntax
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.depth import MAX_DEPTH, too_deep
from tdl.syntax.printer import print_item, print_specification

BIT_KINDS = ("UINT", "INT", "BOOL", "FILL")

Holder: TypeAlias = ast.Record | ast.BitField | ast.Enumeration


class Misfit(Exception):
    """Something that cannot stand where it was put."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def fit_specification(specification: ast.Specification, holder: Holder) -> ast.Specification:
    """The specification as a member of the holder has it: one bit of a bit field becomes a range.

    Raises:
        Misfit: it means nothing there.
    """
    match holder:
        case ast.Record():
            fits, where = isinstance(specification, ast.Named | ast.Sized | ast.Array), "a record"
        case ast.BitField():
            match specification:
                case ast.Sized(name=name, size=ast.Integer(value=bit)) if name in BIT_KINDS:
                    return ast.BitRange(kind=name, low=bit, high=bit, span=specification.span)
            fits, where = isinstance(specification, ast.BitRange), "a bit field"
        case ast.Enumeration():
            fits, where = isinstance(specification, ast.CodeRange), "an enumeration"
        case _:
            assert_never(holder)
    if not fits:
        found = print_specification(specification)
        raise Misfit(syntax.WRONG_PLACE.at(specification.span, found=found, where=where))
    return specification


def fit_item(item: ast.Item, holder: Holder) -> ast.Item:
    """The item as it stands in the holder.

    Raises:
        Misfit: one of its specifications, or a conditional, means nothing there.
    """
    match item:
        case ast.Member():
            return replace(item, specification=fit_specification(item.specification, holder))
        case _ if isinstance(holder, ast.Enumeration):
            raise Misfit(syntax.WRONG_PLACE.at(item.span, found="a conditional", where="an enumeration"))
        case ast.If():
            return replace(item, then=_fit_items(item.then, holder), otherwise=_fit_items(item.otherwise, holder))
        case ast.Switch(default=default):
            arms = tuple(replace(arm, items=_fit_items(arm.items, holder)) for arm in item.arms)
            return replace(item, arms=arms, default=None if default is None else _fit_items(default, holder))
        case _:
            assert_never(item)


def _fit_items(items: tuple[ast.Item, ...], holder: Holder) -> tuple[ast.Item, ...]:
    return tuple(fit_item(item, holder) for item in items)


def check_depth(item: ast.Item, depth: int, span: Span) -> None:
    """Whether an item may stand inside ``depth`` conditionals: what is merged must be readable again.

    Raises:
        Misfit: it would be nested deeper than documents are read.
    """
    if not depth:
        return
    text = "IF " * depth + "\n".join(print_item(item, comments=False))
    deep = too_deep(text, 0, len(text))
    if deep is not None:
        raise Misfit(syntax.TOO_DEEP.at(span, found=deep[1], limit=MAX_DEPTH))
