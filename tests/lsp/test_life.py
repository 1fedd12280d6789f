"""What happens while somebody works: edits, files, folders, settings, and texts that make no sense."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.lsp.conftest import ACME, MODEL, SETTINGS
from tests.lsp.editor import PATIENCE, Editor


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "acme.tdl").write_text(ACME, "utf-8")
    (tmp_path / "model.tdl").write_text(MODEL, "utf-8")
    (tmp_path / "tdl.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


@pytest.fixture
def editor(place: Path) -> Iterator[Editor]:
    editor = Editor(place)
    yield editor
    assert editor.close() == 0


def files(*changes: tuple[Path, lsp.FileChangeType]) -> lsp.DidChangeWatchedFilesParams:
    events = [lsp.FileEvent(uri=path.as_uri(), type=kind) for path, kind in changes]
    return lsp.DidChangeWatchedFilesParams(changes=events)


def test_findings_follow_what_is_written(editor: Editor, place: Path) -> None:
    acme = editor.open(place / "acme.tdl")
    model = (place / "model.tdl").as_uri()
    editor.edit(acme, "STATE : UINT8", "STATE : UINTS8")
    editor.until_codes(acme, "TDL203", "TDL420")
    found, _ = editor.shown[acme].diagnostics
    assert found.range.start == editor.at(acme, "UINTS8", 0)
    assert found.message.startswith("no type `UINTS8` is declared")
    assert found.severity == lsp.DiagnosticSeverity.Error
    assert found.source == "tdl"
    assert found.code_description is not None
    assert Path(found.code_description.href.removeprefix("file://")).read_text("utf-8").startswith("# TDL203")
    assert editor.shown[acme].version == editor.versions[acme]
    editor.edit(acme, "STATE : UINTS8", "CONDITION : UINT8")
    editor.until_codes(acme)
    editor.until(lambda: len(editor.codes(model)) > 0)
    assert editor.shown[model].diagnostics[0].range.start.line == 3, "the fragment that stands on it is another file"
    editor.edit(acme, "CONDITION : UINT8", "STATE : UINT8")
    editor.until_codes(model)


def test_related_places_are_told(editor: Editor, place: Path) -> None:
    acme = editor.open(place / "acme.tdl")
    editor.edit(acme, "BUSY : 1", "BUSY : 0")
    editor.until(lambda: len(editor.codes(acme)) == 1)
    (found,) = editor.shown[acme].diagnostics
    assert found.related_information
    assert editor.text_at(found.related_information[0].location) == "0"


def test_what_cannot_be_read_is_told_and_the_rest_is_still_known(editor: Editor, place: Path) -> None:
    acme = editor.open(place / "acme.tdl")
    editor.until(lambda: editor.ask("text_document_hover", acme, "NBR_TIERS") is not None)
    editor.edit(acme, "ADD TYPE ACME_RCD", "ADD TYPE NEW_RCD = PACKED {\n\n ADD TYPE ACME_RCD")
    editor.until(lambda: len(editor.codes(acme)) > 0)
    assert editor.ask("text_document_hover", acme, "NBR_TIERS") is not None, "though it is in a comment now"
    editor.write(acme, ACME.replace("ROWS : ARRAY[", "ROWS : : ARRAY["))
    editor.until(lambda: [d.range.start.line for d in editor.shown[acme].diagnostics] == [9])
    found = editor.ask("text_document_hover", acme, "STATE")
    assert "STATE : UINT8" in found.contents.value
    (there,) = editor.ask("text_document_definition", acme, "= ACME_RCD;", inside=4)
    assert editor.text_at(there) == "ACME_RCD"
    assert [e.name for e in editor.ask("text_document_document_symbol", acme)] == [
        "ACME_ENUM",
        "ACME_TBL",
        "MODIFY TYPE REGS_RCD",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_are_counted_as_agreed(place: Path, encoding: str) -> None:
    editor = Editor(place, encodings=[encoding])
    assert editor.capabilities.position_encoding == encoding
    text = 'DOCUMENT D;\nTYPE A_RCD = PACKED RECORD\n    A : UINT8 WITH Label = "é🙂", Unit = "é", Nope = "x";\nEND;\n'
    uri = editor.open("untitled:Untitled-1", text)
    editor.until(lambda: len(editor.codes(uri)) > 0)
    (found,) = editor.shown[uri].diagnostics
    line = text.split("\n")[2]
    assert (
        found.range.start.character
        == len(line[: line.index("Nope")].encode(f"{encoding}-le".replace("8-le", "8")))
        // ({"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding])
    )
    assert editor.close() == 0


def test_settings_count_when_they_are_saved(editor: Editor, place: Path) -> None:
    acme = editor.open(
        place / "acme.tdl",
        ACME.replace("ADD TABLE MFG 5", "ADD TYPE Odd_RCD = PACKED RECORD A : UINT8; END;\nADD TABLE MFG 5"),
    )
    editor.until_codes(acme, "TDL702", "TDL703")
    assert editor.shown[acme].diagnostics[0].severity == lsp.DiagnosticSeverity.Information
    (place / "tdl.toml").write_text(SETTINGS.replace('"note"', '"off"'))
    editor.notify("workspace_did_change_watched_files", files((place / "tdl.toml", lsp.FileChangeType.Changed)))
    editor.until_codes(acme, "TDL703")
    (place / "tdl.toml").write_text("[check]\nTDL703 = 7\n")
    editor.notify("workspace_did_change_watched_files", files((place / "tdl.toml", lsp.FileChangeType.Changed)))
    editor.until(lambda: editor.codes((place / "tdl.toml").as_uri()) == ["TDL004"])


def test_files_change_on_disk(editor: Editor, place: Path) -> None:
    model = editor.open(place / "model.tdl")
    (place / "acme.tdl").write_text(ACME.replace("STATE", "CONDITION"), "utf-8")
    editor.notify("workspace_did_change_watched_files", files((place / "acme.tdl", lsp.FileChangeType.Changed)))
    editor.until(lambda: len(editor.codes(model)) > 0)
    (place / "acme.tdl").unlink()
    editor.notify("workspace_did_change_watched_files", files((place / "acme.tdl", lsp.FileChangeType.Deleted)))
    editor.until_codes(model, "TDL007")
    (place / "acme.tdl").write_text(ACME, "utf-8")
    editor.notify("workspace_did_change_watched_files", files((place / "acme.tdl", lsp.FileChangeType.Created)))
    editor.until_codes(model)


def test_several_folders_and_none(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "bad.tdl").write_text("TYPE A_RCD = PACKED RECORD A : NOPE; END;\n")
    alone = tmp_path_factory.mktemp("alone") / "alone.tdl"
    alone.write_text("TYPE A_RCD = PACKED RECORD A : NOPE; END;\n")
    editor = Editor(place)
    uri = editor.open(alone)
    editor.until_codes(uri, "TDL203")
    bad = (other / "bad.tdl").as_uri()
    assert editor.codes(bad) == []
    folder = lsp.WorkspaceFolder(uri=other.as_uri(), name="other")
    for added, removed, codes in (([folder], [], ["TDL203"]), ([], [folder], [])):
        event = lsp.WorkspaceFoldersChangeEvent(added=added, removed=removed)
        params = lsp.DidChangeWorkspaceFoldersParams(event=event)
        editor.notify("workspace_did_change_workspace_folders", params)
        editor.until_codes(bad, *codes)
    close = lsp.DidCloseTextDocumentParams(text_document=lsp.TextDocumentIdentifier(uri=uri))
    editor.notify("text_document_did_close", close)
    editor.until_codes(uri)
    assert editor.close() == 0


def test_hostile_texts_leave_the_server_answering(editor: Editor, place: Path) -> None:
    acme = editor.open(place / "acme.tdl")
    chance = random.Random(1)
    noise = "".join(chance.choice('{}()[]; \n"=:.ABCENDTYPE\u00e9\u2028') for _ in range(1_000_000))
    deep = "TYPE A_RCD = PACKED RECORD\n" + "IF A THEN\n" * 5_000 + "A : UINT8;\n"
    long = "TYPE A = " + "ARRAY[1] OF " * 100_000
    for number, text in enumerate((noise, deep, long, "{" * 100_000, "TYPE A_RCD = A_RCD;\n" * 5_000)):
        uri = editor.open(place / f"hostile{number}.tdl", text)
        editor.until(lambda uri=uri: len(editor.codes(uri)) > 0)
        for question in ("text_document_document_symbol", "text_document_folding_range"):
            editor.ask(question, uri)
        last = lsp.Position(text.count("\n"), 0)
        editor.ask("text_document_completion", uri, position=last)
        editor.ask("text_document_hover", uri, position=last)
        assert editor.ask("text_document_hover", acme, "NBR_TIERS") is not None
    assert editor.messages == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Content-Length: 99999999999\r\n\r\n{", "a message of 99999999999 octets found, at most 134217728 expected\n"),
        (f"Content-Length: {'9' * 5000}\r\n\r\n{{", ""),
        ("noise", ""),
        ("", ""),
    ],
    ids=["long", "endless", "noise", "nothing"],
)
def test_what_is_no_conversation_ends_it(said: str, answer: str) -> None:
    command = [sys.executable, "-m", "tdl", "lsp"]
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", answer)


@pytest.mark.parametrize("closed", ["<&-", "</dev/null >&-"])
def test_a_closed_stream_is_said(closed: str) -> None:
    command = f"'{sys.executable}' -m tdl lsp {closed}"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2
    assert "closed" in done.stderr
