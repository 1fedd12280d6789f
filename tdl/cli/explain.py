"""`tdl explain`: a diagnostic by its code or name, or a table or element of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches

import click

from tdl.cli.console import emit
from tdl.cli.ending import INTERNAL
from tdl.cli.options import resolver
from tdl.docs.elements import index_text, root_of
from tdl.docs.links import key_of, key_of_table
from tdl.ir import plan
from tdl.ir.layout import Row, rows
from tdl.project.definition import Definition, UnknownTable, load
from tdl.project.evidence import evidence
from tdl.project.usage import types_below, types_below_member
from tdl.report import Example, Rule
from tdl.report.rules import all_rules, find_rule
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration, print_item
from tdl.syntax.shapes import ElementFound, NotFound, Shapes


@click.command("explain")
@click.argument("what", metavar="CODE | DEFINITION#TABLE[.ELEMENT]")
def command(what: str) -> int:
    """Explain a diagnostic, or show a table of a definition.

    A diagnostic is named by its code or name: TDL101, unexpected-text. A table by definition and number, key or name:
    std:2012#23, std:2012#ST23, meter.tdl#ACME_FAULT_TBL; a type by its name in the same way, and an element by the
    names that lead to it: std:2012#23.TOT_DATA_BLOCK. Confidence and source are those in force: of what says nothing
    of itself, those of what is around it.
    """
    if "#" in what:
        name, _, key = what.rpartition("#")
        emit("\n".join(_declaration(load(name, (), resolver()), key)) + "\n")
        return 0
    rule = INTERNAL if what.casefold() in (INTERNAL.code.casefold(), INTERNAL.slug) else find_rule(what)
    if rule is None:
        close = _like(what)
        raise click.UsageError(f"no diagnostic `{what}`" + (f", did you mean {' or '.join(close)}?" if close else ""))
    emit("\n".join(_rule(rule)) + "\n")
    return 0


def _like(what: str) -> list[str]:
    """Diagnostics with a name like this one, or that share a word with it."""
    rules = {name: rule for rule in all_rules() for name in (rule.code.casefold(), rule.slug)}
    names = get_close_matches(what.casefold(), rules, n=1)
    if not names:
        words = [word[:6] for word in what.casefold().split("-") if len(word) > 4]
        names = [rule.slug for rule in all_rules() if any(word in rule.slug for word in words)][:3]
    return [f"`{rules[name].code}` ({rules[name].slug})" for name in names]


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} {rule.slug} ({rule.severity.value})"
    yield ""
    yield f"    {rule.message}"
    yield ""
    yield rule.why.strip()
    if rule is not INTERNAL:
        yield from _example("This is found", rule.wrong)
        yield from _example("This is right", rule.right)


def _example(title: str, example: Example) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    yield ""
    yield f"    $ {example.command}"
    for name, content in example.files.items():
        yield ""
        yield f"    {name}:"
        text = content.hex(" ").upper() if isinstance(content, bytes) else content.rstrip("\n")
        lines = text.split("\n")
        yield from (f"    | {line[:96]}{'...' if len(line) > 96 else ''}".rstrip() for line in lines[:40])
        if len(lines) > 40:
            yield f"    | ... {len(lines) - 40} more lines"


def _declaration(definition: Definition, key: str) -> Iterator[str]:
    """A type, a table or an element of one, and every type inside it."""
    shapes = Shapes(definition.document)
    type_ = shapes.types.get(key.upper())
    if type_ is not None:
        yield from _printed(type_, shapes)
        return
    declared = {key_of(d): d for d in definition.document.declarations}
    procedure = declared.get(key.upper())
    if isinstance(procedure, ast.Procedure):
        yield _head(key.upper(), str(evidence(shapes, procedure)))
        yield from _printed(procedure, shapes)
        return
    table, path = _table(definition, key)
    declaration = declared[key_of_table(table)]
    if path:
        yield from _element(table, declaration, shapes, path)
        return
    needs = ", ".join(need.reference.label for need in table.needs)
    yield _head(
        f"{table.key}: {_octets(table.size)}", needs and f"depends on {needs}", str(evidence(shapes, declaration))
    )
    yield from _printed(declaration, shapes)


def _table(definition: Definition, key: str) -> tuple[plan.TablePlan, tuple[str, ...]]:
    """The table or record of a procedure that a key begins with, and the names behind it.

    Raises:
        UnknownTable: there is none.
    """
    names = key.split(".")
    for length in (1, 2):
        with suppress(UnknownTable):
            return definition.table(".".join(names[:length])), tuple(name.upper() for name in names[length:])
    raise UnknownTable(definition.name, names[0])


def _element(
    table: plan.TablePlan, declaration: ast.Declaration, shapes: Shapes, path: tuple[str, ...]
) -> Iterator[str]:
    """An element of a table: where it lies, how well it is attested, and the types inside it."""
    holder = shapes.holder(root_of(table, declaration))
    reference = ast.Reference(steps=tuple(ast.Name(name=name) for name in path))
    found = None if holder is None else shapes.find(reference, holder)
    if not isinstance(found, ElementFound) or found.table is not None:
        several = found.candidates if isinstance(found, NotFound) else ()
        raise click.UsageError(
            f"{table.key} has no element `{'.'.join(path)}`"
            + (f" of this name alone, but {' and '.join(f'`{each}`' for each in several)}" if several else "")
        )
    names = tuple(step.member.name for step in found.steps)
    here = [row for row in rows(table) if row.path[-1:] == names[-1:] and _names(row) == names]
    indices = " or ".join(dict.fromkeys(index_text(row) for row in here))
    sizes = " or ".join(dict.fromkeys(_octets(row.size) for row in here))
    place = ", ".join(part for part in (sizes, indices and f"index {indices}") if part)
    yield _head(f"{table.key}.{'.'.join(names)}: {place}", str(evidence(shapes, declaration, found.steps)))
    member = found.steps[-1].member
    yield from print_item(member)
    yield from _types(types_below_member(member, shapes.types), shapes)


def _names(row: Row) -> tuple[str, ...]:
    return tuple(step for step in row.path if isinstance(step, str))


def _octets(size: tuple[int, int]) -> str:
    low, high = size
    return f"{low} to {high} octets" if low != high else f"{low} octet{'' if low == 1 else 's'}"


def _head(*parts: str) -> str:
    return f"{{ {'; '.join(part for part in parts if part)} }}"


def _printed(first: ast.Declaration, shapes: Shapes) -> Iterator[str]:
    yield from print_declaration(first)
    yield from _types(types_below(first, shapes.types), shapes)


def _types(names: list[str], shapes: Shapes) -> Iterator[str]:
    for name in names:
        yield ""
        yield from print_declaration(shapes.types[name])
