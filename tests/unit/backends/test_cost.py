"""What a back end does for a table does not depend on how many others there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from tdl.backends.api import IN_TREE, Options, find_backend
from tdl.ir.bind import bind
from tdl.ir.model import Record
from tdl.ir.plan import Plan
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.sources import Resolver
from tests.work import counted

FEW, MANY = 30, 120
HEAD = """\
TYPE CONFIG_RCD = PACKED RECORD COUNT : UINT8; CHAR_FORMAT : UINT8; DATA_ORDER : UINT8; END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
"""
PART = """\
TYPE PART_{n}_RCD = PACKED RECORD
    STATUS : UINT8 WITH Label = "Status";
    VALUES : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
    NAME : STRING(12);
END;
TABLE {n} PART_{n}_TBL = PART_{n}_RCD;
"""


@cache
def _definition(tables: int) -> Definition:
    text = HEAD + "".join(PART.format(n=n) for n in range(1, tables + 1))
    return load("d.tdl", (), Resolver(overlay={"d.tdl": text}))


def _plan(definition: Definition) -> Plan:
    known = ("CONFIG_TBL.COUNT=4", "CONFIG_TBL.CHAR_FORMAT=1", "CONFIG_TBL.DATA_ORDER=0")
    return bind(definition.plan, known_values(definition, None, known))


def _calls(target: str, tables: int) -> int:
    definition = _definition(tables)
    plan = _plan(definition)
    backend = find_backend(target)
    with counted() as work:
        backend.generate(definition.model, plan, Options())
    return work.calls


class _Watched(tuple[Record, ...]):
    """Records that know how often somebody went through them."""

    looks = 0

    def __iter__(self) -> Iterator[Record]:
        self.looks += 1
        return super().__iter__()


def _looks(target: str, tables: int) -> int:
    definition = _definition(tables)
    records = _Watched(definition.model.records)
    find_backend(target).generate(replace(definition.model, records=records), _plan(definition), Options())
    return records.looks


@pytest.mark.parametrize("target", sorted(IN_TREE))
def test_one_more_table_costs_the_same_among_few_and_many(target: str) -> None:
    _calls(target, 1)  # what is made once, such as templates
    base = _calls(target, 1)
    few, many = _calls(target, FEW) - base, _calls(target, MANY) - base
    assert many / (MANY - 1) < 1.25 * few / (FEW - 1)


@pytest.mark.parametrize("target", sorted(IN_TREE))
def test_declarations_are_gone_through_as_often_for_many_tables_as_for_few(target: str) -> None:
    assert _looks(target, FEW) == _looks(target, MANY) < 10
