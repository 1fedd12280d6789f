"""Long arrays of generated packages: they stay octets, act as lists, and have columns."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential.packages import imported

TEXT = """FRAGMENT ROWS OF "std:2012" VERSION "1";
ADD TYPE ROWS_BFLD = BIT FIELD OF UINT24
    LOW : UINT(0..3); WIDE : UINT(4..13); YES : BOOL(14); FILLER : FILL(15..15); SIGNED : INT(16..20);
    TOP : UINT(21..23);
END;
ADD TYPE ROWS_INNER_RCD = PACKED RECORD N : UINT16; M : INT8; END;
ADD TYPE ROWS_RCD = PACKED RECORD
    U8 : UINT8; U16 : UINT16; U24 : UINT24; U40 : UINT40; U64 : UINT64;
    I8 : INT8; I16 : INT16; I24 : INT24; I48 : INT48;
    FLAGS : ROWS_BFLD; AT : LTIME_DATE; NAME : STRING(3); VALUE : NI_FMAT1; BITS : SET(2);
    PAIR : ARRAY[2] OF INT16;
    MANY : ARRAY[300] OF ROWS_INNER_RCD;
END;
ADD TYPE ROWS_TABLE_RCD = PACKED RECORD FIRST : UINT8; ROWS : ARRAY[12] OF ROWS_RCD; LAST : LTIME_DATE; END;
ADD TABLE MFG 12 ROWS_TBL = ROWS_TABLE_RCD;
"""
PROFILE = """[GEN_CONFIG_TBL]
DATA_ORDER = {}
INT_FORMAT = {}
TM_FORMAT = {}
NI_FORMAT1 = {}
CHAR_FORMAT = 1
"""
COUNT = 12


@pytest.fixture(scope="module", params=[(0, 0, 2, 1), (1, 0, 4, 8), (0, 1, 1, 0), (1, 2, 3, 4)], ids=str)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("rows")
    (folder / "rows.tdl").write_text(TEXT, "utf-8")
    (folder / "meter.toml").write_text(PROFILE.format(*request.param), "utf-8")
    definition = load(str(folder / "rows.tdl"))
    bound = bind(definition.plan, known_values(definition, read_profile(str(folder / "meter.toml"))))
    with imported(find_backend("python").generate(definition.model, bound, Options(package="rows_package"))) as made:
        yield made


def image(package: Any, seed: int, good_end: bool = True) -> bytes:
    octets = Random(seed).randbytes(package.mt12.SIZE_MIN)
    end = package.mt12.encode(package.mt12.decode(octets))[-6:]
    assert octets.endswith(end)
    return octets


def value_at(record: Any, path: str) -> Iterator[Any]:
    """The values at a column's path, step by step."""
    values = [record]
    for step in re.findall(r"\w+|\[\d*\]", path):
        if step == "[]":
            values = [element for value in values for element in value]
        elif step.startswith("["):
            values = [value[int(step[1:-1])] for value in values]
        else:
            values = [getattr(value, step) for value in values]
    yield from values


