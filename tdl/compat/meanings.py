"""What elements and tables say of themselves: units and scales, words for people, who may write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tdl.codec.numerals import parse_decimal
from tdl.compat import policy
from tdl.compat.policy import Change
from tdl.ir import model, plan
from tdl.ir.layout import Row
from tdl.sources import Span

MEANINGS = ("Quantity", "Unit", "BulkUnit", "Scale", "Exponent", "Phase", "Direction", "Argument")
WORDS = ("Label", "Description")
EVIDENCE = ("Confidence", "NameConfidence", "Source")
"""How well a fact is attested is no change of the fact."""

_NUMBERS = ("Scale", "Exponent")
_RIGHTS = {"READONLY": frozenset("R"), "WRITEONLY": frozenset("W"), "READWRITE": frozenset("RW")}


class Declared:
    """The properties of a definition's members, by the type that holds them and their index in it."""

    def __init__(self, definition: model.Definition) -> None:
        self._of: dict[tuple[str, int], model.Properties] = {}
        holders: list[model.Record | model.BitField] = [*definition.records, *definition.bit_fields]
        for holder in holders:
            for member in _members(holder.members):
                self._of[holder.name, member.index] = member.properties

    def properties(self, holder: str, op: plan.AnyOp) -> Mapping[str, str | int]:
        return dict(self._of.get((holder, op.index), ()))


def _members(members: tuple[model.Member, ...]) -> Iterator[model.Element | model.SubElement]:
    waiting = list(members)
    while waiting:
        member = waiting.pop()
        match member:
            case model.Element() | model.SubElement():
                yield member
            case model.If():
                waiting += member.then + member.otherwise
            case model.Switch():
                waiting += [m for arm in member.arms for m in arm.members] + list(member.default or ())


def property_changes(
    old: Mapping[str, str | int],
    new: Mapping[str, str | int],
    what: str,
    span: Span | None,
    before: Row | None = None,
    after: Row | None = None,
) -> Iterator[Change]:
    """What two versions of an element, a code or a table say differently of themselves.

    Args:
        what: whose properties they are, as messages name it.
    """
    was, now = _with_scale(old, new), _with_scale(new, old)
    for name in sorted({*was, *now} - {*EVIDENCE, "Enum", "Accessibility"}):
        value, other = was.get(name), now.get(name)
        if _same(name, value, other):
            continue
        clause = policy.PROPERTY_CHANGED
        if name in MEANINGS:
            clause = (
                policy.MEANING_SAID
                if value is None
                else policy.MEANING_LOST
                if other is None
                else policy.MEANING_CHANGED
            )
        elif name in WORDS:
            clause = policy.WORDS_CHANGED
        yield clause.at(span, before, after, what=what, property=name, old=_shown(value), new=_shown(other))


def _with_scale(own: Mapping[str, str | int], other: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """A quantity without a scale is in its unit as it stands, which counts where the other version has a scale."""
    if "Scale" in other and "Scale" not in own and ("Quantity" in own or "Unit" in own):
        return {**own, "Scale": 1}
    return own


def _same(name: str, old: str | int | None, new: str | int | None) -> bool:
    if name in _NUMBERS and old is not None and new is not None:
        was, now = _number(old), _number(new)
        if was is not None and now is not None:
            return was == now
    return (None if old is None else str(old)) == (None if new is None else str(new))


def _number(value: str | int) -> Decimal | None:
    return Decimal(value) if isinstance(value, int) else parse_decimal(value.strip())


def _shown(value: str | int | None) -> str:
    return "none" if value is None else f"`{value}`"


def table_changes(old: model.Declared, new: model.Declared, table: str) -> Iterator[Change]:
    """What two versions of a table or procedure say differently of themselves."""
    was, now = dict(old.properties), dict(new.properties)
    before, after = (str(each.get("Accessibility", "")) for each in (was, now))
    if before != after and before in _RIGHTS and after in _RIGHTS:
        lost = _RIGHTS[before] - _RIGHTS[after]
        clause = policy.READING_LOST if "R" in lost else policy.WRITING_LOST if lost else policy.ACCESS_GAINED
        yield clause.at(new.span, table=table, old=before, new=after)
    elif before != after:
        yield policy.PROPERTY_CHANGED.at(
            new.span,
            what=table,
            property="Accessibility",
            old=_shown(was.get("Accessibility")),
            new=_shown(now.get("Accessibility")),
        )
    yield from property_changes(was, now, table, new.span)
