"""The lexer for Pygments agrees with the compiler on every token of every document."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from tdl.check.builtins import BUILTINS
from tdl.syntax.highlighting import BUILTIN_TYPES, KEYWORDS, TdlLexer
from tdl.syntax.tree import BIT_KINDS
from tests.editors.texts import ROOT, documents, texts
from tests.editors.tokens import keywords, read

TEXTS = texts()
_KINDS = (  # the more special before what it is a part of
    (Keyword.Type, "name"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (Name, "name"),
    (Number, "number"),
    (String, "string"),
    (Comment.Preproc, "line"),
    (Comment, "comment"),
    (Operator, "operator"),
    (Punctuation, "punctuation"),
)


def kind(token: object) -> str:
    return next(kind for of, kind in _KINDS if token in of)


def coloured(text: str) -> list[tuple[int, int, str]]:
    """The offsets and kinds of what is no blank."""
    found = []
    for start, token, value in TdlLexer(stripnl=False, ensurenl=False).get_tokens_unprocessed(text):
        if token not in Whitespace and value:
            found.append((start, start + len(value), kind(token)))
    return found


def test_the_words_are_those_of_the_compiler() -> None:
    assert sorted(KEYWORDS) == sorted(keywords())
    assert sorted(BUILTIN_TYPES) == sorted((*BUILTINS, *BIT_KINDS))


def test_every_keyword_is_tried() -> None:
    tried = {text[p.start : p.end] for text in TEXTS.values() for p in read(text).pieces if p.kind == "keyword"}
    assert tried == keywords()


@pytest.mark.parametrize("name", TEXTS)
def test_each_token_is_coloured_as_what_it_is(name: str) -> None:
    text = TEXTS[name]
    reading = read(text)
    outside = [
        (start, end, kind)
        for start, end, kind in coloured(text)
        if not any(first <= start < last for first, last in reading.lines)
    ]
    told = [(piece.start, piece.end, piece.kind) for piece in reading.pieces]
    shown = [(text[start:end], start, kind) for start, end, kind in outside]
    assert shown == [(text[start:end], start, kind) for start, end, kind in told]


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_is_lost(name: str) -> None:
    text = TEXTS[name]
    found = list(TdlLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(value for _, value in found) == text
    assert Error not in {token for token, _ in found}


def test_types_and_declared_names_stand_out() -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    TIME : STIME_DATE WITH Unit = TRUE;\nEND;\n"
    found = {value: token for _, token, value in TdlLexer().get_tokens_unprocessed(text)}
    assert found["A_RCD"] is Name.Class
    assert found["TIME"] is Name.Attribute  # an element, although a type is called so
    assert found["STIME_DATE"] is Keyword.Type
    assert found["Unit"] is Name.Property
    assert found["TRUE"] is Name.Constant


def test_what_an_edit_names_stands_out_as_in_a_declaration() -> None:
    text = "MODIFY TYPE A_RCD\n    ADD TIME : TIME AFTER FIRST_ONE;\n    MOVE OTHER FIRST;\nEND;\n"
    found = [(value, token) for _, token, value in TdlLexer().get_tokens_unprocessed(text)]
    assert ("A_RCD", Name.Class) in found
    assert [token for value, token in found if value == "TIME"] == [Name.Attribute, Keyword.Type]
    assert {("FIRST_ONE", Name.Attribute), ("OTHER", Name.Attribute), ("FIRST", Keyword)} <= set(found)
    assert "" not in {value for value, _ in found}


@pytest.mark.parametrize(
    "text", ["TYPE", "TYPE X = PACKED", "IF A", "{ never closed", '"open', "SET X", "A.B : ", "§ 1"]
)
def test_what_is_unfinished_is_read_to_its_end(text: str) -> None:
    for cut in range(len(text) + 1):
        assert "".join(value for _, _, value in TdlLexer().get_tokens_unprocessed(text[:cut])) == text[:cut]


@pytest.mark.parametrize("piece", ["A ", "{", "A{", "ADD ", "SET A ", "OF ", "A.", "(", "{}", " \n", "WITH A = ", '"'])
def test_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    length = 20_000 // len(piece)
    tokens = sum(1 for _ in TdlLexer().get_tokens_unprocessed(piece * length))
    assert tokens <= 8 * length


def test_pygments_finds_the_lexer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["entry-points"]["pygments.lexers"]["tdl"].partition(":")
    assert getattr(import_module(module), name) is TdlLexer
    assert TdlLexer.aliases == ["tdl"]
    assert all(path.endswith(TdlLexer.filenames[0].removeprefix("*")) for path in documents())
