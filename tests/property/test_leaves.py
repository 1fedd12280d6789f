"""Each leaf, for any octets: what is read is written as the same octets, also by way of JSON; for any value: the
same the other way round."""

from __future__ import annotations

import json
import string
import struct
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.codec.json_values import from_json, to_json
from tdl.codec.moments import MOMENT_OCTETS, read_moment, write_moment
from tdl.codec.octets import (
    LeafError,
    extract,
    insert,
    read_bcd,
    read_bcd_number,
    read_char_number,
    read_decimal,
    read_float,
    read_int,
    read_text,
    read_uint,
    write_bcd,
    write_bcd_number,
    write_binary,
    write_char_number,
    write_decimal,
    write_float,
    write_int,
    write_set,
    write_text,
    write_uint,
)
from tdl.codec.values import Members, Raw, raw_of

Read = Callable[[bytes], object]
Write = Callable[[object, int], bytes]

FORMS = range(3)
VARIANTS = [(kind, variant) for kind in MOMENT_OCTETS for variant in range(5)]


def moment_leaf(kind: str, variant: int, big: bool) -> tuple[Read, Write, tuple[int, ...]]:
    return (
        lambda raw: read_moment(kind, variant, raw, big),
        lambda value, octets: write_moment(kind, variant, value, big),
        (MOMENT_OCTETS[kind][variant],),
    )


def leaves() -> dict[str, tuple[Read, Write, tuple[int, ...]]]:
    """Every leaf by a name: how it is read and written, and the lengths it can have."""
    run, number = tuple(range(13)), tuple(range(1, 9))
    table: dict[str, tuple[Read, Write, tuple[int, ...]]] = {
        "bcd": (read_bcd, write_bcd, run),
        "binary": (lambda raw: raw, write_binary, run),
        "set": (Members, write_set, run),
        "FLOAT_CHAR": (read_char_number, write_char_number, (6, 12, 21)),
        "FIXED_BCD": (read_bcd_number, write_bcd_number, (4, 6, 8)),
    }
    for charset in range(8):
        table[f"text {charset}"] = (
            lambda raw, c=charset: read_text(raw, c),
            lambda value, octets, c=charset: write_text(value, octets, c),
            run,
        )
    for big in (False, True):
        order = "big" if big else "little"
        table[f"uint {order}"] = (
            lambda raw, b=big: read_uint(raw, b),
            lambda value, octets, b=big: write_uint(value, octets, b),
            number,
        )
        table[f"float {order}"] = (
            lambda raw, b=big: read_float(raw, b),
            lambda value, octets, b=big: write_float(value, octets, b),
            (4, 8),
        )
        for form in FORMS:
            table[f"int {order} {form}"] = (
                lambda raw, b=big, f=form: read_int(raw, b, f),
                lambda value, octets, b=big, f=form: write_int(value, octets, b, f),
                number,
            )
            table[f"decimal {order} {form}"] = (
                lambda raw, b=big, f=form: read_decimal(raw, b, f, 4),
                lambda value, octets, b=big, f=form: write_decimal(value, octets, b, f, 4),
                number,
            )
        for kind, variant in VARIANTS:
            table[f"{kind} {variant} {order}"] = moment_leaf(kind, variant, big)
    return table


LEAVES = leaves()
FEW = settings(max_examples=40)  # for each of more than a hundred leaves

# Octets as they come, and octets that are nearly always a value of some leaf: small parts, digits, characters.
LIKELY = st.sampled_from([*range(32), *b"0123456789 .-+E", *range(0x50, 0x60), 0x80, 0xA0, 0xBB, 0xD5, 0xFF])


@st.composite
def octets_of(draw: st.DrawFn, lengths: tuple[int, ...]) -> bytes:
    length = draw(st.sampled_from(lengths))
    octet = draw(st.sampled_from([LIKELY, st.integers(0, 255), st.sampled_from(b"0123456789 .-E")]))
    return bytes(draw(st.lists(octet, min_size=length, max_size=length)))


@pytest.mark.parametrize("name", LEAVES)
@FEW
@given(data=st.data())
def test_octets_survive_reading_and_writing(name: str, data: st.DataObject) -> None:
    read, write, lengths = LEAVES[name]
    raw = data.draw(octets_of(lengths))
    value = read(raw)
    assert write(value, len(raw)) == raw
    assert raw_of(value) in (None, raw)
    assert read(write(value, len(raw))) == value
    text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert write(from_json(json.loads(text)), len(raw)) == raw


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 63),
    st.integers(1, 64),
    st.sampled_from(["uint", "int", "bool"]),
    st.sampled_from(FORMS),
)
def test_bits_survive_reading_and_writing(word: int, low: int, width: int, kind: str, form: int) -> None:
    width = min(width, 64 - low)
    value = extract(word, low, width, kind, form)
    assert insert(value, low, width, kind, form) == word & ((1 << width) - 1) << low
    back = from_json(json.loads(json.dumps(to_json(value))))
    assert insert(back, low, width, kind, form) == insert(value, low, width, kind, form)


