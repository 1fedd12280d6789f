"""What others install: rules that are looked at, libraries that are found, and a list of all of it."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tdl.sources.plugins import may_have, plugins
from tests.cli.conftest import Run

RULES = """
from tdl.report import Example, Rule, Severity

NO_TODO = Rule(
    code="ACME001", slug="no-reserve", message="`{name}` found, a name with a meaning expected", why="House style.",
    wrong=Example({}), right=Example({}), severity=Severity.WARNING,
)

def check(document):
    for declaration in document.declarations:
        if "RESERVE" in declaration.name:
            yield NO_TODO.at(declaration.span, name=declaration.name)

def crash(document):
    raise RuntimeError("no power")

def foreign(document):
    from tdl.report.rules.style import UNUSED_TYPE
    yield UNUSED_TYPE.at(None, name="A_RCD")

def words(document):
    return ["something"]

NUMBER = 3
"""
LIBRARY = "DOCUMENT ACME_COMMON;\nTYPE A_RCD = PACKED RECORD\n    A : UINT8;\nEND;\nTABLE MFG 0 A_TBL = A_RCD;\n"
GOOD = {"tdl.rules": {"acme": "acme_rules:check"}, "tdl.libraries": {"acme": "acme_meters"}}

Install = Callable[[dict[str, dict[str, str]]], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with two packages and the entry points that are asked for."""
    site = tmp_path / "site"
    (site / "acme_meters" / "profiles").mkdir(parents=True)
    (site / "acme_rules.py").write_text(RULES, "utf-8")
    (site / "acme_meters" / "__init__.py").write_text("", "utf-8")
    (site / "acme_meters" / "common.tdl").write_text('IMPORT "parts/body.tdl";\n' + LIBRARY.partition("\n")[0], "utf-8")
    (site / "acme_meters" / "parts").mkdir()
    (site / "acme_meters" / "parts" / "body.tdl").write_text(LIBRARY.partition("\n")[2], "utf-8")
    (site / "acme_meters" / "profiles" / "typical.toml").write_text("[GEN_CONFIG_TBL]\nDATA_ORDER = 1\n", "utf-8")

    def with_points(groups: dict[str, dict[str, str]]) -> None:
        info = site / "acme_tdl-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tdl\nVersion: 1.2\n", "utf-8")
        points = (f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in of.items()) for group, of in groups.items())
        (info / "entry_points.txt").write_text("\n".join(points), "utf-8")
        monkeypatch.syspath_prepend(str(site))
        importlib.invalidate_caches()
        plugins.cache_clear()

    yield with_points
    plugins.cache_clear()
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


def listed(tdl: Run) -> dict[tuple[str, str], dict[str, str]]:
    found = json.loads(tdl("plugins", "--format", "json").stdout)
    return {(each["kind"], each["name"]): each for each in found}


def test_what_comes_with_tdl(tdl: Run) -> None:
    result = tdl("plugins")
    assert result.exit_code == 0
    found = listed(tdl)
    assert found["back end", "python"]["origin"].startswith("tdl ")
    assert found["library", "std"]["offers"] == "std:1997, std:2008, std:2012"
    assert "rules, TDL001 to TDL" in found["rules", "tdl"]["offers"]
    assert not any(each["problem"] for each in found.values())


def test_what_is_installed_is_listed_with_its_version(tdl: Run, install: Install) -> None:
    install(GOOD)
    found = listed(tdl)
    assert found["rules", "acme"] == {
        "kind": "rules", "name": "acme", "origin": "acme-tdl 1.2", "offers": "codes ACME000 to ACME999", "problem": "",
    }  # fmt: skip
    assert found["library", "acme"]["offers"] == "acme:common"
    lines = [line.split() for line in tdl("plugins").stdout.splitlines()]
    assert ["library", "acme", "acme-tdl", "1.2", "acme:common"] in lines


def test_rules_are_looked_at(tdl: Run, install: Install) -> None:
    install(GOOD)
    Path("a.tdl").write_text(LIBRARY.replace("A_RCD", "A_RESERVE_RCD"), "utf-8")
    result = tdl("check", "a.tdl", "--format", "concise")
    assert result.exit_code == 1
    assert "ACME001: `A_RESERVE_RCD` found, a name with a meaning expected" in result.output
    assert tdl("check", "std:2012").exit_code == 0


@pytest.mark.parametrize(("said", "code"), [("off", 0), ("note", 0), ("error", 1)])
def test_a_project_says_what_it_makes_of_them(tdl: Run, install: Install, said: str, code: int) -> None:
    install(GOOD)
    Path("a.tdl").write_text(LIBRARY.replace("A_RCD", "A_RESERVE_RCD"), "utf-8")
    Path("tdl.toml").write_text(f'[check]\nACME001 = "{said}"\n', "utf-8")
    result = tdl("check", "a.tdl", "--format", "json")
    assert result.exit_code == code
    assert [each["severity"] for each in json.loads(result.stdout)] == ([] if said == "off" else [said])


ALLOWED = LIBRARY.replace("A_RCD", "A_RESERVE_RCD").replace("TYPE", "{ tdl: allow ACME001 it was first }\nTYPE")


