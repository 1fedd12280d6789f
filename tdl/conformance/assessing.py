"""A definition looked at with every rule, and a verdict for each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tdl import pipeline
from tdl.check.dependencies import ACTUAL, LIMITS
from tdl.check.mandatory import missing_tables
from tdl.check.register import EDITIONS
from tdl.check.stage import ENDLESS
from tdl.check.view import View
from tdl.conformance.assessment import Assessment, Extent, Line, Place, Section, Verdict
from tdl.conformance.image import Looked
from tdl.project.shelf import Recorder
from tdl.report import Diagnostic, Rule, Severity
from tdl.report.rules import binding, conformance, layout, meters, names
from tdl.review.allowing import Allow, allows
from tdl.sources import Resolver
from tdl.syntax import ast

_SOUND = "the definition is sound"
_STANDARD = "the definition follows the standard"
_LINKED = "its tables can be read in some order"
_METER = "the meter's tables agree with it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    """When a rule has something to look at."""

    words: str
    holds: Callable[[View], bool]


_EDITION = _Condition(
    words="a document that declares an edition", holds=lambda view: view.document.header.edition in EDITIONS
)
_PROCEDURES = _Condition(words="procedures with parameters or responses", holds=lambda view: bool(view.procedures))
_LIMITS = _Condition(
    words="`DIM_...` tables", holds=lambda view: any(table.name.startswith((LIMITS, ACTUAL)) for table in view.tables)
)
_CONDITIONS: Mapping[str, _Condition] = {
    conformance.NEWER_FEATURE.code: _EDITION,
    conformance.RESERVED_NUMBER.code: _EDITION,
    conformance.MISSING_ELEMENTS.code: _EDITION,
    conformance.PROCEDURE_TOO_LONG.code: _PROCEDURES,
    conformance.LIMITING_TABLE.code: _LIMITS,
    conformance.UNLIKE_LIMITS.code: _LIMITS,
}


def assess(request: pipeline.Request, resolver: Resolver, image: Looked | None = None) -> Assessment:
    """Look at a definition with every rule.

    Args:
        image: what `tdl.conformance.look_at` found in a meter's image.
    """
    recorded = Recorder(resolver)
    context = pipeline.Context(resolver=recorded)
    document = pipeline.run(request, context, after="merge")
    view = View(document) if isinstance(document, ast.Document) else None
    compiled = None
    if view is not None:
        context = pipeline.Context(resolver=recorded)
        compiled = pipeline.run(request, context)
        context.report.extend(missing_tables(view))
    found = _Findings(context.report)
    sections = [
        _section(_STANDARD, (*_rules(conformance), meters.MISSING_TABLES), found, view),
        _section(_SOUND, (*_rules(names), *_rules(layout)), found, view),
        _section(_LINKED, _STATIC, found, view),
    ]
    others = found.rules_but(line.rule for section in sections for line in section.lines)
    if others:
        sections.insert(0, _section("what else was found", others, found, view))
    if image is not None:
        sections.append(_image_section(image))
    header = None if view is None else view.document.header
    return Assessment(
        definition=request.definition if header is None else header.name,
        edition="" if header is None else header.edition or "",
        version="" if header is None else header.version or "",
        hash="" if compiled is None else compiled.hash,
        texts=tuple(sorted((each.name, _sha256(each.text)) for each in recorded.texts.values())),
        image="" if image is None else image.image,
        sections=tuple(sections),
        extents=() if compiled is None else tuple(_extents(compiled)),
    )


_STATIC = (binding.DEPENDENCY_CYCLE, binding.SELF_REFERENCE, binding.SELECTOR_TOO_LATE)
"""The rules about values of other tables that the definition alone can break."""


_WALKING = frozenset(
    rule.code
    for rule in (
        *_STATIC,
        layout.REST_NOT_LAST,
        layout.INDEX_WITHOUT_ARRAY,
        layout.OUT_OF_REACH,
        conformance.PROCEDURE_TOO_LONG,
        conformance.LIMITING_TABLE,
    )
)
"""Rules that walk the types of each table, and so need them to end."""


def _rules(module: object) -> tuple[Rule, ...]:
    found = (each for each in vars(module).values() if isinstance(each, Rule))
    return tuple(sorted(found, key=lambda rule: rule.code))


class _Findings:
    """Findings by rule, with the comments that accept some of them."""

    def __init__(self, report: Iterable[Diagnostic]) -> None:
        self._of: dict[str, list[Diagnostic]] = {}
        self._allows: dict[str, tuple[Allow, ...]] = {}
        for each in report:
            self._of.setdefault(each.rule.code, []).append(each)

    def rules_but(self, told: Iterable[Rule]) -> tuple[Rule, ...]:
        """The rules of findings that are none of these, by code."""
        codes = sorted(set(self._of) - {rule.code for rule in told})
        return tuple(self._of[code][0].rule for code in codes)

    def kept_from(self, rule: Rule) -> bool:
        """Whether what was found kept a rule from being looked at."""
        if rule.code == layout.TABLE_TOO_LARGE.code:
            return any(each.severity is Severity.ERROR for found in self._of.values() for each in found)
        return rule.code in _WALKING and any(each.code in self._of for each in ENDLESS)

    def places(self, rule: Rule) -> tuple[Place, ...]:
        return tuple(
            Place(finding=each, where=_where(each), reason=self._reason(each)) for each in self._of.get(rule.code, ())
        )

    def _reason(self, finding: Diagnostic) -> str:
        if finding.primary is None or finding.severity is Severity.ERROR:
            return ""
        span = finding.primary.span
        if span.source.name not in self._allows:
            self._allows[span.source.name] = tuple(allows(span.source))
        fitting = (
            each.reason
            for each in self._allows[span.source.name]
            if each.code == finding.code and not each.problem and each.where[0] <= span.start < each.where[1]
        )
        return next(fitting, "")


def _where(finding: Diagnostic) -> str:
    return finding.primary.span.place if finding.primary is not None else finding.place


def _section(title: str, rules: Iterable[Rule], found: _Findings, view: View | None) -> Section:
    return Section(title=title, lines=_lines(rules, found, view))


def _lines(rules: Iterable[Rule], found: _Findings, view: View | None) -> tuple[Line, ...]:
    return tuple(_line(rule, found, view) for rule in rules)


def _line(rule: Rule, found: _Findings, view: View | None) -> Line:
    places = found.places(rule)
    condition = _CONDITIONS.get(rule.code)
    if places:
        return Line(rule=rule, verdict=_verdict(places), places=places)
    if view is None or found.kept_from(rule):
        return Line(rule=rule, verdict=Verdict.NOT_LOOKED_AT)
    if condition is not None and not condition.holds(view):
        return Line(rule=rule, verdict=Verdict.NOT_APPLICABLE, condition=condition.words)
    return Line(rule=rule, verdict=Verdict.MET)


def _verdict(places: tuple[Place, ...]) -> Verdict:
    if any(place.finding.severity is Severity.ERROR for place in places):
        return Verdict.NOT_MET
    open_ = [place for place in places if place.finding.severity is Severity.WARNING and not place.reason]
    return Verdict.REMARK if open_ else Verdict.ACCEPTED if any(place.reason for place in places) else Verdict.MET


def _image_section(image: Looked) -> Section:
    found = _Findings(image.report)
    rules = tuple(rule for rule in _rules(meters) if rule is not meters.MISSING_TABLES)
    lines = []
    for rule in (*rules, *found.rules_but(rules)):
        places, condition = found.places(rule), image.waiting.get(rule.code, "")
        verdict = _verdict(places) if places else Verdict.NOT_APPLICABLE if condition else Verdict.MET
        lines.append(Line(rule=rule, verdict=verdict, places=places, condition=condition))
    return Section(title=_METER, lines=tuple(lines))


def _extents(compiled: pipeline.Compiled) -> Iterator[Extent]:
    roles = {str(table.id): str(dict(table.properties).get("Role", "")) for table in compiled.model.tables}
    for table in compiled.plan.tables:
        yield Extent(key=table.key, name=table.name, role=roles.get(table.key, ""), octets=table.size)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
