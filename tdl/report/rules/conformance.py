"""6xx: what the standard's editions ask for."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule, document

_A = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n"
_A_TBL = "TABLE 0 A_TBL = A_RCD;\n"


def _record(members: str) -> str:
    return f"TYPE A_RCD = PACKED RECORD\n{members}END;\n"


def _limits(table: str) -> Example:
    return document(
        "TYPE REGS_RCD = PACKED RECORD\n    NBR_DEMANDS : UINT8;\nEND;\nTABLE 20 DIM_REGS_TBL = REGS_RCD;\n"
        "TABLE 21 ACT_REGS_TBL = REGS_RCD;\nTYPE DATA_RCD = PACKED RECORD\n"
        f"    DEMANDS : ARRAY[{table}.NBR_DEMANDS] OF UINT8;\nEND;\nTABLE 23 DATA_TBL = DATA_RCD;\n"
    )


def _identification(digits: int) -> Example:
    return document(
        "TYPE GEN_CONFIG_RCD = PACKED RECORD\n    ID_FORM : UINT8;\nEND;\nTABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;\n"
        "TYPE IDENT_RCD = PACKED RECORD\n    IF GEN_CONFIG_TBL.ID_FORM THEN\n"
        f"        IDENTIFICATION : BCD({digits});\n    ELSE\n        IDENTIFICATION : STRING(20);\n    END;\nEND;\n"
        "TABLE 5 DEVICE_IDENT_TBL = IDENT_RCD;\n"
    )


TABLE_NUMBER = Rule(
    code="TDL601",
    slug="number-out-of-range",
    message="{what} {found} found, {expected} expected",
    why="""
The standard numbers its tables 0 to 2039 and its procedures 0 to 2047. A manufacturer's have numbers of their own,
written `MFG 0` and up, and so have user-defined tables, `USER 0` and up.
""",
    wrong=document(_A + "TABLE 2053 A_TBL = A_RCD;\n"),
    right=document(_A + "TABLE MFG 5 A_TBL = A_RCD;\n"),
)

DUPLICATE_NUMBER = Rule(
    code="TDL602",
    slug="duplicate-number",
    message="{what} {number} is declared twice, as `{other}` and as `{name}`",
    why="A meter has one table, and one procedure, of each number. `MFG 5` and `MFG 2053` are the same one.",
    wrong=document(_A + "TABLE MFG 5 A_TBL = A_RCD;\nTABLE MFG 2053 B_TBL = A_RCD;\n"),
    right=document(_A + "TABLE MFG 5 A_TBL = A_RCD;\nTABLE 5 B_TBL = A_RCD;\n"),
)

PROCEDURE_TOO_LONG = Rule(
    code="TDL603",
    slug="procedure-too-long",
    message="procedure `{name}` has {found} octets of {part} or more, at most 255 expected",
    why="""
The parameters and the response of a procedure travel in Tables 7 and 8, and Table 0 tells in one octet each how long
they can be.
""",
    wrong=document(_record("    DATA : BINARY(256);\n") + "PROCEDURE MFG 1 LOAD = PARAMETER A_RCD;\n"),
    right=document(_record("    DATA : BINARY(255);\n") + "PROCEDURE MFG 1 LOAD = PARAMETER A_RCD;\n"),
)

DIGITS_NOT_HALF = Rule(
    code="TDL604",
    slug="digits-not-half",
    message="`{name}` has {digits} octets of digits and {characters} of characters, half as many digits expected",
    severity=Severity.WARNING,
    why="""
ID_FORM of Table 0 chooses how identifiers are coded: characters, or digits two in an octet. The same identifier needs
half the octets as digits.
""",
    wrong=_identification(8),
    right=_identification(10),
)

NEWER_FEATURE = Rule(
    code="TDL605",
    slug="newer-than-edition",
    message="{what} came after the edition of {edition} that the document declares",
    severity=Severity.WARNING,
    why="""
