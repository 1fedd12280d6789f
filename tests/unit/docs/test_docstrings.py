"""Docstrings become Markdown without losing a word."""

from __future__ import annotations

from tdl.docs.docstrings import markdown

DOCSTRING = """Reads ``x``.

    It is here, and
    goes on.

        import tdl

    Attributes:
        name, label: of the thing;
            more of it.
        other: one.

    Raises:
        KeyError: there is none.
    """


def test_sections_become_lists() -> None:
    assert "\n".join(markdown(DOCSTRING)).splitlines() == [
        "Reads `x`.",
        "",
        "It is here, and",
        "goes on.",
        "",
        "```python",
        "import tdl",
        "```",
        "",
        "Attributes:",
        "",
        "- `name, label`: of the thing; more of it.",
        "- `other`: one.",
        "",
        "Raises:",
        "",
        "- `KeyError`: there is none.",
    ]


def test_nothing_is_nothing() -> None:
    assert list(markdown(None)) == []
