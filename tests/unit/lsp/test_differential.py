"""While a text is edited, the workspace says of it what `tdl check` says of the same texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tdl.lsp.workspace import Workspace
from tdl.project.settings import SettingsError
from tdl.report import Diagnostic, Rule
from tdl.report.rules import all_rules
from tdl.report.rules.review import NO_DOCUMENTS
from tdl.review.checking import Subject, check_all
from tdl.sources import Resolver
from tests.unit.lsp.editing import BASE, MAKER, MODEL, history

Said = list[tuple[object, ...]]

FILES = {"base.tdl": BASE, "maker.tdl": MAKER, "deep/model.tdl": MODEL}
SETTINGS = """\
definition = "base.tdl"
fragments = ["maker.tdl"]
[check]
TDL701 = "note"
TDL702 = "off"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def places(found: Diagnostic) -> tuple[object, ...]:
    labels = [found.primary, *found.secondary] if found.primary else []
    spans = [(os.path.abspath(e.span.source.name), e.span.start, e.span.end, e.text) for e in labels]
    edits = [(e.span.start, e.span.end, e.replacement) for fix in found.fixes for e in fix.edits]
    return found.code, found.severity.value, found.message, tuple(spans), found.notes, found.help, tuple(edits)


def by_check(folder: Path) -> Said:
    outcome = check_all(Subject(names=(str(folder),)), Resolver(), folder)
    # a folder without documents is nothing to tell somebody who has it open
    return sorted((places(each) for each in outcome.findings if each.rule is not NO_DOCUMENTS), key=repr)


def by_workspace(workspace: Workspace) -> Said:
    for _ in workspace.work():
        pass
    found = workspace.findings()
    for name, own in found.items():
        assert all(each.primary is None or each.primary.span.source.name == name for each in own)
    return sorted((places(each) for own in found.values() for each in own), key=repr)


@pytest.mark.parametrize("settings", ["", SETTINGS], ids=["plain", "project"])
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", FILES)
def test_edits_are_judged_as_the_files_would_be(folder: Path, name: str, seed: int, settings: str) -> None:
    if settings:
        (folder / "tdl.toml").write_text(settings, "utf-8")
    workspace = Workspace([str(folder)])
    path = folder / name
    for state in history(FILES[name], seed, 12):
        workspace.open(str(path), state)
        path.write_text(state, "utf-8", newline="")
        assert by_workspace(workspace) == by_check(folder), state


@pytest.mark.parametrize(("name", "seed"), [("maker.tdl", 124), ("base.tdl", 138)])
def test_names_that_are_being_written_are_followed(folder: Path, name: str, seed: int) -> None:
    workspace = Workspace([str(folder)])
    path = folder / name
    for state in history(FILES[name], seed, 15):
        workspace.open(str(path), state)
        path.write_text(state, "utf-8", newline="")
        assert [each[0] for each in by_workspace(workspace)] == [each[0] for each in by_check(folder)], state


def test_texts_that_are_not_saved_count(folder: Path) -> None:
    workspace = Workspace([str(folder)])
    assert [each[0] for each in by_workspace(workspace)] == [each[0] for each in by_check(folder)]
    workspace.open(str(folder / "base.tdl"), BASE.replace("COUNT : UINT8;", ""))
    said = {(Path(name).name, each.code) for name, own in workspace_findings(workspace).items() for each in own}
    assert any(name == "base.tdl" for name, _ in said)
    assert any(name == "maker.tdl" for name, _ in said), "a fragment that stands on it is checked, too"
    workspace.close(str(folder / "base.tdl"))
    assert by_workspace(workspace) == by_check(folder)


def workspace_findings(workspace: Workspace) -> dict[str, list[Diagnostic]]:
    for _ in workspace.work():
        pass
    return workspace.findings()


@pytest.mark.parametrize("names", [["new.tdl"], ["maker.tdl"], ["base.tdl", "deep/model.tdl"]])
def test_files_that_come_and_go(folder: Path, names: list[str]) -> None:
    workspace = Workspace([str(folder)])
    by_workspace(workspace)
    for name in names:
        path = folder / name
        if path.exists():
            path.unlink()
        else:
            path.write_text('FRAGMENT NEW OF "METER";\nMODIFY TYPE NOT_RCD\nEND;\n')
    workspace.files_changed([str(folder / name) for name in names], listed=True)
    assert by_workspace(workspace) == by_check(folder)


def test_a_file_that_changed_unseen_is_seen_at_the_next_save(folder: Path) -> None:
    workspace = Workspace([str(folder)])
    before = by_workspace(workspace)
    (folder / "base.tdl").write_text(BASE.replace("UINT(1..2)", "UINT(1..1)"), "utf-8")
    workspace.look_at_files()
    after = by_workspace(workspace)
    assert after == by_check(folder)
    assert after != before


def test_parts_are_checked_with_their_importers(folder: Path) -> None:
    (folder / "part.tdl").write_text("TYPE PART_RCD = PACKED RECORD\n    A : NOT_THERE;\nEND;\n")
    (folder / "base.tdl").write_text(BASE.replace("TYPE FORMAT", 'IMPORT "part.tdl";\nTYPE FORMAT', 1), "utf-8")
    workspace = Workspace([str(folder)])
    assert by_workspace(workspace) == by_check(folder)
    workspace.open(str(folder / "part.tdl"), "TYPE PART_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n")
    (folder / "part.tdl").write_text("TYPE PART_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n")
    assert by_workspace(workspace) == by_check(folder)


def test_a_document_outside_of_folders_is_checked_by_itself(folder: Path) -> None:
    workspace = Workspace()
    for name in ("base.tdl", "maker.tdl"):
        workspace.open(str(folder / name), FILES[name].replace("UINT8;", "UINT9;"))
        (folder / name).write_text(FILES[name].replace("UINT8;", "UINT9;"), "utf-8")
    names = tuple(str(folder / name) for name in ("base.tdl", "maker.tdl"))
    expected = check_all(Subject(names=names), Resolver(), folder)
    assert by_workspace(workspace) == sorted((places(each) for each in expected.findings), key=repr)


def test_settings_that_cannot_be_used_are_said_and_stop_nothing(folder: Path) -> None:
    (folder / "tdl.toml").write_text('definition = "base.tdl"\n[check]\nTDL999 = "maybe"\n')
    workspace = Workspace([str(folder)])
    workspace.open(str(folder / "base.tdl"), BASE.replace("UINT8;", "UINT9;"))
    found = workspace_findings(workspace)
    assert {Path(name).name for name in found} >= {"tdl.toml", "base.tdl"}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_is_kept_while_its_example_is_mended_and_broken_again(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = [
        {name: content for name, content in each.files.items() if isinstance(content, str)}
        for each in (rule.wrong, rule.right)
    ]
    workspace = Workspace([str(tmp_path)])
    for files in (*examples, *examples):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            listed = not path.exists()
            path.write_text(text, "utf-8", newline="")
            workspace.files_changed([str(path)], listed=listed)
        try:
            expected = by_check(tmp_path)
        except SettingsError:  # a check ends there, an editor goes on
            assert by_workspace(workspace)
            continue
        assert by_workspace(workspace) == expected
