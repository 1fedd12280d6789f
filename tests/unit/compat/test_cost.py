"""Twice as large costs about twice as much, whatever has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tdl.compat import Side, compare, show_json
from tdl.project import load
from tdl.sources import Resolver
from tests.work import counted


def _renamed(size: int) -> tuple[str, str]:
    """One record in which everything has another name and is used by its new one."""

    def text(prefix: str) -> str:
        members = "".join(f"    {prefix}{i} : UINT8;\n    D{i} : BINARY({prefix}{i});\n" for i in range(size))
        return f"TYPE A_RCD = PACKED RECORD\n{members}END;\nTABLE 1 A_TBL = A_RCD;\n"

    return text("A"), text("B")


def _coded(size: int) -> tuple[str, str]:
    """One long list of codes, of which one changed, in many tables."""

    def text(last: str) -> str:
        codes = "".join(f"    C{i} : {i};\n" for i in range(size))
        tables = "".join(f"TABLE MFG {i} T{i}_TBL = A_RCD;\n" for i in range(size))
        record = "TYPE A_RCD = PACKED RECORD\n    X : UINT16 WITH Enum = C_ENUM;\nEND;\n"
        return f"TYPE C_ENUM = ENUMERATION\n{codes}    {last} : {size};\nEND;\n{record}{tables}"

    return text("OLD"), text("NEW")


def _moved(size: int) -> tuple[str, str]:
    """Records in records, all of them one octet further."""
    records = "".join(f"TYPE R{i}_RCD = PACKED RECORD\n    X : UINT8;\n    Y : R{i + 1}_RCD;\nEND;\n" for i in range(8))
    members = "".join(f"    M{i} : R0_RCD;\n" for i in range(size))
    last = "TYPE R8_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n"
    text = f"{records}{last}TYPE A_RCD = PACKED RECORD\n    FIRST : UINT8;\n{members}END;\nTABLE 1 A_TBL = A_RCD;\n"
    return text, text.replace("    FIRST : UINT8;\n", "    FIRST : UINT16;\n")


@pytest.mark.parametrize("texts", [_renamed, _coded, _moved])
def test_twice_the_size_is_twice_the_work(texts: Callable[[int], tuple[str, str]]) -> None:
    calls = []
    for size in (100, 200):
        sides = []
        for text in texts(size):
            definition = load("a.tdl", (), Resolver({"a.tdl": text}))
            sides.append(Side(model=definition.model, plan=definition.plan))
        with counted() as work:
            comparison = compare(*sides)
            show_json(comparison)
        assert comparison.changed
        calls.append(work.calls)
    assert calls[1] < 2.3 * calls[0]
