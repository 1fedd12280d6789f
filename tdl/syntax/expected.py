"""The parser's complaints in words a person uses."""

from __future__ import annotations

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tdl.report import Diagnostic
from tdl.report.rules import syntax
from tdl.sources import SourceFile, Span
from tdl.syntax.chunks import Chunk

_WORDS = {
    "NAME": "a name",
    "INTEGER": "a number",
    "STRING": "a text in quotes",
    "SEMICOLON": "`;`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "RANGE": "`..`",
    "EQUAL": "`=`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "MINUS": "`-`",
    "BANG": "`!`",
    "COMPARE": "a comparison",
    "SUM_SIGN": "an operator",
    "PRODUCT_SIGN": "an operator",
}
# where any of these fits, an operator or subscript does too, and naming each of them says nothing
_OPERATORS = {"COMPARE", "SUM_SIGN", "PRODUCT_SIGN", "AND", "OR", "AND_SIGN", "OR_SIGN"}


def describe(text: str) -> str:
    """A piece of text as a message names it."""
    shown = text if len(text) <= 30 else text[:30] + "..."
    return f"`{shown}`" if shown.isprintable() and shown.strip() else repr(shown)


def unexpected(error: UnexpectedInput, source: SourceFile, chunk: Chunk) -> Diagnostic:
    """The diagnostic for a declaration that the grammar refuses."""
    expected = _expected(error)
    token = error.token if isinstance(error, UnexpectedToken) else None
    if isinstance(error, UnexpectedCharacters):
        start = int(error.pos_in_stream or chunk.start)
        return syntax.UNEXPECTED_TEXT.at(
            Span(source, start, start + 1),
            found=describe(source.text[start]),
            expected=expected,
        )
    if token is None or token.type == "$END":
        end = chunk.start + len(source.text[chunk.start : chunk.end].rstrip())
        return syntax.UNFINISHED.at(
            Span(source, max(end - 1, chunk.start), end),
            expected=expected,
            secondary=[(Span(source, chunk.start, _word_end(source.text, chunk.start)), "the declaration starts here")],
        )
    start, end = token.start_pos or chunk.start, token.end_pos or chunk.start
    found = describe(str(token))
    help = ""
    if _previous_line_lacks_semicolon(token, "SEMICOLON" in _expected_names(error), source):
        help = "is a semicolon missing on the line before?"
    return syntax.UNEXPECTED_TEXT.at(Span(source, start, end), found=found, expected=expected, help=help)


def text_behind(error: UnexpectedInput) -> int | None:
    """The offset of text behind a complete declaration, if that is what the parser stumbled over."""
    if _expected_names(error) <= {"$END", "<END-OF-FILE>"}:
        if isinstance(error, UnexpectedToken) and error.token.type != "$END":
            return int(error.token.start_pos or 0)
        if isinstance(error, UnexpectedCharacters):
            return int(error.pos_in_stream or 0)
    return None


def _expected(error: UnexpectedInput) -> str:
    names = _expected_names(error)
    if "SEMICOLON" in names:
        return _WORDS["SEMICOLON"]
    if names & _OPERATORS and names - _OPERATORS - {"DOT", "LSQB"}:
        names -= {*_OPERATORS, "DOT", "LSQB"}
    if "NAME" in names and len(names) > 4:
        names -= {"LPAR", "MINUS", "BANG", "NOT", "DOT"}
    words = sorted({_WORDS.get(name, f"`{name}`") for name in names})
    if not words:
        return "something else"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _expected_names(error: UnexpectedInput) -> set[str]:
    """The terminals that would fit; ``accepts`` knows those that only look as if they did."""
    names = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None) or ()
    return set(names)


def _word_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isalpha():
        end += 1
    return max(end, start + 1)


def _previous_line_lacks_semicolon(token: Token, expected: bool, source: SourceFile) -> bool:
    before = source.text[: token.start_pos or 0].rstrip()
    gap = source.text[len(before) : token.start_pos or 0]
    return "\n" in gap and bool(before) and before[-1] not in ";:,=" and expected
