"""The promises of the reference codec, on random definitions, images and damage."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.decoder import Decoder, decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError, ImageError
from tdl.codec.json_values import from_json, to_json
from tdl.codec.values import Record
from tdl.ir import plan
from tdl.ir.bind import bind_table
from tdl.ir.traverse import walk
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

SEEDS = st.integers(0, 2**32)


class Counted(Decoder):
    """A decoder that counts the ops it runs."""

    steps = 0

    def op(self, op: plan.AnyOp, into: Any) -> None:
        self.steps += 1
        super().op(op, into)


def decoded(table: plan.TablePlan, image: bytes, environment: Environment) -> Record | None:
    """The values, or None for an image that is refused as promised: by one error that says where, in bounded work."""
    decoder = Counted(table, image, environment)
    record, refusal = None, None
    try:
        record = decoder.run()
    except DecodeError as error:
        refusal = error
    if refusal is not None:
        assert 0 <= refusal.offset <= len(image)
        explains(refusal, table)
    ops = sum(1 for _ in walk(table.root))
    assert decoder.steps <= ops * (2 + len(image) + decoder.empty_steps)
    return record


def explains(refusal: ImageError, table: plan.TablePlan) -> None:
    """An error says what is wrong, and where."""
    assert refusal.table == table.key
    assert refusal.found
    assert all(isinstance(step, str | int) for step in refusal.path)
    assert str(refusal).startswith(table.key)


@given(cases(), known_values(), SEEDS)
def test_what_is_decoded_encodes_to_the_same_octets(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.plan.tables:
        image = random_image(table, environment, seed)
        record = decoded(table, image, environment)
        if record is not None:
            assert encode(table, record, environment) == image
            assert decode(table, encode(table, record, environment), environment) == record
            assert encode(table, from_json(to_json(record)), environment) == image  # type: ignore[arg-type]


@given(cases(), known_values(), SEEDS)
def test_every_truncation_and_every_changed_octet(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.subjects():
        image = random_image(table, environment, seed)[:60]
        shorter = [image[:length] for length in range(len(image))]
        changed = [image[:at] + bytes([image[at] ^ 1 << seed % 8]) + image[at + 1 :] for at in range(len(image))]
        for damaged in (*shorter, *changed, image + b"\0"):
            record = decoded(table, damaged, environment)
            if record is not None:
                assert encode(table, record, environment) == damaged


@given(cases(), known_values(), st.binary(max_size=200))
def test_noise(case: Case, known: Any, noise: bytes) -> None:
    environment = reference_environment(*known)
    for table in case.plan.tables:
        record = decoded(table, noise, environment)
        if record is not None:
            assert encode(table, record, environment) == noise


WRONG: tuple[Any, ...] = (True, 0, 1, -1, 255, 2**70, 0.5, 2.0, None, "x", "00", b"", b"\0", [], [0], {}, Record())


@given(cases(), known_values(), SEEDS)
def test_other_values_are_written_as_they_are_read_or_refused(case: Case, known: Any, seed: int) -> None:
    environment, random = reference_environment(*known), Random(seed)
    for table in case.subjects():
        record = decoded(table, random_image(table, environment, seed), environment)
        if record is None:
            continue
        holder, key = random.choice(list(places(record)) or [(record, "NO_SUCH_ELEMENT")])
        holder[key] = random.choice(WRONG)
        octets, refusal = None, None
        try:
            octets = encode(table, record, environment)
        except EncodeError as error:
            refusal = error
        if refusal is not None:
            explains(refusal, table)
        else:
            assert octets is not None
            assert encode(table, decode(table, octets, environment), environment) == octets


@given(cases(), known_values(), SEEDS)
def test_binding_changes_no_value(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.plan.tables:
        image = random_image(table, environment, seed)
        record = decoded(table, image, environment)
        if record is not None:
            assert decoded(bind_table(table, environment), image, environment) == record


def places(value: Any) -> Any:
    """Where values are held below a record."""
    if isinstance(value, Record):
        for name in value:
            yield value, name
            yield from places(value[name])
    elif isinstance(value, list):
        for position, element in enumerate(value):
            yield value, position
            yield from places(element)
