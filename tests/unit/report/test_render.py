"""Findings as text, lines and JSON, whatever the source holds."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from tdl.report import Diagnostic, Edit, Fix, Severity
from tdl.report.render import PLAIN, colours, render_concise, render_json, render_text
from tdl.report.render.machine import SCHEMA
from tdl.report.rules import binding, syntax
from tdl.sources import SourceFile, Span


def _span(text: str, found: str, name: str = "a.tdl") -> Span:
    at = text.index(found)
    return Span(SourceFile(name, text), at, at + len(found))


def _finding(span: Span | None, label: str = "", **extra: object) -> Diagnostic:
    return syntax.UNEXPECTED_TEXT.at(span, label, found="`X`", expected="`:`", **extra)  # type: ignore[arg-type]


def _text(*findings: Diagnostic, columns: int = 80) -> str:
    return render_text(findings, PLAIN, columns)


def test_message_place_line_and_caret() -> None:
    assert _text(_finding(_span("one\n  two three\n", "two"), "here")) == (
        "error TDL101: `X` found, `:` expected\n --> a.tdl:2:3\n  |\n2 |   two three\n  |   ^^^ here\n  |\n\n1 error\n"
    )


def test_other_places_notes_help_and_fixes() -> None:
    text = "".join(f"line {n}\n" for n in range(1, 13))
    source = SourceFile("a.tdl", text)
    other = SourceFile("b.tdl", "x\n")
    finding = _finding(
        Span(source, text.index("line 12"), text.index("line 12") + 4),
        secondary=[(Span(source, 0, 4), "the first"), (Span(other, 0, 1), "the other")],
        notes=["a note"],
        help="do this",
        fixes=[
            Fix("add a colon", (Edit(Span(source, 4, 4), ":"),), safe=True),
            Fix("drop it", (Edit(Span(source, 0, 4), ""),)),
        ],
    )
    assert _text(finding) == (
        "error TDL101: `X` found, `:` expected\n"
        "  --> a.tdl:12:1\n"
        "   |\n"
        " 1 | line 1\n"
        "   | ---- the first\n"
        "...\n"
        "12 | line 12\n"
        "   | ^^^^\n"
        "   |\n"
        "  ::: b.tdl:1:1\n"
        "   |\n"
        " 1 | x\n"
        "   | - the other\n"
        "   |\n"
        "  note: a note\n"
        "  help: do this\n"
        "  help: add a colon: a.tdl:1:5: write `:`\n"
        "  help: drop it (look at what it changes first): a.tdl:1:1: delete this text\n"
        "\n"
        "1 error\n"
    )


def test_a_place_that_is_in_no_text() -> None:
    finding = binding.TRUNCATED.at(None, place="ST1 octet 4", element="ST1 A", offset=4, found="1 left", expected="2")
    assert _text(finding).splitlines()[1] == " --> ST1 octet 4"
    assert render_concise([finding]).startswith("ST1 octet 4: error TDL511: ")


def _marked(text: str, found: str, columns: int = 80) -> tuple[str, str]:
    """The source line and the line of its mark, as they are shown."""
    lines = _text(_finding(_span(text, found)), columns=columns).splitlines()
    return lines[3], lines[4]


def test_tabs_and_wide_characters_keep_the_mark_below() -> None:
    assert _marked("\tA\tB", "B") == ("1 |     A    B", "  |          ^")
    assert _marked("{ 電気 } X", "X") == ("1 | { 電気 } X", "  |          ^")
    assert _marked("{ 電気 } X", "電気") == ("1 | { 電気 } X", "  |   ^^^^")
    assert _marked("e\u0301 X", "X")[1] == "  |   ^"


def test_a_terminal_obeys_nothing_that_a_document_says() -> None:
    line, marked = _marked("\x1b[31m\x07X\u202e", "X")
    assert line == "1 | \u241b[31m\u2407X\ufffd"
    assert marked == "  |       ^"
    said = _text(syntax.STRAY_TEXT.at(None, place="\x1b[2J", found="`\x1b]0;x\x07`", help="\x1b"))
    assert "\x1b" not in said
    assert "\x1b" not in render_concise([syntax.STRAY_TEXT.at(None, place="\x1b", found="\x1b")])


def test_a_line_break_in_a_name_makes_no_finding_of_its_own() -> None:
    finding = syntax.STRAY_TEXT.at(None, place="a\nerror TDL101: b.tdl", found="`\n`")
    assert len(_text(finding).splitlines()) == 4, "message, place, an empty line, the count"
    assert len(render_concise([finding]).splitlines()) == 1


@pytest.mark.parametrize("at", [0, 100, 5_000_000, 9_999_990])
def test_a_very_long_line_is_cut_around_the_mark(at: int) -> None:
    source = SourceFile("a.tdl", "a" * at + "X" + "b" * (10_000_000 - at))
    text = _text(_finding(Span(source, at, at + 1)))
    line, marked = text.splitlines()[3:5]
    assert len(line) <= 90
    assert line[marked.index("^")] == "X"


def test_a_span_over_several_lines_marks_the_first() -> None:
    assert _marked("one two\nthree", "two\nthree") == ("1 | one two", "  |     ^^^")


def test_the_end_of_a_text() -> None:
    source = SourceFile("a.tdl", "one\n")
    assert _text(_finding(Span(source, 4, 4))).splitlines()[1:5] == [" --> a.tdl:2:1", "  |", "2 |", "  | ^"]
    assert "a.tdl:1:1" in _text(_finding(Span(SourceFile("a.tdl", ""), 0, 0)))


def test_what_is_counted() -> None:
    span = _span("x", "x")
    warning = syntax.EMPTY_DOCUMENT.at(span)
    note = _finding(span, severity=Severity.NOTE)
    assert _text(_finding(span), _finding(span), warning, note).splitlines()[-1] == "2 errors, 1 warning, 1 note"
    assert _text() == ""


def test_long_words_are_wrapped() -> None:
    text = _text(_finding(None, help="word " * 40), columns=60)
    assert all(len(line) <= 60 for line in text.splitlines())
    assert text.count("word") == 40


def test_colours_come_from_the_theme_alone() -> None:
    finding = _finding(_span("x", "x"), notes=["n"], help="h")
    assert "\x1b" not in render_text([finding], colours(False))
    coloured = render_text([finding], colours(True))
    assert "\x1b[1;31merror TDL101\x1b[0m" in coloured
    assert _text(finding, columns=100) == re.sub("\x1b\\[[0-9;]*m", "", coloured)


def test_concise_is_a_line_each() -> None:
    findings = [_finding(_span("a\nb c", "c")), syntax.EMPTY_DOCUMENT.at(None, place="x")]
    assert render_concise(findings) == (
        "a.tdl:2:3: error TDL101: `X` found, `:` expected\nx: warning TDL112: the document declares nothing\n"
    )


def test_json_has_the_shape_that_is_written_down() -> None:
    span = _span("one\ntwo", "two")
    findings = [
        _finding(
            span,
            "label",
            secondary=[(span, "s")],
            notes=["n"],
            help="h",
            fixes=[Fix("f", (Edit(span, "x"),), safe=True)],
        ),
        binding.TRUNCATED.at(None, place="p", element="ST1", offset=4, found="1 left", expected="2"),
    ]
    shown = json.loads(render_json(findings))
    jsonschema.validate(shown, SCHEMA)
    place = {"file": "a.tdl", "line": 2, "column": 1, "end_line": 2, "end_column": 4}
    assert shown[0] == {
        "code": "TDL101",
        "slug": "unexpected-text",
        "severity": "error",
        "message": "`X` found, `:` expected",
        "place": "a.tdl:2:1",
        "primary": {"span": place, "text": "label"},
        "secondary": [{"span": place, "text": "s"}],
        "notes": ["n"],
        "help": "h",
        "fixes": [{"title": "f", "safe": True, "edits": [{"span": place, "replacement": "x"}]}],
        "data": {"found": "`X`", "expected": "`:`"},
    }
    assert shown[1]["primary"] is None
    assert shown[1]["data"]["offset"] == 4
    assert json.loads(render_json([])) == []


def test_a_long_line_is_taken_once_for_all_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    real = SourceFile.line_text

    def line_text(source: SourceFile, line: int) -> str:
        taken.append(line)
        return real(source, line)

    monkeypatch.setattr(SourceFile, "line_text", line_text)
    source = SourceFile("a.tdl", "X " * 500)
    _text(*(_finding(Span(source, 2 * n, 2 * n + 1)) for n in range(500)))
    assert taken == [1]
