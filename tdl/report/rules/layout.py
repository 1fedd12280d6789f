"""4xx: types, bits and sizes."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule, document


def _record(members: str, before: str = "") -> Example:
    return document(f"{before}TYPE A_RCD = PACKED RECORD\n{members}END;\nTABLE 5 A_TBL = A_RCD;\n")


def _bits(members: str, container: str = "UINT8") -> Example:
    return document(f"TYPE A_BFLD = BIT FIELD OF {container}\n{members}END;\nTABLE 5 A_TBL = A_BFLD;\n")


_MODES = "TYPE MODE_ENUM = ENUMERATION\n    IDLE : 0;\n    {second};\nEND;\n"
_ROW = "TYPE ROW_RCD = PACKED RECORD\n    SIZE : UINT8;\n    DATA : BINARY(SIZE + .lastIndex);\nEND;\n"
_REST = "TYPE REST_RCD = PACKED RECORD\n    REST : OPAQUE;\nEND;\n"


def _nest(levels: int) -> str:
    types = ["TYPE A0_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n"]
    types += [f"TYPE A{i}_RCD = PACKED RECORD\n    X : A{i - 1}_RCD;\nEND;\n" for i in range(1, levels)]
    return "".join(types) + f"TABLE 5 A_TBL = A{levels - 1}_RCD;\n"


def _multiply(levels: int, tables: int) -> str:
    types = ["TYPE A0_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n"]
    for i in range(1, levels + 1):
        members = "".join(f"    X{j} : A{i - 1}_RCD;\n" for j in range(10))
        types.append(f"TYPE A{i}_RCD = PACKED RECORD\n{members}END;\n")
    return "".join(types) + "".join(f"TABLE {n} A{n}_TBL = A{levels}_RCD;\n" for n in range(tables))


RECURSIVE_TYPE = Rule(
    code="TDL401",
    slug="recursive-type",
    message="`{name}` contains itself: {chain}",
    why="A type that contains itself, by one member or by several types on the way, would have no end.",
    wrong=document(
        "TYPE A_RCD = PACKED RECORD\n    X : B_RCD;\nEND;\nTYPE B_RCD = PACKED RECORD\n    Y : A_RCD;\nEND;\n"
        "TABLE 5 A_TBL = A_RCD;\n"
    ),
    right=document(
        "TYPE A_RCD = PACKED RECORD\n    X : B_RCD;\nEND;\nTYPE B_RCD = PACKED RECORD\n    Y : UINT8;\nEND;\n"
        "TABLE 5 A_TBL = A_RCD;\n"
    ),
)

TOO_MANY_LEVELS = Rule(
    code="TDL402",
    slug="too-many-levels",
    message="`{name}` is behind more than {limit} aliases and arrays",
    why="No real element is an array of arrays of arrays. The limit keeps the cost of every program bounded.",
    wrong=_record("    DATA : " + "ARRAY[1] OF " * 40 + "UINT8;\n"),
    right=_record("    DATA : ARRAY[1] OF ARRAY[1] OF UINT8;\n"),
)

TOO_DEEP = Rule(
    code="TDL403",
    slug="types-too-deep",
    message="`{name}` nests {what} more than {limit} deep",
    why="The deepest table of the standard has five levels. The limit keeps the cost of every program bounded.",
    wrong=document(_nest(40)),
    right=document(_nest(5)),
)

SIZE_MISSING = Rule(
    code="TDL404",
    slug="size-missing",
    message="`{name}` needs a size: `{name}(n)`",
    why="How long the element is must be said: texts, sets and binary elements have no size of their own.",
    wrong=_record("    OWNER : STRING;\n"),
    right=_record("    OWNER : STRING(20);\n"),
)

SIZE_NOT_ALLOWED = Rule(
    code="TDL405",
    slug="size-not-allowed",
    message="`{name}` takes no size",
    why="Only `STRING`, `BINARY`, `BCD`, `SET` and `OPAQUE` are given a size; more than one of a kind is an `ARRAY`.",
    wrong=_record("    COUNTS : UINT8(4);\n"),
    right=_record("    COUNTS : ARRAY[4] OF UINT8;\n"),
)

BAD_BITS = Rule(
    code="TDL406",
    slug="bad-bit-range",
    message="`{found}` found, {expected} expected",
    why="""
