"""Hypothesis strategies: documents that mostly make sense, and fragments that fit them.

Names come from small pools, so that two documents drawn apart still share some of what they declare. All is made of
choices among few things, drawn from one strategy: making strategies as one goes costs far more than drawing from one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

from tdl.merge.paths import key_of
from tdl.syntax import ast
from tdl.syntax.shapes import members

INTEGERS = ("UINT8", "UINT16", "UINT32", "INT16")
BUILT_IN = (*INTEGERS, "FLOAT32", "LTIME_DATE", "NI_FMAT1", "CHAR")
MEMBERS = tuple(f"ELEMENT_{n}" for n in range(8))
BITS = tuple(f"FLAG_{n}" for n in range(4))
CODES = tuple(f"CODE_{n}" for n in range(6))
PROPERTIES = ("Label", "Role", "Unit", "Accessibility")
GROUPS = ("", "MFG", "USER")
TEXTS = ("", "kWh", "a {brace}", "an é and a µ", 'a "quoted" word', "TYPE X = ;", "IF", " ")
VALUES: tuple[ast.PropertyValue, ...] = (*TEXTS, 0, -1, 2**31, ast.Word(name="TRUE"), ast.Word(name="CODES_0_ENUM"))

_T = TypeVar("_T")
_CHOICES = st.integers(0, 719)


class Chooser:
    """Draws by choosing; the first of the things to choose from is the simplest."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def up_to(self, most: int) -> int:
        return self._draw(_CHOICES) % (most + 1)

    def among(self, things: Sequence[_T]) -> _T:
        return things[self.up_to(len(things) - 1)]

    def yes(self) -> bool:
        return self.up_to(1) == 1

    def some(self, things: Sequence[_T], most: int) -> list[_T]:
        """Up to ``most`` different things, in any order."""
        left = list(things)
        return [left.pop(self.up_to(len(left) - 1)) for _ in range(min(self.up_to(most), len(left)))]

    def shuffled(self, things: Sequence[_T]) -> list[_T]:
        left = list(things)
        return [left.pop(self.up_to(len(left) - 1)) for _ in range(len(left))]


@dataclass
class Known:
    """What has been declared so far, for what comes next to name."""

    types: list[str] = field(default_factory=list)
    numbers: list[ast.Reference] = field(default_factory=list)


def reference(*names: str) -> ast.Reference:
    return ast.Reference(steps=tuple(ast.Name(name=name) for name in names))


# --- declarations --------------------------------------------------------------------------------------------------


def choose_properties(choose: Chooser, most: int = 1) -> ast.Properties:
    """Properties with names that differ."""
    return tuple(ast.Property(name=name, value=choose.among(VALUES)) for name in choose.some(PROPERTIES, most))


def choose_comments(choose: Chooser) -> tuple[ast.Comment, ...]:
    text = choose.among(("", "", "a remark", "one ; = : more"))
    return (ast.Comment(text=text),) if text else ()


def choose_number(choose: Chooser, known: Known, depth: int = 2) -> ast.Expression:
    """An expression of a number: a literal, an element that is known, or arithmetic on such."""
    kind = choose.among(("literal", "element", "arithmetic", "negative") if depth else ("literal", "element"))
    if kind == "arithmetic":
        left, right = choose_number(choose, known, depth - 1), choose_number(choose, known, depth - 1)
        return ast.Binary(operator=choose.among("+-*/%"), left=left, right=right)
    if kind == "negative":
        return ast.Unary(operator="-", operand=choose_number(choose, known, depth - 1))
    if kind == "element" and known.numbers:
        return choose.among(known.numbers)
    return ast.Integer(value=choose.up_to(255))


def choose_condition(choose: Chooser, known: Known, depth: int = 1) -> ast.Expression:
    """An expression of a truth value."""
    kind = choose.among(("compare", "both", "not") if depth else ("compare",))
    if kind == "both":
        left, right = choose_condition(choose, known, depth - 1), choose_condition(choose, known, depth - 1)
        return ast.Binary(operator=choose.among(("AND", "OR")), left=left, right=right)
    if kind == "not":
        return ast.Unary(operator="NOT", operand=choose_condition(choose, known, depth - 1))
    return ast.Binary(
        operator=choose.among(("==", "!=", "<", "<=", ">", ">=")),
        left=choose_number(choose, known, 1),
        right=choose_number(choose, known, 1),
    )


