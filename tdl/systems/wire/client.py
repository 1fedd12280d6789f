"""A meter as whoever reads it sees it, whatever the protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

from tdl.systems.wire.dialogue import Dialogue, Outcome, Steps

T = TypeVar("T")
D = TypeVar("D", bound=Dialogue)


class MeterClient(ABC, Generic[D]):
    """A meter at the other end of a line: tables as octets, by their numbers of 16 bits.

    A table's number is 2048 more for one of the manufacturer, 4096 more for a pending one. Calls wait for each other.
    Everything raises `WireError`, whose kinds in `tdl.systems.wire.errors` say which layer failed; after any but
    `LineFailed` the next call may succeed.

    Args:
        dialogue: what to say to it; `perform` carries any part of it.
    """

    def __init__(self, dialogue: D) -> None:
        self.dialogue = dialogue

    @abstractmethod
    async def perform(self, steps: Steps[T]) -> T:
        """What comes of a part of a dialogue."""

    @abstractmethod
    async def close(self) -> None:
        """End the session and the connection."""

    async def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> bytes:
        """The octets of a table; with an offset or a count, a part of them."""
        return await self.perform(self.dialogue.read(table, offset=offset, count=count))

    async def read_index(self, table: int, indices: Sequence[int], count: int = 1) -> bytes:
        """The octets of so many elements, from a position on."""
        return await self.perform(self.dialogue.read_index(table, tuple(indices), count))

    async def write(self, table: int, octets: bytes, *, offset: int | None = None) -> None:
        """Write a table, or a part of one.

        Raises:
            Uncertain: if it may have been done, or was done in part.
        """
        await self.perform(self.dialogue.write(table, octets, offset=offset))

    async def write_index(self, table: int, indices: Sequence[int], octets: bytes) -> None:
        """Write elements of a table, from a position on."""
        await self.perform(self.dialogue.write_index(table, tuple(indices), octets))

    async def procedure(
        self, number: int, parameters: bytes = b"", *, order: Literal["little", "big"] | None = None
    ) -> Outcome:
        """Start a procedure, once, and wait for what comes of it.

        Raises:
            Uncertain: if it may have begun.
        """
        return await self.perform(self.dialogue.procedure(number, parameters, order=order))
