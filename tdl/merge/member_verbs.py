"""The verbs inside `MODIFY`: members and properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from tdl.frozen import replace
from tdl.merge.body import Body, Entry
from tdl.merge.fitting import Holder, Misfit, check_depth, fit_item, fit_specification
from tdl.merge.namings import Namings
from tdl.merge.paths import DOCUMENT, SPECIFICATION, Path, property_facet, shown
from tdl.merge.touches import member_touches, names_in
from tdl.merge.turn import Turn
from tdl.merge.workspace import Slot, Trace
from tdl.report import Diagnostic
from tdl.report.rules import merging
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.printer import print_specification, print_value

_KINDS = {ast.Alias: "an alias", ast.Table: "a table", ast.Procedure: "a procedure"}


def modify(turn: Turn, edit: ast.Modify) -> None:
    """Do what a `MODIFY` of a declaration says; each verb that cannot be done is reported."""
    key = str(edit.target)
    if turn.disputed([(key,)]) or (not edit.edits and turn.find(key, "modify", edit.target.span) is None):
        return
    done: Slot | None = None
    for each in edit.edits:
        paths = [path for path, _ in member_touches(key, each)]
        if turn.disputed(paths):
            continue
        turn.settle(each)
        if turn.done_elsewhere(paths):
            _look_again(turn, each, paths[0])
            continue
        slot = turn.find(key, "modify", edit.target.span)
        if slot is None:
            return
        if _Modification(turn, slot, key).do(each):
            done = slot
        elif not isinstance(each, ast.ReplaceMember | ast.SetProperty | ast.UnsetProperty):
            turn.failed.update(paths)
    if done is not None:
        done.mark(turn.author.step(done.head.origins, "MODIFY", edit.target.span))


def _look_again(turn: Turn, edit: ast.MemberEdit | ast.PropertyEdit, path: Path) -> None:
    """Do a verb that an unrelated fragment has done already: what is left of it is its `WAS`."""
    match edit:
        case ast.ReplaceMember(was=was) if was is not None:
            held = turn.held(path, edit.specification, edit.specification)
            if held not in (was, turn.in_present_names(was, None, lambda namings, s: namings.specification(s))):
                turn.findings.add(_was_mismatch(was.span, path, print_specification(held), print_specification(was)))
        case ast.SetProperty() | ast.UnsetProperty():
            edited_properties(turn, (), edit, path)


def _was_mismatch(
    span: Span, path: Path, found: str | None, expected: str, place: tuple[Span, str] | None = None
) -> Diagnostic:
    return merging.WAS_MISMATCH.at(
        span,
        what=shown(path),
        found="not set" if found is None else f"`{found}`",
        expected=f"`{expected}`",
        secondary=[place] if place else [],
    )


def modify_document(turn: Turn, edit: ast.Modify) -> None:
    """Do what `MODIFY DOCUMENT` says."""
    for each in edit.edits:
        if not isinstance(each, ast.SetProperty | ast.UnsetProperty) or each.member is not None:
            turn.findings.add(merging.NO_MEMBERS.at(each.span, what=DOCUMENT, kind="the whole definition"))
            continue
        path = (DOCUMENT, property_facet(each.name))
        turn.settle(each)
        if not turn.disputed([path]):
            header = turn.workspace.header
            properties = edited_properties(turn, header.properties, each, path)
            if properties is not None:
                turn.workspace.header = replace(header, properties=properties)


def edited_properties(
    turn: Turn, properties: ast.Properties, edit: ast.PropertyEdit, path: Path, inside: ast.Declaration | None = None
) -> ast.Properties | None:
    """The properties with one set or unset; None if that cannot be done, which is reported."""
    old = next((p for p in properties if p.name == edit.name), None)
    to = edit.value if isinstance(edit, ast.SetProperty) else None
    value = turn.held(path, None if old is None else old.value, to)
    was = edit.was
    if was is not None:
        now = turn.in_present_names(was, inside, lambda namings, v: namings.value(v))
        if value not in (was, now):
            found = None if value is None else print_value(value)
            place = (old.span, "it is set here") if old else None
            turn.findings.add(_was_mismatch(edit.span, path, found, print_value(now), place))
            return None
    if to is None and value is None:
        what = f"property `{edit.name}` of `{shown(path[:-1])}`"
        turn.missing(path, what, "unset", edit.span, edit.name, [p.name for p in properties])
        return None
    if turn.done_elsewhere([path]):
        return properties
    if to is None:
        turn.workspace.traces[path] = Trace(fragment=turn.author.document, span=edit.span)
        return tuple(p for p in properties if p.name != edit.name)
    now = turn.in_present_names(to, inside, lambda namings, v: namings.value(v))
    return turn.author.properties((ast.Property(name=edit.name, value=now, span=edit.span),), "SET", properties)


class _Modification:
    """One verb of a `MODIFY`."""

    def __init__(self, turn: Turn, slot: Slot, key: str) -> None:
        self.turn, self.slot, self.key = turn, slot, key

    def do(self, edit: ast.MemberEdit | ast.PropertyEdit) -> bool:
        """Do one verb; False if it cannot be done, which is reported."""
        try:
            match edit:
                case ast.AddMember():
                    return self.add(edit)
                case ast.ReplaceMember():
                    return self.replace(edit)
                case ast.RemoveMember():
                    return self.remove(edit)
                case ast.RenameMember():
                    return self.rename(edit)
                case ast.MoveMember():
                    return self.move(edit)
                case ast.SetProperty() | ast.UnsetProperty():
                    return self.edit_property(edit)
                case _:
                    assert_never(edit)
        except Misfit as misfit:
            self.turn.findings.add(misfit.diagnostic)
            return False

    def add(self, edit: ast.AddMember) -> bool:
        body = self.body(edit.span)
        if body is None:
            return False
        item = fit_item(edit.item, self.holder())
        free = True
        for name in names_in(item):
            for entry in body.names.get(name, ())[:1]:
                existing = entry.item.span if entry.item else edit.span
                self.turn.exists((self.key, name), edit.span, existing, "say `REPLACE` to write over it")
                free = False
        place = self.place(body, edit.position, "put something beside", edit.span)
        if place is None or not free:
            return False
        check_depth(item, place.depth, edit.span)
        if not isinstance(item, ast.Member):
            item = replace(item, span=edit.span)
        item = self.turn.author.item(item, "ADD")
        item = self.turn.in_present_names(item, self.inside(), lambda namings, i: namings.item(i))
        body.insert(item, place)
        self.changed(item)
        return True

    def replace(self, edit: ast.ReplaceMember) -> bool:
        found = self.member(edit.name, "replace", edit.name_span)
        if found is None:
            return False
        _, entry, member = found
        path = (self.key, edit.name, SPECIFICATION)
        inside = self.inside()
        specification = fit_specification(edit.specification, self.holder())
        specification = self.turn.in_present_names(specification, inside, lambda namings, s: namings.specification(s))
        held = self.turn.held(path, member.specification, specification)
        if edit.was is not None:
            was = fit_specification(edit.was, self.holder())
            was = self.turn.in_present_names(was, inside, lambda namings, s: namings.specification(s))
            if was != held:
                found_text, was_text = print_specification(held), print_specification(was)
                place = (member.span, "it is declared here")
                self.turn.findings.add(_was_mismatch(edit.was.span, path, found_text, was_text, place))
                return False
        written = self.turn.in_present_names(edit.properties, inside, lambda namings, p: namings.properties(p))
        for p in edit.properties:
            old = next((o.value for o in member.properties if o.name == p.name), None)
            self.turn.held((self.key, edit.name, property_facet(p.name)), old, p.value)
        now = replace(
            member,
            specification=specification,
            properties=self.turn.author.properties(written, "REPLACE", member.properties),
            span=edit.span,
            name_span=edit.name_span,
            origins=self.turn.author.step(member.origins, "REPLACE", edit.span),
        )
        check_depth(now, entry.depth, edit.span)
        entry.item = now
        self.changed(now)
        return True

    def remove(self, edit: ast.RemoveMember) -> bool:
        found = self.member(edit.name, "remove", edit.span)
        if found is None:
            return False
        body, entry, _ = found
        body.remove(entry, edit.name)
        self.turn.workspace.traces[self.key, edit.name] = Trace(fragment=self.turn.author.document, span=edit.span)
        self.changed()
        return True

    def rename(self, edit: ast.RenameMember) -> bool:
        found = self.member(edit.name, "rename", edit.span)
        if found is None:
            return False
        body, _, _ = found
        for existing in body.names.get(edit.to, ())[:1]:
            span = existing.item.span if existing.item else edit.span
            self.turn.exists((self.key, edit.to), edit.span, span)
            return False
        self.turn.begin_rename("MEMBER", edit.name, edit.to, edit.span, self.slot.head.name)
        body, entry, member = self.member(edit.name, "rename", edit.span) or found
        origins = self.turn.author.step(member.origins, "RENAME", edit.span)
        body.rename(entry, edit.name, replace(member, name=edit.to, name_span=edit.span, origins=origins))
        self.changed()
        trace = Trace(fragment=self.turn.author.document, span=edit.span, to=edit.to)
        self.turn.workspace.traces[self.key, edit.name] = trace
        return True

    def move(self, edit: ast.MoveMember) -> bool:
        found = self.member(edit.name, "move", edit.span)
        if found is None:
            return False
        body, entry, member = found
        if edit.position.anchor == edit.name:
            return True
        place = self.place(body, edit.position, f"move `{edit.name}` beside", edit.span)
        if place is None:
            return False
        check_depth(member, place.depth, edit.span)
        if place is not entry:
            entry.unlink()
            entry.link(place)
            entry.depth = place.depth
        entry.item = replace(member, origins=self.turn.author.step(member.origins, "MOVE", edit.span))
        self.changed()
        return True

    def edit_property(self, edit: ast.PropertyEdit) -> bool:
        facet = property_facet(edit.name)
        if edit.member is None:
            old = self.slot.head.properties
            properties = edited_properties(self.turn, old, edit, (self.key, facet), self.inside())
            if properties is None:
                return False
            self.slot.set_properties(properties)
            self.turn.workspace.changed(self.slot, _sight_of(properties))
            return True
        found = self.member(edit.member, "change", edit.span)
        if found is None:
            return False
        _, entry, member = found
        path = (self.key, edit.member, facet)
        properties = edited_properties(self.turn, member.properties, edit, path, self.inside())
        if properties is None:
            return False
        entry.item = replace(member, properties=properties)
        self.changed(entry.item)
        return True

    def changed(self, item: ast.Item | None = None) -> None:
        """The body has changed; ``item`` is what is new in it."""
        self.slot.touch()
        self.turn.workspace.changed(self.slot, None if item is None else lambda namings: namings.item(item))

    def inside(self) -> ast.Declaration | None:
        """The declaration that new text stands in, for those that look at its names."""
        return self.slot.declaration if self.turn.translates else None

    def holder(self) -> Holder:
        head = self.slot.head
        assert isinstance(head, ast.Record | ast.BitField | ast.Enumeration)
        return head

    def body(self, span: Span) -> Body | None:
        body = self.slot.body()
        if body is None:
            kind = _KINDS[type(self.slot.head)]
            self.turn.findings.add(
                merging.NO_MEMBERS.at(
                    span, what=self.key, kind=kind, secondary=[(self.slot.head.span, "it is declared here")]
                )
            )
        return body

    def member(self, name: str, verb: str, span: Span) -> tuple[Body, Entry, ast.Member] | None:
        """The one member of a name; None if there is no such or more than one, which is reported."""
        body = self.body(span)
        if body is None:
            return None
        entries = body.names.get(name, [])
        path = (self.key, name)
        if not entries:
            what = f"member `{name}` in `{self.slot.head.name}`"
            self.turn.missing(path, what, verb, span, name, body.names)
            return None
        member = entries[0].item
        assert isinstance(member, ast.Member)
        if len(entries) > 1:
            self.turn.findings.add(
                merging.AMBIGUOUS_MEMBER.at(
                    span,
                    what=shown(path),
                    count=len(entries),
                    secondary=[(e.item.span, "it stands here") for e in entries[:8] if e.item],
                    help=f"write the whole declaration with `REPLACE {self.key}`",
                )
            )
            return None
        return body, entries[0], member

    def place(self, body: Body, position: ast.Position | None, verb: str, span: Span) -> Entry | None:
        """The entry behind which a position lies."""
        if position is None or position.anchor is None:
            return body.end if position is not None and position.where == "FIRST" else body.end.before
        found = self.member(position.anchor, verb, position.span)
        if found is None:
            return None
        _, anchor, _ = found
        return anchor.before if position.where == "BEFORE" else anchor


def _sight_of(properties: ast.Properties) -> Callable[[Namings], object]:
    return lambda namings: namings.properties(properties)
