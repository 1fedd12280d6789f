"""The fields that Wireshark filters by: one for each path and type, with a name that is the same every time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import assert_never

from tdl.deferred import dataclass
from tdl.ir import model, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a Wireshark field is made from.

    Attributes:
        filter: what filters call it.
        type: of Wireshark: ``uint8``, ``double``, ``none`` for what only holds others ...
        enumeration: the codes that name its values.
    """

    filter: str
    name: str
    type: str
    enumeration: str = ""


class Fields:
    """The fields of a table, each made when it is first asked for."""

    def __init__(self, table: plan.TablePlan, prefix: str) -> None:
        self.table, self.prefix = table, prefix
        self.made: list[Field] = []
        self._numbers: dict[tuple[tuple[str, ...], str, str], int] = {}
        self._filters: set[str] = set()

    def number(self, op: plan.AnyOp, *, selected: bool) -> int:
        """The field of an op, counted from 1; ``selected`` is whether a format code selects it among others."""
        type_ = "double" if selected and isinstance(op, plan.Take) else field_type(op)
        enumeration = (getattr(op, "enumeration", None) or "") if type_.startswith(("uint", "int")) else ""
        path = tuple(step for step in op.path if step != "[]")
        key = (path, type_, enumeration)
        if key not in self._numbers:
            name = path[-1] if path else self.table.name
            self.made.append(Field(filter=self._filter(path), name=name, type=type_, enumeration=enumeration))
            self._numbers[key] = len(self.made)
        return self._numbers[key]

    def _filter(self, path: tuple[str, ...]) -> str:
        wanted = ".".join((self.prefix, *map(_part, (*self.table.key.split("."), *path))))
        found, number = wanted, 2
        while found in self._filters:
            found, number = f"{wanted}_{number}", number + 1
        self._filters.add(found)
        return found


@lru_cache(maxsize=1024)
def _part(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def field_type(op: plan.AnyOp) -> str:
    """Wireshark's type for the values of an op."""
    match op:
        case plan.Take(kind="float") | plan.Builtin(kind="FLOAT_CHAR" | "FIXED_BCD"):
            return "double"
        case plan.Take():
            return "double" if op.decimals else _integer(8 * op.octets, op.kind)
        case plan.Builtin(kind="RDATE"):
            return "uint16"
        case plan.Builtin(kind="DATE" | "LTIME_DATE" | "STIME_DATE" | "HTIME_DATE" | "TIME_DATE"):
            return "absolute_time"
        case plan.Builtin():
            return "string"
        case plan.Bytes():
            return "string" if op.form in ("text", "bcd") else "bytes"
        case plan.Opaque():
            return "bytes"
        case plan.Field():
            return "bool" if op.kind == "bool" and op.width == 1 else _integer(op.width, op.kind)
        case plan.Group() | plan.Bits() | plan.Repeat() | plan.When() | plan.Choose() | plan.Fill():
            return "none"
        case _:
            assert_never(op)


def _integer(width: int, kind: str) -> str:
    size = next(size for size in (8, 16, 24, 32, 64) if width <= size)
    return f"{'int' if kind == 'int' else 'uint'}{size}"


def value_strings(enumeration: model.Enumeration) -> Mapping[int, str]:
    """Codes and their names for filters: not those of ranges, as a filter would find the first number alone."""
    single = [code for code in enumeration.enumerators if code.low == code.high and abs(code.low) < 1 << 31]
    return {code.low: code.name for code in single}
