"""2xx: what names stand for."""

from tdl.report.rule import Rule, document

_END = "END;\nTABLE 5 A_TBL = A_RCD;\n"


def _record(members: str, before: str = "") -> str:
    return f"{before}TYPE A_RCD = PACKED RECORD\n{members}{_END}"


_FLAGS = "TYPE {name}_BFLD = BIT FIELD OF UINT8\n    READY_FLAG : BOOL(0);\n    FILLER : FILL(1..7);\nEND;\n"
_TWO_FLAGS = _FLAGS.format(name="FIRST") + _FLAGS.format(name="SECOND")

DUPLICATE_MEMBER = Rule(
    code="TDL201",
    slug="duplicate-member",
    message="`{name}` is declared twice in `{owner}`",
    why="""
Two members of one declaration that can be there at the same time need two names. The same name may be used again only
in branches that exclude each other, and for the fillers of a bit field.
""",
    wrong=document(_record("    COUNT : UINT8;\n    COUNT : UINT8;\n")),
    right=document(
        _record("    MODE : UINT8;\n    IF MODE THEN\n        X : UINT8;\n    ELSE\n        X : INT8;\n    END;\n")
    ),
)

DUPLICATE_DECLARATION = Rule(
    code="TDL202",
    slug="duplicate-declaration",
    message="{kind} `{name}` is declared twice",
    why="""
Types and tables of a definition are known by name, so each name stands for one thing. What a fragment is to change is
changed with `MODIFY` or `REPLACE`, not by declaring it again.
""",
    wrong=document(_record("    COUNT : UINT8;\n", "TYPE A_RCD = UINT8;\n")),
    right=document(_record("    COUNT : COUNT_T;\n", "TYPE COUNT_T = UINT8;\n")),
)

UNKNOWN_TYPE = Rule(
    code="TDL203",
    slug="unknown-type",
    message="no type `{name}` is declared",
    why="The name is neither a built-in type nor a type that this definition, or a document it imports, declares.",
    wrong=document(_record("    COUNT : UINT9;\n")),
    right=document(_record("    COUNT : UINT8;\n")),
)

UNKNOWN_NAME = Rule(
    code="TDL204",
    slug="unknown-name",
    message="`{name}` is not found in {where}",
    why="""
A reference names an element of the record it stands in, or a table and an element of it. Members that hold the element
may be left out where there is one such element only; arrays may not.
""",
    wrong=document(_record("    COUNT : UINT8;\n    DATA : BINARY(COUNTS);\n")),
    right=document(_record("    COUNT : UINT8;\n    DATA : BINARY(COUNT);\n")),
)

AMBIGUOUS_NAME = Rule(
    code="TDL205",
    slug="ambiguous-name",
    message="`{name}` may be any of {found} elements of {where}",
    why="""
A reference may leave out the members that hold an element, as published text does, but only while one element of
that name is there. Write the path to the one that is meant.
""",
    wrong=document(
        _record(
            "    FIRST : FIRST_BFLD;\n    SECOND : SECOND_BFLD;\n"
            "    IF READY_FLAG THEN\n        X : UINT8;\n    END;\n",
            _TWO_FLAGS,
        )
    ),
    right=document(
        _record(
            "    FIRST : FIRST_BFLD;\n    SECOND : SECOND_BFLD;\n"
            "    IF SECOND.READY_FLAG THEN\n        X : UINT8;\n    END;\n",
            _TWO_FLAGS,
        )
    ),
)

UNKNOWN_SCOPE = Rule(
    code="TDL206",
    slug="unknown-scope",
    message="`{scope}` is not a scope here, {expected} expected",
    why="""
A type's name may say which document it is from. `STD` and `TDL` stand for the standard's; otherwise it is the name of
this definition or of one that it was merged from.
""",
    wrong=document("DOCUMENT METER;\n" + _record("    COUNT : ACME.COUNT_T;\n", "TYPE COUNT_T = UINT8;\n")),
    right=document("DOCUMENT METER;\n" + _record("    COUNT : METER.COUNT_T;\n", "TYPE COUNT_T = UINT8;\n")),
)

RESERVED_NAME = Rule(
    code="TDL207",
    slug="reserved-name",
    message="`{name}` is a built-in type",
    why="The built-in types mean the same in every definition: a declaration cannot take their names.",
    wrong=document(_record("    COUNT : UINT8;\n", "TYPE UINT8 = UINT16;\n")),
    right=document(_record("    COUNT : COUNT_T;\n", "TYPE COUNT_T = UINT16;\n")),
)

WRONG_KIND = Rule(
    code="TDL208",
    slug="wrong-kind-of-type",
    message="`{name}` is {found}, {expected} expected",
    why="""
Records, bit fields and built-in types have octets; an enumeration only names codes. An element gets a number type and
names the enumeration in its property `Enum`. Tables and procedures are made of records or bit fields.
""",
    wrong=document(_record("    MODE : MODE_ENUM;\n", "TYPE MODE_ENUM = ENUMERATION\n    IDLE : 0;\nEND;\n")),
    right=document(
        _record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", "TYPE MODE_ENUM = ENUMERATION\n    IDLE : 0;\nEND;\n")
    ),
)

DUPLICATE_PROPERTY = Rule(
    code="TDL209",
    slug="duplicate-property",
    message="property `{name}` is given twice",
    why="One of the two values would be lost. Property lines before a table count as the table's own.",
    wrong=document(_record('    COUNT : UINT8 WITH Unit = "s", Unit = "min";\n')),
    right=document(_record('    COUNT : UINT8 WITH Unit = "s", Label = "age";\n')),
)

UNKNOWN_ENUMERATION = Rule(
    code="TDL210",
    slug="unknown-enumeration",
    message="no enumeration `{name}` is declared",
    why="The property `Enum` of an element names the enumeration of its codes.",
    wrong=document(_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n")),
    right=document(
        _record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", "TYPE MODE_ENUM = ENUMERATION\n    IDLE : 0;\nEND;\n")
    ),
)
