"""What a page shows of a table is what the decoder makes of it, on random definitions, images and damage."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.decoder import Moved, decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.explore.data import table_json
from tdl.explore.trace import Trace
from tdl.explore.tracing import Tracer
from tdl.explore.view import TableView
from tdl.ir import plan
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

MANY = 1_000_000


class _Values:
    """Describes values without a definition."""

    def text(self, moved: Moved) -> str:
        return repr(moved.value)


def traced(table: plan.TablePlan, image: bytes, environment: Environment, budget: int = MANY) -> Trace:
    return Tracer(table, image, environment, _Values(), {}, budget).traced()  # type: ignore[arg-type]


def decoded(table: plan.TablePlan, image: bytes, environment: Environment) -> tuple[list[Moved], str]:
    """The values up to the first error, and the error."""
    moved: list[Moved] = []
    try:
        decode(table, image, environment, moved.append)
    except DecodeError as error:
        return moved, str(error)
    return moved, ""


@given(cases(), known_values(), st.integers(0, 2**32), st.integers(0, 2))
def test_a_trace_has_the_values_and_places_of_the_decoder(case: Case, known: Any, seed: int, damage: int) -> None:
    environment = reference_environment(*known)
    for table in case.plan.tables:
        image = _damaged(random_image(table, environment, seed), damage, Random(seed))
        moved, error = decoded(table, image, environment)
        trace = traced(table, image, environment)
        kinds = [trace.kinds[number] for number in trace.kind]
        values = [n for n, kind in enumerate(kinds) if kind.what in ("value", "field")]
        assert [(trace.at[n], trace.size[n], trace.value[n]) for n in values] == [
            (each.offset, each.octets, repr(each.value)) for each in moved
        ]
        assert trace.error == error
        assert [kind.what for kind in kinds].count("error") == bool(error)
        _nested(trace)
        _same_columns(trace, image)


@given(cases(), known_values(), st.integers(0, 2**32), st.integers(0, 40))
def test_a_trace_that_is_cut_is_the_beginning_of_the_whole(case: Case, known: Any, seed: int, budget: int) -> None:
    environment = reference_environment(*known)
    for table in case.plan.tables:
        image = random_image(table, environment, seed)
        whole, cut = traced(table, image, environment), traced(table, image, environment, budget)
        assert len(cut) <= budget + 1
        assert cut.full or len(cut) == len(whole)
        if not cut.error:
            assert [cut.kinds[k].name for k in cut.kind] == [whole.kinds[k].name for k in whole.kind][: len(cut)]
        _nested(cut)


def _damaged(image: bytes, damage: int, random: Random) -> bytes:
    if damage == 0 or not image:
        return image
    if damage == 1:
        return image[: random.randrange(len(image))]
    at = random.randrange(len(image))
    return image[:at] + bytes([random.randrange(256)]) + image[at + 1 :]


def _nested(trace: Trace) -> None:
    """Every node is inside what is around it, in the tree and in the octets."""
    open_: list[int] = []
    for node in range(len(trace)):
        while open_ and node > open_[-1] + trace.below[open_[-1]]:
            open_.pop()
        if open_:
            around = open_[-1]
            assert trace.at[around] <= trace.at[node]
            assert trace.at[node] + trace.size[node] <= trace.at[around] + trace.size[around]
            assert node + trace.below[node] <= around + trace.below[around]
        open_.append(node)


def _same_columns(trace: Trace, image: bytes) -> None:
    view = TableView(
        key="ST1", name="T", label="", verdict="decoded", problem="", octets=image, size=len(image), trace=trace
    )
    data = json.loads(table_json(view))
    at = [sum(data["at"][: n + 1]) for n in range(len(trace))]
    assert (at, data["size_of"], data["below"], data["kind"]) == (trace.at, trace.size, trace.below, trace.kind)
