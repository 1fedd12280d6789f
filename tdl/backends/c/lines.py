"""Parts of every function: lines, failures, and runs of octets that one check covers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from tdl.backends.c.environment import EnvironmentView
from tdl.backends.c.expressions import Scope
from tdl.backends.c.frames import CannotExpress
from tdl.backends.c.structs import Location, Types
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.making import Shapes
from tdl.deferred import dataclass, field
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, Range
from tdl.ir.size import Sizes

MAX_FORM = 2
"""The last INT_FORMAT that is not refused."""

_LEVELS = 60
"""How deep blocks may nest: C99 promises 127, and nobody reads that."""


_WIDTH = 116
"""How long lines may be, less one further level."""

_INDENTS = tuple("    " * level for level in range(_LEVELS + 1))
_ENDS = tuple(f"{indent}}}" for indent in _INDENTS)
_WIDTHS = tuple(max(_WIDTH - len(indent), _WIDTH // 2) for indent in _INDENTS)

_BREAK = re.compile(r" (?:(?<= \|\| )|(?<= \| )|(?<= : )|(?<=, ))")
"""Where a statement can go on in the next line; what is before the blank is looked at late, which is fast."""


Selected: TypeAlias = tuple[plan.Take | plan.Builtin, tuple[tuple[int, int], ...]]
"""One of the types that a value selects, and the values that select it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One table as its functions are made from it.

    Attributes:
        name: what its identifiers begin with.
        struct: the type of its value.
        owned: whether arrays are part of the structs; they are in an arena otherwise.
        places: where structs keep values, by the ops that make them and the text of the record around; its functions
            ask for the same ones.
        selected: what a value selects from, by the op.
        sizes: of its ops, which all of its functions ask for.
    """

    table: plan.TablePlan
    shapes: Shapes
    types: Types
    environment: EnvironmentView
    elements: Elements
    name: str
    struct: str
    owned: bool
    places: dict[tuple[int, str], Location] = field(default_factory=dict)
    selected: dict[int, tuple[Selected, ...]] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)

    def fixed_size(self, op: plan.AnyOp) -> int | None:
        """The octets of an op that has as many in every image."""
        low, high = self.sizes.of(op)
        return low if low == high else None


class Lines:
    """The lines of one function.

    ``p`` is where the walk is; what has been moved since it was set last is ``ahead``. Inside an array that is part of
    a run another ``pointer`` stands for it. A run is what one check covers: its line is put in when the run ends.
    ``at`` is the offset of ``p`` while that is the same in every image. ``counts`` has the variables of this block and
    those around it that are counts or lengths, by the texts of what they were made from; ``checked`` has the ops whose
    octets an earlier check has covered.

    Args:
        flags, wanted: what expressions ask for, known from a first walk.
    """

    def __init__(self, context: Context, flags: Iterable[int] = (), wanted: Iterable[int] = ()) -> None:
        self.context = context
        self.scope = Scope(context.types, context.environment, self.place)
        self.flags, self.wanted = frozenset(flags), frozenset(wanted)
        self.lines: list[str] = []
        self.level = 1
        self.ahead = 0
        self.pointer = "p"
        self.at: int | None = 0
        self.element = self.made = 0
        self.entering: plan.Bits | None = None
        self.uses: set[str] = set()
        self.counts: dict[str, str] = {}
        self.checked: set[int] = set()
        self.run_line: int | None = None
        self.run_element = self.run_ahead = self.run_octets = self.run_leaves = 0
        self.run_at: int | None = None
        self.uncounted = 0

    # --- lines -------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        level = self.level
        if level > _LEVELS:
            raise CannotExpress((), f"more than {_LEVELS} levels")
        indent = _INDENTS[level]
        if len(text) <= _WIDTHS[level]:
            self.lines.append(indent + text)
            return
        first, *rest = _broken(text, _WIDTHS[level])
        self.lines += [indent + first, *(f"{indent}    {line}" for line in rest)]

    def inside(self, head: str, *, optional: bool = False) -> Block:
        """A block; what an ``optional`` one proves, which need not run, is not proved behind it."""
        self.say(f"{head} {{" if head else "{")
        return Block(self, optional)

    def fresh(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def use(self, name: str) -> str:
        """A variable of the function, which is declared when its text is put together."""
        self.uses.add(name)
        return name

    # --- failures ----------------------------------------------------------------------------------------------

    def offset(self, ahead: int) -> str:
        """The offset of what is so many octets ahead of ``p``."""
        if self.at is not None:
            return f"{self.at + ahead}u"
        return f"(uint32_t)((size_t)({self.pointer} - image){f' + {ahead}u' if ahead else ''})"

    def here(self) -> str:
        """A pointer to where the walk is."""
        return f"{self.pointer} + {self.ahead}" if self.ahead else self.pointer

    def failure(self, code: str, element: int) -> str:
        return f"return TDL_FAIL(error, {code}, {element}u, {self.offset(self.ahead)});"

    def fail_if(self, condition: str, code: str, element: int) -> None:
        self.say(f"if ({condition}) {{")
        self.level += 1
        self.say(self.failure(code, element))
        self.level -= 1
        self.lines.append(_ENDS[self.level])

    def check_within(self, text: str, bounds: Range, most: int, code: str, element: int) -> None:
        """Refuse a number that is negative or too large, as far as its type can be."""
        tests = [f"({text} < 0)"] * (bounds[0] < 0) + [f"({text} > {most})"] * (bounds[1] > most)
        if tests:
            self.fail_if(" || ".join(tests) if len(tests) > 1 else tests[0][1:-1], code, element)

    def number(self, expression: Expr, element: int) -> tuple[str, str]:
        """An expression's text and type; a variable if it can fail, which then ends the function."""
        self.ask(expression, element)
        text, type_, fails = self.scope.number(expression)
        if fails:
            name = self.fresh("v")
            self.say(f"const {type_} {name} = {text};")
            self.check_problem(element)
            text = name
        return text, type_

    def ask(self, expression: Expr, element: int) -> None:
        """See that an expression is known, where it is a value of the environment."""
        missing = self.scope.missing(expression)
        if missing:
            self.fail_if(missing, "TDL_MISSING", element)
            self.scope.prove()

    def attempt(self, expression: Expr, element: int) -> None:
        """Work an expression out only to see whether it fails."""
        self.ask(expression, element)
        text, _, fails = self.scope.number(expression)
        if fails:
            self.say(f"(void){text};")
            self.check_problem(element)

    def truth(self, expression: Expr, element: int) -> str:
        self.ask(expression, element)
        text, fails = self.scope.truth(expression)
        if fails:
            name = self.fresh("v")
            self.say(f"const uint8_t {name} = {text} ? 1u : 0u;")
            self.check_problem(element)
            text = f"({name} != 0u)"
        return text

    def check_problem(self, element: int) -> None:
        self.use("problem")
        with self.inside("if (problem != TDL_OK)"):
            self.say(f"return TDL_FAIL(error, problem, {element}u, {self.offset(self.ahead)});")
        self.scope.prove()

    # --- runs --------------------------------------------------------------------------------------------------

    def grow(self, octets: int, element: int) -> None:
        """Take octets into the run, or into a new one that begins with this element."""
        if self.uncounted or octets == 0:
            return
        if self.run_line is None:
            self.run_line, self.run_element, self.run_ahead = len(self.lines), element, self.ahead
            self.run_at = self.at
            self.run_octets = self.run_leaves = 0
        self.run_octets += octets
        self.run_leaves += 1

    def close(self) -> None:
        """End the run: put its check where it began."""
        if self.run_line is not None:
            lines, self.lines = self.lines, []
            now = self.ahead, self.at
            self.ahead, self.at = self.run_ahead, self.run_at
            self.run_check(self.run_octets, self.run_element, self.run_leaves)
            self.ahead, self.at = now
            lines[self.run_line : self.run_line] = self.lines
            self.lines = lines
            self.run_line = None

    def run_check(self, octets: int, element: int, leaves: int) -> None:
        """The check of a run that begins ``ahead`` of ``p``."""
        raise NotImplementedError

    def advance(self) -> None:
        """Set ``p`` to where the walk is."""
        if self.ahead:
            self.say(f"p += {self.ahead}u;")
            if self.at is not None:
                self.at += self.ahead
            self.ahead = 0

    def settle(self) -> None:
        """Before what can go more than one way: no run, nothing ahead."""
        self.close()
        self.advance()

    def jump(self, octets: str) -> None:
        """Go on by octets that are counted at run time."""
        self.say(f"p += {octets};")
        self.at = None

    def obligations(self, *expressions: Expr | None) -> bool:
        """Whether some of the formats of an element may be missing or refused."""
        for each in expressions:
            if each is not None and not isinstance(each, Const) and self.scope.number(each)[2]:
                return True
        return False

    def form_may_fail(self, form: Expr | None) -> bool:
        if form is None:
            return False
        low, high = self.scope.bounds(form)
        return low < 0 or high > MAX_FORM or self.scope.number(form)[2]

    def oblige_order(self, order: Expr, element: int) -> None:
        """What asking for the order of octets can fail with."""
        if self.obligations(order):
            self.attempt(order, element)

    def oblige_form(self, form: Expr | None, element: int) -> None:
        if form is not None and self.form_may_fail(form):
            if isinstance(form, Const):
                self.say(self.failure("TDL_REFUSED", element))
                return
            text, _ = self.number(form, element)
            low, high = self.scope.bounds(form)
            self.check_within(text, (low, high), MAX_FORM, "TDL_REFUSED", element)

    def flag(self, order: Expr) -> str:
        """``le``, ``be``, or the condition under which octets come most significant first."""
        if isinstance(order, Const):
            return "be" if order.value == 1 else "le"
        text, _, _ = self.scope.number(order)
        return f"({text} == 1)"

    def form(self, form: Expr | None) -> str:
        if form is None or isinstance(form, Const):
            return "0u" if form is None else f"{form.value}u"
        text, _, _ = self.scope.number(form)
        return f"(uint8_t){text}"

    # --- to be said elsewhere ----------------------------------------------------------------------------------

    def place(self, op: plan.AnyOp, holder: Location) -> Location:
        """Where expressions find the value of an op, given the place of the record around it."""
        raise NotImplementedError


class Block:
    """What is between the braces of a block: lines one level further in, with counts of its own."""

    __slots__ = ("_counts", "_lines", "_optional", "_proved")

    def __init__(self, lines: Lines, optional: bool) -> None:
        self._lines, self._optional = lines, optional

    def __enter__(self) -> None:
        self._lines.level += 1
        self._counts = dict(self._lines.counts)
        if self._optional:
            self._proved = set(self._lines.scope.proved)

    def __exit__(self, *_: object) -> None:
        self._lines.counts = self._counts
        if self._optional:
            self._lines.scope.proved = self._proved
        self._lines.level -= 1
        self._lines.lines.append(_ENDS[self._lines.level])


def _broken(text: str, width: int) -> list[str]:
    """A statement in lines of at most so many characters, where it has places to break at."""
    lines, begun = [], 0
    last = None
    for place in [*_BREAK.finditer(text), None]:
        stop = len(text) if place is None else place.start()
        if stop - begun > width and last is not None:
            lines.append(text[begun : last.start()])
            begun = last.end()
        last = place
    return [*lines, text[begun:]]
