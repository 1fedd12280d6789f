from __future__ import annotations

import pytest

from tdl.cli import progress
from tdl.cli.progress import Watch


def _watched(capsys: pytest.CaptureFixture[str]) -> tuple[bool, str]:
    with Watch("decoding") as watch:
        for done in range(3):
            watch(done + 1, 3)
        shown = watch.bar is not None
    return shown, capsys.readouterr().out


def test_short_work_and_pipes_get_no_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS", 0.0)
    monkeypatch.setattr(progress, "is_terminal", lambda stream: False)
    assert _watched(capsys) == (False, "")
    monkeypatch.setattr(progress, "_SECONDS", 60.0)
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    assert _watched(capsys) == (False, "")


def test_long_work_at_a_terminal_gets_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SECONDS", -1.0)
    monkeypatch.setattr(progress, "is_terminal", lambda stream: True)
    assert _watched(capsys) == (True, "")  # nothing of it on standard output
