"""An assessment as JSON for programs and as a page for the person who signs it."""

from __future__ import annotations

import json

from markupsafe import Markup

import tdl
from tdl.conformance.assessment import OPEN, Assessment, Line, Place, Section, Verdict
from tdl.docs.rendering import html_templates

FORMAT = 1


def show_json(assessment: Assessment) -> str:
    """An object.

    - ``format``: 1. ``tdl``: the version that looked. ``definition``, ``edition``, ``version``, ``hash`` (empty if the
      definition does not compile), ``image`` (or empty), ``verdict`` and ``open``: whether something is left to do.
    - ``texts``: ``name`` and ``sha256`` of each document.
    - ``sections``: ``title`` and ``rules``, each with ``code``, ``slug``, ``verdict``, ``condition`` and ``places``:
      each with ``where``, ``severity``, ``message`` and ``reason``, which says why it is accepted.
    - ``tables``: ``key``, ``name``, ``role`` and ``octets``, the least and the most.
    """
    shape = {
        "format": FORMAT,
        "tdl": tdl.__version__,
        "definition": assessment.definition,
        "edition": assessment.edition,
        "version": assessment.version,
        "hash": assessment.hash,
        "image": assessment.image,
        "verdict": assessment.verdict.value,
        "open": assessment.open,
        "texts": [{"name": name, "sha256": digest} for name, digest in assessment.texts],
        "sections": [_section(section) for section in assessment.sections],
        "tables": [
            {"key": each.key, "name": each.name, "role": each.role, "octets": list(each.octets)}
            for each in assessment.extents
        ],
    }
    return json.dumps(shape, indent=2) + "\n"


def _section(section: Section) -> dict[str, object]:
    return {"title": section.title, "rules": [_line(line) for line in section.lines]}


def _line(line: Line) -> dict[str, object]:
    return {
        "code": line.rule.code,
        "slug": line.rule.slug,
        "verdict": line.verdict.value,
        "condition": line.condition,
        "places": [_place(place) for place in line.places],
    }


def _place(place: Place) -> dict[str, str]:
    return {
        "where": place.where,
        "severity": place.finding.severity.value,
        "message": place.finding.message,
        "reason": place.reason,
    }


def show_html(assessment: Assessment) -> str:
    """One page that needs nothing else: the verdict of each rule, the places, and room for signatures."""
    counts = [(verdict.value, assessment.count(verdict)) for verdict in Verdict]
    return (
        html_templates("tdl.conformance")
        .get_template("report.html.j2")
        .render(
            it=assessment,
            counts=[(words, count) for words, count in counts if count],
            open=[verdict.value for verdict in OPEN],
            version=tdl.__version__,
            worded=worded,
        )
    )


def worded(text: str) -> Markup:
    """Text of a rule for a page: what stands in back-ticks as code."""
    parts = text.split("`")
    plain = len(parts) % 2 == 0  # back-ticks that are no pairs are only that
    found = [text] if plain else parts
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else Markup("{}").format(part) for at, part in enumerate(found)
    )
