"""Code that is made in memory against the reference codec: random definitions, the standard's tables, and damage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.values import ExactInt, Members, Record
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.project.specialising import Specialised
from tests.differential.compared import plain
from tests.property.definitions import Case, cases, random_image, reference_environment
from tests.property.definitions import known_values as known_of_meters

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"
SEEDS = st.integers(0, 2**32)
FACTS = ("table", "kind", "path", "offset", "bit", "expected", "found")

WRONG: tuple[Any, ...] = (
    True, False, 0, 1, -1, 7, 256, 2**70, 0.5, 1.0, 1e300, float("nan"), None, "", "x", "0A", b"", b"\x01", b"\0\0",
    Decimal("1.25"), Decimal("-0"), [], [1], [True], {"A": 1}, Record(), Record({"A": 1}, spare=1), Members(b"\x01"),
    ExactInt(0, b"\xff"), 1j,
)  # fmt: skip


def shown(value: Any) -> object:
    """A value as data that is equal only for what nobody could tell from it, the order of elements included."""
    match value:
        case Record():
            return type(value), [(name, shown(each)) for name, each in value.items()], value.spare
        case list():
            return type(value), [shown(each) for each in value]
        case _:
            return type(value), plain(value)


def outcome(call: Any, *arguments: Any) -> object:
    try:
        return shown(call(*arguments))
    except Exception as error:
        facts = [getattr(error, name, None) for name in FACTS]
        return type(error), str(error), facts, shown(getattr(error, "tree", None))


def compare(table: plan.TablePlan, known: Environment, image: bytes, seed: int) -> None:
    """Decode and encode the same with both, whatever is wrong with octets and values."""
    random, codec = Random(seed), Specialised(worth=0)
    for octets in damaged(image, random):
        assert outcome(codec.decode, table, octets, known) == outcome(decode, table, octets, known)
    try:
        record = decode(table, image, known)
    except Exception:
        return
    assert codec.encode(table, record, known) == image
    places = list(places_of(record))
    for holder, key in random.sample(places, min(8, len(places))):
        kept = holder[key]
        for value in random.sample(WRONG, 4):
            holder[key] = value
            assert outcome(codec.encode, table, record, known) == outcome(encode, table, record, known), (key, value)
        holder[key] = kept
    for holder in {id(holder): holder for holder, _ in places if isinstance(holder, Record)}.values():
        holder["ONE_MORE"] = random.choice((None, 1))
        assert outcome(codec.encode, table, record, known) == outcome(encode, table, record, known)
        del holder["ONE_MORE"]
        spare: Any = random.choice((1, -1, 255, True, "x", 1 << 64))
        holder.spare = spare
        assert outcome(codec.encode, table, record, known) == outcome(encode, table, record, known)


def damaged(image: bytes, random: Random) -> Iterator[bytes]:
    """The image, shorter and longer ones, and some with another octet."""
    yield image
    for at in random.sample(range(len(image)), min(6, len(image))):
        yield image[:at]
        yield image[:at] + bytes([random.choice([0, 1, 255, image[at] ^ 1 << random.randint(0, 7)])]) + image[at + 1 :]
    yield image + b"\0"
    yield random.randbytes(random.randint(0, 40))


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every element and list item below a record."""
    pairs = value.items() if isinstance(value, Record) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(pairs):
        yield value, key
        yield from places_of(each)


@given(cases(), known_of_meters(), SEEDS)
def test_random_definitions(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.subjects():
        compare(table, environment, random_image(table, environment, seed), seed)


@given(cases(), known_of_meters(), known_of_meters(), SEEDS)
def test_meters_that_take_turns(case: Case, first: Any, second: Any, seed: int) -> None:
    codec = Specialised(worth=0)
    for table in case.subjects():
        for known in (first, second, first):
            environment = reference_environment(*known)
            image = random_image(table, environment, seed)
            assert outcome(codec.decode, table, image, environment) == outcome(decode, table, image, environment)


@given(cases(), known_of_meters(), SEEDS)
def test_little_is_known(case: Case, known: Any, seed: int) -> None:
    formats, limits = known
    for table in case.subjects():
        image = random_image(table, reference_environment(formats, limits), seed)
        compare(table, reference_environment(formats, {}), image, seed)
        compare(table, Environment(), image, seed)


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


@pytest.mark.parametrize("profile", ["residential.toml", None])
def test_every_table_of_the_standard(definition: Definition, profile: str | None) -> None:
    known = Environment() if profile is None else known_values(definition, read_profile(str(EXAMPLE / profile)))
    for table in definition.plan.tables:
        compare(table, known, random_image(table, known, 3), 3)


def test_the_standard_is_moved_by_code(definition: Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    left = {"decode": 0, "encode": 0}
    codec, moved = Specialised(worth=0), 0
    counting: Mapping[str, Any] = {"decode": decode, "encode": encode}
    for name, call in counting.items():

        def count(*arguments: Any, name: str = name, call: Any = call) -> Any:
            left[name] += 1
            return call(*arguments)

        monkeypatch.setattr(f"tdl.project.specialising.{name}", count)
    for table in definition.plan.tables:
        image = random_image(table, known, 3)
        try:
            record = decode(table, image, known)
        except Exception:
            continue
        moved += 1
        codec.decode(table, image, known)
        codec.encode(table, record, known)
    assert moved > 150
    assert left["decode"] < moved / 10
    assert left["encode"] < moved / 10
