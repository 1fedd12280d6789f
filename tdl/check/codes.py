"""Codes: the labels of selections and the values of enumerations."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.interval import Range, value_range
from tdl.check.places import codes, label_span
from tdl.check.survey import Site
from tdl.check.view import View
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import layout, names
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, members

RESERVED = "RESERVED"
"""How the names of codes without a meaning start."""


def labels(view: View) -> Iterator[Diagnostic]:
    """Each value selects one arm at most, and each label is a value that the selector can have."""
    for owner in view.owners:
        for switch, site in view.survey(owner).switches:
            low, high = view.interval(switch.selector, site.inside)
            said = [(label, arm) for arm in switch.arms for label in arm.labels]
            for (a, b), arm in said:
                if a > b or b < low or a > high:
                    yield layout.BAD_LABEL.at(
                        label_span(arm),
                        found=codes(a, b),
                        low=low,
                        high=high,
                        secondary=[(switch.selector.span, "the selector")],
                    )
            yield from _overlaps(said)


def _overlaps(said: list[tuple[Range, ast.Arm]]) -> Iterator[Diagnostic]:
    widest: tuple[Range, ast.Arm] | None = None
    for label, arm in sorted((s for s in said if s[0][0] <= s[0][1]), key=lambda s: (s[0], s[1].span.start)):
        if widest is not None and label[0] <= widest[0][1]:
            shared = codes(label[0], min(label[1], widest[0][1]))
            first, second = sorted((widest[1], arm), key=lambda a: a.span.start)
            yield layout.DUPLICATE_LABEL.at(
                label_span(second), found=f"`{shared}`", secondary=[(label_span(first), "this arm")]
            )
        if widest is None or label[1] > widest[0][1]:
            widest = label, arm


def missing_arms(view: View) -> Iterator[Diagnostic]:
    """A selection over an enumerated element says something about every code that has a meaning."""
    for owner in view.owners:
        for switch, site in view.survey(owner).switches:
            enumeration = None if switch.default is not None else _enumeration(view, switch, site)
            if enumeration is None:
                continue
            low, high = view.interval(switch.selector, site.inside)
            taken = sorted(label for arm in switch.arms for label in arm.labels)
            missing = [
                member
                for member, (a, b) in _codes(enumeration)
                if not member.name.startswith(RESERVED) and not _covers(taken, max(a, low), min(b, high))
            ]
            if missing:
                more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
                yield layout.MISSING_ARM.at(
                    switch.selector.span,
                    found=f"`{missing[0].name}`{more}",
                    enumeration=enumeration.name,
                    secondary=[(missing[0].name_span, "no arm selects this")],
                    help="an empty `DEFAULT :` says that nothing follows",
                )


def _enumeration(view: View, switch: ast.Switch, site: Site) -> ast.Enumeration | None:
    """The enumeration of the element that selects."""
    if not isinstance(switch.selector, ast.Reference):
        return None
    found = view.find(switch.selector, site.inside)
    if not isinstance(found, ElementFound):
        return None
    declared = view.scope.types.get(enumeration_of(found.steps[-1].member) or "")
    return declared if isinstance(declared, ast.Enumeration) else None


def _covers(taken: list[Range], low: int, high: int) -> bool:
    for a, b in taken:
        if low > high or a > low:
            break
        low = max(low, b + 1)
    return low > high


def _codes(enumeration: ast.Enumeration) -> Iterator[tuple[ast.Member, Range]]:
    for member in members(enumeration):
        if isinstance(member.specification, ast.CodeRange):
            yield member, (member.specification.low, member.specification.high)


def enumerators(view: View) -> Iterator[Diagnostic]:
    """A code has one name."""
    for enumeration in view.enumerations:
        widest: tuple[ast.Member, Range] | None = None
        for member, (a, b) in sorted(_codes(enumeration), key=lambda c: c[1]):
            if a > b:
                yield layout.EMPTY_CODE.at(member.specification.span, found=codes(a, b))
                continue
            if widest is not None and a <= widest[1][1]:
                first, second = sorted((widest[0], member), key=lambda m: m.span.start)
                yield layout.DUPLICATE_CODE.at(
                    second.specification.span,
                    name=second.name,
                    found=codes(a, min(b, widest[1][1])),
                    other=first.name,
                    secondary=[(first.specification.span, f"`{first.name}` is here")],
                )
            if widest is None or b > widest[1][1]:
                widest = member, (a, b)


def enumerated_elements(view: View) -> Iterator[Diagnostic]:
    """The enumeration that an element names is declared, and its codes fit the element."""
    largest: dict[str, tuple[int, ast.Member]] = {}
    for enumeration in view.enumerations:
        for member, (_, b) in _codes(enumeration):
            largest[enumeration.name] = max(
                largest.get(enumeration.name, (-1, member)), (b, member), key=lambda each: each[0]
            )
    for owner in view.owners:
        for placed in view.survey(owner).placed:
            name = enumeration_of(placed.member)
            if name is None:
                continue
            said = next(p for p in placed.member.properties if p.name == "Enum")
            if not isinstance(view.scope.types.get(name), ast.Enumeration):
                close = view.scope.suggest(name, (e.name for e in view.enumerations))
                help = f"did you mean `{close[0]}`?" if close else ""
                yield names.UNKNOWN_ENUMERATION.at(said.span, name=name, help=help, fixes=_instead(said, close))
                continue
            problem, where = _misfit(view, placed.member, largest.get(name))
            if problem:
                yield layout.BAD_CODE.at(
                    said.span,
                    enumeration=name,
                    element=placed.member.name,
                    problem=problem,
                    secondary=[] if where is None else [(where.specification.span, "this code")],
                )


def _instead(said: ast.Property, others: tuple[str, ...]) -> list[Fix]:
    """The fixes that write another name as a property's value."""
    if not isinstance(said.value, ast.Word):
        return []
    span = said.value.span
    return [Fix(f"write `{each}`", (Edit(span, each),)) for each in others]


def _misfit(view: View, member: ast.Member, largest: tuple[int, ast.Member] | None) -> tuple[str, ast.Member | None]:
    """Why an enumeration's codes cannot be an element's values, and the code that shows it."""
    of = view.scope.made(member.specification).of
    if isinstance(of, ast.Sized) and of.name == "SET":
        return "", None  # it names the members of the set
    held = value_range(of)
    if held is None:
        return "it is no number", None
    if largest is not None and largest[0] > held[1]:
        return f"{largest[0]} is more than {held[1]}", largest[1]
    return "", None


def event_arguments(view: View) -> Iterator[Diagnostic]:
    """The record that a code's argument is read as is declared."""
    for enumeration in view.enumerations:
        for member in members(enumeration):
            name = argument_of(member)
            if name is not None and not isinstance(view.scope.types.get(name), ast.Record):
                said = next(p for p in member.properties if p.name == ARGUMENT)
                close = view.scope.suggest(name, view.scope.types)
                help = f"did you mean `{close[0]}`?" if close else "an argument is a `PACKED RECORD`"
                yield names.UNKNOWN_TYPE.at(said.span, name=name, help=help)


def enumeration_of(member: ast.Member) -> str | None:
    """The name in a member's property `Enum`."""
    return _named_by(member, "Enum")


ARGUMENT = "Argument"


def argument_of(member: ast.Member) -> str | None:
    """The name in a code's property `Argument`."""
    return _named_by(member, ARGUMENT)


def _named_by(member: ast.Member, property: str) -> str | None:
    value = next((p.value for p in member.properties if p.name == property), None)
    return None if value is None else value.name if isinstance(value, ast.Word) else str(value)