def choose_specification(choose: Chooser, known: Known) -> ast.Specification:
    """What an element of a record may be."""
    named = ast.Named(name=choose.among([*BUILT_IN, *known.types]))
    match choose.among(("named", "named", "sized", "array")):
        case "sized":
            name = choose.among(("STRING", "BINARY", "BCD", "SET"))
            return ast.Sized(name=name, size=choose_number(choose, known))
        case "array":
            return ast.Array(count=choose_number(choose, known), of=named)
        case _:
            return named


def choose_items(
    choose: Chooser, names: list[str], member: Callable[[str], ast.Member], known: Known, depth: int
) -> tuple[ast.Item, ...]:
    """Items that use up names from the front of a list, some of them in conditionals."""

    def inner() -> tuple[ast.Item, ...]:
        return choose_items(choose, names, member, known, depth + 1)

    found: list[ast.Item] = []
    for _ in range(choose.up_to(3) + (depth == 0)):
        if not names:
            break
        comments = choose_comments(choose)
        match choose.among(("member", "member", "if", "switch")) if depth < 2 else "member":
            case "if":
                condition = choose_condition(choose, known)
                then, otherwise = inner(), inner() if choose.yes() else ()
                found.append(ast.If(condition=condition, then=then, otherwise=otherwise, comments=comments))
            case "switch":
                arms = tuple(
                    ast.Arm(labels=((3 * n, 3 * n + choose.up_to(2)),), items=inner())
                    for n in range(1 + choose.up_to(1))
                )
                default = inner() if choose.yes() else None
                selector = choose_number(choose, known)
                found.append(ast.Switch(selector=selector, arms=arms, default=default, comments=comments))
            case _:
                found.append(member(names.pop(0)))
    return tuple(found)


def choose_bit_field(choose: Chooser, name: str, known: Known) -> ast.BitField:
    def member(name: str) -> ast.Member:
        kind, low = choose.among(("UINT", "INT", "BOOL", "FILL")), choose.up_to(7)
        high = low if kind == "BOOL" else low + choose.up_to(7 - low)
        return ast.Member(
            name=name,
            specification=ast.BitRange(kind=kind, low=low, high=high),
            properties=choose_properties(choose),
            comments=choose_comments(choose),
        )

    return ast.BitField(
        name=name,
        container=choose.among(("UINT8", "UINT16")),
        items=choose_items(choose, choose.shuffled(BITS), member, known, 0),
        properties=choose_properties(choose),
    )


def choose_enumeration(choose: Chooser, name: str) -> ast.Enumeration:
    items = tuple(
        ast.Member(
            name=code,
            specification=ast.CodeRange(low=3 * n, high=3 * n + choose.up_to(2)),
            properties=choose_properties(choose),
        )
        for n, code in enumerate(choose.some(CODES, len(CODES)))
    )
    return ast.Enumeration(name=name, items=items, properties=choose_properties(choose))


def choose_record(choose: Chooser, name: str, known: Known) -> ast.Record:
    def member(name: str) -> ast.Member:
        return ast.Member(
            name=name,
            specification=choose_specification(choose, known),
            properties=choose_properties(choose),
            comments=choose_comments(choose),
        )

    names = choose.shuffled(MEMBERS) if choose.yes() else list(MEMBERS)
    return ast.Record(
        name=name,
        items=choose_items(choose, names, member, known, 0),
        properties=choose_properties(choose),
        comments=choose_comments(choose),
    )