# --- values ------------------------------------------------------------------------------------------------------


@given(st.data(), st.integers(1, 8), st.booleans(), st.sampled_from(FORMS))
def test_integers_survive(data: st.DataObject, octets: int, big: bool, form: int) -> None:
    unsigned = data.draw(st.integers(0, 256**octets - 1))
    assert read_uint(write_uint(unsigned, octets, big), big) == unsigned
    largest = 256**octets // 2 - 1
    signed = data.draw(st.integers(-largest - (form == 0), largest))
    assert read_int(write_int(signed, octets, big, form), big, form) == signed
    decimal = Decimal(signed).scaleb(-4)
    assert read_decimal(write_decimal(decimal, octets, big, form, 4), big, form, 4) == decimal


@given(st.floats(allow_nan=False), st.floats(allow_nan=False, width=32), st.booleans())
def test_floats_survive(double: float, single: float, big: bool) -> None:
    assert struct.pack("d", read_float(write_float(double, 8, big), big)) == struct.pack("d", double)
    assert struct.pack("d", read_float(write_float(single, 4, big), big)) == struct.pack("d", single)


@given(st.text(st.characters(codec="utf-8")), st.text(string.printable), st.integers(0, 3))
def test_text_survives_and_is_filled_with_spaces(text: str, plain: str, more: int) -> None:
    octets = len(text.encode()) + more
    assert read_text(write_text(text, octets, 3), 3) == text + " " * more
    for charset in (1, 2):
        assert read_text(write_text(plain, len(plain) + more, charset), charset) == plain + " " * more


@given(st.integers(0, 12), st.data())
def test_digits_octets_and_sets_survive(octets: int, data: st.DataObject) -> None:
    digits = data.draw(st.text("0123456789ABCDEF", min_size=2 * octets, max_size=2 * octets))
    assert read_bcd(write_bcd(digits, octets)) == digits
    members = data.draw(st.sets(st.integers(0, 8 * octets - 1)) if octets else st.just(set()))
    assert Members(write_set(members, octets)) == members
    assert Members.of(members, octets) == members


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.decimals(allow_nan=False, allow_infinity=False)
)
def test_decimal_numbers_survive_or_are_refused(number: Decimal) -> None:
    for read, write, lengths in (LEAVES["FLOAT_CHAR"], LEAVES["FIXED_BCD"]):
        for octets in lengths:
            try:
                raw = write(number, octets)
            except LeafError:
                assert number.adjusted() > octets or len(f"{number:f}") > octets
            else:
                assert len(raw) == octets
                assert read(raw) == number


def moments_of(kind: str, variant: int) -> st.SearchStrategy[date | time]:
    """Every natural value of a moment type that the octets can say."""
    first, last = (datetime(1990, 1, 1), datetime(2089, 12, 31, 23, 59, 59))
    if variant in (3, 4):
        first, last = datetime(1970, 1, 1), datetime(2106, 2, 7)
    if kind == "DATE":
        return st.dates(date(1990, 1, 1), date(2089, 12, 31))
    hundredths = kind.startswith("H")
    minutes = kind.startswith("S") and variant != 4

    def cut(moment: datetime) -> datetime:
        moment = moment.replace(microsecond=moment.microsecond // 10000 * 10000 if hundredths else 0)
        return moment.replace(second=0) if minutes else moment

    cutting = st.datetimes(first, last).map(cut)
    return cutting if kind.endswith("_DATE") else cutting.map(datetime.time)


@pytest.mark.parametrize(
    ("kind", "variant"), [each for each in VARIANTS if each[0] != "RDATE" and MOMENT_OCTETS[each[0]][each[1]]]
)
@FEW
@given(data=st.data(), big=st.booleans())
def test_moments_survive(kind: str, variant: int, data: st.DataObject, big: bool) -> None:
    moment = data.draw(moments_of(kind, variant))
    raw = write_moment(kind, variant, moment, big)
    assert len(raw) == MOMENT_OCTETS[kind][variant]
    assert read_moment(kind, variant, raw, big) == moment


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@pytest.mark.parametrize("name", LEAVES)
@FEW
@given(value=ANYTHING, data=st.data())
def test_any_value_is_written_or_refused(name: str, value: object, data: st.DataObject) -> None:
    read, write, lengths = LEAVES[name]
    octets = data.draw(st.sampled_from(lengths))
    refusal = None
    try:
        raw = write(value, octets)
    except LeafError as caught:
        refusal = caught
    else:
        assert len(raw) == octets
        assert isinstance(value, bytes) or not isinstance(read(raw), Raw)
    if refusal is not None:
        assert refusal.kind in ("type", "range", "length")
        assert len(str(refusal)) < 200
