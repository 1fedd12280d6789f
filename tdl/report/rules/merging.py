"""3xx: fragments and their bases."""

from tdl.report.rule import Example, Rule, fragment

_BASE = """
DOCUMENT BASE VERSION "1.0";
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8;
    LIMIT : UINT8;
END;
TABLE 0 A_TBL = A_RCD;
"""
_CHANGE = 'FRAGMENT ACME OF "BASE";\n'
_TYPE_B = "TYPE B_RCD = PACKED RECORD\n    SPEED : UINT8;\nEND;\n"


def _modify(edit: str) -> str:
    return f"{_CHANGE}MODIFY TYPE A_RCD\n    {edit}\nEND;\n"


def _two(first: str, second: str, parent: str = "BASE", order: str = "first.tdl second.tdl") -> Example:
    """A base and two fragments, each with one edit of `A_RCD`; the second one is a fragment of ``parent``."""
    files = {
        "base.tdl": _BASE.lstrip("\n"),
        "first.tdl": f'FRAGMENT FIRST OF "BASE";\nMODIFY TYPE A_RCD\n    {first}\nEND;\n',
        "second.tdl": f'FRAGMENT SECOND OF "{parent}";\nMODIFY TYPE A_RCD\n    {second}\nEND;\n',
    }
    return Example(dict(files), f"tdl merge base.tdl {order}")


MISSING_PARENT = Rule(
    code="TDL301",
    slug="missing-parent",
    message="`{name}` is a fragment of `{parent}`, which is neither the base nor a fragment given with it",
    why="""
A fragment says what it changes with `OF`: the name of the base document, the name under which the base was given, or
the name of another fragment. A fragment of something else would change the wrong definition, so it is not applied.
""",
    wrong=fragment(_BASE, 'FRAGMENT ACME OF "BASIS";\nREMOVE TABLE 0;\n'),
    right=fragment(_BASE, _CHANGE + "REMOVE TABLE 0;\n"),
)

PARENT_CYCLE = Rule(
    code="TDL302",
    slug="parent-cycle",
    message="`{name}` is a fragment of itself{way}",
    why="Fragments form chains that end at the base. These lead back to each other, so none of them can come first.",
    wrong=Example(
        {
            "base.tdl": _BASE.lstrip("\n"),
            "first.tdl": 'FRAGMENT FIRST OF "SECOND";\n',
            "second.tdl": 'FRAGMENT SECOND OF "FIRST";\n',
        },
        "tdl merge base.tdl first.tdl second.tdl",
    ),
    right=_two("REMOVE COUNT;", "REMOVE LIMIT;", parent="FIRST"),
)

FRAGMENT_ORDER = Rule(
    code="TDL303",
    slug="fragment-before-its-parent",
    message="`{name}` comes before its parent `{parent}`",
    why="""
Fragments are applied in the order in which they are given, and a fragment changes what its parent has made. The
order is never guessed: what is written is what happens.
""",
    wrong=_two("REMOVE COUNT;", "REMOVE LIMIT;", parent="FIRST", order="second.tdl first.tdl"),
    right=_two("REMOVE COUNT;", "REMOVE LIMIT;", parent="FIRST"),
)

VERSION_MISMATCH = Rule(
    code="TDL304",
    slug="parent-version-differs",
    message="`{parent}` has {found}, version `{expected}` expected",
    why="""
The fragment was written for one version of its parent, named behind the `@`. Another version may use the same names
for other things.
""",
    wrong=fragment(_BASE, 'FRAGMENT ACME OF "BASE@2.0";\nREMOVE TABLE 0;\n'),
    right=fragment(_BASE, 'FRAGMENT ACME OF "BASE@1.0";\nREMOVE TABLE 0;\n'),
)

HASH_MISMATCH = Rule(
    code="TDL305",
    slug="parent-hash-differs",
    message="`{parent}` has the hash `{found}`, `{expected}` expected",
    why="""
The fragment is pinned: it was checked against exactly one content of its parent, and the parent given here has
another. Look at what has changed, then pin the fragment anew.
""",
    wrong=fragment(_BASE, f'FRAGMENT ACME OF "BASE" SHA256 "{"0" * 64}";\nREMOVE TABLE 0;\n'),
    right=fragment(_BASE, _CHANGE + "REMOVE TABLE 0;\n"),
)

DUPLICATE_FRAGMENT = Rule(
    code="TDL306",
    slug="fragment-given-twice",
    message="a second fragment with the name `{name}`",
    why="""
Fragments name each other, so each name may be given once. Applying a fragment again is a mistake and never a way to
do nothing.
""",
    wrong=Example(
        {
            "base.tdl": _BASE.lstrip("\n"),
            "first.tdl": _CHANGE + "REMOVE TABLE 0;\n",
            "second.tdl": _CHANGE + "ADD " + _TYPE_B,
        },
        "tdl merge base.tdl first.tdl second.tdl",
    ),
    right=fragment(_BASE, _CHANGE + "REMOVE TABLE 0;\nADD " + _TYPE_B),
)

