"""What generated Python writes without asking the codec, and what it leaves to it: both must come to the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from importlib import import_module
from itertools import product
from random import Random
from typing import Any
from unittest.mock import patch

import pytest

from tdl.backends.api import Options, find_backend
from tdl.codec.encoder import encode as reference_encode
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential.compared import attributes, outcome
from tests.differential.packages import imported
from tests.differential.test_python import Narrow, as_reference, encode

TEXT = """FRAGMENT WRITING OF "std:2012" VERSION "1";
ADD TYPE W8_BFLD = BIT FIELD OF UINT8 A : UINT(0..2); B : BOOL(3); FILLER : FILL(4..4); C : UINT(5..7); END;
ADD TYPE W16_BFLD = BIT FIELD OF UINT16 A : UINT(0..3); B : UINT(4..11); C : UINT(12..15); END;
ADD TYPE W24_BFLD = BIT FIELD OF UINT24 A : UINT(0..3); B : UINT(4..7); C : UINT(8..18); FILLER : FILL(19..22);
    D : BOOL(23); END;
ADD TYPE W32_BFLD = BIT FIELD OF UINT32 A : UINT(0..15); B : UINT(16..19); C : UINT(20..27); D : UINT(28..31); END;
ADD TYPE W64_BFLD = BIT FIELD OF UINT64 A : UINT(0..20); B : UINT(21..23); C : UINT(24..31); D : UINT(32..63); END;
ADD TYPE CUT_BFLD = BIT FIELD OF UINT24 A : UINT(0..3); B : UINT(8..11); C : BOOL(15); D : BOOL(16); E : BOOL(17); END;
ADD TYPE BITS_RCD = PACKED RECORD
    W8 : W8_BFLD; W16 : W16_BFLD; W24 : W24_BFLD; W32 : W32_BFLD; W64 : W64_BFLD; CUT : CUT_BFLD;
END;
ADD TABLE MFG 1 BITS_TBL = BITS_RCD;
ADD TYPE NUMBERS_RCD = PACKED RECORD
    U8 : UINT8; U16 : UINT16; U24 : UINT24; U40 : UINT40; U48 : UINT48; U56 : UINT56; U64 : UINT64;
    I8 : INT8; I16 : INT16; I24 : INT24; I48 : INT48; F : FLOAT32;
    SHORT : ARRAY[3] OF UINT16; LONG : ARRAY[300] OF UINT16; REALS : ARRAY[300] OF FLOAT64;
END;
ADD TABLE MFG 2 NUMBERS_TBL = NUMBERS_RCD;
ADD TYPE MOMENTS_RCD = PACKED RECORD
    MINUTE : STIME_DATE; SECOND : LTIME_DATE; FINE : HTIME_DATE; CLOCK : TIME; LIST : ARRAY[300] OF LTIME_DATE;
END;
ADD TABLE MFG 3 MOMENTS_TBL = MOMENTS_RCD;
ADD TYPE OCTETS_RCD = PACKED RECORD
    COUNT : UINT8; NAME : STRING(4); FIXED : BINARY(3); BITS : SET(2); DIGITS : BCD(2);
    LONG_NAME : STRING(COUNT); MANY : BINARY(COUNT); SOME : SET(COUNT); OTHER : BCD(COUNT); NONE : ARRAY[0] OF UINT8;
END;
ADD TABLE MFG 4 OCTETS_TBL = OCTETS_RCD;
ADD TYPE MANY_RCD = PACKED RECORD
    A : ARRAY[40] OF W24_BFLD; B : ARRAY[40] OF W24_BFLD; C : ARRAY[40] OF W24_BFLD; D : ARRAY[40] OF W24_BFLD;
    E : ARRAY[40] OF W24_BFLD; F : ARRAY[40] OF W24_BFLD;
