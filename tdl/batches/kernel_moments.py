"""Dates and times in the C of kernels: the same numbers as those of `tdl.batches.moments`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from tdl.batches.arrow import np
from tdl.batches.kernel_words import word_of
from tdl.batches.layout import Moment
from tdl.batches.moments import LAST, NEVER, months, seconds_of
from tdl.codec.moments import _COUNTS as COUNTS
from tdl.codec.moments import PARTS

_CALENDAR = f"""\
#define NEVER INT64_C({NEVER})

/* By year of two digits and month: the days from 1970 to the first one, times 32, and the days of the month. */
static const uint32_t MONTHS[128 * 16] = {{
    @
}};

static inline int64_t days(unsigned year, unsigned month, unsigned day)
{{
    unsigned found = (year | month << 3) > 127 ? 0 : MONTHS[year << 4 | month];
    return day - 1 >= (found & 31) ? NEVER : (int64_t)(found >> 5) + day - 1;
}}

static inline unsigned two_digits(unsigned octet)
{{
    return (octet >> 4) > 9 || (octet & 15) > 9 ? 255 : 10 * (octet >> 4) + (octet & 15);
}}
"""


def moment_functions(names: Mapping[Moment, str]) -> Iterator[str]:
    """A function for each kind of moment, by its name: the number for the octets at an address."""
    if names:
        pair = np.arange(128 * 16)
        first, length = months(pair >> 4, pair & 15)
        found = np.where(length > 0, first * 32 + length, 0).tolist()
        yield _CALENDAR.replace("@", "\n    ".join(wrap(", ".join(map(str, found)), 110)))
    for moment, name in names.items():
        yield from _moment(moment, name)


def _moment(moment: Moment, name: str) -> Iterator[str]:
    """A function for the octets of a moment; see `tdl.batches.moments`."""
    yield f"static inline int64_t {name}(const uint8_t *p)"
    yield "{"
    if moment.kind == "DATE":
        yield f"    unsigned bits = {word_of('p', 2, moment.big)};"
        yield "    return days(bits & 127, bits >> 7 & 15, bits >> 11);"
    elif moment.variant in (1, 2):
        yield from _parts(PARTS[moment.kind], bcd=moment.variant == 1)
    else:
        yield from _counts(moment)
    yield "}"
    yield ""


def _parts(parts: str, *, bcd: bool) -> Iterator[str]:
    for at, part in enumerate(parts):
        yield f"    unsigned {part} = {f'two_digits(p[{at}])' if bcd else f'p[{at}]'};"
    limits = {"h": 23, "m": 59, "s": 59, "c": 99}
    wrong = [f"{part} > {limits[part]}" for part in parts if part in limits]
    total = f"h * 3600 + m * 60{' + s' if 's' in parts else ''}"
    if parts[0] == "Y":
        yield "    int64_t day = days(Y, M, D);"
        wrong.insert(0, "day == NEVER")
        total = f"day * 86400 + {total}"
    yield f"    if ({' | '.join(f'({each})' for each in wrong)}) {{"
    yield "        return NEVER;"
    yield "    }"
    yield f"    return ((int64_t){total}) * 1000 + c * 10;" if "c" in parts else f"    return (int64_t){total};"


def _counts(moment: Moment) -> Iterator[str]:
    scale, start, before = seconds_of(moment.kind), 0, 0
    terms, wrong = [], []
    for number, (octets, unit) in enumerate(COUNTS[moment.kind, moment.variant]):  # units are in microseconds
        yield f"    int64_t n{number} = {word_of(f'(p + {start})', octets, moment.big)};"
        if before:
            wrong.append(f"n{number} >= {before // unit}")
        terms.append(f"n{number} * {unit * scale // 1_000_000}")
        start, before = start + octets, unit
    limit = (LAST + 1 if "Y" in PARTS[moment.kind] else 86_400) * scale
    yield f"    int64_t total = {' + '.join(terms)};"
    yield f"    return {' || '.join([*wrong, f'total >= INT64_C({limit})'])} ? NEVER : total;"
