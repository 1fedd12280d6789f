"""Arrays of many records as generated Python writes them: all at once, with the octets that each alone would have."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from tdl.backends.api import Options, find_backend
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential.compared import outcome, plain
from tests.differential.packages import imported
from tests.differential.test_python import Narrow, as_reference, encode

FEW, MANY = 80, 90
"""Records that are written one by one, and records that are written at once."""

TEXT = """FRAGMENT MANY OF "std:2012" VERSION "1";
ADD TYPE W8_BFLD = BIT FIELD OF UINT8 A : UINT(0..2); B : BOOL(3); FILLER : FILL(4..4); C : UINT(5..7); END;
ADD TYPE W16_BFLD = BIT FIELD OF UINT16 A : UINT(0..3); B : UINT(4..11); C : UINT(12..15); END;
ADD TYPE WHOLE_BFLD = BIT FIELD OF UINT24 A : UINT(0..7); B : UINT(8..23); END;
ADD TYPE W24_BFLD = BIT FIELD OF UINT24 A : UINT(0..3); B : UINT(4..7); C : UINT(8..18); FILLER : FILL(19..22);
    D : BOOL(23); END;
ADD TYPE W40_BFLD = BIT FIELD OF UINT40 A : UINT(3..19); B : UINT(20..20); C : UINT(24..39); END;
ADD TYPE W64_BFLD = BIT FIELD OF UINT64 A : UINT(0..20); B : UINT(21..23); C : UINT(24..31); D : UINT(32..63); END;
ADD TYPE CUT_BFLD = BIT FIELD OF UINT24 A : UINT(0..3); B : UINT(8..11); C : BOOL(15); D : BOOL(16); E : BOOL(17); END;
ADD TYPE SIGNED_BFLD = BIT FIELD OF UINT16 A : INT(0..3); B : UINT(4..15); END;
ADD TYPE PAIR_BFLD = BIT FIELD OF UINT8 A : UINT(0..3); B : UINT(4..7); END;
ADD TYPE DEEP_RCD = PACKED RECORD PAIR : PAIR_BFLD; N : UINT16; END;
ADD TYPE HOLDER_RCD = PACKED RECORD N : UINT8; DEEP : ARRAY[150] OF DEEP_RCD; END;
ADD TYPE ROW_RCD = PACKED RECORD
    N : UINT16; W8 : W8_BFLD; W16 : W16_BFLD; WHOLE : WHOLE_BFLD; W24 : W24_BFLD; W40 : W40_BFLD; W64 : W64_BFLD;
    TEXT : BINARY(3); CUT : CUT_BFLD; SIGNED : SIGNED_BFLD; PAIRS : ARRAY[3] OF PAIR_BFLD; REAL : FLOAT32;
END;
ADD TYPE OUTER_RCD = PACKED RECORD
    AT : STIME_DATE; HOLDER : HOLDER_RCD; PAIR : PAIR_BFLD; INNER : ARRAY[150] OF DEEP_RCD;
    NUMBERS : ARRAY[260] OF PAIR_BFLD; LAST : UINT8;
