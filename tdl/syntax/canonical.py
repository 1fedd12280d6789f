"""The canonical content of a document, and its hash.

Content is what a document declares: the order of declarations, the order of properties, comments, imports, and the
names and versions in headers do not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from tdl.frozen import replace
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration, print_document

Part: TypeAlias = tuple[tuple[int, int, int, str], str]

_D = TypeVar("_D", bound=ast.Declaration)
_GROUPS = {"": 0, "MFG": 1, "USER": 2}


def canonical(document: ast.Document) -> ast.Document:
    """The content of a document in one order: equal for equal content."""
    header = ast.Header(name="", edition=document.header.edition, properties=_sorted(document.header.properties))
    declarations = sorted((_declaration(d) for d in document.declarations), key=_order)
    return ast.Document(header=header, declarations=tuple(declarations))


def content_hash(document: ast.Document) -> str:
    """SHA-256 of the canonical content, in lower-case hexadecimal."""
    return hash_of_parts(document.header, map(content_of, document.declarations))


def hash_of_parts(header: ast.Header, parts: Iterable[Part]) -> str:
    """The same of what its declarations have for their own, in any order."""
    text = print_document(canonical(ast.Document(header=header)), comments=False)
    return hashlib.sha256("".join((text, *(own for _, own in sorted(parts)))).encode()).hexdigest()


def content_of(declaration: ast.Declaration) -> Part:
    """What the canonical content has of one declaration: its place among them, and its text."""
    lines = print_declaration(_declaration(declaration), comments=False)
    return _order(declaration), "".join(("\n", "\n".join(lines), "\n"))


def _order(declaration: ast.Declaration) -> tuple[int, int, int, str]:
    match declaration:
        case ast.Table(number=number):
            return 1, _GROUPS[number.group], number.value, declaration.name
        case ast.Procedure(number=number):
            return 2, _GROUPS[number.group], number.value, declaration.name
        case _:
            return 0, 0, 0, declaration.name


def _sorted(properties: ast.Properties) -> ast.Properties:
    return properties if len(properties) < 2 else tuple(sorted(properties, key=lambda p: p.name))


def _declaration(declaration: _D) -> _D:
    if len(declaration.properties) > 1:
        declaration = replace(declaration, properties=_sorted(declaration.properties))
    if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
        return replace(declaration, items=_items(declaration.items))
    return declaration


def _items(items: tuple[ast.Item, ...]) -> tuple[ast.Item, ...]:
    return tuple(_item(item) for item in items)


def _item(item: ast.Item) -> ast.Item:
    match item:
        case ast.Member():
            return replace(item, properties=_sorted(item.properties)) if len(item.properties) > 1 else item
        case ast.If():
            return replace(item, then=_items(item.then), otherwise=_items(item.otherwise))
        case ast.Switch():
            arms = tuple(replace(arm, items=_items(arm.items)) for arm in item.arms)
            return replace(item, arms=arms, default=None if item.default is None else _items(item.default))
