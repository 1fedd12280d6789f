"""Table transfers in traffic: what of which table was read or written, and its values.

A meter's tables stay known once they went over, so that the layouts of later ones can be taken from them; so do pieces
of a table, and when they make up the whole of it, it is known too. Of a table of which only a piece is known the
elements inside the piece have values if their places do not depend on the rest.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError, octets_text
from tdl.codec.values import Record
from tdl.image import Image, Profile
from tdl.ir.layout import fixed_size
from tdl.ir.locating import NotFixed, locate, path_of
from tdl.ir.model import TableId
from tdl.project.definition import Definition, UnknownTable
from tdl.project.profile import Settings
from tdl.project.reading import Reading, read_image
from tdl.systems.captures.messages import Message
from tdl.systems.captures.pieces import Pieces
from tdl.systems.wire.answers import Done, Refused, TableData
from tdl.systems.wire.exchange import Exchange
from tdl.systems.wire.requests import (
    Read,
    ReadDefault,
    ReadIndex,
    ReadOffset,
    Write,
    WriteIndex,
    WriteOffset,
)
from tdl.systems.wire.requests import Reading as ReadRequest
from tdl.systems.wire.requests import Writing as WriteRequest

METERS = 1024
"""The most meters whose tables are kept; those that were silent longest go first."""

_ID = 0x3FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A read or write of a table.

    Attributes:
        message: the answer; the question where it has none.
        meter: who was asked, by title or address.
        key: the table's, ``ST23``; "" for the one that the meter has chosen.
        octets: what was read, or what was to be written.
        refused: why it was not done, if the meter said so.
        answered: whether it said anything.
    """

    message: Message
    meter: str
    request: ReadRequest | WriteRequest
    key: str
    octets: bytes
    refused: Refused | None
    answered: bool

    @property
    def written(self) -> bool:
        return isinstance(self.request, Write | WriteIndex | WriteOffset)

    @property
    def done(self) -> bool:
        return self.answered and self.refused is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What a transfer's octets say.

    Attributes:
        record: of a whole table, its values.
        leaves: the elements inside the octets.
        reading: the meter's tables so far, which its layout was taken from.
        offset: where the octets begin in the table, if it is known.
        note: what could not be said, and why.
        failure: why the table could not be decoded.
    """

    record: Record | None = None
    leaves: tuple[Moved, ...] = ()
    reading: Reading | None = None
    offset: int | None = None
    note: str = ""
    failure: DecodeError | None = None


def transfers(message: Message) -> Iterator[Transfer]:
    """The table transfers of an answer, or of a question that has none."""
    for each in message.exchanges:
        if isinstance(each.request, Read | ReadDefault | ReadIndex | ReadOffset | Write | WriteIndex | WriteOffset):
            yield _transfer(message, each, each.request)


def _transfer(message: Message, exchange: Exchange, request: ReadRequest | WriteRequest) -> Transfer:
    answer = exchange.answer
    octets = answer.octets if isinstance(answer, TableData) else getattr(request, "octets", b"")
    table = None if isinstance(request, ReadDefault) else request.table
    return Transfer(
        message=message,
        meter=_meter(message),
        request=request,
        key="" if table is None else str(TableId(table & _ID)),
        octets=octets,
        refused=answer if isinstance(answer, Refused) else None,
        answered=isinstance(answer, Refused | TableData | Done),
    )


def _meter(message: Message) -> str:
    """Who was asked: by title, or by address and the number on a shared line."""
    heard, place = message.apdu, message.place
    title = None if heard is None else heard.calling if message.answers else heard.called
    if title is not None:
        return str(title)
    end = str(place.source if message.answers else place.destination)
    return f"{end} device {message.identity}" if message.identity else end


@dataclass(slots=True)
class _Known:
    """What is known of a meter: whole tables by key, and stretches of others."""

    tables: dict[str, bytes] = field(default_factory=dict)
    pieces: dict[str, Pieces] = field(default_factory=dict)


class Meters:
    """The values of transfers, in the order in which they were heard.

    Args:
        bind, settings: what layouts depend on and the traffic does not hold; see `tdl.project.reading.read_image`.
    """

    def __init__(self, definition: Definition, bind: Image | Profile | None = None, settings: Settings = ()) -> None:
        self.definition, self._bind, self._settings = definition, bind, settings
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def values(self, transfer: Transfer) -> Values:
        """What a transfer's octets say; they count for those that follow unless they were not written after all."""
        known = self._of(transfer.meter)
        try:
            key = self.definition.table(transfer.key).key if transfer.key else ""
        except UnknownTable as error:
            return Values(note=str(error))
        if not key:
            return Values(note="which table the meter chose is not said")
        if transfer.refused is not None or (not transfer.octets and not transfer.done):
            return Values()
        request = transfer.request
        match request:
            case Read() | Write():
                return self._whole(known, key, transfer)
            case ReadOffset(offset=offset) | WriteOffset(offset=offset):
                return self._piece(known, key, offset, transfer)
            case ReadIndex(indices=indices) | WriteIndex(indices=indices):
                return self._indexed(known, key, indices, transfer)
            case ReadDefault():
                raise AssertionError(request)
        assert_never(request)

    def _of(self, meter: str) -> _Known:
        known = self._known.setdefault(meter, _Known())
        self._known.move_to_end(meter)
        if len(self._known) > METERS:
            self._known.popitem(last=False)
        return known

    def _whole(self, known: _Known, key: str, transfer: Transfer) -> Values:
        reading = self._read(known.tables, key, transfer.octets)
        failure = reading.failures.get(key)
        if isinstance(failure, DecodeError):
            return Values(reading=reading, offset=0, failure=failure)
        if transfer.done:
            known.tables[key] = transfer.octets
            known.pieces.pop(key, None)
        leaves = self._leaves(reading, key, transfer.octets)
        return Values(record=reading.values[key], leaves=tuple(leaves), reading=reading, offset=0)

    def _piece(self, known: _Known, key: str, offset: int, transfer: Transfer) -> Values:
        if transfer.done:
            self._place(known, key, offset, transfer.octets)
        reading, octets = self._around(known, key, offset, transfer.octets)
        if octets is None:
            return Values(reading=reading, offset=offset, note="which elements they are depends on what is not known")
        end = offset + len(transfer.octets)
        inside = [leaf for leaf in self._leaves(reading, key, octets) if offset <= leaf.offset < end]
        leaves = tuple(leaf for leaf in inside if leaf.offset + leaf.octets <= end)
        covered = len({at for leaf in leaves for at in range(leaf.offset, leaf.offset + leaf.octets)})
        note = "" if covered == len(transfer.octets) else f"{octets_text(end - offset - covered)} are parts of elements"
        return Values(leaves=leaves, reading=reading, offset=offset, note=note)

    def _indexed(self, known: _Known, key: str, indices: Sequence[int], transfer: Transfer) -> Values:
        reading = self._read(known.tables, key, known.tables.get(key))
        try:
            if key in reading.values:
                located = reading.located(key)
                offset = located.locate(located.path_of(tuple(indices))).offset
            else:
                table = self.definition.bind(key, reading.environment)
                offset = locate(table, path_of(table, indices)).offset
        except (LookupError, NotFixed) as error:
            return Values(reading=reading, note=str(error.args[0]))
        return self._piece(known, key, offset, transfer)

    def _place(self, known: _Known, key: str, offset: int, octets: bytes) -> None:
        """Put a piece where it belongs; if the whole table is known then, keep that."""
        whole = known.tables.pop(key, b"")
        pieces = known.pieces.setdefault(key, Pieces())
        if whole:
            pieces.put(0, whole)
        pieces.put(offset, octets)
        whole = pieces.beginning
        if whole and key in self._read(known.tables, key, whole).values:
            known.tables[key] = whole
            del known.pieces[key]

    def _around(self, known: _Known, key: str, offset: int, octets: bytes) -> tuple[Reading, bytes | None]:
        """The whole table that a piece belongs to; zeros stand for what is not known if the layout does not mind."""
        if key in known.tables:
            return self._read(known.tables, key, known.tables[key]), known.tables[key]
        reading = self._read(known.tables, key, None)
        size = fixed_size(self.definition.bind(key, reading.environment).root)
        if size is None or offset + len(octets) > size:
            return reading, None
        whole = bytes(offset) + octets + bytes(size - offset - len(octets))
        reading = self._read(known.tables, key, whole)
        return reading, whole if key in reading.values else None

    def _read(self, tables: Mapping[str, bytes], key: str, octets: bytes | None) -> Reading:
        """A meter's tables, of which one is decoded; without octets that fails, but what its layout needs is there."""
        image = Image(tables={**tables, key: octets or b""})
        return read_image(self.definition, image, bind=self._bind, settings=self._settings, only=[key])

    def _leaves(self, reading: Reading, key: str, octets: bytes) -> list[Moved]:
        leaves: list[Moved] = []
        self.definition.decode(key, octets, reading.environment, leaves.append)
        return leaves