END;
ADD TYPE FEW_RCD = PACKED RECORD ROWS : ARRAY[80] OF ROW_RCD; END;
ADD TYPE MANY_RCD = PACKED RECORD ROWS : ARRAY[90] OF ROW_RCD; END;
ADD TYPE NESTED_RCD = PACKED RECORD ROWS : ARRAY[3] OF OUTER_RCD; END;
ADD TYPE ONLY_RCD = PACKED RECORD PAIR : PAIR_BFLD; END;
ADD TYPE ONLY_ROWS_RCD = PACKED RECORD ROWS : ARRAY[300] OF ONLY_RCD; END;
ADD TYPE LOOPED_RCD = PACKED RECORD PAIR : PAIR_BFLD; NUMBERS : ARRAY[130] OF PAIR_BFLD; LAST : PAIR_BFLD; END;
ADD TYPE LOOPED_ROWS_RCD = PACKED RECORD ROWS : ARRAY[90] OF LOOPED_RCD; END;
ADD TABLE MFG 1 FEW_TBL = FEW_RCD;
ADD TABLE MFG 2 MANY_TBL = MANY_RCD;
ADD TABLE MFG 3 NESTED_TBL = NESTED_RCD;
ADD TABLE MFG 4 ONLY_TBL = ONLY_ROWS_RCD;
ADD TABLE MFG 5 LOOPED_TBL = LOOPED_ROWS_RCD;
ADD TYPE DATES_RCD = PACKED RECORD DATES : ARRAY[300] OF STIME_DATE; END;
ADD TABLE MFG 6 DATES_TBL = DATES_RCD;
"""
PROFILE = "[GEN_CONFIG_TBL]\nDATA_ORDER = {}\nINT_FORMAT = 0\nTM_FORMAT = 2\nCHAR_FORMAT = 1\n"


class Made:
    """A package and the tables that it was made of."""

    def __init__(self, package: Any, tables: Any) -> None:
        self.package, self.tables = package, {table.key: table for table in tables}

    def sample(self, key: str, seed: int = 0) -> Any:
        module = getattr(self.package, self.package.TABLES[key])
        return module.decode(Random(seed).randbytes(module.SIZE_MIN))

    def same(self, key: str, record: Any) -> tuple[object, ...]:
        """What comes of encoding, which is what the reference codec comes to."""
        found = outcome(self.package.encode, key, record)
        assert found == outcome(encode, self.tables[key], as_reference(record), Environment())
        return found

    def explained(self, key: str, record: Any) -> int:
        """How often the explaining codec is asked when a record is written."""
        explain = import_module("many_package._runtime.explain")
        with patch.object(explain, "encode", wraps=explain.encode) as asked:
            self.package.encode(key, record)
        return asked.call_count


@pytest.fixture(scope="module", params=["little", "big"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("many")
    (folder / "many.tdl").write_text(TEXT, "utf-8")
    (folder / "meter.toml").write_text(PROFILE.format(int(request.param == "big")), "utf-8")
    definition = load(str(folder / "many.tdl"))
    plan = bind(definition.plan, known_values(definition, read_profile(str(folder / "meter.toml"))))
    options = Options(package="many_package")
    with imported(find_backend("python").generate(definition.model, plan, options)) as package:
        yield Made(package, plan.tables)


def members(row: Any) -> Iterator[tuple[Any, str]]:
    """The bit fields of a record and their members, spare bits included where there can be some."""
    for holder in [row.W8, row.W16, row.WHOLE, row.W24, row.W40, row.W64, row.CUT, row.SIGNED, *row.PAIRS]:
        yield from ((holder, name) for name in holder)
        if type(holder).spare != 0:
            yield holder, "spare"


@pytest.mark.parametrize("key", ["MT1", "MT2", "MT3", "MT4", "MT5"])
def test_the_octets_are_those_that_were_read(made: Made, key: str) -> None:
    """And nobody is asked to explain."""
    record = made.sample(key, 1)
    for row in record.ROWS:
        if key == "MT3":
            row.AT = datetime(2024, 5, 6, 7, 8)
            assert len(row.INNER.all()) == len(row.HOLDER.DEEP.all()) == 150
    octets = made.package.encode(key, record)
    assert made.explained(key, record) == 0
    assert made.same(key, record) == ("value", plain(octets))
    assert made.package.encode(key, made.package.decode(key, octets)) == octets


def octets_or_none(layout: Any, values: list[Any]) -> bytes | None:
    """The octets of records; None if they are left to the codec."""
    try:
        octets: bytes = layout.write(values)
    except Exception:
        return None
    return octets


@pytest.mark.parametrize(
    "value",
    [0, 1, 3, 15, 16, 255, 256, 2**11 - 1, 2**11, 2**17, 2**32 - 1, 2**64 - 1, 2**64, -1, -16, True, False, 1.0, None,
     "1", b"1", Narrow(1), Narrow(200)],
    ids=repr,
)  # fmt: skip
def test_each_member_of_a_bit_field(made: Made, value: Any) -> None:
    """What does not fit one member must not get into the bits of another, or of another record."""
    record = made.sample("MT2", 1)
    rows, layout = record.ROWS.all(), record.ROWS.layout
    octets, random = layout.write(rows), Random(2)
    for position in range(sum(1 for _ in members(rows[0]))):
        at = random.randrange(MANY)
        row = rows[at] = copy.deepcopy(original := rows[at])
        holder, name = list(members(row))[position]
        setattr(holder, name, value)
        alone, together = octets_or_none(layout, [row]), octets_or_none(layout, rows)
        if alone is None or together is None:
            assert alone == together or made.same("MT2", record) == ("value", plain(alone or together))
        else:
            assert together == octets[: at * layout.size] + alone + octets[(at + 1) * layout.size :]
        rows[at] = original


@pytest.mark.parametrize("key", ["MT1", "MT2"])
@pytest.mark.parametrize("value", [1, 4, 300, -1, True, Narrow(2)], ids=repr)
def test_what_the_reference_codec_says(made: Made, key: str, value: Any) -> None:
    for position in range(0, 30, 5):
        record = made.sample(key, 1)
        holder, name = list(members(record.ROWS[-position - 1]))[position % 26]
        setattr(holder, name, value)
        made.same(key, record)


def test_what_is_written_at_once_is_what_each_record_is(made: Made) -> None:
    record = made.sample("MT2", 3)
    rows = record.ROWS.all()
    octets = made.package.encode("MT2", record)
    size = len(octets) // MANY
    layout = made.sample("MT2").ROWS.layout
    assert b"".join(layout.write([row]) for row in rows) == layout.write(rows) == octets
    assert layout.write([]) == b""
    assert [layout.write(rows[:count]) for count in (1, FEW, FEW + 1)] == [
        octets[: count * size] for count in (1, FEW, FEW + 1)
    ]


@pytest.mark.parametrize("key", ["MT1", "MT2", "MT4"])
def test_records_of_other_classes(made: Made, key: str) -> None:
    record = made.sample(key, 4)
    *_, row, last = record.ROWS
    name = "PAIR" if key == "MT4" else "W16"
    setattr(row, name, derived(getattr(row, name)))
    assert made.same(key, record)[0] == "value"
    record.ROWS[-1] = derived(last)
    assert made.same(key, record)[0] == "value"


def derived(record: Any) -> Any:
    """A record of a class of somebody's own, with the same values."""
    return type("Derived", (type(record),), {})(**{name: record[name] for name in record})


