"""Where objects of generated classes keep what they have."""

from __future__ import annotations

from collections.abc import Mapping

from tdl.frozen import replace
from tdl.ir import model, plan

HELD_SET = "held set"
"""The form of octets that a slot has for a set."""


class Places(dict[str, dict[str, str]]):
    """The slot of each element, by type and by the definition's names.

    That of a set is not its attribute: it holds octets until somebody asks for the set.

    Args:
        slots: these slots.
        attributes: what everybody calls the elements, in the same way.
        spared: the types of bit fields whose objects keep bits that no field covers.
    """

    def __init__(
        self, slots: Mapping[str, dict[str, str]], attributes: dict[str, dict[str, str]], spared: frozenset[str]
    ) -> None:
        super().__init__(slots)
        self.attributes, self.spared = attributes, spared

    def held(self, type_name: str, op: plan.AnyOp) -> plan.AnyOp:
        """An element of a record as the record's slot has it."""
        if not isinstance(op, plan.Bytes) or op.form != "set" or type_name not in self:
            return op
        return op if self[type_name][op.name] == self.attributes[type_name][op.name] else replace(op, form=HELD_SET)


def has_spare(declared: model.BitField) -> bool:
    """Whether some layout of a bit field leaves bits that no field covers."""
    covered = 0
    for member in declared.members:
        if isinstance(member, model.SubElement) and member.kind != "FILL":
            covered |= (1 << member.high + 1) - (1 << member.low)
    return covered != (1 << 8 * declared.octets) - 1
