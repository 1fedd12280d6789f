"""What reference pages say is what the code does: those that are made from it, and figures and keys in the others."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

import tdl
from tdl.cli.app import main
from tdl.cli.pages import PAGES, run
from tdl.docs.plan import EXAMPLES, EXPRESSIONS, document
from tdl.image.directory import read_profile
from tdl.ir import expr, plan
from tdl.ir.traverse import walk
from tdl.project.definition import load
from tdl.project.policy import FAIL_ON, read_policy
from tdl.project.profile import resolve_limits, resolve_profile
from tdl.project.settings import SettingsError, read_settings
from tdl.sources import Resolver
from tests.spec.manual import blocks
from tests.spec.walk import ROOT

REFERENCE = ROOT / "docs/reference"
CONFIGURATION = REFERENCE / "configuration.md"
SECURITY = ROOT / "docs/explanation/security.md"
OPEN_POINTS = REFERENCE / "language/open-points.md"
UNITS = {"": 1, "MiB": 1024 * 1024}

METER = """
DOCUMENT METER;
TYPE A_BFLD = BIT FIELD OF UINT8 DATA_ORDER : UINT(0..0); END;
TYPE B_BFLD = BIT FIELD OF UINT8 TM_FORMAT : UINT(0..2); ID_FORM : BOOL(3); END;
TYPE C_BFLD = BIT FIELD OF UINT8 NI_FORMAT1 : UINT(0..3) WITH Enum = NI_ENUM; END;
TYPE NI_ENUM = ENUMERATION INT32 : 8; END;
TYPE GEN_RCD = PACKED RECORD
    FORMAT_CONTROL_1 : A_BFLD; FORMAT_CONTROL_2 : B_BFLD; FORMAT_CONTROL_3 : C_BFLD; STD_TBLS_USED : SET(4);
END;
TABLE 0 GEN_CONFIG_TBL = GEN_RCD;
TYPE PUMP_RCD = PACKED RECORD SPEED : UINT8; END;
TYPE STATE_RCD = PACKED RECORD
    NBR_LOGGED : UINT8; MODES : ARRAY[2] OF UINT8; PUMPS : ARRAY[2] OF PUMP_RCD;
