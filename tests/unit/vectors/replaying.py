"""Vectors given to a codec: what it does otherwise than they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import path_text
from tdl.codec.json_values import to_json
from tdl.image import Profile
from tdl.project import Definition
from tdl.project.profile import assign, resolve_profile
from tdl.vectors.suite import Suite, make_suite

Codec = Callable[[str, bytes, Environment], tuple[str, object]]


def suite_of(definition: Definition, *keys: str, seed: int = 0, count: int = 2) -> Suite:
    """The vectors of some tables of a definition, or of all."""
    tables = [definition.table(key) for key in keys] or list(definition.plan.tables)
    return make_suite(
        definition.name,
        definition.hash,
        [(table, table) for table in tables],
        Environment(),
        definition.model.enumerations,
        seed=seed,
        count=count,
    )


def environment_of(definition: Definition, profile: Mapping[str, object]) -> Environment:
    """A vector's environment, read as a profile is."""
    environment = Environment()
    assign(environment, resolve_profile(Profile(values=profile), definition))
    return environment


def reference(definition: Definition) -> Codec:
    """The reference codec."""
    return lambda key, octets, environment: verdict(decode, definition.table(key), octets, environment)


def verdict(call: Callable[..., Any], *arguments: object) -> tuple[str, object]:
    """What a codec says: its values, or the facts of its error."""
    try:
        return "accept", to_json(call(*arguments))
    except Exception as error:
        if type(error).__name__ != "DecodeError":
            raise
        facts: Any = error
        return "reject", (facts.kind, path_text(facts.path), facts.offset, facts.expected, facts.found)


def disagreements(definition: Definition, suite: Suite, codec: Codec) -> Iterator[str]:
    """The names of the vectors that a codec does not agree with."""
    for vector in suite.vectors:
        found = codec(vector.table, vector.octets, environment_of(definition, vector.environment))
        refusal = vector.refusal
        if refusal is None:
            expected: tuple[str, object] = ("accept", vector.values)
        else:
            facts = (refusal.kind, refusal.path, refusal.offset, refusal.expected, refusal.found)
            expected = ("reject", facts)
        if found != expected:
            yield f"{vector.table} {vector.name}"