def choose_document(choose: Chooser, name: str) -> ast.Document:
    known = Known()
    found: list[ast.Declaration] = [choose_enumeration(choose, f"CODES_{n}_ENUM") for n in range(choose.up_to(1))]
    for n in range(choose.up_to(2)):
        found.append(choose_bit_field(choose, f"FLAGS_{n}_BFLD", known))
        known.types.append(found[-1].name)
    if choose.yes():
        found.append(ast.Alias(name="ALIAS_0", specification=choose_specification(choose, known)))
        known.types.append("ALIAS_0")
    numbers = set()
    for n in range(1 + choose.up_to(2)):
        record = choose_record(choose, f"RECORD_{n}_RCD", known)
        found.append(record)
        known.types.append(record.name)
        number = ast.Number(group=choose.among(GROUPS), value=choose.up_to(3))
        if number in numbers:
            continue
        numbers.add(number)
        named = ast.Named(name=record.name)
        table = ast.Table(
            name=f"RECORD_{n}_TBL", number=number, specification=named, properties=choose_properties(choose, 2)
        )
        found.append(table)
        known.numbers += numbers_in(table, record, found)
    if choose.yes():
        found.append(
            ast.Procedure(
                name="ACTION_0",
                number=ast.Number(group=choose.among(GROUPS), value=choose.up_to(2)),
                parameter=ast.Named(name=choose.among(known.types)) if choose.yes() else None,
                response=ast.Named(name=choose.among(known.types)) if choose.yes() else None,
                properties=choose_properties(choose),
            )
        )
    order = choose.shuffled(found) if choose.up_to(3) == 3 else found
    header = ast.Header(
        name=name,
        edition=choose.among((None, "2008", "2012")),
        version=choose.among((None, "1.0", "2.0-rc")),
        properties=choose_properties(choose, 2),
    )
    return ast.Document(header=header, declarations=tuple(order))


def numbers_in(table: ast.Table, record: ast.Record, declared: Sequence[ast.Declaration]) -> Iterator[ast.Reference]:
    """References to what later records may count with: integers, and sub-elements by their short and long paths."""
    bits = {d.name: d for d in declared if isinstance(d, ast.BitField)}
    for member in members(record):
        if not isinstance(member.specification, ast.Named):
            continue
        name = member.specification.name
        if name in INTEGERS:
            yield reference(table.name, member.name)
        for inner in members(bits[name]) if name in bits else ():
            yield reference(table.name, member.name, inner.name)
            yield reference(table.name, inner.name)


# --- fragments -----------------------------------------------------------------------------------------------------


def plain_names(declaration: ast.Declaration) -> list[str]:
    """The members of a declaration."""
    return [] if isinstance(declaration, ast.Table | ast.Procedure) else [m.name for m in members(declaration)]


def target(declaration: ast.Declaration) -> ast.Target:
    """What a verb names a declaration by."""
    match declaration:
        case ast.Table(number=number):
            return ast.Target(kind="TABLE", number=number)
        case ast.Procedure(number=number):
            return ast.Target(kind="PROCEDURE", number=number)
        case _:
            return ast.Target(kind="TYPE", name=declaration.name)


def new_specification(choose: Chooser, declaration: ast.Declaration) -> ast.Specification:
    """What a new member of the declaration may be."""
    match declaration:
        case ast.BitField():
            bit = choose.up_to(7)
            return ast.BitRange(kind="UINT", low=bit, high=bit)
        case ast.Enumeration():
            code = 100 + choose.up_to(99)
            return ast.CodeRange(low=code, high=code)
        case _:
            return choose_specification(choose, Known())


GENTLE = frozenset({"keep", "modify", "rename", "add", "move", "set"})
"""The verbs after which everything that a document names is still there."""

DRASTIC = frozenset({"keep", "modify", "add", "move", "set", "remove", "replace"})
"""The verbs that rename nothing."""


def choose_modification(choose: Chooser, declaration: ast.Declaration, mark: str, verbs: Collection[str]) -> ast.Modify:
    """A `MODIFY` of which each verb has members of its own; ``mark`` makes its new names its own."""
    edits: list[ast.MemberEdit | ast.PropertyEdit] = []
    held = {p.name: p.value for p in declaration.properties}
    # a fragment that renames would have to write what was there before in the names that it has given itself
    was = {} if "rename" in verbs else held
    for name in choose.some(PROPERTIES, 1):
        if name in held and choose.yes():
            edits.append(ast.UnsetProperty(name=name, was=was.get(name)))
        else:
            edits.append(ast.SetProperty(name=name, value=choose.among(VALUES), was=was.get(name)))
    if isinstance(declaration, ast.Alias | ast.Table | ast.Procedure):
        return ast.Modify(target=target(declaration), edits=tuple(edits))
    free = choose.shuffled(list(members(declaration)))
    for n in range(choose.up_to(3)):
        verb = choose.among(("add", "replace", "remove", "move", "set", "rename"))
        if verb == "add":
            edits.append(_addition(choose, declaration, f"NEW_{mark}_{n}", free))
        elif free and verb in verbs:
            edits.append(_member_edit(choose, verb, free, declaration, mark, known="rename" not in verbs))
    return ast.Modify(target=target(declaration), edits=tuple(edits))


