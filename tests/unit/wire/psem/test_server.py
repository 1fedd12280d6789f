"""What a meter answers when: states, negotiation, timers, and each request once."""

from __future__ import annotations

import pytest

from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Code, Done, Negotiated, Refused, TableData, Timed
from tdl.systems.wire.identity import Identity
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.packets import Packet
from tdl.systems.wire.psem.server import Server, ServerSettings
from tdl.systems.wire.psem.settings import Standard
from tdl.systems.wire.psem.states import State
from tdl.systems.wire.psem.timing import C1218, C1221
from tdl.systems.wire.requests import Request
from tests.unit.wire.psem.store import Store

IDENTIFY, LOGON = requests.Identify(), requests.Logon(user_id=1, user=b"somebody  ")
NEGOTIATE = requests.Negotiate(packet_size=1024, packets=128, speeds=(6, 8))
TIMING = requests.TimingSetup(traffic=20, character=2, response=5, retries=1)
WAIT, TERMINATE, LOGOFF = requests.Wait(seconds=60), requests.Terminate(), requests.Logoff()
READ, WRITE = requests.Read(table=1), requests.Write(table=1, octets=b"x" * 16)
SECURITY, PROOF = requests.Security(password=b"OPEN SESAME".ljust(20)), requests.Authenticate(proof=bytes(9))


class Talk:
    """A client that does everything right, by hand."""

    def __init__(self, settings: ServerSettings, *, baud: bool = False) -> None:
        self.store = Store()
        self.server = Server(self.store, settings, peer="a test", baud=baud)
        self.toggle = False
        self.now = 0.0

    def ask(self, request: Request | bytes, *, acknowledge: bool = True) -> Answer:
        octets = request if isinstance(request, bytes) else requests.encode(request)
        self.server.receive(packets.encode(Packet(data=octets, toggle=self.toggle)), self.now)
        self.toggle = not self.toggle
        said = self.server.take()
        assert said[:1] == b"\x06"
        if acknowledge:
            self.server.receive(b"\x06", self.now)
        data = packets.decode(said[1:]).data
        return answers.decode(data, IDENTIFY if isinstance(request, bytes) else request)

    def to(self, state: State) -> Talk:
        if state is not State.BASE:
            assert isinstance(self.ask(IDENTIFY), Identity)
        if state is State.SESSION:
            self.ask(LOGON)
        assert self.server.state is state
        return self


def talk(state: State = State.BASE, standard: Standard = Standard.C1221, **more: object) -> Talk:
    keys = {0: bytes(8)} if more.get("keyed") else {}
    return Talk(ServerSettings(standard=standard, keys=keys), baud=bool(more.get("baud"))).to(state)


EVERYTHING = (IDENTIFY, NEGOTIATE, TIMING, WAIT, LOGON, TERMINATE, READ, WRITE, SECURITY, PROOF, LOGOFF)
TABLE = {
    State.BASE: (IDENTIFY,),
    State.IDENTIFIED: (IDENTIFY, NEGOTIATE, TIMING, WAIT, LOGON, TERMINATE),
    State.SESSION: (READ, WRITE, SECURITY, PROOF, WAIT, LOGOFF, TERMINATE),
}


@pytest.mark.parametrize("request_", EVERYTHING, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_what_is_accepted_when(state: State, request_: Request) -> None:
    answer = talk(state).ask(request_)
    refused = isinstance(answer, Refused) and answer.code == Code.ISSS
    assert refused == (request_ not in TABLE[state])


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        (IDENTIFY, State.IDENTIFIED),
        (NEGOTIATE, State.IDENTIFIED),
        (LOGON, State.SESSION),
        (TERMINATE, State.BASE),
    ],
)
def test_where_services_lead(request_: Request, state: State) -> None:
    found = talk(State.IDENTIFIED)
    found.ask(request_)
    assert found.server.state is state


def test_a_logoff_leads_back() -> None:
    found = talk(State.SESSION)
    assert found.ask(LOGOFF) == Done()
    assert found.server.state is State.IDENTIFIED


def test_what_the_meter_refuses_changes_nothing() -> None:
    found = talk(State.IDENTIFIED)
    found.store.lets_in = False
    assert found.ask(LOGON) == Refused(code=Code.ISC)
    assert found.server.state is State.IDENTIFIED


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\x23", Code.SNS),
        (b"\x6c", Code.SNS),
        (b"\x24", Code.SNS),
        (b"", Code.SNS),
        (b"\x70", Code.ERR),
        (b"\x60", Code.ERR),
    ],
)
def test_octets_that_are_no_service(octets: bytes, code: Code) -> None:
    assert talk(State.IDENTIFIED).ask(octets) == Refused(code=code)


def test_what_c1218_does_not_have() -> None:
    assert talk(State.IDENTIFIED, Standard.C1218).ask(TIMING) == Refused(code=Code.SNS)
    assert talk(State.SESSION, Standard.C1218).ask(PROOF) == Refused(code=Code.SNS)
    assert talk(State.SESSION).ask(PROOF) == Refused(code=Code.SNS)


# --- each request once -----------------------------------------------------------------------------------------------


def test_a_repeated_request_is_answered_by_an_acknowledgement_alone() -> None:
    found = talk(State.SESSION)
    again = packets.encode(Packet(data=requests.encode(WRITE), toggle=found.toggle))
    found.ask(WRITE, acknowledge=False)
    for _ in range(3):
        found.server.receive(again, found.now)
        assert found.server.take() == b"\x06"
    assert found.store.done == [WRITE]


