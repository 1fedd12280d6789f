"""What a page's scripts read: one JSON text a table, safe inside HTML whatever an image or a definition holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence

from tdl.explore.trace import Kind, Trace
from tdl.explore.view import ImageView, TableView

_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""What could end the element that holds the text, as JSON writes it otherwise."""


def image_json(view: ImageView) -> str:
    """What all tables share: their names, and the codes of enumerations."""
    return _text(
        {
            "tables": [
                {"key": t.key, "name": t.name, "label": t.label, "verdict": t.verdict, "problem": t.problem}
                for t in view.tables
            ],
            "codes": {name: [[c.low, c.high, c.name, c.label] for c in codes] for name, codes in view.codes},
        }
    )


def table_json(table: TableView) -> str:
    """One table: its octets in base 64, and its nodes in columns.

    A column has a number for each node in order: ``kind`` its position in ``kinds``, ``at`` how many octets behind the
    node before it begins, ``size`` its octets, ``below`` how many nodes are inside it. ``value`` has the text of each
    node that is a value or a field.
    """
    trace = table.trace or Trace()
    return _text(
        {
            "key": table.key,
            "name": table.name,
            "size": table.size,
            "octets": base64.b64encode(table.octets).decode("ascii"),
            "shown": trace.shown,
            "full": trace.full,
            "kinds": [dict(_kind(kind)) for kind in trace.kinds],
            "facts": [
                {
                    "role": fact.role,
                    "text": fact.text,
                    "value": fact.value,
                    "reads": [[read.label, read.value, read.table, read.path] for read in fact.reads],
                }
                for fact in trace.facts
            ],
            "kind": trace.kind,
            "at": list(_steps(trace.at)),
            "size_of": trace.size,
            "below": trace.below,
            "value": [
                text
                for kind, text in zip(trace.kind, trace.value, strict=True)
                if trace.kinds[kind].what in ("value", "field")
            ],
        }
    )


def _kind(kind: Kind) -> Iterator[tuple[str, object]]:
    """What of a kind is not as it mostly is."""
    yield "what", kind.what
    for name in ("name", "type", "enumeration", "low", "width", "big", "about", "without", "facts"):
        found = getattr(kind, name)
        if found:
            yield name, found
    if kind.index >= 0:
        yield "index", kind.index


def _steps(numbers: Sequence[int]) -> Iterator[int]:
    before = 0
    for number in numbers:
        yield number - before
        before = number


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":")).translate(_MARKUP)
