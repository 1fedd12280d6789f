"""A comparison as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tdl.compat.comparison import Comparison, TableChange
from tdl.compat.policy import Change
from tdl.ir import model
from tdl.ir.layout import Row, path_text
from tdl.report.render import PLAIN, Theme


def show_text(comparison: Comparison, theme: Theme = PLAIN) -> str:
    """The tables that changed, each with what changed in it, and a last line that sums up."""
    return "\n".join(_lines(comparison, theme)) + "\n"


def _lines(comparison: Comparison, theme: Theme) -> Iterator[str]:
    changed = [table for table in comparison.tables if table.changes]
    for table in changed:
        effects = ", ".join(effect.value for effect in table.effects)
        breaking = f"; {theme.paint('error', 'breaking')}" if table.breaking else ""
        yield f"{theme.paint('title', f'{table.key} {table.name}')}: {effects}{breaking}"
        for change in table.changes:
            severity = change.finding.severity.value
            yield f"  {theme.paint(severity, f'{severity} {change.finding.code}')}: {change.finding.message}"
        yield ""
    same = len(comparison.tables) - len(changed)
    words = {True: "breaks readers", False: "nothing breaks readers"}
    parts = [f"{len(changed)} changed", f"{same} the same", words[comparison.breaking]]
    yield ", ".join(parts)


def show_json(comparison: Comparison) -> str:
    """An object.

    - ``old`` and ``new``: ``name``, ``edition``, ``version`` and ``hash``. ``changed`` and ``breaking``: true or false.
    - ``tables``, each with ``key``, ``name``, ``verdict`` (``identical`` or the gravest effect), ``effects``,
      ``breaking``, ``changes`` and ``moves``.
    - A change has ``code``, ``slug``, ``clause``, ``effect``, ``severity``, ``breaking``, ``message``, ``data`` (what
      fills the message), and the element in both versions, ``old`` and ``new``, or null. A move has these two.
    - An element has ``path``, ``index``, ``offset`` (null if it is not the same in every image), ``bit`` and ``bits``
      (null but for fields), ``octets`` (the least and the most) and ``type``.
    """
    return json.dumps(_shape(comparison), indent=2) + "\n"


def show_json_of_many(comparisons: Iterable[tuple[str, Comparison]]) -> str:
    """An object with ``changed``, ``breaking``, and ``documents``: each what `show_json` gives, and its ``path``.

    ``old`` or ``new`` is null for a document that is in one of two directories only.
    """
    found = list(comparisons)
    shape = {
        "changed": any(comparison.changed for _, comparison in found),
        "breaking": any(comparison.breaking for _, comparison in found),
        "documents": [{"path": path} | _shape(comparison) for path, comparison in found],
    }
    return json.dumps(shape, indent=2) + "\n"


def _shape(comparison: Comparison) -> dict[str, object]:
    return {
        "old": None if comparison.old is None else _definition(comparison.old),
        "new": None if comparison.new is None else _definition(comparison.new),
        "changed": comparison.changed,
        "breaking": comparison.breaking,
        "tables": [_table(table) for table in comparison.tables],
    }


def _definition(definition: model.Definition) -> dict[str, object]:
    return {
        "name": definition.name,
        "edition": definition.edition,
        "version": definition.version,
        "hash": definition.hash,
    }


def _table(table: TableChange) -> dict[str, object]:
    return {
        "key": table.key,
        "name": table.name,
        "verdict": table.verdict,
        "effects": [effect.value for effect in table.effects],
        "breaking": table.breaking,
        "changes": [_change(change) for change in table.changes],
        "moves": [{"old": _element(move.before), "new": _element(move.after)} for move in table.moves],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "code": change.finding.code,
        "slug": change.finding.rule.slug,
        "clause": change.clause.name,
        "effect": change.clause.effect.value,
        "severity": change.finding.severity.value,
        "breaking": change.breaking,
        "message": change.finding.message,
        "data": {name: str(value) for name, value in change.finding.data.items()},
        "old": None if change.before is None else _element(change.before),
        "new": None if change.after is None else _element(change.after),
    }


def _element(row: Row) -> dict[str, object]:
    bit, bits = row.bits if row.bits is not None else (None, None)
    return {
        "path": path_text(row.path),
        "index": list(row.indices),
        "offset": row.offset,
        "bit": bit,
        "bits": bits,
        "octets": list(row.size),
        "type": row.type,
    }
