"""The parts that classes of records stand in.

To make a class takes ten microseconds, and to read its module more: what a table needs is to be read alone, and what
all classes need is not to be many files. So the classes that the same tables use are one part, and most tables need
one or two parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zlib import crc32

from tdl.ir import model, plan
from tdl.ir.traverse import children

UNUSED = 8
"""The parts of what no table uses; a name alone says which one is its own."""

Uses = Mapping[str, Sequence[str]]
"""The types of records and bit fields that each table has, by the tables' keys."""


def uses_of(definition: model.Definition, of: plan.Plan) -> dict[str, list[str]]:
    """What each table of a Plan uses; a type that a condition excludes counts, too."""
    inside: dict[str, tuple[str, ...]] = {each.name: tuple(_named(each.members)) for each in definition.records}
    inside |= {each.name: () for each in definition.bit_fields}
    return {table.key: sorted(_below(table.root, inside)) for table in of.tables}


def _below(root: plan.PlanOp, inside: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The types at and below an op: from a declared one on, those that its declaration names."""
    names: list[str] = []
    ops: list[plan.AnyOp] = [root]
    while ops:
        op = ops.pop()
        if isinstance(op, plan.Group | plan.Bits):
            names.append(op.type_name)
            if op.type_name in inside:
                continue
        ops += children(op)
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += inside.get(name, ())
    return found


def _named(members: tuple[model.Member, ...]) -> Iterator[str]:
    """The records and bit fields that elements are of."""
    for member in members:
        match member:
            case model.Element():
                of = member.type
                while isinstance(of, model.Array):
                    of = of.of
                if isinstance(of, model.RecordType | model.BitFieldType):
                    yield of.name
            case model.If():
                yield from _named(member.then + member.otherwise)
            case model.Switch():
                for arm in member.arms:
                    yield from _named(arm.members)
                yield from _named(member.default or ())
            case _:
                pass


def part_names(types: Sequence[str], uses: Uses, modules: Mapping[str, str]) -> dict[str, str]:
    """The part of each type.

    Args:
        modules: what the tables' modules are called, by the tables' keys.
    """
    users: dict[str, list[str]] = {}
    for key, used in uses.items():
        for name in used:
            users.setdefault(name, []).append(modules[key])
    return {name: _part(name, users.get(name, [])) for name in types}


def _part(name: str, users: list[str]) -> str:
    match users:
        case []:
            return f"part{crc32(name.encode('utf-8')) % UNUSED}"
        case [user]:
            return user
        case _:
            return f"{users[0]}_{crc32(' '.join(users).encode('utf-8')):08x}"


def parts_of(classes: Mapping[str, str], part_names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The classes of records by part, in the order of their names."""
    parts: dict[str, dict[str, str]] = {}
    for type_name, called in sorted(classes.items(), key=lambda each: each[1]):
        parts.setdefault(part_names[type_name], {})[type_name] = called
    return parts