END;
ADD TABLE MFG 5 MANY_TBL = MANY_RCD;
"""
PROFILE = "[GEN_CONFIG_TBL]\nDATA_ORDER = {}\nINT_FORMAT = {}\nTM_FORMAT = {}\nCHAR_FORMAT = {}\n"
PATHS = (
    ["FORMAT_CONTROL_1", "DATA_ORDER"],
    ["FORMAT_CONTROL_2", "INT_FORMAT"],
    ["FORMAT_CONTROL_2", "TM_FORMAT"],
    ["FORMAT_CONTROL_1", "CHAR_FORMAT"],
)
FORMATS = {
    "little, binary moments, ASCII": (0, 0, 2, 1),
    "big, decimal moments, Latin 1": (1, 0, 1, 2),
    "little, one's complement, UTF-8": (0, 1, 2, 3),
    "unbound": (1, 2, 2, 1),
}


class Made:
    """A package, the tables that it was made of, and what its environment knows."""

    def __init__(self, package: Any, tables: Any, formats: tuple[int, ...]) -> None:
        self.package, self.tables = package, {table.key: table for table in tables}
        self.ours, self.theirs = package.Environment(), Environment()
        for environment in (self.ours, self.theirs):
            for path, value in zip(PATHS, formats, strict=True):
                environment.set(0, path, value)

    def sample(self, key: str, seed: int = 0) -> Any:
        """The values of a random image."""
        module = getattr(self.package, self.package.TABLES[key])
        return module.decode(Random(seed).randbytes(module.SIZE_MIN), self.ours)

    def same(self, key: str, record: Any) -> tuple[object, ...]:
        """What comes of encoding, which is what the reference codec comes to."""
        found = outcome(self.package.encode, key, record, self.ours)
        assert found == outcome(encode, self.tables[key], as_reference(record), self.theirs)
        return found

    def explained(self, key: str, record: Any) -> int:
        """How often the explaining codec is asked when a record is written."""
        explain = import_module("writing_package._runtime.explain")
        with patch.object(explain, "encode", wraps=explain.encode) as asked:
            self.package.encode(key, record, self.ours)
        return asked.call_count


@pytest.fixture(scope="module", params=FORMATS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("writing")
    (folder / "writing.tdl").write_text(TEXT, "utf-8")
    (folder / "meter.toml").write_text(PROFILE.format(*FORMATS[request.param]), "utf-8")
    definition = load(str(folder / "writing.tdl"))
    plan, formats = definition.plan, FORMATS[request.param]
    if request.param != "unbound":
        plan = bind(plan, known_values(definition, read_profile(str(folder / "meter.toml"))))
    options = Options(package="writing_package")
    with imported(find_backend("python").generate(definition.model, plan, options)) as package:
        yield Made(package, plan.tables, formats)


def fields(record: Any) -> Iterator[tuple[Any, str]]:
    for container in attributes(record):
        for field in attributes(getattr(record, container)):
            yield getattr(record, container), field


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1, 3, 15, 16, 255, 256, 2047, 2**21, 2**32 - 1, 2**32, 2**64, -1, -16, -(2**40)])
def test_each_field_alone(made: Made, value: int) -> None:
    for position in range(sum(1 for _ in fields(made.sample("MT1")))):
        record = made.sample("MT1", position)
        holder, name = list(fields(record))[position]
        setattr(holder, name, value)
        made.same("MT1", record)


@pytest.mark.parametrize("value", [0, 0x10, 0x0F, 0x100, 1 << 20, 0x80, -1, -(1 << 32), 0.0, None, b"", True, False])
def test_spare_bits(made: Made, value: Any) -> None:
    for container in ("W8", "W24", "CUT"):
        record = made.sample("MT1", 5)
        getattr(record, container).spare = value
        made.same("MT1", record)


@pytest.mark.parametrize(
    "value", [Narrow(1), Narrow(13), Narrow(200), True, False, 2.0, 2.5, 1j, "2", None, b"\2", [2]]
)
def test_what_is_no_int_of_python(made: Made, value: Any) -> None:
    """Above all nothing may be calculated with an integer that wraps where Python's do not."""
    for position in range(sum(1 for _ in fields(made.sample("MT1")))):
        record = made.sample("MT1", position)
        holder, name = list(fields(record))[position]
        setattr(holder, name, value)
        made.same("MT1", record)
    for name in made.package.records.NUMBERS_RCD.__slots__:
        record = made.sample("MT2")
        if name in ("SHORT", "LONG", "REALS"):
            getattr(record, name)[1] = value
        else:
            setattr(record, name, value)
        made.same("MT2", record)


def test_true_is_1_for_an_integer(made: Made) -> None:
    """As Python has it; JSON's ``true`` is no number, so the reference codec goes on refusing it."""
    record = made.sample("MT2")
    record.U16 = record.SHORT[1] = True
    ours = made.same("MT2", record)
    record.U16 = record.SHORT[1] = 1
    assert ours == made.same("MT2", record)
    bits = made.sample("MT1")
    bits.W8.A, bits.W8.B = True, 1
    again = made.package.decode("MT1", made.package.encode("MT1", bits, made.ours), made.ours)
    assert (again.W8.A, again.W8.B) == (1, True)
    record.U16 = True
    refused = outcome(reference_encode, made.tables["MT2"], as_reference(record), made.theirs)
    assert (refused[0], refused[3], refused[7]) == ("EncodeError", ("U16",), "True")


@pytest.mark.parametrize("name", ["U8", "U16", "U24", "U40", "U48", "U56", "U64", "I8", "I16", "I24", "I48"])
def test_the_ends_of_what_fits(made: Made, name: str) -> None:
    bits = int(name[1:])
    record = made.sample("MT2")
    kinds = set()
    for end, near in product((0, 1 << bits - 1, 1 << bits), (-1, 0, 1)):
        for value in (end + near, -end + near):
            setattr(record, name, value)
            kinds.add(made.same("MT2", record)[0])
    assert kinds == {"value", "EncodeError"}


@pytest.mark.parametrize(
    "values", [[], [1, 2], [1, 2, 3, 4], (1, 2, 3), {1, 2, 3}, b"123", "123", {1: 1, 2: 2, 3: 3}, None]
)
def test_what_is_no_list_of_so_many(made: Made, values: Any) -> None:
    for name in ("SHORT", "LONG"):
        record = made.sample("MT2")
        setattr(record, name, values)
        made.same("MT2", record)


