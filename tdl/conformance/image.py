"""What a meter's tables hold that cannot be so: by themselves, and beside what other tables say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from tdl.codec.decoder import Moved
from tdl.codec.errors import path_text
from tdl.codec.values import Members, Raw
from tdl.compat.meanings import Declared
from tdl.conformance.claims import CONFIGURATION, calls, claims, edition
from tdl.conformance.lists import limits, lists, load_profile, pairs
from tdl.ir import model, plan
from tdl.ir.expr import Binary, Const, Expr, External
from tdl.ir.layout import type_text
from tdl.ir.traverse import children
from tdl.project.failures import failure_finding
from tdl.project.reading import Reading
from tdl.report import Diagnostic, Report
from tdl.report.rules import binding, meters

MAX_TOLD = 50
"""How many findings of one rule a table gets."""

MAX_MEMBERS = 10_000
"""How many members of one set are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of looking at an image.

    Attributes:
        image: its name.
        report: what is odd; tables that could not be decoded are errors.
        waiting: by code of a rule, what it waits for that the image does not have.
    """

    image: str
    report: Report
    waiting: Mapping[str, str] = field(default_factory=dict)


def look_at(reading: Reading) -> Looked:
    """Look at a decoded image with every rule."""
    report = Report()
    definition = reading.definition
    for key in reading.unknown:
        report.add(binding.UNKNOWN_TABLE.at(None, place=reading.image.name, table=key, definition=definition.name))
    for key, failure in reading.failures.items():
        report.add(failure_finding(failure, definition.table(key), reading.environment, reading.image.name))
    codes = {each.name: each for each in definition.model.enumerations}
    declared = Declared(definition.model)
    for key in reading.values:
        found = _Table(reading, key, codes, declared)
        for looked in (found.codes, found.members, found.no_values, found.beyond):
            report.extend(islice(looked(), MAX_TOLD))
        report.extend(lists(reading, key))
    for check in (claims, calls, edition, limits, load_profile):
        report.extend(check(reading))
    return Looked(image=reading.image.name, report=report, waiting=dict(_waiting(reading)))


def _waiting(reading: Reading) -> Iterator[tuple[str, str]]:
    if CONFIGURATION not in reading.values:
        for rule in (meters.CLAIMED, meters.NOT_CLAIMED, meters.WRITABLE_UNUSED):
            yield rule.code, "Table 0 of the meter"
    if not any(pairs(reading)):
        yield meters.OVER_LIMIT.code, "a `DIM_...` and an `ACT_...` table of the meter"


class _Table:
    """The leaves of one table."""

    def __init__(self, reading: Reading, key: str, named: Mapping[str, model.Enumeration], declared: Declared) -> None:
        self.reading, self.key, self.named, self.declared = reading, key, named, declared
        self.leaves: list[Moved] = []
        reading.definition.decode(key, reading.octets[key], reading.environment, self.leaves.append)

    def codes(self) -> Iterator[Diagnostic]:
        told: set[tuple[str, int]] = set()
        for leaf in self.leaves:
            name = leaf.op.enumeration if isinstance(leaf.op, plan.Take | plan.Field) else None
            if name is not None and isinstance(leaf.value, int):
                yield from self.unnamed(leaf, name, int(leaf.value), told)

    def members(self) -> Iterator[Diagnostic]:
        """The members of sets are codes, too."""
        named = _enumerations_of_sets(self.reading.definition.table(self.key).root, self.declared)
        told: set[tuple[str, int]] = set()
        for leaf in self.leaves:
            name = named.get(tuple("[]" if isinstance(step, int) else step for step in leaf.path))
            if name is not None and isinstance(leaf.value, Members):
                for member in islice(leaf.value, MAX_MEMBERS):
                    yield from self.unnamed(leaf, name, member, told)

    def unnamed(self, leaf: Moved, name: str, value: int, told: set[tuple[str, int]]) -> Iterator[Diagnostic]:
        if name not in self.named or (name, value) in told:
            return
        told.add((name, value))
        code = self.named[name].find(value)
        if code is None or code.name.startswith("RESERVED"):
            yield meters.UNNAMED_CODE.at(
                None, place=self.place(leaf), element=self.element(leaf), found=value, enumeration=name
            )

    def beyond(self) -> Iterator[Diagnostic]:
        """Members of a set beyond what it has members for: a set of ``(COUNT + 7) / 8`` octets is for COUNT of them."""
        for leaf in self.leaves:
            counted = _counted(leaf.op.length) if isinstance(leaf.op, plan.Bytes) else None
            most = None if counted is None else self.reading.environment.number(counted, ())
            if counted is not None and most is not None and isinstance(leaf.value, Members):
                over = next((member for member in leaf.value if member >= most), None)
                if over is not None:
                    yield meters.CONTRADICTION.at(
                        None,
                        place=self.place(leaf),
                        element=self.element(leaf),
                        found=f"a set with member {over}",
                        expected=f"members below {most}, which is `{counted.label}`,",
                    )

    def no_values(self) -> Iterator[Diagnostic]:
        for leaf in self.leaves:
            if isinstance(leaf.value, Raw) and set(leaf.value) - {0} and set(leaf.value) - {0xFF}:
                found = leaf.value.hex(" ").upper()
                yield meters.NO_VALUE.at(
                    None, place=self.place(leaf), element=self.element(leaf), found=found, expected=type_text(leaf.op)
                )

    def element(self, leaf: Moved) -> str:
        return f"{self.key} {path_text(leaf.path)}"

    def place(self, leaf: Moved) -> str:
        return f"{self.reading.image.name}: {self.key} octet {leaf.offset}"


def _enumerations_of_sets(root: plan.PlanOp, declared: Declared) -> dict[tuple[str, ...], str]:
    """The lists of codes that sets take their members from, by path."""
    found: dict[tuple[str, ...], str] = {}
    waiting: list[tuple[plan.AnyOp, str]] = [(root, "")]
    while waiting:
        op, holder = waiting.pop()
        if isinstance(op, plan.Bytes) and op.form == "set" and op.name:
            name = declared.properties(holder, op).get("Enum")
            if name is not None:
                found[op.path] = str(name)
        inside = op.type_name if isinstance(op, plan.Group | plan.Bits) else holder
        waiting += [(child, inside) for child in children(op)]
    return found


def _counted(length: Expr) -> External | None:
    """What a set is for so many of, as its length ``(COUNT + 7) / 8`` says."""
    match length:
        case Binary(operator="/", left=Binary(operator="+", left=External() as count, right=seven), right=eight):
            return count if not count.indices and (seven, eight) == (Const(value=7), Const(value=8)) else None
        case _:
            return None