# --- arrays in arrays ------------------------------------------------------------------------------------------------


def counted(layouts: list[Any]) -> list[int]:
    """How many records each call of the functions that write has from now on."""
    calls: list[int] = []
    for layout in layouts:

        def write(values: list[Any], write: Any = layout.write) -> bytes:
            calls.append(len(values))
            octets: bytes = write(values)
            return octets

        layout.write = write
    return calls


def test_arrays_in_arrays_are_written_together(made: Made) -> None:
    record = made.sample("MT3", 5)
    octets = made.package.encode("MT3", record)
    rows = record.ROWS.all()
    layouts = [record.ROWS.layout, rows[0].INNER.layout, rows[0].HOLDER.DEEP.layout]
    originals = [layout.write for layout in layouts]
    calls = counted(layouts)
    try:
        assert made.package.encode("MT3", record) == octets
        assert calls == [3]
        calls.clear()
        rows[1].INNER[0].N ^= 1
        assert made.package.encode("MT3", record) != octets
        assert calls == [3, 150]
        calls.clear()
        for row in rows:
            row.INNER = list(row.INNER)
            row.HOLDER.DEEP = list(row.HOLDER.DEEP)
        changed = made.package.encode("MT3", record)
        assert sorted(calls) == [3, 450, 450]
    finally:
        for layout, original in zip(layouts, originals, strict=True):
            layout.write = original
    rows[1].INNER[0].N ^= 1
    assert changed != made.package.encode("MT3", record) == octets


def test_some_arrays_are_octets_and_others_lists(made: Made) -> None:
    random = Random(6)
    for seed in range(8):
        record = made.sample("MT3", seed)
        record.ROWS = record.ROWS.all()
        for row in record.ROWS:
            row.AT = datetime(2024, 5, 6, 7, 8)
            for holder, name in ((row, "INNER"), (row.HOLDER, "DEEP")):
                match random.randrange(4):
                    case 0:
                        setattr(holder, name, list(getattr(holder, name)))
                    case 1:
                        getattr(holder, name)[random.randrange(150)].N = random.randrange(65536)
                    case 2:
                        getattr(holder, name)[random.randrange(150)].PAIR.A = random.randrange(18)
                    case _:
                        pass
        made.same("MT3", record)


@pytest.mark.parametrize("change", ["short", "long", "none", "moved", "others"])
def test_what_is_no_array_of_so_many(made: Made, change: str) -> None:
    """Too few in one array and too many in the next are not as many as there should be."""
    for wrong in range(3):
        record = made.sample("MT3", 7)
        rows = record.ROWS.all()
        for row in rows:
            row.INNER = list(row.INNER)
        one, other = rows[wrong], rows[wrong - 1]
        match change:
            case "short":
                one.INNER.pop()
            case "long":
                one.INNER.append(one.INNER[0])
            case "none":
                one.INNER = None
            case "moved":
                one.INNER.append(other.INNER.pop())
            case _:
                one.INNER = made.sample("MT4").ROWS
        for row in rows:
            row.AT = datetime(2024, 5, 6, 7, 8)
        assert made.same("MT3", record)[0] == "EncodeError"


def test_many_dates(made: Made) -> None:
    """Most of them again and again, and some that the codec has to look at."""
    random, first = Random(8), datetime(2000, 1, 1)
    record = made.sample("MT6")
    record.DATES = [first + timedelta(minutes=15 * random.randrange(100)) for _ in range(300)]
    assert made.explained("MT6", record) == 0
    assert made.same("MT6", record)[0] == "value"
    for other in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, 0, 0, 1), datetime(1, 1, 1), None, 0):
        record.DATES[random.randrange(300)] = other
        made.same("MT6", record)
        record.DATES = [first if date is other else date for date in record.DATES]