@pytest.mark.parametrize("seed", range(4))
def test_a_column_has_what_the_records_have(package: Any, seed: int) -> None:
    octets = image(package, seed)
    columns = package.columns(package.mt12.decode(octets).ROWS)
    rows = list(package.mt12.decode(octets).ROWS)
    assert {"U24", "FLAGS.WIDE", "PAIR[1]", "MANY[].M", "AT", "BITS", "VALUE"} <= set(columns)
    assert len(columns) == len(list(columns)) == 22
    for path, column in columns.items():
        expected = [value for row in rows for value in value_at(row, path)]
        assert list(map(repr, column)) == [repr(int(v)) if v.__class__ is bool else repr(v) for v in expected], path


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_made_of_columns(package: Any, seed: int) -> None:
    """The same octets as those of the records, but for bits that no field covers."""
    read = package.mt12.decode(image(package, seed)).ROWS
    columns = package.columns(read)
    made = package.rows("MT12", "ROWS", columns, base=read)
    assert made.octets == read.octets
    made = package.rows("MT12", "ROWS", {path: list(column) for path, column in columns.items()})
    for row in (every := list(read)):
        row.FLAGS.spare = 0
    assert made == every
    assert made.octets == read.octets
    assert {path: list(column) for path, column in package.columns(made).items()} == {
        path: list(column) for path, column in columns.items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_some_columns_of_other_rows(package: Any, seed: int) -> None:
    one, other = (package.mt12.decode(image(package, each)).ROWS for each in (seed, seed + 10))
    theirs = package.columns(other)
    for path in theirs:
        made = package.columns(package.rows("MT12", "ROWS", {path: theirs[path]}, base=one))
        for each, column in package.columns(one).items():
            assert repr(made[each]) == repr(theirs[path] if each == path else column), (path, each)


def test_rows_of_columns_take_their_place_in_a_table(package: Any) -> None:
    octets = image(package, 6)
    record = package.mt12.decode(octets)
    record.ROWS = package.rows("MT12", "ROWS", {}, base=record.ROWS)
    assert package.mt12.encode(record) == octets
    inner = package.rows("MT12", "ROWS[].MANY", {"N": range(300), "M": [-1] * 300})
    record.ROWS[3].MANY = inner
    again = package.mt12.decode(package.mt12.encode(record))
    assert (again.ROWS[3].MANY[299].N, again.ROWS[3].MANY[0].M) == (299, -1)


FITTING = {
    "U8": (0, 255), "U16": (0, 2**16 - 1), "U24": (0, 2**24 - 1), "U40": (0, 2**40 - 1), "U64": (0, 2**64 - 1),
    "I8": (-127, 127), "FLAGS.LOW": (0, 15), "FLAGS.WIDE": (0, 1023), "FLAGS.YES": (0, 1), "FLAGS.SIGNED": (-15, 15),
    "FLAGS.TOP": (0, 7), "PAIR[1]": (-32767, 32767), "MANY[].M": (-127, 127), "MANY[].N": (0, 65535),
}  # fmt: skip


@pytest.mark.parametrize("path", FITTING)
def test_values_at_the_ends_of_a_column(package: Any, path: str) -> None:
    rows = package.mt12.decode(image(package, 7)).ROWS
    count = len(package.columns(rows)[path])
    for value in FITTING[path]:
        made = package.rows("MT12", "ROWS", {path: [value] * count}, base=rows)
        assert list(package.columns(made)[path]) == [value] * count
        assert package.rows("MT12", "ROWS", package.columns(made), base=rows) == list(made)
    low, high = FITTING[path]
    for wrong in (low - 2, high + 1, 0.5, "1", None):
        with pytest.raises(ValueError, match=rf"^`{re.escape(path)}` has a value that does not fit$"):
            package.rows("MT12", "ROWS", {path: [*[0] * (count - 1), wrong]}, base=rows)
    for length in (0, count - 1, count + 1):
        with pytest.raises(ValueError, match=rf"^`{re.escape(path)}` has {length} values, {count} expected$"):
            package.rows("MT12", "ROWS", {path: [0] * length}, base=rows)


def test_columns_that_are_none(package: Any) -> None:
    rows = package.mt12.decode(image(package, 8)).ROWS
    columns = dict(package.columns(rows))
    with pytest.raises(ValueError, match=r"^`MANY\[\].NO` is no column of these rows$"):
        package.rows("MT12", "ROWS", {"MANY[].NO": []}, base=rows)
    del columns["NAME"]
    with pytest.raises(ValueError, match=r"^`NAME` is missing, or `base` to take it from$"):
        package.rows("MT12", "ROWS", columns)
    with pytest.raises(ValueError, match=r"^`NAME` has a value that does not fit$"):
        package.rows("MT12", "ROWS", {"NAME": ["much too long"] * COUNT}, base=rows)
    with pytest.raises(ValueError, match="another layout"):
        package.rows("MT12", "ROWS", columns, base=rows[0].MANY)
    for path in ("FIRST", "NO", "ROWS[]"):
        with pytest.raises(KeyError):
            package.rows("MT12", path, columns)
    assert len(package.rows("MT12", "ROWS", {**package.columns(rows)})) == COUNT


def test_rows_act_as_a_list(package: Any) -> None:
    octets = image(package, 1)
    rows, same = (package.mt12.decode(octets).ROWS for _ in range(2))
    assert rows == same
    assert len(rows) == COUNT
    third = rows[2]
    assert rows[2] is third
    assert rows[-10] is third
    everything = list(rows)
    assert everything[2] is third
    assert rows == everything
    assert everything == rows
    assert rows[1:3] == everything[1:3]
    assert same != everything[:-1]
    assert repr(rows) == repr(everything)
    assert pickle.loads(pickle.dumps(same)) == everything
    assert copy.deepcopy(same) == everything
    for wrong in (COUNT, -COUNT - 1):
        with pytest.raises(IndexError):
            same[wrong]
    del same[0]
    same.insert(0, everything[0])
    same += []
    same.append(same.pop())
    assert same == everything
    with pytest.raises(TypeError):
        hash(rows)


def test_a_change_to_a_record_counts(package: Any) -> None:
    record = package.mt12.decode(image(package, 2))
    record.ROWS[5].U16 = 4711
    record.ROWS[5].MANY[299].N = 12
    again = package.mt12.decode(package.mt12.encode(record))
    assert (again.ROWS[5].U16, again.ROWS[5].MANY[299].N) == (4711, 12)
    assert package.columns(record.ROWS)["U16"][5] == 4711
    assert again == record
    record.ROWS[5].U16 = 1 << 16
    with pytest.raises(package.EncodeError) as error:
        package.mt12.encode(record)
    assert error.value.path == ("ROWS", 5, "U16")
    with pytest.raises(ValueError, match="no octets"):
        package.columns(record.ROWS)


def test_a_list_takes_the_place_of_rows(package: Any) -> None:
    octets = image(package, 3)
    record = package.mt12.decode(octets)
    record.ROWS = list(record.ROWS)
    assert package.mt12.encode(record) == octets
    with pytest.raises(TypeError):
        package.columns(record.ROWS)
    record.ROWS.pop()
    with pytest.raises(package.EncodeError):
        package.mt12.encode(record)


def test_the_explaining_way_keeps_octets_too(package: Any) -> None:
    """A date that is none, elsewhere in the table, must not take the columns away."""
    octets = image(package, 4)[:-6] + b"\x01\x1f\x1f\x63\x63\x63"
    octets = octets[: package.mt12.SIZE_MIN]
    record = package.mt12.decode(octets)
    assert len(package.columns(record.ROWS)["U8"]) == COUNT
    assert package.mt12.encode(record) == octets


def test_a_load_profile_of_the_standard_has_columns() -> None:
    """Which flags an interval's status has depends on their position: that is settled for each column."""
    definition = load("std:2012")
    bound = bind(definition.plan, known_values(definition, read_profile("std:load-profile-recorder")))
    only = replace(bound, tables=tuple(table for table in bound.tables if table.key == "ST64"))
    with imported(find_backend("python").generate(definition.model, only, Options(package="recorder"))) as package:
        octets = Random(5).randbytes(package.st64.SIZE_MAX)
        profile = package.st64.decode(octets)
        columns, rows = package.columns(profile.LP_DATA_SET1), list(package.st64.decode(octets).LP_DATA_SET1)
        statuses = {path for path in columns if "EXTENDED_INT_STATUS[0]" in path}
        assert "LP_INT[].EXTENDED_INT_STATUS[0].COMMON_DST_FLAG" in statuses
        assert "LP_INT[].EXTENDED_INT_STATUS[0].CHANNEL_STATUS_ODD" not in statuses
        assert "LP_INT[].EXTENDED_INT_STATUS[1].CHANNEL_STATUS_ODD" in columns
        for path, column in columns.items():
            assert list(column) == [value for row in rows for value in value_at(row, path)], path
        assert package.st64.encode(profile) == octets
