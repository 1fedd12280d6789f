"""The least that can be called a meter: tables in memory, and a note of all that was done to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Code, Done, LoggedOn, Refused, TableData
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.requests import Request

PASSWORD = b"OPEN SESAME".ljust(20)


@dataclass(slots=True, kw_only=True)
class Store:
    """A meter in little-endian order, in which a table's elements are its octets.

    Attributes:
        done: what was written and started, in its order.
        password: None for a meter without one.
        first: answers that come before all others.
        strict: whether a read beyond the end is refused; if not, it ends there.
        lets_in: whether anybody may log on.
        result: of procedures.
        without: kinds of services that it does not have.
    """

    tables: dict[int, bytearray] = field(
        default_factory=lambda: {
            0: bytearray(bytes([0b0000_0010]) + bytes(20)),
            1: bytearray(b"MANUFACTURER SN "),
            5: bytearray(range(200)),
            8: bytearray(4),
        }
    )
    done: list[Request] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    password: bytes | None = None
    first: list[Answer] = field(default_factory=list)
    strict: bool = True
    lets_in: bool = True
    result: int = 0
    without: tuple[type, ...] = ()
    open: int = 0

    def connect(self, peer: str) -> Visit:
        self.open += 1
        return Visit(self)


class Visit:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = store.password is None

    def close(self) -> None:
        self._store.open -= 1

    def answer(self, request: bytes) -> bytes:
        try:
            asked = requests.decode(request)
        except WireError:
            return answers.encode(Refused(code=Code.ERR))
        self._store.asked.append(asked)
        return answers.encode(self._answer(asked))

    def _answer(self, asked: Request) -> Answer:
        store = self._store
        match asked:
            case requests.Logon():
                return LoggedOn() if store.lets_in else Refused(code=Code.ISC)
            case requests.Security(password=password):
                self._known = password == store.password
                return Done() if self._known else Refused(code=Code.ERR)
            case requests.Logoff():
                return Done()
        if not self._known:
            return Refused(code=Code.ISC)
        if store.first:
            return store.first.pop(0)
        if isinstance(asked, store.without):
            return Refused(code=Code.SNS)
        match asked:
            case requests.Read(table=table) if table in store.tables:
                return TableData(octets=bytes(store.tables[table]))
            case requests.ReadOffset(table=table, offset=offset, count=count) if table in store.tables:
                found = store.tables[table][offset : offset + count]
                return Refused(code=Code.IAR) if store.strict and len(found) < count else TableData(octets=bytes(found))
            case requests.ReadIndex(table=table, indices=(first,), count=count) if table in store.tables:
                return TableData(octets=bytes(store.tables[table][first : first + count]))
            case requests.ReadDefault():
                return TableData(octets=bytes(store.tables[1]))
            case requests.Write(table=7, octets=octets):
                store.done.append(asked)
                store.tables[8] = bytearray(octets[:3] + bytes([store.result]) + octets[3:][::-1])
                return Done()
            case requests.Write(table=table, octets=octets) if table in store.tables:
                store.done.append(asked)
                store.tables[table][:] = octets
                return Done()
            case requests.WriteOffset(table=table, offset=at, octets=octets) if table in store.tables:
                return self._put(asked, table, at, octets)
            case requests.WriteIndex(table=table, indices=(at,), octets=octets) if table in store.tables:
                return self._put(asked, table, at, octets)
            case _:
                return Refused(code=Code.ONP)

    def _put(self, asked: Request, table: int, at: int, octets: bytes) -> Answer:
        if at + len(octets) > len(self._store.tables[table]):
            return Refused(code=Code.IAR)
        self._store.done.append(asked)
        self._store.tables[table][at : at + len(octets)] = octets
        return Done()
