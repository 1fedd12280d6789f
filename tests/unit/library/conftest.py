from __future__ import annotations

from pathlib import Path

import pytest

from tdl.ir.model import Definition as Model
from tdl.ir.plan import Plan
from tdl.pipeline import Compiled, Context, Request, run
from tdl.syntax import ast

ROOT = Path(__file__).parents[3]
EDITIONS = ("1997", "2008", "2012")


def compile_edition(edition: str) -> Compiled:
    context = Context()
    compiled = run(Request(definition=f"std:{edition}"), context)
    assert [d.message for d in context.report if d.severity.name == "ERROR"] == []
    assert isinstance(compiled, Compiled)
    return compiled


@pytest.fixture(scope="session")
def editions() -> dict[str, Compiled]:
    """Every edition, compiled."""
    return {edition: compile_edition(edition) for edition in EDITIONS}


@pytest.fixture(scope="session", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> str:
    """Each edition in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def document(edition: str, editions: dict[str, Compiled]) -> ast.Document:
    return editions[edition].document


@pytest.fixture(scope="session")
def model(edition: str, editions: dict[str, Compiled]) -> Model:
    return editions[edition].model


@pytest.fixture(scope="session")
def standard(editions: dict[str, Compiled]) -> ast.Document:
    """The latest edition."""
    return editions["2012"].document


@pytest.fixture(scope="session")
def plan(editions: dict[str, Compiled]) -> Plan:
    """The Plan of the latest edition."""
    return editions["2012"].plan


@pytest.fixture(scope="session")
def images() -> Path:
    return ROOT / "tests/data/images"


@pytest.fixture(scope="session")
def example() -> Path:
    return ROOT / "examples/meter-with-fragment"
