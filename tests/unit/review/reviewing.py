"""Texts to what a check says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tdl.report import Diagnostic
from tdl.review.checking import Outcome, Subject, check_all
from tdl.sources import Resolver

RECORD = "TYPE A_RCD = PACKED RECORD\n{members}END;\nTABLE 0 A_TBL = A_RCD;\n"


def record(members: str) -> str:
    """A document of one record."""
    return RECORD.format(members=members)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def review(*names: str, overlay: Mapping[str, str] | None = None) -> Outcome:
    """The check of some names from the working folder."""
    return check_all(Subject(names=names), Resolver(overlay), Path.cwd())


def said(outcome: Outcome) -> list[tuple[str, str]]:
    """Code and place of each finding."""
    return [(each.code, _place(each)) for each in outcome.findings]


def _place(diagnostic: Diagnostic) -> str:
    return diagnostic.place if diagnostic.primary is None else diagnostic.primary.span.place
