"""Looking at a meter's tables says what was left aside while reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

TEXT = "TYPE A_RCD = PACKED RECORD N : UINT8; END;\nTABLE 3 A_TBL = A_RCD;\n"


@pytest.mark.parametrize("verb", [("check",), ("conformance", "--format", "json")], ids=["check", "conformance"])
def test_notes_of_reading_are_printed(tdl: Run, tmp_path: Path, verb: tuple[str, ...]) -> None:
    Path("a.tdl").write_text(TEXT)
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "ST3.bin").write_bytes(b"\x02")
    before = tdl(*verb, "-d", "a.tdl", "--image", "image")
    (tmp_path / "image" / "readme.bin").write_bytes(b"\x02")
    result = tdl(*verb, "-d", "a.tdl", "--image", "image")
    assert result.exit_code == before.exit_code
    assert result.stdout == before.stdout
    assert [line for line in result.stderr.splitlines() if line not in before.stderr.splitlines()] == [
        "note: image: `readme.bin` is no table of an image and was left aside"
    ]
