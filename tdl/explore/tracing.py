"""Decoding a table while taking down where everything is and why: the reference decoder, watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tdl.codec.decoder import Decoder, Moved
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, MissingValue, contrast, path_text
from tdl.codec.values import Members, Record
from tdl.docs.offsets import varies
from tdl.explore.trace import Fact, Kind, Read, Trace
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, External, Local, references, show_expr
from tdl.ir.layout import Path, type_text
from tdl.ir.model import TableId
from tdl.ir.traverse import children
from tdl.project.describing import Describer, value_text

MAX_TEXT = 2_000
"""How long the text of one value may be."""

MAX_READ = 80
"""How long the text of a value may be that a condition looked at."""

MAX_READS = 16
"""How many values are told that one expression looked at."""

LETTERS = 32
"""How long the texts are that take as much room as a node."""

MAX_LEFT = 24
"""How many elements are named of a branch that was not taken."""

ORDERS = ("least significant octet first", "most significant octet first")

_Ops: TypeAlias = tuple[plan.AnyOp, ...]


class Full(Exception):
    """There are more nodes than a page shows."""


class Tracer(Decoder):
    """Runs a Plan over octets as `tdl.codec.decoder.Decoder` does, and keeps a `Trace` of it.

    Args:
        about: what the definition says of elements, by name and place of declaration.
        budget: the most nodes that are kept, a long text counting as several; decoding ends there.
    """

    def __init__(
        self,
        table: plan.TablePlan,
        data: bytes,
        environment: Environment,
        describer: Describer,
        about: Mapping[tuple[str, object], tuple[tuple[str, str], ...]],
        budget: int,
    ) -> None:
        super().__init__(table, data, environment, self.moved)
        self.describer, self.about, self.budget = describer, about, budget
        self.spent = self.reached = 0
        self.holders: list[Path] = []
        self.holding: list[int] = []
        self.trace = Trace()
        self._kinds: dict[Kind, int] = {}
        self._facts: dict[Fact, int] = {}
        self._settled: dict[int, int] = {}
        self._types: dict[int, str] = {}
        self._chosen: tuple[str, int] | None = None

    def traced(self) -> Trace:
        """Decode; whatever is wrong with the octets is in the trace."""
        try:
            self.run()
        except DecodeError as error:
            self.failed(error)
        except Full:
            self.trace.full = True
        while self.holding:
            self.end(self.holding.pop())
        self.trace.shown = max(self.offset, self.reached)
        return self.trace

    # --- nodes -------------------------------------------------------------------------------------------------

    def spend(self, *texts: str) -> None:
        """Pay for what is kept, before it is."""
        self.spent += 1 + sum(map(len, texts)) // LETTERS
        if self.spent > self.budget:
            raise Full

    def node(self, kind: Kind, at: int, size: int = 0, value: str = "") -> int:
        if kind not in self._kinds:
            self.spend(kind.name, kind.type, *kind.without, *(text for pair in kind.about for text in pair))
        self.spend(value)
        return self.keep_node(kind, at, size, value)

    def keep_node(self, kind: Kind, at: int, size: int, value: str) -> int:
        trace = self.trace
        if kind not in self._kinds:
            self._kinds[kind] = len(trace.kinds)
            trace.kinds.append(kind)
        trace.kind.append(self._kinds[kind])
        trace.at.append(at)
        trace.size.append(size)
        trace.below.append(0)
        trace.value.append(value)
        self.reached = max(self.reached, at + size)
        return len(trace) - 1

    def begin(self, kind: Kind) -> None:
        self.holding.append(self.node(kind, self.offset))

    def end(self, node: int) -> None:
        self.reached = max(self.reached, self.offset)  # inside a bit field, its fields are ahead of the decoder
        self.trace.size[node] = self.reached - self.trace.at[node]
        self.trace.below[node] = len(self.trace) - node - 1

    def failed(self, error: DecodeError) -> None:
        self.trace.error = str(error)
        kind = Kind(what="error", name=contrast(error.found, error.expected), type=path_text(error.path))
        self.keep_node(kind, error.offset, 0, "")  # whatever it costs

    # --- what decoding does ------------------------------------------------------------------------------------

    def op(self, op: plan.AnyOp, into: Record | list[object]) -> None:
        match op:
            case plan.When() | plan.Choose() if not getattr(op, "atomic", ""):
                for branch, ops in self.branches(op):
                    self.begin(branch)
                    for below in ops:
                        self.op(below, into)
                    self.end(self.holding.pop())
            case plan.Choose():
                entered = self.enter_atomic(op)
                self._chosen = op.atomic, self.fact("selection", op.selector)
                self.leave(entered)
                super().op(op, into)
                self._chosen = None
            case _:
                super().op(op, into)

    def make(self, op: plan.AnyOp, into: Record | list[object]) -> None:
        match op:
            case plan.Group() | plan.Bits():
                self.holders.append(tuple(self.path))
                self.within(op, into)
                self.holders.pop()
            case plan.Repeat():
                self.within(op, into)
            case _:
                super().make(op, into)

    def within(self, op: plan.Group | plan.Bits | plan.Repeat, into: Record | list[object]) -> None:
        if op is self.table.root and isinstance(op, plan.Group):
            super().make(op, into)
            return
        match op:
            case plan.Group():
                kind = self.kind("record", op)
            case plan.Bits():
                self.need(op.octets)  # before its order is asked for, as when it is decoded
                facts = (self.fact("order", op.order),) if op.octets > 1 else ()
                kind = self.kind("bits", op, facts, big=self.big(op.order))
            case plan.Repeat():
                kind = self.kind("array", op, (self.fact("count", op.count),))
        self.begin(kind)
        super().make(op, into)
        self.end(self.holding.pop())

    def fields(self, ops: tuple[plan.AnyOp, ...], word: int, record: Record, start: int, octets: int) -> int:
        covered = 0
        for op in ops:
            if not isinstance(op, plan.When | plan.Choose):
                covered |= super().fields((op,), word, record, start, octets)
                continue
            for branch, below in self.branches(op):
                self.begin(branch)
                covered |= self.fields(below, word, record, start, octets)
                self.end(self.holding.pop())
        return covered

    def moved(self, moved: Moved) -> None:
        """Take down a value."""
        op, chosen = moved.op, self._chosen
        text = self.describer.text(moved)
        if len(text) > MAX_TEXT:
            text = f"{text[:MAX_TEXT]}..."
        facts = tuple(self.fact(role, expression) for role, expression in _deciding(op))
        if chosen is not None:
            facts = (chosen[1], *facts)
        kind = self.kind("field" if moved.low is not None else "value", op, facts, chosen=chosen[0] if chosen else "")
        self.node(kind, moved.offset, moved.octets, text)

    def kind(
        self, what: str, op: plan.AnyOp, facts: tuple[int, ...] = (), *, big: bool = False, chosen: str = ""
    ) -> Kind:
        if id(op) not in self._types:
            self._types[id(op)] = type_text(op)
        type_ = self._types[id(op)]
        name = op.name or (op.path[-1] if chosen and op.path and op.path[-1] != "[]" else "")
        declared = name or next((step for step in reversed(op.path) if step != "[]"), "")
        return Kind(
            what=what,
            name=name,
            type=f"{chosen}: {type_}" if chosen else type_,
            index=op.index,
            low=getattr(op, "low", 0),
            width=getattr(op, "width", 0),
            big=big,
            enumeration=getattr(op, "enumeration", None) or "",
            about=self.about.get((declared, op.span), ()),
            facts=facts,
        )

    # --- why ---------------------------------------------------------------------------------------------------

    def branches(self, op: plan.When | plan.Choose) -> Iterator[tuple[Kind, _Ops]]:
        """The branches of a condition that hold something, each as a node; what is not taken has no ops.

        The cases of a selection that are not taken are one branch.
        """
        if isinstance(op, plan.When):
            fact = self.fact("condition", op.condition)
            taken = op.then if self.value(op.condition) else op.otherwise
            text = show_expr(op.condition)
            for said, ops in ((f"IF {text}", op.then), (f"ELSE of IF {text}", op.otherwise)):
                if ops:
                    yield _branch(said, fact, ops, taken=ops is taken)
            return
        fact = self.fact("selection", op.selector)
        taken = self.arm(op)
        text = show_expr(op.selector)
        others = tuple(below for arm in op.arms if arm.ops is not taken for below in arm.ops)
        for arm in op.arms:
            if taken and arm.ops is taken:
                yield _branch(f"CASE {text} = {_labels(arm)}", fact, taken, taken=True)
        if op.otherwise and op.otherwise is taken:
            yield _branch(f"DEFAULT of CASE {text}", fact, taken, taken=True)
        elif op.otherwise:
            others += op.otherwise
        if others:
            yield _branch(f"other cases of CASE {text}", fact, others, taken=False)

    def fact(self, role: str, expression: Expr) -> int:
        """The number of a fact; what is the same everywhere in the table is worked out once."""
        settled = self._settled.get(id(expression))
        if settled is not None:
            return settled
        number = self.value(expression)
        value = str(number)
        if role == "order":
            value = ORDERS[number == 1]
        elif role == "condition":
            value = "holds" if number else "does not hold"
        fact = Fact(role=role, text=show_expr(expression), value=value, reads=tuple(self.reads(expression)))
        if fact not in self._facts:
            self.spend(fact.text, *(text for read in fact.reads for text in (read.label, read.value, read.path)))
            self._facts[fact] = len(self.trace.facts)
            self.trace.facts.append(fact)
        if not varies(expression):
            self._settled[id(expression)] = self._facts[fact]
        return self._facts[fact]

    def reads(self, expression: Expr) -> Iterator[Read]:
        """The values that an expression looks at, as far as they are there."""
        seen: set[str] = set()
        for reference in references(expression):
            try:
                indices = tuple(self.value(each) for each in reference.indices)
                found = self.find(reference, indices)
            except (DecodeError, MissingValue):
                continue  # on the side of an AND or OR that was not asked for
            table, path = self.place(reference, indices)
            label = reference.label if isinstance(reference, External) else path
            if label not in seen and len(seen) < MAX_READS:
                seen.add(label)
                text = value_text(Members(found.octets[:MAX_READ]) if isinstance(found, Members) else found)
                short = text if len(text) <= MAX_READ else f"{text[: MAX_READ - 3]}..."
                yield Read(label=label, value=short, table=table, path=path)

    def place(self, reference: External | Local, indices: tuple[int, ...]) -> tuple[str, str]:
        """The table and path of what a reference leads to."""
        waiting = list(indices)
        steps = tuple(waiting.pop(0) if step == "[]" and waiting else step for step in reference.path)
        if isinstance(reference, External):
            return str(TableId(reference.table)), path_text(steps)
        return self.table.key, path_text((*self.holders[-1 - reference.up], *steps))


def _branch(said: str, fact: int, ops: _Ops, *, taken: bool) -> tuple[Kind, _Ops]:
    if taken:
        return Kind(what="taken", name=said, facts=(fact,)), ops
    names = tuple(dict.fromkeys(_names(ops)))
    more = (f"{len(names) - MAX_LEFT} more",) if len(names) > MAX_LEFT else ()
    return Kind(what="left", name=said, facts=(fact,), without=names[:MAX_LEFT] + more), ()


def _deciding(op: plan.AnyOp) -> Iterator[tuple[str, Expr]]:
    """The expressions that a value depends on, each with what it decides; constants decide nothing."""
    match op:
        case plan.Take():
            found = [("order", op.order if op.octets > 1 else None), ("sign", op.form)]
        case plan.Bytes():
            found = [("length", op.length), ("characters", op.charset)]
        case plan.Builtin():
            found = [("order", op.order if op.octets > 1 else None)]
        case plan.Opaque():
            found = [("limit", op.limit)]
        case plan.Field():
            found = [("sign", op.form)]
        case _:
            found = []
    yield from ((role, each) for role, each in found if each is not None and not isinstance(each, Const))


def _labels(arm: plan.Arm) -> str:
    return ", ".join(str(low) if low == high else f"{low}..{high}" for low, high in arm.labels)


def _names(ops: Sequence[plan.AnyOp]) -> Iterator[str]:
    """The elements that a branch holds, without what is inside them."""
    for op in ops:
        if op.name:
            yield op.name
        elif isinstance(op, plan.Choose) and op.atomic and op.path:
            yield op.path[-1]
        else:
            yield from _names(children(op))
