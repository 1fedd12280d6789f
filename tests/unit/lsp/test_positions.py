"""Columns are counted as the editor counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.lsp.positions import Encoding, Lines

TEXT = "a é 🙂 b\r\nsecond\rthird\nüü\x0c\u2028z"


@pytest.mark.parametrize(("encoding", "column"), [(Encoding.UTF8, 9), (Encoding.UTF16, 6), (Encoding.UTF32, 5)])
def test_a_column_behind_letters_of_all_lengths(encoding: Encoding, column: int) -> None:
    lines = Lines.of(TEXT, encoding)
    assert lines.position(TEXT.index(" b")) == (0, column)
    assert lines.offset((0, column)) == TEXT.index(" b")


def test_lines_end_as_the_protocol_says() -> None:
    lines = Lines.of(TEXT, Encoding.UTF32)
    assert [lines.position(TEXT.index(word)) for word in ("second", "third", "üü", "z")] == [
        (1, 0),
        (2, 0),
        (3, 0),
        (3, 4),
    ]


def test_a_column_inside_a_letter_is_its_beginning() -> None:
    assert Lines.of("🙂x", Encoding.UTF16).offset((0, 1)) == 0
    assert Lines.of("éx", Encoding.UTF8).offset((0, 1)) == 0


@pytest.mark.parametrize(("position", "offset"), [((0, 99), 2), ((1, 99), 6), ((9, 0), 6), ((-1, 0), 0), ((1, -3), 4)])
def test_places_that_are_not_there(position: tuple[int, int], offset: int) -> None:
    assert Lines.of("ab\r\ncd", Encoding.UTF16).offset(position) == offset


@given(st.text(alphabet="a\n\ré🙂\u2028", max_size=40), st.sampled_from(Encoding), st.data())
def test_there_and_back(text: str, encoding: Encoding, data: st.DataObject) -> None:
    lines = Lines.of(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    back = lines.offset(lines.position(offset))
    # between the two characters of a line's end no editor puts a cursor
    assert back == offset or text[offset - 1 : offset + 1] == "\r\n"


@given(
    st.text(alphabet="ab\n\ré🙂", max_size=20),
    st.sampled_from(Encoding),
    st.text(alphabet="x\n🙂", max_size=4),
    st.data(),
)
def test_an_edit_by_positions_is_the_edit_by_offsets(
    text: str, encoding: Encoding, new: str, data: st.DataObject
) -> None:
    lines = Lines.of(text.replace("\r", ""), encoding)
    start = data.draw(st.integers(0, len(lines.text)))
    end = data.draw(st.integers(start, len(lines.text)))
    made = lines.edited(lines.range(start, end), new)
    assert made.text == lines.text[:start] + new + lines.text[end:]
    assert made == Lines.of(made.text, encoding)
