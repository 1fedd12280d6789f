"""The notation's lexer for Pygments, which colours definitions in documentation and terminals.

Unlike the parser it also reads what is unfinished: it goes by the words around a word, not by a whole declaration.
Keywords are contextual, so most states say what the next word is: the name of a type, a number, a property.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

DECLARATIONS = ("DOCUMENT", "ENUMERATION", "FRAGMENT", "IMPORT", "PROCEDURE", "TABLE", "TYPE")
VERBS = ("ADD", "MODIFY", "MOVE", "REMOVE", "RENAME", "REPLACE", "SET", "UNSET")
CONTROL = ("CASE", "DEFAULT", "ELSE", "END", "IF", "SWITCH", "THEN")
WORD_OPERATORS = ("AND", "NOT", "OR")
OTHER_KEYWORDS = (
    *("AFTER", "ARRAY", "BEFORE", "BIT", "EDITION", "FIELD", "FIRST", "LAST", "MFG", "OF", "PACKED", "PARAMETER"),
    *("RECORD", "RESPONSE", "SHA256", "TO", "USER", "VERSION", "WAS", "WITH"),
)
KEYWORDS = (*DECLARATIONS, *VERBS, *CONTROL, *WORD_OPERATORS, *OTHER_KEYWORDS)
"""Every keyword of the grammars."""

BUILTIN_TYPES = (
    *("UINT8", "UINT16", "UINT24", "UINT32", "UINT40", "UINT48", "UINT56", "UINT64"),
    *("INT8", "INT16", "INT24", "INT32", "INT40", "INT48", "INT56", "INT64", "FLOAT32", "FLOAT64"),
    *("NI_FMAT1", "NI_FMAT2", "FLOAT_CHAR6", "FLOAT_CHAR12", "FLOAT_CHAR21", "FIXED_BCD4", "FIXED_BCD6", "FIXED_BCD8"),
    *("LTIME_DATE", "STIME_DATE", "HTIME_DATE", "TIME_DATE", "TIME", "STIME", "HTIME", "DATE", "RDATE"),
    *("CHAR", "STRING", "BINARY", "BCD", "SET", "OPAQUE", "NIL", "UINT", "INT", "BOOL", "FILL"),
)
"""Every type that the compiler knows without a declaration."""

_groups: Callable[..., Any] = bygroups  # its stub has no types
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_GAP = r"(?:[\s\ufeff]|\{[^}]*\})*"
_STRING = r"(?:\"[^\"\n]*\"|\u201c[^\u201d\n]*\u201d)"
_MEMBER_ENDS = rf"(?={_GAP}[:;.]|\s+(?:TO|AFTER|BEFORE|WAS)\b)"


def _nothing(*_: object) -> tuple[()]:
    """The tokens of a rule that only looks ahead."""
    return ()


class TdlLexer(RegexLexer):
    """Colours documents and fragments."""

    name: ClassVar[str] = "TDL"
    aliases: ClassVar[list[str]] = ["tdl"]
    filenames: ClassVar[list[str]] = ["*.tdl"]
    mimetypes: ClassVar[list[str]] = ["text/x-tdl"]

    tokens: ClassVar = {
        "root": [
            include("blank"),
            (rf"(?={_STRING}|[0-9])", _nothing, "literal"),
            (r"[\"\u201c][^\n]*", String.Double),  # not closed yet
            (r"Global[ \t]+Default[ \t]+Table[ \t]+Property[ \t]+Overrides[ \t]*:", Comment.Preproc),
            (r"(\.)(lastIndex)\b", _groups(Punctuation, Name.Builtin.Pseudo)),
            (r"\.(?!\.)", Punctuation, "name"),
            # what a word is by what follows it
            (words(CONTROL, suffix=r"\b"), Keyword),
            (rf"{_NAME}(?={_GAP}:)", Name.Attribute, "member"),
            (rf"(?:EDITION|VERSION|SHA256)(?={_GAP}[\"\u201c])", Keyword),
            (rf"(?:FIRST|LAST)(?={_GAP};)", Keyword),
            (rf"TO(?=\s+{_NAME})", Keyword, "name"),
            (rf"(?:AFTER|BEFORE|MOVE)(?=\s+{_NAME})", Keyword, "element"),
            (rf"(?:SET|UNSET)(?=\s+{_NAME}(?:\.{_NAME})?\s*(?:=(?!=)|;|WAS\b))", Keyword, "setting"),
            (rf"(?:ADD|REPLACE|REMOVE|RENAME)(?=\s+{_NAME})", Keyword, "verb"),
            (r"WAS(?=\s+[-\w\"\u201c])", Keyword, "type"),
            (rf"MODIFY(?=\s+{_NAME})", Keyword, "modified"),
            (rf"TYPE(?=\s+{_NAME}{_GAP}(?:=(?!=)|;|TO\b|\Z))", Keyword.Declaration, "declared"),
            (
                rf"(?:DOCUMENT|FRAGMENT)(?=\s+{_NAME}{_GAP}(?:;|[A-Z]+{_GAP}[\"\u201c]|WITH\b|\Z))",
                Keyword.Declaration,
                "declared",
            ),
            (r"(?:TABLE|PROCEDURE)(?=\s+(?:(?:MFG|USER)\s+)?[0-9])", Keyword.Declaration, ("declared", "number")),
            (rf"IMPORT(?={_GAP}[\"\u201c])", Keyword.Declaration),
            (rf"(?:PARAMETER|RESPONSE)(?=\s+{_NAME})", Keyword, "type name"),
            (r"WITH\b", Keyword, "properties"),
            (r"OF\b", Keyword, "of"),
            (words(WORD_OPERATORS, suffix=r"\b"), Operator.Word),
            # snippets of documentation may begin with any part of a declaration
            (r"(PACKED)(\s+)(RECORD)\b", _groups(Keyword, Whitespace, Keyword)),
            (r"(ARRAY)(?=\s*\[)", Keyword),
            (_NAME, Name),
            (r"&&|\|\||==|!=|<>|<=|>=|\.\.|[-+*/%!<>=]", Operator),
            (r"[()\[\],;:]", Punctuation),
        ],
        "blank": [
            (r"[\s\ufeff]+", Whitespace),
            (r"\{[^}]*(?:\}|\Z)", Comment.Multiline),
        ],
        "literal": [
            include("blank"),
            (_STRING, String.Double, "#pop"),
            (r"0[xX][0-9A-Fa-f]+", Number.Hex, "#pop"),
            (r"[0-9]+", Number.Integer, "#pop"),
            default("#pop"),
        ],
        "name": [
            include("blank"),
            (_NAME, Name, "#pop"),
            default("#pop"),
        ],
        "element": [
            include("blank"),
            (_NAME, Name.Attribute, "#pop"),
            default("#pop"),
        ],
        "declared": [
            include("blank"),
            (rf"TO(?=\s+{_NAME})", Keyword, ("#pop", "name")),
            (_NAME, Name.Class, ("#pop", "equals")),
            default("#pop"),
        ],
        "equals": [
            include("blank"),
            (r"=", Operator, ("#pop", "type")),
            default("#pop"),
        ],
        "number": [
            include("blank"),
            (r"(?:MFG|USER)(?=\s+[0-9])", Keyword),
            default(("#pop", "literal")),
        ],
        "modified": [
            include("blank"),
            (r"TYPE\b", Keyword.Declaration, ("#pop", "type name")),
            (r"(?:TABLE|PROCEDURE)\b", Keyword.Declaration, ("#pop", "number")),
            (r"DOCUMENT\b", Keyword.Declaration, "#pop"),
            default("#pop"),
        ],
        "verb": [
            include("blank"),
            (rf"{_NAME}(?={_GAP}:)", Name.Attribute, ("#pop", "member")),
            (r"(?:IF|SWITCH|CASE)\b", Keyword, "#pop"),
            (rf"{_NAME}{_MEMBER_ENDS}", Name.Attribute, "#pop"),
            default("#pop"),
        ],
        "member": [
            include("blank"),
            (r":", Punctuation, ("#pop", "type")),
            default("#pop"),
        ],
        "of": [
            include("blank"),
            (rf"(?={_NAME}{_GAP}:)|(?=(?:{'|'.join(CONTROL)})\b)", _nothing, "#pop"),
            default(("#pop", "type")),
        ],
        "type": [
            include("blank"),
            (rf"ARRAY(?={_GAP}\[)", Keyword, "#pop"),
            (r"(PACKED)(\s+)(RECORD)\b", _groups(Keyword, Whitespace, Keyword), "#pop"),
            (r"(BIT)(\s+)(FIELD)(\s+)(OF)\b", _groups(Keyword, Whitespace, Keyword, Whitespace, Keyword)),
            (r"ENUMERATION\b(?!\s*;)", Keyword.Declaration, "#pop"),
            (rf"(?:PARAMETER|RESPONSE)(?=\s+{_NAME})", Keyword, ("#pop", "type name")),
            default(("#pop", "type name")),
        ],
        "type name": [
            include("blank"),
            (rf"({_NAME})(\.)(?!\.)", _groups(Name.Namespace, Punctuation)),
            (words(BUILTIN_TYPES, suffix=r"\b"), Keyword.Type, "#pop"),
            (_NAME, Name.Class, "#pop"),
            default("#pop"),
        ],
        "properties": [
            include("blank"),
            (rf"{_NAME}(?={_GAP}=)", Name.Property),
            (r"=", Operator, "value"),
            (r",", Punctuation),
            default("#pop"),
        ],
        "value": [
            include("blank"),
            (r"-", Operator),
            (_NAME, Name.Constant, "#pop"),
            default(("#pop", "literal")),
        ],
        "setting": [
            include("blank"),
            (r"WAS(?=\s+[-\w\"\u201c])", Keyword, ("#pop", "value")),
            (r"\.", Punctuation),
            (_NAME, Name.Property),
            (r"=", Operator, "value"),
            default("#pop"),
        ],
    }
