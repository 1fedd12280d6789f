"""The page about native code holds from the first command to the last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.walk import ROOT, Walk


def test_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TDL_CACHE_DIR", str(tmp_path / "cache"))
    text = (ROOT / "docs/reference/native.md").read_text("utf-8")
    assert Walk(tmp_path).through(text) == text
