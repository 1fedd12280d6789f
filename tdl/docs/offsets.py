"""Where elements begin, as people write it.

A number, or ``2 + 9i`` inside the rows of an array, counts from the beginning of the table. Where values of the meter
come before it, ``+ ...`` counts from the beginning of the record around the element. ``|X|`` stands for the octets
of X.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tdl.ir import plan
from tdl.ir.expr import Binary, Contains, Expr, Index, Local, Unary, show_expr
from tdl.ir.layout import fixed_size
from tdl.ir.traverse import expressions, walk

MAX_TERMS = 4
"""How many terms a sum may have; a longer one says what the element stands behind."""

MAX_TEXT = 60
"""How long an expression inside a sum may be."""

LETTERS = "ijklmn"
"""Positions in arrays, outermost first."""


_BEHIND = "behind "


def letter(depth: int) -> str:
    """What the position in the array of a depth is called."""
    return LETTERS[depth] if depth < len(LETTERS) else f"i{depth}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sum:
    octets: int = 0
    terms: tuple[str, ...] = ()

    def __add__(self, other: _Sum) -> _Sum:
        return _Sum(octets=self.octets + other.octets, terms=(*self.terms, *other.terms))

    def __str__(self) -> str:
        number = (str(self.octets),) if self.octets or not self.terms else ()
        if self.terms and self.terms[0].startswith(_BEHIND):
            return " + ".join((self.terms[0], *number, *self.terms[1:]))
        return " + ".join((*number, *self.terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """``absolute`` is None where the octets before are not the same in every meter; ``arrays`` are around it."""

    absolute: _Sum | None
    relative: _Sum
    arrays: int

    def behind(self, op: plan.AnyOp) -> _At:
        size = _extent(op)
        fixed = self.absolute is not None and not size.terms
        relative = self.relative + size
        if len(relative.terms) > MAX_TERMS:
            relative = _Sum(terms=(_BEHIND + _name(op),))
        return _At(
            absolute=self.absolute + size if self.absolute is not None and fixed else None,
            relative=relative,
            arrays=self.arrays,
        )

    def record(self) -> _At:
        """The same place as the beginning of a record."""
        return _At(absolute=self.absolute, relative=_Sum(), arrays=self.arrays)

    def element(self, body: plan.AnyOp) -> _At:
        """An element of an array that begins here."""
        size = fixed_size(body)
        absolute = None
        if self.absolute is not None and size is not None:
            step = letter(self.arrays) if size == 1 else f"{size}{letter(self.arrays)}"
            absolute = self.absolute + _Sum(terms=(step,) if size else ())
        return _At(absolute=absolute, relative=_Sum(), arrays=self.arrays + 1)

    def __str__(self) -> str:
        if self.absolute is not None:
            return str(self.absolute)
        text = str(self.relative)
        return text if text.startswith(_BEHIND) else f"+ {text}"


def offsets(table: plan.TablePlan) -> dict[tuple[int, ...], str]:
    """Where each element begins, by its index path with 0 for every position in an array."""
    start = _At(absolute=_Sum(), relative=_Sum(), arrays=0)
    return {indices: str(at) for indices, at in _ops((table.root,), (), start)}


def _ops(ops: Sequence[plan.AnyOp], indices: tuple[int, ...], at: _At) -> Iterator[tuple[tuple[int, ...], _At]]:
    for op in ops:
        choice = isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic)
        named = not choice and bool(op.name or (isinstance(op, plan.Choose) and op.path[-1] != "[]"))
        own = (*indices, op.index) if named else indices
        if named:
            yield own, at
        match op:
            case plan.Group():
                yield from _ops(op.ops, own, at.record())
            case plan.Bits():
                yield from ((found, at) for found, _ in _ops(op.fields, own, at))
            case plan.When() | plan.Choose() if choice:
                for branch in _branches(op):
                    yield from _ops(branch, own, at)
            case plan.Repeat():
                element = at.element(op.body)
                yield (*own, 0), element
                yield from _ops((op.body,), (*own, 0), element)
            case _:
                pass
        at = at.behind(op)


def _branches(op: plan.When | plan.Choose) -> tuple[tuple[plan.AnyOp, ...], ...]:
    if isinstance(op, plan.When):
        return op.then, op.otherwise
    return (*(arm.ops for arm in op.arms), op.otherwise or ())


def _name(op: plan.AnyOp) -> str:
    """What an op is called in a sum: its own name, or that of the first element of a branch."""
    names = [step for step in op.path if step != "[]"]
    if isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic):
        inside = next((o.name for o in walk(op) if o.name), "")
        return f"{inside} ..." if inside else "a branch"
    return names[-1] if names else "the table"


def _extent(op: plan.AnyOp) -> _Sum:
    """How many octets an op moves."""
    size = fixed_size(op)
    if size is not None:
        return _Sum(octets=size)
    match op:
        case plan.Bytes(length=length):
            return _Sum(terms=(_factor(length),))
        case plan.Choose(atomic=atomic) if atomic:
            return _Sum(terms=(f"|{atomic}|",))
        case plan.When(then=then, otherwise=otherwise):
            yes, no = _total(then), _total(otherwise)
            if yes is not None and no is not None:
                other = f", else {no}" if otherwise else ""
                return _Sum(terms=(f"({yes} if {_short(op.condition)}{other})",))
        case plan.Repeat(count=count, body=body) if _same(body):
            octets = fixed_size(body)
            if octets == 1:
                return _Sum(terms=(_factor(count),))
            return _Sum(terms=(f"{octets} × {_factor(count)}" if octets else f"{_factor(count)} × {_body(body)}",))
        case _:
            pass
    return _Sum(terms=(f"|{_name(op)}|",))


def _total(ops: Sequence[plan.AnyOp]) -> str | None:
    """The octets of a branch, where a few words say it."""
    total = sum((_extent(op) for op in ops), _Sum())
    return str(total) if len(total.terms) < 2 and "(" not in str(total) else None


def _body(op: plan.AnyOp) -> str:
    """The octets of one element of an array."""
    match op:
        case plan.Choose(atomic=atomic) if atomic:
            return f"|{atomic}|"
        case plan.Bytes(length=length):
            return _factor(length)
        case plan.Group(type_name=name):
            return f"|{name}|"
        case _:
            return f"|{_name(op)}[]|"


def _same(op: plan.AnyOp) -> bool:
    """Whether every element of an array has as many octets as the next, whatever it holds and where it is."""
    return not any(varies(e) for each in walk(op) for e in expressions(each))


def varies(expression: Expr) -> bool:
    """Whether an expression may differ between the rows of an array: it asks for where it is, or what is beside it."""
    match expression:
        case Index() | Local():
            return True
        case Contains():
            return varies(expression.set) or varies(expression.member)
        case Unary():
            return varies(expression.operand)
        case Binary():
            return varies(expression.left) or varies(expression.right)
        case _:
            return any(varies(i) for i in getattr(expression, "indices", ()))


def _factor(expression: Expr) -> str:
    text = _short(expression)
    return f"({text})" if isinstance(expression, Binary) else text


def _short(expression: Expr) -> str:
    """An expression with the last name of each reference alone: the rows say the whole of it."""
    text = re.sub(r"\^*\.?\b(?:[^\W\d]\w*(?:\[\])?\.)+(?=[^\W\d])", "", show_expr(expression))
    text = re.sub(r"\^*\.(?!lastIndex)(?=[^\W\d])", "", text)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."
