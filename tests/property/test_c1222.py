"""C12.22 over networks that lose, repeat, delay, reorder and damage messages, through restarts, and hostile octets."""

from __future__ import annotations

from contextlib import suppress
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tdl.systems.wire import apdu, requests, segments
from tdl.systems.wire.acse.call import Call
from tdl.systems.wire.acse.server import Source
from tdl.systems.wire.acse.settings import ServerSettings, Settings
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Patience
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode
from tdl.systems.wire.errors import Uncertain, WireError
from tdl.systems.wire.requests import Read
from tests.property.wire_messages import any_request
from tests.unit.wire.c1222_network import KEY, METER, READER, Disk, Network, Tables
from tests.unit.wire.psem.store import PASSWORD
from tests.work import counted

TABLES = (0, 1, 5, 9)

MOST_DELAY = 20.0


class Faults:
    """What a network does to a message: lost, changed, sent twice, or late, and so behind others."""

    def __init__(self, seed: int, chance: float, *, damage: bool) -> None:
        self.random = Random(seed)
        self.chance = chance
        self._damage = damage

    def __call__(self, octets: bytes) -> list[tuple[float, bytes]]:
        if self._strikes():
            return []
        copies = [octets, octets] if self._strikes() else [octets]
        if self._damage:
            copies = [self._flipped(each) if self._strikes() else each for each in copies]
        return [(self.random.uniform(0, MOST_DELAY) if self._strikes() else 0.001, each) for each in copies]

    def _strikes(self) -> bool:
        return self.random.random() < self.chance

    def _flipped(self, octets: bytes) -> bytes:
        damaged = bytearray(octets)
        for _ in range(self.random.randint(1, 3)):
            damaged[self.random.randrange(len(octets))] ^= 1 << self.random.randrange(8)
        return bytes(damaged)


class FaultyNetwork(RuleBasedStateMachine):
    """A read is what the meter holds; a write is done once, or it is said that this is not known, and never twice."""

    @initialize(
        mode=st.sampled_from(Mode),
        session=st.booleans(),
        seed=st.integers(0, 1 << 32),
        chance=st.sampled_from([0.0, 0.05, 0.2, 0.4]),
        pieces=st.booleans(),
        payload=st.sampled_from([None, 400]),
    )
    def begin(self, mode: Mode, session: bool, seed: int, chance: float, pieces: bool, payload: int | None) -> None:
        self.mode = mode
        # In clear text nothing tells a damaged message from another one: that is left to the network below.
        self.faults = Faults(seed, chance, damage=mode is not Mode.CLEAR)
        self.net = Network(
            settings=Settings(
                called=METER,
                calling=READER,
                mode=mode,
                session=session,
                padding=548,
                payload=payload,
                patience=Patience(tries=3, pause=1.0),
            ),
            server_settings=ServerSettings(rate=1e6, burst=1e6, pieces=pieces),
            credentials=Credentials(user_id=2, password=PASSWORD, key=KEY, key_id=2),
            store=Tables(password=PASSWORD),
            node={"least": mode},
            fault=self.faults,
        )
        self.net.store.tables[9] = bytearray(Random(seed).randbytes(1500))
        self.dialogue = self.net.client.dialogue

    @rule(table=st.sampled_from(TABLES))
    def read(self, table: int) -> None:
        self.net.settle()
        with suppress(WireError):
            assert self.net.run(self.dialogue.read(table)) == self.net.store.tables[table]

    @rule(table=st.sampled_from(TABLES), offset=st.integers(0, 15), count=st.integers(1, 5))
    def read_part(self, table: int, offset: int, count: int) -> None:
        self.net.settle()
        if offset + count <= 16:
            with suppress(WireError):
                found = self.net.run(self.dialogue.read(table, offset=offset, count=count))
                assert found == self.net.store.tables[table][offset : offset + count]

    @rule(tables=st.lists(st.sampled_from(TABLES[:2]), min_size=1, max_size=4))
    def read_several(self, tables: list[int]) -> None:
        self.net.settle()
        with suppress(WireError):
            self.net.run(self.dialogue.read(0))
            told = self.net.ask(*(Read(table=table) for table in tables))
            data = [each.octets for each in told if isinstance(each, TableData)]
            assert data in ([], [self.net.store.tables[table] for table in tables])

    @rule(table=st.sampled_from(TABLES), offset=st.integers(0, 9), octets=st.binary(min_size=1, max_size=7))
    def write(self, table: int, offset: int, octets: bytes) -> None:
        self.net.settle()
        before = len(self.net.store.done)
        unknown, done = False, False
        try:
            self.net.run(self.dialogue.write(table, octets, offset=offset))
            done = True
        except Uncertain:
            unknown = True
        except WireError:
            pass
        self.net.settle()
        times = len(self.net.store.done) - before
        assert times <= 1 if unknown else times == done
        if times:
            assert self.net.store.done[-1] == requests.WriteOffset(table=table, offset=offset, octets=octets)

    @rule(seed=st.integers(0, 1 << 32))
    def write_whole(self, seed: int) -> None:
        """A large table: in one message, perhaps in pieces, and so all or nothing; or in parts, each once."""
        self.net.settle()
        before, new = len(self.net.store.done), Random(seed).randbytes(1500)
        with suppress(WireError):
            self.net.run(self.dialogue.write(9, new))
            assert self.net.store.tables[9] == new
        self.net.settle()
        end = 0
        for done in self.net.store.done[before:]:
            assert isinstance(done, requests.Write | requests.WriteOffset)
            start = done.offset if isinstance(done, requests.WriteOffset) else 0
            assert start == end
            end = start + len(done.octets)
            assert new[start:end] == done.octets

    @rule(number=st.integers(0, 200))
    def procedure(self, number: int) -> None:
        self.net.settle()
        before = len(self.net.store.done)
        with suppress(WireError):
            assert self.net.run(self.dialogue.procedure(number, b"ab", order="little")).octets == b"ba"
            assert len(self.net.store.done) == before + 1
        self.net.settle()
        assert len(self.net.store.done) <= before + 1

    @precondition(lambda self: self.mode is not Mode.CLEAR)
    @rule()
    def kill(self) -> None:
        """Another server with the same memory; what is on its way comes to it."""
        self.net.restart()

    @precondition(lambda self: self.mode is not Mode.CLEAR)
    @rule(at=st.integers(0, 1000))
    def replay(self, at: int) -> None:
        """Somebody sends what was sent before."""
        sent = [octets for to, octets in self.net.log if to == "server"]
        if not sent:
            return
        self.net.settle()
        octets, before = sent[at % len(sent)], len(self.net.store.done)
        arrived = {seen.invocation for seen in self.net.disk.seen}
        self.net.heard(octets, Source(host="198.51.100.7", port=7, datagram=True))
        read = segments.decode if segments.is_piece(octets) else apdu.decode
        if read(octets).calling_invocation.number in arrived:
            assert len(self.net.store.done) == before

    @rule(seconds=st.sampled_from([1, 30, 70, 1000]))
    def rest(self, seconds: int) -> None:
        self.net.now += seconds
        self.net.server.tick(self.net.now)

    @invariant()
    def nothing_is_left_open(self) -> None:
        if hasattr(self, "net"):
            assert len(self.net.server.visits) <= 1


