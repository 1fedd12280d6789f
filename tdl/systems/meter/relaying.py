"""Tables laid out anew: what becomes of a meter's data when its configuration changes.

Values that the new layout can hold are kept, in its formats; a table whose values do not fit is emptied, as a meter
that is programmed anew loses its data.
"""

from __future__ import annotations

from collections.abc import Mapping

from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError
from tdl.systems.meter.blank import blank, complete
from tdl.systems.meter.tables import Refusal, Tables, wire_number


def relaid(tables: Tables, changed: Mapping[str, bytes]) -> tuple[dict[str, bytes], Environment]:
    """All active tables with some of them replaced, and what their layouts are taken from then.

    Raises:
        Refusal: the new tables make no sense together.
    """
    before = {key: octets for key, octets in tables.all_octets().items() if not key.endswith("P")}
    after = {**before, **changed}
    try:
        environment = tables.environment_of(after)
        needed = tables.needed
        for key in sorted(before, key=lambda key: (wire_number(key) not in needed, wire_number(key))):
            if key in changed or not _depends(tables, key, environment):
                continue
            octets = _moved(tables, key, environment)
            if octets is None:
                del after[key]
            else:
                after[key] = octets
            if wire_number(key) in needed:  # what its octets meant before it moved was wrong
                environment = tables.environment_of(after)
        after = complete(tables.definition, after, tables.profile)
        environment = tables.environment_of(after)
        for key, octets in changed.items():
            tables.definition.decode(key, octets, environment)
    except DecodeError as error:
        raise Refusal(str(error)) from error
    return after, environment


def _depends(tables: Tables, key: str, environment: Environment) -> bool:
    """Whether a table's layout takes something from values that are not what they were."""
    plan = tables.plan(key)
    needs = () if plan is None else plan.needs
    return any(
        environment.held(need.reference.table, need.reference.path)
        != tables.environment.held(need.reference.table, need.reference.path)
        for need in needs
    )


def _moved(tables: Tables, key: str, environment: Environment) -> bytes | None:
    record = tables.record(key)
    if record is not None:
        try:
            return tables.definition.encode(key, record, environment)
        except EncodeError:
            pass
    return blank(tables.definition, key, environment)
