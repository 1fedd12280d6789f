"""What others run `tdl check` by: the hook, the action, the pipeline's component and the image.

Each is read as its service reads it, and its commands are run as they stand there.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.cli.conftest import ROOT, Run

GOOD = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
SMALL = GOOD.replace("COUNT", "Count")
BAD = GOOD.replace("UINT8", "UINT9")


def _shell(script: str, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as services do, with `tdl` on its path."""
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "tdl").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tdl "$@"\n')
    (programs / "tdl").chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A vendor's repository with a finding in each of two folders."""
    folder = tmp_path / "repository"
    for name, text in (("meters/a b.tdl", SMALL), ("gas/b.tdl", BAD), ("clean/c.tdl", GOOD)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    return folder


# --- pre-commit ------------------------------------------------------------------------------------------------

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def test_a_hook_checks_the_files_that_have_changed(tdl: Run) -> None:
    Path("a.tdl").write_text(SMALL)
    Path("b.tdl").write_text(GOOD)
    Path("notes.txt").write_text("nothing\n")
    hook = HOOKS["tdl-check"]
    changed = sorted(name for name in os.listdir() if re.search(hook["files"], name))
    assert changed == ["a.tdl", "b.tdl"]
    program, *arguments = shlex.split(hook["entry"])
    assert program == "tdl"
    assert tdl(*arguments, *changed).exit_code == 1
    assert tdl(*arguments, "b.tdl").exit_code == 0


def test_a_hook_checks_the_project(tdl: Run) -> None:
    hook = HOOKS["tdl-check-project"]
    assert hook["pass_filenames"] is False
    assert [bool(re.search(hook["files"], name)) for name in ("x/a.tdl", "tdl.toml", "a.txt")] == [True, True, False]
    Path("a.tdl").write_text(SMALL)
    Path("tdl.toml").write_text('definition = "a.tdl"\n')
    assert tdl(*shlex.split(hook["entry"])[1:]).exit_code == 1


@pytest.mark.parametrize("hook", HOOKS.values(), ids=lambda hook: hook["id"])
def test_a_hook_says_what_it_must(hook: Mapping[str, Any]) -> None:
    assert {"id", "name", "entry", "language", "files"} <= hook.keys()
    assert hook["language"] == "python"  # the repository is installed as it is, and brings `tdl`


# --- GitHub ----------------------------------------------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
INSTALL, CHECK = (step for step in ACTION["runs"]["steps"] if "run" in step)


def _act(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's check with inputs, those not given as the action says."""
    assert inputs.keys() <= {name.replace("-", "_") for name in ACTION["inputs"]}
    given = {name: inputs.get(name.replace("-", "_"), said["default"]) for name, said in ACTION["inputs"].items()}
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in CHECK["env"].items()
    }
    return _shell(CHECK["run"], folder, variables)


def test_the_action_annotates_and_fails(repository: Path) -> None:
    done = _act(repository)
    assert done.returncode == 1
    assert [line.partition(",")[0] for line in done.stdout.splitlines()] == [
        "::error file=gas/b.tdl",
        "::warning file=meters/a b.tdl",
    ]


def test_the_inputs_of_the_action(repository: Path) -> None:
    assert _act(repository, paths="clean\n").returncode == 0
    assert _act(repository, paths="meters/a b.tdl\n\nclean").returncode == 1
    assert _act(repository, paths="meters", fail_on="error").returncode == 0
    (repository / "known.json").write_text('{"version": 1, "findings": []}\n')
    assert _act(repository, paths="meters", baseline="known.json").returncode == 1
    assert _act(repository, paths="").returncode == 2, "there is no tdl.toml"
    (repository / "tdl.toml").write_text('definition = "clean/c.tdl"\n')
    assert _act(repository, paths="").returncode == 0


def test_the_action_writes_sarif_whatever_it_finds(repository: Path) -> None:
    assert _act(repository, sarif_file="out/tdl.sarif").returncode == 1
    log = json.loads((repository / "out/tdl.sarif").read_text())
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["TDL203", "TDL702"]


def test_no_input_of_the_action_is_a_command(repository: Path) -> None:
    assert all("${{" not in step["run"] for step in (INSTALL, CHECK)), "inputs come as variables"
    for name in ACTION["inputs"]:
        _act(repository, **{name.replace("-", "_"): "$(touch broken); touch broken; `touch broken`"})
        assert not list(repository.rglob("broken"))


def test_the_action_installs_what_it_stands_beside(repository: Path) -> None:
    programs = repository.parent / "programs"
    programs.mkdir()
    (programs / "python").write_text('#!/bin/sh\nfor each; do echo "$each"; done\n')
    (programs / "python").chmod(0o755)
    said = _shell(INSTALL["run"], repository, {"GITHUB_ACTION_PATH": "/an action"}).stdout.splitlines()
    assert said == ["-m", "pip", "install", "--quiet", "/an action[xml]"]


# --- GitLab ----------------------------------------------------------------------------------------------------

SPEC, JOBS = yaml.safe_load_all((ROOT / "templates/check.yml").read_text())
JOB = JOBS["tdl-check"]


def _pipeline(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    said = SPEC["spec"]["inputs"]
    given = {name: inputs.get(name.replace("-", "_"), each["default"]) for name, each in said.items()}
    variables = {
        name: re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: given[match[1]], value)
        for name, value in JOB["variables"].items()
    }
    return _shell("\n".join(JOB["script"]), folder, variables)


def test_the_component_writes_reports_and_fails(repository: Path) -> None:
    done = _pipeline(repository)
    assert done.returncode == 1
    assert "error TDL203" in done.stderr
    reports = JOB["artifacts"]["reports"]
    assert JOB["artifacts"]["when"] == "always"
    assert len(json.loads((repository / reports["codequality"]).read_text())) == 2
    suites = ElementTree.parse(repository / reports["junit"]).getroot()
    assert [suite.get("name") for suite in suites] == ["clean/c.tdl", "gas/b.tdl", "meters/a b.tdl"]


def test_the_inputs_of_the_component(repository: Path) -> None:
    assert _pipeline(repository, paths="clean meters", fail_on="error").returncode == 0
    assert _pipeline(repository, paths="clean meters").returncode == 1
    (repository / "tdl.toml").write_text('definition = "clean/c.tdl"\n[check]\nfail-on = "never"\n')
    assert _pipeline(repository, paths="").returncode == 0
    assert _pipeline(repository, paths="meters").returncode == 0, "what tdl.toml says holds where nothing is said"


# --- the image -------------------------------------------------------------------------------------------------


def _instructions() -> list[tuple[str, list[str]]]:
    lines = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()).splitlines()
    parts = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    return [(word, shlex.split(rest)) for word, rest in parts]


