"""The dissector's numbers, texts and moments against the reference codec, where random octets seldom are any."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.wireshark_walks import LUAS, case, plugin, same

MOMENTS = """
DOCUMENT D;
TYPE ALL_RCD = PACKED RECORD
    LONG : LTIME_DATE;
    SHORT : STIME_DATE;
    FINE : HTIME_DATE;
    ALIKE : TIME_DATE;
    CLOCK : TIME;
    SHORT_CLOCK : STIME;
    FINE_CLOCK : HTIME;
    DAY : DATE;
END;
TABLE 5 ALL_TBL = ALL_RCD;
"""

NUMBERS = """
DOCUMENT D;
TYPE ALL_RCD = PACKED RECORD
    A : FLOAT32;
    B : FLOAT64;
    C : FLOAT_CHAR12;
    D : FIXED_BCD6;
    E : STRING(6);
    F : INT64;
    G : UINT64;
    H : INT24;
    I : SET(5);
    J : BCD(3);
END;
TABLE 5 ALL_TBL = ALL_RCD;
"""

TIMES = 60


def compare(text: str, formats: dict[str, int], images: Callable[[Environment, Random], list[bytes]]) -> None:
    """Both say the same of images of a document's Table 5 under some formats."""
    of = load("d.tdl", resolver=Resolver({"d.tdl": text}))
    known = Environment()
    for name, value in formats.items():
        known.set(0, (name,), value)
    bound = bind(of.plan, known)
    (table,) = bound.tables
    made = images(known, Random(str(formats)))
    with plugin(of.model, bound) as dissector:
        for lua in LUAS:
            walks = dissector.walk([case("ST5", octets) for octets in made], lua)
            for octets, walked in zip(made, walks, strict=True):
                same(table, octets, known, walked)


# --- dates and times -------------------------------------------------------------------------------------------------

EDGES = (
    datetime(1990, 1, 1), datetime(1999, 12, 31, 23, 59, 59), datetime(2000, 2, 29), datetime(2000, 3, 1),
    datetime(2024, 2, 29, 12, 30), datetime(2023, 2, 28, 23, 59), datetime(2089, 12, 31, 23, 59, 59),
)  # fmt: skip


@pytest.mark.parametrize("variant", [1, 2, 3, 4])
@pytest.mark.parametrize("order", [0, 1])
def test_moments(variant: int, order: int) -> None:
    of = load("d.tdl", resolver=Resolver({"d.tdl": MOMENTS}))

    def images(known: Environment, random: Random) -> list[bytes]:
        some = [*EDGES, *(datetime(1990, 1, 1) + timedelta(minutes=random.randrange(52_000_000)) for _ in range(TIMES))]
        (table,) = bind(of.plan, known).tables
        made = [encode(table, moments_at(each, random), known) for each in some]
        return made + [spoilt(each, random) for each in made]

    compare(MOMENTS, {"TM_FORMAT": variant, "DATA_ORDER": order}, images)


def moments_at(moment: datetime, random: Random) -> Record:
    """A moment in every type, as fine as each can say it."""
    whole = moment.replace(second=0)
    clock = time(moment.hour, moment.minute)
    fine = random.randrange(100) * 10_000
    return Record({
        "LONG": moment, "SHORT": whole, "FINE": moment.replace(microsecond=fine), "ALIKE": moment,
        "CLOCK": moment.time(), "SHORT_CLOCK": clock, "FINE_CLOCK": moment.time().replace(microsecond=fine),
        "DAY": date(moment.year, moment.month, moment.day),
    })  # fmt: skip


def spoilt(image: bytes, random: Random) -> bytes:
    """An image in which most moments are none, or other ones."""
    octets = bytearray(image)
    for at in range(len(octets)):
        if random.random() < 0.2:
            octets[at] = random.choice([0, 1, 0x10, 0x1F, 24, 29, 30, 31, 60, 99, 100, 255])
    return bytes(octets)


# --- numbers and text ------------------------------------------------------------------------------------------------

FLOATS = (0.0, -0.0, 1.5, 0.1, 1e15, 1e16, 123456789.123, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"))


@pytest.mark.parametrize("form", [0, 1, 2])
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("charset", [1, 2, 3, 4])
def test_numbers(form: int, order: int, charset: int) -> None:
    def images(known: Environment, random: Random) -> list[bytes]:
        return [number_image(random, order) for _ in range(TIMES)]

    compare(NUMBERS, {"INT_FORMAT": form, "DATA_ORDER": order, "CHAR_FORMAT": charset}, images)


def number_image(random: Random, order: int) -> bytes:
    mark = "><"[1 - order]
    single = random.choice([struct.pack(f"{mark}f", random.uniform(-1e9, 1e9)), random.randbytes(4)])
    double = random.choice([struct.pack(f"{mark}d", random.choice(FLOATS)), random.randbytes(8)])
    spelled = random.choice([
        f"{random.uniform(-1e6, 1e6):.3f}", f"{random.randrange(10**9)}E-{random.randrange(3)}", ".5", "5.", "-", "+1",
        "1e999", "1e1000", "1E-998", "0e999", "0e1000", "1 2", "NaN", "1_0", "--1", "1.2.3", "", "e5", "00012",
    ])[:12]  # fmt: skip
    number = spelled.rjust(12) if random.random() < 0.8 else spelled.ljust(12)
    digits = "".join(random.choices("0123456789ABD", [9] * 10 + [2, 3, 3], k=12))
    digits = random.choice([digits, f"BBA{digits[3:]}", "B" * 12, "A" + "0" * 11, digits.replace("A", "1")])
    text = random.choice(
        [
            b"meter ",
            "Zähler"[:5].encode(),
            b"\0\n\x7f\\\t ",
            b"\xff\xfe\x80\xc3\x28\xe2",
            b"\xed\xa0\x80\xed\x9f\xbf",
            "€x".encode(),
        ]
    )
    edges = [b"\0", b"\xff", b"\x80", b"\x7f"]
    wide = [
        random.choice([random.choice(edges) * size, random.randbytes(size), edge(size, order)]) for size in (8, 8, 3)
    ]
    return (
        single
        + double
        + number.encode()
        + bytes.fromhex(digits)
        + text.ljust(6)[:6]
        + b"".join(wide)
        + random.randbytes(8)
    )


def edge(size: int, order: int) -> bytes:
    """The least number of two's complement, or the first one that Lua does not count to."""
    value = (1 << 53) + 1 if size == 8 else 1 << 8 * size - 1
    return value.to_bytes(size, "big" if order else "little")
