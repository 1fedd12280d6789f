"""The TextMate grammar, run by VS Code's engine, agrees with the compiler on every token of every document."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tdl.check.builtins import BUILTINS
from tdl.syntax.tree import BIT_KINDS
from tests.editors.texts import ROOT, texts
from tests.editors.tokens import keywords, read
from tests.tools import tool

GRAMMAR = ROOT / "grammars" / "editors" / "vscode" / "syntaxes" / "tdl.tmLanguage.json"
TEXTS = texts()
_KINDS = (  # the more special before what it is a part of
    ("comment", "comment"),
    ("meta.preprocessor", "line"),
    ("string", "string"),
    ("constant.numeric", "number"),
    ("keyword.operator", "operator"),
    ("keyword", "keyword"),
    ("storage", "keyword"),
    ("punctuation", "punctuation"),
    ("variable", "name"),
    ("entity", "name"),
    ("support", "name"),
    ("constant.other", "name"),
)

Tokens = list[tuple[int, int, list[str]]]


@pytest.fixture(scope="module")
def scopes(npm_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tokens]:
    """The tokens of every text: offsets and scopes."""
    input = tmp_path_factory.mktemp("textmate") / "texts.json"
    input.write_text(json.dumps(TEXTS), "utf-8")
    script = Path(__file__).with_name("tokenize.mjs")
    command = [tool("node"), str(script), str(npm_packages), str(GRAMMAR), str(input)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found: dict[str, Tokens] = json.loads(run.stdout)
    return found


def kind(scopes: list[str]) -> str:
    """What the scopes say a token is, the innermost before the outermost."""
    for scope in reversed(scopes):
        for of, kind in _KINDS:
            if scope.startswith(of) and not scope.startswith("punctuation.definition"):
                return kind
    return "none"


@pytest.mark.parametrize("name", TEXTS)
def test_each_token_has_a_fitting_scope(name: str, scopes: dict[str, Tokens]) -> None:
    text = TEXTS[name]
    reading = read(text)
    kinds = ["none"] * len(text)
    for start, end, scope in scopes[name]:
        kinds[start:end] = [kind(scope)] * (end - start)
    wrong = []
    for piece in reading.pieces:
        token = text[piece.start : piece.end]
        shown = {each for each, char in zip(kinds[piece.start : piece.end], token, strict=True) if char != "\n"}
        expected = {"operator"} if token in ("AND", "OR", "NOT") and piece.kind == "keyword" else {piece.kind}
        if shown != expected:
            wrong.append((piece.start, token, shown, piece.kind))
    assert not wrong
    for start, end in reading.lines:
        assert kinds[start] == "line"
        assert "string" in kinds[start:end]


def test_the_words_are_those_of_the_compiler() -> None:
    text = GRAMMAR.read_text("utf-8")
    words = {word for word in re.findall(r"[A-Z]{2}[A-Z0-9_]*", re.sub(r"\\\\[a-zA-Z]", " ", text)) if word != "TDL"}
    assert words == keywords() | set(BUILTINS) | set(BIT_KINDS)


def test_a_type_and_an_element_of_one_name_differ(scopes: dict[str, Tokens]) -> None:
    name = "tests/editors/samples/words.tdl"
    text = TEXTS[name]
    at = text.index("SET : SET(")
    found = {start: scope[-1] for start, _, scope in scopes[name]}
    assert found[at] == "variable.other.member.tdl"
    assert found[at + len("SET : ")] == "support.type.tdl"