def test_a_comment_allows_them(tdl: Run, install: Install) -> None:
    Path("a.tdl").write_text(ALLOWED, "utf-8")
    assert tdl("check", "a.tdl").exit_code == 0, "where the rules are not installed, nobody knows what is not used"
    install(GOOD)
    assert tdl("check", "a.tdl").exit_code == 0
    Path("a.tdl").write_text(ALLOWED.replace("A_RESERVE_RCD", "A_RCD"), "utf-8")
    assert "`ACME001` is allowed here and not found" in tdl("check", "a.tdl").output
    Path("a.tdl").write_text(ALLOWED.replace("ACME001 it was first", "ACME001"), "utf-8")
    assert "no reason found" in tdl("check", "a.tdl").output


@pytest.mark.parametrize("format", ["sarif", "github", "gitlab", "junit"])
def test_every_format_says_them(tdl: Run, install: Install, format: str) -> None:
    install(GOOD)
    Path("a.tdl").write_text(LIBRARY.replace("A_RCD", "A_RESERVE_RCD"), "utf-8")
    said = tdl("check", "a.tdl", "--format", format).stdout
    assert "ACME001" in said or "no-reserve" in said
    assert "ACME001.md" not in said, "rules of others have no page here"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("acme", "acme_rules:crash", "RuntimeError: no power"),
        ("acme", "acme_rules:foreign", "the code `TDL703` found, `ACME` and three digits expected"),
        ("acme", "acme_rules:words", "a `str` found, a finding expected"),
        ("acme", "acme_rules:NUMBER", "`acme_rules:NUMBER` is no function"),
        ("acme", "acme_rules:nothing", "AttributeError"),
        ("tdl", "acme_rules:check", "2 to 12 letters other than `tdl` expected"),
    ],
)
def test_rules_that_fail_are_an_error_and_hide_no_other(
    tdl: Run, install: Install, name: str, value: str, problem: str
) -> None:
    install({"tdl.rules": {name: value}})
    Path("a.tdl").write_text(LIBRARY + "TYPE B_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n", "utf-8")
    result = tdl("check", "a.tdl")
    assert result.exit_code != 0
    said = " ".join(result.output.split())
    assert f"the rules `{name}` of acme-tdl 1.2 failed: " in said
    assert problem in said
    assert "TDL703" in said


def test_a_family_of_ones_own(tdl: Run, install: Install) -> None:
    install(GOOD)
    result = tdl("layout", "-d", "acme:common", "MT0")
    assert result.exit_code == 0
    assert "MT0 A_TBL: 1 octet" in result.stdout
    Path("change.tdl").write_text(
        'FRAGMENT CHANGE OF "acme:common";\nMODIFY TYPE A_RCD\n    ADD B : UINT8;\nEND;\n', "utf-8"
    )
    assert tdl("merge", "change.tdl").exit_code == 0
    assert tdl("check", "change.tdl").exit_code == 0
    assert tdl("decode", "-d", "acme:common", "--bind", "acme:typical", "-", input='{"MT0": "07"}').exit_code == 0
    missing = tdl("check", "acme:other")
    assert missing.exit_code == 2
    assert "acme:common" in missing.output


def test_what_does_not_load_is_said(tdl: Run, install: Install) -> None:
    install(
        {
            "tdl.backends": {"dust": "no_such_module:BACKEND"},
            "tdl.rules": {"gone": "no_such_module:check"},
            "tdl.libraries": {"std": "acme_meters", "lost": "no_such_package", "odd": "acme_rules:NUMBER"},
        }
    )
    result = tdl("plugins")
    assert result.exit_code == 1
    found = listed(tdl)
    assert "No module named 'no_such_module'" in found["back end", "dust"]["problem"]
    assert found["back end", "dust"]["origin"] == "acme-tdl 1.2"
    assert "No module named 'no_such_module'" in found["rules", "gone"]["problem"]
    assert found["library", "lost"]["problem"].startswith("ModuleNotFoundError")
    assert found["library", "odd"]["problem"] == "`acme_rules:NUMBER` is no package"
    assert "std:2012" in tdl("check", "std:1066").output  # what ships with tdl stays
    assert "the family `std` ships with tdl" in result.stdout
    assert "cannot be used: " in result.stdout


# --- the quick look before all that is installed is asked ------------------------------------------------------------


def test_who_has_no_entry_points_is_not_asked(install: Install) -> None:
    assert not may_have("tdl.rules")
    install({"tdl.libraries": {"acme": "acme_meters"}})
    assert may_have("tdl.libraries")
    assert not may_have("tdl.rules")
    assert [each.name for each in plugins("tdl.libraries")] == ["acme"]


def test_what_cannot_be_looked_into_may_have_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "missing"))
    assert not may_have("tdl.rules")
    (tmp_path / "packages.zip").write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(tmp_path / "packages.zip"))
        assert may_have("tdl.rules")
    (tmp_path / "eggs" / "acme-1.0.egg").mkdir(parents=True)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(tmp_path / "eggs"))
        assert may_have("tdl.rules")
    assert not may_have("tdl.rules")


def test_another_way_to_find_packages_may_have_any(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_spec(self, *_: object) -> None: ...

        def find_distributions(self, *_: object) -> tuple[object, ...]:
            return ()

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert may_have("tdl.rules")
