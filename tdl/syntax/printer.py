"""The canonical printer: tree to text that reads back to the same tree.

One member a line, four spaces a level, the later editions' spelling of operators and selections, comments kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from tdl.syntax import ast

_PRECEDENCE = {
    "OR": 1, "AND": 2, "NOT": 3,
    "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "NEGATIVE": 7,
}  # fmt: skip
_INDENT = "    "
_WIDTH = 120


def print_document(document: ast.Document, *, comments: bool = True) -> str:
    """A whole definition as text."""
    lines = [*_comments_before(document.header.comments, "", comments), _header(document.header)]
    for import_ in document.imports:
        lines.append(_import(import_))
    for declaration in document.declarations:
        lines.append("")
        lines.extend(print_declaration(declaration, comments=comments))
    return "\n".join(lines) + "\n"


def print_fragment(fragment: ast.Fragment, *, comments: bool = True) -> str:
    """A fragment as text."""
    lines = [*_comments_before(fragment.header.comments, "", comments), _header(fragment.header)]
    for import_ in fragment.imports:
        lines.append(_import(import_))
    for edit in fragment.edits:
        lines.append("")
        lines.extend(_edit(edit, comments))
    return "\n".join(lines) + "\n"


def print_statement(node: ast.Header | ast.Import | ast.Declaration | ast.Edit) -> Iterator[str]:
    """The lines of what stands on its own in a text, without its comments."""
    match node:
        case ast.Header():
            yield _header(node)
        case ast.Import():
            yield _import(node)
        case ast.Add() | ast.Remove() | ast.Replace() | ast.Rename() | ast.Modify():
            yield from _edit(node, comments=False)
        case _:
            yield from print_declaration(node, comments=False)


def print_declaration(declaration: ast.Declaration, *, comments: bool = True) -> Iterator[str]:
    """The lines of one declaration."""
    yield from _comments_before(declaration.comments, "", comments)
    match declaration:
        case ast.Record():
            yield f"TYPE {declaration.name} = PACKED RECORD"
        case ast.BitField():
            yield f"TYPE {declaration.name} = BIT FIELD OF {declaration.container}"
        case ast.Enumeration():
            yield f"TYPE {declaration.name} = ENUMERATION"
        case ast.Alias():
            of = print_specification(declaration.specification)
            yield from _wrapped("", f"TYPE {declaration.name} = {of}", declaration.properties)
        case ast.Table():
            number, of = declaration.number, print_specification(declaration.specification)
            yield from _wrapped("", f"TABLE {number} {declaration.name} = {of}", declaration.properties)
        case ast.Procedure():
            parts = ""
            if declaration.parameter or declaration.response:
                parts = " ="
            if declaration.parameter:
                parts += f" PARAMETER {print_specification(declaration.parameter)}"
            if declaration.response:
                parts += f" RESPONSE {print_specification(declaration.response)}"
            line = f"PROCEDURE {declaration.number} {declaration.name}{parts}"
            yield from _wrapped("", line, declaration.properties)
        case _:
            assert_never(declaration)
    if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
        yield from _items(declaration.items, _INDENT, comments)
        yield from (_INDENT + "{ " + c.text + " }" for c in declaration.comments if comments and not c.before)
        yield from _wrapped("", "END", declaration.properties)
    else:
        yield from ("{ " + c.text + " }" for c in declaration.comments if comments and not c.before)


def print_specification(specification: ast.Specification) -> str:
    match specification:
        case ast.Named(name=name, scope=scope):
            return f"{scope}.{name}" if scope else name
        case ast.Sized(name=name, size=size):
            return f"{name}({print_expression(size)})"
        case ast.Array(count=count, of=of):
            return f"ARRAY[{print_expression(count)}] OF {print_specification(of)}"
        case ast.BitRange(kind=kind, low=low, high=high):
            return f"BOOL({low})" if kind == "BOOL" and low == high else f"{kind}({low}..{high})"
        case ast.CodeRange(low=low, high=high):
            return str(low) if low == high else f"{low}..{high}"
        case _:
            assert_never(specification)


def print_properties(properties: ast.Properties) -> str:
    """`` WITH A = "x", B = 1``, or nothing."""
    if not properties:
        return ""
    return " WITH " + ", ".join(f"{p.name} = {print_value(p.value)}" for p in properties)


def print_value(value: ast.PropertyValue) -> str:
    match value:
        case ast.Word(name=name):
            return name
        case str():
            return _quoted(value)
        case int():
            return str(value)
        case _:
            assert_never(value)


def print_expression(expression: ast.Expression, around: int = 0) -> str:
    """An expression with no more parentheses than it needs."""
    match expression:
        case ast.Integer(value=value):
            return str(value)
        case ast.Reference(steps=steps):
            return ".".join(s.name + "".join(f"[{print_expression(e)}]" for e in s.subscripts) for s in steps)
        case ast.LastIndex():
            return ".lastIndex"
        case ast.Unary(operator=operator, operand=operand):
            own = _PRECEDENCE["NEGATIVE" if operator == "-" else operator]
            text = ("-" if operator == "-" else "NOT ") + print_expression(operand, own)
        case ast.Binary(operator=operator, left=left, right=right):
            own = _PRECEDENCE[operator]
            # comparisons do not chain, so both their sides bind tighter
            left_text = print_expression(left, own + 1 if own == 4 else own)
            text = f"{left_text} {operator} {print_expression(right, own + 1)}"
        case _:
            assert_never(expression)
    return f"({text})" if own < around else text


def print_item(item: ast.Item, indent: str = "", *, comments: bool = True) -> Iterator[str]:
    """The lines of a member or conditional, each ended as inside a block."""
    behind = "".join(" { " + c.text + " }" for c in item.comments if comments and not c.before)
    yield from _comments_before(item.comments, indent, comments)
    match item:
        case ast.Member():
            lines = list(_wrapped(indent, f"{item.name} : {print_specification(item.specification)}", item.properties))
            yield from (*lines[:-1], lines[-1] + behind)
        case ast.If():
            yield f"{indent}IF {print_expression(item.condition)} THEN"
            yield from _items(item.then, indent + _INDENT, comments)
            if item.otherwise:
                yield f"{indent}ELSE"
                yield from _items(item.otherwise, indent + _INDENT, comments)
            yield f"{indent}END;{behind}"
        case ast.Switch():
            yield f"{indent}SWITCH {print_expression(item.selector)} OF"
            for arm in item.arms:
                labels = ", ".join(str(a) if a == b else f"{a}..{b}" for a, b in arm.labels)
                yield f"{indent}{_INDENT}CASE {labels} :"
                yield from _items(arm.items, indent + 2 * _INDENT, comments)
            if item.default is not None:
                yield f"{indent}{_INDENT}DEFAULT :"
                yield from _items(item.default, indent + 2 * _INDENT, comments)
            yield f"{indent}END;{behind}"
        case _:
            assert_never(item)


def _wrapped(indent: str, line: str, properties: ast.Properties) -> Iterator[str]:
    """A line with its properties and semicolon; the properties go on lines of their own where one is too short."""
    whole = f"{indent}{line}{print_properties(properties)};"
    if len(whole) <= _WIDTH or not properties:
        yield whole
        return
    yield indent + line
    current = f"{indent}{_INDENT}WITH"
    for i, each in enumerate(properties):
        text = f" {each.name} = {print_value(each.value)}" + (";" if i == len(properties) - 1 else ",")
        if len(current) + len(text) > _WIDTH and not current.endswith("WITH"):
            yield current
            current = f"{indent}{_INDENT}    "
        current += text
    yield current


def _items(items: tuple[ast.Item, ...], indent: str, comments: bool) -> Iterator[str]:
    for item in items:
        yield from print_item(item, indent, comments=comments)


def _comments_before(comments: tuple[ast.Comment, ...], indent: str, shown: bool) -> Iterator[str]:
    for comment in comments if shown else ():
        if comment.before:
            yield f"{indent}{{ {comment.text} }}"
            if comment.apart:
                yield ""


def _header(header: ast.Header) -> str:
    text = f"DOCUMENT {header.name}" if header.base is None else f"FRAGMENT {header.name} OF {_quoted(header.base)}"
    if header.base_hash is not None:
        text += f" SHA256 {_quoted(header.base_hash)}"
    if header.edition is not None:
        text += f" EDITION {_quoted(header.edition)}"
    if header.version is not None:
        text += f" VERSION {_quoted(header.version)}"
    return f"{text}{print_properties(header.properties)};"


def _import(import_: ast.Import) -> str:
    return f"IMPORT {_quoted(import_.target)};"


def _edit(edit: ast.Edit, comments: bool) -> Iterator[str]:
    yield from _comments_before(edit.comments, "", comments)
    match edit:
        case ast.Add() | ast.Replace():
            before = list(_comments_before(edit.declaration.comments, "", comments))
            lines = list(print_declaration(edit.declaration, comments=comments))
            first = len(before)
            verb = "ADD" if isinstance(edit, ast.Add) else "REPLACE"
            yield from (*lines[:first], f"{verb} {lines[first]}", *lines[first + 1 :])
        case ast.Remove():
            yield f"REMOVE {edit.target};"
        case ast.Rename():
            yield f"RENAME {edit.target} TO {edit.to};"
        case ast.Modify():
            yield f"MODIFY {edit.target}"
            for each in edit.edits:
                lines = list(_member_edit(each, comments))
                behind = "".join(" { " + c.text + " }" for c in each.comments if comments and not c.before)
                yield from _comments_before(each.comments, _INDENT, comments)
                yield from (*lines[:-1], lines[-1] + behind)
            yield from (_INDENT + "{ " + c.text + " }" for c in edit.comments if comments and not c.before)
            yield "END;"
        case _:
            assert_never(edit)


def _member_edit(edit: ast.MemberEdit | ast.PropertyEdit, comments: bool) -> Iterator[str]:
    match edit:
        case ast.AddMember():
            lines = list(print_item(edit.item, _INDENT, comments=comments))
            first = len(list(_comments_before(edit.item.comments, _INDENT, comments)))
            last = lines[-1].rpartition(";")[0]
            lines[-1] = f"{last}{_position(edit.position)};"
            lines[first] = f"{_INDENT}ADD {lines[first].lstrip()}"
            yield from lines
        case ast.ReplaceMember():
            was = f" WAS {print_specification(edit.was)}" if edit.was else ""
            to = f"{print_specification(edit.specification)}{print_properties(edit.properties)}"
            yield f"{_INDENT}REPLACE {edit.name} : {to}{was};"
        case ast.RemoveMember():
            yield f"{_INDENT}REMOVE {edit.name};"
        case ast.RenameMember():
            yield f"{_INDENT}RENAME {edit.name} TO {edit.to};"
        case ast.MoveMember():
            yield f"{_INDENT}MOVE {edit.name}{_position(edit.position)};"
        case ast.SetProperty():
            yield f"{_INDENT}SET {_property_path(edit)} = {print_value(edit.value)}{_was_value(edit.was)};"
        case ast.UnsetProperty():
            yield f"{_INDENT}UNSET {_property_path(edit)}{_was_value(edit.was)};"
        case _:
            assert_never(edit)


def _property_path(edit: ast.PropertyEdit) -> str:
    return edit.name if edit.member is None else f"{edit.member}.{edit.name}"


def _was_value(was: ast.PropertyValue | None) -> str:
    return "" if was is None else f" WAS {print_value(was)}"


def _position(position: ast.Position | None) -> str:
    if position is None:
        return ""
    return f" {position.where}" if position.anchor is None else f" {position.where} {position.anchor}"


def _quoted(text: str) -> str:
    """A text literal; the notation has no escapes, so the curly pair is used where the straight one is inside."""
    return f'"{text}"' if '"' not in text else f"\u201c{text}\u201d"
