"""A text that is read again after edits reads as if it were new, and what has not changed is not read again."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile, Span
from tdl.syntax import ast, notation
from tdl.syntax.memory import AnchoredSpan, Memory
from tdl.syntax.notation import parse
from tests.unit.lsp.editing import BASE, MAKER, MODEL, history
from tests.unit.syntax.spelling import findings, spelled


def declarations(tree: ast.Document | ast.Fragment) -> tuple[ast.Declaration, ...]:
    assert isinstance(tree, ast.Document)
    return tree.declarations


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("text", [BASE, MAKER, MODEL], ids=["base", "maker", "model"])
def test_reading_again_says_what_reading_anew_says(text: str, seed: int) -> None:
    memory = Memory()
    for state in history(text, seed, 30):
        source, again, anew = SourceFile("a.tdl", state), Report(), Report()
        tree = parse(source, again, memory)
        fresh = parse(source, anew)
        assert spelled(tree) == spelled(fresh)
        assert findings(again) == findings(anew)


def test_an_unchanged_declaration_is_the_same_object_and_moves() -> None:
    memory = Memory()
    first = declarations(parse(SourceFile("a.tdl", BASE), Report(), memory))
    text = BASE.replace("WHEN : UINT8", "WHEN : UINT16;\n    WHY : UINT8")
    source = SourceFile("a.tdl", text)
    second = declarations(parse(source, Report(), memory))
    assert [a is b for a, b in zip(first, second, strict=True)] == [False] + [True] * 7
    table = second[-1]
    assert table.span.source is source
    assert table.span.text.startswith("TABLE 1 LIST_TBL")
    assert source.text[table.span.start :].startswith("TABLE 1")


def test_two_declarations_alike_have_places_of_their_own() -> None:
    memory = Memory()
    text = "TYPE A = UINT8;\nTYPE A = UINT8;\nTYPE A = UINT8;\n"
    for state in (text, f"\n{text}", text[16:] + text):
        tree = parse(SourceFile("a.tdl", state), Report(), memory)
        starts = [each.span.start for each in declarations(tree)]
        assert starts == [each.span.start for each in declarations(parse(SourceFile("a.tdl", state), Report()))]


def test_an_edit_is_parsed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    whole = notation._Reader.parse

    def counting(self: notation._Reader, chunk: notation.Chunk) -> object:
        parsed.append(self.source.text[chunk.start : chunk.end])
        return whole(self, chunk)

    monkeypatch.setattr(notation._Reader, "parse", counting)
    memory = Memory()
    text = "".join(f"TYPE T{n} = PACKED RECORD\n    A : UINT8;\nEND;\n" for n in range(300))
    parse(SourceFile("a.tdl", text), Report(), memory)
    assert len(parsed) == 300
    parsed.clear()
    parse(
        SourceFile("a.tdl", "{ new }\n" + text.replace("T150 = PACKED RECORD\n", "T150 = PACKED RECORD B : UINT8; ")),
        Report(),
        memory,
    )
    assert [each.split()[1] for each in parsed] == ["T0", "T150"]


def test_what_cannot_be_read_any_more_is_where_it_is_written_now() -> None:
    memory = Memory()
    good = declarations(parse(SourceFile("a.tdl", BASE), Report(), memory))
    record = next(each for each in good if each.name == "LIST_RCD")
    broken = "\n\n" + BASE.replace("DATA : BINARY(LENGTH);", "DATA : BINARY(;")
    for text in (broken, "\n" + broken):
        source = SourceFile("a.tdl", text)
        parse(source, Report(), memory)
        assert record.name_span.source is source
        assert record.name_span.text == "LIST_RCD"
    again = declarations(parse(SourceFile("a.tdl", BASE), Report(), memory))
    assert any(each is record for each in again)


def test_a_span_that_moves_equals_the_span_where_it_is() -> None:
    memory = Memory()
    source = SourceFile("a.tdl", "TYPE A = UINT8;")
    span = declarations(parse(source, Report(), memory))[0].span
    assert type(span) is AnchoredSpan
    assert span == Span(source, 0, 15)
    assert Span(source, 0, 15) == span
    assert hash(span) == hash(Span(source, 0, 15))
    assert span != Span(SourceFile("a.tdl", source.text), 0, 15)
