"""The features without an editor: corners that are quicker to reach by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.check.extent import extents
from tdl.check.view import View
from tdl.ir.schedule import MAX_LEVELS, MAX_OPS
from tdl.lsp.addresses import library_file, library_name, name_of_uri, uri_of_name
from tdl.lsp.features.actions import fix_all, quick_fixes
from tdl.lsp.features.completion import completion
from tdl.lsp.features.formatting import formatting, line_edits
from tdl.lsp.features.hints import hints
from tdl.lsp.features.navigation import definition, references
from tdl.lsp.features.rename import CannotRename, edited, prepare, rename
from tdl.lsp.features.symbols import document_symbols
from tdl.lsp.workspace import Workspace
from tdl.report import Report
from tdl.report.rules.layout import TABLE_TOO_LARGE
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tests.unit.lsp.editing import BASE, MAKER, MODEL

METER = """\
DOCUMENT METER;
TYPE CONFIG_RCD = PACKED RECORD
    USED : SET(1);
    COUNT : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD
    KIND : UINT8;
    IF CONFIG_TBL.USED[LIST_TBL] THEN
        EXTRA : UINT8;
    END;
    ROWS : ARRAY[CONFIG_TBL.COUNT] OF UINT8;
END;
TABLE 1 LIST_TBL = LIST_RCD;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.tdl").write_text(BASE, "utf-8")
    (tmp_path / "maker.tdl").write_text(MAKER, "utf-8")
    (tmp_path / "model.tdl").write_text(MODEL, "utf-8")
    return tmp_path


def opened(folder: Path, text: str, name: str = "a.tdl") -> tuple[Workspace, str]:
    workspace = Workspace([str(folder)])
    path = str(folder / name)
    workspace.open(path, text)
    return workspace, path


# --- rename ------------------------------------------------------------------------------------------------------


def test_a_rename_that_another_name_would_fall_for_is_refused(tmp_path: Path) -> None:
    workspace, name = opened(tmp_path, METER)
    with pytest.raises(CannotRename, match="another thing has this name"):
        rename(workspace, name, METER.index("KIND"), "LIST_TBL")
    edits = rename(workspace, name, METER.index("KIND"), "SORT")
    assert [(each.span.text, each.replacement) for each in edits[name]] == [("KIND", "SORT")]


def test_a_rename_of_a_base_follows_fragments_and_their_verbs(folder: Path) -> None:
    workspace = Workspace([str(folder)])
    base = str(folder / "base.tdl")
    edits = rename(workspace, base, BASE.index("KIND : UINT8"), "SORT")
    texts = {"base.tdl": BASE, "maker.tdl": MAKER, "model.tdl": MODEL}
    made = {Path(name).name: edited(texts[Path(name).name], own) for name, own in edits.items()}
    assert made["base.tdl"] == BASE.replace("KIND : UINT8", "SORT : UINT8").replace(
        "CONFIG_TBL.KIND", "CONFIG_TBL.SORT"
    )
    assert made["maker.tdl"] == MAKER.replace("KIND.Label", "SORT.Label")


def test_what_a_fragment_renames_keeps_one_identity(folder: Path) -> None:
    workspace = Workspace([str(folder)])
    maker = str(folder / "maker.tdl")
    found = references(workspace, maker, MAKER.index("ROWS"), declarations=True)
    assert [(Path(each.source.name).name, each.text) for each in found] == [
        ("maker.tdl", "ROWS"),
        ("model.tdl", "ROWS"),
        ("model.tdl", "LINES"),
    ]
    (first,) = definition(workspace, str(folder / "model.tdl"), MODEL.index("STATE"))
    assert (Path(first.source.name).name, first.text) == ("maker.tdl", "STATE")


def test_nothing_is_renamed_where_nothing_is_named(tmp_path: Path) -> None:
    workspace, name = opened(tmp_path, METER)
    assert prepare(workspace, name, METER.index("PACKED")) is None
    with pytest.raises(CannotRename, match="nothing that has a name"):
        rename(workspace, name, METER.index("PACKED"), "X")


