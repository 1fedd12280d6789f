"""Documents checked: each one by itself, fragments on their base, and projects as their `tdl.toml` says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tdl import pipeline
from tdl.project.settings import read_settings
from tdl.report import Diagnostic, Report
from tdl.report.passed import Passed
from tdl.report.rules import invocation, review
from tdl.review.allowing import Allows
from tdl.review.bases import Chains, MergedBases
from tdl.review.documents import find_documents
from tdl.review.policies import Policies
from tdl.review.reader import Reader
from tdl.review.stamps import Stamp
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.imports import load

_BEHIND_PARSING = tuple(each for each in pipeline.PASSES if each.name not in ("read", "parse"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be checked: documents and directories by name, or else one definition with its fragments."""

    names: tuple[str, ...] = ()
    definition: str | None = None
    fragments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check found.

    Attributes:
        findings: sorted, without those that a comment allows, with the severities of their projects.
        allowed: those that a comment allows, with the same severities.
        texts: the texts that were asked about, with what they import, by located name.
        complete: the names of those texts in which no rule was left out.
        looked_at: every path that the findings may depend on, with its stamp from before it was looked at.
    """

    findings: tuple[Diagnostic, ...]
    texts: Mapping[str, SourceFile]
    complete: frozenset[str]
    looked_at: Mapping[str, Stamp]
    allowed: tuple[Passed, ...] = ()


def check_all(subject: Subject, resolver: Resolver, root: Path) -> Outcome:
    """Check what a subject names.

    Args:
        root: the folder that relative names start from.

    Raises:
        SettingsError: a `tdl.toml` that counts cannot be used.
    """
    return _Checking(resolver, root).outcome(subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    """One document, or fragment, and the texts that make it up."""

    name: str
    node: ast.Document | ast.Fragment | None
    report: Report
    texts: Mapping[str, SourceFile]


class _Checking:
    def __init__(self, resolver: Resolver, root: Path) -> None:
        self.reader = Reader(resolver)
        self.root = root
        self.policies = Policies(root)
        self.report = Report()
        self.texts: dict[str, SourceFile] = {}
        self.complete: set[str] = set()
        self.bases = MergedBases(self.reader)

    def outcome(self, subject: Subject) -> Outcome:
        found = find_documents(subject.names, self.report, self.root)
        chains = Chains(self.reader, found)
        for name in found.named:
            self.document(self.load(name), chains)
        for loaded in _whole([self.load(name) for name in found.below]):
            self.document(loaded, chains)
        for file in found.projects:
            settings = read_settings(self.root / file, self.root)
            if settings.definition is not None:
                self.project(settings.definition, settings.fragments, settings.check.edition)
            elif not any(Path(name).is_relative_to(file.parent) for name in found.documents):
                self.report.add(review.NO_DOCUMENTS.at(None, place=str(file), name=str(file)))
        if subject.definition is not None:
            edition = self.policies.of(subject.definition).edition
            self.project(subject.definition, subject.fragments, edition)
        findings, allowed = self.findings()
        return Outcome(
            findings=findings,
            allowed=allowed,
            texts=self.texts,
            complete=frozenset(self.complete),
            looked_at={**found.folders, **self.policies.looked_at, **self.reader.looked_at},
        )

    def findings(self) -> tuple[tuple[Diagnostic, ...], tuple[Passed, ...]]:
        """The findings that count, and those that comments allow."""
        allows, sifted = Allows(), Report()
        sifted.extend(allows.sift(self.report))
        sifted.extend(allows.findings(self.texts, self.complete))
        ruled = Report()
        ruled.extend(self.policies.apply(sifted))
        allowed = [
            replace(each, finding=finding) for each in allows.passed for finding in self.policies.apply([each.finding])
        ]
        return tuple(ruled), tuple(allowed)

    def load(self, name: str) -> _Loaded:
        reader, report = Reader(self.reader), Report()
        node = load(name, reader, report)
        return _Loaded(name=name, node=node, report=report, texts=reader.reviewed)

    def document(self, loaded: _Loaded, chains: Chains) -> None:
        """Check a document, or a fragment merged onto its base."""
        self.texts |= loaded.texts
        self.report.extend(loaded.report)
        if loaded.node is None or loaded.report.failed:
            return
        fragments: tuple[pipeline.Step, ...] = ()
        base: ast.Document | None
        if isinstance(loaded.node, ast.Fragment):
            header = loaded.node.header
            chain = chains.of(loaded.name, loaded.node)
            if chain is None:
                self.report.add(invocation.BASE_NOT_FOUND.at(header.base_span, base=header.base or ""))
                return
            base = self.bases.merged(chain, self.report).document
            fragments = (pipeline.Step(fragments=(loaded.node,), base_names=(chain[-1],)),)
        else:
            base = loaded.node
        if base is not None:
            parsed = pipeline.Parsed(base=base, steps=fragments)
            if self.compile(parsed, self.reader, self.policies.of(loaded.name).edition):
                self.complete |= loaded.texts.keys()

    def project(self, definition: str, fragments: tuple[str, ...], edition: str | None) -> None:
        """Check a definition with its fragments."""
        reader = Reader(self.reader)
        request = pipeline.Request(definition=definition, fragments=fragments)
        done = self.compile(request, reader, edition)
        self.texts |= reader.reviewed
        if done:
            self.complete |= reader.reviewed.keys()

    def compile(self, value: pipeline.Request | pipeline.Parsed, reader: Reader, edition: str | None) -> bool:
        """Run the passes, by the rules of an edition; whether no rule was left out."""
        context = pipeline.Context(resolver=reader)
        passes = pipeline.PASSES if isinstance(value, pipeline.Request) else _BEHIND_PARSING
        made: object = value
        for each in passes:
            made = each.run(made, context)
            if each.name == "merge" and edition is not None and isinstance(made, ast.Document):
                made = replace(made, header=replace(made.header, edition=edition))
            if context.report.failed or each.name == "schedule":
                break
        self.report.extend(context.report)
        return not context.report.failed


def _whole(documents: Iterable[_Loaded]) -> Iterator[_Loaded]:
    """The documents that are no parts of others: what is imported need make no sense without its importer."""
    files = {os.path.realpath(each.name): each for each in documents}
    reached = {file: {os.path.realpath(part) for part in each.texts} for file, each in files.items()}
    parts = {part for file, others in reached.items() for part in others if part != file}
    covered: set[str] = set()
    for file in sorted(files, key=lambda file: file in parts):
        if file not in covered:  # of documents that import each other, the first stands for all
            covered |= reached[file]
            yield files[file]
