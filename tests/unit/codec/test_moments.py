from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from tdl.codec.errors import LeafError
from tdl.codec.moments import MOMENT_OCTETS, read_moment, write_moment
from tdl.codec.values import Raw, RecurringDate

LITTLE, BIG = False, True

SPRING = datetime(2019, 3, 19, 19, 4, 3)  # the clock of a real meter's Table 55
SECONDS = 1553022243  # the same since 1970
MINUTES = SECONDS // 60


def little(number: int, octets: int) -> str:
    return number.to_bytes(octets, "little").hex()


@pytest.mark.parametrize(
    ("kind", "octets"),
    [
        ("LTIME_DATE", (0, 6, 6, 5, 4)),
        ("STIME_DATE", (0, 5, 5, 4, 4)),
        ("HTIME_DATE", (0, 7, 7, 6, 5)),
        ("TIME_DATE", (0, 6, 6, 5, 4)),
        ("TIME", (0, 3, 3, 4, 4)),
        ("STIME", (0, 2, 2, 2, 4)),
        ("HTIME", (0, 4, 4, 4, 4)),
        ("DATE", (2, 2, 2, 2, 2)),
        ("RDATE", (2, 2, 2, 2, 2)),
    ],
)
def test_sizes_by_tm_format(kind: str, octets: tuple[int, ...]) -> None:
    assert MOMENT_OCTETS[kind] == octets
    assert len(MOMENT_OCTETS) == 9


@pytest.mark.parametrize(
    ("kind", "variant", "octets", "value"),
    [
        ("LTIME_DATE", 1, "190319190403", SPRING),
        ("LTIME_DATE", 2, "130313130403", SPRING),
        ("LTIME_DATE", 3, little(MINUTES, 4) + "03", SPRING),
        ("LTIME_DATE", 4, little(SECONDS, 4), SPRING),
        ("STIME_DATE", 1, "1903191904", datetime(2019, 3, 19, 19, 4)),
        ("STIME_DATE", 2, "1303131304", datetime(2019, 3, 19, 19, 4)),
        ("STIME_DATE", 3, little(MINUTES, 4), datetime(2019, 3, 19, 19, 4)),
        ("STIME_DATE", 4, little(SECONDS, 4), SPRING),
        ("HTIME_DATE", 1, "19031919040356", SPRING.replace(microsecond=560000)),
        ("HTIME_DATE", 2, "13031313040338", SPRING.replace(microsecond=560000)),
        ("HTIME_DATE", 3, little(MINUTES, 4) + little(356, 2), SPRING.replace(microsecond=560000)),
        ("HTIME_DATE", 4, little(SECONDS, 4) + "38", SPRING.replace(microsecond=560000)),
        ("TIME_DATE", 1, "190319190403", SPRING),
        ("TIME_DATE", 2, "130313130403", SPRING),
        ("TIME_DATE", 3, little(MINUTES, 4) + "03", SPRING),
        ("TIME_DATE", 4, little(SECONDS, 4), SPRING),
        ("TIME", 1, "190403", time(19, 4, 3)),
        ("TIME", 2, "130403", time(19, 4, 3)),
        ("TIME", 3, little(68643, 4), time(19, 4, 3)),
        ("TIME", 4, little(68643, 4), time(19, 4, 3)),
        ("STIME", 1, "1904", time(19, 4)),
        ("STIME", 2, "1304", time(19, 4)),
        ("STIME", 3, little(1144, 2), time(19, 4)),
        ("STIME", 4, little(68643, 4), time(19, 4, 3)),
        ("HTIME", 1, "19040356", time(19, 4, 3, 560000)),
        ("HTIME", 2, "13040338", time(19, 4, 3, 560000)),
        ("HTIME", 3, little(6864356, 4), time(19, 4, 3, 560000)),
        ("HTIME", 4, little(6864356, 4), time(19, 4, 3, 560000)),
        ("DATE", 0, little(19 | 3 << 7 | 19 << 11, 2), date(2019, 3, 19)),
        ("DATE", 4, little(89 | 12 << 7 | 31 << 11, 2), date(2089, 12, 31)),
        ("RDATE", 2, "0CC8", RecurringDate(0xC80C)),
    ],
)
def test_layouts(kind: str, variant: int, octets: str, value: object) -> None:
    raw = bytes.fromhex(octets)
    read = read_moment(kind, variant, raw, LITTLE)
    assert read == value
    assert type(read) is type(value)
    assert write_moment(kind, variant, value, LITTLE) == raw
    if isinstance(value, date | time):
        assert write_moment(kind, variant, value.isoformat(), LITTLE) == raw


def test_each_count_follows_the_order_of_octets() -> None:
    raw = MINUTES.to_bytes(4, "big") + (356).to_bytes(2, "big")
    value = SPRING.replace(microsecond=560000)
    assert read_moment("HTIME_DATE", 3, raw, BIG) == value
    assert write_moment("HTIME_DATE", 3, value, BIG) == raw
    assert read_moment("DATE", 0, bytes.fromhex("9993"), BIG) == date(2019, 3, 19)
    assert write_moment("RDATE", 0, 0xC80C, BIG) == bytes.fromhex("C80C")


@pytest.mark.parametrize("kind", sorted(MOMENT_OCTETS.keys() - {"DATE", "RDATE"}))
def test_without_a_clock_there_is_nothing(kind: str) -> None:
    assert read_moment(kind, 0, b"", LITTLE) is None
    assert write_moment(kind, 0, None, LITTLE) == b""
    with pytest.raises(LeafError, match=r"2019-03-19T19:04:03, nothing \(TM_FORMAT is 0\) expected"):
        write_moment(kind, 0, SPRING, LITTLE)


