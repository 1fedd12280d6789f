"""A codec with one thing wrong disagrees with some vector: each op of a table is spoilt in each way there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.ir import plan
from tdl.ir.expr import Binary, Const, Expr, Unary
from tdl.ir.traverse import walk
from tests.unit.vectors.definitions import definition
from tests.unit.vectors.replaying import Codec, disagreements, suite_of, verdict

UNREACHABLE = "NEVER"


def mutants(root: plan.AnyOp) -> Iterator[tuple[str, plan.AnyOp, plan.AnyOp]]:
    """What is spoilt, the op, and what takes its place."""
    for op in walk(root):
        for what, wrong in spoilt(op):
            yield f"{what} of {'.'.join(op.path)} ({type(op).__name__})", op, wrong


def spoilt(op: plan.AnyOp) -> Iterator[tuple[str, plan.AnyOp]]:
    match op:
        case plan.When():
            yield "branches swapped", replace(op, then=op.otherwise, otherwise=op.then)
            yield "always then", replace(op, condition=Const(value=1))
            yield "never then", replace(op, condition=Const(value=0))
        case plan.Choose():
            for i, arm in enumerate(op.arms):
                yield f"arm {i} left out", replace(op, arms=(*op.arms[:i], *op.arms[i + 1 :]))
                low, high = arm.labels[0]
                if low != high:
                    narrow = replace(arm, labels=((low + 1, high),))
                    yield f"arm {i} too narrow", replace(op, arms=(*op.arms[:i], narrow, *op.arms[i + 1 :]))
        case plan.Repeat():
            yield "one more", replace(op, count=one_more(op.count))
        case plan.Take():
            if op.octets > 1:
                yield "order", replace(op, order=Unary(operator="NOT", operand=op.order))
                yield "size", replace(op, octets=op.octets - 1)
            if op.kind == "uint":
                yield "sign", replace(op, kind="int")
            if op.form is not None:
                for form in range(3):
                    yield f"form {form}", replace(op, form=Const(value=form))
                for form in range(2):
                    yield f"form {form} as the next", replace(op, form=with_next(op.form, form))
        case plan.Bits():
            yield "order", replace(op, order=Unary(operator="NOT", operand=op.order))
        case plan.Bytes():
            yield "one more", replace(op, length=one_more(op.length))
            if op.charset is not None:
                for charset in range(4):
                    yield f"charset {charset}", replace(op, charset=Const(value=charset))
                    yield f"charset {charset} as the next", replace(op, charset=with_next(op.charset, charset))
        case plan.Field():
            yield "one bit up", replace(op, low=op.low + 1)
            if op.kind == "int":
                yield "sign", replace(op, kind="uint")
        case plan.Builtin():
            yield "size", replace(op, octets=op.octets + 1)
        case _:
            pass


def one_more(expression: Expr) -> Expr:
    return Binary(operator="+", left=expression, right=Const(value=1))


def with_next(expression: Expr, value: int) -> Expr:
    """An expression that has the next value where it would have this one."""
    same = Binary(operator="==", left=expression, right=Const(value=value))
    return Binary(operator="+", left=expression, right=same)


def with_other(op: Any, old: plan.AnyOp, new: plan.AnyOp) -> Any:
    """A Plan with one op in another's place."""
    if op is old:
        return new

    def each(ops: tuple[plan.AnyOp, ...]) -> tuple[plan.AnyOp, ...]:
        return tuple(with_other(below, old, new) for below in ops)

    match op:
        case plan.Group():
            return replace(op, ops=each(op.ops))
        case plan.Bits():
            return replace(op, fields=each(op.fields))
        case plan.When():
            return replace(op, then=each(op.then), otherwise=each(op.otherwise))
        case plan.Choose():
            arms = tuple(replace(arm, ops=each(arm.ops)) for arm in op.arms)
            return replace(op, arms=arms, otherwise=None if op.otherwise is None else each(op.otherwise))
        case plan.Repeat():
            return replace(op, body=with_other(op.body, old, new))
        case _:
            return op


def codec_of(table: plan.TablePlan) -> Codec:
    def codec(key: str, octets: bytes, environment: Environment) -> tuple[str, object]:
        try:
            return verdict(decode, table, octets, environment)
        except Exception as error:  # a codec that is spoilt may fail in any way
            return "crash", error

    return codec


def changes_nothing(what: str, op: plan.AnyOp) -> bool:
    """The order of one octet; what lies in a branch that nothing reaches."""
    if UNREACHABLE in op.path or (isinstance(op, plan.Bits) and op.octets == 1):
        return True
    unreachable = isinstance(op, plan.When) and any(UNREACHABLE in below.path for below in op.then)
    return unreachable and what.startswith("never then")


def test_every_mutant_is_found() -> None:
    meter = definition()
    for key in ("ST0", "ST1"):
        table, suite = meter.table(key), suite_of(meter, key, count=0)
        found = list(mutants(table.root))
        assert len(found) > 8
        survivors = [
            what
            for what, op, wrong in found
            if not changes_nothing(what, op)
            and not any(disagreements(meter, suite, codec_of(replace(table, root=with_other(table.root, op, wrong)))))
        ]
        assert survivors == []
