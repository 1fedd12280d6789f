"""5xx: values that layouts depend on, and octets that do not fit.

What an image's octets or values are refused for is told with the same fields, taken from the codec's error:
``element`` (``ST23 TIER_DATA_BLOCK[2].SUMMATIONS``, or the table's key alone), ``offset``, ``found``, ``expected``.
"""

from collections.abc import Mapping

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule
from tdl.report.rule import document as _document

_AT_OCTET = "`{element}` at octet {offset}: {found}, {expected} expected"

_CONFIGURATION = """
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    TM_FORMAT : UINT(1..3);
    FILLER : FILL(4..7);
END;
TYPE GEN_CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    ID_FORM : UINT8;
END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
""".lstrip()

_DEFINITION = (
    _CONFIGURATION
    + """
TYPE IDENT_RCD = PACKED RECORD
    MODEL : UINT8;
    IF GEN_CONFIG_TBL.ID_FORM THEN
        SERIAL_NUMBER : BCD(2);
    ELSE
        SERIAL_NUMBER : BINARY(4);
    END;
END;
TABLE 1 IDENT_TBL = IDENT_RCD;
"""
)

_LIST = """
TYPE LIST_RCD = PACKED RECORD
    COUNT : UINT8;
    PER_ROW : UINT8;
    DATA : BINARY(COUNT {operation} PER_ROW);
END;
TABLE 1 LIST_TBL = LIST_RCD;
""".lstrip()

_FORKED = """
TYPE FORKED_RCD = PACKED RECORD
    FLAG : UINT8;
    IF FLAG THEN
        COUNT : UINT8;
    END;
    DATA : BINARY(COUNT);
END;
TABLE 1 FORKED_TBL = FORKED_RCD;
""".lstrip()

_EMPTY_ROWS = """
TYPE EMPTY_RCD = PACKED RECORD
    NOTHING : NIL;
END;
TYPE ROWS_RCD = PACKED RECORD
    COUNT : UINT32;
    ROWS : ARRAY[COUNT] OF EMPTY_RCD;
END;
TABLE 1 ROWS_TBL = ROWS_RCD;
TYPE ORDER_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
END;
TABLE 0 ORDER_TBL = ORDER_RCD;
""".lstrip()

_CYCLE = """
TYPE A_RCD = PACKED RECORD
    LENGTH : UINT8;
    DATA : BINARY(B_TBL.LENGTH);
END;
TABLE 5 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD
    LENGTH : UINT8;
    DATA : BINARY({length});
END;
TABLE 6 B_TBL = B_RCD;
"""

_SELF = """
TYPE A_RCD = PACKED RECORD
    {first};
    {second};
END;
TABLE 0 A_TBL = A_RCD;
"""

_DECODE = "tdl decode -d definition.tdl image"
_ENCODE = "tdl encode -d definition.tdl values.json -o image"
_TWO_DIGITS = {"image/ST0.bin": b"\x00\x01", "image/ST1.bin": b"\x07\x12\x34"}


def _decode(definition: str, tables: Mapping[str, bytes], options: str = "") -> Example:
    return Example({"definition.tdl": definition, **tables}, _DECODE + options)


def _encode(values: str) -> Example:
    return Example({"definition.tdl": _DEFINITION, "values.json": values + "\n"}, _ENCODE)


DEPENDENCY_CYCLE = Rule(
    code="TDL501",
    slug="dependency-cycle",
    message="the layout of `{name}` depends on itself: {chain}",
    why="""
To read one table a value of the next is needed, and so on back to the first: none of them can be read. The standard's
data tables depend on `ACT_...` tables, and those on Table 0.
""",
    wrong=_document(_CYCLE.format(length="A_TBL.LENGTH")),
    right=_document(_CYCLE.format(length="4")),
)

SELF_REFERENCE = Rule(
    code="TDL502",
    slug="self-reference",
    message="`{name}` is not known here: {problem}",
    why="""
A table may refer to itself by its own name, but only to what stands before: it is read from its first octet to its
last.
""",
    wrong=_document(_SELF.format(first="DATA : BINARY(A_TBL.LENGTH)", second="LENGTH : UINT8")),
    right=_document(_SELF.format(first="LENGTH : UINT8", second="DATA : BINARY(A_TBL.LENGTH)")),
)

SELECTOR_TOO_LATE = Rule(
    code="TDL503",
    slug="selector-too-late",
    message="`{name}` of Table 0 depends on `{selector}`, {problem}",
    why="""
Table 0 tells the order of octets, the formats of numbers, texts and times. It is the first table that is read, so
what stands in it before one of these selectors cannot depend on it: single octets and binary elements do not. Where
Table 0 has no such selector at all this is a warning: the table can be declared, and never be read.
""",
    wrong=_document(_SELF.format(first="COUNT : UINT16", second="DATA_ORDER : UINT8")),
    right=_document(_SELF.format(first="DATA_ORDER : UINT8", second="COUNT : UINT16")),
)