A member of a bit field is `UINT(a..b)`, `INT(a..b)`, `BOOL(a)` or `FILL(a..b)`, from its lowest bit to its highest,
inside the container. Bit 0 is the least significant one.
""",
    wrong=_bits("    LEVEL : UINT(0..8);\n"),
    right=_bits("    LEVEL : UINT(0..7);\n"),
)

OVERLAPPING_BITS = Rule(
    code="TDL407",
    slug="overlapping-bits",
    message="`{name}` takes {bits} that `{other}` has",
    why="Two members that can be there at the same time cannot share a bit; members of exclusive branches may.",
    wrong=_bits("    LOW : UINT(0..4);\n    HIGH : UINT(4..7);\n"),
    right=_bits("    LOW : UINT(0..3);\n    HIGH : UINT(4..7);\n"),
)

UNCOVERED_BITS = Rule(
    code="TDL408",
    slug="uncovered-bits",
    message="{bits} of `{name}` {belong} to no member",
    severity=Severity.WARNING,
    why="""
The standard says of every bit what it is, if only a filler. A bit that is left out is most often a slip in another
member's range.
""",
    wrong=_bits("    LEVEL : UINT(0..3);\n"),
    right=_bits("    LEVEL : UINT(0..3);\n    FILLER : FILL(4..7);\n"),
)

BAD_CONTAINER = Rule(
    code="TDL409",
    slug="bad-container",
    message="`{found}` found, an unsigned integer of whole octets expected",
    why="A bit field lies in an unsigned integer, `UINT8` to `UINT64`, whose octets follow the order of Table 0.",
    wrong=_bits("    LEVEL : UINT(0..7);\n", "INT8"),
    right=_bits("    LEVEL : UINT(0..7);\n", "UINT8"),
)

NOT_A_NUMBER = Rule(
    code="TDL410",
    slug="not-a-number",
    message="`{name}` is {found}, a number expected",
    why="""
Counts, sizes, conditions and selectors are made of integers and flags. A text, a date, a number with decimals or a
whole record has no value to use there.
""",
    wrong=_record("    NAME : STRING(4);\n    DATA : BINARY(NAME);\n"),
    right=_record("    LENGTH : UINT8;\n    DATA : BINARY(LENGTH);\n"),
)

BAD_SUBSCRIPTS = Rule(
    code="TDL411",
    slug="bad-subscripts",
    message="`{name}` has {found}, {expected} expected",
    why="""
An element of an array is named with a subscript for each array, counted from 0. A set takes one more: the member
that is asked for, often a table's name.
""",
    wrong=_record("    COUNTS : ARRAY[4] OF UINT8;\n    DATA : BINARY(COUNTS);\n"),
    right=_record("    COUNTS : ARRAY[4] OF UINT8;\n    DATA : BINARY(COUNTS[0]);\n"),
)

BAD_DIMENSION = Rule(
    code="TDL412",
    slug="dimension-out-of-range",
    message="the {what} of `{name}` can be {found}, 0 to {limit} expected",
    why="""
Counts and sizes are not negative, and no table reaches beyond the 24 bits that an offset has. Where only some values
lead out of that range this is a warning: an image with such values is refused.
""",
    wrong=_record("    LENGTH : UINT8;\n    DATA : BINARY(0 - 1 - LENGTH);\n"),
    right=_record("    LENGTH : UINT8;\n    DATA : BINARY(LENGTH + 1);\n"),
)

LATER_ELEMENT = Rule(
    code="TDL413",
    slug="later-element",
    message="`{name}` is not known here: {problem}",
    why="""
