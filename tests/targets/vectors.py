"""Test vectors of the example meter as a C program without a host: octets, and the verdict that is expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tdl.backends.c.files import Files
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential.c_libraries import CODES, Reference, write_files
from tests.differential.test_python import damaged
from tests.property.definitions import random_image

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The meter's code with its harness and vectors."""

    sources: tuple[Path, ...]
    directory: Path
    vectors: int


def example_program(directory: Path, *, small: bool = False) -> Program:
    """Write the program: all tables of the bound meter that need nothing else, in either form."""
    definition = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    bound = bind(definition.plan, known)
    tables = tuple(t for t in bound.tables if not t.needs)
    files = Files(definition.model, replace(bound, tables=tables), "acme", small=small)
    sources = write_files(files.all(harness=True), directory)
    ordered = [table.key for group in files.groups() for table in group.tables]
    lines = ["#include <stddef.h>", '#include "acme.h"', "", "int LLVMFuzzerTestOneInput(const uint8_t *, size_t);"]
    lines += ["int run_vectors(void);", ""]
    body: list[str] = []
    for table in tables:
        for octets in list(damaged(image_of(table), Random(5)))[:8]:
            verdict = Reference(table, octets, known).verdict
            number = len(body)
            held = ", ".join(map(str, (ordered.index(table.key), *octets)))
            lines.append(f"static const uint8_t v{number}[] = {{{held}}};")
            body.append("\n".join(_check(files.names[table.key], number, verdict)))
    lines += ["", "int run_vectors(void)", "{", "    int failed = 0;", *body, "    return failed;", "}", ""]
    main = directory / "vectors.c"
    main.write_text("\n".join(lines))
    return Program(sources=(*sources, main), directory=directory, vectors=len(body))


def image_of(table: plan.TablePlan) -> bytes:
    least, most = table.size
    return Random(6).randbytes(most) if least == most and most < 4000 else random_image(table, Environment(), 6)


def _check(name: str, number: int, verdict: tuple[object, ...]) -> Iterator[str]:
    code = CODES.index(str(verdict[0]))
    offset = verdict[2] if code else 0
    yield "    {"
    yield "        tdl_error error = {0u, 0u, 0u};"
    call = f"{name}_check(v{number} + 1, sizeof(v{number}) - 1u, &error)"
    yield f"        if ({call} != {code}u || error.offset != {offset}u) {{"
    yield "            failed++;"
    yield "        }"
    yield f"        (void)LLVMFuzzerTestOneInput(v{number}, sizeof(v{number}));"
    yield "    }"
