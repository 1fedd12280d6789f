"""`tdl explain`: a diagnostic by its code or name, or a table of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import click

from tdl.cli.console import emit
from tdl.cli.ending import INTERNAL
from tdl.cli.options import resolver
from tdl.project.definition import Definition, load
from tdl.report import Example, Rule
from tdl.report.rules import all_rules, find_rule
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration
from tdl.syntax.shapes import members


@click.command("explain")
@click.argument("what", metavar="CODE | DEFINITION#TABLE")
def command(what: str) -> int:
    """Explain a diagnostic, or show a table of a definition.

    A diagnostic is named by its code or name: TDL101, unexpected-text. A table by definition and number, key or name:
    std:2012#23, std:2012#ST23, meter.tdl#ACME_FAULT_TBL; a type by its name in the same way.
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
    """A declaration and every type inside it, with the sizes of a table."""
    types = {d.name: d for d in definition.document.declarations if not isinstance(d, ast.Table | ast.Procedure)}
    first: ast.Declaration | None = types.get(key.upper())
    if first is None:
        table = definition.table(key)
        low, high = table.size
        size = f"{low} octets" if low == high else f"{low} to {high} octets"
        needs = ", ".join(need.reference.label for need in table.needs)
        yield f"{{ {table.key}: {size}{f'; depends on {needs}' if needs else ''} }}"
        first = next(d for d in definition.document.declarations if d.span == table.span)
    yield from print_declaration(first)
    for name in _used(first, types):
        yield ""
        yield from print_declaration(types[name])


def _used(first: ast.Declaration, types: dict[str, ast.TypeDeclaration]) -> list[str]:
    """The types that a declaration leads to, in order of first use."""
    found: dict[str, None] = {}
    waiting: list[ast.Declaration] = [first]
    while waiting:
        for name in _names(waiting.pop(0)):
            if name in types and name not in found and name != first.name:
                found[name] = None
                waiting.append(types[name])
    return list(found)


def _names(declaration: ast.Declaration) -> Iterator[str]:
    match declaration:
        case ast.Table() | ast.Alias():
            yield from _inside(declaration.specification)
        case ast.Procedure():
            yield from (each.name for each in (declaration.parameter, declaration.response) if each is not None)
        case _:
            for member in members(declaration):
                yield from _inside(member.specification)
                yield from (
                    p.value.name for p in member.properties if p.name == "Enum" and isinstance(p.value, ast.Word)
                )


def _inside(specification: ast.Specification) -> Iterator[str]:
    while isinstance(specification, ast.Array):
        specification = specification.of
    if isinstance(specification, ast.Named):
        yield specification.name
