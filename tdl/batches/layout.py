"""Where the values of a table lie if that is the same in every image: what the engines that make columns work from.

A layout is a tree of the elements as Arrow nests them. Its leaves say which octets they are made of (a `Read`), with
the dimensions of the arrays around them; an engine fills one flat array for each leaf, all images behind each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import NoReturn, TypeAlias, assert_never

from tdl.ir import plan
from tdl.ir.expr import ArithmeticProblem, Const, Expr, evaluate
from tdl.ir.size import size_of

MAX_EMPTY = 1 << 10
"""How many values an image may have beyond one for each of its bits: those of elements without octets."""

MAX_POSITIONS = 1 << 12
"""How long an array may be whose bit fields depend on the position."""

TWOS_COMPLEMENT, SIGN_MAGNITUDE = 0, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """Bits of up to 8 octets.

    Attributes:
        octets: no more than the bits are in.
        big: whether the most significant octet comes first.
        low, width: the bits.
        form: as `tdl.ir.plan.Take.form` counts them; None for a number without sign.
    """

    octets: int
    big: bool
    low: int
    width: int
    form: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A FLOAT32 or FLOAT64."""

    octets: int
    big: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """Octets as they come."""

    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or time; kind and variant as in `tdl.ir.plan.Builtin`."""

    octets: int
    big: bool
    kind: str
    variant: int


Read: TypeAlias = Number | Real | Octets | Moment

Dims: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One element of all images.

    Attributes:
        path: names from the table's root.
        op: what moves it.
        read: its octets; None if it has none, and no value.
        offset: of the first one in an image.
        dims: counts and strides of the arrays around it, outermost first.
        present: for a field that only some positions of the innermost array have, whether each position does.
    """

    path: tuple[str, ...]
    op: plan.Take | plan.Bytes | plan.Builtin | plan.Field
    read: Read | None
    offset: int
    dims: Dims = ()
    present: tuple[bool, ...] | None = None

    @property
    def number(self) -> int:
        """How many values an image has."""
        return prod(count for count, _ in self.dims)

    @property
    def last(self) -> int:
        """The offset of the last one in an image."""
        return self.offset + sum(max(count - 1, 0) * stride for count, stride in self.dims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A record."""

    members: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """An array of so many elements."""

    count: int
    item: Node


Node: TypeAlias = Leaf | Fields | Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table whose images all have so many octets.

    Attributes:
        size: octets of an image.
        root: what is wanted of it.
    """

    size: int
    root: Fields

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(_leaves(self.root))


class _Varies(Exception):
    """Something is not the same in every image."""


def layout_of(root: plan.PlanOp, wanted: Wanted) -> Layout | None:
    """The layout of a bound table; None if it has no constant one."""
    low, high = size_of(root)
    if low != high or not 0 < low <= plan.MAX_OCTETS:
        return None
    try:
        node = _Making(wanted).node(root, 0, (), ())
    except _Varies:
        return None
    assert isinstance(node, Fields | None)
    layout = Layout(size=low, root=node or Fields(members=()))
    return layout if sum(leaf.number for leaf in layout.leaves) <= 8 * low + MAX_EMPTY else None


class Wanted:
    """Which elements columns are made of: those of some paths and all below them; without paths, all."""

    def __init__(self, paths: Sequence[tuple[str, ...]] = ()) -> None:
        self.paths = tuple(paths)

    def holds(self, path: tuple[str, ...]) -> bool:
        return not self.paths or any(path[: len(each)] == each for each in self.paths)


class _Making:
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    def node(self, op: plan.AnyOp, offset: int, path: tuple[str, ...], dims: Dims) -> Node | None:
        """What an op at an offset makes; None if nothing of it is wanted."""
        match op:
            case plan.Group():
                return self.group(op, offset, path, dims)
            case plan.Bits():
                fields = tuple((leaf.op.name, leaf) for leaf in self.fields(op.fields, op, offset, path, dims, None))
                if len(fields) != len({name for name, _ in fields}):
                    raise _Varies  # bits of one name that lie elsewhere at other positions
                return Fields(members=fields) if fields else None
            case plan.Repeat():
                return self.array(op, offset, path, dims)
            case plan.Take() | plan.Bytes() | plan.Builtin():
                read = read_of(op)
                if not self.wanted.holds(path):
                    return None
                return Leaf(path=path, op=op, read=read, offset=offset, dims=dims)
            case plan.Opaque() | plan.When() | plan.Choose() | plan.Field() | plan.Fill():
                raise _Varies
            case _:
                assert_never(op)

    def group(self, op: plan.Group, offset: int, path: tuple[str, ...], dims: Dims) -> Fields | None:
        members = []
        for below in op.ops:
            node = self.node(below, offset, (*path, below.name), dims)
            if node is not None:
                members.append((below.name, node))
            offset += size_of(below)[0]
        return Fields(members=tuple(members)) if members else None

    def array(self, op: plan.Repeat, offset: int, path: tuple[str, ...], dims: Dims) -> Items | None:
        count = constant(op.count)
        if not 0 <= count <= plan.MAX_OCTETS:
            raise _Varies
        stride, most = size_of(op.body)
        if stride != most:
            raise _Varies
        item = self.node(op.body, offset, path, (*dims, (count, stride)))
        return None if item is None else Items(count=count, item=item)

    def fields(
        self,
        ops: tuple[plan.AnyOp, ...],
        around: plan.Bits,
        offset: int,
        path: tuple[str, ...],
        dims: Dims,
        present: tuple[bool, ...] | None,
    ) -> Iterator[Leaf]:
        for op in ops:
            match op:
                case plan.Field():
                    first, last = op.low // 8, (op.low + op.width - 1) // 8
                    big = constant(around.order) == 1
                    at = offset + (around.octets - 1 - last if big else first)
                    form = None if op.kind != "int" else form_of(op.form)
                    read = Number(octets=last - first + 1, big=big, low=op.low - 8 * first, width=op.width, form=form)
                    if self.wanted.holds((*path, op.name)):
                        yield Leaf(path=(*path, op.name), op=op, read=read, offset=at, dims=dims, present=present)
                case plan.When():
                    count = dims[-1][0] if dims else 1
                    met = positions(op.condition, count)
                    before = present or (True,) * count
                    then = tuple(a and b for a, b in zip(before, met, strict=True))
                    otherwise = tuple(a and not b for a, b in zip(before, met, strict=True))
                    yield from self.fields(op.then, around, offset, path, dims, then)
                    yield from self.fields(op.otherwise, around, offset, path, dims, otherwise)
                case plan.Fill():
                    pass
                case _:
                    raise _Varies


def positions(condition: Expr, count: int) -> tuple[bool, ...]:
    """At which positions of an array a condition is met that depends on nothing but the position.

    Raises:
        _Varies: it depends on more.
    """
    if count > MAX_POSITIONS:
        raise _Varies
    try:
        values = (evaluate(condition, look_up=_unknown, contains=_unknown, index=i) for i in range(count))
        return tuple(bool(value) for value in values)
    except ArithmeticProblem:
        raise _Varies from None


def _unknown(*_: object) -> NoReturn:
    raise _Varies


def read_of(op: plan.Take | plan.Bytes | plan.Builtin) -> Read | None:
    """The octets of a leaf.

    Raises:
        _Varies: its length, order or form is not known.
    """
    match op:
        case plan.Take(kind="float"):
            return Real(octets=op.octets, big=constant(op.order) == 1)
        case plan.Take():
            form = None if op.kind == "uint" else form_of(op.form)
            return Number(octets=op.octets, big=constant(op.order) == 1, low=0, width=8 * op.octets, form=form)
        case plan.Bytes():
            if op.charset is not None:
                constant(op.charset)
            length = constant(op.length)
            if not 0 <= length <= plan.MAX_OCTETS:
                raise _Varies
            return Octets(octets=length)
        case plan.Builtin(octets=0):
            return None
        case plan.Builtin(kind="FLOAT_CHAR" | "FIXED_BCD"):
            return Octets(octets=op.octets)
        case plan.Builtin(kind="RDATE"):
            return Number(octets=op.octets, big=constant(op.order) == 1, low=0, width=8 * op.octets)
        case plan.Builtin():
            return Moment(octets=op.octets, big=constant(op.order) == 1, kind=op.kind, variant=op.variant)
        case _:
            assert_never(op)


def constant(expression: Expr) -> int:
    if not isinstance(expression, Const):
        raise _Varies
    return expression.value


def form_of(expression: Expr | None) -> int:
    form = 0 if expression is None else constant(expression)
    if not TWOS_COMPLEMENT <= form <= SIGN_MAGNITUDE:  # every image is refused, each with its reason
        raise _Varies
    return form


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case Leaf():
            yield node
        case Fields(members=members):
            for _, member in members:
                yield from _leaves(member)
        case Items(item=item):
            yield from _leaves(item)
        case _:
            assert_never(node)