FaultyNetwork.TestCase.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestFaultyNetwork = FaultyNetwork.TestCase


# --- hostile octets --------------------------------------------------------------------------------------------------


def message(asked: bytes) -> bytes:
    return apdu.encode(
        Apdu(
            called=METER,
            calling=READER,
            calling_invocation=Invocation(number=1),
            epsem=Epsem(services=(asked,) if asked else ()),
        )
    )


_near = st.one_of(
    st.binary(max_size=120),
    any_request.map(lambda each: message(requests.encode(each))),
    st.binary(max_size=40).map(message),
    st.binary(min_size=1, max_size=60).map(
        lambda octets: segments.encode(
            segments.Piece(whole=60, offset=0, octets=octets, calling_invocation=Invocation(number=1), calling=READER)
        )
    ),
)


@given(came=st.lists(_near, max_size=6), mode=st.sampled_from(Mode), datagram=st.booleans())
@settings(deadline=None)
def test_a_server_hears_anything(came: list[bytes], mode: Mode, datagram: bool) -> None:
    """Nothing is raised, nothing is done without the key, and no datagram is answered by a larger one."""
    net = Network(node={"least": mode}, datagram=datagram)
    for octets in came:
        said = net.heard(octets)
        if datagram:
            assert sum(map(len, said)) <= len(octets)
        assert sum(map(len, said)) <= ServerSettings().largest
    if mode is not Mode.CLEAR:
        assert net.store.asked == []
        assert net.disk.seen == []


@given(came=st.lists(_near, max_size=6), data=st.data())
@settings(deadline=None)
def test_a_client_hears_anything(came: list[bytes], data: st.DataObject) -> None:
    """Whatever comes, its own answer counts, and nothing is taken for one without the key."""
    net = Network()
    call = Call(net.client, [Read(table=1)], net.now)
    (right,) = net.heard(call.take())
    at = data.draw(st.integers(0, len(right) - 1))
    damaged = right[:at] + bytes([right[at] ^ data.draw(st.integers(1, 255))]) + right[at + 1 :]
    for octets in (*came, damaged):
        call.receive(octets, net.now)
    if call.finished:
        # Only the word of anybody that it was refused ends it, which a piece of luck may say.
        with suppress(WireError):
            call.result()
            raise AssertionError("a forged answer was taken")
        return
    call.receive(right, net.now)
    assert call.result() == (TableData(octets=b"MANUFACTURER SN "),)


def test_work_and_memory_are_bounded() -> None:
    """Many messages of many strangers cost each the same, and are not kept."""
    assert _work(2000) < 2 * _work(1000) + 2000


def _work(strangers: int) -> int:
    net = Network(node={"least": Mode.CLEAR, "memory": Disk()}, store=Tables())
    logon = message(requests.encode(requests.Logon(user_id=1, user=bytes(10))))
    with counted() as work:
        for each in range(strangers):
            net.heard(logon, Source(host=f"2001:db8::{each:x}", port=1, datagram=True))
    return work.calls