CONFLICT = Rule(
    code="TDL307",
    slug="conflicting-fragments",
    message="`{first}` and `{second}` change `{what}` differently",
    why="""
Neither fragment is based on the other, so neither knows of the other's change, and the result would depend on the
order in which they are given. Leave the change to one of them, or make one a fragment `OF` the other: then it
decides.
""",
    wrong=_two("REPLACE COUNT : UINT16;", "REPLACE COUNT : UINT32;"),
    right=_two("REPLACE COUNT : UINT16;", "REPLACE COUNT : UINT32;", parent="FIRST"),
)

SAME_GAP = Rule(
    code="TDL308",
    slug="insertions-at-one-place",
    message="`{first}` and `{second}` both insert {where} of `{what}`",
    why="""
The order of members is the order of octets. Neither fragment is based on the other, so nothing says which of the new
members comes first. Name different places, or make one a fragment `OF` the other.
""",
    wrong=_two("ADD SPEED : UINT8 AFTER COUNT;", "ADD POWER : UINT8 AFTER COUNT;"),
    right=_two("ADD SPEED : UINT8 AFTER COUNT;", "ADD POWER : UINT8 AFTER LIMIT;"),
)

MISSING_TARGET = Rule(
    code="TDL309",
    slug="nothing-to-change",
    message="no {what} to {verb}",
    why="""
A verb that finds nothing is an error and not skipped: most often the name is misspelt, or the base is not the one
that the fragment was written for.
""",
    wrong=fragment(_BASE, _modify("REMOVE COUTN;")),
    right=fragment(_BASE, _modify("REMOVE COUNT;")),
)

ALREADY_THERE = Rule(
    code="TDL310",
    slug="already-there",
    message="`{what}` exists already",
    why="`ADD` and `RENAME` make a new name and never write over another. To write over it, say `REPLACE`.",
    wrong=fragment(_BASE, _modify("ADD COUNT : UINT16;")),
    right=fragment(_BASE, _modify("REPLACE COUNT : UINT16;")),
)

WAS_MISMATCH = Rule(
    code="TDL311",
    slug="was-does-not-hold",
    message="`{what}` is {found}, {expected} expected by `WAS`",
    why="""
`WAS` states what the fragment takes for granted. It does not hold for this base, so the change may no longer be
right, and nothing is written.
""",
    wrong=fragment(_BASE, _modify("REPLACE COUNT : UINT32 WAS UINT16;")),
    right=fragment(_BASE, _modify("REPLACE COUNT : UINT32 WAS UINT8;")),
)

_BRANCHES = """
DOCUMENT BASE;
TYPE A_RCD = PACKED RECORD
    WIDE : UINT8;
    IF WIDE > 0 THEN
        VALUE : UINT16;
    ELSE
        VALUE : UINT8;
    END;
END;
TABLE 0 A_TBL = A_RCD;
"""

AMBIGUOUS_MEMBER = Rule(
    code="TDL312",
    slug="member-in-several-branches",
    message="`{what}` stands in {count} branches",
    why="""
The name alone does not say which of the branches is meant. Write the whole declaration with `REPLACE TYPE`: then all
branches are plain to see.
""",
    wrong=fragment(_BRANCHES, _modify("REPLACE VALUE : UINT32;")),
    right=fragment(
        _BRANCHES,
        _CHANGE
        + "REPLACE TYPE A_RCD = PACKED RECORD\n    WIDE : UINT8;\n    IF WIDE > 0 THEN\n        VALUE : UINT32;\n"
        + "    ELSE\n        VALUE : UINT8;\n    END;\nEND;\n",
    ),
)

_NAMED = """
DOCUMENT BASE;
TYPE A_STR = STRING(8);
TYPE A_RCD = PACKED RECORD
    NAME : A_STR;
END;
TABLE 0 A_TBL = A_RCD;
"""

NO_MEMBERS = Rule(
    code="TDL313",
    slug="target-without-members",
    message="`{what}` is {kind} and has no members",
    why="Records, bit fields and enumerations have members; all else is changed as a whole or by its properties.",
    wrong=fragment(
        _NAMED,
        _CHANGE + "MODIFY TYPE A_STR\n    ADD COUNT : UINT8;\nEND;\n",
    ),
    right=fragment(
        _NAMED,
        _CHANGE + "REPLACE TYPE A_STR = STRING(16);\n",
    ),
)

HIDDEN_REFERENCE = Rule(
    code="TDL314",
    slug="rename-hides-reference",
    message="`{reference}` could no longer be told from something else of the new name",
    why="""
Where the reference stands, the new name is the name of an element already, and the nearest name counts. Nothing that
could be written there would lead to the renamed table, so the rename is refused.
""",
    wrong=fragment(
        _BASE
        + "TYPE B_RCD = PACKED RECORD\n    SPEED : A_RCD;\n    DATA : ARRAY[A_TBL.COUNT] OF UINT8;\nEND;\n"
        + "TABLE 1 B_TBL = B_RCD;\n",
        _CHANGE + "RENAME TABLE 0 TO SPEED;\n",
    ),
    right=fragment(
        _BASE
        + "TYPE B_RCD = PACKED RECORD\n    SPEED : A_RCD;\n    DATA : ARRAY[A_TBL.COUNT] OF UINT8;\nEND;\n"
        + "TABLE 1 B_TBL = B_RCD;\n",
        _CHANGE + "RENAME TABLE 0 TO SPEED_TBL;\n",
    ),
)
