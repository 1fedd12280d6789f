"""A watch runs its check again when something that it looked at has changed, and only then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tdl.review.stamps import Stamp
from tdl.review.watching import INTERVAL, watch
from tests.unit.review.reviewing import record, review, write

GOOD = record("    COUNT : UINT8;\n")


class _Ended(Exception):
    pass


def _watched(names: tuple[str, ...], changes: list[Callable[[], object]]) -> int:
    """How often names are checked while one change after the other is made, an idle pause after each."""
    checks = 0
    steps = iter([step for change in changes for step in (change, lambda: None)])

    def check() -> Mapping[str, Stamp]:
        nonlocal checks
        checks += 1
        return review(*names).looked_at

    def pause(seconds: float) -> None:
        assert seconds == INTERVAL
        step = next(steps, None)
        if step is None:
            raise _Ended
        step()

    with pytest.raises(_Ended):
        watch(check, pause)
    return checks


def test_nothing_is_checked_again_for_nothing(folder: Path) -> None:
    write(folder, {"a.tdl": GOOD})
    assert _watched(("a.tdl",), [lambda: None, lambda: write(folder, {"b.tdl": GOOD})]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"base.tdl": GOOD + "\n"},
        {"f.tdl": 'FRAGMENT F OF "BASE@2";\n'},
        {"part.tdl": "TYPE B_RCD = UINT16;\n"},
        {"tdl.toml": '[check]\nTDL702 = "off"\n'},
        {"missing.tdl": GOOD},
        {"d/new.tdl": GOOD},
        {"d/e/new.tdl": GOOD},
        {"d/deep/new.tdl": GOOD},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_what_was_looked_at(folder: Path, change: Mapping[str, str]) -> None:
    write(
        folder,
        {
            "base.tdl": 'DOCUMENT BASE;\nIMPORT "part.tdl";\n' + GOOD,
            "part.tdl": "TYPE B_RCD = UINT8;\n",
            "f.tdl": 'FRAGMENT F OF "BASE";\n',
            "d/a.tdl": GOOD,
            "d/deep/notes.txt": "",
        },
    )
    assert _watched(("f.tdl", "missing.tdl", "d"), [lambda: write(folder, change)]) == 2


def test_a_base_that_appears_beside_a_fragment(folder: Path) -> None:
    write(folder, {"x/f.tdl": 'FRAGMENT F OF "BASE";\n'})
    assert _watched(("x/f.tdl",), [lambda: write(folder, {"x/base.tdl": GOOD})]) == 2


def test_a_change_while_the_check_runs_is_not_missed(folder: Path) -> None:
    write(folder, {"a.tdl": GOOD})
    checks = 0

    def check() -> Mapping[str, Stamp]:
        nonlocal checks
        checks += 1
        looked_at = review("a.tdl").looked_at
        if checks == 1:
            write(folder, {"a.tdl": GOOD + "\n"})
        return looked_at

    def pause(seconds: float) -> None:
        raise _Ended

    with pytest.raises(_Ended):
        watch(check, pause)
    assert checks == 2