END;
TABLE MFG 0 STATE_TBL = STATE_RCD;
"""


@pytest.mark.parametrize("name", PAGES)
def test_pages_made_from_the_code(name: str, request: pytest.FixtureRequest) -> None:
    made = PAGES[name]()
    if request.config.getoption("--snapshot-update"):
        (REFERENCE / name).write_text(made, "utf-8")
    assert (REFERENCE / name).read_text("utf-8") == made, "out of date: `python -m tdl.cli.pages` writes it"


def test_the_command_that_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path)]) == 0
    assert run(["--check", str(tmp_path)]) == 0
    (tmp_path / "cli.md").write_text("old", "utf-8")
    assert run([str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().out == f"{tmp_path / 'cli.md'}: missing or out of date\n"


def test_every_option_of_every_verb_is_on_the_page() -> None:
    page = (REFERENCE / "cli.md").read_text("utf-8")
    for verb in main.list_commands(None):  # type: ignore[arg-type]  # which does not look at it
        section = page.partition(f"\n## tdl {verb}\n")[2].partition("\n## ")[0]
        help = CliRunner().invoke(main, [verb, "--help"]).output
        for option in set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", help, re.MULTILINE)) - {"--help"}:
            assert option in section, f"tdl {verb} {option}"


def test_every_public_name_is_on_the_page() -> None:
    titles = re.findall(r"^## `tdl\.(\w+)`$", (REFERENCE / "python-api.md").read_text("utf-8"), re.MULTILINE)
    assert titles == [name for name in tdl.__all__ if name != "__version__"]


def test_every_op_has_an_example_that_holds_it() -> None:
    assert {each.of for each in EXAMPLES} == set(get_args(plan.AnyOp))
    for shown in EXAMPLES:
        table = load("example.tdl", resolver=Resolver({"example.tdl": document(shown)})).table("MT0")
        inner = [op for op in walk(table.root) if op is not table.root]
        assert any(isinstance(op, shown.of) for op in inner), shown.of


def test_every_expression_is_shown() -> None:
    assert {type(each) for each in EXPRESSIONS} == set(get_args(expr.Expr))


def test_figures_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d ]+?) ?(MiB|) \| `(tdl[\w.]+)` \|$", SECURITY.read_text("utf-8"), re.MULTILINE)
    assert len(rows) >= 25
    for number, unit, place in rows:
        module, _, name = place.rpartition(".")
        assert getattr(import_module(module), name) == int(number.replace(" ", "")) * UNITS[unit], place


def configuration(name: str) -> str:
    """The file of this name in the page of configuration."""
    text = CONFIGURATION.read_text("utf-8")
    return text.partition(f"`{name}`:\n\n```toml\n")[2].partition("```")[0]


def test_the_settings_of_the_page(tmp_path: Path) -> None:
    file = tmp_path / "tdl.toml"
    file.write_text(configuration("tdl.toml"), "utf-8")
    settings = read_settings(file, tmp_path)
    assert settings.definition == "definitions/ax200.tdl"
    assert settings.fragments == ("definitions/customer.tdl",)
    assert settings.profile == "profiles/typical.toml"
    assert settings.targets == {"python": {"package": "ax200"}, "c": {"package": "ax200", "tables": "ST23, MT5"}}
    assert (settings.check.fail_on, settings.check.edition, settings.check.baseline) == ("error", "2012", "known.json")
    assert settings.check.severities["TDL701"] is None


@pytest.mark.parametrize("table", ["", "[check]\n"])
def test_all_keys_are_on_the_page(table: str, tmp_path: Path) -> None:
    """What the reader says it knows, the page has."""
    file = tmp_path / "tdl.toml"
    file.write_text(f"{table}zzz = 1\n", "utf-8")
    with pytest.raises(SettingsError) as error:
        read_settings(file, tmp_path)
    (finding,) = error.value.report
    keys = re.findall(r"`([a-z-]+)`", finding.help)
    assert len(keys) >= 3
    listed = re.findall(r"^\| `([a-z.-]+)", CONFIGURATION.read_text("utf-8"), re.MULTILINE)
    for key in keys:
        assert any(
            f"{table.strip().strip('[]')}.{key}".lstrip(".") in each or each.startswith(f"{key}.") for each in listed
        )


def test_the_choices_of_the_page() -> None:
    page = CONFIGURATION.read_text("utf-8")
    assert f"| {', '.join(f'`{each}`' for each in FAIL_ON)} |" in page
    for severity in re.search(r"`check.TDLnnn` \| ([^|]+)", page)[1].split(","):  # type: ignore[index]
        read_policy({"TDL701": severity.strip(" `")})


def test_the_profile_of_the_page(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(configuration("profile.toml"), "utf-8")
    definition = load("meter.tdl", resolver=Resolver({"meter.tdl": METER}))
    profile = read_profile(str(file))
    values = {each.path: each.value for each in resolve_profile(profile, definition)}
    assert values["FORMAT_CONTROL_3", "NI_FORMAT1"] == 8
    assert values["FORMAT_CONTROL_2", "ID_FORM"] == 1
    assert values["PUMPS", "[]", "SPEED"] == [1, 2]
    assert values["MODES", "[]"] == [0, 1]
    assert resolve_limits(profile, definition) == (("STATE_TBL.NBR_LOGGED", 16),)


def test_names_of_generated_python() -> None:
    template = (ROOT / "tdl/backends/python/templates/init.py.tmpl").read_text("utf-8")
    names = re.findall(r'"(\w+)"', template.partition("__all__ = [")[2].partition("]")[0])
    page = (REFERENCE / "generated-python.md").read_text("utf-8")
    assert len(names) > 10
    for name in names:
        assert re.search(rf"^\|[^|]*`{name}[`(]", page, re.MULTILINE), name


SHIPPED = sorted(
    path for room in ("tdl/library", "examples") for path in (ROOT / room).rglob("*.tdl") if "build" not in path.parts
)


def test_shipped_definitions_are_in_canonical_spelling() -> None:
    assert len(SHIPPED) > 30
    result = CliRunner().invoke(main, ["fmt", "--check", *map(str, SHIPPED)])
    assert result.exit_code == 0, result.output


def test_definitions_in_pages_are_in_canonical_spelling() -> None:
    rooms = ("tutorial", "how-to", "explanation")
    found = [block for room in rooms for page in sorted((ROOT / "docs" / room).glob("*.md")) for block in blocks(page)]
    texts = [block for block in found if block.info == "tdl"]
    assert len(texts) >= 10
    for block in texts:
        result = CliRunner().invoke(main, ["fmt", "-"], input=block.body)
        assert result.stdout == block.body, block.place


def test_open_points_lie_where_they_are_said_to() -> None:
    places = (ROOT, ROOT / "tdl/library/std")
    rows = [line.rsplit(" | ", 1)[1] for line in OPEN_POINTS.read_text("utf-8").splitlines() if line.startswith("| ")]
    named = [name for row in rows for name in re.findall(r"`([\w/]+(?:/|\.\w+))`", row)]
    assert len(named) > 30
    for name in named:
        assert any((place / name).exists() for place in places), name


def test_the_tables_that_are_said_to_have_no_layout_are_those() -> None:
    (said,) = re.findall(
        r"^\| layouts of Tables (.*) and of decades (\d+) to (\d+) \|", OPEN_POINTS.read_text("utf-8"), re.M
    )
    numbers = set(range(10 * int(said[1]), 10 * int(said[2]) + 10))
    for part in said[0].split(", "):
        first, _, last = part.partition(" to ")
        numbers |= set(range(int(first), int(last or first) + 1))
    tables = load("std:2012").model.tables
    unknown = {table.id.number for table in tables if "UNKNOWN_TABLE_RCD" in str(table.type)}
    assert unknown == numbers & {table.id.number for table in tables}
