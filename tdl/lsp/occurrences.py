"""Where names stand and what they stand for, as the compiler resolves them.

A thing is known by the place where it was first declared, whatever fragments have made of it since: so a name in a
base, in a fragment of it and in a fragment of that one are the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from tdl.check.names import named
from tdl.check.places import name_span
from tdl.check.view import View
from tdl.sources import NOWHERE, Span
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, TableFound, members

_WORD = re.compile(r"\{[^}]*\}|\"[^\"\n]*\"|(?P<word>\w+)")


@dataclass(frozen=True, slots=True)
class Thing:
    """A declaration, or a member of one; ``owner`` is the declaration that has the member."""

    declaration: ast.Declaration
    member: ast.Member | None = None

    @property
    def node(self) -> ast.Declaration | ast.Member:
        return self.member or self.declaration

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def key(self) -> Key:
        """Where it was first declared."""
        origins = self.node.origins
        span = origins[0].span if origins else self.node.span
        return span.source.name, span.start, self.member is not None


Key: TypeAlias = tuple[str, int, bool]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name in a text and what it stands for; ``declares`` where the thing itself stands."""

    span: Span
    thing: Thing
    declares: bool = False


def occurrences(view: View) -> Iterator[Occurrence]:
    """Every name in a document."""
    yield from _declarations(view)
    yield from _type_names(view)
    yield from _property_words(view)
    yield from _references(view)


def thing_of(view: View, owner: str, member: ast.Member) -> Thing | None:
    """A member as a thing; of those of one name in exclusive branches the first stands for all."""
    declaration = view.scope.types.get(owner)
    return None if declaration is None else Thing(declaration, view.scope.own(declaration).get(member.name, member))


def _declarations(view: View) -> Iterator[Occurrence]:
    for declaration in view.document.declarations:
        yield Occurrence(word_in(declaration.name_span, declaration.name), Thing(declaration), declares=True)
        if not isinstance(declaration, ast.Table | ast.Procedure):
            first: dict[str, ast.Member] = {}
            for member in members(declaration):
                thing = Thing(declaration, first.setdefault(member.name, member))
                yield Occurrence(word_in(member.name_span, member.name), thing, declares=True)


def _type_names(view: View) -> Iterator[Occurrence]:
    for each in named(view.document):
        declared = view.scope.types.get(each.name)
        if declared is None:
            continue
        span = name_span(each) if isinstance(each, ast.Sized) else each.span
        yield Occurrence(word_in(span, each.name), Thing(declared))


def _property_words(view: View) -> Iterator[Occurrence]:
    for properties in _properties(view.document):
        for each in properties:
            if each.name in ("Enum", "Argument", "PendingHeader"):
                name = each.value.name if isinstance(each.value, ast.Word) else str(each.value)
                declared = view.scope.types.get(name)
                span = each.value.span if isinstance(each.value, ast.Word) else each.span
                if declared is not None:
                    yield Occurrence(word_in(span, name), Thing(declared))


def _properties(document: ast.Document) -> Iterator[ast.Properties]:
    yield document.header.properties
    for declaration in document.declarations:
        yield declaration.properties
        if not isinstance(declaration, ast.Table | ast.Procedure):
            yield from (member.properties for member in members(declaration))


def _references(view: View) -> Iterator[Occurrence]:
    for mention in view.mentions:
        steps = mention.reference.steps
        match mention.found:
            case TableFound(table=table):
                yield Occurrence(name_span(steps[0]), Thing(table))
            case ElementFound(table=found, steps=way, written=written):
                if found is not None:
                    yield Occurrence(name_span(steps[0]), Thing(found))
                for step, index in zip(steps[len(steps) - len(written) :], written, strict=True):
                    thing = thing_of(view, way[index].owner, way[index].member)
                    if thing is not None:
                        yield Occurrence(name_span(step), thing)
            case _:
                pass


# --- what a fragment's verbs name ------------------------------------------------------------------------------------