# --- completion --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "offered", "kept"),
    [
        ("", {"TYPE", "TABLE", "PROCEDURE"}, {"LIST_RCD"}),
        ("TYPE X = ", {"PACKED", "BIT", "ENUMERATION", "UINT8", "LIST_RCD", "STRING("}, {"END"}),
        ("TYPE X = BIT FIELD OF ", {"UINT8", "UINT64"}, {"LIST_RCD", "INT8"}),
        ("TYPE X = BIT FIELD OF UINT8 A : ", {"UINT(", "BOOL(", "FILL("}, {"UINT8"}),
        ("TYPE X = PACKED RECORD A : UINT8; ", {"IF", "SWITCH", "END"}, {"UINT8"}),
        ("TYPE X = PACKED RECORD LEN : UINT8; B : BINARY(", {"LEN", "CONFIG_TBL"}, {"UINT8", "LIST_RCD"}),
        ("TYPE X = PACKED RECORD A : UINT8; IF ", {"A", "CONFIG_TBL", "NOT"}, {"UINT8"}),
        ("TYPE X = PACKED RECORD IF CONFIG_TBL.", {"COUNT", "USED"}, {"CONFIG_TBL", "UINT8"}),
        ("TYPE X = PACKED RECORD A : UINT8 WITH ", {"Label", "Enum", "Unit"}, {"UINT8"}),
        ("TYPE X = PACKED RECORD A : UINT8 WITH Role = ", {'"LIMITING"', '"DATA"'}, {"Label"}),
        ('TYPE X = PACKED RECORD A : UINT8 WITH Role = "', {"LIMITING", "DATA"}, {"Label"}),
        ("TABLE 5 X_TBL = ", {"LIST_RCD"}, {"CONFIG_TBL"}),
        ("TYPE X = { UINT", set(), {"UINT8"}),
        ('TYPE X = PACKED RECORD A : UINT8 WITH Label = "UI', set(), {"UINT8"}),
        ("TYPE X = ))) [[ ;; : ", set(), {"TYPE"}),
    ],
)
def test_completion_by_context(tmp_path: Path, written: str, offered: set[str], kept: set[str]) -> None:
    workspace, name = opened(tmp_path, METER)
    workspace.unit(name)
    workspace.open(name, METER + written)
    found = completion(workspace, name, len(METER) + len(written))
    texts = {each.text for each in found}
    assert offered <= texts
    assert texts.isdisjoint(kept)
    assert all(each.span.end == len(METER) + len(written) for each in found)


def test_completion_in_a_fragment_knows_its_base(folder: Path) -> None:
    text = MAKER + "MODIFY TYPE LIST_RCD\n    REPLACE "
    workspace, name = opened(folder, text, "maker.tdl")
    assert {"LENGTH", "ITEMS"} <= {each.text for each in completion(workspace, name, len(text))}
    text = 'FRAGMENT NEW OF "'
    workspace.open(name, text)
    assert {"std:2012", "METER"} <= {each.text for each in completion(workspace, name, len(text))}


# --- formatting, actions, hints, outline ---------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["a\n", "b\n", "c", "\n"])), st.lists(st.sampled_from(["a\n", "b\n", "d", "\n"])))
def test_line_edits_make_the_text(before: list[str], after: list[str]) -> None:
    source = SourceFile("a.tdl", "".join(before))
    assert edited(source.text, line_edits(source, "".join(after))) == "".join(after)


def test_a_text_that_cannot_be_read_is_not_formatted(tmp_path: Path) -> None:
    workspace, name = opened(tmp_path, METER + "TYPE X = ;")
    assert formatting(workspace, name) == []
    workspace.open(name, METER.replace("    KIND", "KIND"))
    assert edited(METER.replace("    KIND", "KIND"), formatting(workspace, name)).count("\n    KIND : UINT8;") == 1


