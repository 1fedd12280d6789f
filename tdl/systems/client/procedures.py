"""Procedures by their names, and what a meter answers to them."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.ir.plan import TablePlan
from tdl.project.definition import Definition, UnknownTable
from tdl.readings.payload import decode_payload
from tdl.readings.procedures import UnknownProcedure
from tdl.systems.wire.dialogue import Outcome

RESULTS = (
    "done",
    "accepted, not done yet",
    "invalid parameters",
    "in conflict with the meter's setup",
    "refused at this time",
    "refused to this user",
    "no procedure of the meter",
)
"""What result codes mean; others are the manufacturer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came of a procedure.

    Attributes:
        key: ``SP9``, or ``MP70`` for a manufacturer's.
        result: 0 for done; `RESULTS` has what others mean.
        record: the response's values; None if there are none or they do not fit.
        octets: the same as they are.
        notes: what is uncertain.
    """

    key: str
    result: int
    record: Record | None
    octets: bytes
    notes: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return self.result == 0

    @property
    def meaning(self) -> str:
        return RESULTS[self.result] if self.result < len(RESULTS) else f"result {self.result} of the manufacturer"


def procedure_key(definition: Definition, name: str) -> str:
    """``SP9`` for a procedure by key, number or name.

    Raises:
        UnknownProcedure: the definition has none of that name.
    """
    for each in definition.model.procedures:
        key = f"{'MP' if each.id.group else 'SP'}{each.id.number}"
        if name.upper() in (key, each.name.upper()) or f"SP{name}" == key:
            return key
    raise UnknownProcedure(definition.name, name[:80])


def layout_of(definition: Definition, key: str, role: str) -> TablePlan | None:
    """The layout of a procedure's ``parameter`` or ``response``; None if it has none."""
    try:
        return definition.table(f"{key}.{role}")
    except UnknownTable:
        return None


def response_of(key: str, outcome: Outcome, layout: TablePlan | None, known: Environment | None) -> Response:
    """An outcome with its values."""
    octets = outcome.octets
    if layout is None or (not octets and layout.size[0]):
        odd = layout is None and any(octets)
        notes: tuple[str, ...] = (f"{key} has no response, these octets are none: {octets.hex(' ').upper()}",)
        return Response(key=key, result=outcome.result, record=None, octets=octets, notes=notes if odd else ())
    payload = decode_payload(layout, octets, known or Environment())
    return Response(key=key, result=outcome.result, record=payload.record, octets=octets, notes=payload.notes)