A reader of the declared edition does not know this: property lines, `.lastIndex`, names with a scope and the numeric
formats of 8 digit octets and 21 characters came with the edition of 2008, and so did Tables 17, 46, 47, 57, 77 to 79
and all from 98 on, procedures 21 to 32, single elements of older tables such as SOURCE_INDEX in Table 22, and the
codes for UTF-8 and for times counted in seconds.
""",
    wrong=document(
        'DOCUMENT A EDITION "1997";\n' + _A + 'Global Default Table Property Overrides: Role="CONTROL"\n' + _A_TBL
    ),
    right=document(
        'DOCUMENT A EDITION "2008";\n' + _A + 'Global Default Table Property Overrides: Role="CONTROL"\n' + _A_TBL
    ),
)

UNKNOWN_EDITION = Rule(
    code="TDL606",
    slug="unknown-edition",
    message='edition "{found}" found, {expected} expected',
    severity=Severity.WARNING,
    why="The standard has the editions of 1997, 2008 and 2012. What an edition allows is not checked for others.",
    wrong=document('DOCUMENT A EDITION "2021";\n' + _A + _A_TBL),
    right=document('DOCUMENT A EDITION "2012";\n' + _A + _A_TBL),
)

LIMITING_TABLE = Rule(
    code="TDL607",
    slug="limits-used-as-actual",
    message="the layout depends on `{table}`, which holds limits and not what is there",
    severity=Severity.WARNING,
    why="""
Tables called `DIM_...` hold what a meter could have at most; the `ACT_...` tables beside them hold what it has. The
data tables are laid out by the actual values.
""",
    wrong=_limits("DIM_REGS_TBL"),
    right=_limits("ACT_REGS_TBL"),
)

UNKNOWN_PROPERTY = Rule(
    code="TDL608",
    slug="unknown-property",
    message="property `{name}` is not known",
    severity=Severity.WARNING,
    why="""
The property is kept as it is, and nothing looks at it. Most often it is a slip: names of properties start with a
capital.
""",
    wrong=document(_A + 'TABLE 0 A_TBL = A_RCD WITH Rolle = "CONTROL";\n'),
    right=document(_A + 'TABLE 0 A_TBL = A_RCD WITH Role = "CONTROL";\n'),
)

PROPERTY_VALUE = Rule(
    code="TDL609",
    slug="property-value",
    message="`{name}` is `{found}`, {expected} expected",
    severity=Severity.WARNING,
    why="The property is one of those with a fixed list of values, and this is none of them.",
    wrong=document(_A + 'TABLE 0 A_TBL = A_RCD WITH Accessibility = "READ";\n'),
    right=document(_A + 'TABLE 0 A_TBL = A_RCD WITH Accessibility = "READONLY";\n'),
)

RESERVED_NUMBER = Rule(
    code="TDL610",
    slug="reserved-number",
    message="{what} {number} is one that no edition assigns",
    severity=Severity.WARNING,
    why="""
The standard keeps the numbers that it does not assign for its own later editions: what is yours has a manufacturer's
number, `MFG 0` and up. Checked in documents that declare an edition.
""",
    wrong=document('DOCUMENT A EDITION "2012";\n' + _A + "TABLE 200 A_TBL = A_RCD;\n"),
    right=document('DOCUMENT A EDITION "2012";\n' + _A + "TABLE MFG 200 A_TBL = A_RCD;\n"),
)

MISSING_ELEMENTS = Rule(
    code="TDL611",
    slug="missing-elements",
    message="`{table}` has no {missing}, which every edition asks for",
    severity=Severity.WARNING,
    why="""
Who reads a meter begins with Table 0: it says how all others are read, and which there are. Programs that know the
standard look for its elements by these names. Checked in documents that declare an edition.
""",
    wrong=document('DOCUMENT A EDITION "2012";\n' + _A + "TABLE 0 GEN_CONFIG_TBL = A_RCD;\n"),
    right=document(_A + "TABLE 0 GEN_CONFIG_TBL = A_RCD;\n"),
)

UNLIKE_LIMITS = Rule(
    code="TDL612",
    slug="unlike-limits",
    message="`{actual}` is laid out unlike `{limits}`",
    severity=Severity.WARNING,
    why="""
An `ACT_...` table says how much there is of what the `DIM_...` table before it limits. They have one layout, so that
each value stands where its limit does.
""",
    wrong=document(
        _A
        + "TYPE B_RCD = PACKED RECORD\n    COUNT : UINT16;\nEND;\n"
        + "TABLE MFG 0 DIM_A_TBL = A_RCD;\nTABLE MFG 1 ACT_A_TBL = B_RCD;\n"
    ),
    right=document(_A + "TABLE MFG 0 DIM_A_TBL = A_RCD;\nTABLE MFG 1 ACT_A_TBL = A_RCD;\n"),
)
