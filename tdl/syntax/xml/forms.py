"""The forms that attributes' texts have, as far as they can be told without a parser."""

from __future__ import annotations

import re

from tdl.syntax.xml.names import Form

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NUMBER = re.compile(r"(?:0[xX][0-9A-Fa-f]+|[0-9]+)\Z")
_RANGE = r"\s*{n}\s*(?:\.\.\s*{n}\s*)?".replace("{n}", "(?:0[xX][0-9A-Fa-f]+|[0-9]+)")
_VALUES = re.compile(rf"{_RANGE}(?:,{_RANGE})*+\Z")


def is_name(text: str) -> bool:
    return _NAME.match(text) is not None


def is_number(text: str) -> bool:
    return _NUMBER.match(text) is not None


def fits_on_a_line(text: str) -> bool:
    """Whether the document form can hold a text: it has two kinds of quotes, and no escapes."""
    return "\n" not in text and not ('"' in text and "\u201d" in text)


def expected_of(text: str, form: Form, choices: tuple[str, ...] = ()) -> str | None:
    """What is expected in place of a text that is not of the form; None if it is."""
    match form:
        case Form.NAME:
            good = is_name(text)
        case Form.NUMBER:
            good = is_number(text)
        case Form.VALUES:
            good = _VALUES.match(text) is not None
        case Form.TEXT:
            if not fits_on_a_line(text):
                return "a text on one line" if "\n" in text else "a text with one kind of quotes"
            return None
        case Form.CHOICE:
            return None if text in choices else listed(choices)
        case Form.EXPRESSION | Form.SPECIFICATION | Form.TYPE_NAME:
            good = True  # the document form's own grammar reads them
    return None if good else form.value


def listed(found: tuple[str, ...] | list[str], word: str = "or") -> str:
    """``a``, ``b`` or ``c``, in back-ticks."""
    *others, last = [f"`{each}`" for each in found]
    return f"{', '.join(others)} {word} {last}" if others else last
