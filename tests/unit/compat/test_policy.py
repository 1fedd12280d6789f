"""The policy: a pair of definitions for each clause, and the page that lists them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tdl.compat.comparison import Comparison
from tdl.compat.policy import POLICY, Clause, Effect
from tdl.compat.showing import show_json
from tdl.report.rule import Rule
from tdl.report.rules import compatibility
from tests.unit.compat.comparing import compared, replaced

PAGE = Path(__file__).parents[3] / "docs/explanation/compatibility.md"

TEXT = """\
DOCUMENT METER WITH PendingHeader = EVENT_RCD;
TYPE EVENT_RCD = PACKED RECORD
    EVENT : UINT8;
END;
TYPE STATE_ENUM = ENUMERATION
    OPEN : 0 WITH Label = "open";
    CLOSED : 1;
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    ALARM : BOOL(0);
    FILLER : FILL(1..7);
END;
TYPE METER_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATE_ENUM;
    COUNT : UINT8;
    FLAGS : FLAGS_BFLD;
    VOLTS : UINT16 WITH Quantity = "voltage", Unit = "V", Scale = "0.01", Label = "voltage";
    IF COUNT > 1 THEN
        EXTRA : UINT8;
    END;
    DATA : BINARY(COUNT);
    LAST : UINT8;
