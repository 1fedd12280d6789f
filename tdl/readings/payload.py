"""Records inside octets: what procedures carry in Tables 7 and 8, and the arguments of events."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.ir import model, plan
from tdl.ir.schedule import PlanTooLarge, table_plan
from tdl.project.reading import Reading

_NO_TABLE = model.TableId(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A record that octets begin with; None if they do not."""

    record: Record | None
    notes: tuple[str, ...] = ()


def decode_payload(layout: plan.TablePlan, octets: bytes, environment: Environment) -> Payload:
    """The record that octets begin with. Storage of fixed size is filled up with zeros: other octets behind the
    record are told.
    """
    try:
        return Payload(record=decode(layout, octets, environment))
    except DecodeError as error:
        if error.kind != "trailing":
            return Payload(record=None, notes=(str(error),))
        rest = octets[error.offset :]
        notes = (f"behind {layout.key}: {rest.hex(' ').upper()}",) if any(rest) else ()
        return Payload(record=error.tree, notes=notes)


def record_plan(definition: model.Definition, name: str) -> plan.TablePlan | None:
    """The Plan of a declared record on its own; None if there is none, or it is too large to be one."""
    if all(each.name != name for each in definition.records):
        return None
    table = model.Table(name=name, id=_NO_TABLE, type=model.RecordType(name=name))
    try:
        return replace(table_plan(definition, table), key=name)
    except PlanTooLarge:
        return None


def environment_for(reading: Reading, layout: plan.TablePlan) -> Environment:
    """What a reading knows of the values that a layout needs."""
    environment = reading.environment.copy()
    for need in layout.needs:
        identity = need.reference.table
        record = reading.values.get(str(model.TableId(identity)))
        if record is not None and not environment.holds(identity):
            environment.fill(identity, record)
    return environment
