"""What a generated dissector says of octets under plain Lua, and what the reference codec says of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tdl.backends.api import Options, find_backend
from tdl.backends.wireshark.lua import Code, Value, literal
from tdl.codec.decoder import Moved, decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Raw, Record
from tdl.ir import model, plan
from tests.tools import tool

LUAS = ("lua5.2", "lua5.4")
"""What Wireshark 4.0 has, and what newer ones have."""

_WALK = Path(__file__).with_name("wireshark_walk.lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One element."""

    label: str
    offset: int
    octets: int
    bits: tuple[int, int] | None
    text: str


Walked = tuple[list[Shown], str]
"""The elements, and the message that ended the walk or nothing."""


class Plugin:
    """A generated plug-in on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def walk(self, cases: Sequence[Mapping[str, Value]], lua: str = LUAS[0]) -> list[Walked]:
        """What the engine says of each case: see `case`."""
        listed = self.path.with_suffix(".cases")
        listed.write_text(f"return {literal(cases)}\n", "ascii")
        command = [tool(lua), str(_WALK), str(self.path), str(listed)]
        run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        assert run.returncode == 0, run.stderr
        return list(_walked(run.stdout))


@contextmanager
def plugin(definition: model.Definition, of: plan.Plan, **options: str) -> Iterator[Plugin]:
    """The plug-in of a definition, until the block ends."""
    (file,) = find_backend("wireshark").generate(definition, of, Options(package="subject", values=options))
    with TemporaryDirectory() as folder:
        path = Path(folder, file.path)
        path.write_bytes(file.content)
        yield Plugin(path)


def case(key: str, octets: bytes, records: Mapping[int, Record] | None = None, **payload: Value) -> dict[str, Value]:
    """Octets of a table, and the tables that its layout depends on."""
    held = ", ".join(f"[{table}] = {literal(_value(record))}" for table, record in (records or {}).items())
    whole: dict[str, Value] = {"octets": _octets(octets), "whole": True, **payload}
    return {"key": key, "payload": whole, "records": Code(f"{{{held}}}")}


def _octets(octets: bytes) -> Code:
    return Code('"' + "".join(f"\\{octet:03d}" for octet in octets) + '"')


def _value(value: object) -> Value:
    match value:
        case Record():
            return {"members": {name: _value(each) for name, each in value.items()}}
        case list():
            return {"elements": [_value(each) for each in value]}
        case Members():
            return {"set": _octets(value.octets)}
        case int():
            return int(value)
        case _:
            return {"text": str(value)}


def _walked(output: str) -> Iterator[Walked]:
    found: list[Shown] = []
    for line in output.splitlines():
        kind, *parts = line.split("\t")
        if kind == "end":
            yield found, parts[0]
            found = []
        else:
            label, offset, octets, low, width, text = parts
            bits = (int(low), int(width)) if low else None
            found.append(Shown(label=label, offset=int(offset), octets=int(octets), bits=bits, text=text))


# --- the reference ---------------------------------------------------------------------------------------------------


def reference(table: plan.TablePlan, octets: bytes, environment: Environment) -> tuple[list[Moved], DecodeError | None]:
    """Every value that the reference codec moves, and the error that ended it."""
    found: list[Moved] = []
    try:
        decode(table, octets, environment, found.append)
    except DecodeError as error:
        return found, error
    return found, None


def label_of(table: plan.TablePlan, path: tuple[str | int, ...]) -> str:
    """What the dissector calls an element: its name, or in an array that of the array and its position."""
    at = len(path)
    while at and isinstance(path[at - 1], int):
        at -= 1
    return f"{path[at - 1] if at else table.key}" + "".join(f"[{step}]" for step in path[at:])


def same_text(text: str, value: Any) -> bool:
    """Whether a text says a value of the reference codec."""
    match value:
        case None:
            return text == "none"
        case bool():
            return text == ("true" if value else "false")
        case int():
            return text == str(int(value))
        case float():
            return isnan(value) == (text == "NaN") and (isnan(value) or float(text) == value)
        case Decimal():
            return Decimal(text) == value
        case Raw():
            return text == f"{value} (no value)"
        case bytes():
            return text == value.hex().upper()
        case Members():
            members = "{" + ", ".join(map(str, value)) + "}"
            return members.startswith(text.removesuffix("...}")) if text.endswith("...}") else text == members
        case str():
            return text == _printed(value)
        case _:
            return bool(text == value.isoformat())


def _printed(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").hex().upper() + " (no value)"
    return "".join(_character(each) for each in text)


def _character(each: str) -> str:
    return "\\\\" if each == "\\" else f"\\x{ord(each):02X}" if ord(each) < 32 or ord(each) == 127 else each


REFUSED = "does not fit 53 bits"
"""What the dissector says of numbers that it refuses and the reference codec calculates with."""


def same(table: plan.TablePlan, octets: bytes, environment: Environment, walked: Walked) -> None:
    """Both say the same elements and the same error."""
    shown, message = walked
    moved, error = reference(table, octets, environment)
    if REFUSED in message:
        moved = moved[: len(shown)]
    else:
        assert _comparable(message) == _comparable(str(error or ""))
    assert len(shown) == len(moved)
    for one, other in zip(shown, moved, strict=True):
        bits = None if other.low is None or other.width is None else (other.low, other.width)
        assert (one.label, one.offset, one.octets, one.bits) == (
            label_of(table, other.path),
            other.offset,
            other.octets,
            bits,
        )
        assert same_text(one.text, other.value), (one, other.value)


def _comparable(message: str) -> str:
    """A message without the words for a value that is no number."""
    place, found, rest = message.partition(", a number in `")
    return place.rpartition(": ")[0] + found + rest if found else message