def verb_occurrences(fragment: ast.Fragment, base: View, merged: View | None) -> Iterator[Occurrence]:
    """The names behind the verbs of a fragment: what it has made of them, or else what they are in its base."""
    views = [base] if merged is None else [merged, base]
    for edit in fragment.edits:
        match edit:
            case ast.Add():
                pass
            case ast.Replace(declaration=declaration):
                yield from _named_declaration(views, declaration.name_span, declaration)
            case ast.Remove(target=target) | ast.Rename(target=target):
                yield from _target(views, target)
            case ast.Modify(target=target, edits=edits):
                yield from _target(views, target)
                owners = [found for view in views if (found := _targeted(view, target)) is not None]
                for each in edits:
                    yield from _member_names(owners, each)


def _named_declaration(views: list[View], span: Span, declaration: ast.Declaration) -> Iterator[Occurrence]:
    if isinstance(declaration, ast.Table | ast.Procedure):
        return
    found = next((view.scope.types[declaration.name] for view in views if declaration.name in view.scope.types), None)
    if found is not None:
        yield Occurrence(span, Thing(found))


def _target(views: list[View], target: ast.Target) -> Iterator[Occurrence]:
    found = next((each for view in views if (each := _targeted(view, target)) is not None), None)
    if found is not None:
        yield Occurrence(target.span, Thing(found))


def _targeted(view: View, target: ast.Target) -> ast.Declaration | None:
    match target:
        case ast.Target(kind="TYPE", name=str(name)):
            return view.scope.types.get(name)
        case ast.Target(kind="TABLE", number=number):
            return next((table for table in view.tables if table.number == number), None)
        case ast.Target(kind="PROCEDURE", number=number):
            return next((each for each in view.procedures if each.number == number), None)
        case _:
            return None


def _member_names(owners: list[ast.Declaration], edit: ast.MemberEdit | ast.PropertyEdit) -> Iterator[Occurrence]:
    match edit:
        case ast.AddMember(position=position):
            yield from _anchor(owners, position)
        case ast.ReplaceMember(name=name, name_span=span):
            yield from _member(owners, name, span)
        case ast.RemoveMember(name=name) | ast.RenameMember(name=name):
            yield from _member(owners, name, _nth_word(edit.span, 1))
        case ast.MoveMember(name=name, position=position):
            yield from _member(owners, name, _nth_word(edit.span, 1))
            yield from _anchor(owners, position)
        case ast.SetProperty(member=str(name)) | ast.UnsetProperty(member=str(name)):
            yield from _member(owners, name, _nth_word(edit.span, 1))
        case _:
            pass


def _anchor(owners: list[ast.Declaration], position: ast.Position | None) -> Iterator[Occurrence]:
    if position is not None and position.anchor is not None:
        yield from _member(owners, position.anchor, word_in(position.span, position.anchor))


def _member(owners: list[ast.Declaration], name: str, span: Span) -> Iterator[Occurrence]:
    for owner in owners:
        if not isinstance(owner, ast.Table | ast.Procedure):
            found = next((member for member in members(owner) if member.name == name), None)
            if found is not None:
                yield Occurrence(span, Thing(owner, found))
                return


def is_there(span: Span) -> bool:
    """Whether a place is one of its text's: those of a former state may be gone."""
    return span.source is not NOWHERE.source and span.end <= len(span.source.text)


# --- places ----------------------------------------------------------------------------------------------------------


def word_in(span: Span, name: str) -> Span:
    """Where a name stands in a range: behind a verb it is the last word of this spelling."""
    text = span.text
    if text == name:
        return span
    found = None
    for match in _whole_word(name).finditer(text):
        found = match
    return span if found is None else Span(span.source, span.start + found.start(), span.start + found.end())


def _nth_word(span: Span, count: int) -> Span:
    """A word of a range, counted from 0; comments and texts in quotes are no words."""
    words = [match for match in _WORD.finditer(span.text) if match["word"]]
    if count >= len(words):
        return span
    return Span(span.source, span.start + words[count].start(), span.start + words[count].end())


@lru_cache(maxsize=1024)
def _whole_word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
