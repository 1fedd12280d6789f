"""The automaton reads what lark reads and makes the same of it, for right texts and for wrong ones."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast, notation
from tdl.syntax.automaton import TABLES, Reader, Refused, automaton
from tdl.syntax.edits import FragmentBuilder
from tdl.syntax.grammar import NOTATIONS, Callbacks, grammar_text, lalr, parser
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tdl.syntax.tabulating import tables
from tests.property.documents import documents, fragments
from tests.unit.syntax.spelling import findings, spelled

ROOT = Path(__file__).parents[3]
TEXTS = [
    path.read_text("utf-8") for folder in ("tdl/library", "examples") for path in sorted((ROOT / folder).rglob("*.tdl"))
]
WORDS = re.compile(r"\w+|\s+|.", re.DOTALL)
SIGNS = {sign for row in automaton("fragment").rows for sign in row if isinstance(sign, str) and sign}
NOISE = [*sorted(SIGNS), "x", "0x1F", "12abc", "THENB", "BOOL(1)", "9" * 30, "TYPE A = ", *'{}@"\u201c\u201d\n\ufeff']


@contextmanager
def lark_alone() -> Iterator[None]:
    """Every declaration goes to lark."""

    def refuse(*_: object) -> None:
        raise Refused

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notation.Reader, "read", refuse)
        yield


def read(text: str) -> tuple[object, list[object]]:
    report = Report()
    return spelled(parse(SourceFile("text.tdl", text), report)), findings(report)


def check(text: str) -> None:
    """Both ways say the same: values, places, comments, findings."""
    fast = read(text)
    with lark_alone():
        slow = read(text)
    assert fast == slow


def test_the_tables_are_those_of_the_grammars() -> None:
    found = {each: tables(parser(each)[0]) for each in NOTATIONS}
    kept = json.loads(TABLES.read_text("utf-8"))
    assert kept == json.loads(json.dumps(found)), "run python -m tdl.syntax.tabulating"


def test_a_grammar_whose_words_depend_on_their_place_is_refused() -> None:
    text = grammar_text("document").replace("PRODUCT_SIGN: ", 'PRODUCT_SIGN: "+" | ')
    with pytest.raises(ValueError, match="can stand"):
        tables(lalr(text, "declaration", Callbacks()))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_the_library_says(text: str) -> None:
    check(text)


def test_lark_is_not_needed_for_what_is_right() -> None:
    script = """
import sys
from tdl import pipeline
context = pipeline.Context()
assert pipeline.run(pipeline.Request(definition="std:2012"), context) is not None
print([name for name in sys.modules if name.partition(".")[0] == "lark"])
"""
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@given(documents())
def test_what_documents_say(document: ast.Document) -> None:
    check(print_document(document))


@given(documents(), st.data())
def test_what_fragments_say(base: ast.Document, data: st.DataObject) -> None:
    check(print_fragment(data.draw(fragments(base))))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A piece of the library with some words taken out, put in, or put elsewhere."""
    text = draw(st.sampled_from(TEXTS))
    words = WORDS.findall(text)
    start = draw(st.integers(0, max(len(words) - 400, 0)))
    words = words[start : start + 400]
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(("take", "put", "change", "swap"))):
            case "take":
                del words[at]
            case "put":
                words.insert(at, draw(st.sampled_from(NOISE)))
            case "change":
                words[at] = draw(st.sampled_from(NOISE))
            case _:
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
    return "".join(words)


@given(mutated())
@example("TYPE A_RCD = PACKED RECORD IF A THENB : UINT8; END; END;")  # lark takes the first half of a word here
@example("TYPE A = BITFIELDOFUINT8 X : UINT(0..1); END;")
@example("TYPE A_RCD = PACKED RECORD X : UINT8; END; stray { why }")
@example("TYPE A = BINARY(99999999999999999999999) @;")
@example('TYPE A = "text;')
@example("TYPE A_RCD = PACKED RECORD SWITCH N OF X : UINT8; END; END;")
def test_what_mutated_texts_say(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from([*NOISE, " ", "A", "1"])))
def test_what_noise_says(words: list[str]) -> None:
    check(f"TYPE A = {''.join(words)}")


def test_trailing_blanks_and_comments_are_passed_once() -> None:
    """A pattern that began anew at every blank would take the square of their number."""
    text = "TYPE A = UINT8;" + " " * 2_000_000
    reader = Reader(automaton("document"), FragmentBuilder(SourceFile("text.tdl", text)))
    assert reader.read(text, 0, len(text)) == ast.Alias(name="A", specification=ast.Named(name="UINT8"))
