"""A baseline: the file of findings that are known, so that only new ones count.

An error is never known: it ends a compilation, so what is behind it has not been seen.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tdl.report import Diagnostic, Report, Severity
from tdl.report.fingerprint import fingerprints
from tdl.report.place import file_of, relative
from tdl.report.rules import review
from tdl.sources import SourceFile, Span

MAX_BASELINE_OCTETS = 16 * 1024 * 1024

_VERSION = 1
_TEXT = re.compile(r'"([^"\\\n]*)"')
_FIELDS = ("code", "file", "fingerprint", "message")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Entry:
    """A known finding; ``file`` is relative to the project's folder, ``message`` is for people."""

    file: str
    code: str
    fingerprint: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The known findings, and the text that says them."""

    entries: tuple[Entry, ...]
    source: SourceFile


def read_baseline(name: str, report: Report) -> Baseline | None:
    """The baseline in a file; None, and a finding, if it cannot be used."""
    try:
        with open(name, "rb") as stream:
            octets = stream.read(MAX_BASELINE_OCTETS + 1)
        if len(octets) > MAX_BASELINE_OCTETS:
            raise ValueError(f"larger than {MAX_BASELINE_OCTETS // 1024 // 1024} MiB")
        text = octets.decode("utf-8")
        return Baseline(entries=_entries(json.loads(text)), source=SourceFile(name, text))
    except FileNotFoundError:
        problem, help = "no such file", "`--update-baseline` writes it"
    except (OSError, ValueError, RecursionError) as error:
        problem, help = _problem(error), ""
    report.add(review.BAD_BASELINE.at(None, place=name, name=name, problem=problem, help=help))
    return None


def _problem(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"not JSON (line {error.lineno}, column {error.colno})"
        case UnicodeDecodeError():
            return "not UTF-8 text"
        case RecursionError():
            return "nested too deep"
        case _:
            return str(getattr(error, "strerror", None) or error).lower()


def _entries(value: Any) -> tuple[Entry, ...]:
    if not isinstance(value, dict) or value.get("version") != _VERSION or not isinstance(value.get("findings"), list):
        raise ValueError("an object with `version` 1 and `findings` expected")
    entries = []
    for position, each in enumerate(value["findings"]):
        if not isinstance(each, dict) or not all(isinstance(each.get(field), str) for field in _FIELDS):
            raise ValueError(f"finding {position}: texts {', '.join(f'`{f}`' for f in _FIELDS)} expected")
        entries.append(Entry(**{field: each[field] for field in _FIELDS}))
    return tuple(entries)


def known_out(
    findings: Iterable[Diagnostic], baseline: Baseline, complete: Iterable[str], root: Path
) -> tuple[Diagnostic, ...]:
    """The findings that a baseline does not know, and one for each entry that is out of date.

    Args:
        complete: the texts that were looked at with every rule; entries of other files are left alone while these
            exist.
    """
    known = {entry.fingerprint for entry in baseline.entries}
    made = _fingerprinted(findings, root)
    left = [each for print_, each in made if print_ not in known or not _can_be_known(each)]
    there = {print_ for print_, _ in made}
    files = {relative(name, root) for name in complete}
    places = _places(baseline.source)
    for entry in baseline.entries:
        if entry.fingerprint not in there and (entry.file in files or not os.path.exists(root / entry.file)):
            at = places.get(entry.fingerprint, Span(baseline.source, 0, 0))
            left.append(review.STALE_BASELINE.at(at, code=entry.code, file=entry.file))
    report = Report()
    report.extend(left)
    return tuple(report)


def baseline_text(
    findings: Iterable[Diagnostic], before: Baseline | None, complete: Iterable[str], root: Path
) -> tuple[str, int]:
    """The text of a baseline that knows these findings, and how many it knows.

    What the one before knows of files that were not looked at is kept.
    """
    files = {relative(name, root) for name in complete}
    kept = (
        [] if before is None else [e for e in before.entries if e.file not in files and os.path.exists(root / e.file)]
    )
    new = [
        Entry(file=file_of(each, root), code=each.code, fingerprint=print_, message=each.message)
        for print_, each in _fingerprinted(findings, root)
        if _can_be_known(each)
    ]
    entries = sorted({entry.fingerprint: entry for entry in [*kept, *new]}.values())
    lines = ",\n".join("  " + json.dumps(_fields(entry)) for entry in entries)
    return f'{{"version": {_VERSION}, "findings": [{f"{chr(10)}{lines}{chr(10)}" if lines else ""}]}}\n', len(entries)


def _fields(entry: Entry) -> Mapping[str, str]:
    return {field: getattr(entry, field) for field in _FIELDS}


def _fingerprinted(findings: Iterable[Diagnostic], root: Path) -> list[tuple[str, Diagnostic]]:
    found = list(findings)
    return list(zip(fingerprints(found, root), found, strict=True))


def _can_be_known(diagnostic: Diagnostic) -> bool:
    return diagnostic.rule.severity is not Severity.ERROR


def _places(source: SourceFile) -> dict[str, Span]:
    """Where each text of a file stands."""
    return {match[1]: Span(source, match.start(1), match.end(1)) for match in _TEXT.finditer(source.text)}
