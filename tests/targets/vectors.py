"""Test vectors of the example meter as a C program without a host: octets, and the verdict that is expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tdl.backends.c.files import Files
from tdl.backends.shapes.elements import Elements
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.vectors.suite import make_suite
from tdl.vectors.vector import Vector
from tests.differential.c_libraries import CODES, write_files

ANY = 0xFFFF
"""Stands for any element."""

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """The example meter: what is known of it, its Plan bound to that with the tables that need nothing else."""

    definition: Definition
    known: Environment
    bound: plan.Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An image, and what a check of it must say."""

    table: str
    octets: bytes
    code: int = 0
    element: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The meter's code with its harness and vectors; ``accepted`` of them are images of their tables."""

    sources: tuple[Path, ...]
    directory: Path
    vectors: int
    accepted: int


@cache
def example_meter() -> Meter:
    definition = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    bound = bind(definition.plan, known)
    tables = tuple(table for table in bound.tables if not table.needs)
    return Meter(definition=definition, known=known, bound=replace(bound, tables=tables))


@cache
def example_vectors() -> tuple[Vector, ...]:
    """What `tdl vectors --bind` makes for the meter's tables."""
    meter = example_meter()
    tables = [(table, table) for table in meter.bound.tables]
    enumerations = meter.definition.model.enumerations
    suite = make_suite("acme", meter.bound.hash, tables, meter.known, enumerations, seed=0, count=1)
    return tuple(suite.vectors)


def example_program(directory: Path, *, small: bool = False) -> Program:
    """Write the program, in either form of the code."""
    meter, vectors = example_meter(), example_vectors()
    files = Files(meter.definition.model, meter.bound, "acme", small=small)
    numbers = {table.key: element_numbers(table) for table in meter.bound.tables}
    sources = write_program(files, [_expected(vector, numbers[vector.table]) for vector in vectors], directory)
    return Program(
        sources=sources,
        directory=directory,
        vectors=len(vectors),
        accepted=sum(vector.accepted for vector in vectors),
    )


def _expected(vector: Vector, numbers: dict[str, int]) -> Expected:
    refusal = vector.refusal
    if refusal is None:
        return Expected(table=vector.table, octets=vector.octets)
    path = re.sub(r"\[\d+\]", "[]", refusal.path)
    return Expected(
        table=vector.table,
        octets=vector.octets,
        code=CODES.index(refusal.kind),
        element=numbers[path],
        offset=refusal.offset,
    )


def write_program(files: Files, expected: Iterable[Expected], directory: Path) -> tuple[Path, ...]:
    """The code of tables with its harness, and a function `run_vectors` that says how many verdicts are others."""
    sources = write_files(files.all(harness=True), directory)
    main = directory / "vectors.c"
    main.write_text("\n".join(_replay(files, list(expected))))
    return (*sources, main)


def _replay(files: Files, expected: list[Expected]) -> Iterator[str]:
    tables = (table for group in files.groups(files.plan.tables) for table in group.tables)
    order = {table.key: n for n, table in enumerate(tables)}
    yield _HEAD.replace("PREFIX", files.prefix)
    for number, each in enumerate(expected):
        held = ", ".join(map(str, (order[each.table], *each.octets)))
        yield f"static const uint8_t v{number}[] = {{{held}}};"
    yield "static const vector vectors[] = {"
    for number, each in enumerate(expected):
        check = f"{files.names[each.table]}_check"
        verdict = f"{each.code}u, {each.element}u, {each.offset}u"
        yield f"    {{v{number}, sizeof(v{number}), {check}, {verdict}}},"
    yield "};"
    yield _RUN


def element_numbers(table: plan.TablePlan) -> dict[str, int]:
    """The elements' numbers by their paths; `ANY` of a path that branches give to several."""
    numbers: dict[str, int] = {}
    for number, element in enumerate(Elements(table).all):
        path = ".".join(element.path).replace(".[]", "[]")
        numbers[path] = ANY if path in numbers else number
    return numbers


_HEAD = """#include <stddef.h>
#include "PREFIX.h"

typedef struct {
    const uint8_t *octets; /* the first one chooses the table of the harness */
    size_t size;
    tdl_code (*check)(const uint8_t *image, size_t size, tdl_error *error);
    tdl_code code;
    uint16_t element;
    uint32_t offset;
} vector;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int run_vectors(void);
"""

_RUN = """
/* How many verdicts are not those of the reference codec. The harness ends the program if encoding what was decoded
 * does not give the same octets. */
int run_vectors(void)
{
    int failed = 0;
    size_t i;
    for (i = 0u; i < (sizeof(vectors) / sizeof(vectors[0])); i++) {
        const vector *const v = &vectors[i];
        tdl_error error = {TDL_OK, 0u, 0u};
        const tdl_code code = v->check(v->octets + 1, v->size - 1u, &error);
        if (code == TDL_CAPACITY) {
            continue; /* more elements than the profile promises: the reference codec knows no such promise */
        }
        if ((code != v->code) || (error.offset != v->offset) ||
            ((v->element != 0xFFFFu) && (error.element != v->element))) {
            failed++;
        }
        (void)LLVMFuzzerTestOneInput(v->octets, v->size);
    }
    return failed;
}
"""
