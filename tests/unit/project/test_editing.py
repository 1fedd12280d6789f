"""A definition compiled again after an edit: how little is looked at, and what takes a whole run."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tdl import pipeline
from tdl.check.graph import MAX_ELEMENTS
from tdl.check.scope import MAX_INDEXED
from tdl.project.editing import edited, whole_of
from tdl.project.keeping import whole
from tdl.project.parts import Parts, Writer, names_in, octets_of
from tdl.project.shelf import Recorder
from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.canonical import content_hash
from tdl.syntax.notation import parse
from tests.work import counted

BASE = """\
DOCUMENT BASE;
TYPE CONFIG_RCD = PACKED RECORD COUNT : UINT8; END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16; END;
TABLE 1 LIST_TBL = LIST_RCD;
TYPE OTHER_RCD = PACKED RECORD OTHER : UINT8; END;
TABLE MFG 1 OTHER_TBL = OTHER_RCD;
"""
ONE = 'FRAGMENT ONE OF "BASE";\nMODIFY TYPE LIST_RCD ADD {} : UINT8 LAST; END;\n'
TWO = 'FRAGMENT TWO OF "{}"{};\nMODIFY TYPE OTHER_RCD ADD {} : UINT8 LAST; END;\n'


def compiled(texts: Mapping[str, str], definition: str, *fragments: str) -> tuple[pipeline.Compiled, Parts]:
    """A definition from the beginning, and its parts."""
    recorder, notes = Recorder(Resolver(overlay=texts)), pipeline.Notes()
    context = pipeline.Context(resolver=recorder, notes=notes)
    found = pipeline.run(pipeline.Request(definition=definition, fragments=fragments), context)
    assert found is not None, [each.message for each in context.report]
    writer = Writer()
    index = whole(writer, notes, recorder.texts, found.document, found.model, found.plan)
    assert index is not None
    return found, Parts(memoryview(writer.whole(index)))


def agree(before: Mapping[str, str], edits: Mapping[str, str], definition: str, *fragments: str) -> frozenset[str]:
    """Compile again, and see that it is as from the beginning; the names that changed."""
    _, parts = compiled(before, definition, *fragments)
    now = edited(parts, edits)
    assert now is not None
    expected, _ = compiled({**before, **edits}, definition, *fragments)
    assert whole_of(now) == (expected.model, expected.plan)
    assert now.hash == expected.hash
    return now.changed


def test_what_changed_is_known() -> None:
    texts = {"base.tdl": BASE, "one.tdl": ONE.format("A")}
    assert agree(texts, {"one.tdl": ONE.format("B")}, "base.tdl", "one.tdl") == {"LIST_RCD", "LIST_TBL"}
    assert agree(texts, {"one.tdl": "{ why }\n" + texts["one.tdl"]}, "base.tdl", "one.tdl") == frozenset()


def test_what_a_fragment_does_no_more_is_undone() -> None:
    texts = {"base.tdl": BASE, "one.tdl": ONE.format("A")}
    nothing = 'FRAGMENT ONE OF "BASE";\n'
    assert agree(texts, {"one.tdl": nothing}, "base.tdl", "one.tdl") == {"LIST_RCD", "LIST_TBL"}
    assert agree({**texts, "one.tdl": nothing}, {"one.tdl": ONE.format("A")}, "base.tdl", "one.tdl")


def test_one_of_several_fragments_is_edited() -> None:
    texts = {"base.tdl": BASE, "one.tdl": ONE.format("A"), "two.tdl": TWO.format("ONE", "", "B")}
    edits = {"two.tdl": TWO.format("ONE", "", "C")}
    assert agree(texts, edits, "base.tdl", "one.tdl", "two.tdl") == {"OTHER_RCD", "OTHER_TBL"}
    assert agree(texts, {"one.tdl": ONE.format("C")}, "base.tdl", "one.tdl", "two.tdl") == {"LIST_RCD", "LIST_TBL"}


def test_a_definition_that_is_a_fragment_is_edited() -> None:
    texts = {"two.tdl": 'FRAGMENT TWO OF "std:2012";\nMODIFY TABLE 23 SET Label = "one"; END;\n'}
    changed = agree(texts, {"two.tdl": texts["two.tdl"].replace('"one"', '"two"')}, "two.tdl")
    assert "CURRENT_REG_DATA_TBL" in changed
    assert "CONFIG_TBL" not in changed


def test_a_pin_on_a_base_that_is_as_it_was_holds() -> None:
    base = parse(SourceFile("base.tdl", BASE), Report())
    assert isinstance(base, ast.Document)
    pin = f' SHA256 "{content_hash(base)}"'
    texts = {"base.tdl": BASE, "two.tdl": TWO.format("BASE", pin, "B")}
    assert agree(texts, {"two.tdl": TWO.format("BASE", pin, "C")}, "base.tdl", "two.tdl")


def test_a_pin_on_a_fragment_takes_a_whole_run() -> None:
    texts = {"base.tdl": BASE, "one.tdl": ONE.format("A")}
    first, _ = compiled(texts, "base.tdl", "one.tdl")
    texts["two.tdl"] = TWO.format("ONE", f' SHA256 "{first.hash}"', "B")
    _, parts = compiled(texts, "base.tdl", "one.tdl", "two.tdl")
    assert edited(parts, {"one.tdl": ONE.format("Z")}) is None  # what is pinned is not what it was


@pytest.mark.parametrize(
    "text",
    [
        ONE.format("A").replace('"BASE"', '"BASE" VERSION "2"'),
        'FRAGMENT ONE OF "BASE";\nIMPORT "more.tdl";\n',
        'FRAGMENT ONE OF "BASE";\nRENAME TYPE LIST_RCD TO ROWS_RCD;\n',
        'FRAGMENT ONE OF "BASE";\nMODIFY TYPE LIST_RCD RENAME ITEMS TO ROWS; END;\n',
        'FRAGMENT ONE OF "BASE";\nMODIFY DOCUMENT SET Label = "x"; END;\n',
        'FRAGMENT ONE OF "BASE";\nMODIFY TABLE 0 SET Label = "x"; END;\n',
        'FRAGMENT ONE OF "BASE";\nADD TABLE MFG 2049 AGAIN_TBL = LIST_RCD;\n',
        'FRAGMENT ONE OF "BASE";\nREMOVE TYPE OTHER_RCD;\n',
        BASE,
        "FRAGMENT",
    ],
    ids=[
        "header",
        "import",
        "rename",
        "member",
        "document",
        "Table 0",
        "number",
        "lost",
        "document form",
        "unreadable",
    ],
)
def test_some_edits_take_a_whole_run(text: str) -> None:
    _, parts = compiled({"base.tdl": BASE, "one.tdl": ONE.format("A")}, "base.tdl", "one.tdl")
    assert edited(parts, {"one.tdl": text}) is None


@pytest.mark.parametrize("fragments", [("more.tdl", "one.tdl"), ("one.tdl", "more.tdl")], ids=" ".join)
def test_a_fragment_that_another_one_imports_is_not_kept_in_parts(fragments: tuple[str, ...]) -> None:
    texts = {"base.tdl": BASE, "one.tdl": 'FRAGMENT ONE OF "BASE";\nMODIFY TABLE 1 SET Label = "one"; END;\n'}
    texts["more.tdl"] = 'FRAGMENT MORE OF "BASE";\nIMPORT "one.tdl";\n'
    recorder, notes = Recorder(Resolver(overlay=texts)), pipeline.Notes()
    request = pipeline.Request(definition="base.tdl", fragments=fragments)
    found = pipeline.run(request, context := pipeline.Context(resolver=recorder, notes=notes))
    assert found is not None, [each.message for each in context.report]
    assert whole(Writer(), notes, recorder.texts, found.document, found.model, found.plan) is None


def test_another_text_than_a_fragments_takes_a_whole_run() -> None:
    _, parts = compiled({"base.tdl": BASE, "one.tdl": ONE.format("A")}, "base.tdl", "one.tdl")
    assert edited(parts, {"base.tdl": BASE}) is None


@pytest.mark.parametrize("limit", [{"expanded": MAX_ELEMENTS}, {"indexed": MAX_INDEXED + 1}], ids=str)
def test_limits_of_the_whole_count(limit: dict[str, int]) -> None:
    _, parts = compiled({"base.tdl": BASE, "one.tdl": ONE.format("A")}, "base.tdl", "one.tdl")
    assert edited(parts, {"one.tdl": ONE.format("B")}) is not None
    parts.index = parts.index._replace(**limit)  # type: ignore[arg-type]
    assert edited(parts, {"one.tdl": ONE.format("B")}) is None


def test_work_does_not_grow_with_the_definition() -> None:
    def work(tables: int) -> int:
        more = "".join(
            f"TYPE R{n}_RCD = PACKED RECORD A : UINT8; B : ARRAY[4] OF UINT16; END;\n"
            f"TABLE MFG {n} R{n}_TBL = R{n}_RCD;\n"
            for n in range(100, 100 + tables)
        )
        _, parts = compiled({"base.tdl": BASE + more, "one.tdl": ONE.format("A")}, "base.tdl", "one.tdl")
        edited(parts, {"one.tdl": ONE.format("B")})
        with counted() as done:
            assert edited(parts, {"one.tdl": ONE.format("B")}) is not None
        return done.calls

    small, large = work(20), work(220)
    assert large - small < 400 * 40  # some for each declaration that stays as it is


def test_parts_have_no_places() -> None:
    document = parse(SourceFile("base.tdl", BASE), Report())
    assert b"base.tdl" not in octets_of(document)


def test_every_name_in_a_declaration_counts() -> None:
    text = """\
DOCUMENT D;
TYPE A_BFLD = BIT FIELD OF UINT8 X : UINT(0..3) WITH Enum = "E1"; END;
TYPE A_RCD = PACKED RECORD
    A : ARRAY[T1.E2[T2.E3]] OF STRING(-T3.E4 + 1) WITH Enum = E5;
    IF NOT T4.E6 THEN B : T5; ELSE C : T6; END;
    SWITCH T7.E7 OF CASE 1 : D : T8; DEFAULT : E : T9; END;
END;
PROCEDURE 1 P = PARAMETER T10 RESPONSE T11;
TABLE 1 T = ARRAY[T12.E8] OF T13 WITH Role = "E9";
"""
    document = parse(SourceFile("d.tdl", text), Report())
    assert isinstance(document, ast.Document)
    found = {name for each in document.declarations for name in names_in(each)}
    assert {*(f"T{n}" for n in range(1, 14)), *(f"E{n}" for n in range(1, 10)), "UINT8"} <= found
