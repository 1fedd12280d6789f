"""JSON Schemas against the reference codec: what is decoded is valid, and what is not valid cannot be encoded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tdl.backends.api import Options
from tdl.backends.jsonschema.backend import BACKEND
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.json_values import from_json, to_json
from tdl.ir import plan
from tdl.ir.bind import bind, dynamic
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

SEEDS = st.integers(0, 2**32)
WRONG: tuple[Any, ...] = (
    True, False, 0, 1, -1, 7, 256, 2**70, 0.5, 1.0, 1e300, None, "", "x", "0A", "12:34", "2024-01-18", [], [1],
    {"A": 1}, {"$raw": "0"},
)  # fmt: skip

UNSAID = ("length", "range")
"""The kinds of refusals that a schema may miss in a constant layout: the octets of text outside ASCII, the range of a
decimal number in text, days and moments that do not exist, and single spare bits."""


def schema(case: Case, of: plan.Plan) -> Draft202012Validator:
    (file,) = BACKEND.generate(case.definition, of, Options())
    content = json.loads(file.content)
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


def images(tables: tuple[plan.TablePlan, ...], environment: Environment, seed: int) -> Iterator[tuple[Any, Any]]:
    """Each table with the JSON of a random image, where one decodes."""
    for table in tables:
        with suppress(DecodeError):
            yield table, to_json(decode(table, random_image(table, environment, seed), environment))


@settings(max_examples=settings().max_examples // 2)
@given(cases(), known_values(), SEEDS)
def test_what_is_decoded_is_valid(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    bound = bind(case.plan, environment)
    for of in (case.plan, bound):
        validator = schema(case, of)
        for table, values in images(of.tables, environment, seed):
            found = [error.message for error in validator.iter_errors({table.key: json.loads(json.dumps(values))})]
            assert not found, (table.key, found, values)


@settings(max_examples=settings().max_examples // 2)
@given(cases(), known_values(), SEEDS)
def test_what_is_not_valid_cannot_be_encoded(case: Case, known: Any, seed: int) -> None:
    """And the other way round: where a layout is constant, what cannot be encoded is mostly not valid."""
    environment = reference_environment(*known)
    bound = bind(case.plan, environment)
    validator = schema(case, bound)
    random = Random(seed)
    for table, values in images(bound.tables, environment, seed):
        constant = not any(True for _ in dynamic(table))
        for _ in range(6):
            spoilt = json.loads(json.dumps(values))
            spoil(spoilt, random)
            valid, problem = validator.is_valid({table.key: spoilt}), refusal(table, spoilt, environment)
            if problem is None or (constant and problem not in UNSAID) or "STRANGE" in json.dumps(spoilt):
                assert valid == (problem is None), (table.key, spoilt, problem)


def refusal(table: plan.TablePlan, values: Any, environment: Environment) -> str | None:
    """The kind of error that encoding gives; None if it does not."""
    try:
        encode(table, from_json(values), environment)  # type: ignore[arg-type]  # what is no record is refused, too
    except EncodeError as error:
        return error.kind
    except ValueError:
        return "json"
    return None


def spoil(values: Any, random: Random) -> None:
    """Change one place: another value, an element gone or one too many."""
    places = list(leaves(values))
    if not places:
        return
    holder, key = random.choice(places)
    match random.randint(0, 3):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder["STRANGE"] = 1
        case _:
            holder[key] = random.choice(WRONG)


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, element in list(below):
        yield value, key
        yield from leaves(element)
