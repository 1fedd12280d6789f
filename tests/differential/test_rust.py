"""Generated Rust against the reference codec, on random definitions, values and damage."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tdl.backends.api import BackendError
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.rust_crates import Program
from tests.differential.test_python import damaged
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

PROGRAMS = 12 if os.environ.get("TDL_TEST_PROFILE") == "full" else 1
"""How many programs are compiled each way: a compiler takes long for one."""
DEFINITIONS = 14
"""How many definitions are in one."""

Found = tuple[Case, Any, int]


@pytest.mark.parametrize("bound", [False, True], ids=["any meter", "a bound meter"])
def test_random_definitions(tmp_path: Path, bound: bool) -> None:
    found: list[Found] = []

    @settings(max_examples=PROGRAMS * DEFINITIONS, phases=[Phase.generate], database=None)
    @given(cases(), known_values(), st.integers(0, 2**32))
    def collect(case: Case, known: Any, seed: int) -> None:
        found.append((case, known, seed))

    collect()
    seen: Counter[str] = Counter()
    for number in range(0, len(found), DEFINITIONS):
        program = Program(tmp_path / str(number))
        fill(program, found[number : number + DEFINITIONS], bound=bound)
        seen.update(program.compare())
    assert {"ok", "truncated", "trailing", "values", "encode ok"} <= set(seen), seen


LARGE = f"""
DOCUMENT D;
TYPE ROW_RCD = PACKED RECORD {" ".join(f"A{i} : UINT64;" for i in range(16))} IF A0 > 0 THEN B : UINT8; END; END;
TYPE A_RCD = PACKED RECORD N : UINT24; ROWS : ARRAY[N] OF ROW_RCD; X : BINARY(N); END;
TABLE 5 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD ROWS : ARRAY[A_TBL.N] OF ROW_RCD; END;
TABLE 6 B_TBL = B_RCD;
"""


def test_counts_that_no_image_has(tmp_path: Path) -> None:
    """Two gigabytes, if memory were taken for what is claimed."""
    definition = load("d.tdl", resolver=Resolver({"d.tdl": LARGE}))
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    known.set(5, ("N",), 0xFFFFFF)
    program = Program(tmp_path)
    subject = program.add(definition.model, definition.plan, known)
    first, second = definition.plan.tables
    program.ask(subject, first, b"\xff\xff\xff" + bytes(1000))
    program.ask(subject, second, bytes(1000))
    assert list(program.compare()) == ["truncated", "truncated"]


def fill(program: Program, found: list[Found], *, bound: bool) -> None:
    for case, known, seed in found:
        reference = reference_environment(*known)
        of = bind(case.plan, reference) if bound else case.plan
        try:
            subject = program.add(case.definition, of, reference, fills=not bound)
        except BackendError:
            continue  # a reference that this target has no code for
        random = Random(seed)
        for table in of.tables:
            for octets in damaged(random_image(table, reference, seed), Random(seed)):
                program.ask(subject, table, octets, random)
