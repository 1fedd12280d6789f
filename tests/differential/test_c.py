"""Generated C against the reference codec, on random definitions, values and damage."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.backends.api import BackendError, Options
from tdl.backends.c.backend import BACKEND
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tests.differential.c_libraries import Library, compare
from tests.differential.test_python import damaged
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment
from tests.tools import tool

SEEDS = st.integers(0, 2**32)
COMPILERS = st.sampled_from(
    [("gcc", "-O0"), ("clang", "-O0"), ("clang", "-O2"), ("g++", "-x", "c++", "-std=c++17", "-O0"), ("gcc", "-O2")]
)


def check(case: Case, of: plan.Plan, known: Any, seed: int, command: tuple[str, ...], *, small: bool = False) -> None:
    reference = reference_environment(*known)
    with tempfile.TemporaryDirectory() as directory:
        try:
            library = Library(case.definition, of, Path(directory), command, small=small)
        except BackendError:
            return  # an array that nothing bounds
        for table in of.tables:
            image = random_image(table, reference, seed)
            for octets in damaged(image, Random(seed)):
                for _ in compare(library, table, octets, reference, seed):
                    pass


EXAMPLES = 600 if os.environ.get("TDL_TEST_PROFILE") == "full" else 15
"""How many definitions are compiled."""


@settings(max_examples=EXAMPLES)
@given(cases(), known_values(), SEEDS, COMPILERS)
def test_any_meter(case: Case, known: Any, seed: int, command: tuple[str, ...]) -> None:
    check(case, case.plan, known, seed, command)


@settings(max_examples=EXAMPLES)
@given(cases(), known_values(), SEEDS, COMPILERS, st.booleans())
def test_bound_to_a_meter(case: Case, known: Any, seed: int, command: tuple[str, ...], small: bool) -> None:
    check(case, bind(case.plan, reference_environment(*known)), known, seed, command, small=small)


@pytest.mark.parametrize("command", [("gcc", "-std=gnu17"), ("g++", "-x", "c++", "-std=gnu++17")], ids=["C", "C++"])
def test_names_that_mean_something_else_there(command: tuple[str, ...], tmp_path: Path) -> None:
    names = ("unix", "linux", "uint8_t", "int64_t", "size_t", "class", "bool", "errno", "NULL", "_Bool", "template")
    members = " ".join(f"{name} : UINT8;" for name in names)
    document = f"DOCUMENT D; TYPE A_RCD = PACKED RECORD {members} END; TABLE 1 A_TBL = A_RCD;"
    (tmp_path / "d.tdl").write_text(document)
    definition = load(str(tmp_path / "d.tdl"))
    for file in BACKEND.generate(definition.model, definition.plan, Options()):
        (tmp_path / file.path).write_bytes(file.content)
    sources = sorted(tmp_path.glob("*.c"))
    warnings = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only")
    subprocess.run([tool(command[0]), *command[1:], *warnings, *sources], check=True)
