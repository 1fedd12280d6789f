from __future__ import annotations

import pytest

from tdl.image.toml_text import TomlError, TomlText

TEXT = """\
a = 1
"b c" = 2
[T]
x.y = 3   # x
z = { p = 4 }
[T.'U']
q = [
    1,
]
[[R]]
s = 1
"""


@pytest.mark.parametrize(
    ("path", "place", "text"),
    [
        (("a",), "f.toml:1:1", "a"),
        (("b c",), "f.toml:2:1", '"b c"'),
        (("T",), "f.toml:3:2", "T"),
        (("T", "x", "y"), "f.toml:4:1", "x.y"),
        (("T", "z", "p"), "f.toml:5:1", "z"),
        (("T", "U", "q"), "f.toml:7:1", "q"),
        (("R", "s"), "f.toml:11:1", "s"),
        (("nothing",), "f.toml:1:1", ""),
    ],
)
def test_each_key_has_a_place(path: tuple[str, ...], place: str, text: str) -> None:
    span = TomlText("f.toml", TEXT).span(path)
    assert (span.place, span.text) == (place, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\nb = = 2\n", "f.toml:2:5"),
        ("a = ", "f.toml:1:4"),
        ("a = 1\na = 2\n", "f.toml:2:6"),
        ("[a", "f.toml:1:3"),
    ],
)
def test_errors_have_a_place(text: str, place: str) -> None:
    with pytest.raises(TomlError) as caught:
        TomlText("f.toml", text)
    assert caught.value.span.place == place
    assert "(at " not in caught.value.problem
    assert caught.value.problem[0].islower()


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 100_000, "a = " + "9" * 5000, "a." * 20_000 + "b = 1", "a = {" + "a." * 20_000 + "b = 1}"]
)
def test_hostile_text_is_an_error_too(text: str) -> None:
    with pytest.raises(TomlError):
        TomlText("f.toml", text)


def test_dots_in_a_comment_are_no_key() -> None:
    assert TomlText("f.toml", "# " + "." * 200 + "\na = 1\n").values == {"a": 1}
