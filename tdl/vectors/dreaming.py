"""A decoder that makes up what it reads: octets and values of other tables come into being when they are asked for.

What it has read is an image, and what it was told an environment. Values that were settled before (hints) come first,
a style decides the rest. Where a value leads elsewhere than wanted, `Unmet` says which expression it was, and the
search in `tdl.vectors.solving` finds the hints to begin again with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tdl.codec.decoder import Decoder, Moved
from tdl.codec.environment import Environment
from tdl.codec.errors import MissingValue
from tdl.codec.values import Members, Record
from tdl.ir import plan
from tdl.ir.expr import ArithmeticProblem, Const, Expr, External, Local, evaluate
from tdl.ir.interval import interval
from tdl.vectors.branches import EVERYTHING, Branch, BranchKey, Wanted, labels_of, show_path
from tdl.vectors.octets import (
    Style,
    limits,
    number_for,
    place_number,
    write_builtin,
    write_number,
    write_real,
    write_run,
)
from tdl.vectors.solving import Constraint, Inside, Member, Outside, Path, Variable

MAX_IMAGE_OCTETS = 1 << 16
"""The largest image that is made."""

_MAX_POSITION = 1 << 10
_MAX_RUN = 300
_SET_OCTETS = 4
_FORMS = Wanted(among=((0, 2),))


class Unmet(Exception):
    """Something comes out otherwise than wanted."""

    def __init__(self, constraint: Constraint) -> None:
        super().__init__(str(constraint))
        self.constraint = constraint


class Absent(Exception):
    """An earlier element that an expression reads is in a branch that was not taken.

    ``path`` has ``[]`` for positions.
    """

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(show_path(path))
        self.path = path


class TooLarge(Exception):
    """The image has become larger than `MAX_IMAGE_OCTETS`."""


class Enough(Exception):
    """What was to be reached is reached; there is no going on, since the value is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an image shall be like.

    Attributes:
        way: the branches to take, at the positions ``at`` of the arrays on the way (by the identity of their ops).
        refuse: an op whose expression shall have a value that no codec accepts: the image ends there.
        most: how many elements an array may have, where the way does not ask for more.
        near: the largest value that other tables' numbers have where nothing asks for more.
        spread: whether the numbers of other tables are random up to ``near`` rather than ``near`` itself.
    """

    style: Style
    way: tuple[Branch, ...] = ()
    at: Mapping[int, int] = field(default_factory=dict)
    refuse: tuple[plan.AnyOp, Expr, Wanted] | None = None
    most: int = 3
    near: int = 1
    spread: bool = False


class Dreaming(Decoder):
    """One run of a table's Plan; its `data` is the image made, ``outside`` and ``members`` what it was told."""

    def __init__(
        self,
        table: plan.TablePlan,
        known: Environment,
        wish: Wish,
        hints: Mapping[Variable, int],
        branches: Mapping[int, tuple[Branch, ...]],
    ) -> None:
        super().__init__(table, b"", known, self.note)
        self.wish, self.hints, self.branches = wish, hints, branches
        self.choices = {id(branch.op): branch for branch in wish.way}
        self.homes: list[Path] = []
        self.outside: dict[Outside, int] = {}
        self.members: dict[Member, int] = {}
        self.inside: dict[Path, object] = {}
        self.taken: set[BranchKey] = set()
        self.rooms: set[int] = set()
        self.steps = 0
        self.moved: list[Moved] = []
        self.positions: list[tuple[int, int]] = []
        self.set_hints: dict[Path, list[tuple[int, int]]] = {}
        for variable, value in hints.items():
            if isinstance(variable, Member) and isinstance(variable.set, Inside):
                self.set_hints.setdefault(variable.set.path, []).append((variable.member, value))

    def note(self, moved: Moved) -> None:
        self.moved.append(moved)
        self.inside[moved.path] = moved.value

    # --- values ----------------------------------------------------------------------------------------------------

    def value(self, expression: Expr) -> int:
        if isinstance(expression, Const):
            return expression.value
        try:
            return evaluate(expression, look_up=self.look_up, contains=self.contains, index=self.index)
        except ArithmeticProblem:
            raise Unmet(self.constraint(expression, Wanted(among=EVERYTHING))) from None
        except MissingValue as missing:
            raise self.fail("missing", f"a value for `{missing.label}`", "none") from None

    def look_up(self, reference: External | Local, indices: tuple[int, ...]) -> int:
        if not isinstance(reference, External):
            self.see(reference)
            return super().look_up(reference, indices)
        known = self.environment.number(reference, indices)
        if known is not None:
            return known
        return self.chosen(self.position_of(reference, indices))

    def contains(self, reference: External | Local, indices: tuple[int, ...], member: int) -> bool:
        if not isinstance(reference, External):
            self.see(reference)
            return super().contains(reference, indices, member)
        known = self.environment.member(reference, indices, member)
        if known is not None:
            return known
        return bool(self.chosen_member(Member(self.position_of(reference, indices), member)))

    def see(self, reference: Local) -> None:
        """See that an earlier element is there, as far as branches decide it."""
        holder: object = self.records[-1 - reference.up]
        home = self.homes[len(self.records) - 1 - reference.up]
        for passed, step in enumerate(reference.path, 1):
            if not isinstance(holder, Record):
                return
            if step not in holder:
                general = tuple("[]" if isinstance(each, int) else each for each in home)
                raise Absent((*general, *reference.path[:passed]))
            holder = holder[step]

    def position_of(self, reference: External, indices: tuple[int, ...]) -> Outside:
        if not all(0 <= index < _MAX_POSITION for index in indices):
            raise MissingValue(reference.label)
        return Outside(reference, indices)

    def chosen(self, variable: Outside) -> int:
        """The value of another table's element, made up when first asked for."""
        if variable not in self.outside:
            value = self.hints.get(variable)
            self.outside[variable] = self.imagined(variable) if value is None else value
        return self.outside[variable]

    def chosen_member(self, variable: Member) -> int:
        if variable not in self.members:
            value = self.hints.get(variable)
            self.members[variable] = self.imagined_member(variable) if value is None else value
        return self.members[variable]

    def imagined(self, variable: Outside) -> int:
        low, high = variable.reference.range
        wish = self.wish
        if wish.spread:
            near = wish.style.random(variable.key).randint(0, wish.near)
        else:
            near = wish.near
        return max(low, min(high, near))

    def imagined_member(self, variable: Member) -> int:
        if not 0 <= variable.member < 8 * _MAX_POSITION:
            return 0
        if self.wish.spread and isinstance(variable.set, Outside):
            return self.wish.style.random((variable.set.key, variable.member)).randint(0, 1)
        return int(self.wish.near > 0)

    # --- what a search starts from (see `tdl.vectors.solving.Known`) ------------------------------------------------

    def current(self, variable: Variable) -> int:
        """The value that something has in this run, or would have."""
        match variable:
            case Outside(reference=reference, indices=indices):
                known = self.environment.number(reference, indices)
                return self.imagined(variable) if known is None else known
            case Inside(path=path):
                value = self.inside.get(path)
                if not isinstance(value, int):
                    raise ArithmeticProblem("no number there")
                return int(value)
            case Member(set=Inside(path=path), member=member):
                value = self.inside.get(path)
                return int(isinstance(value, Members) and member in value)
            case Member(set=Outside(reference=reference, indices=indices), member=member):
                known_member = self.environment.member(reference, indices, member)
                return self.imagined_member(variable) if known_member is None else int(known_member)
        raise AssertionError(variable)

    def is_fixed(self, variable: Variable) -> bool:
        """Whether a value comes from what is known of the meter, or cannot be chosen."""
        holder = variable.set if isinstance(variable, Member) else variable
        match holder:
            case Outside(reference=reference, indices=indices):
                in_reach = all(0 <= index < _MAX_POSITION for index in indices)
                return not in_reach or self.environment.held(reference.table, reference.path) is not None
            case Inside(path=path):
                return path not in self.inside

    def constraint(self, expression: Expr, wanted: Wanted) -> Constraint:
        homes = tuple(self.homes[: len(self.records)])
        return Constraint(expression=expression, wanted=wanted, homes=homes, index=self.index)

    def require(self, expression: Expr, wanted: Wanted) -> int:
        value = self.value(expression)
        if not wanted.accepts(value):
            raise Unmet(self.constraint(expression, wanted))
        return value

    def break_off(self, expression: Expr, wanted: Wanted) -> None:
        """End the image where an expression has a value that is refused, or none."""
        if not wanted.broken:
            self.require(expression, wanted)
            raise Enough
        try:
            evaluate(expression, look_up=self.look_up, contains=self.contains, index=self.index)
        except ArithmeticProblem:
            raise Enough from None
        raise Unmet(self.constraint(expression, wanted))

    # --- the run ---------------------------------------------------------------------------------------------------

    def record(self, op: plan.Group | plan.Bits) -> Record:
        del self.homes[len(self.records) :]
        self.homes.append(tuple(self.path))
        return Record()

    def op(self, op: plan.AnyOp, into: Record | list[object]) -> None:
        if self.positions and isinstance(into, list):
            self.positions[-1] = (self.positions[-1][0], self.index)
        self.steer(op)
        if isinstance(op, plan.Repeat):
            self.positions.append((id(op), 0))
            super().op(op, into)
            self.positions.pop()
        else:
            super().op(op, into)

    def fields(self, ops: tuple[plan.AnyOp, ...], word: int, record: Record, start: int, octets: int) -> int:
        covered = 0
        for op in ops:
            self.steer(op)
            covered |= super().fields((op,), word, record, start, octets)
        return covered

    def steer(self, op: plan.AnyOp) -> None:
        """See that an op takes the branch that it shall, or else one that can be gone on with."""
        self.steps += 1
        if self.wish.refuse is not None and self.wish.refuse[0] is op and self.on_the_way():
            self.break_off(*self.wish.refuse[1:])
        choice = self.choices.get(id(op))
        if choice is not None and self.on_the_way():
            self.require(choice.expression, self.fitting(op, choice))
        match op:
            case plan.Choose() if op.otherwise is None:
                self.require(op.selector, Wanted(among=labels_of(op)))
            case plan.Repeat(count=length):
                self.require(
                    length, Wanted(among=((0, self.room(length, max(self.wish.most, self.position(op) + 1))),))
                )
            case plan.Bytes(length=length) | plan.Opaque(limit=length):
                most = plan.MAX_OCTETS if isinstance(op, plan.Opaque) else self.room(length, _MAX_RUN)
                self.require(length, Wanted(among=((0, most),)))
            case plan.Take(form=form) | plan.Field(form=form) if form is not None:
                self.require(form, _FORMS)
            case _:
                pass
        for branch in self.branches.get(id(op), ()):
            if branch.key not in self.taken and branch.wanted.accepts(self.value(branch.expression)):
                self.taken.add(branch.key)

    def fitting(self, op: plan.AnyOp, choice: Branch) -> Wanted:
        if isinstance(op, plan.Repeat) and choice.choice:
            least = self.position(op) + 1
            return Wanted(among=((least, self.room(op.count, max(self.wish.most, least))),))
        return choice.wanted

    def room(self, length: Expr, most: int) -> int:
        """How long something may be: as long as it has to be in any case, and some more."""
        low = interval(length)[0]
        room = most if low <= 0 else low + most
        self.rooms.add(room)
        return room

    def position(self, op: plan.Repeat) -> int:
        return self.wish.at.get(id(op), 0)

    def on_the_way(self) -> bool:
        """Whether this is the element of every array around that the way leads through."""
        return all(self.wish.at.get(op, 0) == position for op, position in self.positions)

    def leaf(self, op: plan.AnyOp) -> object:
        self.give(self.octets_of(op))
        return super().leaf(op)

    def give(self, octets: bytes) -> None:
        self.data += octets
        if len(self.data) > MAX_IMAGE_OCTETS:
            raise TooLarge

    def octets_of(self, op: plan.AnyOp) -> bytes:
        path, style = tuple(self.path), self.wish.style
        match op:
            case plan.Take(kind="float"):
                return write_real(op, style, self.big(op.order), path)
            case plan.Take():
                return write_number(op, self.number(op, path), self.big(op.order), self.form(op.form))
            case plan.Bytes(form=form):
                octets = write_run(form, self.length(op.length, "length"), style, path)
                return self.with_members(op, octets, path) if form == "set" else octets
            case plan.Builtin():
                return write_builtin(op, style, self.big(op.order), path)
            case plan.Opaque():
                length = min(self.length(op.limit, "limit"), {"zero": 0, "max": 8}.get(style.kind, 3))
                return write_run("binary", length, style, path)
            case _:
                raise AssertionError(op)

    def number(self, op: plan.Take | plan.Field, path: Path) -> int:
        low, high = limits(op)
        hint = self.hints.get(Inside(path))
        fits = hint is not None and low <= hint <= high
        return hint if fits and hint is not None else number_for(op, self.wish.style, path)

    def with_members(self, op: plan.Bytes, octets: bytes, path: Path) -> bytes:
        """A set with the members that it shall have, without those that it shall not."""
        bits = int.from_bytes(octets, "little")
        for member, inside in self.set_hints.get(path, ()):
            if inside and member >= 8 * len(octets):
                self.require(op.length, Wanted(among=((member // 8 + 1, _MAX_RUN),)))
            bits = bits | 1 << member if inside else bits & ~(1 << member)
        return (bits & (1 << 8 * len(octets)) - 1).to_bytes(len(octets), "little")

    def bits(self, op: plan.Bits, into: Record | list[object]) -> None:
        big, path = self.big(op.order), tuple(self.path)
        word = 0
        for below in _fields(op.fields):
            where = (*path, below.name)
            number = self.number(below, where)
            mask = ((1 << below.width) - 1) << below.low
            form = 0 if below.form is None else max(0, min(2, self.form_value(below.form)))
            word = word & ~mask | place_number(below, number, form) & mask
        self.give(word.to_bytes(op.octets, "big" if big else "little"))
        super().bits(op, into)

    def form_value(self, form: Expr) -> int:
        try:
            return self.value(form)
        except Unmet:
            return 0

    # --- what came of it -------------------------------------------------------------------------------------------

    def asked(self) -> set[tuple[int, tuple[str, ...]]]:
        """The elements of other tables that were asked for, beyond what is known."""
        holders = (*self.outside, *(member.set for member in self.members))
        return {(each.reference.table, each.reference.path) for each in holders if isinstance(each, Outside)}

    def environment_made(self) -> Environment:
        """What was known and what was made up."""
        made = self.environment.copy()
        values: dict[tuple[int, tuple[str, ...]], dict[tuple[int, ...], object]] = {}
        sets: dict[Outside, set[int]] = {}
        for variable, value in self.outside.items():
            values.setdefault((variable.reference.table, variable.reference.path), {})[variable.indices] = value
        for member, inside in self.members.items():
            assert isinstance(member.set, Outside)
            held = sets.setdefault(member.set, set())
            if inside:
                held.add(member.member)
        for variable, held in sets.items():
            place = values.setdefault((variable.reference.table, variable.reference.path), {})
            place[variable.indices] = Members.of(sorted(held), max(_SET_OCTETS, max(held, default=0) // 8 + 1))
        for (table, path), elements in values.items():
            made.set(table, path, _nested(elements))
        return made


def _nested(elements: Mapping[tuple[int, ...], object]) -> object:
    """Values by their positions as nested lists; what no one asked for is as the first."""
    if () in elements:
        return elements[()]
    size = max(indices[0] for indices in elements) + 1
    inner: dict[int, dict[tuple[int, ...], object]] = {}
    for (first, *rest), value in elements.items():
        inner.setdefault(first, {})[tuple(rest)] = value
    return [_nested(inner[i] if i in inner else inner[min(inner)]) for i in range(size)]


def _fields(ops: Iterable[plan.AnyOp]) -> Iterable[plan.Field]:
    for op in ops:
        match op:
            case plan.Field():
                yield op
            case plan.When():
                yield from _fields((*op.then, *op.otherwise))
            case plan.Choose():
                yield from _fields((*(o for arm in op.arms for o in arm.ops), *(op.otherwise or ())))
            case _:
                pass