MISSING_VALUE = Rule(
    code="TDL510",
    slug="missing-value",
    message="`{element}` needs {expected}, which is not known",
    why="""
The layout of this element depends on a value of another table, and neither the image nor a profile holds it. Nothing
is guessed. Give the one value, `--set GEN_CONFIG_TBL.ID_FORM=1`, or a profile or an image of the same meter,
`--bind meter.toml`; a file `profile.toml` beside the image's tables is read by itself.
""",
    wrong=_decode(_DEFINITION, {"image/ST1.bin": b"\x07\x12\x34"}),
    right=_decode(_DEFINITION, {"image/ST1.bin": b"\x07\x12\x34"}, " --set GEN_CONFIG_TBL.ID_FORM=1"),
)

TRUNCATED = Rule(
    code="TDL511",
    slug="truncated",
    message=_AT_OCTET,
    why="""
The octets end before the layout does: the table was read in part, or the definition or one of the values that the
layout depends on is not this meter's.
""",
    wrong=_decode(_DEFINITION, {**_TWO_DIGITS, "image/ST1.bin": b"\x07\x12"}),
    right=_decode(_DEFINITION, _TWO_DIGITS),
)

TRAILING = Rule(
    code="TDL512",
    slug="trailing-octets",
    message=_AT_OCTET,
    why="""
Octets are left when the layout has ended: the meter's table is longer than the definition says, or one of the values
that the layout depends on is not this meter's.
""",
    wrong=_decode(_DEFINITION, {**_TWO_DIGITS, "image/ST1.bin": b"\x07\x12\x34\x56"}),
    right=_decode(_DEFINITION, _TWO_DIGITS),
)

REFUSED = Rule(
    code="TDL513",
    slug="refused-format",
    message=_AT_OCTET,
    why="""
Table 0 selects a format code that the standard reserves, so there is no layout to read this element by. Either the
meter follows an edition that is not described yet, or its Table 0 was not read right.
""",
    wrong=_decode(
        _CONFIGURATION + "TYPE TIME_RCD = PACKED RECORD\n    LAST : STIME_DATE;\nEND;\nTABLE 1 TIME_TBL = TIME_RCD;\n",
        {"image/ST0.bin": b"\x0e\x00", "image/ST1.bin": b"\x20\x01\x01\x00\x00"},
    ),
    right=_decode(
        _CONFIGURATION + "TYPE TIME_RCD = PACKED RECORD\n    LAST : STIME_DATE;\nEND;\nTABLE 1 TIME_TBL = TIME_RCD;\n",
        {"image/ST0.bin": b"\x02\x00", "image/ST1.bin": b"\x20\x01\x01\x00\x00"},
    ),
)

BAD_DIMENSION = Rule(
    code="TDL514",
    slug="bad-dimension",
    message=_AT_OCTET,
    why="""
The values of this meter make a count or a length negative, or larger than offsets of 24 bits can reach. No table
can be like that: a value was not read right, or the expression in the definition is wrong.
""",
    wrong=_decode(_LIST.format(operation="-"), {"image/ST1.bin": b"\x01\x02\x00"}),
    right=_decode(_LIST.format(operation="-"), {"image/ST1.bin": b"\x02\x01\x00"}),
)

ARITHMETIC = Rule(
    code="TDL515",
    slug="arithmetic",
    message=_AT_OCTET,
    why="The values of this meter lead to a division by zero, or to a number that 64 bits do not hold.",
    wrong=_decode(_LIST.format(operation="/"), {"image/ST1.bin": b"\x01\x00\x00"}),
    right=_decode(_LIST.format(operation="/"), {"image/ST1.bin": b"\x01\x01\x00"}),
)

ABSENT = Rule(
    code="TDL516",
    slug="absent-element",
    message=_AT_OCTET,
    why="""
The layout depends on an element of the same table that this image does not have: it stands in a branch that was not
taken. The definition should not ask for it there.
""",
    wrong=_decode(_FORKED, {"image/ST1.bin": b"\x00\x01"}),
    right=_decode(_FORKED, {"image/ST1.bin": b"\x01\x01\x05"}),
)

TOO_MANY_STEPS = Rule(
    code="TDL517",
    slug="too-many-steps",
    message=_AT_OCTET,
    why="""
Elements without octets cost an image nothing and a program a step each. More than about a million of them in one
table are refused, so that no image can keep a program busy for ever.
""",
    wrong=_decode(_EMPTY_ROWS, {"image/ST0.bin": b"\x00", "image/ST1.bin": b"\x00\x00\xff\x00"}),
    right=_decode(_EMPTY_ROWS, {"image/ST0.bin": b"\x00", "image/ST1.bin": b"\x02\x00\x00\x00"}),
)

