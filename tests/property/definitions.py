"""Random definitions as Models, and random images and values that fit them: for every codec there is.

Each definition has the tables that layouts depend on, 0 and 1, and tables 2 and 3 with random records in every
notation: bit fields out of bit order, conditionals, selections, arrays in arrays, all types, and references to their
own earlier elements as well as to the other tables. Names and labels are those that hurt most.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from tdl.codec.decoder import Decoder
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.ir import model, plan
from tdl.ir.expr import INT64_MAX, Binary, Const, Contains, Expr, External, Index, Local, Range, Unary
from tdl.ir.schedule import pending_plan, schedule
from tests.property.documents import Chooser

T = TypeVar("T")
NAMES = [
    "A", "B", "COUNT", "class", "self", "data", "struct", "decode", "_x", "__init__", "__class__", "spare", "items",
    "environment", "int", "list", "None", "print", "at", "end", "r1", "a1", "Count", "match", "X" * 200, "_names",
]  # fmt: skip
TYPE_NAMES = [
    "OUTER_RCD", "class", "Structure", "Raw", "int", "records", "TYPES", "outer_rcd", "_T_X", "__slots__", "S0", "date",
]  # fmt: skip
LABELS = [
    '"""',
    "\\",
    "\n    raise SystemExit",
    "'''; import os",
    "\\N{BULLET} \u202e \x00",
    "{{ 7 * 7 }}{% raw %}",
    "é°",
]

MOMENTS = ("LTIME_DATE", "STIME_DATE", "HTIME_DATE", "TIME_DATE", "TIME", "STIME", "HTIME", "DATE", "RDATE")

SELECTORS = (
    ("DATA_ORDER", 1),
    ("CHAR_FORMAT", 3),
    ("TM_FORMAT", 3),
    ("INT_FORMAT", 2),
    ("NI_FORMAT1", 4),
    ("NI_FORMAT2", 4),
)
"""The fields of Table 0's container here, and their widths."""

LIMITS = {"FEW": 3, "MORE": 5, "FLAG": 1, "MODE": 3}
"""The elements of Table 1, and the largest value that random environments give them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A definition with its Plan, pending copies included."""

    definition: model.Definition
    plan: plan.Plan

    def subjects(self) -> tuple[plan.TablePlan, ...]:
        """The tables with random records."""
        return tuple(table for table in self.plan.tables if table.key not in ("ST0", "ST1"))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Definitions of random content."""
    definition = _Builder(Chooser(draw)).definition()
    unbound = schedule(definition)
    pending = pending_plan(definition, definition.tables[2])
    plans = plan.Plan(definition=unbound.definition, hash=unbound.hash, tables=(*unbound.tables, pending))
    return Case(definition=definition, plan=plans)


# --- values of the tables that others depend on ----------------------------------------------------------------------


@st.composite
def known_values(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, Any]]:
    """What a meter's Tables 0 and 1 hold; now and then something that is refused or not there."""
    chooser = Chooser(draw)
    formats = {name: chooser.up_to(4 if name == "TM_FORMAT" else (1 << width) - 1) for name, width in SELECTORS}
    formats["INT_FORMAT"] = chooser.among([0, 0, 1, 2, 2, 3])
    limits: dict[str, Any] = {name: chooser.up_to(most) for name, most in LIMITS.items()}
    limits["SIGNED"] = chooser.up_to(6) - 3
    limits["USED"] = sorted(chooser.some(range(16), 6))
    limits["WIDTHS"] = [chooser.up_to(3) for _ in range(3)]
    if chooser.up_to(7) == 0:
        absent = chooser.among([*limits, *formats])
        limits.pop(absent, None)
        formats.pop(absent, None)
    return formats, limits


def fill(environment: Any, formats: dict[str, int], limits: dict[str, Any], record: Any, members: Any) -> Any:
    """An environment with such values: of the reference codec, or of generated code with its own classes."""
    environment.fill(0, record({"CONTROL": record(formats)}))
    environment.fill(1, record({**limits, **({"USED": members.of(limits["USED"], 2)} if "USED" in limits else {})}))
    return environment


def reference_environment(formats: dict[str, int], limits: dict[str, Any]) -> Environment:
    return fill(Environment(), formats, limits, Record, Members)


# --- images --------------------------------------------------------------------------------------------------------


