"""A table as a ``.ksy`` file: a type for each record, bit field and array in an array."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from tdl.backends.kaitai.bits import bit_field, condition_of
from tdl.backends.kaitai.choosing import conditions_of
from tdl.backends.kaitai.expressions import NoForm, Writer
from tdl.backends.kaitai.leaves import Helper, Orders, leaf_spec
from tdl.backends.kaitai.names import RESERVED_TYPES, Identifiers
from tdl.backends.kaitai.places import INDEX, ITEMS, Holder, Members, Place, referred, uses_index
from tdl.backends.kaitai.text import Spec, comment, plain_number
from tdl.backends.words import Said, Words
from tdl.ir import model, plan
from tdl.ir.expr import Const, Expr
from tdl.ir.traverse import walk

MAX_CODES = 64
"""Ranges of more codes have no names: Kaitai names single values."""


class TableFile:
    """The types of one table's file, each made when it is first used.

    Args:
        words, enumerations: of the definition; the latter by name.
    """

    def __init__(self, table: plan.TablePlan, words: Words, enumerations: Mapping[str, model.Enumeration]) -> None:
        self.table, self.words, self.enumerations = table, words, enumerations
        self.orders = Orders(big=_is_big(table.root))
        self.members = Members()
        self.referred = referred(table.root)
        self.identifiers = Identifiers(RESERVED_TYPES)
        self.types: dict[str, Spec] = {}
        self.enums: dict[str, tuple[str, Spec]] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.reading = table.root.path
        """The path of the op being written, for what it cannot be written for."""

    def spec(self, identifier: str) -> Spec:
        """The file's content.

        Raises:
            tdl.backends.kaitai.expressions.NoForm: Kaitai cannot calculate something.
        """
        order = "be" if self.orders.big else "le"
        self.identifiers.new(identifier)
        root = self.table.root
        assert isinstance(root, plan.Group | plan.Bits)
        made = self.structure(root, Place(members=self.members, holders=(root,)))
        end = self.members.of(root).new("end_of_table")
        made["seq"] = [*made.get("seq", []), {"id": end, "size": 0, "valid": {"expr": "_io.eof"}}]
        title = comment(f"{self.table.key} {self.table.name}")
        meta = {"id": identifier, "title": title, "ks-version": "0.10", "endian": order, "bit-endian": order}
        content: Spec = {"meta": meta} | _doc(self.words.table(self.table.key)) | made
        if self.types:
            content["types"] = dict(sorted(self.types.items()))
        if self.enums:
            content["enums"] = dict(sorted(self.enums.values()))
        return content

    # --- records -----------------------------------------------------------------------------------------------------

    def structure(self, holder: Holder, place: Place) -> Spec:
        """The keys of a record's or bit field's type."""
        if isinstance(holder, plan.Bits):
            return bit_field(holder, place, self.orders, lambda field: self.described(holder, field))
        seq = list(self.sequence(holder.ops, holder, place, ()))
        return {"seq": seq} if seq else {}

    def sequence(
        self, ops: Iterable[plan.AnyOp], holder: plan.Group, place: Place, conditions: tuple[str, ...]
    ) -> Iterator[Spec]:
        """The attributes of ops that run under some conditions."""
        for op in ops:
            self.reading = op.path
            match op:
                case plan.When():
                    condition = place.writer().truth(op.condition)
                    yield from self.sequence(op.then, holder, place, (*conditions, condition))
                    yield from self.sequence(op.otherwise, holder, place, (*conditions, f"not {condition}"))
                case plan.Choose():
                    each, any_ = conditions_of(op, place.writer())
                    if op.otherwise is None:
                        yield self.check(holder, any_, op.refusal) | condition_of(conditions)
                    for condition, arm in zip(each, op.arms, strict=True):
                        yield from self.sequence(arm.ops, holder, place, (*conditions, condition))
                    yield from self.sequence(op.otherwise or (), holder, place, (*conditions, f"not {any_}"))
                case _:
                    yield from self.element(op, holder, place, conditions)

    def element(self, op: plan.AnyOp, holder: plan.Group, place: Place, conditions: tuple[str, ...]) -> Iterator[Spec]:
        """The attribute of one element, after a check of its length where that may be none."""
        length = _length(op)
        if length is not None and not _is_length(length, place.writer()):
            number = place.writer().integer(length)
            within = f"{number} >= 0 and {number} <= {plan.MAX_OCTETS}"
            yield self.check(holder, within, f"a length of 0 to {plan.MAX_OCTETS}") | condition_of(conditions)
        read = self.value(op, place, place.writer())
        if read is not None:
            said = self.described(holder, op)
            enum = {"enum": said.pop("enum")} if "enum" in said else {}
            yield {"id": self.members.of(holder).of(op)} | said | read | enum | condition_of(conditions)

    def check(self, holder: plan.Group, expression: str, expected: str) -> Spec:
        """An attribute without octets that refuses what the layout does not have."""
        identifier = self.members.of(holder).new("check")
        return {"id": identifier, "doc": comment(f"expected: {expected}"), "size": 0, "valid": {"expr": expression}}

    # --- elements ----------------------------------------------------------------------------------------------------

    def value(self, op: plan.AnyOp, place: Place, writer: Writer) -> Spec | None:
        """The keys that read one element; None if it has no octets."""
        match op:
            case plan.Group() | plan.Bits():
                made = self.structure(op, place.below(op))
                return {"type": self.refer(op, op.type_name, _doc(self.words.type(op.type_name)) | made, writer)}
            case plan.Repeat():
                return self.repeat(op, place, writer)
            case plan.When() | plan.Choose():
                raise NoForm(Const(value=0), "the format of an array's elements is selected for each")
            case plan.Field() | plan.Fill():
                raise AssertionError("a field outside a bit field")
            case _:
                return leaf_spec(op, self.orders, self.use, writer.integer)

    def repeat(self, op: plan.Repeat, place: Place, writer: Writer) -> Spec | None:
        most = min(max(writer.range(op.count)[1] - 1, 0), plan.MAX_OCTETS)
        inside = place.writer("_index", (0, most))
        below = place.at((0, most))
        length = _length(op.body)
        if isinstance(op.body, plan.Repeat):
            within = below.below(None)
            items = self.repeat(op.body, within, within.writer())
            seq = [] if items is None else [{"id": ITEMS} | items]
            body: Spec | None = {"type": self.refer(op.body, f"{op.name or 'row'}_row", {"seq": seq}, inside)}
        else:
            body = self.value(op.body, below, inside)
        if length is not None and not _is_length(length, inside):
            raise NoForm(length, "the length of an array's elements may be none")
        if body is None:
            return None
        return body | {"repeat": "expr", "repeat-expr": plain_number(writer.integer(op.count))}

    def refer(self, op: plan.AnyOp, name: str, made: Spec, writer: Writer) -> str:
        """The use of a type; records of one name that look the same are one, if they look at nothing around them."""
        indexed = uses_index(op)
        if indexed:
            made = {"params": [{"id": INDEX, "type": "s4"}]} | made
        text = json.dumps(made)
        found = self.names.get((name, text)) if "_parent" not in text else None
        if found is None:
            found = self.names[name, text] = self.identifiers.new(name)
            self.types[found] = made
        return f"{found}({writer.index})" if indexed else found

    def use(self, helper: Helper) -> str:
        text = json.dumps(helper.spec)
        if (helper.name, text) not in self.names:
            identifier = self.names[helper.name, text] = self.identifiers.new(helper.name)
            self.types[identifier] = helper.spec
        found = self.names[helper.name, text]
        return f"{found}({', '.join(helper.arguments)})" if helper.arguments else found

    # --- what is said ------------------------------------------------------------------------------------------------

    def described(self, holder: Holder, op: plan.AnyOp) -> Spec:
        """The description of a member and the list of its codes, if its value is not one that layouts depend on."""
        found = _doc(self.words.member(holder.type_name, op.index))
        codes = op.enumeration if isinstance(op, plan.Take | plan.Field) else None
        named = isinstance(op, plan.Take | plan.Field) and op.kind == "uint" and op.name not in self.referred
        if codes is not None and codes in self.enumerations and named:
            found["enum"] = self.enum(self.enumerations[codes])
        return found

    def enum(self, enumeration: model.Enumeration) -> str:
        if enumeration.name not in self.enums:
            self.enums[enumeration.name] = self.identifiers.new(enumeration.name), _codes(enumeration)
        return self.enums[enumeration.name][0]


def _codes(enumeration: model.Enumeration) -> Spec:
    identifiers = Identifiers()
    found: Spec = {}
    for each in enumeration.enumerators:
        values = range(each.low, each.high + 1)
        for value in values if len(values) <= MAX_CODES else ():
            if value not in found:
                identifier = identifiers.new(each.name if len(values) == 1 else f"{each.name}_{value}")
                found[value] = {"id": identifier, "doc": comment(each.label)} if each.label else identifier
    return found


def _doc(said: Said) -> Spec:
    text = comment(said.label, said.description, said.unit and f"in {said.unit}")
    return {"doc": text} if text else {}


def _length(op: plan.AnyOp) -> Expr | None:
    match op:
        case plan.Bytes(length=length):
            return length
        case plan.Repeat(count=count):
            return count
        case plan.Opaque(limit=limit):
            return limit
        case _:
            return None


def _is_length(expression: Expr, writer: Writer) -> bool:
    low, high = writer.range(expression)
    return low >= 0 and high <= plan.MAX_OCTETS


def _is_big(root: plan.PlanOp) -> bool:
    """The order that most of a table is in: that of its first element of several octets."""
    for op in walk(root):
        if isinstance(op, plan.Take | plan.Builtin | plan.Bits) and op.octets > 1:
            return op.order == Const(value=1)
    return False
