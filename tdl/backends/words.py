"""What a definition says of its declarations, for people who read what is generated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tdl.deferred import dataclass
from tdl.ir import model


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Texts out of a declaration's properties; ``""`` for those that it does not have."""

    label: str = ""
    description: str = ""
    unit: str = ""

    @classmethod
    def of(cls, properties: model.Properties) -> Said:
        if not properties:
            return NOTHING_SAID
        found = dict(properties)
        return cls(
            label=str(found.get("Label", "")),
            description=str(found.get("Description", "")),
            unit=str(found.get("Unit", "")),
        )


NOTHING_SAID = Said()


class Words:
    """What is said of tables by key, of types by name, and of their members by position."""

    def __init__(self, definition: model.Definition) -> None:
        holders: tuple[model.Record | model.BitField, ...] = (*definition.records, *definition.bit_fields)
        self._types = {holder.name: Said.of(holder.properties) for holder in holders}
        self._tables = {str(table.id): Said.of(table.properties) for table in definition.tables}
        self._members = {
            (holder.name, member.index): Said.of(member.properties)
            for holder in holders
            for member in _members(holder.members)
        }

    def table(self, key: str) -> Said:
        return self._tables.get(key, NOTHING_SAID)

    def type(self, name: str) -> Said:
        return self._types.get(name, NOTHING_SAID)

    def member(self, type_name: str, index: int) -> Said:
        """``index`` is the member's position there, as `tdl.ir.plan.Op.index` has it."""
        return self._members.get((type_name, index), NOTHING_SAID)


def _members(members: Iterable[model.Member]) -> Iterator[model.Element | model.SubElement]:
    for member in members:
        match member:
            case model.Element() | model.SubElement():
                yield member
            case model.If():
                yield from _members(member.then + member.otherwise)
            case model.Switch():
                for arm in member.arms:
                    yield from _members(arm.members)
                yield from _members(member.default or ())
