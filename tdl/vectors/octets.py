"""Octets for leaves: the ends of what a type can hold, or random ones."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from tdl.codec.errors import LeafError
from tdl.codec.moments import write_moment
from tdl.codec.octets import insert, write_int
from tdl.ir import plan
from tdl.ir.formats import MOMENT_OCTETS

_CHARACTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How leaves are filled that nothing else decides.

    Attributes:
        kind: ``zero``, ``min``, ``max`` or ``random``.
        seed: for ``random``; a leaf's octets depend on this and its path alone.
    """

    kind: str
    seed: str = ""

    def random(self, path: object) -> Random:
        return Random(f"{self.seed} {path}")


def limits(op: plan.Take | plan.Field) -> tuple[int, int]:
    """The least and the largest number of an op; those of INT_FORMAT 0 where there are several."""
    width = 8 * op.octets if isinstance(op, plan.Take) else op.width
    if op.kind == "int":
        return -(1 << width - 1), (1 << width - 1) - 1
    return 0, (1 << width) - 1


def number_for(op: plan.Take | plan.Field, style: Style, path: object) -> int:
    """The number that a style gives to an op."""
    low, high = limits(op)
    match style.kind:
        case "zero":
            return 0
        case "min":
            return low
        case "max":
            return high
        case _:
            random = style.random(path)
            return random.randint(max(low, -3), min(high, 3)) if random.random() < 0.4 else random.randint(low, high)


def write_number(op: plan.Take, number: int, big: bool, form: int) -> bytes:
    """The octets of a number; the nearest that there is under the other signed forms."""
    if op.kind == "uint":
        return number.to_bytes(op.octets, "big" if big else "little")
    low, _ = limits(op)
    return write_int(low + 1 if number == low and form else number, op.octets, big, form)


def place_number(op: plan.Field, number: int, form: int) -> int:
    """The bits of a number in its container."""
    low, _ = limits(op)
    if op.kind == "int" and form and number == low:
        number += 1
    return insert(bool(number) if op.kind == "bool" else number, op.low, op.width, op.kind, form)


def write_real(op: plan.Take, style: Style, big: bool, path: object) -> bytes:
    """The octets of a floating point number: zero, the most negative, the largest, or a random one."""
    code, largest = ("f", 3.4028234663852886e38) if op.octets == 4 else ("d", 1.7976931348623157e308)
    number = {"zero": 0.0, "min": -largest, "max": largest}.get(style.kind)
    if number is None:
        number = round(style.random(path).uniform(-1000, 1000), 2)
    return struct.pack(f"{'>' if big else '<'}{code}", number)


def write_run(form: str, length: int, style: Style, path: object) -> bytes:
    """So many octets of text, digits, binary or a set."""
    if style.kind == "random":
        random = style.random(path)
        match form:
            case "text":  # with an octet that is a character in some sets alone
                return bytes([*random.choices(_CHARACTERS, k=length), 0xE9])[-length:] if length else b""
            case "bcd":
                return bytes.fromhex("".join(random.choices("0123456789", k=2 * length)))
            case _:
                return random.randbytes(length)
    ends = {"text": (b"\0", b" ", b"\xff"), "bcd": (b"\0", b"\0", b"\x99")}.get(form, (b"\0", b"\0", b"\xff"))
    return ends[("zero", "min", "max").index(style.kind)] * length


def write_builtin(op: plan.Builtin, style: Style, big: bool, path: object) -> bytes:
    """The octets of an atomic type that is not a plain number."""
    random = style.random(path)
    match op.kind:
        case "NIL":
            return b""
        case "FLOAT_CHAR":
            number = {"zero": "0", "min": "-" + "9" * (op.octets - 1), "max": "9" * op.octets}.get(style.kind)
            text = number if number is not None else f"{random.randint(0, 10 ** (op.octets - 2))}"
            return text.rjust(op.octets).encode("ascii")
        case "FIXED_BCD":
            digits = {"zero": "0", "min": "0", "max": "9"}.get(style.kind)
            text = digits * 2 * op.octets if digits else "".join(random.choices("0123456789", k=2 * op.octets))
            return bytes.fromhex(text)
        case _:
            return _moment(op, style, big, random)


def _moment(op: plan.Builtin, style: Style, big: bool, random: Random) -> bytes:
    octets = MOMENT_OCTETS[op.kind][op.variant]
    if style.kind == "zero" or op.kind == "RDATE" or not octets:
        fill = {"zero": b"\0", "min": b"\0", "max": b"\xff"}.get(style.kind)
        return random.randbytes(octets) if fill is None else fill * octets
    day, clock = {
        "min": (date(1990, 1, 1), time(0, 0)),
        "max": (date(2089, 12, 31), time(23, 59)),
    }.get(style.kind, (date(random.randint(1995, 2060), random.randint(1, 12), random.randint(1, 28)), time(12, 30)))
    values = (day, datetime.combine(day, clock), clock)
    for value in values:
        try:
            return write_moment(op.kind, op.variant, value, big)
        except LeafError:
            continue
    return bytes(octets)
