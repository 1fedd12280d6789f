"""Dates and times of generated Rust against the reference codec, under every TM_FORMAT and in both orders of octets."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.values import RecurringDate
from tdl.ir.formats import MOMENT_OCTETS
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.rust_crates import Program
from tests.property.definitions import random_image

DEFINITION = f"""
DOCUMENT D;
TYPE A_RCD = PACKED RECORD {" ".join(f"A_{kind} : {kind};" for kind in MOMENT_OCTETS)} END;
TABLE 5 A_TBL = A_RCD;
"""

DAYS = ((1990, 1, 1), (1999, 12, 31), (2000, 2, 29), (2026, 3, 1), (2028, 2, 29), (2089, 12, 31))


def value(kind: str, day: tuple[int, int, int]) -> object:
    """A moment of a kind, as fine as all its formats can say."""
    year, month, number = day
    if kind == "RDATE":
        return RecurringDate(year)
    if kind == "DATE":
        return date(year, month, number)
    second = 0 if kind in ("STIME_DATE", "STIME") else 59
    return datetime(year, month, number, 23, 58, second) if kind.endswith("_DATE") else time(23, 58, second)


def test_every_kind_in_every_format(tmp_path: Path) -> None:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": DEFINITION}))
    (table,) = definition.plan.tables
    program, natural = Program(tmp_path), 0
    for form in range(5):
        for order in (0, 1):
            known = Environment()
            known.set(0, ("DATA_ORDER",), order)
            known.set(0, ("TM_FORMAT",), form)
            subject = program.add(definition.model, definition.plan, known)
            for seed in range(6):
                program.ask(subject, table, random_image(table, known, seed))
            for day in DAYS if form else ():
                values = {f"A_{kind}": value(kind, day) for kind in MOMENT_OCTETS}
                program.ask(subject, table, encode(table, values, known))
                natural += 1
    seen = list(program.compare())
    assert seen.count("ok") == 60 + natural
    assert seen.count("values") == 60 + natural
