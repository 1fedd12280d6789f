"""What `tdl decode --format json` prints, `tdl encode` takes back: octet for octet, with nothing else given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, IMAGES, Run, tree

FRAGMENT = ("-f", EXAMPLE / "acme-ax200.tdl")


@pytest.mark.parametrize(
    ("image", "fragment", "tables"),
    [
        (IMAGES / "elster-a3", (), ()),
        (IMAGES / "epri-st0", (), ()),
        (EXAMPLE / "image", FRAGMENT, ()),
        (EXAMPLE / "image", FRAGMENT, ("ST23",)),
        (EXAMPLE / "image", FRAGMENT, ("MT5", "ST12", "ST22")),
        (EXAMPLE / "image", FRAGMENT, ("ST0", "ST23")),
    ],
    ids=["a profile", "nothing needed", "all tables", "one table", "some tables", "one with its table 0"],
)
def test_there_and_back(
    tdl: Run, tmp_path: Path, image: Path, fragment: tuple[object, ...], tables: tuple[str, ...]
) -> None:
    chosen = [word for table in tables for word in ("--table", table)]
    decoded = tdl("decode", "-d", "std:2012", *fragment, image, "--format", "json", *chosen)
    assert decoded.exit_code == 0
    (tmp_path / "values.json").write_text(decoded.stdout)
    assert tdl("encode", "-d", "std:2012", *fragment, "values.json", "-o", "out").exit_code == 0
    octets = {name: content for name, content in tree(image).items() if name.endswith(".bin")}
    wanted = {name: octets[name] for name in octets if not tables or name.removesuffix(".bin") in tables}
    assert tree(tmp_path / "out") == wanted
    again = tdl("decode", "-d", "std:2012", *fragment, "values.json", "--format", "json")
    assert json.loads(again.stdout) == json.loads(decoded.stdout)


def test_settings_and_bound_images_are_kept(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "ST22.bin").write_bytes((EXAMPLE / "image" / "ST22.bin").read_bytes())
    given = ("--bind", EXAMPLE / "image", "--set", "GEN_CONFIG_TBL.MODEL_SELECT=0")
    decoded = tdl("decode", "-d", "std:2012", "one", "--format", "json", *given)
    assert decoded.exit_code == 0
    assert json.loads(decoded.stdout)["$profile"]["ACT_REGS_TBL"]["NBR_SUMMATIONS"] == 2
    (tmp_path / "values.json").write_text(decoded.stdout)
    assert tdl("encode", "-d", "std:2012", "values.json", "-o", "out").exit_code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "one")


def test_an_image_that_needs_nothing_says_nothing(tdl: Run) -> None:
    decoded = tdl("decode", "-d", "std:2012", *FRAGMENT, EXAMPLE / "image", "--format", "json")
    assert "$profile" not in json.loads(decoded.stdout)


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ([], "`$profile`: a list found, an object of tables expected"),
        ({"NO_TBL": {"X": 1}}, "NO_TBL"),
        ({"GEN_CONFIG_TBL": {"CHAR_FORMAT": 99}}, "99 found, 0 to 7 expected"),
    ],
)
def test_a_profile_that_does_not_fit(tdl: Run, profile: object, message: str) -> None:
    values = json.dumps({"ST5": "00" * 20, "$profile": profile})
    result = tdl("decode", "-d", "std:2012", "-", input=values)
    assert result.exit_code == 2
    assert message in result.stderr
