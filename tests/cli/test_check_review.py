"""`tdl check` in a vendor's checks: what fails, what is known, what is mended, and how a watch ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tdl.cli import check
from tdl.review import mending
from tests.cli.conftest import ROOT, Run, obey_interrupts, tree

SMALL = "TYPE A_RCD = PACKED RECORD\n    Count : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
GOOD = SMALL.replace("Count", "COUNT")
BAD = SMALL.replace("UINT8", "UINT9")


def _write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.tdl").write_text(text)


# --- what fails ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "codes"),
    [("error", (0, 0, 1)), ("warning", (0, 1, 1)), ("note", (1, 1, 1)), ("never", (0, 0, 0)), (None, (0, 1, 1))],
)
def test_what_fails_is_what_one_says(tdl: Run, fail_on: str | None, codes: tuple[int, ...]) -> None:
    _write(note='FRAGMENT B OF "NOWHERE";\n', warning=SMALL, error=BAD, good=GOOD)
    names = ("note.tdl", "warning.tdl", "error.tdl")
    option = () if fail_on is None else ("--fail-on", fail_on)
    assert tuple(tdl("check", name, *option).exit_code for name in names) == codes
    assert tdl("check", "good.tdl", *option).exit_code == 0
    if fail_on is not None:
        Path("tdl.toml").write_text(f'[check]\nfail-on = "{fail_on}"\n')
        assert tuple(tdl("check", name).exit_code for name in names) == codes
        assert tdl("check", "warning.tdl", "--fail-on", "warning").exit_code == 1


def test_what_is_made_an_error_fails(tdl: Run) -> None:
    _write(note='FRAGMENT B OF "NOWHERE";\n')
    Path("tdl.toml").write_text('[check]\nTDL007 = "error"\n')
    result = tdl("check", "note.tdl")
    assert result.exit_code == 1
    assert "error TDL007" in result.stderr


def test_settings_that_cannot_be_used_end_a_check(tdl: Run) -> None:
    _write(a=GOOD)
    Path("tdl.toml").write_text('[check]\nTDL203 = "off"\n')
    result = tdl("check", "a.tdl")
    assert result.exit_code == 2
    assert " --> tdl.toml:2:1\n" in result.stderr


# --- what is known ---------------------------------------------------------------------------------------------


def test_a_baseline_lets_pass_what_is_known_and_nothing_new(tdl: Run) -> None:
    _write(a=SMALL, b=SMALL)
    result = tdl("check", ".", "--baseline", "known.json", "--update-baseline")
    assert (result.exit_code, result.stderr) == (0, "known.json: 2 known findings\nno new findings\n")
    entries = json.loads(Path("known.json").read_text())["findings"]
    assert [(entry["file"], entry["code"]) for entry in entries] == [("a.tdl", "TDL702"), ("b.tdl", "TDL702")]
    assert tdl("check", ".", "--baseline", "known.json").stderr == "no new findings\n"
    _write(a=SMALL.replace("    Count : UINT8;\n", "{ one\n  two }\n\n  Count   : UINT8;\n    Other : UINT8;\n"))
    result = tdl("check", ".", "--baseline", "known.json")
    assert result.exit_code == 1
    assert result.stderr.count("TDL702") == 1
    assert " --> a.tdl:6:5\n" in result.stderr


def test_what_is_mended_leaves_the_baseline(tdl: Run) -> None:
    _write(a=SMALL, b=SMALL, c=SMALL)
    Path("tdl.toml").write_text('[check]\nbaseline = "known.json"\n')
    tdl("check", ".", "--update-baseline")
    _write(a=GOOD)
    Path("c.tdl").unlink()
    result = tdl("check", ".")
    assert result.exit_code == 1
    assert result.stderr.count("warning TDL712") == 2
    assert " --> known.json:2:" in result.stderr
    assert "TDL712: `TDL702` in `c.tdl`" in tdl("check", "b.tdl").stderr, "it is there no more"
    assert "a.tdl" not in tdl("check", "b.tdl").stderr, "it was not looked at"
    assert tdl("check", "b.tdl", "--update-baseline").stderr.startswith("known.json: 2 known")
    assert tdl("check", ".", "--update-baseline").stderr.startswith("known.json: 1 known finding\n")
    assert tdl("check", ".").exit_code == 0


def test_a_project_says_how_bad_an_old_entry_is(tdl: Run) -> None:
    _write(a=SMALL)
    Path("tdl.toml").write_text('[check]\nbaseline = "known.json"\nTDL702 = "error"\nTDL712 = "note"\n')
    assert tdl("check", "a.tdl", "--update-baseline").exit_code == 0
    _write(a=GOOD)
    result = tdl("check", "a.tdl")
    assert result.exit_code == 0
    assert "note TDL712" in result.stderr


def test_equal_lines_are_told_apart(tdl: Run) -> None:
    twice = SMALL + SMALL.replace("A_RCD", "B_RCD").replace("0 A_TBL", "1 B_TBL")
    _write(a=SMALL)
    tdl("check", "a.tdl", "--baseline", "known.json", "--update-baseline")
    _write(a=twice)
    assert tdl("check", "a.tdl", "--baseline", "known.json").stderr.count("TDL702") == 1


def test_an_error_is_never_known(tdl: Run) -> None:
    _write(a=BAD)
    result = tdl("check", ".", "--baseline", "known.json", "--update-baseline")
    assert result.exit_code == 1
    assert "TDL203" in result.stderr
    assert "TDL203" not in Path("known.json").read_text()
    known = [
        {"code": "TDL203", "file": "a.tdl", "fingerprint": entry["fingerprint"], "message": "by hand"}
        for entry in json.loads(tdl("check", ".", "--format", "gitlab").stdout)
    ]
    Path("known.json").write_text(json.dumps({"version": 1, "findings": known}))
    result = tdl("check", ".", "--baseline", "known.json")
    assert result.exit_code == 1
    assert "error TDL203" in result.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "no such file"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "`version` 1"),
        ('{"version": 2, "findings": []}', "`version` 1"),
        ('{"version": 1, "findings": [{"code": 1}]}', "finding 0"),
        ("\x00", "not JSON"),
    ],
)
def test_a_baseline_that_cannot_be_used(tdl: Run, content: str | None, problem: str) -> None:
    _write(a=GOOD)
    if content is not None:
        Path("known.json").write_text(content)
    result = tdl("check", "a.tdl", "--baseline", "known.json")
    assert result.exit_code == 2
    assert "error TDL009" in result.stderr
    assert problem in result.stderr


@pytest.mark.parametrize("more", ["--fix", "--watch"])
def test_an_update_needs_a_file(tdl: Run, more: str) -> None:
    _write(a=SMALL)
    assert tdl("check", "a.tdl", "--update-baseline", more).exit_code == 2
    assert Path("a.tdl").read_text() == SMALL


# --- what is mended --------------------------------------------------------------------------------------------


def test_fixes_are_told_and_what_is_left_counts(tdl: Run) -> None:
    _write(a=SMALL, b=SMALL.replace("Count : UINT8", "Count : UINT8;\n    B : A_RDC"))
    result = tdl("check", "a.tdl", "--fix")
    assert (result.exit_code, result.stderr) == (0, "fixed a.tdl:2:5: TDL702: write `COUNT`\nno findings\n")
    assert Path("a.tdl").read_text() == GOOD
    result = tdl("check", "b.tdl", "--fix")
    assert result.exit_code == 1
    assert "(look at what it changes first)" in result.stderr
    assert tdl("check", "a.tdl", "--fix").stderr == "no findings\n"


def test_a_fix_that_is_to_be_looked_at(tdl: Run) -> None:
    _write(a=GOOD.replace("UINT8", "UNIT8"))
    assert tdl("check", "a.tdl", "--fix").exit_code == 1
    result = tdl("check", "a.tdl", "--unsafe-fixes")
    assert (result.exit_code, Path("a.tdl").read_text()) == (0, GOOD)
    assert result.stderr.startswith("fixed a.tdl:2:13: TDL203: write `UINT8`\n")


def test_a_fix_that_is_refused_says_why(tdl: Run) -> None:
    _write(a=SMALL, f='FRAGMENT F OF "A";\nMODIFY TYPE A_RCD\n    ADD B : UINT8 AFTER Count;\nEND;\n')
    result = tdl("check", ".", "--fix")
    assert result.exit_code == 1
    assert result.stderr.startswith("not fixed a.tdl:2:5: TDL702: it would lead to an error: ")
    assert Path("a.tdl").read_text() == SMALL


def test_what_cannot_be_written_stays(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "a.tdl")

    _write(a=SMALL)
    monkeypatch.setattr(mending, "write_files", full)
    result = tdl("check", "a.tdl", "--fix")
    assert result.exit_code == 2
    assert "error TDL005: `a.tdl` cannot be written: no space left on device" in result.stderr
    assert "fixed" not in result.stderr


def test_a_file_that_changes_while_it_is_mended(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(a=SMALL)
    real = check.write_mended

    def late(mended: object) -> None:
        Path("a.tdl").write_text("{ mine }\n")
        real(mended)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "write_mended", late)
    result = tdl("check", "a.tdl", "--fix")
    assert result.exit_code == 2
    assert "`a.tdl` cannot be written: it has changed since it was read" in result.stderr
    assert Path("a.tdl").read_text() == "{ mine }\n"


def test_nothing_else_is_written(tdl: Run, tmp_path: Path) -> None:
    _write(a=SMALL, b=GOOD)
    before = tree(tmp_path)
    tdl("check", ".")
    assert tree(tmp_path) == before
    tdl("check", ".", "--fix")
    assert tree(tmp_path) == {"a.tdl": GOOD.encode(), "b.tdl": GOOD.encode()}


# --- meters ----------------------------------------------------------------------------------------------------

STATES = """TYPE STATE_ENUM = ENUMERATION
    OFF : 0;
    ON  : 1;