@pytest.mark.parametrize(("short", "year"), [(0, 2000), (89, 2089), (90, 1990), (99, 1999)])
def test_two_digits_mean_a_year_from_1990_to_2089(short: int, year: int) -> None:
    raw = bytes((short, 1, 1, 0, 0))
    assert read_moment("STIME_DATE", 2, raw, LITTLE) == datetime(year, 1, 1)
    assert write_moment("STIME_DATE", 2, datetime(year, 1, 1), LITTLE) == raw
    assert write_moment("DATE", 2, date(year, 1, 1), LITTLE) == (short | 1 << 7 | 1 << 11).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("kind", "variant", "octets"),
    [
        ("LTIME_DATE", 2, "000000000000"),  # never set
        ("LTIME_DATE", 2, "130D13130403"),  # month 13
        ("LTIME_DATE", 2, "130213130403".replace("0213", "021E")),  # 30 February
        ("LTIME_DATE", 2, "640313130403"),  # year 100
        ("LTIME_DATE", 2, "13031318043C"),  # second 60
        ("LTIME_DATE", 1, "1A0319190403"),  # digit A
        ("LTIME_DATE", 1, "190319240403"),  # hour 24
        ("LTIME_DATE", 3, "000000003C"),  # second 60
        ("LTIME_DATE", 3, "FFFFFFFF00"),  # year 10136
        ("STIME_DATE", 3, "FFFFFFFF"),
        ("HTIME_DATE", 2, "13031313040364"),  # hundredth 100
        ("HTIME_DATE", 3, "000000007017"),  # hundredth 6000
        ("HTIME_DATE", 4, "0000000064"),
        ("TIME", 3, "80510100"),  # second 86400
        ("STIME", 3, "A005"),  # minute 1440
        ("HTIME", 4, "00FA8300"),
        ("DATE", 0, "0000"),
        ("DATE", 0, "FFFF"),
        ("DATE", 0, "E409"),  # year 100
    ],
)
def test_what_is_no_moment_is_raw(kind: str, variant: int, octets: str) -> None:
    raw = bytes.fromhex(octets)
    value = read_moment(kind, variant, raw, LITTLE)
    assert isinstance(value, Raw)
    assert value == raw
    assert write_moment(kind, variant, value, LITTLE) == raw


@pytest.mark.parametrize(
    ("kind", "variant", "value", "message"),
    [
        ("STIME_DATE", 2, SPRING, "2019-03-19T19:04:03, a whole minute expected"),
        ("STIME_DATE", 3, SPRING, "2019-03-19T19:04:03, a whole minute expected"),
        ("LTIME_DATE", 2, SPRING.replace(microsecond=1), "a whole second expected"),
        ("LTIME_DATE", 3, SPRING.replace(microsecond=1), "a whole second expected"),
        ("LTIME_DATE", 4, SPRING.replace(microsecond=1), "a whole second expected"),
        ("HTIME", 1, time(0, 0, 0, 1), "a whole hundredth of a second expected"),
        ("HTIME", 3, time(0, 0, 0, 9999), "a whole hundredth of a second expected"),
        ("STIME", 3, time(0, 0, 1), "00:00:01, a whole minute expected"),
        ("LTIME_DATE", 1, datetime(1989, 12, 31), "a year from 1990 to 2089 expected"),
        ("LTIME_DATE", 2, datetime(2090, 1, 1), "a year from 1990 to 2089 expected"),
        ("DATE", 0, date(2090, 1, 1), "2090-01-01, a year from 1990 to 2089 expected"),
        ("LTIME_DATE", 4, datetime(1969, 12, 31, 23, 59, 59), "a moment that its octets can count to from 1970"),
        ("LTIME_DATE", 4, datetime(2106, 2, 7, 6, 28, 16), "a moment that its octets can count to from 1970"),
        ("RDATE", 0, 65536, "65536, 0 to 65535 expected"),
    ],
)
def test_moments_that_do_not_fit_are_refused(kind: str, variant: int, value: object, message: str) -> None:
    with pytest.raises(LeafError) as caught:
        write_moment(kind, variant, value, LITTLE)
    assert caught.value.kind == "range"
    assert message in str(caught.value)


def test_the_last_second_that_fits() -> None:
    assert write_moment("LTIME_DATE", 4, datetime(2106, 2, 7, 6, 28, 15), LITTLE) == b"\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("LTIME_DATE", date(2019, 3, 19), "a date and time"),
        ("LTIME_DATE", time(19, 4), "a date and time"),
        ("LTIME_DATE", "19:04", "a date and time"),
        ("LTIME_DATE", SECONDS, "a date and time"),
        ("LTIME_DATE", None, "a date and time"),
        ("LTIME_DATE", SPRING.replace(tzinfo=UTC), "a moment without a time zone"),
        ("LTIME_DATE", "2019-03-19T19:04:03Z", "a moment without a time zone"),
        ("TIME", time(19, 4, tzinfo=UTC), "a moment without a time zone"),
        ("TIME", SPRING, "a time of day"),
        ("TIME", "soon", "a time of day"),
        ("DATE", SPRING, "a date"),
        ("DATE", "2019-02-30", "a date"),
        ("RDATE", "weekly", "an integer"),
    ],
)
def test_what_is_no_moment_of_the_kind_is_refused(kind: str, value: object, expected: str) -> None:
    with pytest.raises(LeafError) as caught:
        write_moment(kind, 2, value, LITTLE)
    assert (caught.value.kind, caught.value.expected) == ("type", expected)


def test_octets_of_another_length_are_refused() -> None:
    with pytest.raises(LeafError, match="5 octets, 6 expected"):
        write_moment("LTIME_DATE", 2, bytes(5), LITTLE)
