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

_BOUNDLESS: dict[str, str | bytes] = {
    "definition.tdl": (
        "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\n    SIZE : UINT32;\n    X : BINARY(SIZE);\nEND;\n"
        "TABLE 0 A_TBL = A_RCD;\n"
    )
}
_GENERATE_C = "tdl generate -d definition.tdl --target c --set A_TBL.COUNT=1 -o generated"

UNBOUNDED = Rule(
    code="TDL905",
    slug="unbounded-for-target",
    message="`{element}` has {most} elements or octets: nothing bounds `{expression}`",
    why="""
Code for one meter has no heap: each value has its place in a struct. Where a number of elements depends on the table's
own content, the profile can say how large it gets: its table `[max]` gives the largest value of elements by name. A
decoder refuses images that have more.
""",
    wrong=Example(_BOUNDLESS, _GENERATE_C),
    right=Example(
        {**_BOUNDLESS, "profile.toml": '[A_TBL]\nCOUNT = 1\n\n[max]\n"A_TBL.SIZE" = 16\n'},
        "tdl generate -d definition.tdl --target c --bind profile.toml -o generated",
    ),
)

TABLE_TOO_LARGE = Rule(
    code="TDL906",
    slug="table-too-large-for-target",
    message="a value of `{table}` has about {octets} octets, at most 16777216 expected",
    why="Code for one meter keeps a table's value in one struct, and a table has at most 16 MB.",
    wrong=Example(
        {
            "definition.tdl": (
                "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\n    X : ARRAY[6000000] OF INT24;\nEND;\n"
                "TABLE 0 A_TBL = A_RCD;\n"
            )
        },
        _GENERATE_C,
    ),
    right=Example(_GOOD, _GENERATE_C),
)

CANNOT_EXPRESS = Rule(
    code="TDL907",
    slug="target-cannot-express",
    message="the target `{target}` has no code for `{element}`: {what}",
    why="""
The layout is sound and the other targets have it, but this one keeps no value that it would need, such as one of an
array's elements whose presence is decided element by element.
""",
    wrong=Example(
        {
            "definition.tdl": (
                "TYPE B_RCD = PACKED RECORD\n    M : UINT8;\nEND;\n"
                "TYPE A_RCD = PACKED RECORD\n    LIST : ARRAY[2] OF B_RCD;\n    X : BINARY(LIST[0].M);\nEND;\n"
                "TABLE 0 A_TBL = A_RCD;\n"
            )
        },
        "tdl generate -d definition.tdl --target c -o generated",
    ),
    right=Example(_GOOD, "tdl generate -d definition.tdl --target c -o generated"),
)

_GENERATE_KSY = "tdl generate -d definition.tdl --target ksy -o generated"
_TWO_TABLES: dict[str, str | bytes] = {
    "definition.tdl": (
        "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
        "TYPE B_RCD = PACKED RECORD\n    X : BINARY(A_TBL.COUNT);\nEND;\nTABLE 1 B_TBL = B_RCD;\n"
    )
}

NOT_BOUND = Rule(
    code="TDL910",
    slug="not-bound-for-target",
    message="`{element}` depends on `{value}`, which is not known: the target `{target}` is for bound definitions",
    why="""
A description of one table cannot look into another one. The values of other tables that its layout depends on, such as
the order of octets, have to be known when it is made: from `--bind` or `--set`.
""",
    wrong=Example(_TWO_TABLES, _GENERATE_KSY),
    right=Example(_TWO_TABLES, _GENERATE_KSY + " --set A_TBL.COUNT=2"),
)

NO_FORM = Rule(
    code="TDL911",
    slug="no-form-for-target",
    message="the target `{target}` has no form for `{expression}`, which `{element}` depends on: {what}",
    why="""
The arithmetic of some targets is that of the language that they are compiled to in turn. What does not mean the same in
each of them is not written at all: a division that may be by 0 or of less than 0, a result that may not fit 64 bits,
an element that is of one kind in one branch and of another in the next.
""",
    wrong=Example(
        {
            "definition.tdl": (
                "TYPE A_RCD = PACKED RECORD\n    ALL : UINT8;\n    PARTS : UINT8;\n    X : BINARY(ALL / PARTS);\nEND;\n"
                "TABLE 0 A_TBL = A_RCD;\n"
            )
        },
        _GENERATE_KSY,
    ),
    right=Example(
        {
            "definition.tdl": (
                "TYPE A_RCD = PACKED RECORD\n    ALL : UINT8;\n    X : BINARY(ALL / 2);\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
            )
        },
        _GENERATE_KSY,
    ),
)