def test_the_image_is_built_of_what_it_copies(tmp_path: Path) -> None:
    """What the Dockerfile copies is in the context, and makes a wheel that brings the program it starts."""
    context = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [rest[:-1] for word, rest in _instructions() if word == "COPY" and not rest[0].startswith("--from")]
    sources = [source for each in copied for source in each]
    assert sorted(sources) == sorted(context)
    for source in sources:
        path = ROOT / source
        if path.is_dir():
            shutil.copytree(path, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, tmp_path / source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "wheels"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        scripts = archive.read(next(n for n in archive.namelist() if n.endswith("entry_points.txt"))).decode()
    entry = next(rest for word, rest in _instructions() if word == "ENTRYPOINT")
    assert json.loads(" ".join(entry).replace("[", '["').replace("]", '"]')) == ["tdl"]
    assert "tdl = tdl.cli.start:entry" in scripts
    (installed,) = (r for word, r in _instructions() if word == "RUN" and "--no-index" in r)
    assert wheel.name.startswith(installed[installed.index("&&") - 1].removesuffix("[xml]").replace("-", "_"))


def test_the_image_runs_as_nobody_special() -> None:
    words = [word for word, _ in _instructions()]
    ((user,),) = (rest for word, rest in _instructions() if word == "USER")
    assert int(user) > 0
    assert any("useradd" in rest and rest[rest.index("--uid") + 1] == user for _, rest in _instructions())
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert all(":" in rest[0] for word, rest in _instructions() if word == "FROM"), "of a version that is named"
