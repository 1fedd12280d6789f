"""Every format of `tdl check`, word for word, and as those who read it take it.

The findings are those of the folder `vendor`. ``pytest tests/cli --snapshot-update`` writes `formats` anew.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from tdl.report.render.formats import FOR_PEOPLE, FORMATS
from tests.cli.conftest import ROOT, Run

VENDOR = Path(__file__).parent / "vendor"
KEPT = Path(__file__).parent / "formats"
SCHEMA = json.loads((ROOT / "tests/data/sarif/sarif-2.1.0.json").read_text("utf-8"))
CODES = ["TDL310", "TDL007", "TDL408", "TDL702", "TDL710", "TDL703", "TDL710", "TDL609"]


@pytest.fixture(autouse=True)
def vendor(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder holds a vendor's project; the version, which formats name, stays what it is."""
    shutil.copytree(VENDOR, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr("tdl.__version__", "0.0.0")


def _said(tdl: Run, format: str, *arguments: str) -> str:
    result = tdl("check", ".", "--format", format, *arguments)
    assert result.exit_code == 1
    there, empty = (result.stderr, result.stdout) if format in FOR_PEOPLE else (result.stdout, result.stderr)
    assert empty == ""
    return there


@pytest.mark.parametrize("format", FORMATS)
def test_word_for_word(tdl: Run, format: str, request: pytest.FixtureRequest) -> None:
    kept = KEPT / f"{format}.txt"
    made = _said(tdl, format)
    if request.config.getoption("--snapshot-update"):
        kept.write_text(made, "utf-8")
    assert made == kept.read_text("utf-8"), f"{kept.name} has changed; look at the difference, then --snapshot-update"


def test_no_format_is_without_its_words() -> None:
    assert sorted(path.stem for path in KEPT.iterdir()) == sorted(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_the_format_changes_no_exit_code(tdl: Run, format: str) -> None:
    def code(*arguments: str) -> int:
        return tdl("check", *arguments, "--format", format).exit_code

    assert code(".") == 1
    assert code("pump.tdl", "--fail-on", "error") == 0
    assert code("pump.tdl", "--fail-on", "warning") == 1
    assert code("other.tdl") == 0
    assert code("other.tdl", "--fail-on", "note") == 1
    assert code(".", "--fail-on", "never") == 0
    assert code("nothing.tdl") == 2
    assert code("nothing.tdl", "--fail-on", "never") == 2


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_holds_what_the_screen_would_show(tdl: Run, format: str) -> None:
    shown = _said(tdl, format)
    result = tdl("check", ".", "--format", format, "--output-file", "out/findings")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "1 error, 5 warnings, 2 notes\n")
    written = Path("out/findings").read_text("utf-8")
    assert written == shown if format != "text" else written.split() == shown.split()  # a file has 100 columns
    result = tdl("check", ".", "--format", format, "--output-file", "out")
    assert result.exit_code == 2
    assert Path("out/findings").read_text("utf-8") == written


def test_sarif_keeps_to_its_schema(tdl: Run) -> None:
    log = json.loads(_said(tdl, "sarif"))
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in run["results"]] == CODES
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert all((ROOT / rule["properties"]["page"]).exists() for rule in rules)
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert first["relatedLocations"][0]["message"] == {"text": "it is here"}
    (fix,) = run["results"][2]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "parts/types.tdl"
    assert "FILLER" in change["replacements"][0]["insertedContent"]["text"]


@pytest.mark.parametrize("arguments", [("nothing.tdl",), ("-",), ("std:2012", "clean.tdl"), ("ä b%c.tdl",)])
def test_whatever_is_found_is_valid(tdl: Run, arguments: tuple[str, ...]) -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    a\u0302\x01 : UINT8;\nEND;\n"
    Path("ä b%c.tdl").write_text(text)
    Path("clean.tdl").write_text("TYPE A_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n")

    def said(format: str) -> str:
        return tdl("check", *arguments, "--format", format, input=text).stdout

    jsonschema.validate(json.loads(said("sarif")), SCHEMA)
    assert isinstance(json.loads(said("gitlab")), list)
    assert ElementTree.fromstring(said("junit")).tag == "testsuites"
    assert all(line.startswith("::") for line in said("github").splitlines())


