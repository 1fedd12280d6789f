"""What a name stands for, in words: what it is, how large, where it lies, and who made it so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tdl.check.builtins import BUILTINS, BuiltinType
from tdl.codec.errors import path_text
from tdl.lsp.features.navigation import Here, here
from tdl.lsp.layouts import Layouts, Placed, profile_for
from tdl.lsp.occurrences import Thing
from tdl.lsp.units import Unit
from tdl.lsp.workspace import Workspace
from tdl.project.evidence import text as value_text
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration, print_item

MAX_LINES = 24
MAX_PLACES = 6

_KINDS = {
    "uint": "an unsigned number", "int": "a signed number", "float": "a number with decimals",
    "ni": "a number in the format that Table 0 selects", "moment": "a date or time in the format of Table 0",
    "text": "characters", "binary": "octets", "bcd": "decimal digits", "set": "bits, each a member of a set",
    "char": "a number as characters", "digits": "a number as decimal digits", "opaque": "octets of unknown meaning",
    "nil": "nothing",
}  # fmt: skip
_SAID = ("Label", "Description", "Unit", "Enum", "Role", "Accessibility", "Confidence", "Source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hover:
    """Markdown about a range."""

    text: str
    span: Span


def hover(workspace: Workspace, name: str, offset: int) -> Hover | None:
    """What stands at a place; None if nothing is named there."""
    found = here(workspace, name, offset)
    if found is not None:
        return Hover(text="\n".join(_lines(found)).rstrip(), span=found.occurrence.span)
    return _builtin(workspace, name, offset)


def layouts_of(unit: Unit) -> Layouts | None:
    """Where a unit's elements lie; of its last sound state if it cannot be compiled now, None if there was none."""
    document = None if unit.shape is None else unit.shape.document
    if unit.sound and document is not None and (unit.layouts is None or unit.layouts.document is not document):
        unit.layouts = Layouts(document, profile_for(unit.main))
    return unit.layouts


def _lines(found: Here) -> Iterator[str]:
    thing = found.occurrence.thing
    yield "```tdl"
    printed = list(islice(_printed(thing), MAX_LINES + 1))
    yield from printed[:MAX_LINES]
    if len(printed) > MAX_LINES:
        yield "..."
    yield "```"
    said = {each.name: value_text(each.value) for each in thing.node.properties}
    facts = [f"{name}: {said[name]}" for name in _SAID if said.get(name)]
    if thing.member is not None:
        facts.insert(0, f"in `{thing.declaration.name}`")
    layouts = layouts_of(found.unit)
    if layouts is not None:
        facts += _places(layouts, thing)
    facts += [f"{o.done} by `{o.document}`, {_place(o.span)}" for o in thing.node.origins] or [
        f"declared in {_place(thing.node.span)}"
    ]
    for fact in facts:
        yield f"- {fact}"


def _printed(thing: Thing) -> Iterator[str]:
    if thing.member is not None:
        return print_item(thing.member)
    return print_declaration(thing.declaration, comments=False)


def _places(layouts: Layouts, thing: Thing) -> Iterator[str]:
    """How large it is, and where it lies in which table."""
    if isinstance(thing.declaration, ast.Table) and thing.declaration.name in layouts.tables:
        table = layouts.tables[thing.declaration.name]
        needs = ", ".join(f"`{need.reference.label}`" for need in islice(table.needs, MAX_PLACES))
        yield f"{table.key}: {octets(table.size)}" + (f", depends on {needs}" if needs else "")
    if thing.member is None:
        return
    placed = layouts.of(thing.member)
    for each in placed[:MAX_PLACES]:
        yield f"{each.table.key} `{path_text(each.row.path)}`: {place_text(each)}"
    if len(placed) > MAX_PLACES:
        yield f"and {len(placed) - MAX_PLACES} more places"
    if placed and layouts.profile is not None:
        yield f"bound to `{os.path.basename(layouts.profile)}`"


def place_text(placed: Placed) -> str:
    """``octet 4, bits 0..2``, ``octet 12, 2 octets``, ``2 to 5 octets``."""
    row = placed.row
    if row.bits is not None:
        low, width = row.bits
        size = f"bit {low}" if width == 1 else f"bits {low}..{low + width - 1}"
    else:
        size = octets(row.size)
    return size if row.offset is None else f"octet {row.offset}, {size}"


def octets(size: tuple[int, int]) -> str:
    """A size in words."""
    low, high = size
    return f"{low} to {high} octets" if low != high else f"{low} octet{'' if low == 1 else 's'}"


def _place(span: Span) -> str:
    line, _ = span.source.position(span.start)
    return f"{os.path.basename(span.source.name.removeprefix('library:'))}:{line}"


def _builtin(workspace: Workspace, name: str, offset: int) -> Hover | None:
    source = workspace.source(name)
    if source is None:
        return None
    start = end = offset
    while start and (source.text[start - 1].isalnum() or source.text[start - 1] == "_"):
        start -= 1
    while end < len(source.text) and (source.text[end].isalnum() or source.text[end] == "_"):
        end += 1
    builtin = BUILTINS.get(source.text[start:end])
    if builtin is None:
        return None
    return Hover(text=f"`{source.text[start:end]}`: {_kind(builtin)}", span=Span(source, start, end))


def _kind(builtin: BuiltinType) -> str:
    size = f", {octets((builtin.octets, builtin.octets))}" if builtin.octets and builtin.kind != "ni" else ""
    return _KINDS[builtin.kind] + size
