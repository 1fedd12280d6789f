"""Tables and elements as they were at one time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tdl.codec.errors import ImageError, path_text
from tdl.codec.values import Record
from tdl.ir.layout import Path
from tdl.ir.locating import Location
from tdl.project.reading import Reading
from tdl.systems.gateway.names import TableName, element
from tdl.systems.gateway.problems import Problem, of_image

Order: TypeAlias = Literal["little", "big"]

GENERAL = "ST0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An element.

    Attributes:
        octets: those that are its own; none for a field of an octet that others share.
    """

    path: Path
    value: object
    octets: bytes

    @property
    def text(self) -> str:
        return path_text(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Elements of a table.

    Attributes:
        reads: how many reads of the meter they come from, between which it may have changed them.
        read_at: in ISO 8601, UTC.
    """

    table: TableName
    each: tuple[Part, ...]
    order: Order | None
    reads: int
    read_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A table as it was at one time.

    Attributes:
        reading: the table and those that its layout needs, decoded.
        read_at: in ISO 8601, UTC.
    """

    table: TableName
    octets: bytes
    reading: Reading
    read_at: str

    @property
    def known(self) -> bool:
        """Whether the definition has the table."""
        return self.table.key not in self.reading.unknown

    @property
    def order(self) -> Order | None:
        """Of the meter's octets."""
        return order_of(self.reading)

    def values(self) -> Record:
        """The table's values.

        Raises:
            Problem: the octets do not have the layout, or there is none.
        """
        if not self.known:
            raise Problem(406, f"the definition has no {self.table.key}: `application/octet-stream` alone")
        try:
            return self.reading[self.table.key]
        except ImageError as error:
            raise of_image(error) from None

    def places(self, paths: Sequence[Path]) -> tuple[Location, ...]:
        """Where elements lie.

        Raises:
            Problem: the table does not decode, or does not have one.
        """
        self.values()
        located = self.reading.located(self.table.key)
        try:
            return tuple(map(located.locate, paths))
        except LookupError as error:
            raise Problem(404, str(error.args[0])) from None

    def parts(self, paths: Sequence[Path]) -> Parts:
        """Elements of it.

        Raises:
            Problem: the table does not decode, or does not have one.
        """
        values = self.values()
        each = tuple(
            part(path, element(values, path), place, self.octets)
            for path, place in zip(paths, self.places(paths), strict=True)
        )
        return Parts(table=self.table, each=each, order=self.order, reads=1, read_at=self.read_at)


def part(path: Path, value: object, place: Location, octets: bytes) -> Part:
    """An element out of a table's octets."""
    own = b"" if place.bits else octets[place.offset : place.offset + place.octets]
    return Part(path=path, value=value, octets=own)


def order_of(reading: Reading) -> Order | None:
    """The byte order that Table 0 begins with."""
    octets = reading.octets.get(GENERAL)
    return None if not octets else "big" if octets[0] & 1 else "little"