A table is read from its first octet to its last, so its layout can depend only on its own elements that stand before,
and on those only that are there at all.
""",
    wrong=_record("    DATA : BINARY(LENGTH);\n    LENGTH : UINT8;\n"),
    right=_record("    LENGTH : UINT8;\n    DATA : BINARY(LENGTH);\n"),
)

PERHAPS_ABSENT = Rule(
    code="TDL414",
    slug="perhaps-absent",
    message="`{name}` is not always there when it is needed here",
    severity=Severity.WARNING,
    why="""
The element stands in a branch, and the expression that names it does not stand under the same condition. An image
where the branch is not taken is refused.
""",
    wrong=_record(
        "    FLAG : UINT8;\n    IF FLAG THEN\n        LENGTH : UINT8;\n    END;\n    DATA : BINARY(LENGTH);\n"
    ),
    right=_record(
        "    FLAG : UINT8;\n    IF FLAG THEN\n        LENGTH : UINT8;\n        DATA : BINARY(LENGTH);\n    END;\n"
    ),
)

INDEX_WITHOUT_ARRAY = Rule(
    code="TDL415",
    slug="index-without-array",
    message="`.lastIndex` has no array here: `{name}` is used outside of one",
    why="""
`.lastIndex` is the position in the innermost array around the element. Every use of a type that asks for it must be
inside an array.
""",
    wrong=document(_ROW + "TYPE A_RCD = PACKED RECORD\n    ROW : ROW_RCD;\nEND;\nTABLE 5 A_TBL = A_RCD;\n"),
    right=document(
        _ROW + "TYPE A_RCD = PACKED RECORD\n    ROWS : ARRAY[3] OF ROW_RCD;\nEND;\nTABLE 5 A_TBL = A_RCD;\n"
    ),
)

DUPLICATE_LABEL = Rule(
    code="TDL416",
    slug="duplicate-label",
    message="{found} is selected by an arm already",
    why="A value of the selector selects one arm, so no value may stand in the labels of two.",
    wrong=_record(
        "    MODE : UINT8;\n    SWITCH MODE OF\n        CASE 0..3 :\n            X : UINT8;\n        CASE 3 :\n"
        "            Y : UINT8;\n    END;\n"
    ),
    right=_record(
        "    MODE : UINT8;\n    SWITCH MODE OF\n        CASE 0..2 :\n            X : UINT8;\n        CASE 3 :\n"
        "            Y : UINT8;\n    END;\n"
    ),
)

BAD_LABEL = Rule(
    code="TDL417",
    slug="bad-label",
    message="{found} is never selected: the selector is {low} to {high}",
    why="The label is empty, or larger or smaller than anything the selector can hold: the arm is never taken.",
    wrong=_record(
        "    MODE : UINT8;\n    SWITCH MODE OF\n        CASE 0 :\n            X : UINT8;\n        CASE 256 :\n"
        "            Y : UINT8;\n    END;\n"
    ),
    right=_record(
        "    MODE : UINT8;\n    SWITCH MODE OF\n        CASE 0 :\n            X : UINT8;\n        CASE 255 :\n"
        "            Y : UINT8;\n    END;\n"
    ),
)

MISSING_ARM = Rule(
    code="TDL418",
    slug="missing-arm",
    message="no arm for {found} of `{enumeration}`, and no default",
    severity=Severity.WARNING,
    why="""
