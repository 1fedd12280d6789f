from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.ir.expr import Const, External
from tdl.ir.wire import MAX_DEPTH, WireError, from_wire, to_wire
from tests.property.definitions import Case, cases, known_values, reference_environment

COUNT = External(table=0, table_name="A_TBL", path=("COUNT",), range=(0, 255))
SMALL = plan.TablePlan(
    key="ST1",
    id=1,
    name="B_TBL",
    root=plan.Group(
        at=0,
        type_name="B_RCD",
        ops=(
            plan.Bytes(name="B", path=("B",), index=0, at=0, form="set", length=COUNT),
            plan.Take(name="C", path=("C",), index=1, octets=2, kind="uint", order=Const(value=1)),
        ),
    ),
    needs=(plan.Need(reference=COUNT, by=("B",)),),
    size=(2, 257),
)
WIRE: list[Any] = [
    1,
    ["ST1", 1, "B_TBL", [2, 257]],
    [["COUNT"], ["B"], ["C"], []],
    [["e", 0, "A_TBL", 0, [], 0, 255], ["c", 1]],
    [[0, 1]],
    [
        "G", "", 3, -1, 0, "B_RCD",
        [["S", "B", 1, 0, 0, "set", 0, None], ["T", "C", 2, 1, None, 2, "uint", 1, None, 0, None]],
    ],
]  # fmt: skip


def test_the_form_is_what_it_is() -> None:
    assert to_wire(SMALL) == WIRE
    assert from_wire(WIRE) == SMALL


@given(cases(), known_values())
def test_plans_survive_json(case: Case, known: Any) -> None:
    bound = bind(case.plan, reference_environment(*known))
    for table in (*case.plan.tables, *bound.tables):
        assert from_wire(json.loads(json.dumps(to_wire(table)))) == table


def replaced(path: tuple[int, ...], value: object) -> list[Any]:
    wire = json.loads(json.dumps(WIRE))
    holder = wire
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return wire  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        replaced((0,), 2),
        replaced((1, 1), "one"),
        replaced((1, 3), [1]),
        replaced((2, 0), ["COUNT", 1]),
        replaced((3, 0), ["e"]),
        replaced((3, 1), ["c", 2**63]),
        replaced((3, 1), ["b", "+", 0, 1]),
        replaced((3, 1), ["m", 1, 0]),
        replaced((4, 0), [1, 1]),
        replaced((5, 0), "Z"),
        replaced((5, 2), 9),
        replaced((5, 2), -1),
        replaced((5, 6, 0), ["F", "B", 1, 0, 0, 0, 1, "uint", None, None]),
        replaced((5, 6, 0), ["S", "B", 1, 0, 0]),
        replaced((5, 6, 0, 6), 7),
    ],
)
def test_other_things_are_refused(wire: object) -> None:
    with pytest.raises(WireError):
        from_wire(wire)


def test_depth_is_bounded() -> None:
    op: list[Any] = ["O", "", 0, -1, None, 1]
    for _ in range(MAX_DEPTH + 2):
        op = ["R", "", 0, -1, None, 0, op, False]
    with pytest.raises(WireError, match="levels"):
        from_wire([*WIRE[:5], op])


_JSON = st.recursive(st.none() | st.integers(-2, 9) | st.sampled_from(["", "A", "T", "G"]), st.lists, max_leaves=20)


@settings(max_examples=200)
@given(st.tuples(*[st.just(part) | _JSON for part in WIRE]))
def test_noise_is_a_plan_or_refused(parts: tuple[object, ...]) -> None:
    with suppress(WireError):
        assert isinstance(from_wire(list(parts)), plan.TablePlan)
