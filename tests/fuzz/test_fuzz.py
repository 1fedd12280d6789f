"""Each target for as many inputs as take a few seconds; ``python -m tests.fuzz`` takes longer."""

from __future__ import annotations

import pytest

from tests.fuzz.running import fuzz
from tests.fuzz.targets import TARGETS

RUNS = 3000
FEWER = {"c1222": 1000, "captures": 300, "notation": 200, "tables": 1000}
"""Inputs of what takes longer."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_declared_errors(name: str) -> None:
    outcome = fuzz(name, f"-atheris_runs={FEWER.get(name, RUNS)}")
    assert outcome.sound, f"{outcome.said[-3000:]}\ninput: {outcome.input.hex() if outcome.input else None}"


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name: str) -> None:
    """A seed that is refused at its first octet would lead nowhere: one at least is read to its end."""
    target, read = TARGETS[name], 0
    for seed in target.seeds:
        try:
            target.read(seed)
        except target.errors:
            continue
        read += 1
    assert read


def test_a_bug_is_found() -> None:
    outcome = fuzz("stream", "-atheris_runs=2000", module="tests.fuzz.broken")
    assert not outcome.sound
    assert "IndexError" in outcome.said
    assert outcome.input is not None
