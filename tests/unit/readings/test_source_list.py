"""All sources of a meter."""

from __future__ import annotations

import tdl
from tdl.codec.values import Record
from tests.unit.readings.meters import UNIT, example_values, holding, link, read, unit


def test_the_sources_of_the_example() -> None:
    found = tdl.data_sources(read(example_values()))
    assert [source.index for source in found] == [0, 1, 2, 3]
    measures = [source.measure for source in found if source.measure is not None]
    assert [(each.quantity, each.exponent, each.time_base) for each in measures] == [
        ("active energy", 0, "dial reading"),
        ("active energy", 0, "dial reading"),
        ("active power", 3, "block average"),
        ("reactive power", 3, "block average"),
    ]


def test_the_configuration_may_be_another_reading() -> None:
    configuration = read(example_values())
    assert tdl.data_sources(holding(), configuration) == tdl.data_sources(configuration)


def test_whatever_table_says_how_many_there_are() -> None:
    units = Record({"UOM_ENTRY": [Record(unit(33, 1))] * 2})
    links = Record({"SOURCES_LINK": [Record(link(UNIT)), Record(link(UNIT)), Record(link())]})
    assert len(tdl.data_sources(holding(ST11=Record({"NBR_SOURCES": 5}), ST12=units, ST16=links))) == 5
    assert len(tdl.data_sources(holding(ST12=units, ST16=links))) == 3
    assert len(tdl.data_sources(holding(ST12=units))) == 2
    assert tdl.data_sources(holding()) == ()
