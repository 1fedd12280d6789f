"""Tables and procedures: their numbers, what they are made of, how long they are."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.builtins import BUILTINS
from tdl.check.interval import MAX_OCTETS
from tdl.check.sizes import size_of, sizes
from tdl.check.view import View
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import conformance, layout, names
from tdl.syntax import ast
from tdl.syntax.printer import print_specification

LAST_TABLE, LAST_PROCEDURE = 2039, 2047
_BASES = {"": 0, "MFG": 2048, "USER": 8192}
"""Where each group's numbers start on the wire: they may be written from 0 or from there (C12.19-2008 8.1)."""

MAX_PROCEDURE_OCTETS = 255


def numbers(view: View) -> Iterator[Diagnostic]:
    """Tables and procedures are numbered inside their group's range."""
    for declaration in view.document.declarations:
        if isinstance(declaration, ast.Table | ast.Procedure) and number_in_group(declaration) is None:
            number = declaration.number
            last = LAST_TABLE if isinstance(declaration, ast.Table) else LAST_PROCEDURE
            yield conformance.TABLE_NUMBER.at(
                declaration.number_span,
                what=_what(declaration),
                found=number,
                expected=f"{number.group} 0..{last}".strip(),
                fixes=_as_manufacturer(declaration, last),
            )


def number_in_group(declaration: ast.Table | ast.Procedure) -> int | None:
    """A number counted from 0 inside its group."""
    last = LAST_TABLE if isinstance(declaration, ast.Table) else LAST_PROCEDURE
    number, base = declaration.number, _BASES[declaration.number.group]
    if number.value <= last:
        return number.value
    return number.value - base if base and base <= number.value <= base + last else None


def _what(declaration: ast.Table | ast.Procedure) -> str:
    return "table" if isinstance(declaration, ast.Table) else "procedure"


def _as_manufacturer(declaration: ast.Table | ast.Procedure, last: int) -> tuple[Fix, ...]:
    value = declaration.number.value - _BASES["MFG"]
    if declaration.number.group or not 0 <= value <= last:
        return ()
    return (Fix(f"write `MFG {value}`", (Edit(declaration.number_span, f"MFG {value}"),)),)


def duplicate_numbers(view: View) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str, int], ast.Table | ast.Procedure] = {}
    for declaration in view.document.declarations:
        if not isinstance(declaration, ast.Table | ast.Procedure):
            continue
        value = number_in_group(declaration)
        if value is None:
            continue
        other = first.setdefault((_what(declaration), declaration.number.group, value), declaration)
        if other is not declaration:
            yield conformance.DUPLICATE_NUMBER.at(
                declaration.number_span,
                what=_what(declaration),
                number=declaration.number,
                other=other.name,
                name=declaration.name,
                secondary=[(other.number_span, "the first one")],
            )


def contents(view: View) -> Iterator[Diagnostic]:
    """Tables, procedures and what stands before pending tables are made of records or bit fields."""
    for _, specification in view.roots():
        made = view.scope.made(specification)
        if view.scope.holder(specification) is not None and not made.arrays:
            continue
        found = _found(view, specification)
        if found:
            yield names.WRONG_KIND.at(
                specification.span,
                name=print_specification(specification),
                found=found,
                expected="a record or bit field",
                help="declare a record with one element",
            )
    header = view.pending_header
    if header is not None:
        name = str(getattr(header.value, "name", header.value))
        specification = ast.Named(name=name)
        if view.scope.holder(specification) is None or view.scope.made(specification).arrays:
            declared = name in view.scope.types or name in BUILTINS
            found = _found(view, specification) if declared else "not declared"
            yield names.WRONG_KIND.at(header.span, name=name, found=found, expected="a record or bit field")


def _found(view: View, specification: ast.Specification) -> str:
    """What something that is no record is; nothing if its name is unknown, which is said elsewhere."""
    made = view.scope.made(specification)
    if made.arrays:
        return "an array"
    match made.of:
        case ast.Named(name=name) | ast.Sized(name=name):
            if isinstance(view.scope.types.get(name), ast.Enumeration):
                return "an enumeration"
            return "a built-in type" if name in BUILTINS else ""
        case _:
            return "a range"


def lengths(view: View) -> Iterator[Diagnostic]:
    """Procedures' records travel in 255 octets, and tables are within reach of offsets of 24 bits."""
    known = sizes(view)
    for declaration in view.document.declarations:
        if isinstance(declaration, ast.Procedure):
            for part, named in (("parameters", declaration.parameter), ("response", declaration.response)):
                low, _ = (0, 0) if named is None else size_of(view, named, None, known)
                if named is not None and low > MAX_PROCEDURE_OCTETS:
                    yield conformance.PROCEDURE_TOO_LONG.at(named.span, part=part, name=declaration.name, found=low)
        elif isinstance(declaration, ast.Table):
            low, _ = size_of(view, declaration.specification, None, known)
            if low > MAX_OCTETS:
                yield layout.OUT_OF_REACH.at(
                    declaration.name_span,
                    subject=f"table `{declaration.name}`",
                    found=f"no less than {low} octets",
                    limit=MAX_OCTETS,
                )