def test_all_safe_fixes_at_once(tmp_path: Path) -> None:
    text = METER.replace("KIND", "kind").replace("EXTRA", "extra")
    workspace, name = opened(tmp_path, text)
    for _ in workspace.work():
        pass
    action = fix_all(workspace, name)
    assert action is not None
    assert edited(text, action.edits) == METER


def test_a_comment_that_allows_is_not_put_into_a_comment(tmp_path: Path) -> None:
    text = METER + "TYPE SPARE_RCD = PACKED RECORD { over\n two lines } A : UINT8; END;\n"
    workspace, name = opened(tmp_path, text)
    for _ in workspace.work():
        pass
    at = text.index("SPARE_RCD")
    assert not [each.title for each in quick_fixes(workspace, name, at, at) if each.title.startswith("allow")]
    workspace.open(name, text.replace("{ over\n two lines }", ""))
    for _ in workspace.work():
        pass
    (allow,) = [each for each in quick_fixes(workspace, name, at, at) if each.title.startswith("allow")]
    workspace.open(name, edited(text.replace("{ over\n two lines }", ""), allow.edits))
    for _ in workspace.work():
        pass
    assert workspace.findings() == {}


def test_without_a_profile_there_are_no_hints(tmp_path: Path) -> None:
    workspace, name = opened(tmp_path, METER)
    assert hints(workspace, name, 0, len(METER)) == []
    (tmp_path / "profile.toml").write_text("[CONFIG_TBL]\nCOUNT = 3\nUSED = []\n")
    (tmp_path / "tdl.toml").write_text('definition = "a.tdl"\nprofile = "profile.toml"\n')
    workspace.open(name, METER + " ")
    assert [each.text for each in hints(workspace, name, METER.index("ROWS"), len(METER))] == ["octet 1, 3 octets"]


def test_an_outline_of_every_kind(tmp_path: Path) -> None:
    workspace, name = opened(tmp_path, BASE)
    found = {each.name: each.kind.value for each in document_symbols(workspace, name)}
    assert found["FORMAT_BFLD"] == "bit field"
    assert found["KIND_ENUM"] == "enumeration"
    assert found["LIST_TBL"] == "table"


# --- names and limits --------------------------------------------------------------------------------------------


def test_names_and_uris_go_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a b é#.tdl"
    assert name_of_uri(path.as_uri()) == str(path)
    assert uri_of_name(str(path)) == path.as_uri()
    assert name_of_uri("untitled:Untitled-1") == "<untitled:Untitled-1>"
    assert uri_of_name("<untitled:Untitled-1>") == "untitled:Untitled-1"
    assert uri_of_name("<stdin>") is None
    for name in ("std:2012", "library:std/1997/decade2.tdl"):
        file = library_file(name)
        assert file is not None
        assert library_name(str(file)) == name
    assert library_name(str(path)) is None


def test_the_library_alone_is_known_by_its_own_documents() -> None:
    file = library_file("library:std/1997/decade2.tdl")
    assert file is not None
    workspace = Workspace()
    name = workspace.name(file.as_uri(), str(file))
    text = file.read_text("utf-8")
    workspace.open(name, text)
    (found,) = definition(workspace, name, text.index("= REGS_RCD") + 3)
    assert found.text == "REGS_RCD"
    assert workspace.uri(found.source.name) == file.as_uri()
    with pytest.raises(CannotRename, match="is the library's"):
        prepare(workspace, name, text.index("= REGS_RCD") + 3)
    assert workspace.findings() == {}


def test_extents_tell_what_need_not_be_scheduled() -> None:
    (text,) = [each for each in TABLE_TOO_LARGE.wrong.files.values() if isinstance(each, str)]
    large, small = (parse(SourceFile("a.tdl", each), Report()) for each in (text, METER))
    assert isinstance(large, ast.Document)
    assert isinstance(small, ast.Document)
    assert any(elements > MAX_OPS or levels > MAX_LEVELS for elements, levels in extents(View(large)))
    # the record's three members and one conditional, each a member and what it is made of, and the table itself
    assert list(extents(View(small))) == [(5, 3), (9, 4)]
