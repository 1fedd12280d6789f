"""Fingerprints: what tells a finding again when lines have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tdl.report.diagnostic import Diagnostic
from tdl.report.place import file_of

_AROUND = 120
"""How much of a line counts on each side of the marked text: a document may be one line of many megabytes."""


def fingerprints(diagnostics: Iterable[Diagnostic], root: Path) -> list[str]:
    """One text of 32 hexadecimal digits a finding, all different.

    It is made of the code, the file relative to ``root``, and the line of the primary place without its blanks. Lines
    before or behind it, its indentation and the words of the message do not count. Of equal lines the first, second ...
    are told apart.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for each in diagnostics:
        parts = (each.code, file_of(each, root), *_marked(each))
        content = "\0".join((*parts, str(seen[parts])))
        seen[parts] += 1
        made.append(hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return made


def _marked(diagnostic: Diagnostic) -> tuple[str, ...]:
    if diagnostic.primary is None:
        return (diagnostic.place, diagnostic.message)
    span = diagnostic.primary.span
    text, start = span.source.text, span.start
    line_start = text.rfind("\n", max(0, start - _AROUND), start) + 1 or max(0, start - _AROUND)
    line_end = text.find("\n", start, start + _AROUND)
    line_end = start + _AROUND if line_end < 0 else line_end
    return tuple(" ".join(part.split()) for part in (text[line_start:start], text[start:line_end]))