def test_an_answer_is_sent_again_until_it_is_acknowledged() -> None:
    found = talk(State.SESSION)
    found.ask(READ, acknowledge=False)
    found.server.tick(C1221.response)
    again = packets.decode(found.server.take())
    assert answers.decode(again.data, READ) == TableData(octets=b"MANUFACTURER SN ")
    assert len(found.store.asked) == 2


def test_an_answer_that_is_too_large() -> None:
    assert talk(State.SESSION).ask(requests.Read(table=5)) == Refused(code=Code.ONP)


# --- negotiation -----------------------------------------------------------------------------------------------------


def test_what_is_negotiated_holds_after_the_acknowledgement() -> None:
    found = talk(State.IDENTIFIED, Standard.C1218, baud=True)
    assert found.ask(NEGOTIATE, acknowledge=False) == Negotiated(packet_size=1024, packets=128, speed=8)
    assert (found.server.link.sizes.packet, found.server.link.baud) == (64, 9600)
    found.server.receive(b"\x06", found.now)
    assert (found.server.link.sizes.packet, found.server.link.baud) == (1024, 19200)
    found.ask(TERMINATE)
    assert (found.server.link.sizes.packet, found.server.link.baud) == (64, 9600)


def test_whoever_goes_on_knows_what_was_granted() -> None:
    """Although no acknowledgement ever came."""
    found = talk(State.IDENTIFIED)
    found.ask(NEGOTIATE, acknowledge=False)
    for number in range(1, 5):
        found.server.tick(C1221.response * number)
        found.server.take()
    found.now = 17.0
    assert found.server.link.sizes.packet == 64
    found.ask(LOGON, acknowledge=False)
    assert found.server.link.sizes.packet == 1024


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (requests.Negotiate(packet_size=64, packets=3), Negotiated(packet_size=64, packets=3, speed=0)),
        (requests.Negotiate(packet_size=9000, packets=255), Negotiated(packet_size=1024, packets=128, speed=0)),
        (requests.Negotiate(packet_size=64, packets=0), Negotiated(packet_size=64, packets=1, speed=0)),
        (
            requests.Negotiate(packet_size=64, packets=1, speeds=(1, 0xF, 0xB, 9)),
            Negotiated(packet_size=64, packets=1, speed=0xB),
        ),
        (requests.Negotiate(packet_size=31, packets=1), Refused(code=Code.IAR)),
    ],
)
def test_what_is_granted(asked: Request, granted: Answer) -> None:
    assert talk(State.IDENTIFIED, Standard.C1218).ask(asked) == granted


def test_c1221_has_no_speeds() -> None:
    assert talk(State.IDENTIFIED).ask(NEGOTIATE) == Negotiated(packet_size=1024, packets=128)


def test_timers() -> None:
    found = talk(State.IDENTIFIED)
    assert found.ask(TIMING) == Timed(traffic=20, character=2, response=5, retries=1)
    assert found.server.deadline == 20
    nothing = requests.TimingSetup(traffic=0, character=0, response=0, retries=0)
    assert talk(State.IDENTIFIED).ask(nothing) == Timed(traffic=1, character=1, response=1, retries=0)


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", Standard)
def test_a_session_without_traffic_ends(standard: Standard) -> None:
    found = talk(State.SESSION, standard)
    traffic = (C1218 if standard is Standard.C1218 else C1221).traffic
    assert found.server.deadline == traffic
    found.server.tick(traffic - 0.01)
    assert (found.server.state, found.store.open) == (State.SESSION, 1)
    found.server.tick(traffic)
    assert (found.server.state, found.store.open) == (State.BASE, 0)
    assert found.server.deadline is None


def test_traffic_keeps_it() -> None:
    found = talk(State.SESSION)
    found.now = 29.0
    found.ask(READ)
    found.server.tick(58.9)
    assert found.server.state is State.SESSION


def test_a_wait_stretches_it_once() -> None:
    found = talk(State.SESSION)
    found.ask(WAIT)
    assert found.server.deadline == 60
    found.now = 59.0
    found.ask(READ)
    assert found.server.deadline == 59.0 + C1221.traffic


def test_a_short_wait_does_not_shorten_it() -> None:
    found = talk(State.SESSION)
    found.ask(requests.Wait(seconds=1))
    assert found.server.deadline == C1221.traffic


def test_octets_after_the_end_of_a_session_are_heard_in_none() -> None:
    """Although nobody told the time in between."""
    found = talk(State.SESSION)
    found.now = 30.0
    assert found.ask(READ) == Refused(code=Code.ISSS)


def test_after_an_end_whose_acknowledgement_is_lost() -> None:
    """A new conversation shows that the one before has ended, and a repeated beginning is one."""
    found = talk(State.SESSION)
    found.ask(TERMINATE, acknowledge=False)
    assert found.store.open == 1
    assert isinstance(found.ask(IDENTIFY, acknowledge=False), Identity)
    assert found.store.open == 0
    assert found.server.conversing
    found.toggle = not found.toggle
    found.server.receive(packets.encode(Packet(data=b"\x20", toggle=found.toggle)), found.now)
    assert found.server.take() == b"\x06"


def test_an_end_of_which_nobody_takes_note() -> None:
    found = talk(State.SESSION)
    found.ask(TERMINATE, acknowledge=False)
    for number in range(1, 5):
        found.server.tick(C1221.response * number)
    assert (found.server.state, found.store.open) == (State.BASE, 0)


def test_close() -> None:
    found = talk(State.SESSION)
    found.server.close()
    found.server.close()
    assert found.store.open == 0