class _Dreaming(Decoder):
    """A decoder whose octets come into being when they are asked for: what it has read is an image."""

    def __init__(self, table: plan.TablePlan, environment: Environment, random: Random) -> None:
        super().__init__(table, b"", environment)
        self.random = random
        self.spent = 0

    def need(self, octets: int) -> None:
        missing = self.offset + octets - len(self.data)
        if missing > 0:
            self.spent += missing
            if self.spent > 4000:
                raise self.fail("truncated", "", "")
            style = self.random.random()
            most = 3 if style < 0.4 else 0x39 if style < 0.6 else 255
            self.data += bytes(self.random.randint(0, most) for _ in range(missing))

    def take(self, octets: int) -> bytes:
        self.need(octets)
        return super().take(octets)

    def leaf(self, op: plan.AnyOp) -> object:
        if isinstance(op, plan.Opaque):
            self.need(self.random.randint(0, min(5, self.length(op.limit, "limit"))))
        return super().leaf(op)


def random_image(table: plan.TablePlan, environment: Environment, seed: int) -> bytes:
    """Octets that fit a table, or that begin as if they did where nothing fits."""
    dreaming = _Dreaming(table, environment, Random(seed))
    with suppress(DecodeError):
        dreaming.run()
    return dreaming.data


# --- definitions -----------------------------------------------------------------------------------------------------


