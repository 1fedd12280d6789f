"""Places: where in a file's types an op stands, and how the elements before it are reached from there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from tdl.backends.kaitai.expressions import NoForm, Writer
from tdl.backends.kaitai.leaves import is_number
from tdl.backends.kaitai.names import Identifiers
from tdl.deferred import dataclass, field
from tdl.ir import plan
from tdl.ir.expr import Binary, Contains, Expr, External, Index, Local, Range, Unary, references
from tdl.ir.traverse import expressions, walk

ITEMS = "items"
"""The attribute of the type that stands for an array in an array."""

INDEX = "index"
"""The parameter of a type that stands for the position in the innermost array around it."""

Holder: TypeAlias = plan.Group | plan.Bits


class Names:
    """The identifiers of a record's type: those of one name in two branches have two."""

    def __init__(self, holder: Holder) -> None:
        self._identifiers = Identifiers()
        below = holder.ops if isinstance(holder, plan.Group) else holder.fields
        self._ops = {id(op): (self._identifiers.new(op.name), op) for op in elements(below) if op.name}

    def of(self, op: plan.AnyOp) -> str:
        return self._ops[id(op)][0]

    def new(self, name: str) -> str:
        """The identifier of something that is no element."""
        return self._identifiers.new(name)

    def find(self, name: str) -> tuple[str, plan.AnyOp] | None:
        """The only element of a name."""
        found = [(identifier, op) for identifier, op in self._ops.values() if op.name == name]
        return found[0] if len(found) == 1 else None


class Members:
    """The identifiers of each record of a table."""

    def __init__(self) -> None:
        self._known: dict[int, Names] = {}

    def of(self, holder: Holder) -> Names:
        if id(holder) not in self._known:
            self._known[id(holder)] = Names(holder)
        return self._known[id(holder)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A type of the file.

    Attributes:
        holders: the records and array types from the table's root to this one; None for an array.
        index: the position in the innermost array, as this type writes it, and its interval.
    """

    members: Members = field(repr=False)
    holders: tuple[Holder | None, ...]
    index: str = "0"
    positions: Range = (0, plan.MAX_OCTETS)

    def below(self, holder: Holder | None) -> Place:
        """The type of an element, which gets the position in the array around it as a parameter."""
        return Place(members=self.members, holders=(*self.holders, holder), index=INDEX, positions=self.positions)

    def at(self, positions: Range) -> Place:
        """The same type, for what stands in an array of its own."""
        return Place(members=self.members, holders=self.holders, index=self.index, positions=positions)

    def writer(self, index: str | None = None, positions: Range | None = None) -> Writer:
        """For the expressions of this type; in an array of its own they count that one's positions."""
        return Writer(
            self._number,
            self._flags,
            self.index if index is None else index,
            self.positions if positions is None else positions,
        )

    def _number(self, writer: Writer, reference: Local) -> str:
        text, op = self._reach(writer, reference)
        suffix = is_number(op)
        if suffix is None:
            raise NoForm(reference, "it is no number of less than 64 bits")
        return text + suffix

    def _flags(self, writer: Writer, reference: Local) -> str:
        text, op = self._reach(writer, reference)
        if not (isinstance(op, plan.Bytes) and op.form == "set"):
            raise NoForm(reference, "it is no set")
        return f"{text}.flags"

    def _reach(self, writer: Writer, reference: Local) -> tuple[str, plan.AnyOp]:
        """A reference as a path of identifiers, and the op that it leads to."""
        hops, cursor = self._climb(reference)
        steps, indices = ["_parent"] * hops, list(reference.indices)
        for step in reference.path:
            if step == "[]":
                subscript = indices.pop(0)
                if not isinstance(cursor, plan.Repeat) or writer.range(subscript)[0] < 0:
                    raise NoForm(reference, "a subscript may be less than 0")
                steps[-1] += f"[{writer.integer(subscript)}]"
                cursor = cursor.body
                if isinstance(cursor, plan.Repeat):
                    steps.append(ITEMS)
                continue
            found = self.members.of(cursor).find(step) if isinstance(cursor, plan.Group | plan.Bits) else None
            if found is None:
                raise NoForm(reference, f"`{step}` is not one element in all branches")
            steps.append(found[0])
            cursor = found[1]
        return ".".join(steps), cursor

    def _climb(self, reference: Local) -> tuple[int, plan.AnyOp]:
        left = reference.up
        for hops, holder in enumerate(reversed(self.holders)):
            if holder is not None:
                if left == 0:
                    return hops, holder
                left -= 1
        raise NoForm(reference, "it leads out of the table")


def elements(ops: Iterable[plan.AnyOp]) -> Iterable[plan.AnyOp]:
    """Every element of a record and its branches, in order."""
    for op in ops:
        match op:
            case plan.When():
                yield from elements(op.then + op.otherwise)
            case plan.Choose():
                for arm in op.arms:
                    yield from elements(arm.ops)
                yield from elements(op.otherwise or ())
            case plan.Fill():
                pass
            case _:
                yield op


def uses_index(op: plan.AnyOp) -> bool:
    """Whether ops look at the position in the array around the first of them."""
    if any(_has_index(expression) for expression in expressions(op)):
        return True
    match op:
        case plan.Group(ops=below) | plan.Bits(fields=below):
            return any(uses_index(each) for each in below)
        case plan.When():
            return any(uses_index(each) for each in op.then + op.otherwise)
        case plan.Choose():
            arms = tuple(each for arm in op.arms for each in arm.ops)
            return any(uses_index(each) for each in arms + (op.otherwise or ()))
        case _:
            return False


def _has_index(expression: Expr) -> bool:
    match expression:
        case Index():
            return True
        case Local() | External():
            return any(_has_index(each) for each in expression.indices)
        case Contains():
            return _has_index(expression.set) or _has_index(expression.member)
        case Unary():
            return _has_index(expression.operand)
        case Binary():
            return _has_index(expression.left) or _has_index(expression.right)
        case _:
            return False


def referred(root: plan.PlanOp) -> frozenset[str]:
    """The names of elements that the layout below an op depends on."""
    found = (references(expression) for op in walk(root) for expression in expressions(op))
    return frozenset(each.path[-1] for all_ in found for each in all_ if isinstance(each, Local) and each.path)
