"""Random definitions on a machine that has its most significant octet first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings

from tdl.backends.api import BackendError
from tdl.backends.c.files import Files
from tdl.codec.environment import Environment
from tdl.ir import plan
from tdl.ir.bind import bind
from tests.differential.c_libraries import CODES, WARNINGS, Reference, run
from tests.differential.test_c import SEEDS
from tests.differential.test_python import damaged
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment
from tests.targets.vectors import Expected, element_numbers, write_program
from tests.tools import tool

EXAMPLES = 200 if os.environ.get("TDL_TEST_PROFILE") == "full" else 5
"""How many definitions are compiled."""

MAIN = "int run_vectors(void);\nint main(void)\n{\n    return run_vectors();\n}\n"


@settings(max_examples=EXAMPLES)
@given(cases(), known_values(), SEEDS)
def test_bound_to_a_meter(case: Case, known: Any, seed: int) -> None:
    reference = reference_environment(*known)
    bound = bind(case.plan, reference)
    tables = tuple(table for table in bound.tables if not table.needs)
    try:
        files = Files(case.definition, replace(bound, tables=tables), "t")
    except BackendError:
        return  # an array that nothing bounds
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        sources = write_program(files, expected(tables, reference, seed), directory)
        (directory / "main.c").write_text(MAIN)
        compiler = (tool("powerpc-linux-gnu-gcc"), "-O1", "-static", "-std=c99", *WARNINGS)
        run([*compiler, *sources, directory / "main.c", "-o", directory / "program"])
        run([tool("qemu-ppc"), directory / "program"])


def expected(tables: tuple[plan.TablePlan, ...], known: Environment, seed: int) -> Iterator[Expected]:
    """Images of tables, whole and damaged, with what the reference codec makes of them."""
    for table in tables:
        numbers = element_numbers(table)
        for octets in damaged(random_image(table, known, seed), Random(seed)):
            code, *place = Reference(table, octets, known).verdict
            if not place:
                yield Expected(table=table.key, octets=octets)
                continue
            path, offset = place
            assert isinstance(path, tuple)
            assert isinstance(offset, int)
            element = numbers[".".join(path).replace(".[]", "[]")]
            yield Expected(table=table.key, octets=octets, code=CODES.index(str(code)), element=element, offset=offset)
