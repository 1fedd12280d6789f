"""A table's Plan as Lua tables, which the engine of the dissector walks.

Ops and expressions are numbered and refer to each other by number, so that no text nests: a Lua compiler has limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from tdl.backends.holes import hole, pattern
from tdl.backends.wireshark.fields import Fields
from tdl.backends.wireshark.lua import Code, Value, literal, tagged
from tdl.backends.wireshark.units import Place
from tdl.ir import plan
from tdl.ir.expr import Binary, Const, Contains, Expr, External, Index, Local, Unary, show_expr

EXACT = 1 << 53
"""The largest number that every Lua counts to exactly."""


class Expressions:
    """The expressions of one table, each once and behind those inside it; what refers to them has holes.

    Attributes:
        made: the pattern of each, and what else it takes to tell it from one that reads the same.
    """

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self._numbers: dict[Expr, int] = {}

    def refer(self, expression: Expr) -> Value:
        """What stands for an expression where it is used."""
        if isinstance(expression, Const) and abs(expression.value) <= EXACT:
            return expression.value
        if expression not in self._numbers:
            text = self.text(expression)  # puts those inside it before it
            self.made.append((pattern(text), f"{type(expression).__name__} {getattr(expression, 'range', '')}"))
            self._numbers[expression] = len(self.made)
        return Code(f"x[{hole(f'x{self._numbers[expression]}')}]")

    def text(self, expression: Expr) -> str:
        shown = show_expr(expression)
        match expression:
            case Const():
                return tagged("wide", {"text": shown})
            case External():
                return tagged(
                    "external",
                    {
                        "table": expression.table,
                        "label": expression.label,
                        "path": expression.path,
                        "indices": self.indices(expression),
                        "text": shown,
                    },
                )
            case Local():
                return tagged(
                    "local",
                    {
                        "up": expression.up,
                        "path": expression.path,
                        "indices": self.indices(expression),
                        "text": shown,
                    },
                )
            case Index():
                return tagged("index", {"text": shown})
            case Contains():
                return self.operation("contains", (expression.set, expression.member), shown)
            case Unary(operator="-"):
                return self.operation("-", (Const(value=0), expression.operand), shown)
            case Unary():
                return self.operation("NOT", (expression.operand,), shown)
            case Binary():
                return self.operation(expression.operator, (expression.left, expression.right), shown)
            case _:
                assert_never(expression)

    def indices(self, reference: External | Local) -> Value | None:
        return [self.refer(index) for index in reference.indices] or None

    def operation(self, operator: str, operands: Iterable[Expr], shown: str) -> str:
        refers = ", ".join(literal(self.refer(operand)) for operand in operands)
        return f"{{{literal(operator)}, {refers}, text = {literal(shown)}}}"


class PlanText:
    """The ops of one table, in order: each after those below it. Fields and expressions are holes."""

    def __init__(
        self, table: plan.TablePlan, fields: Fields, expressions: Expressions, units: Mapping[Place, str]
    ) -> None:
        self.fields, self.expressions, self.units = fields, expressions, units
        self.lines: list[str] = []
        self.op(table.root)

    def ops(self, ops: Iterable[plan.AnyOp], *, selected: bool = False) -> list[Value]:
        return [self.op(op, selected=selected) for op in ops if not isinstance(op, plan.Fill)]

    def op(self, op: plan.AnyOp, *, selected: bool = False) -> Code:
        """Put an op behind those below it; what refers to it."""
        kind, described = self.described(op)
        members: dict[str, Value | None] = {"op": kind, "name": op.name or None}
        if op.index >= 0:
            members["at"] = op.index
        if not isinstance(op, plan.When | plan.Choose):
            members["field"] = Code(hole(f"f{self.fields.number(op, selected=selected)}"))
            members["unit"] = self.unit(op)
        self.lines.append(literal(members | described))
        return Code(f"o[{len(self.lines)}]")

    def unit(self, op: plan.AnyOp) -> str | None:
        if isinstance(op, plan.Group | plan.Bits | plan.Repeat):
            return None
        path = tuple(step for step in op.path if step != "[]")
        if op.index >= 0:
            return self.units.get((path, op.index))
        return next((unit for (of, _), unit in self.units.items() if of == path), None)

    def described(self, op: plan.AnyOp) -> tuple[str, dict[str, Value | None]]:
        """An op's kind and what only such ops have."""
        refer = self.expressions.refer
        match op:
            case plan.Take():
                return "take", {
                    "octets": op.octets,
                    "kind": op.kind,
                    "order": refer(op.order),
                    "form": None if op.form is None else refer(op.form),
                    "decimals": op.decimals or None,
                    "codes": op.enumeration,
                }
            case plan.Bytes():
                charset = None if op.charset is None else refer(op.charset)
                return "bytes", {"form": op.form, "length": refer(op.length), "charset": charset}
            case plan.Builtin():
                return "builtin", {
                    "kind": op.kind,
                    "variant": op.variant,
                    "octets": op.octets,
                    "order": refer(op.order),
                }
            case plan.Opaque():
                return "opaque", {"limit": refer(op.limit)}
            case plan.Group():
                return "group", {"ops": self.ops(op.ops)}
            case plan.Bits():
                return "bits", {"octets": op.octets, "order": refer(op.order), "fields": self.ops(op.fields)}
            case plan.Field():
                return "field", {
                    "low": op.low,
                    "width": op.width,
                    "kind": op.kind,
                    "form": None if op.form is None else refer(op.form),
                    "codes": op.enumeration,
                }
            case plan.Fill():
                raise AssertionError("bits without a value are no op of the dissector")
            case plan.When():
                return "when", {
                    "condition": refer(op.condition),
                    "yes": self.ops(op.then),
                    "no": self.ops(op.otherwise),
                }
            case plan.Choose():
                return "choose", self.choose(op)
            case plan.Repeat():
                body = self.op(op.body)
                return "repeat", {"count": refer(op.count), "body": body, "empty_body": op.empty_body or None}
            case _:
                assert_never(op)

    def choose(self, op: plan.Choose) -> dict[str, Value | None]:
        selected = bool(op.atomic)
        arms: list[Value] = []
        for arm in op.arms:
            labels = [bound for label in arm.labels for bound in label]
            arms.append({"labels": labels, "ops": self.ops(arm.ops, selected=selected)})
        return {
            "selector": self.expressions.refer(op.selector),
            "arms": arms,
            "otherwise": None if op.otherwise is None else self.ops(op.otherwise),
            "refusal": op.refusal or None,
            "atomic": selected or None,
            "atomic_name": op.path[-1] if op.atomic and op.path and op.path[-1] != "[]" else None,
        }
