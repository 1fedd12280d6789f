"""What octets of dates and times mean in C, against the reference codec."""

from __future__ import annotations

import ctypes
from datetime import date, datetime, time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tdl.codec.errors import LeafError
from tdl.codec.moments import read_moment, write_moment
from tdl.codec.values import Raw
from tdl.ir.formats import MOMENT_OCTETS
from tests.differential.c_libraries import WARNINGS, run
from tests.tools import tool

SUPPORT = Path(__file__).parents[2] / "tdl" / "backends" / "c" / "support"
KINDS = ("LTIME_DATE", "STIME_DATE", "HTIME_DATE", "TIME_DATE", "TIME", "STIME", "HTIME", "DATE")
OK, RANGE = 0, 9


class Moment(ctypes.Structure):
    _fields_ = [
        ("year", ctypes.c_uint16),
        *((name, ctypes.c_uint8) for name in ("month", "day", "hour", "minute", "second", "hundredth")),
    ]

    def parts(self) -> tuple[int, ...]:
        return self.year, self.month, self.day, self.hour, self.minute, self.second, self.hundredth


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = tmp_path_factory.mktemp("time") / "time.so"
    flags = ("-std=c99", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all", *WARNINGS, "-shared", "-fPIC")
    run([tool("gcc"), *flags, SUPPORT / "tdl_time.c", SUPPORT / "tdl_support.c", "-o", made])
    return ctypes.CDLL(str(made))


def parts_of(value: object) -> tuple[int, ...]:
    day = (value.year, value.month, value.day) if isinstance(value, date) else (0, 0, 0)
    if isinstance(value, datetime | time):
        return (*day, value.hour, value.minute, value.second, value.microsecond // 10_000)
    return (*day, 0, 0, 0, 0)


def octets_of(random: Random, size: int) -> bytes:
    """Now any octets, now ones that dates and clocks have."""
    match random.randint(0, 3):
        case 0:
            return random.randbytes(size)
        case 1:
            return bytes(random.choice([0, 1, 2, 0x12, 0x23, 0x28, 0x29, 0x31, 0x59, 0x99]) for _ in range(size))
        case 2:
            return bytes(random.randint(0, 28) for _ in range(size))
        case _:
            return random.randint(0, 1 << 31).to_bytes(8, random.choice(["little", "big"]))[:size]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_there_and_back(code: Any, kind: str, variant: int) -> None:
    random, meant = Random(f"{kind}{variant}"), 0
    for _ in range(1500):
        raw, big = octets_of(random, MOMENT_OCTETS[kind][variant]), random.random() < 0.5
        expected = read_moment(kind, variant, raw, big)
        moment = Moment()
        found = code.tdl_read_moment(KINDS.index(kind), variant, int(big), raw, ctypes.byref(moment)) & 0xFF
        if isinstance(expected, Raw):
            assert found == RANGE, (raw.hex(), moment.parts())
            continue
        assert (found, moment.parts()) == (OK, parts_of(expected)), raw.hex()
        meant += 1
        again = ctypes.create_string_buffer(len(raw))
        written = code.tdl_write_moment(KINDS.index(kind), variant, int(big), ctypes.byref(moment), again) & 0xFF
        assert (written, again.raw) == (OK, raw)
    assert meant > 20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_moments_that_octets_cannot_say(code: Any, kind: str, variant: int) -> None:
    random = Random(f"{variant}{kind}")
    for _ in range(400):
        year = random.choice([1969, 1970, 1989, 1990, 2024, 2089, 2090, 2100, 9999])
        fine = random.choice([(0, 0), (30, 0), (59, 99)])
        day = date(year, random.randint(1, 12), random.randint(1, 28))
        clock = time(random.randint(0, 23), random.randint(0, 59), fine[0], fine[1] * 10_000)
        value = day if kind == "DATE" else datetime.combine(day, clock) if kind.endswith("_DATE") else clock
        moment = Moment(*parts_of(value))
        out = ctypes.create_string_buffer(8)
        found = code.tdl_write_moment(KINDS.index(kind), variant, 0, ctypes.byref(moment), out) & 0xFF
        try:
            expected = write_moment(kind, variant, value, False)
        except LeafError:
            assert found == RANGE
        else:
            assert (found, out.raw[: len(expected)]) == (OK, expected)


def test_what_is_no_moment_is_refused(code: Any) -> None:
    out = ctypes.create_string_buffer(8)
    for wrong in (Moment(2024, 2, 30), Moment(2024, 13, 1), Moment(2024, 0, 1), Moment(2024, 1, 1, 24), Moment()):
        assert code.tdl_write_moment(0, 2, 0, ctypes.byref(wrong), out) & 0xFF == RANGE
    for kind, variant in ((0, 0), (0, 5), (8, 1), (255, 255)):
        assert code.tdl_read_moment(kind, variant, 0, bytes(8), ctypes.byref(Moment())) & 0xFF not in (OK, RANGE)
