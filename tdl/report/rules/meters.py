"""6xx: what a whole definition lacks, and what a meter's tables hold that cannot be so."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_SETS = """
TYPE GEN_CONFIG_RCD = PACKED RECORD
    MAX_PROC_PARM_LENGTH : UINT8;
    STD_TBLS_USED : SET(1);
    STD_PROC_USED : SET(1);
    STD_TBLS_WRITE : SET(1);
END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
TYPE STATE_ENUM = ENUMERATION
    OPEN : 0;
    CLOSED : 1;
END;
TYPE STATE_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATE_ENUM;
    SINCE : FIXED_BCD4;
END;
TABLE 3 STATE_TBL = STATE_RCD;
TYPE SIZES_RCD = PACKED RECORD
    NBR_ENTRIES : UINT8;
END;
TABLE 4 DIM_SIZES_TBL = SIZES_RCD;
TABLE 5 ACT_SIZES_TBL = SIZES_RCD;
TYPE LIST_RCD = PACKED RECORD
    NBR_VALID_ENTRIES : UINT8;
    ENTRIES : ARRAY[ACT_SIZES_TBL.NBR_ENTRIES] OF UINT8;
END;
TABLE 6 LIST_TBL = LIST_RCD;
TYPE CALL_RCD = PACKED RECORD
    WHAT : BINARY(2);
END;
PROCEDURE 2 CALL = PARAMETER CALL_RCD;
""".lstrip()


def _meter(**changed: str) -> Example:
    tables = {
        "ST0": "02 79 04 08",
        "ST3": "01 00 00 00 01",
        "ST4": "03",
        "ST5": "02",
        "ST6": "01 07 00",
        **changed,
    }
    files: dict[str, str | bytes] = {f"image/{key}.bin": bytes.fromhex(octets) for key, octets in tables.items()}
    return Example({"definition.tdl": _SETS, **files}, "tdl check -d definition.tdl --image image")


def _definition(tables: str) -> Example:
    record = 'DOCUMENT A EDITION "2012";\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n'
    return Example({"definition.tdl": record + tables}, "tdl conformance -d definition.tdl -o report.json")


MISSING_TABLES = Rule(
    code="TDL613",
    slug="missing-tables",
    message="no {missing} found, which {who} has",
    severity=Severity.WARNING,
    why="""
Every meter has Table 0, which says how it is read, and Table 1, which says who made it. One with procedures has Table
7, where they are called, and Table 8, where they answer. A document may be a part of a definition, so this is no
finding of `tdl check`: it counts when the whole is assessed.
""",
    wrong=_definition("TABLE 0 A_TBL = A_RCD;\n"),
    right=_definition("TABLE 0 A_TBL = A_RCD;\nTABLE 1 B_TBL = A_RCD;\n"),
)

UNNAMED_CODE = Rule(
    code="TDL620",
    slug="unnamed-code",
    message="`{element}` is {found}, which `{enumeration}` does not name",
    severity=Severity.WARNING,
    why="""
The value is none of the codes that the definition knows. It is kept as its number. Either the meter is newer than the
definition, or the table was not read right. Told once for each value, with the first element that has it.
""",
    wrong=_meter(ST3="02 00 00 00 01"),
    right=_meter(),
)

NO_VALUE = Rule(
    code="TDL621",
    slug="no-value",
    message="`{element}` holds {found}, which is no {expected}",
    severity=Severity.WARNING,
    why="""
The octets mean no value of the element's type: a thirteenth month, a letter among digits. They are kept as they are.
Octets that are all 00 or all FF stand for a value that was never set, and are passed over.
""",
    wrong=_meter(ST3="01 00 00 00 1A"),
    right=_meter(),
)

CLAIMED = Rule(
    code="TDL622",
    slug="claimed-not-declared",
    message="{what} is claimed by Table 0 and not declared by {definition}",
    severity=Severity.WARNING,
    why="""
The sets of Table 0 say which tables and procedures the meter has. The definition knows nothing of this one, so nobody
can read it. A fragment that adds it makes it readable.
""",
    wrong=_meter(ST0="02 F9 04 08"),
    right=_meter(),
)

NOT_CLAIMED = Rule(
    code="TDL623",
    slug="held-not-claimed",
    message="the image holds {table}, which Table 0 does not claim",
    severity=Severity.WARNING,
    why="The sets of Table 0 say which tables the meter has. Here they and the image contradict each other.",
    wrong=_meter(ST0="02 39 04 08"),
    right=_meter(),
)

WRITABLE_UNUSED = Rule(
    code="TDL624",
    slug="writable-not-used",
    message="{table} is writable in Table 0 and not claimed there",
    severity=Severity.WARNING,
    why="A table that can be written is there. Seen in real meters, which refuse to be asked for the table.",
    wrong=_meter(ST0="02 79 04 88"),
    right=_meter(),
)

OVER_LIMIT = Rule(
    code="TDL625",
    slug="over-limit",
    message="`{element}` is {found}, its limit in `{limits}` is {expected}",
    why="""
The `ACT_...` table says what there is of what the `DIM_...` table limits. More than the most cannot be: one of the two
was not read right, or the meter contradicts itself.
""",
    wrong=_meter(ST5="04", ST6="01 07 00 00 00"),
    right=_meter(),
)

CONTRADICTION = Rule(
    code="TDL626",
    slug="contradiction",
    message="`{element}` is {found}, {expected} expected",
    severity=Severity.WARNING,
    why="""
Two values of the meter cannot both be so: a list says it has more valid entries than it has room for, or that its
newest one is behind its end; a set has members beyond what it is for; a procedure that Table 0 claims has parameters
longer than Table 0 allows; or the meter follows a later edition than the definition.
""",
    wrong=_meter(ST6="05 07 00"),
    right=_meter(),
)
