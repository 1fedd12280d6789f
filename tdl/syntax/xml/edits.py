"""Tags to the verbs of a fragment; raises as `nodes` does."""

from __future__ import annotations

from typing import Any

from tdl.report.rules import xml as rules
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.xml import names
from tdl.syntax.xml.expressions import Refused, specification
from tdl.syntax.xml.nodes import (
    ITEMS,
    MEMBERS,
    bad_value,
    comments_of,
    declaration,
    item,
    member,
    number_of,
    value_of,
)
from tdl.syntax.xml.tags import Tag

_DECLARATIONS = ("record", "bit_field", "enumeration", "alias", "table", "procedure")
_WANTED = {"TYPE": "name", "TABLE": "number", "PROCEDURE": "number"}


def edit(tag: Tag) -> ast.Edit:
    """A verb at the top of a fragment."""
    match tag.kind:
        case "add":
            added = declaration(tag.of(*_DECLARATIONS)[0])
            return ast.Add(declaration=added, comments=comments_of(tag), span=tag.span)
        case "replace":
            new = declaration(tag.of(*_DECLARATIONS)[0])
            return ast.Replace(declaration=new, comments=comments_of(tag), span=tag.span)
        case "remove":
            return ast.Remove(target=_target(tag, "kind"), comments=comments_of(tag), span=tag.span)
        case "rename":
            to = tag.values["to"].text
            return ast.Rename(target=_target(tag, "kind"), to=to, comments=comments_of(tag), span=tag.span)
        case _:
            return _modify(tag)


def _modify(tag: Tag) -> ast.Modify:
    target = _target(tag, "any_kind")
    if target.kind != "TYPE":
        for child in tag.children:
            if child.kind not in ("set", "unset"):
                found, where = f"`{names.KINDS[child.kind].tag}`", f"in a change of a {target.kind.lower()}"
                help = "`set` and `unset` may stand here"
                raise Refused(rules.MISPLACED.at(child.span, found=found, where=where, help=help))
    edits = tuple(_member_edit(child) for child in tag.children)
    return ast.Modify(target=target, edits=edits, comments=comments_of(tag), span=tag.span)


def _target(tag: Tag, key: str) -> ast.Target:
    kind = tag.values[key].text.upper()
    wanted = _WANTED.get(kind)
    for attribute in ("name", "number", "group"):
        fits = attribute == wanted or (attribute == "group" and wanted == "number")
        if attribute in tag.values and not fits:
            raise bad_value(tag.values[attribute], attribute, f"none with a {kind.lower()}")
    if wanted is None:
        return ast.Target(kind=kind, span=tag.place(key))
    if wanted not in tag.values:
        raise _missing(tag, f"the attribute `{names.ATTRIBUTES[wanted].name}`")
    if wanted == "name":
        return ast.Target(kind=kind, name=tag.values["name"].text, span=tag.place("name"))
    return ast.Target(kind=kind, number=number_of(tag), span=tag.place("number"))


def _member_edit(tag: Tag) -> ast.MemberEdit | ast.PropertyEdit:
    comments, span = comments_of(tag), tag.span
    match tag.kind:
        case "add_member":
            added = item(tag.of(*ITEMS)[0])
            return ast.AddMember(item=added, position=_position(tag), comments=comments, span=span)
        case "replace_member":
            return _replace_member(tag)
        case "remove_member":
            return ast.RemoveMember(name=tag.values["name"].text, comments=comments, span=span)
        case "rename_member":
            to = tag.values["to"].text
            return ast.RenameMember(name=tag.values["name"].text, to=to, comments=comments, span=span)
        case "move_member":
            position = _position(tag)
            if position is None:
                raise _missing(tag, "the attribute `at`, `before` or `after`")
            return ast.MoveMember(name=tag.values["name"].text, position=position, comments=comments, span=span)
        case _:
            return _property_edit(tag, comments, span)


def _replace_member(tag: Tag) -> ast.ReplaceMember:
    new, was = member(tag.of(*MEMBERS)[0]), tag.of("was_type")
    return ast.ReplaceMember(
        name=new.name,
        name_span=new.name_span,
        specification=new.specification,
        properties=new.properties,
        was=specification(was[0].values["type"]) if was else None,
        comments=(*comments_of(tag), *new.comments),
        span=tag.span,
    )


def _property_edit(tag: Tag, comments: tuple[ast.Comment, ...], span: Span) -> ast.PropertyEdit:
    was = tag.of("was_value")
    about: dict[str, Any] = {
        "name": tag.values["name"].text,
        "member": tag.get("member"),
        "was": value_of(was[0]) if was else None,
        "comments": comments,
        "span": span,
    }
    return ast.SetProperty(value=value_of(tag), **about) if tag.kind == "set" else ast.UnsetProperty(**about)


def _position(tag: Tag) -> ast.Position | None:
    said = [key for key in ("at", "before", "after") if key in tag.values]
    if len(said) > 1:
        raise bad_value(tag.values[said[1]], said[1], f"none beside `{said[0]}`")
    for key in said:
        value = tag.values[key]
        if key == "at":
            return ast.Position(where=value.text.upper(), span=value.span)
        return ast.Position(where=key.upper(), anchor=value.text, span=value.span)
    return None


def _missing(tag: Tag, missing: str) -> Refused:
    return Refused(rules.MISSING.at(tag.span, element=names.KINDS[tag.kind].tag, missing=missing))