BAD_VALUE = Rule(
    code="TDL518",
    slug="bad-value",
    message="`{element}`: {found} found, {expected} expected",
    why="A value that is to be written has the wrong kind, does not fit the element's octets or bits, or is too long.",
    wrong=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}, "ID_FORM": 256}}'),
    right=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}, "ID_FORM": 255}}'),
)

UNKNOWN_ELEMENT = Rule(
    code="TDL519",
    slug="unknown-element",
    message="`{element}` is given a value, and the layout has no such element here",
    why="""
A value that is to be written has no place: the name is not one of the layout's, or it stands in a branch that the
values of this meter do not take.
""",
    wrong=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}, "ID_FORM": 1, "ID_FROM": 1}}'),
    right=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}, "ID_FORM": 1}}'),
)

MISSING_ELEMENT = Rule(
    code="TDL520",
    slug="missing-element",
    message="`{element}`: {found} found, {expected} expected",
    why="""
Every element of the layout needs a value when a table is written, and so does what the layout depends on: none is
made up.
""",
    wrong=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}}}'),
    right=_encode('{"ST0": {"FORMAT": {"DATA_ORDER": 0, "TM_FORMAT": 1}, "ID_FORM": 1}}'),
)

UNKNOWN_TABLE = Rule(
    code="TDL521",
    slug="unknown-table",
    message="the image holds `{table}`, which {definition} does not declare",
    severity=Severity.WARNING,
    why="The octets of this table were left alone. A fragment that adds the table makes it readable.",
    wrong=_decode(_DEFINITION, {**_TWO_DIGITS, "image/MT5.bin": b"\x00"}),
    right=_decode(
        _DEFINITION + "TYPE FAULT_RCD = PACKED RECORD\n    CODE : UINT8;\nEND;\nTABLE MFG 5 FAULT_TBL = FAULT_RCD;\n",
        {**_TWO_DIGITS, "image/MT5.bin": b"\x00"},
    ),
)

BAD_PROFILE = Rule(
    code="TDL522",
    slug="bad-profile",
    message="`{name}`: {problem}",
    why="""
A profile, or `--set`, gives the values of elements that layouts depend on. Here it names an element that the
definition does not have, or gives it a value that it cannot hold.
""",
    wrong=_decode(_DEFINITION, {"image/ST1.bin": b"\x07\x12\x34"}, " --set GEN_CONFIG_TBL.ID_FROM=1"),
    right=_decode(_DEFINITION, {"image/ST1.bin": b"\x07\x12\x34"}, " --set GEN_CONFIG_TBL.ID_FORM=1"),
)

BAD_IMAGE = Rule(
    code="TDL523",
    slug="bad-image",
    message="`{name}` cannot be read as an image: {problem}",
    why="""
An image is a directory of tables (`ST0.bin`, `MT5.bin`, ...), a JSON or EDL file of them, or hexadecimal text. What is
named here is none of these, or it cannot be read.
""",
    wrong=_decode(_DEFINITION, {}),
    right=_decode(_DEFINITION, _TWO_DIGITS),
)

UNKNOWN_PATH = Rule(
    code="TDL524",
    slug="unknown-path",
    message="`{table}` has no element `{path}`",
    why="The path that was asked for names no element of the table.",
    wrong=_decode(_DEFINITION, _TWO_DIGITS, " --path ST1.MODLE"),
    right=_decode(_DEFINITION, _TWO_DIGITS, " --path ST1.MODEL"),
)


def decoding_rule(kind: str) -> Rule:
    """The rule of a `tdl.codec.errors.DecodeError`, by its ``kind``."""
    match kind:
        case "truncated":
            return TRUNCATED
        case "trailing":
            return TRAILING
        case "missing":
            return MISSING_VALUE
        case "refused":
            return REFUSED
        case "dimension":
            return BAD_DIMENSION
        case "arithmetic":
            return ARITHMETIC
        case "absent":
            return ABSENT
        case "steps":
            return TOO_MANY_STEPS
        case _:
            raise ValueError(kind)


def encoding_rule(kind: str) -> Rule:
    """The rule of a `tdl.codec.errors.EncodeError`, by its ``kind``."""
    match kind:
        case "type" | "range" | "length":
            return BAD_VALUE
        case "unknown":
            return UNKNOWN_ELEMENT
        case "absent":
            return MISSING_ELEMENT
        case _:
            return decoding_rule(kind)
