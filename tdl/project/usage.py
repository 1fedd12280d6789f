"""Which types a declaration uses, right away and through others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tdl.syntax import ast
from tdl.syntax.shapes import members


def types_in(declaration: ast.Declaration) -> Iterator[str]:
    """The names of types and enumerations that a declaration writes, built-in ones included, in its order."""
    match declaration:
        case ast.Table() | ast.Alias():
            yield from _inside(declaration.specification)
        case ast.Procedure():
            yield from (each.name for each in (declaration.parameter, declaration.response) if each is not None)
        case _:
            for member in members(declaration):
                yield from types_of(member)


def types_of(member: ast.Member) -> Iterator[str]:
    """The names of the type and the enumeration of one member."""
    yield from _inside(member.specification)
    yield from (p.value.name for p in member.properties if p.name == "Enum" and isinstance(p.value, ast.Word))


def types_below(first: ast.Declaration, types: Mapping[str, ast.TypeDeclaration]) -> list[str]:
    """The declared types that a declaration leads to, in order of first use."""
    return _below(first.name, types_in(first), types)


def types_below_member(member: ast.Member, types: Mapping[str, ast.TypeDeclaration]) -> list[str]:
    """The declared types that a member leads to, in order of first use."""
    return _below("", types_of(member), types)


def _below(first: str, names: Iterator[str], types: Mapping[str, ast.TypeDeclaration]) -> list[str]:
    found: dict[str, None] = {}
    waiting = [names]
    while waiting:
        for name in waiting.pop(0):
            if name in types and name not in found and name != first:
                found[name] = None
                waiting.append(types_in(types[name]))
    return list(found)


def _inside(specification: ast.Specification) -> Iterator[str]:
    while isinstance(specification, ast.Array):
        specification = specification.of
    if isinstance(specification, ast.Named):
        yield specification.name
