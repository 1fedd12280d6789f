from __future__ import annotations

from pathlib import Path

import pytest

from tdl.project.settings import Settings, SettingsError, find_settings


def _write(directory: Path, text: str) -> None:
    (directory / "tdl.toml").write_text(text)


def test_settings_are_found_upward_and_their_paths_made_relative(tmp_path: Path) -> None:
    _write(tmp_path, 'definition = "std:2012"\nfragments = ["a.tdl", "/b.tdl"]\nprofile = "p.toml"\n')
    (tmp_path / "x" / "y").mkdir(parents=True)
    assert find_settings(tmp_path) == Settings(definition="std:2012", fragments=("a.tdl", "/b.tdl"), profile="p.toml")
    below = find_settings(tmp_path / "x" / "y")
    assert below.definition == "std:2012"
    assert below.fragments == (str(tmp_path / "a.tdl"), "/b.tdl")


def test_the_nearest_counts(tmp_path: Path) -> None:
    _write(tmp_path, 'definition = "a.tdl"\n')
    (tmp_path / "x").mkdir()
    _write(tmp_path / "x", 'definition = "b.tdl"\n')
    assert find_settings(tmp_path / "x").definition == "b.tdl"


def test_options_of_targets(tmp_path: Path) -> None:
    _write(tmp_path, '[target.python]\npackage = "acme"\nlines = 3\nfast = true\n')
    assert find_settings(tmp_path).targets == {"python": {"package": "acme", "lines": "3", "fast": "true"}}


@pytest.mark.parametrize(
    ("text", "place", "problem", "help"),
    [
        ('defintion = "a"\n', "tdl.toml:1:1", "unknown key `defintion`", "did you mean `definition`?"),
        ("\nx = 1\n", "tdl.toml:2:1", "unknown key `x`", "known are"),
        ("definition = 1\n", "tdl.toml:1:1", "`definition`: text expected", ""),
        ("fragments = [1]\n", "tdl.toml:1:1", "a list of texts expected", ""),
        ("target = 1\n", "tdl.toml:1:1", "tables such as", ""),
        ("[target.python]\nx = []\n", "tdl.toml:2:1", "`x`: text, a number", ""),
        ("definition =\n", "tdl.toml:1:13", "invalid value", ""),
    ],
)
def test_what_is_not_known_is_an_error_with_its_place(
    tmp_path: Path, text: str, place: str, problem: str, help: str
) -> None:
    _write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        find_settings(tmp_path)
    (finding,) = caught.value.report
    assert finding.code == "TDL004"
    assert finding.primary is not None
    assert finding.primary.span.place == place
    assert problem in finding.message
    assert help in finding.help


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "tdl.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="not UTF-8"):
        find_settings(tmp_path)
