"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tdl.report.diagnostic import Diagnostic, Fix, Label
from tdl.report.fingerprint import fingerprints
from tdl.report.passed import Passed
from tdl.report.place import file_of, is_of_library, region, relative
from tdl.report.rule import Rule
from tdl.sources import NOWHERE, Span

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_FINGERPRINT = "tdlFinding/v1"


_KINDS = {"comment": "inSource", "baseline": "external"}


def render_sarif(diagnostics: Sequence[Diagnostic], root: Path, version: str, passed: Sequence[Passed] = ()) -> str:
    """One run with the findings and the rules that made them, also of those that do not count.

    Args:
        root: the folder that paths are relative to, that of the repository.
        version: that of tdl.
    """
    found = [*diagnostics, *(each.finding for each in passed)]
    rules = sorted({each.code: each.rule for each in found}.values(), key=lambda rule: rule.code)
    index = {rule.code: position for position, rule in enumerate(rules)}
    prints = fingerprints(found, root)
    results = [_result(each, index[each.code], print_, root) for each, print_ in zip(found, prints, strict=True)]
    if passed:  # a log that says it of one result has to say it of each
        for result in results[: len(diagnostics)]:
            result["suppressions"] = []
        for result, each in zip(results[len(diagnostics) :], passed, strict=True):
            result["suppressions"] = [_suppression(each)]
    run = {
        "tool": {"driver": {"name": "tdl", "version": version, "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    why = " ".join(rule.why.split())
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.slug.replace("-", " ")},
        "fullDescription": {"text": why},
        "help": {"text": why, "markdown": rule.why.strip()},
        "defaultConfiguration": {"level": rule.severity.value},
    } | (_own(rule, why) if rule.code.startswith("TDL") else {})


def _own(rule: Rule, why: str) -> dict[str, Any]:
    """What only tdl's own rules have, not those that others write."""
    return {
        "help": {"text": f"{why}\n\n`tdl explain {rule.code}` shows an example.", "markdown": rule.why.strip()},
        # a page of the repository has no address of its own, and `helpUri` takes nothing less than a whole one
        "properties": {"page": f"docs/reference/diagnostics/{rule.code}.md"},
    }


def _result(diagnostic: Diagnostic, index: int, fingerprint: str, root: Path) -> dict[str, Any]:
    said = [diagnostic.message, *diagnostic.notes, diagnostic.help]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": diagnostic.severity.value,
        "message": {"text": "\n".join(each for each in said if each)},
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if diagnostic.primary is not None:
        result["locations"] = [_location(diagnostic.primary, root)]
    elif diagnostic.place:
        artifact = _artifact(file_of(diagnostic, root))
        result["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
    related = [each for each in diagnostic.secondary if each.span.source is not NOWHERE.source]
    if related:
        result["relatedLocations"] = [
            {"id": position, **_location(each, root)} for position, each in enumerate(related, 1)
        ]
    if diagnostic.fixes:
        result["fixes"] = [_fix(each, root) for each in diagnostic.fixes]
    return result


def _suppression(passed: Passed) -> dict[str, Any]:
    why = {"justification": passed.reason} if passed.reason else {}
    return {"kind": _KINDS[passed.by], "status": "accepted"} | why


def _location(label: Label, root: Path) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(relative(label.span.source.name, root)),
            "region": _region(label.span),
        }
    }
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _artifact(name: str) -> dict[str, Any]:
    if is_of_library(name):
        return {"uri": quote(name, safe="/:")}
    if Path(name).is_absolute():
        return {"uri": Path(name).as_uri()}
    return {"uri": quote(os.fsencode(name)), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    found = region(span)
    return {
        "startLine": found.line,
        "startColumn": found.column,
        "endLine": found.end_line,
        "endColumn": found.end_column,
    }


def _fix(fix: Fix, root: Path) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        change = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}
        changes.setdefault(relative(edit.span.source.name, root), []).append(change)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(name), "replacements": replacements}
            for name, replacements in changes.items()
        ],
    }
