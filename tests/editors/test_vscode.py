"""The extension for VS Code: what is in its package, and what its client does when it is activated."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tdl
from tests.editors.conftest import EXTENSION
from tests.editors.texts import ROOT, documents
from tests.editors.tokens import read
from tests.tools import tool

HERE = Path(__file__).parent
MANIFEST = json.loads((EXTENSION / "package.json").read_text("utf-8"))
SNIPPETS = json.loads((EXTENSION / "snippets.json").read_text("utf-8"))
COMMANDS = {each["command"] for each in MANIFEST["contributes"]["commands"]}

Activate = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def package(npm_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, type-checked, bundled, packed by `vsce` and unpacked again."""
    folder = tmp_path_factory.mktemp("vscode")
    source = folder / "source"
    shutil.copytree(EXTENSION, source, ignore=shutil.ignore_patterns("node_modules", "dist", "*.vsix"))
    (source / "node_modules").symlink_to(npm_packages / "node_modules")
    command = [tool("npm"), "run", "package"]
    run = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    unpacked = folder / "unpacked"
    zipfile.ZipFile(source / "tdl.vsix").extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def activate(package: Path) -> Activate:
    """Activates the bundled client against a stand-in for VS Code, and says what it did."""

    def activate(**options: Any) -> dict[str, Any]:
        bundle = package / "extension" / "dist" / "extension.js"
        command = [tool("node"), str(HERE / "activate.cjs"), str(bundle), json.dumps(options)]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert run.returncode == 0, run.stderr
        report: dict[str, Any] = json.loads(run.stdout)
        return report

    return activate


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Makes a program of shell lines."""

    def program(*lines: str) -> str:
        path = tmp_path / "tdl"
        path.write_text("\n".join(("#!/bin/sh", *lines, "")), "utf-8")
        path.chmod(0o755)
        return str(path)

    return program


def test_the_package_holds_what_it_needs_and_no_more(package: Path) -> None:
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert files == {
        "[Content_Types].xml",
        "extension.vsixmanifest",
        "extension/LICENSE.txt",
        "extension/CHANGELOG.md",
        "extension/dist/extension.js",
        "extension/dist/third-party-notices.txt",
        "extension/icon.png",
        "extension/language-configuration.json",
        "extension/package.json",
        "extension/README.md",
        "extension/snippets.json",
        "extension/syntaxes/tdl.tmLanguage.json",
    }
    for name in ("syntaxes/tdl.tmLanguage.json", "snippets.json", "language-configuration.json"):
        assert (package / "extension" / name).read_bytes() == (EXTENSION / name).read_bytes()
    assert (package / "extension" / "icon.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_the_package_names_whose_code_it_holds(package: Path) -> None:
    notices = (package / "extension" / "dist" / "third-party-notices.txt").read_text("utf-8")
    named = re.findall(r"^([@\w/-]+) \d+\.\d+\.\d+ \((.+)\)$", notices, re.MULTILINE)
    assert {"vscode-languageclient", "vscode-jsonrpc", "vscode-languageserver-protocol"} <= {name for name, _ in named}
    assert {licence for _, licence in named} <= {"MIT", "ISC", "BlueOak-1.0.0"}
    assert notices.lower().count("permission") >= len(named) - 1


def test_the_manifest_names_files_that_are_there(package: Path) -> None:
    there = package / "extension"
    manifest = json.loads((there / "package.json").read_text("utf-8"))
    contributed = manifest["contributes"]
    (language,), (grammar,), (snippets,) = (contributed[key] for key in ("languages", "grammars", "snippets"))
    for path in (manifest["main"], manifest["icon"], language["configuration"], grammar["path"], snippets["path"]):
        assert (there / path).is_file(), path
    assert grammar["language"] == snippets["language"] == language["id"] == "tdl"
    assert grammar["scopeName"] == json.loads((there / grammar["path"]).read_text("utf-8"))["scopeName"]
    assert language["extensions"] == [".tdl"]
    told = (package / "extension.vsixmanifest").read_text("utf-8")
    assert f'Id="tdl" Version="{manifest["version"]}" Publisher="tdl"' in told


def test_extension_compiler_and_lock_file_have_one_version() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    assert MANIFEST["version"] == lock["version"] == lock["packages"][""]["version"] == tdl.__version__
    assert f"## {tdl.__version__}" in (EXTENSION / "CHANGELOG.md").read_text("utf-8")
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_lock_file_names_contents_and_no_hosts() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]


def test_the_client_starts_and_restarts_a_server(activate: Activate, program: Callable[..., str]) -> None:
    server = program(f'exec "{tool("node")}" "{HERE / "fake_server.mjs"}"')
    report = activate(settings={"tdl.path": server}, run=["tdl.restartServer"])
    assert report["errors"] == []
    assert set(report["commands"]) == COMMANDS
    assert [(each["program"], each["args"]) for each in report["started"]] == [(server, ["lsp"])] * 2
    assert all(each["answers"] for each in report["started"])


def test_a_server_that_falls_over_is_started_again_three_times(activate: Activate, program: Callable[..., str]) -> None:
    server = program(f'exec "{tool("node")}" "{HERE / "fake_server.mjs"}" fragile')
    report = activate(settings={"tdl.path": server}, complains=True)
    assert len(report["started"]) == 4
    assert len(report["errors"]) == 1
    assert "will not be restarted" in report["errors"][0]


def test_the_client_starts_the_language_server(activate: Activate, program: Callable[..., str]) -> None:
    server = program(f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tdl "$@"')
    report = activate(settings={"tdl.path": server}, folder=str(ROOT / "examples"))
    assert report["errors"] == []
    assert [each["answers"] > 0 for each in report["started"]] == [True]


def test_a_missing_program_is_one_clear_message(activate: Activate, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "tdl")
    assert activate(settings={"tdl.path": nowhere})["errors"] == [
        f'TDL: `{nowhere}` cannot be started. Install it with pip install "tdl-compiler[lsp]", '
        "or say in the setting `tdl.path` where it is."
    ]


def test_a_missing_extra_is_one_clear_message(activate: Activate, program: Callable[..., str]) -> None:
    hidden = "import sys; sys.modules['pygls'] = None; from tdl.cli.app import main; main()"
    server = program(f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -c "{hidden}" "$@"')
    report = activate(settings={"tdl.path": server})
    assert report["errors"] == [
        f'TDL: `{server}` is there, but its language server is not. Install it with pip install "tdl-compiler[lsp]".'
    ]
    assert len(report["started"]) == 1  # starting it again would not help


def test_a_program_that_ends_at_once_says_why(activate: Activate, program: Callable[..., str]) -> None:
    server = program("echo 'Usage: tdl' >&2", "echo 'error: no such command' >&2", "echo '1 error' >&2", "exit 2")
    assert activate(settings={"tdl.path": server})["errors"] == [
        f"TDL: `{server} lsp` ended at once: error: no such command"
    ]
    server = program("echo 'Traceback' >&2", "echo 'KeyError: 1' >&2", "exit 1")
    assert activate(settings={"tdl.path": server})["errors"] == [f"TDL: `{server} lsp` ended at once: KeyError: 1"]
    server = program("exit 1")
    assert activate(settings={"tdl.path": server})["errors"] == [
        f"TDL: `{server} lsp` ended at once: it says nothing of why"
    ]


def test_nothing_is_started_where_the_workspace_is_not_trusted(activate: Activate) -> None:
    report = activate(trusted=False)
    assert report["started"] == []
    assert report["errors"] == []


def expanded(snippet: dict[str, Any]) -> str:
    """A snippet as it is when every placeholder is left alone."""
    text = "\n".join(snippet["body"])
    text = re.sub(r"\$\{\d+\|([^,|]*)[^}]*\}", r"\1", text)
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text).replace("$0", "")


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_a_text_that_the_compiler_reads(name: str) -> None:
    text = expanded(SNIPPETS[name])
    if name in ("array", "if", "switch"):
        text = f"TYPE A_RCD = PACKED RECORD\n{text}\nEND;"
    elif name == "modify":
        text = f'FRAGMENT A OF "B";\n{text}'
    assert read(text).declarations


def test_lines_are_indented_as_in_the_library() -> None:
    rules = json.loads((EXTENSION / "language-configuration.json").read_text("utf-8"))["indentationRules"]
    deeper, back = (re.compile(rules[key]) for key in ("increaseIndentPattern", "decreaseIndentPattern"))
    pairs = [pair for text in documents().values() for pair in pairwise(lines_of_code(text))]
    stepped = [(line, following) for line, following in pairs if indent(following) > indent(line)]
    assert len(stepped) > 400
    assert not [line for line, _ in stepped if not deeper.match(line)]
    assert not [pair for pair in pairs if deeper.match(pair[0]) and pair not in stepped and not back.match(pair[1])]


def lines_of_code(text: str) -> list[str]:
    """The lines without comments and without those that go on from the line before."""
    for piece in read(text).pieces:
        if piece.kind == "comment":
            blank = re.sub(r"[^\n]", " ", text[piece.start : piece.end])
            text = text[: piece.start] + blank + text[piece.end :]
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    follows = re.compile(r"\s*(?:WITH|PARAMETER|RESPONSE)\b")
    return [line for last, line in pairwise(["", *lines]) if not follows.match(line) and not last.endswith(",")]


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())
