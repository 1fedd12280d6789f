"""Slots: the variables in which a function keeps what expressions read of elements that have come by.

A slot belongs to a record around and a path below it, so it is found whichever op of a branch made the element.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tdl.backends.rust.environment import Value
from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Binary, Contains, Expr, Local, Unary
from tdl.ir.layout import fixed_size
from tdl.ir.traverse import children, expressions

Frame = plan.Group | plan.Bits


class CannotExpress(Exception):
    """Something that this target has no code for."""

    def __init__(self, path: tuple[str, ...], what: str) -> None:
        super().__init__(what)
        self.path, self.what = path, what


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A variable: of a ``number``, a ``set`` or a ``column`` of an array's numbers."""

    name: str
    kind: str
    path: tuple[str, ...]

    @property
    def type(self) -> str:
        return {"number": "Option<i128>", "set": "Known<'_>", "column": "Option<Column<'_>>"}[self.kind]

    @property
    def empty(self) -> str:
        return "Known::Absent" if self.kind == "set" else "None"


class Slots:
    """The slots of one table; ``kept`` are the values of the environment that it fills."""

    def __init__(self, table: plan.TablePlan, kept: Iterable[Value] = ()) -> None:
        self._of: dict[int, dict[tuple[tuple[str, ...], str], Slot]] = {}
        self._whole: dict[int, list[tuple[tuple[str, ...], Slot]]] = {}  # with their paths from the table on
        self.all: list[Slot] = []
        self.kept: list[tuple[Value, Slot]] = []
        self._visit(table.root, ())
        for value in kept:
            self.kept.append((value, self._slot(table.root, value.reference.path, value.kind)))

    def find(self, frames: tuple[Frame, ...], reference: Local, kind: str) -> Slot:
        """The slot that a reference reads."""
        frame = _frame(frames, reference)
        return self._of[id(frame)][reference.path, kind]

    def in_frame(self, frame: Frame) -> Collection[Slot]:
        """The slots of a record."""
        return self._of.get(id(frame), {}).values()

    def at(self, frames: tuple[Frame, ...], op: plan.AnyOp) -> Iterator[Slot]:
        """The slots that an op makes the value of."""
        for path, slot in self._around(frames):
            if path == op.path:
                yield slot

    def below(self, frames: tuple[Frame, ...], op: plan.AnyOp) -> Iterator[Slot]:
        """The slots of what an op has inside it, in records around."""
        for path, slot in self._around(frames):
            if len(path) > len(op.path) and path[: len(op.path)] == op.path:
                yield slot

    def columns(self, frames: tuple[Frame, ...], op: plan.Repeat) -> Iterator[tuple[Slot, tuple[str, ...]]]:
        """The columns that an array has, each with its path inside an element."""
        for path, slot in self._around(frames):
            if slot.kind == "column" and path[: len(op.path) + 1] == (*op.path, "[]"):
                yield slot, path[len(op.path) + 1 :]

    def _around(self, frames: tuple[Frame, ...]) -> Iterator[tuple[tuple[str, ...], Slot]]:
        for frame in frames:
            yield from self._whole.get(id(frame), ())

    def _slot(self, frame: plan.PlanOp, path: tuple[str, ...], kind: str) -> Slot:
        found = self._of.setdefault(id(frame), {})
        if (path, kind) not in found:
            found[path, kind] = slot = Slot(name=f"seen{len(self.all)}", kind=kind, path=path)
            self.all.append(slot)
            self._whole.setdefault(id(frame), []).append(((*frame.path, *path), slot))
        return found[path, kind]

    def _visit(self, op: plan.AnyOp, frames: tuple[Frame, ...]) -> None:
        for expression in expressions(op):
            self._look(expression, op, frames)
        inside = (*frames, op) if isinstance(op, plan.Group | plan.Bits) else frames
        for each in children(op):
            self._visit(each, inside)

    def _look(self, expression: Expr, op: plan.AnyOp, frames: tuple[Frame, ...]) -> None:
        match expression:
            case Local(indices=indices, path=path):
                for index in indices:
                    self._look(index, op, frames)
                if len(indices) > 1:
                    raise CannotExpress(op.path, "a reference with more than one subscript")
                self._slot(_frame(frames, expression, op), path, "column" if indices else "number")
            case Contains(set=holder, member=member):
                self._look(member, op, frames)
                if holder.indices:
                    raise CannotExpress(op.path, "a set in an array")
                if isinstance(holder, Local):
                    self._slot(_frame(frames, holder, op), holder.path, "set")
            case Unary(operand=operand):
                self._look(operand, op, frames)
            case Binary(left=left, right=right):
                self._look(left, op, frames)
                self._look(right, op, frames)
            case _:
                if len(getattr(expression, "indices", ())) > 1:
                    raise CannotExpress(op.path, "a reference with more than one subscript")
                for index in getattr(expression, "indices", ()):
                    self._look(index, op, frames)


def _frame(frames: tuple[Frame, ...], reference: Local, op: plan.AnyOp | None = None) -> Frame:
    if reference.up >= len(frames):
        raise CannotExpress(() if op is None else op.path, "a reference beyond the table")
    return frames[-1 - reference.up]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where each element of an array has a number.

    ``order`` and ``form`` are those of the op that moves it, ``low`` and ``width`` its bits in so many ``octets``.
    """

    stride: int
    offset: int
    octets: int
    low: int
    width: int
    signed: bool
    order: Expr
    form: Expr | None


def cell(body: plan.PlanOp, path: tuple[str, ...]) -> Cell:
    """The number at a path inside an array's elements.

    Raises:
        CannotExpress: it is not at the same place in all of them.
    """
    stride = fixed_size(body)
    found = None if stride is None else _found(body, path, 0)
    if stride is None or found is None:
        raise CannotExpress(body.path, "a reference into an array whose elements are not alike")
    return replace(found, stride=stride)


def _found(op: plan.AnyOp, path: tuple[str, ...], offset: int) -> Cell | None:
    if not path:
        if isinstance(op, plan.Take) and op.kind != "float" and not op.decimals:
            return Cell(
                stride=0,
                offset=offset,
                octets=op.octets,
                low=0,
                width=8 * op.octets,
                signed=op.kind == "int",
                order=op.order,
                form=op.form,
            )
        return None
    match op:
        case plan.Group(ops=ops):
            for below in ops:
                if below.name == path[0] and isinstance(below.at, int) and isinstance(op.at, int):
                    return _found(below, path[1:], offset + below.at - op.at)
        case plan.Bits(fields=fields):
            for field in fields:
                if isinstance(field, plan.Field) and path == (field.name,):
                    return Cell(
                        stride=0,
                        offset=offset,
                        octets=op.octets,
                        low=field.low,
                        width=field.width,
                        signed=field.kind == "int",
                        order=op.order,
                        form=field.form,
                    )
        case _:
            pass
    return None
