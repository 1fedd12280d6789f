"""All data sources of a meter: what its configuration says of each."""

from __future__ import annotations

from tdl.project.reading import Reading
from tdl.readings.sources import Source, Sources
from tdl.readings.tables import Tables, listed
from tdl.readings.units import Units


def data_sources(reading: Reading, configuration: Reading | None = None) -> tuple[Source, ...]:
    """What Tables 12, 13, 15 and 16 say of each source, by its index; empty without Tables 11, 12 and 16.

    Args:
        configuration: where tables come from that the reading does not hold.
    """
    tables = Tables(reading, configuration)
    count = max(
        tables.number("ST11", "NBR_SOURCES") or 0,
        len(listed(tables.record("ST16"), "SOURCES_LINK")),
        len(listed(tables.record("ST12"), "UOM_ENTRY")),
    )
    sources = Sources(tables, Units(reading.definition.model))
    return tuple(sources.find(index) for index in range(count))
