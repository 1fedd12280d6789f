"""The policy: what each kind of change is called, what it does to a table, and whether it breaks readers.

A clause is one case of a rule. The comparison makes findings from clauses alone, and the page
`docs/explanation/compatibility.md` lists them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tdl.ir.layout import Row
from tdl.report import Diagnostic, Rule, Severity
from tdl.report.rules import compatibility
from tdl.sources import Span


class Effect(Enum):
    """What a change does to a table, the gravest first."""

    REMOVED = "removed"
    WIDTH = "width-changed"
    SHIFTED = "shifted"
    CUT = "cut"
    MEANING = "meaning-changed"
    ACCESS = "access-changed"
    EXTENDED = "tail-extended"
    RENAMED = "renamed"
    ADDED = "added"
    DESCRIBED = "described"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A finding with its clause, and the rows of the element that it is about, where it is about one."""

    clause: Clause
    finding: Diagnostic
    before: Row | None = None
    after: Row | None = None

    @property
    def breaking(self) -> bool:
        return self.clause.breaking


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One case of a rule.

    Attributes:
        name: of the clause, for programs; never used again for anything else.
        case: what changed, in words.
    """

    name: str
    rule: Rule
    case: str
    severity: Severity
    effect: Effect

    @property
    def breaking(self) -> bool:
        """Whether a reader with one definition takes wrong values, or none, from meters of the other."""
        return self.severity is Severity.ERROR

    def at(self, span: Span | None, before: Row | None = None, after: Row | None = None, **fields: Any) -> Change:
        finding = self.rule.at(span, severity=self.severity, **fields)
        return Change(clause=self, finding=finding, before=before, after=after)


def _breaks(name: str, rule: Rule, effect: Effect, case: str) -> Clause:
    return Clause(name=name, rule=rule, case=case, severity=Severity.ERROR, effect=effect)


def _loses(name: str, rule: Rule, effect: Effect, case: str) -> Clause:
    return Clause(name=name, rule=rule, case=case, severity=Severity.WARNING, effect=effect)


def _adds(name: str, rule: Rule, effect: Effect, case: str) -> Clause:
    return Clause(name=name, rule=rule, case=case, severity=Severity.NOTE, effect=effect)


TABLE_REMOVED = _breaks(
    "table-removed", compatibility.TABLE_REMOVED, Effect.REMOVED, "a table, a procedure or one of its records is gone"
)
TABLE_ADDED = _adds("table-added", compatibility.TABLE_ADDED, Effect.ADDED, "a table or procedure is new")
PARAMETERS_ADDED = _breaks(
    "parameters-added",
    compatibility.PARAMETERS_ADDED,
    Effect.WIDTH,
    "a procedure that had no parameters has some",
)
TABLE_EXTENDED = _adds(
    "table-extended",
    compatibility.TABLE_EXTENDED,
    Effect.EXTENDED,
    "more follows behind what was there",
)
TABLE_RENAMED = _loses("table-renamed", compatibility.TABLE_RENAMED, Effect.RENAMED, "the table has another name")
ELEMENT_REMOVED = _breaks("element-removed", compatibility.ELEMENT_REMOVED, Effect.CUT, "an element is gone")
ELEMENT_INSERTED = _breaks(
    "element-inserted", compatibility.ELEMENT_ADDED, Effect.SHIFTED, "an element is new before others or inside them"
)
ELEMENT_APPENDED = _adds(
    "element-appended", compatibility.ELEMENT_ADDED, Effect.EXTENDED, "an element is new behind all others"
)
BITS_NAMED = _adds(
    "bits-named", compatibility.ELEMENT_ADDED, Effect.DESCRIBED, "a field is new in bits that no field had"
)
ELEMENT_RENAMED = _loses(
    "element-renamed", compatibility.ELEMENT_RENAMED, Effect.RENAMED, "an element has another name in the same place"
)
ELEMENT_MOVED = _breaks("element-moved", compatibility.ELEMENT_MOVED, Effect.SHIFTED, "an element lies elsewhere")
WIDTH_CHANGED = _breaks(
    "width-changed", compatibility.ELEMENT_RETYPED, Effect.WIDTH, "an element has a type of other octets or bits"
)
KIND_CHANGED = _breaks(
    "kind-changed",
    compatibility.ELEMENT_RETYPED,
    Effect.MEANING,
    "an element is read in another way: its sign too",
)
CODE_CHANGED = _breaks(
    "code-changed", compatibility.CODES_CHANGED, Effect.MEANING, "a code has another name, so it means something else"
)
CODE_LOST = _loses("code-lost", compatibility.CODES_CHANGED, Effect.DESCRIBED, "a code has no name any longer")
CODE_NAMED = _adds("code-named", compatibility.CODES_CHANGED, Effect.DESCRIBED, "a code that had no name has one")
CONDITION_CHANGED = _breaks(
    "condition-changed", compatibility.CONDITION_CHANGED, Effect.SHIFTED, "an element is there for other meters"
)
DIMENSION_CHANGED = _breaks(
    "dimension-changed", compatibility.DIMENSION_CHANGED, Effect.WIDTH, "an element has another count or length"
)
MEANING_CHANGED = _breaks(
    "meaning-changed",
    compatibility.MEANING_CHANGED,
    Effect.MEANING,
    "another unit, scale, exponent, quantity, phase, direction or event argument: of an element, or of a code",
)
MEANING_LOST = _loses(
    "meaning-lost", compatibility.MEANING_CHANGED, Effect.DESCRIBED, "one of these was said and is said no longer"
)
MEANING_SAID = _adds(
    "meaning-said", compatibility.MEANING_CHANGED, Effect.DESCRIBED, "one of these was not said and is now"
)
WORDS_CHANGED = _adds(
    "words-changed", compatibility.WORDS_CHANGED, Effect.DESCRIBED, "a label or description is in other words"
)
READING_LOST = _breaks("reading-lost", compatibility.ACCESS_CHANGED, Effect.ACCESS, "a table can no longer be read")
WRITING_LOST = _loses("writing-lost", compatibility.ACCESS_CHANGED, Effect.ACCESS, "a table can no longer be written")
ACCESS_GAINED = _adds(
    "access-gained", compatibility.ACCESS_CHANGED, Effect.ACCESS, "a table can be read or written that could not"
)
PROPERTY_CHANGED = _adds(
    "property-changed",
    compatibility.PROPERTY_CHANGED,
    Effect.DESCRIBED,
    "another property has another value; what only says how well a fact is attested does not count",
)

PENDING_CHANGED = _breaks(
    "pending-changed",
    compatibility.PENDING_CHANGED,
    Effect.SHIFTED,
    "what stands before pending tables is another record",
)

POLICY: tuple[Clause, ...] = tuple(
    sorted((each for each in list(globals().values()) if isinstance(each, Clause)), key=lambda each: each.rule.code)
)
"""Every clause, by code."""
