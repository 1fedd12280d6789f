"""0xx and 5xx, continued: gateways."""

from __future__ import annotations

from tdl.report.rule import Example, Rule

_METER = '[meters.house-7]\nurl = "c1218+tcp://meters.example:1153"\ndefinition = "std:2012"\n'
_ENTRY = (
    b'{"n": 1, "time": "2024-05-01T12:00:00.000+00:00", "who": "head-end", "meter": "house-7", "act": "write", '
    b'"what": "ST6", "stage": "begins", "before": "' + b"0" * 64 + b'", "hash": '
    b'"4227608d551fa7b6019834474806bf15c69ba2d314d6eceebcea1ef15bdeb3cd"}\n'
)

BAD_GATEWAY = Rule(
    code="TDL014",
    slug="bad-gateway",
    message="the gateway does not start with `{name}`: {problem}",
    why="""
A gateway's configuration says which meters it reaches and who may do what. It does not start with one that it cannot
read, or that would let others in: where other computers can reach it, it takes tokens, TLS and an audit log, and no
empty passwords. Files of keys and certificates have to be there and fit each other, and nobody but their user and group
may read the secret ones. Tokens come from `tdl gateway token`; only their hashes are in the file.
""",
    wrong=Example(
        {"gateway.toml": '[gateway]\nlisten = "0.0.0.0:8153"\n\n' + _METER},
        "tdl gateway serve --config gateway.toml --check",
    ),
    right=Example({"gateway.toml": _METER}, "tdl gateway serve --config gateway.toml --check"),
)

BROKEN_AUDIT = Rule(
    code="TDL540",
    slug="broken-audit",
    message="{problem}",
    why="""
Each line of a gateway's audit log holds the hash of the line before. Where these do not fit, a line was changed, taken
out or put in after it was written, or the file was cut. A gateway does not go on with such a log: keep it, and begin
another.
""",
    wrong=Example({"audit.log": _ENTRY.replace(b"house-7", b"house-8")}, "tdl gateway audit audit.log"),
    right=Example({"audit.log": _ENTRY}, "tdl gateway audit audit.log"),
)