The selector's enumeration names a code that no arm selects: an image with that code has nothing here. An empty
default says that this is meant. Codes called `RESERVED` need no arm.
""",
    wrong=_record(
        "    MODE : UINT8 WITH Enum = MODE_ENUM;\n    SWITCH MODE OF\n        CASE 0 :\n            X : UINT8;\n"
        "    END;\n",
        _MODES.format(second="BUSY : 1"),
    ),
    right=_record(
        "    MODE : UINT8 WITH Enum = MODE_ENUM;\n    SWITCH MODE OF\n        CASE 0 :\n            X : UINT8;\n"
        "        DEFAULT :\n    END;\n",
        _MODES.format(second="BUSY : 1"),
    ),
)

DUPLICATE_CODE = Rule(
    code="TDL419",
    slug="duplicate-code",
    message="`{name}` has {found}, which `{other}` has",
    why="A code has one name. Ranges of codes may not overlap.",
    wrong=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 0..3")),
    right=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 1..3")),
)

BAD_CODE = Rule(
    code="TDL420",
    slug="bad-code",
    message="`{enumeration}` cannot name the values of `{element}`: {problem}",
    why="""
An enumeration that an element's property `Enum` names lists that element's values, so the element is a number or a
flag, and each code fits into its bits.
""",
    wrong=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 256")),
    right=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 255")),
)

REST_NOT_LAST = Rule(
    code="TDL421",
    slug="opaque-not-last",
    message="`OPAQUE` takes all octets that are left, {found}",
    why="""
How long an opaque element is cannot be told from the octets, so it takes what is left. Nothing can come after it, and
there cannot be an array of them.
""",
    wrong=document(
        _REST
        + "TYPE A_RCD = PACKED RECORD\n    REST : REST_RCD;\n    CHECKSUM : UINT8;\nEND;\nTABLE 5 A_TBL = A_RCD;\n"
    ),
    right=document(
        _REST + "TYPE A_RCD = PACKED RECORD\n    LENGTH : UINT8;\n    REST : REST_RCD;\nEND;\nTABLE 5 A_TBL = A_RCD;\n"
    ),
)

EMPTY_CODE = Rule(
    code="TDL422",
    slug="empty-range",
    message="`{found}` is empty, the smaller number is written first",
    why="A range goes from its smallest number to its largest, both included.",
    wrong=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 3..1")),
    right=_record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n", _MODES.format(second="BUSY : 1..3")),
)

OUT_OF_REACH = Rule(
    code="TDL423",
    slug="out-of-reach",
    message="{subject} can be {found}, services reach {limit}",
    severity=Severity.WARNING,
    why="""
The services that read a table in part count octets and elements in 16 bits and offsets in 24 bits. What is larger
can be read only as a whole, if the meter's protocol splits it.
""",
    wrong=_record("    LENGTH : UINT32;\n    DATA : BINARY(LENGTH);\n"),
    right=_record("    LENGTH : UINT16;\n    DATA : BINARY(LENGTH);\n"),
)

LITERAL_TOO_LARGE = Rule(
    code="TDL424",
    slug="literal-too-large",
    message="`{found}` does not fit 64 bits with sign",
    why="Expressions are worked out in integers of 64 bits with sign, in every program that tdl makes.",
    wrong=_record("    FLAG : UINT64;\n    IF FLAG == 9223372036854775808 THEN\n        X : UINT8;\n    END;\n"),
    right=_record("    FLAG : UINT64;\n    IF FLAG == 9223372036854775807 THEN\n        X : UINT8;\n    END;\n"),
)

TABLE_TOO_LARGE = Rule(
    code="TDL490",
    slug="table-too-large",
    message="table `{table}` expands to {found}",
    why="""
A table's records are laid out one inside the other. Records that use each other many times multiply, and the limit
keeps compiling bounded; no standard table comes near it.
""",
    wrong=document(_multiply(5, 1)),
    right=document("TYPE A_RCD = PACKED RECORD\n    X : ARRAY[60000] OF UINT8;\nEND;\nTABLE 5 A_TBL = A_RCD;\n"),
)

DEFINITION_TOO_LARGE = Rule(
    code="TDL491",
    slug="definition-too-large",
    message="the tables up to `{name}` expand to more than {limit} elements",
    why="""
Each table is laid out with all its records one inside the other. The limit on all tables together keeps compiling
bounded; a definition with every table of the standard is a hundred times smaller.
""",
    wrong=document(_multiply(4, 100)),
    right=document(_multiply(2, 100)),
)
