"""C12.18 and C12.21 there and back, over lines that lose, damage, repeat, delay and cut octets, and hostile octets."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tdl.systems.wire import requests
from tdl.systems.wire.answers import Code
from tdl.systems.wire.dialogue import Patience
from tdl.systems.wire.errors import LinkFailed, ServiceRefused, Uncertain, WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.client import Run
from tdl.systems.wire.psem.link import Link, Message
from tdl.systems.wire.psem.messages import Assembly, Sizes, cut
from tdl.systems.wire.psem.packets import MOST, Packet
from tdl.systems.wire.psem.scanner import Heard, Scanner
from tdl.systems.wire.psem.server import Server, ServerSettings
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.timing import C1218
from tests.property.wire_messages import any_request, octet
from tests.unit.wire.psem.line import Line
from tests.unit.wire.psem.store import Store
from tests.work import counted

any_packet = st.builds(
    Packet,
    data=st.binary(max_size=80),
    identity=octet,
    multiple=st.booleans(),
    first=st.booleans(),
    toggle=st.booleans(),
    sequence=octet,
    flags=st.integers(0, 0x1F),
)
any_sizes = st.builds(Sizes, packet=st.integers(32, 200), packets=st.integers(1, 255))


# --- there and back --------------------------------------------------------------------------------------------------


@given(packet=any_packet)
def test_packets(packet: Packet) -> None:
    assert packets.decode(packets.encode(packet)) == packet


@given(message=st.binary(max_size=3000), sizes=any_sizes, toggle=st.booleans())
def test_messages(message: bytes, sizes: Sizes, toggle: bool) -> None:
    """A message that fits comes out of its packets, and at no other packet than the last."""
    if len(message) > sizes.message:
        return
    assembly = Assembly()
    *others, last = (assembly.add(each, sizes) for each in cut(message, sizes, toggle=toggle))
    assert others == [None] * len(others)
    assert last == message


@given(sent=st.lists(any_packet, max_size=5), data=st.data())
def test_a_line_cut_anywhere(sent: list[Packet], data: st.DataObject) -> None:
    """Wherever the octets are cut, the packets are the same."""
    whole = b"".join(packets.encode(packet) for packet in sent)
    cuts = sorted({0, len(whole), *data.draw(st.lists(st.integers(0, len(whole)), max_size=20))})
    scanner = Scanner(silence=1.0, most=MOST)
    heard = [sound for start, end in pairwise(cuts) for sound in scanner.receive(whole[start:end], 0.0)]
    assert [sound.packet for sound in heard if isinstance(sound, Heard)] == sent


# --- hostile octets --------------------------------------------------------------------------------------------------

_near = st.one_of(
    st.binary(max_size=200),
    any_packet.map(packets.encode),
    any_request.map(requests.encode).map(lambda octets: packets.encode(Packet(data=octets))),
    st.sampled_from([b"\x06", b"\x15", b"\x55", b"\xee", b"\xee\0\xc0\xff\x1f\xf7"]),
)
_pieces = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.7, 3.0, 7.0, 40.0]), _near), max_size=12)


@given(octets=st.binary(max_size=100), packet=any_packet, at=st.integers(0, 200), bit=st.integers(0, 7))
def test_damaged_packets(octets: bytes, packet: Packet, at: int, bit: int) -> None:
    """Nothing but `WireError`, what is read is what is written again, and no single changed bit is taken."""
    with suppress(WireError):
        assert packets.encode(packets.decode(octets)) == octets
    damaged = bytearray(packets.encode(packet))
    damaged[at % len(damaged)] ^= 1 << bit
    with suppress(WireError):
        packets.decode(bytes(damaged))
        raise AssertionError("a damaged packet was taken")


@given(pieces=_pieces, standard=st.sampled_from(Standard))
def test_a_meter_hears_anything(pieces: list[tuple[float, bytes]], standard: Standard) -> None:
    """Nothing is raised, and what it says to octets is bounded by them."""
    server, now = Server(Store(), ServerSettings(standard=standard), peer="anybody"), 0.0
    said, heard = 0, 0
    for seconds, octets in pieces:
        now += seconds
        server.tick(now)
        server.receive(octets, now)
        said, heard = said + len(server.take()), heard + len(octets)
    for _ in range(40):
        if server.deadline is None:
            break
        now = max(now, server.deadline)
        server.tick(now)
        said += len(server.take())
    assert server.deadline is None, "it never comes to rest"
    assert said <= 400 + 40 * heard


@given(pieces=_pieces, standard=st.sampled_from(Standard))
def test_a_client_hears_anything(pieces: list[tuple[float, bytes]], standard: Standard) -> None:
    """A read fails with `WireError`, whatever the line brings, and after a bounded time."""
    client = Line(standard=standard).client
    run, now = Run(client, client.dialogue.read(5), 0.0), 0.0
    for seconds, octets in pieces:
        now += seconds
        run.tick(now)
        run.receive(octets, now)
        run.take()
    for _ in range(200):
        if run.deadline is None:
            break
        now = max(now, run.deadline)
        run.tick(now)
        run.take()
    assert run.finished
    with suppress(WireError):
        run.result()


def test_work_and_memory_are_bounded() -> None:
    """Twice the octets are at most some twice the work, and a link holds one message at most."""
    for unit in (b"\xee", b"\x06", b"\x15", b"\x55", b"\0", b"\xee\0\0\0\0\0", packets.encode(Packet(data=b"\x20"))):
        small, large = (_work(unit * count) for count in (500, 1_000))
        assert large < 3 * small + 500, unit


def _work(octets: bytes) -> int:
    with counted() as work:
        link = Link(C1218)
        for octet_ in octets:
            link.receive(bytes([octet_]), 0.0)
        link.tick(9.0)
    return work.calls


# --- faulty lines ----------------------------------------------------------------------------------------------------

MOST_DELAY = 0.8
TABLES = (0, 1, 5, 9)


class Faults:
    """What a line does to octets.

    Each kind has a chance: octets get lost, a bit is changed, they come twice, in pieces, or late.
    """

    def __init__(self, seed: int, chance: float) -> None:
        self.random = Random(seed)
        self.chance = chance

    def __call__(self, octets: bytes) -> list[tuple[float, bytes]]:
        way = [octets]
        if self._strikes():
            at = self.random.randrange(len(octets))
            way = [octets[:at], octets[at + self.random.randint(1, len(octets)) :]]
        if self._strikes():
            way = [self._flipped(each) for each in way]
        if self._strikes():
            way = [*way, *way]
        if self._strikes():
            way = [part for each in way for part in self._split(each)]
        delay = 0.001
        found = []
        for each in way:
            if self._strikes():
                delay = self.random.uniform(delay, MOST_DELAY)
            if each:
                found.append((delay, each))
        return found

    def _strikes(self) -> bool:
        return self.random.random() < self.chance

    def _flipped(self, octets: bytes) -> bytes:
        damaged = bytearray(octets)
        for _ in range(self.random.randint(1, 3) if octets else 0):
            damaged[self.random.randrange(len(octets))] ^= 1 << self.random.randrange(8)
        return bytes(damaged)

    def _split(self, octets: bytes) -> tuple[bytes, bytes]:
        at = self.random.randint(0, len(octets))
        return octets[:at], octets[at:]


class FaultyLine(RuleBasedStateMachine):
    """Over any line a read is what the meter holds, and nothing is done twice, or done although it was said to fail."""

    @initialize(
        standard=st.sampled_from(Standard),
        seed=st.integers(0, 1 << 32),
        chance=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
        sizes=st.sampled_from([None, Sizes(packet=40, packets=9), Sizes(packet=1024, packets=2)]),
    )
    def begin(self, standard: Standard, seed: int, chance: float, sizes: Sizes | None) -> None:
        asked = Settings(standard=standard, sizes=sizes, patience=Patience(tries=3, pause=1.0))
        self.faults = Faults(seed, chance)
        self.line = Line(standard=standard, settings=asked, fault=self.faults)
        self.store = self.line.store
        self.store.tables[9] = bytearray(Random(seed).randbytes(700))
        self.dialogue = self.line.client.dialogue

    @rule(table=st.sampled_from(TABLES))
    def read(self, table: int) -> None:
        try:
            assert self.line.run(self.dialogue.read(table)) == self.store.tables[table]
        except LinkFailed:
            pass
        except ServiceRefused as error:
            # Any other answer would be one to another request.
            assert error.code == Code.ISSS  # noqa: PT017

    @rule(table=st.sampled_from(TABLES), offset=st.integers(0, 20), count=st.integers(0, 100))
    def read_part(self, table: int, offset: int, count: int) -> None:
        with suppress(WireError):
            found = self.line.run(self.dialogue.read(table, offset=offset, count=count))
            assert found == self.store.tables[table][offset : offset + count]

    @rule(table=st.sampled_from(TABLES), octets=st.binary(min_size=1, max_size=14))
    def write(self, table: int, octets: bytes) -> None:
        before, length = self._done(), len(self.store.tables[table])
        expected = octets * (length // len(octets))
        outcome = self._try_write(table, expected, None)
        self._check(outcome, before, table, expected, 0)

    @rule(table=st.sampled_from(TABLES), offset=st.integers(0, 9), octets=st.binary(min_size=1, max_size=7))
    def write_part(self, table: int, offset: int, octets: bytes) -> None:
        before = self._done()
        outcome = self._try_write(table, octets, offset)
        self._check(outcome, before, table, octets, offset)

    def _done(self) -> int:
        """How much was done, once what is still on its way has come."""
        self.line.rest(MOST_DELAY)
        return len(self.store.done)

    def _try_write(self, table: int, octets: bytes, offset: int | None) -> WireError | None:
        try:
            self.line.run(self.dialogue.write(table, octets, offset=offset))
        except WireError as error:
            return error
        return None

    def _check(self, outcome: WireError | None, before: int, table: int, octets: bytes, offset: int) -> None:
        """What was done is what was to be done, from its beginning on, each part once."""
        done = b""
        for each in self.store.done[before:]:
            assert isinstance(each, requests.Write | requests.WriteOffset)
            assert each.table == table
            assert not isinstance(each, requests.WriteOffset) or each.offset == offset + len(done)
            done += each.octets
        assert octets.startswith(done)
        match outcome:
            case None:
                assert done == octets
            case Uncertain():
                assert len(done) >= outcome.written
            case _:
                assert done == b""

    @rule(parameters=st.binary(max_size=6))
    def procedure(self, parameters: bytes) -> None:
        before = self._done()
        try:
            outcome = self.line.run(self.dialogue.procedure(3, parameters))
            assert outcome.octets == parameters[::-1]
            assert len(self.store.done) == before + 1
        except Uncertain:
            assert len(self.store.done) <= before + 1
        except WireError:
            assert len(self.store.done) == before

    @rule(seconds=st.sampled_from([0.1, 3.0, 6.0, 7.0, 40.0]))
    def rest(self, seconds: float) -> None:
        self.line.rest(seconds)

    @rule(octets=st.binary(min_size=16, max_size=16))
    def the_meter_changes(self, octets: bytes) -> None:
        self.store.tables[1][:] = octets

    @rule()
    def close(self) -> None:
        with suppress(WireError):
            self.line.run(self.dialogue.close())

    @rule()
    def the_line_gets_better(self) -> None:
        """After a silence a line without faults serves everything, whatever came before."""
        chance, self.faults.chance = self.faults.chance, 0.0
        self.line.rest(40.0)
        assert self.line.run(self.dialogue.read(5)) == self.store.tables[5]
        self.faults.chance = chance

    @invariant()
    def one_session_at_most(self) -> None:
        if hasattr(self, "line"):
            assert 0 <= self.store.open <= 1


FaultyLine.TestCase.settings = settings(settings.default, stateful_step_count=25)
TestFaultyLine = FaultyLine.TestCase


def test_messages_come_as_they_are() -> None:
    """Both ends of a link without a meter."""
    one, other = Link(C1218), Link(C1218)
    one.resize(Sizes(packet=40, packets=4))
    other.resize(Sizes(packet=40, packets=4))
    one.send(b"0123456789" * 10, 0.0)
    found = []
    for _ in range(8):
        found += other.receive(one.take(), 0.0)
        one.receive(other.take(), 0.0)
    assert found == [Message(octets=b"0123456789" * 10)]
