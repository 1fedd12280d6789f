"""Every table of every edition, whatever Table 0 selects: both codecs move it there and back the same way.

The selectors that a table's layout needs are combined so that every pair of their values occurs; what else it needs is
small and random.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations, product
from random import Random
from typing import Any
from zlib import crc32

import pytest

from tdl.backends.api import Options, find_backend
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members
from tdl.ir import plan
from tdl.ir.expr import Binary, Contains, Unary
from tdl.ir.traverse import expressions, walk
from tdl.project.definition import Definition, load
from tests.differential.compared import outcome
from tests.differential.packages import imported
from tests.differential.pairs import pairwise
from tests.property.definitions import random_image

EDITIONS = ("std:1997", "std:2008", "std:2012")
SELECTORS = {
    "DATA_ORDER": range(2),
    "CHAR_FORMAT": range(1, 4),
    "TM_FORMAT": range(5),
    "NI_FORMAT1": range(14),
    "NI_FORMAT2": range(14),
    "INT_FORMAT": range(3),
    "ID_FORM": range(2),
    "STD_VERSION_NO": range(1, 3),
    "NAMEPLATE_TYPE": range(3),
    "CONSTANTS_SELECTOR": range(3),
}
CODES = (1, 2, 4, 8, 16, 32, 64, 128)
"""What INT_FMT_CDE may be."""


class Packages:
    """Definitions with the package made of each, imported while the tests run."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.made: dict[str, tuple[Definition, Any]] = {}

    def __getitem__(self, edition: str) -> tuple[Definition, Any]:
        if edition not in self.made:
            definition = load(edition)
            options = Options(package="edition_" + edition.partition(":")[2])
            files = find_backend("python").generate(definition.model, definition.plan, options)
            self.made[edition] = (definition, self.stack.enter_context(imported(files)))
        return self.made[edition]


@pytest.fixture(scope="module")
def packages() -> Iterator[Packages]:
    with ExitStack() as stack:
        yield Packages(stack)


def rows_of(table: plan.TablePlan) -> list[dict[str, int]]:
    names = {need.reference.path[-1] for need in table.needs}
    factors = {name: values for name, values in SELECTORS.items() if name in names}
    if any(name.startswith("INT_FMT_CDE") for name in names):
        factors["INT_FMT_CDE"] = CODES  # type: ignore[assignment]
    return pairwise(factors)


def sets_of(table: plan.TablePlan) -> set[tuple[str, ...]]:
    """What a table needs that are sets, not numbers."""
    waiting: list[Any] = [e for op in walk(table.root) for e in expressions(op)]
    found = set()
    while waiting:
        match waiting.pop():
            case Contains(set=holder, member=member):
                waiting.append(member)
                found.add(holder.path)
            case Binary(left=left, right=right):
                waiting += [left, right]
            case Unary(operand=operand):
                waiting.append(operand)
    return found


def known(table: plan.TablePlan, row: dict[str, int], random: Random) -> dict[tuple[int, tuple[str, ...]], Any]:
    """Values for all that a table needs: those of the row, and small random ones."""
    sets = sets_of(table)
    values: dict[tuple[int, tuple[str, ...]], Any] = {}
    for need in table.needs:
        reference, name = need.reference, need.reference.path[-1]
        value: Any
        if reference.path in sets:
            value = [member for member in range(80) if random.random() < 0.7]
        elif name.startswith("INT_FMT_CDE"):
            value = row["INT_FMT_CDE"]
        elif name == "MODEL_SELECT":
            value = 0  # of others nothing is known
        else:
            value = row.get(name, random.randint(0, min(3, reference.range[1])))
        values[reference.table, reference.path] = value
    return values


def environments(values: dict[tuple[int, tuple[str, ...]], Any], package: Any) -> tuple[Environment, Any]:
    reference, generated = Environment(), package.Environment()
    for (table, path), value in values.items():
        for environment, members in ((reference, Members), (generated, package.Members)):
            environment.set(table, path, members.of(value, 10) if isinstance(value, list) else value)
    return reference, generated


@pytest.mark.parametrize(("edition", "decade"), list(product(EDITIONS, range(18))))
def test_there_and_back(packages: Packages, edition: str, decade: int) -> None:
    """Decades 0 to 16; 17 stands for the procedures' records."""
    definition, package = packages[edition]
    for table in definition.plan.tables:
        if decade != (17 if table.key.startswith("SP") else int(table.key[2:]) // 10):
            continue
        module = getattr(package, package.TABLES[table.key])
        decoded = 0
        for number, row in enumerate(rows_of(table)):
            seed = crc32(f"{edition} {table.key} {number}".encode())
            reference, generated = environments(known(table, row, Random(seed)), package)
            image = random_image(table, reference, seed)
            expected = outcome(decode, table, image, reference)
            assert outcome(module.decode, image, generated) == expected, (table.key, row)
            if expected[0] == "value":
                decoded += 1
                assert encode(table, decode(table, image, reference), reference) == image, (table.key, row)
                assert module.encode(module.decode(image, generated), generated) == image, (table.key, row)
            else:
                assert refused(expected), (table.key, row, expected)
        assert decoded, f"no image of {table.key} decodes"


def refused(found: tuple[object, ...]) -> bool:
    """Whether an image was refused for a content that no layout is known of, which random octets may hold."""
    return found[0] == DecodeError.__name__ and found[2] in ("refused", "truncated")


def test_every_pair_occurs() -> None:
    rows = pairwise(SELECTORS)
    assert len(rows) < 2 * 14 * 14
    for one, other in combinations(SELECTORS, 2):
        assert {(row[one], row[other]) for row in rows} == set(product(SELECTORS[one], SELECTORS[other]))
