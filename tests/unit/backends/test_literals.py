from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from tdl.backends.python.literals import comment, docstring, literal

HARD = st.one_of(
    st.text(), st.sampled_from(['"""', "\\", "\\N{BULLET}", "a\nb", "'\"", "\ud800", "\u202e", "\x00", '\\"""'])
)


@given(HARD | st.integers() | st.booleans() | st.none() | st.tuples(HARD) | st.tuples(HARD, st.integers()))
def test_a_literal_is_its_value_on_one_line(value: object) -> None:
    text = literal(value)
    assert ast.literal_eval(text) == value
    assert len(text.splitlines()) == 1
    assert text.isprintable()


@given(st.lists(HARD, min_size=1))
def test_a_docstring_holds_its_lines_and_no_code(lines: list[str]) -> None:
    tree = ast.parse("class A:\n" + docstring(lines, "    "))
    (definition,) = tree.body
    assert isinstance(definition, ast.ClassDef)
    assert len(definition.body) == 1
    found = ast.get_docstring(definition, clean=False)
    assert found is not None
    assert lines[0] in found


@given(HARD)
def test_a_comment_is_one_line(text: str) -> None:
    assert ast.parse(comment(text)).body == []
    assert len(comment(text).splitlines()) == 1
