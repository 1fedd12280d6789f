"""Rules about the review itself: what is looked at, and findings that are allowed or known."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule, document

_TABLE = "TABLE 0 A_TBL = A_RCD;\n"
_GOOD = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n" + _TABLE


def _allowing(comment: str, name: str) -> Example:
    return document(f"TYPE A_RCD = PACKED RECORD\n    {{ {comment} }}\n    {name} : UINT8;\nEND;\n{_TABLE}")


def _known(fingerprint: str) -> Example:
    entry = f'{{"code": "TDL702", "file": "definition.tdl", "fingerprint": "{fingerprint}", "message": "a name"}}'
    return Example(
        {"definition.tdl": _GOOD, "known.json": f'{{"version": 1, "findings": [\n  {entry}\n]}}\n'},
        "tdl check definition.tdl --baseline known.json",
    )


NO_DOCUMENTS = Rule(
    code="TDL008",
    slug="no-documents",
    message="`{name}` holds no document",
    why="""
Of a directory every file below it is checked whose name ends in `.tdl`. There was none, so a clean result would say
nothing. Folders whose names start with a dot are not looked into.
""",
    wrong=Example({"definitions/readme.txt": "nothing\n"}, "tdl check definitions"),
    right=Example({"definitions/a.tdl": _GOOD}, "tdl check definitions"),
)

BAD_BASELINE = Rule(
    code="TDL009",
    slug="bad-baseline",
    message="the baseline `{name}` cannot be used: {problem}",
    why="""
A baseline is the file that `--update-baseline` writes. One that cannot be read would let nothing pass, or everything.
""",
    wrong=Example({"definition.tdl": _GOOD, "known.json": "[]\n"}, "tdl check definition.tdl --baseline known.json"),
    right=Example(
        {"definition.tdl": _GOOD, "known.json": '{"version": 1, "findings": []}\n'},
        "tdl check definition.tdl --baseline known.json",
    ),
)

BAD_ALLOW = Rule(
    code="TDL710",
    slug="bad-allow",
    message="`tdl: allow` without effect: {problem}",
    severity=Severity.WARNING,
    why="""
A comment `{ tdl: allow TDL702 why this is right here }` lets the findings of one code pass in the declaration or
member behind it, or on its line. It names the code, and gives a reason to whoever reads it next. An error cannot be
allowed: what it is about has no meaning, and nothing can be compiled.
""",
    wrong=_allowing("tdl: allow TDL702", "Count"),
    right=_allowing("tdl: allow TDL702 the vendor's tool reads this name", "Count"),
)

UNUSED_ALLOW = Rule(
    code="TDL711",
    slug="unused-allow",
    message="`{code}` is allowed here and not found",
    severity=Severity.WARNING,
    why="""
What the comment excuses is no longer there. Left in place, it would hide the next finding of this code. The fix takes
the comment away.
""",
    wrong=_allowing("tdl: allow TDL702 the vendor's tool reads this name", "COUNT"),
    right=_allowing("tdl: allow TDL702 the vendor's tool reads this name", "Count"),
)

STALE_BASELINE = Rule(
    code="TDL712",
    slug="stale-baseline",
    message="`{code}` in `{file}` is in the baseline and not found",
    severity=Severity.WARNING,
    why="""
The finding has been mended, or its line was changed. A baseline only shrinks: `--update-baseline` writes it anew.
""",
    wrong=_known("0" * 32),
    right=Example(
        {"definition.tdl": _GOOD, "known.json": '{"version": 1, "findings": []}\n'},
        "tdl check definition.tdl --baseline known.json",
    ),
)