def test_paths_are_those_of_the_repository(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    here = _said(tdl, "gitlab")
    assert tdl("check", str(Path.cwd()), "--format", "gitlab").stdout == here
    paths = {entry["location"]["path"] for entry in json.loads(here)}
    assert paths == {"model.tdl", "other.tdl", "parts/types.tdl", "pump.tdl"}
    elsewhere = Path("here")
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for format in ("gitlab", "sarif"):
        assert f"{Path.cwd().parent}/pump.tdl" in tdl("check", "..", "--format", format).stdout
    monkeypatch.chdir("..")
    uri = json.loads(tdl("check", "ä b%c.tdl", "--format", "sarif").stdout)["runs"][0]["results"][0]["locations"][0]
    assert uri["physicalLocation"]["artifactLocation"]["uri"] == "%C3%A4%20b%25c.tdl"


def test_a_workflow_command_says_one_thing(tdl: Run) -> None:
    """Neither a message nor a path can end its command or begin another."""
    name = "a,b:c%\n::error::x.tdl"
    Path(name).write_text("DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    A ::error::% UINT8;\nEND;\n")
    lines = tdl("check", name, "--format", "github").stdout.splitlines()
    assert len(lines) == 1
    fields = re.fullmatch(r"::error file=([^,:]*),line=3,endLine=3,col=\d+,endColumn=\d+,title=[^,:]*::(.*)", lines[0])
    assert fields is not None
    assert fields[1] == "a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.tdl"


def test_gitlab_tells_findings_apart(tdl: Run) -> None:
    entries = json.loads(_said(tdl, "gitlab"))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == len(CODES)
    assert [entry["severity"] for entry in entries[:3]] == ["critical", "info", "minor"]
    assert entries[0]["check_name"] == "already-there"
    assert entries[0]["location"]["positions"]["begin"] == {"line": 4, "column": 5}


def test_a_suite_for_each_file_and_a_failure_for_each_finding_that_fails(tdl: Run) -> None:
    def counted(*arguments: str) -> dict[str, tuple[int, int]]:
        root = ElementTree.fromstring(tdl("check", ".", "--format", "junit", *arguments).stdout)
        assert int(root.get("failures", "")) == len(root.findall(".//failure"))
        assert int(root.get("tests", "")) == len(root.findall(".//testcase"))
        return {s.get("name", ""): (len(s.findall("testcase")), len(s.findall(".//failure"))) for s in root}

    assert counted() == {"model.tdl": (1, 1), "other.tdl": (1, 0), "parts/types.tdl": (5, 4), "pump.tdl": (1, 1)}
    assert sum(failed for _, failed in counted("--fail-on", "error").values()) == 1
    assert sum(failed for _, failed in counted("--fail-on", "note").values()) == len(CODES)
    Path("pump.tdl").write_text(Path("pump.tdl").read_text().replace("control", "CONTROL"))
    assert counted()["pump.tdl"] == (1, 0)


def _suppressed(tdl: Run, *arguments: str) -> dict[str, list[dict[str, str]] | None]:
    """What SARIF says lets each finding pass, by code; None where it does not speak of that."""
    log = json.loads(tdl("check", "a.tdl", "--format", "sarif", *arguments).stdout)
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    return {result["ruleId"]: result.get("suppressions") for result in run["results"]}


def test_sarif_can_say_what_is_let_pass(tdl: Run) -> None:
    comment = "{ tdl: allow TDL702 the vendor's tool reads this name }"
    text = f"TYPE A_RCD = PACKED RECORD\n    Count : UINT8; {comment}\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
    Path("a.tdl").write_text(text + "TYPE B_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n")
    excuse = {"kind": "inSource", "status": "accepted", "justification": "the vendor's tool reads this name"}
    assert _suppressed(tdl) == {"TDL703": None}
    assert _suppressed(tdl, "--suppressions") == {"TDL703": [], "TDL702": [excuse]}
    tdl("check", "a.tdl", "--baseline", "known.json", "--update-baseline")
    known = {"kind": "external", "status": "accepted"}
    assert _suppressed(tdl, "--baseline", "known.json") == {}
    assert _suppressed(tdl, "--baseline", "known.json", "--suppressions") == {"TDL702": [excuse], "TDL703": [known]}
    assert tdl("check", "a.tdl", "--baseline", "known.json", "--format", "sarif", "--suppressions").exit_code == 0
    assert tdl("check", "a.tdl", "--suppressions").exit_code == 2
    Path("tdl.toml").write_text('[check]\nTDL702 = "off"\nTDL703 = "note"\n')
    Path("known.json").write_text('{"version": 1, "findings": []}')
    assert _suppressed(tdl, "--baseline", "known.json", "--suppressions") == {"TDL703": None}
