"""What an editor asks, through a real client."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import ACME, MODEL
from tests.lsp.editor import Editor


def test_the_server_says_what_it_can_do(editor: Editor) -> None:
    can = editor.capabilities
    assert can.position_encoding == lsp.PositionEncodingKind.Utf16
    assert isinstance(can.rename_provider, lsp.RenameOptions)
    assert can.rename_provider.prepare_provider
    assert can.text_document_sync is not None
    editor.until(lambda: lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES in editor.registered)


def test_hover_tells_type_size_place_and_origins(editor: Editor, acme: str) -> None:
    found = editor.ask("text_document_hover", acme, "NBR_TIERS")
    text = found.contents.value
    assert "NBR_TIERS : UINT8;" in text
    assert "in `REGS_RCD`" in text
    assert "ST21 `NBR_TIERS`: octet 8, 1 octet" in text, "one further than in the standard, by NBR_ACME"
    assert "bound to `std:residential`" in text
    assert "declared by `ANSI_C1219`, decade2.tdl:" in text
    modified = editor.ask("text_document_hover", acme, "REGS_RCD").contents.value
    assert "modified by `ACME`, acme.tdl:15" in modified
    assert editor.ask("text_document_hover", acme, "UINT16").contents.value == "`UINT16`: an unsigned number, 2 octets"
    assert editor.ask("text_document_hover", acme, "FRAGMENT") is None


def test_hover_behind_letters_of_two_words(editor: Editor, acme: str) -> None:
    editor.edit(acme, 'Enum = ACME_ENUM, Unit = "", Label = "state – é🙂"', 'Label = "é🙂🙂", Enum = ACME_ENUM')
    found = editor.ask("text_document_hover", acme, "= ACME_ENUM;", inside=4)
    assert "IDLE : 0;" in found.contents.value
    line = editor.texts[acme].split("\n")[8].encode("utf-16-le")
    start, end = found.range.start.character, found.range.end.character
    assert line[2 * start : 2 * end].decode("utf-16-le") == "ACME_ENUM"


def test_definitions_lead_across_tables_and_documents(editor: Editor, acme: str, folder: Path) -> None:
    (found,) = editor.ask("text_document_definition", acme, "NBR_TIERS")
    assert found.uri.endswith("/tdl/library/std/1997/decade2.tdl")
    assert editor.text_at(found) == "NBR_TIERS"
    (table,) = editor.ask("text_document_definition", acme, "ACT_REGS_TBL")
    assert editor.text_at(table) == "ACT_REGS_TBL"
    (type_,) = editor.ask("text_document_definition", acme, "= ACME_RCD;", inside=4)
    assert (type_.uri, editor.text_at(type_)) == (acme, "ACME_RCD")
    (base,) = editor.ask("text_document_definition", acme, '"std:2012"')
    assert "/tdl/library/std/" in base.uri
    model = editor.open(folder / "model.tdl")
    (member,) = editor.ask("text_document_definition", model, "ROWS")
    assert (member.uri, editor.text_at(member)) == (acme, "ROWS")


def test_a_document_of_the_library_is_at_home(editor: Editor, acme: str) -> None:
    (found,) = editor.ask("text_document_definition", acme, "NBR_TIERS")
    library = editor.open(Path(found.uri.removeprefix("file://")))
    here = editor.ask("text_document_hover", library, "NBR_TIERS")
    assert "in `REGS_RCD`" in here.contents.value
    (type_,) = editor.ask("text_document_definition", library, "REG_FUNC1_BFLD")
    assert (type_.uri, editor.text_at(type_)) == (library, "REG_FUNC1_BFLD")
    assert editor.codes(library) == []


def test_references_are_found_everywhere(editor: Editor, acme: str, folder: Path) -> None:
    context = lsp.ReferenceContext(include_declaration=True)
    found = editor.ask("text_document_references", acme, "STATE", context=context)
    model = (folder / "model.tdl").as_uri()
    assert [(each.uri, editor.text_at(each)) for each in found] == [(acme, "STATE"), (model, "STATE")]
    context = lsp.ReferenceContext(include_declaration=False)
    found = editor.ask("text_document_references", acme, "NBR_TIERS", context=context)
    assert {editor.text_at(each) for each in found} == {"NBR_TIERS"}
    assert {Path(each.uri).name for each in found} == {"acme.tdl", "decade2.tdl"}, "the standard uses it, too"


def test_highlights_tell_declarations_from_uses(editor: Editor, acme: str) -> None:
    found = editor.ask("text_document_document_highlight", acme, "ACME_ENUM")
    kinds = [(each.range.start.line, each.kind) for each in found]
    assert kinds == [(2, lsp.DocumentHighlightKind.Write), (8, lsp.DocumentHighlightKind.Read)]


def test_renaming_reaches_other_documents(editor: Editor, acme: str, folder: Path) -> None:
    model = editor.open(folder / "model.tdl")
    place = editor.ask("text_document_prepare_rename", acme, "STATE")
    assert place.placeholder == "STATE"
    found = editor.ask("text_document_rename", acme, "STATE", new_name="CONDITION")
    assert {uri: len(edits) for uri, edits in found.changes.items()} == {acme: 1, model: 1}
    assert [applied(MODEL, found.changes[model])] == [MODEL.replace("STATE", "CONDITION")]


def applied(text: str, edits: list[lsp.TextEdit]) -> str:
    lines = text.split("\n")
    for edit in reversed(edits):
        line = lines[edit.range.start.line]
        lines[edit.range.start.line] = (
            line[: edit.range.start.character] + edit.new_text + line[edit.range.end.character :]
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("place", "name", "why"),
    [
        ("NBR_TIERS", "TIERS", "is the library's"),
        ("ACME_RCD", "REGS_RCD", "it would lead to an error"),
        ("ACME_RCD", "UINT8", "is a built-in type"),
        ("ACME_RCD", "9", "is no name"),
        ("FRAGMENT", "X", "nothing that has a name"),
        ("STATE", "ROWS", "it would lead to an error"),
    ],
)
def test_renames_that_would_change_what_is_meant_are_refused(
    editor: Editor, acme: str, place: str, name: str, why: str
) -> None:
    with pytest.raises(JsonRpcException, match=why):
        editor.ask("text_document_rename", acme, place, new_name=name)


def test_completion_knows_what_a_place_asks_for(editor: Editor, acme: str) -> None:
    def labels(place: str, inside: int) -> set[str]:
        found = editor.ask("text_document_completion", acme, place, inside)
        return {each.label for each in found.items}

    assert {"NBR_TIERS", "NBR_ACME"} <= labels("ACT_REGS_TBL.", len("ACT_REGS_TBL."))
    assert "ACT_REGS_TBL" in labels("ARRAY[", len("ARRAY["))
    assert {"ACME_RCD", "UINT8", "ARRAY"} <= labels("STATE : ", len("STATE : "))
    assert labels("Enum = ", len("Enum = ")) >= {"ACME_ENUM"}
    assert "ACME_RCD" not in labels("Enum = ", len("Enum = "))
    assert {"ADD", "MODIFY", "REMOVE"} <= labels("MODIFY", 0)


def test_the_outline_of_a_fragment(editor: Editor, acme: str) -> None:
    found = editor.ask("text_document_document_symbol", acme)
    assert [each.name for each in found] == ["ACME_ENUM", "ACME_RCD", "ACME_TBL", "MODIFY TYPE REGS_RCD"]
    assert [each.name for each in found[1].children] == ["STATE", "ROWS"]
    assert found[2].detail == "table MFG 5"


def test_declarations_by_name(editor: Editor, acme: str) -> None:
    found = editor.wait(editor.client.workspace_symbol_async(lsp.WorkspaceSymbolParams(query="acmercd")))
    assert found is not None
    assert found[0].name == "ACME_RCD"
    assert found[0].location.uri == acme


def test_formatting_is_that_of_tdl_fmt(editor: Editor, acme: str) -> None:
    options = lsp.FormattingOptions(tab_size=8, insert_spaces=False)
    assert editor.ask("text_document_formatting", acme, options=options) == ()
    editor.edit(acme, "    STATE", " STATE")
    edits = editor.ask("text_document_formatting", acme, options=options)
    assert [(each.range.start.line, each.new_text.split(" :")[0]) for each in edits] == [(8, "    STATE")]


def test_hints_tell_where_elements_lie_under_the_profile(editor: Editor, acme: str) -> None:
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    found = editor.ask("text_document_inlay_hint", acme, range=whole)
    assert [(each.position.line, each.label) for each in found] == [
        (8, "octet 0, 1 octet"),
        (9, "octet 1, 4 octets"),
        (15, "octet 7, 1 octet"),
    ]


def test_what_can_be_folded(editor: Editor, acme: str) -> None:
    found = editor.ask("text_document_folding_range", acme)
    assert [(each.start_line, each.end_line) for each in found] == [(2, 5), (7, 10), (14, 16)]


def test_names_are_coloured_by_what_they_are(editor: Editor, acme: str) -> None:
    data = editor.ask("text_document_semantic_tokens_full", acme).data
    legend = editor.capabilities.semantic_tokens_provider
    assert legend is not None
    kinds = [legend.legend.token_types[kind] for kind in data[3::5]]
    assert kinds[:5] == ["enum", "enumMember", "enumMember", "struct", "property"]
    assert data[:5] == (2, 9, 9, 2, 1)


def test_fixes_are_offered_as_they_are_safe(editor: Editor, acme: str) -> None:
    editor.edit(acme, "AFTER NBR_OCCUR", "AFTER NBR_OCCURS")
    editor.edit(
        acme, "ADD TYPE ACME_ENUM", "ADD TYPE Spare_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n\nADD TYPE ACME_ENUM"
    )
    editor.edit(acme, "AFTER NBR_OCCURS", "AFTER NBR_OCCUR")
    editor.until(lambda: {"TDL702", "TDL703"} <= set(editor.codes(acme)))
    start = editor.at(acme, "Spare_RCD")
    context = lsp.CodeActionContext(diagnostics=[])
    found = editor.ask("text_document_code_action", acme, range=lsp.Range(start, start), context=context)
    titles = {each.title: each for each in found}
    assert titles["write `SPARE_RCD`"].is_preferred
    assert titles["write `SPARE_RCD`"].kind == lsp.CodeActionKind.QuickFix
    allow = titles["allow TDL703 here"]
    (edit,) = allow.edit.changes[acme]
    assert edit.new_text.startswith(" { tdl: allow TDL703 ")
    assert titles["mend what can be mended safely"].kind == "source.fixAll.tdl"


def test_errors_of_handlers_do_not_end_the_server(editor: Editor, acme: str) -> None:
    with pytest.raises(JsonRpcException):
        editor.ask("text_document_hover", Path("/not/there.tdl").as_uri(), position=lsp.Position(0, 0))
    assert editor.ask("text_document_hover", acme, position=lsp.Position(10_000, 10_000)) is None
    assert editor.ask("text_document_hover", acme, "NBR_TIERS") is not None
    assert editor.texts[acme] == ACME