class _Builder:
    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.records: list[model.Record] = []
        self.bit_fields: list[model.BitField] = []
        self.own = 2

    def pick(self, *choices: T) -> T:
        return self.chooser.among(choices)

    def number(self, low: int, high: int) -> int:
        return low + self.chooser.up_to(high - low)

    def names(self) -> list[str]:
        """All names, beginning anywhere."""
        start = self.chooser.up_to(len(NAMES) - 1)
        return NAMES[start:] + NAMES[:start]

    def definition(self) -> model.Definition:
        enumeration = model.Enumeration(
            name=self.pick("CODES_ENUM", "class", "Codes"),
            properties=self.properties(),
            enumerators=(
                model.Enumerator(
                    name=self.pick("NONE", "None", "name_of", "_codes"), low=0, high=0, label=self.pick(*LABELS)
                ),
                model.Enumerator(name="REST", low=1, high=9),
            ),
        )
        self.codes = enumeration.name
        configuration, limits = self.configuration(), self.limits()
        first = self.root(2)
        second = self.bit_field() if self.number(0, 3) == 0 else self.root(3)
        parameter = self.root(-1)
        event = self.record([self.element("EVENT_TIME", model.Integer(octets=4, signed=False), 0)], "EVENT_RCD")
        return model.Definition(
            name="RANDOM_METER",
            edition=None,
            version=None,
            tables=(
                model.Table(id=model.TableId(0), name="GEN_CONFIG_TBL", type=configuration),
                model.Table(id=model.TableId(1), name="LIMITS_TBL", type=limits),
                model.Table(id=model.TableId(2), name="FIRST_TBL", type=first),
                model.Table(id=model.TableId(3), name="SECOND_TBL", type=second),
            ),
            procedures=(model.Procedure(id=model.TableId(7), name="A_PROC", parameter=parameter),),
            records=tuple(sorted(self.records, key=lambda r: r.name)),
            bit_fields=tuple(sorted(self.bit_fields, key=lambda b: b.name)),
            enumerations=(enumeration,),
            pending_header=event,
            hash="00" * 32,
        )

    def configuration(self) -> model.Type:
        low, fields = 0, []
        for index, (name, width) in enumerate(SELECTORS):
            fields.append(model.SubElement(name=name, kind="UINT", low=low, high=low + width - 1, index=index))
            low += width
        self.bit_fields.append(model.BitField(name="CONTROL_BFLD", octets=3, members=tuple(fields)))
        return self.record([self.element("CONTROL", model.BitFieldType(name="CONTROL_BFLD"), 0)], "CONTROL_RCD")

    def limits(self) -> model.Type:
        byte = model.Integer(octets=1, signed=False)
        members = [self.element(name, byte, index) for index, name in enumerate(LIMITS)]
        members.append(self.element("SIGNED", model.Integer(octets=1, signed=True), len(members)))
        members.append(self.element("USED", model.Octets(form="set", length=Const(value=2)), len(members)))
        members.append(self.element("WIDTHS", model.Array(count=Const(value=3), of=byte), len(members)))
        return self.record(members, "LIMITS_RCD")

    def root(self, own: int) -> model.Type:
        self.own = own
        return self.random_record(0, root=True)

    # --- records -----------------------------------------------------------------------------------------------

    def record(self, members: list[model.Member], name: str) -> model.Type:
        self.records.append(model.Record(name=name, members=tuple(members), properties=self.properties()))
        return model.RecordType(name=name)

    def fresh(self) -> str:
        taken = {each.name for each in (*self.records, *self.bit_fields)}
        name = self.pick(*TYPE_NAMES)
        while name in taken:
            name += "_2"
        return name

    def element(self, name: str, type_: model.Type, index: int) -> model.Element:
        codes = self.codes if isinstance(type_, model.Integer) and self.number(0, 3) == 0 else None
        return model.Element(name=name, type=type_, index=index, enumeration=codes, properties=self.properties())

    def properties(self) -> model.Properties:
        return (("Label", self.pick(*LABELS)),) if self.number(0, 3) == 0 else ()

    def random_record(self, depth: int, root: bool = False) -> model.Type:
        earlier: list[tuple[str, model.Type]] = []
        names = self.names()
        members = self.members(depth, earlier, names, self.number(1, 7))
        if root and names and self.number(0, 5) == 0:
            limit = None if self.number(0, 1) else Const(value=self.number(0, 4))
            members.append(self.element(names[-1], model.Opaque(limit=limit), len(earlier)))
        return self.record(members, self.fresh())

    def members(
        self, depth: int, earlier: list[tuple[str, model.Type]], names: list[str], count: int
    ) -> list[model.Member]:
        members: list[model.Member] = []
        for _ in range(count):
            kind = self.number(0, 9)
            if kind == 0 and len(names) > 8:
                then = self.members(depth + 1, earlier, names, self.number(0, 2))
                reused = list(names)  # the other branch may use the same names again
                otherwise = self.members(depth + 1, earlier, reused, self.number(0, 2))
                names[:] = [name for name in names if name in reused]
                members.append(
                    model.If(condition=self.condition(earlier), then=tuple(then), otherwise=tuple(otherwise))
                )
            elif kind == 1 and len(names) > 8:
                members.append(self.switch(depth, earlier, names))
            elif names:
                name = names.pop(0)
                type_ = self.type(depth, earlier)
                members.append(self.element(name, type_, len(earlier)))
                earlier.append((name, type_))
        return members

    def switch(self, depth: int, earlier: list[tuple[str, model.Type]], names: list[str]) -> model.Member:
        arms = []
        for low in range(self.number(1, 3)):
            members = self.members(depth + 1, earlier, names, self.number(0, 1))
            labels = ((low, low),) if self.number(0, 1) else ((10 * low + 3, 10 * low + 9), (low, low))
            arms.append(model.Arm(labels=labels, members=tuple(members)))
        default = tuple(self.members(depth + 1, earlier, names, 1)) if self.number(0, 1) else None
        return model.Switch(selector=self.value(earlier), arms=tuple(arms), default=default)

    # --- types -------------------------------------------------------------------------------------------------

    def type(self, depth: int, earlier: list[tuple[str, model.Type]]) -> model.Type:
        match self.number(0, 14 if depth < 3 else 9):
            case 0 | 1:
                return model.Integer(octets=self.number(1, 8), signed=False)
            case 2:
                return model.Integer(octets=self.number(1, 8), signed=True)
            case 3:
                return model.Integer(octets=1, signed=False)
            case 4:
                return model.Float(octets=self.pick(4, 8))
            case 5:
                return model.NonInteger(which=self.number(1, 2))
            case 6:
                return model.Moment(kind=self.pick(*MOMENTS))
            case 7 | 8:
                return model.Octets(form=self.pick("text", "binary", "bcd", "set"), length=self.count(earlier))
            case 9:
                sizes = {"char": (6, 12, 21), "bcd": (4, 6, 8)}
                form = self.pick("char", "bcd", "nil")
                return model.Nil() if form == "nil" else model.NumericText(form=form, octets=self.pick(*sizes[form]))
            case 10 | 11:
                return model.Array(count=self.count(earlier), of=self.type(depth + 1, earlier))
            case 12:
                return self.bit_field()
            case 13 if self.records[2:]:
                known = self.pick(*self.records[2:]).name  # used once more, perhaps by another table
                return model.RecordType(name=known) if self.settled(known) else self.random_record(depth + 1)
            case _:
                return self.random_record(depth + 1)

    def settled(self, name: str) -> bool:
        return name != "EVENT_RCD" and not any(
            isinstance(m, model.Element) and isinstance(m.type, model.Opaque)
            for r in self.records
            if r.name == name
            for m in r.members
        )

    def bit_field(self) -> model.Type:
        octets = self.number(1, 8)
        bits, low = 8 * octets, 0
        fields: list[model.SubElement] = []
        names = self.names()
        while low < bits and len(fields) < 6:
            width = min(self.number(1, 20), bits - low)
            kind = self.pick("UINT", "UINT", "INT", "BOOL", "FILL")
            width = self.number(1, min(2, width)) if kind == "BOOL" else width
            codes = self.codes if kind == "UINT" and self.number(0, 3) == 0 else None
            fields.append(
                model.SubElement(
                    name=names.pop(0), kind=kind, low=low, high=low + width - 1, index=len(fields), enumeration=codes
                )
            )
            low += width + self.pick(0, 0, 0, 2)
        members: list[model.Member] = list(self.chooser.shuffled(fields))
        if len(members) > 2 and self.number(0, 1):
            *rest, one, other = members
            numbers = [
                (m.name, model.Integer(octets=1, signed=False))
                for m in rest
                if isinstance(m, model.SubElement) and m.kind == "UINT"
            ]
            members = [*rest, model.If(condition=self.condition(numbers), then=(one,), otherwise=(other,))]
        name = self.fresh()
        self.bit_fields.append(
            model.BitField(name=name, octets=octets, members=tuple(members), properties=self.properties())
        )
        return model.BitFieldType(name=name)

    # --- expressions -------------------------------------------------------------------------------------------

    def count(self, earlier: list[tuple[str, model.Type]]) -> Expr:
        match self.number(0, 9):
            case 0 | 1 | 2:
                return Const(value=self.number(0, 4))
            case 3:
                return Const(value=self.pick(40, 300, 2, -1) if self.number(0, 5) == 0 else 3)
            case 4 | 5:
                return self.limit(self.pick("FEW", "MORE"))
            case 6:
                return Binary(
                    operator=self.pick("+", "-", "*"), left=self.limit("FEW"), right=Const(value=self.number(0, 2))
                )
            case 7:
                return Binary(
                    operator=self.pick("/", "%"),
                    left=self.limit("MORE"),
                    right=self.pick(Const(value=2), self.limit("SIGNED")),
                )
            case 8:
                return Binary(operator="%", left=self.value(earlier), right=Const(value=4))
            case _:
                return Index() if self.number(0, 1) else self.limit("WIDTHS")

    def value(self, earlier: list[tuple[str, model.Type]]) -> Expr:
        numbers = {name: _range(type_) for name, type_ in earlier if isinstance(type_, model.Integer)}
        match self.number(0, 6):
            case 0 | 1 if numbers:
                name = self.pick(*numbers)
                return Local(up=0, path=(name,), range=numbers[name])
            case 2 if numbers:
                name = self.pick(*numbers)
                return External(table=self.own, table_name="OWN_TBL", path=(name,), range=numbers[name])
            case 3:
                return Index()
            case 4:
                return Unary(operator="-", operand=self.limit("SIGNED"))
            case 5:
                huge = Const(value=self.pick(1, 3, 2**62, -(2**63)))
                return Binary(operator=self.pick("+", "-", "*", "/", "%"), left=huge, right=self.limit("SIGNED"))
            case _:
                return self.limit("MODE")

    def limit(self, name: str) -> External:
        low, high = (-128, 127) if name == "SIGNED" else (0, 255)
        if name == "WIDTHS":
            subscript = self.pick(Const(value=1), Index(), self.limit("FEW"))
            return External(
                table=1, table_name="LIMITS_TBL", path=("WIDTHS", "[]"), indices=(subscript,), range=(low, high)
            )
        return External(table=1, table_name="LIMITS_TBL", path=(name,), range=(low, high))

    def condition(self, earlier: list[tuple[str, model.Type]], depth: int = 0) -> Expr:
        sets = [name for name, type_ in earlier if isinstance(type_, model.Octets) and type_.form == "set"]
        match self.number(0, 6 if depth < 2 else 4):
            case 0:
                return self.limit("FLAG")
            case 1:
                used = External(table=1, table_name="LIMITS_TBL", path=("USED",))
                return Contains(set=used, member=self.value(earlier))
            case 2 if sets:
                return Contains(set=Local(up=0, path=(self.pick(*sets),)), member=self.value(earlier))
            case 5:
                return Unary(operator="NOT", operand=self.condition(earlier, depth + 1))
            case 6:
                left, right = self.condition(earlier, depth + 1), self.condition(earlier, depth + 1)
                return Binary(operator=self.pick("AND", "OR"), left=left, right=right)
            case _:
                operator = self.pick("==", "!=", "<", "<=", ">", ">=")
                return Binary(operator=operator, left=self.value(earlier), right=Const(value=self.number(-1, 3)))


def _range(type_: model.Integer) -> Range:
    """What the values of an integer type are between, as the lowering says it."""
    bits = 8 * type_.octets
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if type_.signed else (0, min((1 << bits) - 1, INT64_MAX))