END;
TYPE A_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATE_ENUM;
END;
TABLE 3 A_TBL = A_RCD;
"""


@pytest.fixture
def meter(tmp_path: Path) -> Path:
    """A table whose state has no name."""
    image = tmp_path / "image"
    image.mkdir()
    (image / "ST3.bin").write_bytes(b"\x02")
    _write(a=STATES)
    return image


def test_a_meter_is_held_against_a_definition(tdl: Run, meter: Path) -> None:
    result = tdl("check", "-d", "a.tdl", "--image", "image")
    assert result.exit_code == 1
    assert "`ST3 STATE` is 2, which `STATE_ENUM` does not name\n --> image: ST3 octet 0\n" in result.stderr
    assert tdl("check", "-d", "a.tdl", "--image", "image", "--fail-on", "error").exit_code == 0
    assert tdl("check", "-", "-d", "a.tdl", "--image", "image").exit_code == 2
    assert "::warning file=image,title=" in tdl("check", "-d", "a.tdl", "--image", "image", "--format", "github").stdout
    assert tdl("check", "-d", "-", "--image", "image", input=STATES).exit_code == 1
    assert tdl("check", "-d", "a.tdl", "--image", "nothing").exit_code == 2
    (meter / "ST3.bin").write_bytes(b"\x01")
    assert tdl("check", "-d", "a.tdl", "--image", "image").exit_code == 0


def test_a_definition_that_is_wrong_holds_no_meter(tdl: Run, meter: Path) -> None:
    _write(a=STATES.replace("UINT8", "UINT9"))
    result = tdl("check", "-d", "a.tdl", "--image", "image")
    assert result.exit_code == 1
    assert "TDL203" in result.stderr
    assert "ST3" not in result.stderr


def test_a_meter_is_in_no_baseline(tdl: Run, meter: Path) -> None:
    known = ("--baseline", "known.json")
    assert tdl("check", "-d", "a.tdl", "--image", "image", *known, "--update-baseline").exit_code == 1
    assert json.loads(Path("known.json").read_text())["findings"] == []
    assert tdl("check", "-d", "a.tdl", *known).exit_code == 0


def test_a_meter_is_watched(tdl: Run, meter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter([lambda: (meter / "ST3.bin").write_bytes(b"\x01\x00")])

    def pause(seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(check.time, "sleep", pause)
    said = tdl("check", "-d", "a.tdl", "--image", "image", "--watch").stderr.split("watching; Ctrl-C ends\n")
    assert "does not name" in said[0]
    assert "does not name" not in said[1]
    assert len(said) == 3


# --- watching --------------------------------------------------------------------------------------------------


def test_a_watch_checks_again_until_it_is_interrupted(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(a=SMALL)
    steps = iter([lambda: _write(a=GOOD), lambda: Path("tdl.toml").write_text("x = 1\n"), Path("tdl.toml").unlink])

    def pause(seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(check.time, "sleep", pause)
    result = tdl("check", "a.tdl", "--watch")
    assert result.exit_code == 130
    first, second, third, fourth, last = result.stderr.split("watching; Ctrl-C ends\n")
    assert "warning TDL702" in first
    assert second == fourth == "no findings\n"
    assert "error TDL004" in third
    assert last.strip() == "interrupted"


def test_settings_that_are_wrong_from_the_start_are_watched(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(a=GOOD)
    Path("tdl.toml").write_text("x = 1\n")
    steps = iter([Path("tdl.toml").unlink])

    def pause(seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(check.time, "sleep", pause)
    result = tdl("check", "a.tdl", "--watch")
    assert result.exit_code == 130
    assert result.stderr.count("TDL004") == 1
    assert "no findings\n" in result.stderr


def test_a_signal_ends_a_watch(tmp_path: Path) -> None:
    (tmp_path / "a.tdl").write_text(SMALL)
    with subprocess.Popen(
        [sys.executable, "-m", "tdl", "check", "a.tdl", "--watch"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=obey_interrupts,
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("watching"):
                    break
            (tmp_path / "a.tdl").write_text(GOOD + "\n")
            assert process.stderr.readline() == "no findings\n"
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            _, rest = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 130
    assert rest.endswith("interrupted\n")


def test_standard_input_cannot_be_watched(tdl: Run) -> None:
    assert tdl("check", "-", "--watch", input=GOOD).exit_code == 2
