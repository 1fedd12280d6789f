"""Units: what is compiled as one definition, and what is wrong with it.

A unit is a document, a fragment on its base, or what a `tdl.toml` describes, just as `tdl check` takes them. Its result
counts until a text that it was made from changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from tdl import pipeline
from tdl.check.again import Checked
from tdl.check.extent import extents
from tdl.check.plugins import check_with_plugins
from tdl.check.view import View
from tdl.ir.schedule import MAX_LEVELS, MAX_OPS
from tdl.lsp.bases import LiveBases
from tdl.lsp.layouts import Layouts
from tdl.lsp.occurrences import Occurrence, is_there, occurrences, verb_occurrences
from tdl.lsp.texts import Texts, Tree
from tdl.project.settings import read_settings
from tdl.report import Diagnostic, Report
from tdl.report.rules import invocation
from tdl.review.bases import Chains
from tdl.review.reader import Reader
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.imports import load

NOWHERE = Path("<nowhere>")
"""Where paths that are read start from, so that they stay whole: no folder is below it."""


class Shape:
    """A document and what its names stand for, each worked out when it is asked for first."""

    def __init__(self, document: ast.Document) -> None:
        self.document = document
        self.checked: Checked | None = None

    @cached_property
    def view(self) -> View:
        return View(self.document) if self.checked is None else self.checked.view

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        return tuple(occurrences(self.view))


@dataclass(slots=True, kw_only=True)
class Unit:
    """One definition, and what was found in it.

    Attributes:
        main: the document, fragment or `tdl.toml` that it is called after.
        tree: the document's or fragment's own tree; None of a project.
        base: what a fragment changes, merged.
        shape: the whole, merged; of an earlier state while there is none of the present one.
        findings: what is wrong with it, before comments and policies are asked.
        texts: the texts that it was asked to look at, with what they import, by name.
        complete: the names of those texts in which no rule was left out.
        depends: all names that were asked for, there or not.
        stale: whether one of them has changed since.
        behind: whether the whole is of an earlier state.
        sound: whether it can be compiled.
        layouts: where elements lie, once somebody has asked; of an earlier state while it cannot be compiled.
    """

    main: str
    tree: Tree | None = None
    base: Shape | None = None
    shape: Shape | None = None
    findings: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, SourceFile] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    depends: frozenset[str] = frozenset()
    behind: bool = True
    sound: bool = False
    stale: bool = False
    layouts: Layouts | None = None

    def occurrences(self) -> tuple[Occurrence, ...]:
        """Every name in the whole, and behind the verbs of a fragment."""
        found: tuple[Occurrence, ...] = ()
        if self.shape is not None:
            found = self.shape.occurrences
            if self.behind:  # the places have moved, so that they are looked for anew
                found = tuple(each for each in occurrences(self.shape.view) if is_there(each.span))
        if isinstance(self.tree, ast.Fragment) and self.base is not None:
            merged = None if self.shape is None else self.shape.view
            found += tuple(verb_occurrences(self.tree, self.base.view, merged))
        return found


class Units:
    """Makes units, and keeps what several of them stand on."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.bases = LiveBases(texts)
        self._checked: dict[str, Checked] = {}

    # --- documents and fragments -------------------------------------------------------------------------------

    def document(self, name: str, chains: Chains, edition: str | None, former: Unit | None = None) -> Unit:
        """A document, or a fragment merged onto its base."""
        reader, report = Reader(self.texts), Report()
        tree = load(name, reader, report, self.texts.parse)
        texts = reader.reviewed
        unit = Unit(main=name, tree=tree, texts=texts)
        if former is not None:
            unit.shape, unit.base, unit.layouts = former.shape, former.base, former.layouts
        if isinstance(tree, ast.Document):
            if report.failed:
                unit.shape = unit.shape or Shape(tree)
            else:
                self._judge(unit, Shape(self.bases.based(tree)), edition, report)
        elif tree is not None:
            chain = chains.of(name, tree)
            if chain is None:
                if not report.failed:
                    header = tree.header
                    report.add(invocation.BASE_NOT_FOUND.at(header.base_span, base=header.base or ""))
            else:
                found = Report()
                base = self._base(chain, reader, found)
                unit.base = unit.base if base is None else Shape(base)
                if not report.failed:
                    report.extend(found)
                    if base is not None:
                        merged = self._base((*chain, name), reader, report)
                        if merged is not None:
                            self._judge(unit, Shape(merged), edition, report, self._checked.get(chain[-1]))
        unit.findings, unit.depends = tuple(report), frozenset(reader.looked_at)
        unit.complete = frozenset(texts) if unit.sound else frozenset()
        return unit

    def project(self, file: Path, former: Unit | None = None) -> Unit | None:
        """What a `tdl.toml` describes; None if it names no definition.

        Raises:
            SettingsError: it cannot be used.
        """
        settings = read_settings(file, NOWHERE)
        if settings.definition is None:
            return None
        reader, report = Reader(self.texts), Report()
        request = pipeline.Request(definition=settings.definition, fragments=settings.fragments)
        context = pipeline.Context(resolver=reader, report=report)
        unit = Unit(main=str(file))
        if former is not None:
            unit.shape, unit.layouts = former.shape, former.layouts
        merged = self._project(request, context)
        unit.texts = reader.reviewed
        if merged is not None:
            self._judge(unit, Shape(merged), settings.check.edition, report)
        unit.findings, unit.depends = tuple(report), frozenset((*reader.looked_at, str(file)))
        unit.complete = frozenset(unit.texts) if unit.sound else frozenset()
        return unit

    # --- the passes --------------------------------------------------------------------------------------------

    def _base(self, chain: tuple[str, ...], reader: Reader, report: Report) -> ast.Document | None:
        """The merged document of a chain; None, and findings, if there is none."""
        merged = self.bases.merged(chain, report)
        for name in merged.sources:
            reader.looked_at.setdefault(name, None)
        return merged.document

    def _project(self, request: pipeline.Request, context: pipeline.Context) -> ast.Document | None:
        sources = pipeline.read_sources(request, context)
        parsed = None if sources is None else pipeline.parse_sources(sources, context, self.texts.parse)
        if parsed is None or context.report.failed:
            return None
        document = pipeline.merge_fragments(replace(parsed, base=self.bases.based(parsed.base)), context)
        return None if context.report.failed else document

    def _judge(
        self, unit: Unit, shape: Shape, edition: str | None, report: Report, below: Checked | None = None
    ) -> None:
        """Look at a whole definition with every rule, those that only scheduling keeps included.

        Args:
            below: what is known of its base.
        """
        former = None if unit.shape is None else unit.shape.checked
        known = [each for each in (former, below) if each is not None]
        unit.shape, unit.behind = shape, False
        document = shape.document
        if edition is not None:
            document = replace(document, header=replace(document.header, edition=edition))
        former = max(known, key=lambda each: each.worth(document), default=None)
        shape.checked = self._checked[unit.main] = Checked(document, former)
        report.extend(shape.checked.findings)
        check_with_plugins(document, report)
        if not report.failed and any(
            elements > MAX_OPS or levels > MAX_LEVELS for elements, levels in extents(shape.view)
        ):
            context = pipeline.Context(report=report)
            pipeline.schedule_model(pipeline.lower_document(document, context), context)
        unit.sound = not report.failed
