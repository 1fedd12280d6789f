"""9xx: generated code."""

from tdl.report.rule import Example, Rule

_GOOD: dict[str, str | bytes] = {
    "definition.tdl": "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
}
_GENERATE = "tdl generate -d definition.tdl --target python -o generated"

UNKNOWN_TARGET = Rule(
    code="TDL901",
    slug="unknown-target",
    message="`{target}` found, the name of a target expected",
    why="""
Each target is made by a back end. Some come with tdl, others are installed as Python packages with an entry point of
the group `tdl.backends`; a back end that is not installed can be named as `module:attribute`.
""",
    wrong=Example(_GOOD, "tdl generate -d definition.tdl --target pyhton -o generated"),
    right=Example(_GOOD, _GENERATE),
)

UNKNOWN_OPTION = Rule(
    code="TDL902",
    slug="unknown-target-option",
    message="the target `{target}` has no option `{option}`",
    why="An option that no one reads would be ignored, and the output would not be what was asked for.",
    wrong=Example(_GOOD, _GENERATE + " --option endian=big"),
    right=Example(_GOOD, _GENERATE),
)

BAD_OPTION = Rule(
    code="TDL903",
    slug="bad-target-option",
    message="`{found}` found for `{option}`, {expected} expected",
    why="The target has this option, but not with this value.",
    wrong=Example(_GOOD, _GENERATE + " --package import"),
    right=Example(_GOOD, _GENERATE + " --package meter_tables"),
)

BROKEN_BACKEND = Rule(
    code="TDL904",
    slug="broken-back-end",
    message="the back end `{target}` of {origin} cannot be loaded: {problem}",
    why="""
The back end was found, but loading it failed or gave something that is no back end. The fault lies in the
distribution that is named: its version may not fit this one of tdl.
""",
    wrong=Example(_GOOD, "tdl generate -d definition.tdl --target no_such_module:BACKEND -o generated"),
    right=Example(_GOOD, _GENERATE),
)
