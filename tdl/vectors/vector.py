"""One vector: octets, what their layout needs from other tables, and what a codec must make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, path_text
from tdl.codec.json_values import to_json
from tdl.codec.values import Members
from tdl.ir.plan import TablePlan

if TYPE_CHECKING:
    from tdl.codec.json_values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The facts of the error that refused octets (see `tdl.codec.errors.ImageError`)."""

    kind: str
    path: str
    offset: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """What a codec must do with one image of a table.

    Attributes:
        environment: the values of other tables that the layout depends on, as a profile has them.
        values: what the octets decode to, as `tdl decode --format json` writes it; None if they are refused.
        refusal: why they are; None if they are accepted.
    """

    name: str
    table: str
    environment: Mapping[str, object]
    octets: bytes
    values: Json = None
    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        return self.refusal is None


def judged(name: str, table: TablePlan, octets: bytes, environment: Environment) -> Vector:
    """The vector of an image: what the reference codec makes of it."""
    values: Json = None
    refusal: Refusal | None = None
    try:
        values = to_json(decode(table, octets, environment))
    except DecodeError as error:
        refusal = Refusal(
            kind=error.kind,
            path=path_text(error.path),
            offset=error.offset,
            expected=error.expected,
            found=error.found,
        )
    return Vector(
        name=name,
        table=table.key,
        environment=needed_values(table, environment),
        octets=octets,
        values=values,
        refusal=refusal,
    )


def needed_values(table: TablePlan, environment: Environment) -> dict[str, object]:
    """What a table's layout needs of an environment, nested by names as a profile has it."""
    profile: dict[str, object] = {}
    for need in table.needs:
        value = environment.held(need.reference.table, need.reference.path)
        if value is None:
            continue
        inner = profile
        *outer, last = (need.reference.table_name, *(name for name in need.reference.path if name != "[]"))
        for name in outer:
            below = inner.setdefault(name, {})
            assert isinstance(below, dict)
            inner = below
        inner[last] = _plain(value)
    return profile


def _plain(value: object) -> object:
    match value:
        case Members():
            return sorted(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case int():
            return int(value)
        case _:
            return value
