"""1xx: the text of a document."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule, document

_TABLE = "TABLE 0 A_TBL = A_RCD;\n"

UNEXPECTED_TEXT = Rule(
    code="TDL101",
    slug="unexpected-text",
    message="{found} found, {expected} expected",
    why="""
The text does not follow the grammar of the document form here. The declaration that holds it is left out and
reading goes on with the next one, so one run names every bad declaration.
""",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    COUNT UINT8;\nEND;\n" + _TABLE),
    right=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)

UNFINISHED = Rule(
    code="TDL102",
    slug="unfinished-declaration",
    message="the declaration ends here, {expected} expected",
    why="""
A declaration was still open when the next one began or the text ended: most often an `END;` or a semicolon is missing.
""",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\n" + _TABLE),
    right=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)

TOO_DEEP = Rule(
    code="TDL103",
    slug="nested-too-deep",
    message="nested {found} levels deep, at most {limit} are read",
    why="""
Blocks, brackets and operators of one declaration are nested deeper than any real definition needs. The limit keeps
the cost of reading bounded whatever the text.
""",
    wrong=document(
        "TYPE A_RCD = PACKED RECORD\n    DATA : BINARY(" + "(" * 70 + "1" + ")" * 70 + ");\nEND;\n" + _TABLE
    ),
    right=document("TYPE A_RCD = PACKED RECORD\n    DATA : BINARY((1));\nEND;\n" + _TABLE),
)

UNCLOSED_COMMENT = Rule(
    code="TDL104",
    slug="unclosed-comment",
    message="the comment that opens here is never closed",
    why="Comments stand between braces and do not nest; the rest of the text was taken as part of this one.",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8; { how many\nEND;\n" + _TABLE),
    right=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8; { how many }\nEND;\n" + _TABLE),
)

STRAY_TEXT = Rule(
    code="TDL105",
    slug="stray-text",
    message="{found} found outside any declaration",
    why="""
A document is a list of declarations. Text before the first or after the end of one belongs to none: prose goes
into braces, as a comment.
""",
    wrong=document("this is the general table\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
    right=document("{ this is the general table }\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)

TOO_MANY = Rule(
    code="TDL106",
    slug="too-many-errors",
    message="{limit} declarations of this text cannot be read, the rest is not looked at",
    why="""
A text with this many errors is most likely not a definition at all. Reading stops so that noise costs no more than
a bounded time.
""",
    wrong=document("TYPE ;\n" * 120),
    right=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)

MISPLACED_HEADER = Rule(
    code="TDL107",
    slug="misplaced-header",
    message="a second header, the first one names `{name}`",
    why="`DOCUMENT` and `FRAGMENT` say what the whole text is: one of them, once, before everything else.",
    wrong=document("DOCUMENT A;\nDOCUMENT B;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
    right=document("DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)

BAD_NUMBER = Rule(
    code="TDL108",
    slug="number-too-large",
    message="`{found}` is larger than any value the standard can hold",
    why="Numbers in a definition are sizes, codes and bit positions; none needs more than 64 bits.",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    DATA : BINARY(99999999999999999999);\nEND;\n" + _TABLE),
    right=document("TYPE A_RCD = PACKED RECORD\n    DATA : BINARY(99);\nEND;\n" + _TABLE),
)

WRONG_PLACE = Rule(
    code="TDL109",
    slug="specification-out-of-place",
    message="`{found}` cannot stand in {where}",
    why="""
Records hold elements with types, bit fields hold ranges of bits, enumerations hold codes. A specification of one
kind means nothing in another.
""",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    COUNT : UINT(0..3);\nEND;\n" + _TABLE),
    right=document(
        "TYPE A_BFLD = BIT FIELD OF UINT8\n    COUNT : UINT(0..3);\n    FILLER : FILL(4..7);\nEND;\n"
        "TABLE 0 A_TBL = A_BFLD;\n"
    ),
)

IMPORT_CYCLE = Rule(
    code="TDL110",
    slug="import-cycle",
    message="`{name}` imports itself",
    why="The imports of a document lead back to it, so it would have no end.",
    wrong=Example(
        {"definition.tdl": 'DOCUMENT A;\nIMPORT "other.tdl";\n', "other.tdl": 'IMPORT "definition.tdl";\n'},
    ),
    right=Example(
        {
            "definition.tdl": 'DOCUMENT A;\nIMPORT "other.tdl";\n' + _TABLE,
            "other.tdl": "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n",
        },
    ),
)

IMPORT_KIND = Rule(
    code="TDL111",
    slug="import-of-other-kind",
    message="a {found} cannot be imported by a {importer}",
    why="""
A document is made of documents and a fragment of fragments; a fragment is applied to a base with `tdl merge`.
""",
    wrong=Example(
        {"definition.tdl": 'DOCUMENT A;\nIMPORT "other.tdl";\n', "other.tdl": 'FRAGMENT B OF "A";\n'},
    ),
    right=Example(
        {
            "definition.tdl": 'DOCUMENT A;\nIMPORT "other.tdl";\n' + _TABLE,
            "other.tdl": "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n",
        },
    ),
)

EMPTY_DOCUMENT = Rule(
    code="TDL112",
    slug="empty-document",
    message="the document declares nothing",
    severity=Severity.WARNING,
    why="No type, table or procedure was found: most likely the wrong file was named.",
    wrong=document("DOCUMENT A;\n"),
    right=document("DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
)
