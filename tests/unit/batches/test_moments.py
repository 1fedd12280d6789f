"""Every date that octets can say, in both engines, against the codec's."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

import numpy as np
import pytest

from tdl.batches.engine import Dense
from tdl.batches.layout import Fields, Layout, Leaf, Moment
from tdl.batches.moments import DAY, LAST, NEVER
from tdl.batches.native_engine import compiled
from tdl.batches.with_numpy import NumpyEngine
from tdl.codec.moments import read_moment
from tdl.codec.values import Raw
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.formats import MOMENT_OCTETS

KINDS = [
    (kind, variant)
    for kind, sizes in MOMENT_OCTETS.items()
    for variant in (1, 2, 3, 4)
    if sizes[variant] and kind != "RDATE"
]


def layout_of(kind: str, variant: int, big: bool) -> Layout:
    octets = MOMENT_OCTETS[kind][variant]
    op = plan.Builtin(name="AT", path=("AT",), kind=kind, variant=variant, octets=octets, order=Const(value=int(big)))
    read = Moment(octets=octets, big=big, kind=kind, variant=variant)
    leaf = Leaf(path=("AT",), op=op, read=read, offset=0)
    return Layout(size=octets, root=Fields(members=(("AT", leaf),)))


YEARS = (0, 1, 4, 89, 90, 99, 100, 0x89, 255)
MONTHS = (0, 1, 2, 3, 4, 6, 9, 11, 12, 13, 0x11)
DAYS = (0, 1, 28, 29, 30, 31, 32, 0x28, 0x29, 0x30, 0x31)
CLOCKS = (0, 9, 10, 23, 24, 59, 60, 99, 100, 0x23, 0x24, 0x59, 0x60, 0x99, 255)
COUNTS = (0, 1, DAY // 60 - 1, DAY // 60, DAY - 1, DAY, 100 * DAY - 1, 100 * DAY, LAST // 60, LAST // 60 + 1, 2**32 - 1)
RESTS = (0, 59, 60, 99, 100, 5999, 6000)


def octets_of(kind: str, variant: int, big: bool) -> list[bytes]:
    """Octets on both sides of everything that can be wrong with a moment; all dates of 16 bits."""
    size, order = MOMENT_OCTETS[kind][variant], "big" if big else "little"
    if kind == "DATE":
        return [bits.to_bytes(2, "little") for bits in range(1 << 16)]
    if variant in (1, 2):
        clock = size - 3 if "DATE" in kind else size
        clocks = [
            bytes(value if at == place else 0 for place in range(clock)) for value in CLOCKS for at in range(clock)
        ]
        if clock == size:
            return clocks
        return [bytes(day) + clocks[0] for day in product(YEARS, MONTHS, DAYS)] + [
            b"\x1a\x02\x1c" + each for each in clocks
        ]
    if size == 2:
        return [count.to_bytes(2, order) for count in (0, 1, 1439, 1440, 65535)]
    rests = [rest.to_bytes(size - 4, order) for rest in RESTS if rest < 1 << 8 * (size - 4)] if size > 4 else [b""]
    return [count.to_bytes(4, order) + rest for count in COUNTS if count < 1 << 32 for rest in rests]


def number(value: object, scale: int) -> int:
    """A moment as what the engines make of it."""
    match value:
        case Raw():
            return NEVER
        case datetime():
            since = value - datetime(1970, 1, 1)
            return (since.days * DAY + since.seconds) * scale + since.microseconds * scale // 1_000_000
        case date():
            return (value - date(1970, 1, 1)).days
        case _:
            seconds = value.hour * 3600 + value.minute * 60 + value.second  # type: ignore[attr-defined]
            return seconds * scale + value.microsecond * scale // 1_000_000  # type: ignore[attr-defined, no-any-return]


def test_both_engines_read_what_the_codec_reads() -> None:
    cases = [(kind, variant, big) for kind, variant in KINDS for big in (False, True)]
    engines = compiled(*(layout_of(*case) for case in cases))
    for (kind, variant, big), native in zip(cases, engines, strict=True):
        layout, images = layout_of(kind, variant, big), octets_of(kind, variant, big)
        flat = np.frombuffer(b"".join(images), np.uint8)
        dense = Dense(octets=flat, count=len(images), size=layout.size)
        scale = 1000 if kind.startswith("H") else 1
        expected = [number(read_moment(kind, variant, image, big), scale) for image in images]
        wide = "i8" if "DATE" in kind and kind != "DATE" else "i4"
        for engine in (native, NumpyEngine(layout)):
            out = np.full(len(images), 7, wide)
            engine.fill(dense, [out])
            assert out.tolist() == expected, (kind, variant, big, engine)
        assert NEVER in expected or kind in ("LTIME_DATE", "STIME_DATE", "HTIME_DATE", "TIME_DATE")


@pytest.mark.parametrize("kind", ["LTIME_DATE", "TIME", "DATE"])
def test_the_cases_hold_good_and_bad_ones(kind: str) -> None:
    values = [read_moment(kind, 2, image, False) for image in octets_of(kind, 2, False)]
    assert {isinstance(value, Raw) for value in values} == {True, False}
