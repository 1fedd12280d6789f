"""Hostile documents cost work in proportion to their size: twice as large, about twice as much.

Work is counted in calls, which are the same on every machine: four times the size may take no more than eight times as
many, where work that grows with the square takes sixteen.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tdl.check import check
from tdl.report import Report
from tdl.syntax import ast
from tests.work import counted

UINT8, UINT32 = ast.Named(name="UINT8"), ast.Named(name="UINT32")


def reference(*names: str) -> ast.Reference:
    return ast.Reference(steps=tuple(ast.Name(name=name) for name in names))


def member(name: str, specification: ast.Specification = UINT8) -> ast.Member:
    return ast.Member(name=name, specification=specification)


def octets(name: str, *size: str) -> ast.Member:
    return member(name, ast.Sized(name="BINARY", size=reference(*size)))


def record(name: str, *items: ast.Item) -> ast.Record:
    return ast.Record(name=name, items=items)


def table(number: int, of: str) -> ast.Table:
    return ast.Table(name=f"T{number}_TBL", number=ast.Number(group="", value=number), specification=ast.Named(name=of))


def aliases(n: int) -> list[ast.Declaration]:
    return [ast.Alias(name=f"A{i}_T", specification=ast.Named(name=f"A{(i + 1) % n}_T")) for i in range(n)]


def chain(n: int) -> list[ast.Declaration]:
    types = [record(f"A{i}_RCD", member("X", ast.Named(name=f"A{i + 1}_RCD"))) for i in range(n)]
    return [*types, record(f"A{n}_RCD", member("X")), table(5, "A0_RCD")]


def cycle(n: int) -> list[ast.Declaration]:
    return [record(f"A{i}_RCD", member("X", ast.Named(name=f"A{(i + 1) % n}_RCD"))) for i in range(n)]


def members(n: int) -> list[ast.Declaration]:
    items = [octets(f"M{i}", f"M{i - 1}") if i % 2 else member(f"M{i}") for i in range(n)]
    return [record("A_RCD", *items), table(5, "A_RCD")]


def unknown(n: int) -> list[ast.Declaration]:
    return [record("A_RCD", *(octets(f"M{i}", f"X{i}") for i in range(n))), table(5, "A_RCD")]


def conditionals(n: int) -> list[ast.Declaration]:
    items = [ast.If(condition=reference("F"), then=(member(f"M{i}"),)) for i in range(n)]
    return [record("A_RCD", member("F"), *items), table(5, "A_RCD")]


def variants(n: int) -> list[ast.Declaration]:
    arms = tuple(ast.Arm(labels=((i, i),), items=(member("X"),)) for i in range(n))
    asking = [octets(f"D{i}", "X") for i in range(n)]
    switch = ast.Switch(selector=reference("F"), arms=arms)
    return [record("A_RCD", member("F", UINT32), switch, *asking), table(5, "A_RCD")]


def duplicates(n: int) -> list[ast.Declaration]:
    return [record("A_RCD", *(member("X") for _ in range(n))), table(5, "A_RCD")]


def elisions(n: int) -> list[ast.Declaration]:
    below = [record(f"B{i}_RCD", *(member(f"E{i}_{j}") for j in range(10))) for i in range(n // 10)]
    holders = [member(f"H{i}", ast.Named(name=f"B{i}_RCD")) for i in range(n // 10)]
    asking = [octets(f"D{i}", f"E{i}_3") for i in range(n // 10)]
    return [*below, record("A_RCD", *holders, *asking), table(5, "A_RCD")]


def overlaps(n: int) -> list[ast.Declaration]:
    codes = [member(f"C{i}", ast.CodeRange(low=0, high=i)) for i in range(n)]
    labels = tuple((i, i + 5) for i in range(n))
    switch = ast.Switch(selector=reference("F"), arms=(ast.Arm(labels=labels, items=()),))
    coded = ast.Enumeration(name="A_ENUM", items=tuple(codes))
    return [coded, record("A_RCD", member("F", UINT32), switch), table(5, "A_RCD")]


def own_elements(n: int) -> list[ast.Declaration]:
    items = [octets(f"M{i}", "T5_TBL", "F") for i in range(n)]
    return [record("A_RCD", member("F"), *items), table(5, "A_RCD")]


def needs(n: int) -> list[ast.Declaration]:
    n //= 10
    types = [record(f"A{i}_RCD", member("N"), octets("D", f"T{(i + 1) % n}_TBL", "N")) for i in range(n)]
    return [*types, *(table(i, f"A{i}_RCD") for i in range(n))]


@pytest.mark.parametrize(
    "make",
    [
        aliases,
        chain,
        cycle,
        members,
        unknown,
        conditionals,
        variants,
        duplicates,
        elisions,
        overlaps,
        own_elements,
        needs,
    ],
    ids=lambda make: make.__name__,
)
def test_work_grows_with_size(make: Callable[[int], list[ast.Declaration]]) -> None:
    small, large = _calls(make(1500)), _calls(make(6000))
    assert large < 8 * small


def _calls(declarations: list[ast.Declaration]) -> int:
    document = ast.Document(header=ast.Header(name="A"), declarations=tuple(declarations))
    with counted() as work:
        check(document, Report())
    return work.calls


def test_expansion_that_multiplies() -> None:
    types = [record("A0_RCD", member("X"))]
    for i in range(1, 31):
        below = ast.Named(name=f"A{i - 1}_RCD")
        types.append(record(f"A{i}_RCD", *(member(f"X{j}", below) for j in range(10)), octets("D", f"NOPE{i}")))
    report = Report()
    declarations = (*types, table(5, "A30_RCD"))
    check(ast.Document(header=ast.Header(name="A"), declarations=declarations), report)
    found = [d.code for d in report]
    assert found.count("TDL204") == 30
    assert found.count("TDL491") == 1
    unknown = [d.help for d in report if d.code == "TDL204"]
    assert any("write the whole path" in help for help in unknown), "the search for members left out is bounded"