# --- moments ---------------------------------------------------------------------------------------------------------


class Own(datetime):
    """A datetime of somebody's own."""


MOMENTS = [
    datetime(1990, 1, 1), datetime(2047, 12, 31, 23, 59), datetime(2048, 2, 29, 1, 2), datetime(2089, 12, 31, 23, 59),
    datetime(1989, 12, 31), datetime(2090, 1, 1), datetime(1734, 5, 6), datetime(2020, 1, 2, 3, 4, 5),
    datetime(2020, 1, 2, 3, 4, 0, 1), datetime(2020, 1, 2, 3, 4, 5, 6), datetime(2020, 1, 2, 3, 4, 5, 70_000),
    datetime(2020, 1, 2, 3, 4, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=1))),
    datetime(2020, 10, 25, 2, 30, fold=1), Own(2020, 1, 2, 3, 4), datetime(2020, 1, 2).date(), time(1, 2, 3),
    "2020-01-02T03:04", "2020-01-02", b"\0\0\0\0\0", b"\0\0\0\0\0\0", bytes(7), None, 5,
]  # fmt: skip


def moments_record(made: Made, **changed: Any) -> Any:
    moment = datetime(2024, 2, 29, 12, 34)
    values = {"MINUTE": moment, "SECOND": moment, "FINE": moment, "CLOCK": moment.time(), "LIST": [moment] * 300}
    return made.package.records.MOMENTS_RCD(**(values | changed))


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_moments(made: Made, moment: Any) -> None:
    for name in ("MINUTE", "SECOND", "FINE", "CLOCK"):
        made.same("MT3", moments_record(made, **{name: moment}))
    made.same("MT3", moments_record(made, LIST=[*[datetime(2024, 2, 29)] * 299, moment]))


# --- octets ----------------------------------------------------------------------------------------------------------


def octets_record(made: Made, **changed: Any) -> Any:
    members = made.package.Members
    values = {
        "COUNT": 4, "NAME": "Watt", "FIXED": b"abc", "BITS": members(b"\1\2"), "DIGITS": "12AF", "LONG_NAME": "Volt",
        "MANY": b"wxyz", "SOME": members(b"\0\1\2\3"), "OTHER": "01234567", "NONE": [],
    }  # fmt: skip
    return made.package.records.OCTETS_RCD(**(values | changed))


TEXTS = ("Watt", "W", "", "Watts", "Wätt", "°C\udc80", b"Watt", b"W", "日", None, 5)
SETS = ([1, 9], {0}, (), frozenset({15}), {16}, [True], [-1], "1", None, b"\1\2", b"\1", [Narrow(3)])


def test_octets_of_all_kinds(made: Made) -> None:
    for name, values in {"NAME": TEXTS, "LONG_NAME": TEXTS, "BITS": SETS, "SOME": SETS}.items():
        for value in values:
            made.same("MT4", octets_record(made, **{name: value}))
    for name, value in product(("FIXED", "MANY", "DIGITS", "OTHER"), (b"abc", b"abcd", "00", "01020304", 7, None, "")):
        made.same("MT4", octets_record(made, **{name: value}))
    for count in (0, 1, 3, 5, 300, -1, 4.0, True, None, Narrow(4), "4"):
        made.same("MT4", octets_record(made, COUNT=count))
    made.same("MT4", octets_record(made, NONE=[1]))
    for wrong in (b"\1", b"\1\2\3"):
        assert made.same("MT4", octets_record(made, BITS=made.package.Members(wrong)))[0] == "EncodeError"
        assert made.same("MT4", octets_record(made, SOME=made.package.Members(wrong)))[0] == "EncodeError"


# --- records ---------------------------------------------------------------------------------------------------------


def test_a_record_of_another_class_is_looked_at(made: Made) -> None:
    """An element that the layout does not have must not get lost."""
    record = made.sample("MT1", 1)
    record.W16 = made.package.records.W32_BFLD(A=1, B=2, C=3, D=4)
    assert made.same("MT1", record)[0] == "EncodeError"
    octets = made.package.encode("MT1", made.sample("MT1", 1), made.ours)
    values = {name: made.sample("MT1", 1)[name] for name in made.sample("MT1", 1)}
    assert made.package.encode("MT1", values, made.ours) == octets


def test_what_decoding_makes_is_written_at_once(made: Made) -> None:
    """Without the explaining codec, which takes a hundred times as long."""
    numbers = made.sample("MT2")
    numbers.F, numbers.REALS = 1.5, [0.25] * 300
    text = octets_record(made, NAME="W", LONG_NAME="Wat", BITS={1, 9})
    moments = moments_record(made)
    samples = {"MT1": made.sample("MT1"), "MT2": numbers, "MT3": moments, "MT4": text, "MT5": made.sample("MT5")}
    for key, record in samples.items():
        assert made.same(key, record)[0] == "value"
        assert not made.explained(key, record), key
    assert made.explained("MT2", {name: numbers[name] for name in numbers})
