"""0xx: what was asked for, and reading it."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_GOOD = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"

UNREADABLE = Rule(
    code="TDL001",
    slug="unreadable-source",
    message="`{name}` cannot be read: {problem}",
    why="A document, fragment or profile that was named, on the command line or by an `IMPORT`, could not be read.",
    wrong=Example({}, "tdl check definition.tdl"),
    right=Example({"definition.tdl": _GOOD}),
)

NOT_A_DEFINITION = Rule(
    code="TDL002",
    slug="fragment-as-definition",
    message="a fragment found, a definition expected",
    why="""
A fragment says what changes against a base; on its own it defines nothing. Its base is looked for in the library and
beside it, by the name in its `DOCUMENT` or `FRAGMENT` line; it was not found.
""",
    wrong=Example({"change.tdl": 'FRAGMENT B OF "BASE";\n'}, "tdl merge change.tdl"),
    right=Example({"base.tdl": _GOOD, "change.tdl": 'FRAGMENT B OF "BASE";\n'}, "tdl merge change.tdl"),
)

NOT_A_FRAGMENT = Rule(
    code="TDL003",
    slug="definition-as-fragment",
    message="the definition `{name}` found, a fragment expected",
    why="What follows the base must be fragments: texts that start with `FRAGMENT`. Two definitions do not merge.",
    wrong=Example({"base.tdl": _GOOD, "change.tdl": "DOCUMENT B;\n" + _GOOD}, "tdl merge base.tdl change.tdl"),
    right=Example(
        {"base.tdl": _GOOD, "change.tdl": 'FRAGMENT B OF "BASE";\n'},
        "tdl merge base.tdl change.tdl",
    ),
)

BAD_SETTINGS = Rule(
    code="TDL004",
    slug="bad-settings",
    message="`tdl.toml` cannot be used: {problem}",
    why="""
`tdl.toml` names the definition, fragments and profile of a project, and options of targets under `[target.NAME]`.
What it says that is not known is refused, since a misspelt key would otherwise do nothing.
""",
    wrong=Example({"definition.tdl": _GOOD, "tdl.toml": 'defintion = "definition.tdl"\n'}, "tdl layout 0"),
    right=Example({"definition.tdl": _GOOD, "tdl.toml": 'definition = "definition.tdl"\n'}, "tdl layout 0"),
)

UNWRITABLE = Rule(
    code="TDL005",
    slug="unwritable-output",
    message="`{name}` cannot be written: {problem}",
    why="Nothing was written: what stood there before is as it was.",
    wrong=Example({"definition.tdl": _GOOD}, "tdl merge definition.tdl -o definition.tdl/merged.tdl"),
    right=Example({"definition.tdl": _GOOD}, "tdl merge definition.tdl -o merged.tdl"),
)

NO_DEFINITION = Rule(
    code="TDL006",
    slug="no-definition",
    message="no definition is named",
    why="Octets have no meaning without a definition: `-d` names one, or the `tdl.toml` of the project does.",
    wrong=Example({"definition.tdl": _GOOD}, "tdl layout 0"),
    right=Example({"definition.tdl": _GOOD}, "tdl layout -d definition.tdl 0"),
)

BASE_NOT_FOUND = Rule(
    code="TDL007",
    slug="base-not-found",
    message="`{base}` was not found, so only the text of this fragment was checked",
    severity=Severity.NOTE,
    why="""
A fragment is checked merged onto its base: a library name, one of the documents that are checked with it, or one
beside it of that `DOCUMENT` or `FRAGMENT` name. Without the base nothing can be said of what the names in it stand for.
""",
    wrong=Example({"change.tdl": 'FRAGMENT B OF "BASE";\n'}, "tdl check change.tdl"),
    right=Example({"base.tdl": _GOOD, "change.tdl": 'FRAGMENT B OF "BASE";\n'}, "tdl check change.tdl"),
)
