"""Octets in and out of tables: whole, by offset, and by the indices of elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members
from tdl.ir.locating import NotFixed, locate, path_of
from tdl.project.definition import UnknownTable
from tdl.systems.meter.access import MASKED, Access, Who
from tdl.systems.meter.elements import find, holder_of, members
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.pending import Pending
from tdl.systems.meter.procedures import REQUEST, Procedures
from tdl.systems.meter.registers import REGISTERS
from tdl.systems.meter.tables import Refusal, Tables, wire_key, wire_number
from tdl.systems.wire.answers import Code
from tdl.systems.wire.data import MOST
from tdl.systems.wire.requests import (
    Read,
    ReadDefault,
    ReadIndex,
    Reading,
    ReadOffset,
    Write,
    WriteIndex,
    WriteOffset,
    Writing,
)

_OFFSET, _INDEX = 1, 2
"""The bits of DATA_ACCESS_METHOD in Table 0 for the two ways of partial access."""

_USER = 0x2000


class NotDone(Exception):
    """A service is refused.

    Attributes:
        code: what it is answered with.
    """

    def __init__(self, code: Code) -> None:
        super().__init__(code.name)
        self.code = code


class Transfer:
    """Reads and writes of one meter's tables.

    Args:
        show: called before a table is read, to bring it up to the moment.
    """

    def __init__(
        self,
        tables: Tables,
        access: Access,
        pending: Pending,
        logs: Logs,
        procedures: Procedures,
        show: Callable[[str], None],
    ) -> None:
        self._tables, self._access, self._pending = tables, access, pending
        self._logs, self._procedures, self._show = logs, procedures, show

    # --- reading -----------------------------------------------------------------------------------------------

    def read(self, request: Reading, who: Who) -> bytes:
        """The octets that a service asks for.

        Raises:
            NotDone: it gets none.
        """
        match request:
            case ReadDefault():
                raise NotDone(Code.SNS)
            case Read(table=table):
                octets = self._readable(table, who)
            case ReadOffset(table=table, offset=offset, count=count):
                self._supports(_OFFSET)
                content = self._content(table, self._readable(table, who))
                octets = content[offset : offset + count]
                if offset + count > len(content):
                    raise NotDone(Code.IAR)
            case ReadIndex(table=table, indices=indices, count=count):
                self._supports(_INDEX)
                octets = self._readable(table, who)
                start, end = self._span(table, indices, count)
                octets = octets[start:end]
        if len(octets) > MOST:
            raise NotDone(Code.ONP)
        return octets

    def _readable(self, table: int, who: Who) -> bytes:
        key = self._known(table)
        active = key.removesuffix("P")
        if not self._access.may_read(active, who):
            raise NotDone(Code.ISC)
        if active == REQUEST:
            raise NotDone(Code.IAR)
        self._show(key)
        octets = self._tables.octets(key)
        return bytes(len(octets)) if active in MASKED else octets

    # --- writing -----------------------------------------------------------------------------------------------

    def write(self, request: Writing, who: Who) -> Who:
        """Do what a service asks for.

        Returns:
            who asks from then on, which a procedure may change.

        Raises:
            NotDone, Refusal: it is not done.
        """
        number = request.table
        if wire_key(number & ~0x1000) == REQUEST and isinstance(request, Write):
            return self._run(number, request.octets, who)
        with self._tables.edit():
            self._write(request, self._writable(number, who), who)
        return who

    def _write(self, request: Writing, key: str, who: Who) -> None:
        number = request.table
        match request:
            case Write(octets=octets):
                self._put(key, octets, who)
            case WriteOffset(offset=offset, octets=octets):
                self._supports(_OFFSET)
                before = self._present(key)
                start = offset + len(before) - len(self._content(number, before))
                self._splice(key, before, start, start + len(octets), octets, who)
            case WriteIndex(indices=indices, octets=octets):
                self._supports(_INDEX)
                before = self._present(key)
                start, end = self._span(number, indices, 1, len(octets))
                self._splice(key, before, start, end, octets, who)

    def _splice(self, key: str, before: bytes, start: int, end: int, octets: bytes, who: Who) -> None:
        if end > len(before) or end - start != len(octets):
            raise NotDone(Code.IAR)
        self._put(key, before[:start] + octets + before[end:], who)

    def _put(self, key: str, octets: bytes, who: Who) -> None:
        tables = self._tables
        if key.endswith("P"):
            self._pending.write(key.removesuffix("P"), octets)
            return
        try:
            tables.definition.decode(key, octets, tables.environment)
            if wire_number(key) in tables.needed:
                # A layout that changes needs a pending copy: what other tables hold would no longer mean the same.
                environment = tables.environment_of({**tables.all_octets(), key: octets})
                if tables.layout_values(key, environment) != tables.layout_values(key, tables.environment):
                    raise Refusal(f"layouts depend on {key}")
                tables.environment = environment
        except (DecodeError, UnknownTable) as error:
            raise Refusal(str(error)) from error
        tables.write(key, octets)
        if key == REGISTERS:
            tables.state.origins = {}
        self._logs.log(Event.TABLE_WRITTEN, who.user, table=key)

    def _run(self, number: int, octets: bytes, who: Who) -> Who:
        key = self._known(number)
        if key != REQUEST:
            raise NotDone(Code.IAR)
        if not self._access.may_write(key, who):
            raise NotDone(Code.ISC)
        return self._procedures.run(octets, who)

    def _writable(self, table: int, who: Who) -> str:
        key = self._known(table, to_write=True)
        active = key.removesuffix("P")
        if not self._access.may_write(active, who):
            raise NotDone(Code.ISC)
        if active == REQUEST:
            raise NotDone(Code.IAR)
        if key.endswith("P"):
            if not self._pending.allowed(active):
                raise NotDone(Code.IAR)
        elif not self.is_writable(key):
            raise NotDone(Code.IAR)
        return key

    def is_writable(self, key: str) -> bool:
        """Whether Table 0 lets a table be written; without such a list, the definition's word counts."""
        general = self._tables.record("ST0")
        name = "STD_TBLS_WRITE" if key.startswith("ST") else "MFG_TBLS_WRITE"
        if isinstance(find(general, name), Members):
            return int(key[2:]) in members(general, name)
        table = next((t for t in self._tables.definition.model.tables if str(t.id) == key), None)
        return table is not None and dict(table.properties).get("Accessibility") in ("READWRITE", "WRITEONLY")

    # --- where -------------------------------------------------------------------------------------------------

    def _known(self, table: int, to_write: bool = False) -> str:
        """The key of a table that is there.

        Raises:
            NotDone: it is not.
        """
        key = wire_key(table)
        if table >= _USER or not self.is_used(key.removesuffix("P")):
            raise NotDone(Code.ONP)
        if key not in self._tables and not (to_write and key.endswith("P")):
            raise NotDone(Code.ONP)
        return key

    def is_used(self, key: str) -> bool:
        """Whether Table 0 says that a table is used, if it says anything."""
        general = self._tables.record("ST0")
        name = "STD_TBLS_USED" if key.startswith("ST") else "MFG_TBLS_USED"
        if holder_of(general, name) is None:
            return key in self._tables
        return int(key[2:]) in members(general, name)

    def _present(self, key: str) -> bytes:
        """What a part of is to be written; a pending copy has to be written whole first."""
        if key not in self._tables:
            raise NotDone(Code.ONP)
        return self._tables.octets(key)

    def _content(self, table: int, octets: bytes) -> bytes:
        """What offsets count in: of a pending copy only the table itself."""
        key = wire_key(table)
        return octets[self._pending.event_octets(key.removesuffix("P")) :] if key.endswith("P") else octets

    def _supports(self, way: int) -> None:
        """Table 0 says which partial access there is."""
        method = find(self._tables.record("ST0"), "DATA_ACCESS_METHOD")
        if isinstance(method, int) and not method & way:
            raise NotDone(Code.SNS)

    def _span(self, table: int, indices: Sequence[int], count: int, octets: int | None = None) -> tuple[int, int]:
        """The octets of elements that follow each other in one record or array, from the one with these indices on.

        Args:
            octets: how many are written; then as many elements as have so many octets.
        """
        key = wire_key(table)
        path = (1, *indices) if key.endswith("P") else tuple(indices)
        if octets is None and (fixed := self._fixed_span(key, path, count)) is not None:
            return fixed
        depth = len(path)
        spans: dict[int, tuple[int, int]] = {}

        def note(leaf: Moved) -> None:
            if len(leaf.indices) >= depth and leaf.indices[: depth - 1] == path[:-1] and leaf.octets:
                index, end = leaf.indices[depth - 1], leaf.offset + leaf.octets
                start, _ = spans.get(index, (leaf.offset, end))
                spans[index] = start, max(end, spans.get(index, (0, 0))[1])

        try:
            self._tables.definition.decode(key, self._tables.octets(key), self._tables.environment, note)
        except (DecodeError, UnknownTable):
            raise NotDone(Code.IAR) from None
        following = [spans[index] for index in sorted(spans) if index >= path[-1]]
        if path[-1] not in spans or not count:
            raise NotDone(Code.IAR)
        if octets is not None:
            start = following[0][0]
            fitting = next((end for _, end in following if end - start == octets), None)
            if fitting is None:
                raise NotDone(Code.IAR)
            return start, fitting
        if count > len(following):
            raise NotDone(Code.IAR)
        return following[0][0], following[count - 1][1]

    def _fixed_span(self, key: str, path: tuple[int, ...], count: int) -> tuple[int, int] | None:
        """The octets of elements that lie in the same place whatever they are: no need to decode a large table."""
        bound = self._tables.bound(key)
        if bound is None or not count:
            return None
        try:
            first = locate(bound, path_of(bound, path))
            last = locate(bound, path_of(bound, (*path[:-1], path[-1] + count - 1)))
        except (LookupError, NotFixed):
            return None
        start, end = first.offset, last.offset + last.octets
        # Elements of another size stand between them: which ones, only decoding tells.
        there = end <= len(self._tables.octets(key))
        return (start, end) if end - start == count * first.octets and first.octets and there else None
