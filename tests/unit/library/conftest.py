from __future__ import annotations

from pathlib import Path

import pytest

from tdl.ir.lower import lower
from tdl.ir.plan import Plan
from tdl.ir.schedule import schedule
from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def standard() -> ast.Document:
    report = Report()
    document = load("std:2012", Resolver(), report)
    assert [d.message for d in report] == []
    assert isinstance(document, ast.Document)
    return document


@pytest.fixture(scope="session")
def plan(standard: ast.Document) -> Plan:
    return schedule(lower(standard))


@pytest.fixture(scope="session")
def images() -> Path:
    return ROOT / "tests/data/images"


@pytest.fixture(scope="session")
def example() -> Path:
    return ROOT / "examples/meter-with-fragment"