END;
TABLE 1 METER_TBL = METER_RCD WITH Accessibility = "READWRITE", Volatile = TRUE;
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
PROCEDURE 4 CLEAR = RESPONSE CONFIG_RCD;
PROCEDURE 5 RESTART;
"""
LAST = "    LAST : UINT8;\n"

PAIRS: dict[str, tuple[tuple[str, str], set[str]]] = {
    "table-removed": (("PROCEDURE 5 RESTART;\n", ""), set()),
    "table-added": (("TABLE 0", "TABLE 2 SECOND_TBL = CONFIG_RCD;\nTABLE 0"), set()),
    "parameters-added": (("CLEAR = RESPONSE", "CLEAR = PARAMETER CONFIG_RCD RESPONSE"), set()),
    "table-extended": ((LAST, f"{LAST}    MORE : UINT8;\n"), {"element-appended"}),
    "table-renamed": (("METER_TBL", "DEVICE_TBL"), set()),
    "element-removed": ((LAST, ""), set()),
    "element-inserted": (("    DATA :", "    NEW : UINT8;\n    DATA :"), set()),
    "element-appended": ((LAST, f"{LAST}    MORE : UINT8;\n"), {"table-extended"}),
    "bits-named": (("    FILLER : FILL(1..7)", "    SECOND : BOOL(3)"), set()),
    "element-renamed": ((LAST, "    FINAL : UINT8;\n"), set()),
    "element-moved": (("    ALARM : BOOL(0);\n    FILLER : FILL(1..7)", "    ALARM : BOOL(7)"), set()),
    "width-changed": ((LAST, "    LAST : UINT16;\n"), set()),
    "kind-changed": ((LAST, "    LAST : INT8;\n"), set()),
    "code-changed": (("    CLOSED : 1", "    SHUT : 1"), set()),
    "code-lost": (("    CLOSED : 1;\n", ""), set()),
    "code-named": (("    CLOSED : 1;\n", "    CLOSED : 1;\n    AJAR : 2;\n"), set()),
    "condition-changed": (("COUNT > 1", "COUNT > 2"), set()),
    "dimension-changed": (("BINARY(COUNT)", "BINARY(COUNT + 1)"), set()),
    "meaning-changed": (('Unit = "V"', 'Unit = "kV"'), set()),
    "meaning-lost": ((" WITH Enum = STATE_ENUM", ""), set()),
    "meaning-said": (('Unit = "V"', 'Unit = "V", Phase = "A"'), set()),
    "words-changed": (('Label = "open"', 'Label = "not closed"'), set()),
    "reading-lost": (('"READWRITE"', '"WRITEONLY"'), set()),
    "writing-lost": (('"READWRITE"', '"READONLY"'), set()),
    "access-gained": (("", ""), set()),
    "pending-changed": (("    EVENT : UINT8", "    EVENT : UINT16"), set()),
    "property-changed": (("Volatile = TRUE", "Volatile = FALSE"), set()),
}


def _clauses(comparison: Comparison) -> set[str]:
    return {change.clause.name for table in comparison.tables for change in table.changes}


@pytest.mark.parametrize("clause", POLICY, ids=lambda clause: clause.name)
def test_a_clause_has_its_pair(clause: Clause) -> None:
    (change, others) = PAIRS[clause.name]
    old = TEXT
    if clause.name == "access-gained":
        old, change = TEXT.replace('"READWRITE"', '"READONLY"'), ('"READONLY"', '"READWRITE"')
    comparison = compared(old, replaced(old, change))
    assert _clauses(comparison) == {clause.name, *others}
    assert comparison.breaking == clause.breaking
    (found,) = [c for t in comparison.tables for c in t.changes if c.clause is clause]
    assert found.finding.rule is clause.rule
    assert found.finding.severity is clause.severity
    assert all(clause.effect in table.effects for table in comparison.tables if found in table.changes)


_ELEMENT = {
    "type": ["object", "null"],
    "additionalProperties": False,
    "required": ["path", "index", "offset", "bit", "bits", "octets", "type"],
    "properties": {
        "path": {"type": "string"},
        "index": {"type": "array", "items": {"type": "integer"}},
        "offset": {"type": ["integer", "null"]},
        "bit": {"type": ["integer", "null"]},
        "bits": {"type": ["integer", "null"]},
        "octets": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "type": {"type": "string"},
    },
}
_CHANGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["code", "slug", "clause", "effect", "severity", "breaking", "message", "data", "old", "new"],
    "properties": {
        "code": {"pattern": r"^TDL8\d\d$"},
        "slug": {"enum": sorted({clause.rule.slug for clause in POLICY})},
        "clause": {"enum": [clause.name for clause in POLICY]},
        "effect": {"enum": [effect.value for effect in Effect]},
        "severity": {"enum": ["error", "warning", "note"]},
        "breaking": {"type": "boolean"},
        "message": {"type": "string"},
        "data": {"type": "object", "additionalProperties": {"type": "string"}},
        "old": _ELEMENT,
        "new": _ELEMENT,
    },
}
_DEFINITION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "edition", "version", "hash"],
    "properties": {"hash": {"pattern": "^[0-9a-f]{64}$"}, "name": {}, "edition": {}, "version": {}},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["old", "new", "changed", "breaking", "tables"],
    "properties": {
        "old": _DEFINITION,
        "new": _DEFINITION,
        "changed": {"type": "boolean"},
        "breaking": {"type": "boolean"},
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "name", "verdict", "effects", "breaking", "changes", "moves"],
                "properties": {
                    "key": {"type": "string"},
                    "name": {"type": "string"},
                    "verdict": {"enum": ["identical", *(effect.value for effect in Effect)]},
                    "effects": {"type": "array", "items": {"enum": [effect.value for effect in Effect]}},
                    "breaking": {"type": "boolean"},
                    "changes": {"type": "array", "items": _CHANGE},
                    "moves": {"type": "array", "items": {"required": ["old", "new"]}},
                },
            },
        },
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_json_has_its_shape(name: str) -> None:
    shown = json.loads(show_json(compared(TEXT, replaced(TEXT, PAIRS[name][0]) if PAIRS[name][0][0] else TEXT)))
    jsonschema.validate(shown, SCHEMA)
    assert shown["changed"] == any(table["verdict"] != "identical" for table in shown["tables"])
    for table in shown["tables"]:
        assert table["verdict"] == (table["effects"] or ["identical"])[0]


def test_every_clause_has_a_pair_and_every_rule_a_clause() -> None:
    assert {clause.name for clause in POLICY} == set(PAIRS)
    assert len({clause.name for clause in POLICY}) == len(POLICY)
    rules = [rule for rule in vars(compatibility).values() if isinstance(rule, Rule)]
    assert {clause.rule.code for clause in POLICY} == {rule.code for rule in rules}


def _table() -> str:
    lines = ["| code | clause | what changed | verdict | effect |", "|---|---|---|---|---|"]
    for clause in POLICY:
        verdict = "breaking" if clause.breaking else clause.severity.value
        code = f"[{clause.rule.code}](../reference/diagnostics/{clause.rule.code}.md)"
        lines.append(f"| {code} | `{clause.name}` | {clause.case} | {verdict} | {clause.effect.value} |")
    return "\n".join(lines) + "\n"


def test_the_page_lists_the_policy(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text("utf-8")
    start = text.index("| code | clause |")
    end = text.index("\n\n", start) + 1
    made = text[:start] + _table() + text[end:]
    if request.config.getoption("--snapshot-update"):
        PAGE.write_text(made, "utf-8")
    assert made == PAGE.read_text("utf-8"), "the policy has changed; look at the difference, then --snapshot-update"
