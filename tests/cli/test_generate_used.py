"""Code for one meter has the tables that the meter has."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import EXAMPLE, Run

GENERATE = (
    "generate", "-d", "std:2012", "-f", str(EXAMPLE / "acme-ax200.tdl"), "--target", "c", "--package", "ax200",
    "-o", "out", "--list-outputs",
)  # fmt: skip
PROFILE = ("--bind", str(EXAMPLE / "residential.toml"))


def test_the_tables_of_the_profile(tdl: Run) -> None:
    """The profile does not bound Table 34, and says that the meter does not have it."""
    result = tdl(*GENERATE, *PROFILE)
    assert result.exit_code == 0, result.output
    files = result.stdout.split()
    assert "out/ax200_decade6.c" in files
    assert "out/ax200_decade3.c" not in files


def test_tables_that_are_asked_for_win(tdl: Run) -> None:
    result = tdl(*GENERATE, *PROFILE, "--option", "tables=ST30")
    assert result.exit_code == 0, result.output
    assert "out/ax200_decade3.c" in result.stdout.split()


def test_what_the_meter_has_and_nothing_bounds(tdl: Run, tmp_path: Path) -> None:
    text = (EXAMPLE / "residential.toml").read_text()
    Path("p.toml").write_text(text.replace("NBR_BLKS_SET1 =", "# NBR_BLKS_SET1 ="))
    result = tdl(*GENERATE, "--bind", "p.toml")
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert "TDL905" in said
    assert "`ACT_LP_TBL.NBR_BLKS_SET1`" in said
    assert "under `[max]`" in said
    assert "`--option tables=`" in said
