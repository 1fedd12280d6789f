"""What generated Rust shows of a value, told from the reference codec's tree."""

from __future__ import annotations

import struct as packing
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any

from tdl.backends.rust.files import Files
from tdl.backends.rust.types import Struct
from tdl.backends.shapes.shape import Array, BitMember, BitRecord, Number, Octets, Real, Record, Shape, Variant
from tdl.codec.values import ExactInt, Members, Raw, RecurringDate
from tdl.ir import model


def expected_lines(files: Files, struct: Struct, tree: Any, raws: dict[Any, bytes]) -> list[Any] | None:
    """The lines of a value's dump; None where one name stands for elements of several shapes."""
    if any(len({part.name for part in each.fields}) < len(each.fields) for each in _structs(files, struct)):
        return None
    return list(_Dump(files, raws).record(struct, tree, (), 0))


def fits(line: str, expected: Any) -> bool:
    """Whether a line is as expected: the same text, or behind the same label a number or text of the same value."""
    if isinstance(expected, str):
        return line == expected
    label, value = expected
    if not line.startswith(f"{label} = "):
        return False
    shown = line.removeprefix(f"{label} = ")
    match value:
        case float():
            found = float(shown)
            return found == value or (isnan(found) and isnan(value)) or _narrow(found) == _narrow(value)
        case Raw():
            return shown in (value.hex().upper(), value.decode("latin-1").strip(" "))
        case Decimal():
            if len(value.as_tuple().digits) > 18:
                return True  # more than the 64 bits that are shown as a number
            try:
                return Decimal(shown) == value
            except InvalidOperation:
                return False
        case _Clock():
            return shown in (value, f"{value}.00")
        case str():
            return shown.startswith('"') and shown.endswith('"') and (not _plain(value) or shown == f'"{value}"')
        case _:
            return False


def _narrow(number: float) -> float:
    """The nearest of 32 bits: fewer digits say which one it is."""
    try:
        found: float = packing.unpack("<f", packing.pack("<f", number))[0]
    except OverflowError:
        return number
    return found


def _plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _structs(files: Files, struct: Struct) -> list[Struct]:
    return [struct, *files.types.below(struct.structure)]


class _Dump:
    def __init__(self, files: Files, raws: dict[Any, bytes]) -> None:
        self.files, self.raws = files, raws

    def record(self, struct: Struct, tree: Any, path: tuple[object, ...], depth: int) -> Any:
        for part in struct.fields:
            if part.name not in tree:
                continue
            label = "  " * depth + part.name
            value, inside = tree[part.name], (*path, part.name)
            if isinstance(part, BitMember):
                yield f"{label} = {self.bits(part, value)}"
            else:
                yield from self.value(part.shape, value, inside, label, depth)
        if struct.spare and tree.spare:
            yield f"{'  ' * depth}$spare = {tree.spare}"

    def bits(self, part: BitMember, value: Any) -> str:
        if part.kind == "bool" and part.width == 1:
            return str(bool(value)).lower()
        return self.number(value, part.width, part.enumeration if part.kind != "bool" else None, part.kind == "int")

    def number(self, value: Any, width: int, enumeration: str | None, signed: bool) -> str:
        number = -(1 << width - 1) if isinstance(value, ExactInt) else int(value)
        name = self.name(enumeration, number, width, signed)
        return str(number) if name is None else f"{name} ({number})"

    def name(self, enumeration: str | None, number: int, width: int, signed: bool) -> str | None:
        found: tuple[model.Enumeration, ...] = self.files.definition.enumerations
        bits = next(each for each in (8, 16, 32, 64) if width <= each)
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        for each in found:
            if each.name == enumeration:
                for code in each.enumerators:
                    if low <= code.low and code.high <= high and code.low <= number <= code.high:
                        return code.name
        return None

    def value(self, shape: Shape, value: Any, path: tuple[object, ...], label: str, depth: int) -> Any:
        match shape:
            case Record() | BitRecord():
                yield label
                yield from self.record(self.files.types.of(shape), value, path, depth + 1)
            case Array(of=of):
                for index, each in enumerate(value):
                    yield from self.value(of, each, (*path, index), f"{label}[{index}]", depth)
            case Number(decimals=0, octets=octets, enumeration=enumeration, signed=signed):
                yield f"{label} = {self.number(value, 8 * octets, enumeration, signed)}"
            case Number(decimals=decimals, octets=octets):
                number = Decimal(-(1 << 8 * octets - 1)).scaleb(-decimals) if hasattr(value, "raw") else value
                yield label, number
            case Real():
                yield label, value
            case Octets(form="set"):
                assert isinstance(value, Members)
                yield f"{label} = {{{', '.join(map(str, value))}}}"
            case Octets(form="binary" | "opaque" | "bcd"):
                yield f"{label} = {self.raws[path].hex().upper()}"
            case Octets(form="text"):
                yield label, self.raws[path].decode("latin-1")
            case Octets() | Variant():
                yield self.built_in(value, path, label)
            case _:
                raise AssertionError(shape)

    def built_in(self, value: Any, path: tuple[object, ...], label: str) -> Any:
        match value:
            case None:
                return f"{label} = none"
            case RecurringDate():
                return f"{label} = {self.raws[path].hex().upper()}"
            case ExactInt():
                return label, Decimal(0)
            case int():
                return label, Decimal(value)
            case datetime() | time():
                text = value.isoformat()
                short = text[:-4] if "." in text else text
                return f"{label} = {short}" if self.raws[path] and "." in text else (label, _Clock(short))
            case date():
                return f"{label} = {value.isoformat()}"
            case _:
                return label, value


class _Clock(str):
    """A moment without hundredths, which may be shown with them."""
