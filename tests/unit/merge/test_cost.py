"""The cost of a merge grows with the size of its inputs and no faster.

What is counted is calls of functions, which are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tdl.merge import blame, diff, merge
from tdl.report import Report
from tdl.syntax import ast
from tests.work import counted

U8, U16 = ast.Named(name="UINT8"), ast.Named(name="UINT16")


def member(name: str, specification: ast.Specification = U8) -> ast.Member:
    return ast.Member(name=name, specification=specification)


def wide(size: int) -> ast.Document:
    """Many small records."""
    records = [ast.Record(name=f"R_{n}", items=tuple(member(f"M_{m}") for m in range(5))) for n in range(size)]
    return ast.Document(header=ast.Header(name="BASE"), declarations=tuple(records))


def long(size: int) -> ast.Document:
    """One long record."""
    record = ast.Record(name="R", items=tuple(member(f"M_{m}") for m in range(5 * size)))
    return ast.Document(header=ast.Header(name="BASE"), declarations=(record,))


Verb = Callable[[str], ast.MemberEdit | ast.PropertyEdit]
VERBS: dict[str, Verb] = {
    "add": lambda name: ast.AddMember(item=member(f"NEW_{name}"), position=ast.Position(where="AFTER", anchor=name)),
    "add at the end": lambda name: ast.AddMember(item=member(f"NEW_{name}")),
    "replace": lambda name: ast.ReplaceMember(name=name, specification=U16, was=U8),
    "remove": lambda name: ast.RemoveMember(name=name),
    "rename": lambda name: ast.RenameMember(name=name, to=f"NEW_{name}"),
    "move": lambda name: ast.MoveMember(name=name, position=ast.Position(where="FIRST")),
    "set": lambda name: ast.SetProperty(name="Label", member=name, value="x"),
    "missing": lambda name: ast.RemoveMember(name=f"NOT_{name}"),
}


def edits(base: ast.Document, verb: Verb, name: str = "CHANGE") -> ast.Fragment:
    """One edit in five members, each in a `MODIFY` of its own."""
    found = []
    for record in base.declarations:
        assert isinstance(record, ast.Record)
        for item in record.items[::5]:
            assert isinstance(item, ast.Member)
            target = ast.Target(kind="TYPE", name=record.name)
            found.append(ast.Modify(target=target, edits=(verb(item.name),)))
    return ast.Fragment(header=ast.Header(name=name, base="BASE"), edits=tuple(found))


def calls(run: Callable[[], object]) -> int:
    with counted() as work:
        run()
    return work.calls


def growth(make: Callable[[int], ast.Document], run: Callable[[ast.Document], Callable[[], object]]) -> float:
    """How many times more work four times the size is, beyond what suggestions for misspelt names cost at most."""
    small, large = (calls(run(make(size))) for size in (100, 400))
    return large / small


@pytest.mark.parametrize("make", [wide, long], ids=["wide", "long"])
@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_merging(make: Callable[[int], ast.Document], verb: str) -> None:
    def run(base: ast.Document) -> Callable[[], object]:
        change = edits(base, VERBS[verb])
        return lambda: merge(base, [change], Report())

    assert growth(make, run) < 6


@pytest.mark.parametrize("make", [wide, long], ids=["wide", "long"])
def test_conflicts(make: Callable[[int], ast.Document]) -> None:
    def run(base: ast.Document) -> Callable[[], object]:
        changes = [edits(base, VERBS["set"], "ONE"), edits(base, VERBS["remove"], "OTHER")]
        return lambda: merge(base, changes, Report())

    assert growth(make, run) < 6


@pytest.mark.parametrize("make", [wide, long], ids=["wide", "long"])
def test_difference_and_blame(make: Callable[[int], ast.Document]) -> None:
    def run(base: ast.Document) -> Callable[[], object]:
        new = merge(base, [edits(base, VERBS["add"])], Report())
        assert new is not None
        return lambda: (diff(base, new, "BASE"), list(blame(new)))

    assert growth(make, run) < 6
