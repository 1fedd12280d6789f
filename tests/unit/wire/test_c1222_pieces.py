"""Requests in pieces: put together by the server, within bounds, and done once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tdl.systems.wire import apdu, requests, segments
from tdl.systems.wire.acse.node import Node
from tdl.systems.wire.acse.server import EACH, Event, Server, Source
from tdl.systems.wire.acse.settings import ServerSettings
from tdl.systems.wire.answers import Code, Done, Refused, TableData
from tdl.systems.wire.assemblies import Assemblies
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.requests import Read, Request, Write, WriteOffset
from tdl.systems.wire.segments import SECONDS, Piece
from tdl.systems.wire.shells import connect
from tdl.systems.wire.shells.c1222.listeners import listen_udp
from tdl.systems.wire.titles import Form, Title
from tests.unit.wire.c1222_network import KEY, METER, READER, Network, Tables
from tests.unit.wire.test_c1222 import PLAIN, sealed, services

LARGE = bytes(range(250)) * 12
CUT = replace(PLAIN, payload=300)
ELSEWHERE = Source(host="198.51.100.9", port=9, datagram=True)


def net(**more: object) -> Network:
    more.setdefault("settings", CUT)
    return Network(store=Tables(tables={0: bytearray(1), 5: bytearray(LARGE)}), **more)  # type: ignore[arg-type]


def pieces(octets: bytes, payload: int = 300) -> list[bytes]:
    return [segments.encode(each) for each in segments.cut(apdu.decode(octets), octets, payload)]


def begun(number: int, *, whole: int = 600, source: int = 1) -> bytes:
    """The first piece of a message that never becomes whole."""
    return segments.encode(
        Piece(
            whole=whole,
            offset=0,
            octets=b"\x60",
            calling_invocation=Invocation(number=number),
            calling=Title(arcs=(source,), form=Form.CONTEXT),
        )
    )


# --- what is put together --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("datagram", [False, True])
def test_a_table_is_written_and_read_in_pieces(mode: Mode, datagram: bool) -> None:
    """In one write and one read, so that it is all of one moment."""
    # In clear text over UDP nobody gets more octets than there were.
    padding = 4000 if mode is Mode.CLEAR else 0
    line = net(
        settings=replace(CUT, mode=mode, padding=padding),
        server_settings=ServerSettings(pieces=True),
        node={"least": mode},
        datagram=datagram,
    )
    new = LARGE[::-1]
    line.run(line.client.dialogue.write(5, new))
    assert line.store.done == [Write(table=5, octets=new)]
    assert line.ask(Read(table=5)) == (TableData(octets=new),)
    assert max(len(octets) for to, octets in line.log if to == "server") <= 300
    assert max(len(octets) for to, octets in line.log if to == "client") <= (548 if datagram else 4000)


def test_pieces_in_any_order_and_more_than_once() -> None:
    line, write = net(), Write(table=5, octets=LARGE)
    parts = pieces(sealed(write))
    for piece in (parts[3], *reversed(parts[1:]), parts[2]):
        assert line.heard(piece) == ()
    (answer,) = line.heard(parts[0])
    assert services(answer) == (b"\0",)
    assert line.store.done == [write]
    again = [line.heard(piece) for piece in parts]
    assert again == [()] * (len(parts) - 1) + [(answer,)]
    assert line.store.done == [write]
    assert line.server.events[Event.REPEATED] == 1


def test_pieces_from_two_places_are_of_two_messages() -> None:
    line = net()
    parts = pieces(sealed(Write(table=5, octets=LARGE)))
    for number, piece in enumerate(parts):
        assert line.heard(piece, ELSEWHERE if number % 2 else None) == ()
    assert line.store.done == []


def test_a_message_in_pieces_of_pieces_is_none() -> None:
    line = net()
    whole = pieces(sealed(Write(table=5, octets=LARGE)), 400)[0]
    outer = segments.cut(apdu.decode(sealed(Read(table=1))), whole, 300)
    assert [line.heard(segments.encode(each)) for each in outer] == [()] * len(outer)
    assert line.server.events[Event.UNREADABLE] == 1


def test_what_is_late_is_given_up() -> None:
    for late, said in ((False, 1), (True, 0)):
        line = net()
        *first, last = pieces(sealed(Write(table=5, octets=LARGE)))
        for piece in first:
            line.heard(piece)
        line.now += SECONDS + late
        line.server.tick(line.now)
        assert len(line.server.assemblies) == said
        assert len(line.heard(last)) == said
        assert len(line.store.done) == said


def test_what_is_late_is_no_hindrance_when_it_comes_again() -> None:
    line = net()
    parts = pieces(sealed(Write(table=5, octets=LARGE)))
    for piece in parts[:-1]:
        line.heard(piece)
    line.now += SECONDS + 1
    assert sum(len(line.heard(piece)) for piece in parts) == 1
    assert len(line.store.done) == 1


# --- what is refused -------------------------------------------------------------------------------------------------


def test_pieces_that_disagree_end_the_message() -> None:
    line = net()
    first, *rest = pieces(sealed(Write(table=5, octets=LARGE)))
    line.heard(first)
    other = segments.decode(first)
    line.heard(segments.encode(replace(other, octets=bytes(len(other.octets)))))
    assert line.server.events[Event.UNREADABLE] == 1
    assert [line.heard(piece) for piece in rest] == [()] * len(rest)
    assert line.store.done == []


def test_what_is_larger_than_any_message() -> None:
    """It is refused at its first piece, before there is room for it."""
    line = net(server_settings=ServerSettings(largest=600), datagram=False)
    (answer,) = line.heard(begun(1, whole=601))
    assert services(answer) == (bytes([Code.RQTL]),)
    assert line.heard(begun(1, whole=600)) == ()


def test_a_server_that_takes_no_pieces() -> None:
    line = net(server_settings=ServerSettings(assemblies=0), datagram=False)
    assert [services(*line.heard(piece)) for piece in pieces(sealed(Write(table=5, octets=LARGE)))[:2]] == [
        (bytes([Code.SGNP]),)
    ] * 2


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_one_source_has_few_at_a_time() -> None:
    """One more, and the first of its own is given up; those of others are not."""
    line = net(server_settings=ServerSettings(burst=1000.0))
    first, last = pieces(sealed(Write(table=5, octets=LARGE)), 2000)
    line.heard(first, ELSEWHERE)
    for number in range(200):
        line.heard(begun(number))
    assert len(line.heard(last, ELSEWHERE)) == 1
    line.heard(first)
    for number in range(EACH):
        line.heard(begun(number))
    assert line.heard(last) == ()


def test_all_sources_have_not_many() -> None:
    held = Assemblies(most=8, each=2, limit=600)
    for source in range(100):
        assert held.add(segments.decode(begun(1)), str(source), 0.0) is None
        assert len(held) <= 8
    held.expire(SECONDS + 0.1)
    assert len(held) == 0


def test_a_message_that_is_begun_costs_a_token() -> None:
    """The pieces behind its first one do not: a large message is let through, a flood of first pieces is not."""
    settings = ServerSettings(rate=1.0, burst=3.0)
    line = net(server_settings=settings)
    assert len([piece for piece in pieces(sealed(Write(table=5, octets=LARGE))) if line.heard(piece)]) == 1
    line = net(server_settings=settings)
    for number in range(50):
        line.heard(begun(number))
    assert (line.server.events[Event.SCATTERED], line.server.events[Event.THROTTLED]) == (3, 47)


def test_no_stranger_gets_more_octets_than_its_pieces_had() -> None:
    line = net(node={"least": Mode.CLEAR})
    for count in (1, 500, 3000):
        clear = sealed(requests.ReadOffset(table=5, offset=0, count=count), number=count, mode=Mode.CLEAR)
        sent = _in_two(clear)
        said = [octets for part in sent for octets in line.heard(part)]
        assert sum(map(len, said)) <= sum(map(len, sent))


def _in_two(octets: bytes) -> list[bytes]:
    message = apdu.decode(octets)
    around = len(segments.encode(segments.cut(message, octets, 500)[0])) - len(octets)
    return [segments.encode(each) for each in segments.cut(message, octets, around + len(octets) // 2 + 1)]


# --- many services in one message ------------------------------------------------------------------------------------


def test_a_chain_of_writes_in_one_message() -> None:
    """Each part of a table is written in its order and has its own answer; one that is refused stops no other."""
    line = Network()
    chain: list[Request] = [WriteOffset(table=5, offset=at, octets=bytes([at]) * 40) for at in range(0, 160, 40)]
    told = line.ask(*chain, WriteOffset(table=77, offset=0, octets=b"x"), WriteOffset(table=5, offset=160, octets=b"y"))
    assert told == (*[Done()] * 4, Refused(code=Code.ONP), Done())
    assert line.store.tables[5][:161] == b"".join(bytes([at]) * 40 for at in range(0, 160, 40)) + b"y"


def test_as_many_services_as_there_may_be() -> None:
    line = Network(datagram=False)
    told = line.ask(*[Read(table=8)] * 64)
    assert told == (TableData(octets=bytes(4)),) * 64
    with pytest.raises(WireError, match="65 services"):
        line.ask(*[Read(table=8)] * 65)


def test_a_table_of_several_parts_is_written_and_read() -> None:
    """Larger than one count: over a connection whose messages may be so large, in one service."""
    large = bytes(range(256)) * 300
    line = Network(
        settings=replace(PLAIN, largest=1 << 18),
        server_settings=ServerSettings(largest=1 << 18),
        store=Tables(tables={5: bytearray(large)}),
        datagram=False,
    )
    assert line.ask(Write(table=5, octets=large[::-1]), Read(table=5)) == (Done(), TableData(octets=large[::-1]))


# --- over real ports -------------------------------------------------------------------------------------------------


def test_over_udp() -> None:
    """As large as a message may be, so that all of its pieces are on their way at once."""
    most = LARGE * 10 + bytes(2500)

    async def talk() -> None:
        store = Tables(tables={0: bytearray(1), 5: bytearray(most)})
        server = Server([Node(METER, store, keys={2: KEY})], ServerSettings(pieces=True))
        who = Credentials(user_id=2, key=KEY, key_id=2)
        async with listen_udp(server, port=0) as port:
            url = f"c1222+udp://127.0.0.1:{port}/{METER}?from={READER}&pieces=548"
            async with connect(url, who) as meter:
                await meter.write(5, most[::-1])
                assert await meter.read(5) == most[::-1]
        assert store.asked == [Write(table=5, octets=most[::-1]), Read(table=5)]
        assert server.events[Event.SCATTERED] > 64

    asyncio.run(talk())


def test_epsem_is_not_shown_by_a_piece() -> None:
    """What is in a piece is no service, whatever its octets are."""
    line = net(node={"least": Mode.CLEAR}, datagram=False)
    inside = apdu.encode(
        apdu.Apdu(
            called=METER,
            calling=READER,
            calling_invocation=Invocation(number=9),
            epsem=Epsem(services=(requests.encode(Read(table=1)),)),
        )
    )
    piece = Piece(whole=len(inside) + 1, offset=1, octets=inside, calling_invocation=Invocation(number=9))
    assert line.heard(segments.encode(piece)) == ()
    assert line.store.asked == []
