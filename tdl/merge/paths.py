"""Paths: what a verb touches, as a value.

A path starts with a declaration as a fragment names it (``TYPE X``, ``TABLE MFG 5``, ``DOCUMENT``); a member's name
may follow, and then one facet. Facets hold a character that no name holds, so they never meet a member's name. A path
that begins with another one lies inside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tdl.syntax import ast

Path: TypeAlias = tuple[str, ...]

DOCUMENT = "DOCUMENT"
SPECIFICATION = ":type"
PLACE = ":place"
NAME = ":name"
EDITION = ":edition"


def property_facet(name: str) -> str:
    return f"={name}"


def gap(declaration: str, position: ast.Position | None) -> Path:
    """Where an insertion goes; beside a member it lies inside that member's place, and moves with it."""
    where = position.where if position else "LAST"
    if position is None or position.anchor is None:
        return declaration, f"<{where}"
    return declaration, position.anchor, PLACE, f"<{where}"


def is_gap(path: Path) -> bool:
    return path[-1].startswith("<")


def key_of(declaration: ast.Declaration) -> str:
    """How a fragment names a declaration."""
    match declaration:
        case ast.Table(number=number):
            return f"TABLE {number}"
        case ast.Procedure(number=number):
            return f"PROCEDURE {number}"
        case _:
            return f"TYPE {declaration.name}"


def type_name(declaration: ast.Declaration | None) -> str | None:
    """The name of a type; None for what is none."""
    return None if declaration is None or isinstance(declaration, ast.Table | ast.Procedure) else declaration.name


def around(path: Path) -> Iterator[Path]:
    """The paths that a path lies inside, the widest first."""
    return (path[:length] for length in range(1, len(path)))


def shown(path: Path) -> str:
    """A path for people: ``TYPE X``, ``X.MEMBER``, ``X.MEMBER.Label``, ``TABLE 23.Role``, ``TABLE 23 NAME``."""
    if path[-1] in (NAME, EDITION):
        return f"{path[0]} {path[-1][1:].upper()}"
    names = [part.removeprefix("=") for part in path[1:] if part[0] not in ":<"]
    return ".".join([path[0].removeprefix("TYPE ") if names else path[0], *names])