def _addition(choose: Chooser, declaration: ast.Declaration, name: str, free: list[ast.Member]) -> ast.AddMember:
    where = choose.among((None, "FIRST", "LAST", "AFTER", "BEFORE"))
    position = None
    if where in ("FIRST", "LAST"):
        position = ast.Position(where=where)
    elif where and free:
        position = ast.Position(where=where, anchor=free.pop().name)
    item: ast.Item = ast.Member(
        name=name, specification=new_specification(choose, declaration), properties=choose_properties(choose)
    )
    if isinstance(declaration, ast.Record) and choose.yes():
        item = ast.If(condition=choose_condition(choose, Known()), then=(item,))
    return ast.AddMember(item=item, position=position)


def _member_edit(
    choose: Chooser, verb: str, free: list[ast.Member], declaration: ast.Declaration, mark: str, known: bool
) -> ast.MemberEdit | ast.PropertyEdit:
    member = free.pop()
    match verb:
        case "replace":
            was = member.specification if known and choose.yes() else None
            specification = new_specification(choose, declaration)
            return ast.ReplaceMember(name=member.name, specification=specification, was=was)
        case "remove":
            return ast.RemoveMember(name=member.name)
        case "move":
            position = ast.Position(where="AFTER", anchor=free.pop().name) if free else ast.Position(where="FIRST")
            return ast.MoveMember(name=member.name, position=position)
        case "rename":
            return ast.RenameMember(name=member.name, to=f"{member.name}_{mark}")
        case _:
            return ast.SetProperty(name="Unit", member=member.name, value=choose.among(VALUES))


def choose_fragment(
    choose: Chooser, base: ast.Document, name: str, keys: Collection[str] | None, verbs: Collection[str]
) -> ast.Fragment:
    edits: list[ast.Edit] = []
    for declaration in base.declarations:
        if keys is not None and key_of(declaration) not in keys:
            continue
        match choose.among([v for v in ("keep", "modify", "modify", "remove", "rename", "replace") if v in verbs]):
            case "modify":
                edits.append(choose_modification(choose, declaration, name, verbs))
            case "remove":
                edits.append(ast.Remove(target=target(declaration)))
            case "rename":
                edits.append(ast.Rename(target=target(declaration), to=f"{declaration.name}_{name}"))
            case "replace" if isinstance(declaration, ast.Record):
                edits.append(ast.Replace(declaration=choose_record(choose, declaration.name, Known())))
    known = known_of(base)
    for n in range(choose.up_to(2)):
        edits.append(ast.Add(declaration=choose_record(choose, f"ADDED_{n}_{name}", known)))
    return ast.Fragment(header=ast.Header(name=name, base=base.header.name), edits=tuple(edits))


def known_of(base: ast.Document) -> Known:
    """What a fragment may name of its base."""
    records = {d.name: d for d in base.declarations if isinstance(d, ast.Record)}
    known = Known(types=[d.name for d in base.declarations if isinstance(d, ast.Record | ast.BitField)])
    for table in base.declarations:
        if isinstance(table, ast.Table) and isinstance(table.specification, ast.Named):
            known.numbers += numbers_in(table, records[table.specification.name], base.declarations)
    return known


# --- strategies ----------------------------------------------------------------------------------------------------


@st.composite
def properties(draw: st.DrawFn, most: int = 2) -> ast.Properties:
    """Properties with names that differ."""
    return choose_properties(Chooser(draw), most)


@st.composite
def documents(draw: st.DrawFn, name: str = "BASE") -> ast.Document:
    """A document in which what is named is declared, and names differ within each declaration."""
    return choose_document(Chooser(draw), name)


@st.composite
def fragments(
    draw: st.DrawFn,
    base: ast.Document,
    name: str = "CHANGE",
    keys: Collection[str] | None = None,
    verbs: Collection[str] = GENTLE | DRASTIC,
) -> ast.Fragment:
    """A fragment that fits the base; of the declarations there only those with the given keys are changed."""
    return choose_fragment(Chooser(draw), base, name, keys, verbs)
