"""7xx: good habits."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Rule, document

_TABLE = "TABLE 0 A_TBL = A_RCD;\n"
_A = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n"

NAME_ENDING = Rule(
    code="TDL701",
    slug="name-ending",
    message="{kind} `{name}` found, a name that ends in `{ending}` expected",
    severity=Severity.WARNING,
    why="""
Names tell what they stand for: records end in `_RCD`, bit fields in `_BFLD`, enumerations in `_ENUM` and tables in
`_TBL`, in every edition of the standard.
""",
    wrong=document("TYPE A_BFLD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_BFLD;\n"),
    right=document(_A + _TABLE),
)

NAME_CASE = Rule(
    code="TDL702",
    slug="name-case",
    message="`{name}` is not in capitals",
    severity=Severity.WARNING,
    why="""
Names of the standard are written in capitals, digits and underscores. Names that differ only in case are two names.
""",
    wrong=document("TYPE A_RCD = PACKED RECORD\n    Count : UINT8;\nEND;\n" + _TABLE),
    right=document(_A + _TABLE),
)

UNUSED_TYPE = Rule(
    code="TDL703",
    slug="unused-type",
    message="type `{name}` is not used by any table or procedure",
    severity=Severity.WARNING,
    why="Nothing that the definition lays out leads to this type: it is left over, or a table that uses it is missing.",
    wrong=document(_A + "TYPE B_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE),
    right=document(_A + _TABLE),
)
