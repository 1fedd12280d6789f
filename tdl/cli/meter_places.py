"""Where a simulated meter listens, as options say it: ``tcp:HOST:PORT``, ``tcp:PORT`` on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A port; 0 takes a free one."""

    carrier: str
    host: str
    port: int

    def shifted(self, by: int) -> Place:
        """The place of another meter: the next ports, or free ones."""
        return self if not self.port else Place(carrier=self.carrier, host=self.host, port=self.port + by)


class PlaceType(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions only
    """A place of one of some carriers."""

    name = "place"

    def __init__(self, *carriers: str) -> None:
        self.carriers = carriers

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        if isinstance(value, Place):
            return value
        carrier, _, rest = str(value).partition(":")
        host, _, digits = rest.rpartition(":")
        port = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else -1
        if carrier not in self.carriers or not 0 <= port <= 0xFFFF:
            known = " or ".join(f"`{each}:HOST:PORT`" for each in self.carriers)
            self.fail(f"`{str(value)[:80]}` found, {known} expected", param, ctx)
        return Place(carrier=carrier, host=host.strip("[]") or LOOPBACK, port=port)
