"""`tdl lsp` where its extra is not installed."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from tdl.cli.app import main


def test_without_its_extra_the_verb_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("pygls", "lsprotocol")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "tdl.lsp.server", raising=False)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    run = CliRunner().invoke(main, ["lsp"])
    assert run.exit_code == 2
    assert 'pip install "tdl-compiler[lsp]"' in run.output
    assert "Traceback" not in run.output
