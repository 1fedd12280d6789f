"""What a client says, what it makes of the answers, and how it says what went wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from tdl.systems.wire import answers, dialogue, requests
from tdl.systems.wire.answers import Answer, Code, Refused, TableData
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Outcome, Patience, Steps
from tdl.systems.wire.errors import Garbled, LinkFailed, LoginRefused, NoAnswer, ServiceRefused, Uncertain, WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.client import Run
from tdl.systems.wire.psem.messages import Sizes, cut
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.states import State
from tdl.systems.wire.psem.timing import Timing
from tests.unit.wire.psem.line import Line
from tests.unit.wire.psem.store import PASSWORD, Store

SMALL = Settings(sizes=Sizes(packet=40, packets=2), patience=Patience(tries=3, pause=1.0))
BSY, DNR, ISSS, RNO, ERR = (Refused(code=code) for code in (Code.BSY, Code.DNR, Code.ISSS, Code.RNO, Code.ERR))


def kinds(store: Store) -> list[str]:
    return [type(each).__name__ for each in store.asked]


# --- sessions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", Standard)
def test_a_session_begins_with_the_first_call_and_lasts(standard: Standard) -> None:
    line = Line(standard=standard)
    for _ in range(2):
        assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    assert kinds(line.store) == ["Logon", "Read", "Read"]
    identity = line.client.dialogue.identity
    assert identity is not None
    assert identity.standard == standard.value
    line.run(line.client.dialogue.close())
    line.rest(0.1)
    assert (line.server.state, line.store.open) == (State.BASE, 0)


def test_it_begins_again_when_the_meter_has_forgotten_it() -> None:
    line = Line()
    line.run(line.client.dialogue.read(1))
    line.rest(7.0)
    before = line.now
    line.run(line.client.dialogue.read(1))
    assert kinds(line.store) == ["Logon", "Read", "Logon", "Read"]
    assert line.now - before < 1
    assert not any(b"\0\1\x0a" in octets for _, octets in line.log), "it was not asked whether it had"


def test_it_begins_again_when_the_meter_ended_it() -> None:
    line = Line()
    line.run(line.client.dialogue.read(1))
    line.server.close()
    line.run(line.client.dialogue.write(1, b"x" * 16))
    assert kinds(line.store) == ["Logon", "Read", "Logon", "Write"]


@pytest.mark.parametrize("refusal", [ISSS, RNO])
def test_what_is_refused_for_the_state_is_asked_again_once(refusal: Refused) -> None:
    line = Line(store=Store(first=[refusal]))
    line.run(line.client.dialogue.write(1, b"x" * 16))
    assert kinds(line.store) == ["Logon", "Write", "Logon", "Write"]
    assert len(line.store.done) == 1
    line = Line(store=Store(first=[refusal] * 2))
    with pytest.raises(ServiceRefused):
        line.run(line.client.dialogue.write(1, b"x" * 16))
    assert line.store.done == []


def test_a_session_that_another_client_left() -> None:
    line = Line()
    line.run(line.client.dialogue.read(1))
    line.client = Line().client
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "


@pytest.mark.parametrize("closed", [True, False])
def test_a_line_that_says_everything_twice(closed: bool) -> None:
    """What ended one conversation is not taken for an answer in the next."""
    line = Line(fault=lambda octets: [(0.001, octets), (0.001, octets)])
    line.run(line.client.dialogue.write(1, b"x" * 16))
    if closed:
        line.run(line.client.dialogue.close())
    else:
        line.client = Line().client
    line.run(line.client.dialogue.write(1, b"y" * 16))
    assert line.run(line.client.dialogue.read(1)) == b"y" * 16
    assert len(line.store.done) == 2
    # A client that has just come cannot know what was said before; it takes a silence to find out.
    assert (line.now < 1001) == closed


def test_a_password_is_shown() -> None:
    for pad in (0x20, 0):
        store = Store(password=b"OPEN SESAME".ljust(20, bytes([pad])))
        line = Line(store=store, credentials=Credentials(user=b"me", user_id=2, password=b"OPEN SESAME", pad=pad))
        assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
        assert store.asked[0] == requests.Logon(user_id=2, user=b"me        ")


def test_a_wrong_password() -> None:
    line = Line(store=Store(password=PASSWORD), credentials=Credentials(password=b"hunter2"))
    with pytest.raises(LoginRefused) as error:
        line.run(line.client.dialogue.read(1))
    assert str(error.value) == "login: a password: `ERR`, `OK` expected"
    assert (error.value.code, error.value.name) == (1, "ERR")
    assert kinds(line.store) == ["Logon", "Security"]


def test_a_user_who_is_not_let_in() -> None:
    line = Line(store=Store(lets_in=False))
    with pytest.raises(LoginRefused, match="login: a logon: `ISC`"):
        line.run(line.client.dialogue.read(1))


def test_texts_that_are_too_long() -> None:
    line = Line(credentials=Credentials(user=b"x" * 11))
    with pytest.raises(WireError, match="a text of 11 octets, at most 10"):
        line.run(line.client.dialogue.read(1))


def test_a_wait() -> None:
    line = Line()
    line.run(line.client.dialogue.wait(200))
    line.rest(0.1)
    assert line.server.deadline == pytest.approx(line.client.link.heard_at + 200, abs=1)


def test_timers_are_asked_for() -> None:
    wanted = Timing(traffic=60.0, character=2.0, response=8.0, retries=1)
    line = Line(standard=Standard.C1221, settings=Settings(standard=Standard.C1221, timing=wanted))
    line.run(line.client.dialogue.read(1))
    assert line.client.link.timing == wanted
    line.rest(59.0)
    assert line.server.state is State.SESSION


def test_nothing_is_negotiated_that_is_not_asked_for() -> None:
    line = Line(settings=Settings(sizes=None))
    line.run(line.client.dialogue.read(1))
    assert line.client.link.sizes == Sizes()
    assert not any(b"\x60\x04\x00" in octets for _, octets in line.log)


@pytest.mark.parametrize(
    ("octets", "words"), [(b"\0\0\x1f\1", "1 packets of 31 octets"), (b"\0\1\0\0", "0 packets of")]
)
def test_a_meter_that_grants_nonsense(octets: bytes, words: str) -> None:
    class Nonsense(Line):
        def _send(self, to: str, said: bytes) -> None:
            if to == "client" and b"\0\x04\0" in said:
                self.server.link.send(octets, self.now)
                said = b"\x06" + self.server.link.take()
            super()._send(to, said)

    line = Nonsense(settings=Settings(tries=1))
    with pytest.raises(WireError, match=words):
        line.run(line.client.dialogue.read(1))


def test_a_meter_that_never_changes_its_toggle() -> None:
    """It is heard all the same, if that is expected."""

    class Stuck(Line):
        def _send(self, to: str, octets: bytes) -> None:
            if to == "client" and len(octets) > 1:
                packet = packets.decode(octets[octets.index(0xEE) :])
                octets = octets[: octets.index(0xEE)] + packets.encode(replace(packet, toggle=False))
            super()._send(to, octets)

    line = Stuck(settings=Settings(trust_toggle=False))
    assert [line.run(line.client.dialogue.read(1)) for _ in range(3)] == [b"MANUFACTURER SN "] * 3
    assert line.now < 1001
    line = Stuck()
    assert [line.run(line.client.dialogue.read(1)) for _ in range(3)] == [b"MANUFACTURER SN "] * 3
    assert line.now > 1006, "an answer like the one before was taken for it"


def test_a_speed_that_the_line_cannot_carry() -> None:
    """The second try stays at the first speed."""
    line = Line(settings=Settings(baud=115200))
    line.client.link.baud = line.server.link.baud = 9600
    line.fault = lambda octets: [(0.001, octets if line.client.link.baud == 9600 else bytes(len(octets)))]
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    assert line.now > 1007
    line = Line(settings=Settings(baud=115200))
    line.client.link.baud = line.server.link.baud = 9600
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    assert (line.client.link.baud, line.server.link.baud) == (115200, 115200)
    line.run(line.client.dialogue.close())
    line.rest(1.0)
    assert (line.client.link.baud, line.server.link.baud) == (9600, 9600)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_parts() -> None:
    line = Line()
    words = line.client.dialogue
    assert line.run(words.read(5, offset=3, count=4)) == bytes((3, 4, 5, 6))
    assert line.run(words.read(5, count=2)) == bytes((0, 1))
    assert line.run(words.read(5, offset=190)) == bytes(range(190, 200))
    assert line.run(words.read(5, count=0)) == b""
    assert line.run(words.read_index(5, (7,), 2)) == bytes((7, 8))
    assert line.run(words.read_default()) == b"MANUFACTURER SN "


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("size", [1, 59, 60, 61, 119, 120, 121, 200])
def test_a_table_that_is_too_large_for_an_answer(strict: bool, size: int) -> None:
    """Its end is found, whether a meter refuses to read beyond it or stops there."""
    store = Store(strict=strict)
    store.tables[5] = bytearray(range(size))
    line = Line(store=store, settings=SMALL, server_settings=ServerSettings(sizes=Sizes(packet=40, packets=2)))
    assert line.run(line.client.dialogue.read(5)) == bytes(range(size))
    assert len(store.asked) < 20


def test_a_table_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "TABLE", 180)
    line = Line(settings=SMALL)
    with pytest.raises(WireError, match="table 5 without an end, at most 180 octets expected"):
        line.run(line.client.dialogue.read(5))
    assert len(line.run(line.client.dialogue.read(5, count=190))) == 190


def test_a_meter_without_reads_by_offset() -> None:
    line = Line(store=Store(without=(requests.ReadOffset,)))
    words = line.client.dialogue
    assert line.run(words.read(5, offset=3, count=4)) == bytes((3, 4, 5, 6))
    assert line.run(words.read(5, offset=198)) == bytes((198, 199))
    with pytest.raises(WireError, match="200 octets of table 5, 201 at least expected"):
        line.run(words.read(5, offset=198, count=3))


def test_a_meter_without_other_reads() -> None:
    line = Line(store=Store(without=(requests.Read,)))
    assert line.run(line.client.dialogue.read(5)) == bytes(range(200))
    line = Line(store=Store(without=(requests.Read, requests.ReadOffset)))
    with pytest.raises(ServiceRefused, match="a read of table 5: `SNS`"):
        line.run(line.client.dialogue.read(5))


def test_a_part_that_is_too_large_for_an_answer() -> None:
    line = Line(settings=SMALL)
    assert line.run(line.client.dialogue.read(5, offset=1, count=150)) == bytes(range(1, 151))
    counts = [each.count for each in line.store.asked if isinstance(each, requests.ReadOffset)]
    assert counts == [60, 60, 30]


def test_a_table_that_is_not_there() -> None:
    line = Line(settings=SMALL)
    with pytest.raises(ServiceRefused) as error:
        line.run(line.client.dialogue.read(99))
    assert str(error.value) == "service: a read of table 99: `ONP`, `OK` expected"


def test_an_answer_of_another_size() -> None:
    for octets in (b"12", b"1234"):
        line = Line(store=Store(first=[TableData(octets=octets)]))
        with pytest.raises(WireError, match=f"{len(octets)} octets of table 5, 3 expected"):
            line.run(line.client.dialogue.read(5, offset=0, count=3))


@pytest.mark.parametrize("refusal", [BSY, DNR])
def test_a_busy_meter_is_asked_again_after_a_pause(refusal: Refused) -> None:
    line = Line(settings=SMALL, store=Store(first=[refusal] * 3))
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    assert 1003 < line.now < 1004
    line = Line(settings=SMALL, store=Store(first=[refusal] * 4))
    with pytest.raises(ServiceRefused, match=f"`{refusal.name}`"):
        line.run(line.client.dialogue.read(1))
    line = Line(settings=SMALL, store=Store(first=[refusal]))
    line.run(line.client.dialogue.write(1, b"x" * 16))
    assert len(line.store.done) == 1


# --- writing ---------------------------------------------------------------------------------------------------------


def test_writes() -> None:
    line = Line()
    words = line.client.dialogue
    line.run(words.write(1, b"another one"))
    line.run(words.write(5, b"ab", offset=7))
    line.run(words.write_index(5, (1,), b"c"))
    assert line.store.tables[1] == b"another one"
    assert line.store.tables[5][:10] == bytes((0, ord("c"), 2, 3, 4, 5, 6, ord("a"), ord("b"), 9))


def test_a_write_that_is_too_large_for_one_service() -> None:
    line = Line(settings=SMALL)
    line.run(line.client.dialogue.write(5, bytes(100)))
    assert [(each.offset, len(each.octets)) for each in line.store.done if isinstance(each, requests.WriteOffset)] == [
        (0, 55),
        (55, 45),
    ]


@pytest.mark.parametrize(("size", "kind"), [(58, requests.Write), (59, requests.WriteOffset)])
def test_a_write_that_just_fits(size: int, kind: type) -> None:
    line = Line(settings=SMALL)
    line.run(line.client.dialogue.write(5, bytes(size)))
    assert {type(each) for each in line.store.done} == {kind}


def test_a_write_that_is_refused() -> None:
    line = Line()
    with pytest.raises(ServiceRefused, match="service: a write of table 99: `ONP`"):
        line.run(line.client.dialogue.write(99, b"x"))


def test_a_write_that_ends_early() -> None:
    line = Line(settings=SMALL)
    with pytest.raises(Uncertain) as error:
        line.run(line.client.dialogue.write(5, bytes(300)))
    assert error.value.written == 165
    assert str(error.value) == "service: a write of table 5 that ends after 165 octets, all expected"
    assert isinstance(error.value.__cause__, ServiceRefused)


def test_a_service_that_has_no_room() -> None:
    line = Line(settings=SMALL)
    with pytest.raises(WireError, match="a service of 72 octets, at most 64 expected"):
        line.run(line.client.dialogue.write_index(5, (1,), bytes(64)))
    with pytest.raises(WireError, match="`table` of 65536"):
        line.run(line.client.dialogue.write(0x10000, b""))


def breaks_off(line: Line) -> None:
    """The line is silent from the first thing on that is done, until the client has given up."""
    silent: list[float] = []

    def fault(octets: bytes) -> list[tuple[float, bytes]]:
        if line.store.done and not silent:
            silent.append(line.now + 10.0)
        return [] if silent and line.now < silent[0] else [(0.001, octets)]

    line.fault = fault


def test_a_write_without_an_answer_is_not_tried_again() -> None:
    line = Line()
    breaks_off(line)
    with pytest.raises(Uncertain) as error:
        line.run(line.client.dialogue.write(1, b"x" * 16))
    assert str(error.value) == "service: a write of table 1 without an answer, one expected"
    assert error.value.written == 0
    assert isinstance(error.value.__cause__, NoAnswer)
    assert len(line.store.done) == 1
    assert line.run(line.client.dialogue.read(1)) == b"x" * 16


def test_a_meter_that_forgot_what_it_may_have_done() -> None:
    """It refuses the repeated request for its state: that does not say that the first one was not done."""
    line = Line()
    dropped: list[bytes] = []

    def fault(octets: bytes) -> list[tuple[float, bytes]]:
        if line.store.done and len(dropped) < 2:
            dropped.append(octets)
            line.server.close()
            return []
        return [(0.001, octets)]

    line.fault = fault
    with pytest.raises(Uncertain, match="a write of table 1 that was sent again, then `ISSS`"):
        line.run(line.client.dialogue.write(1, b"x" * 16))
    assert len(line.store.done) == 1


# --- procedures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("control", "octets"), [(0b10, b"\x03\x08"), (0b11, b"\x08\x03")])
def test_a_procedure(control: int, octets: bytes) -> None:
    """In the byte order that Table 0 names, with a sequence that Table 8 did not have."""
    line = Line()
    line.store.tables[0][0] = control
    line.store.tables[8][2] = 0xFF
    assert line.run(line.client.dialogue.procedure(0x803, b"abc")) == Outcome(result=0, octets=b"cba")
    assert line.run(line.client.dialogue.procedure(0x803)) == Outcome(result=0, octets=b"")
    assert [each.octets for each in line.store.done if isinstance(each, requests.Write)] == [
        octets + b"\0abc",
        octets + b"\1",
    ]
    assert kinds(line.store).count("Read") == 5, "Table 0 is read once"


def unfinished(result: int) -> TableData:
    return TableData(octets=bytes((3, 0, 1, result)))


def test_a_procedure_that_takes_time() -> None:
    line = Line(settings=SMALL, store=Store(result=1))
    steps = line.client.dialogue.procedure(3, b"x", order="little")

    def fault(octets: bytes) -> list[tuple[float, bytes]]:
        if line.now > 1001.5:
            line.store.tables[8][3] = 5
        return [(0.001, octets)]

    line.fault = fault
    assert line.run(steps) == Outcome(result=5, octets=b"x")
    assert 1002 < line.now < 1003


def test_a_procedure_that_does_not_end() -> None:
    line = Line(settings=SMALL, store=Store(result=1))
    with pytest.raises(Uncertain, match="procedure 3 that does not end, a response in Table 8 expected"):
        line.run(line.client.dialogue.procedure(3))
    assert len(line.store.done) == 1


def test_a_procedure_whose_answer_is_lost_is_found_in_table_8() -> None:
    line = Line()
    breaks_off(line)
    assert line.run(line.client.dialogue.procedure(3, b"ab")) == Outcome(result=0, octets=b"ba")
    assert len(line.store.done) == 1


def test_a_procedure_that_is_not_found_there_is_not_started_again() -> None:
    line = Line()
    breaks_off(line)
    first = line.store.tables[8]
    steps = line.client.dialogue.procedure(3, b"ab")
    fault = line.fault

    def forgetting(octets: bytes) -> list[tuple[float, bytes]]:
        line.store.tables[8] = bytearray(first)
        return fault(octets)

    line.fault = forgetting
    with pytest.raises(Uncertain, match="a write of table 7 without an answer"):
        line.run(steps)
    assert len(line.store.done) == 1


def test_a_procedure_of_which_nothing_is_heard_again() -> None:
    line = Line()
    line.fault = lambda octets: [] if line.store.done else [(0.001, octets)]
    with pytest.raises(Uncertain, match="a write of table 7 without an answer"):
        line.run(line.client.dialogue.procedure(3, b"ab"))
    assert len(line.store.done) == 1


def test_a_procedure_whose_response_cannot_be_read() -> None:
    line = Line()

    def fault(octets: bytes) -> list[tuple[float, bytes]]:
        if line.store.done:
            line.store.tables.pop(8, None)
        return [(0.001, octets)]

    line.fault = fault
    with pytest.raises(Uncertain, match="procedure 3 whose response cannot be read") as error:
        line.run(line.client.dialogue.procedure(3, b"ab"))
    assert isinstance(error.value.__cause__, ServiceRefused)


# --- failures --------------------------------------------------------------------------------------------------------


def test_nobody_there() -> None:
    line = Line(fault=lambda octets: [])
    with pytest.raises(NoAnswer) as error:
        line.run(line.client.dialogue.read(1))
    assert str(error.value) == "link: no answer, one expected"
    sent = [octets for to, octets in line.log if to == "server"]
    assert len(sent) == 8, "four times, and after a silence four times again"


def test_another_speed() -> None:
    line = Line(fault=lambda octets: [(0.001, bytes(len(octets)))])
    line.server = Echo(line)  # type: ignore[assignment]
    with pytest.raises(Garbled, match="octets that are no packets, as at a wrong speed"):
        line.run(line.client.dialogue.read(1))


class Echo:
    """Something that says what it heard."""

    deadline = None

    def __init__(self, line: Line) -> None:
        self._said = b""

    def receive(self, octets: bytes, now: float) -> None:
        self._said = octets

    def tick(self, now: float) -> None: ...

    def take(self) -> bytes:
        said, self._said = self._said, b""
        return said


def test_a_request_that_has_no_octets_is_told_to_whoever_asks() -> None:
    def steps() -> Steps[str]:
        try:
            yield requests.Wait(seconds=256)
        except WireError as error:
            return str(error)
        return ""

    client = Line().client
    run = Run(client, steps(), 0.0)
    assert run.result() == "service: `seconds` of 256, 0 to 255 expected"
    assert run.take() == b""


def test_an_answer_of_several_packets_may_take_its_time() -> None:
    """Each of them shows that the meter is there."""
    client = Line().client

    def steps() -> Steps[Answer]:
        client.link.resize(Sizes(packet=64, packets=3))
        return (yield requests.Read(table=5))

    run, now = Run(client, steps(), 0.0), 0.0
    run.receive(b"\x06", now)
    octets = answers.encode(TableData(octets=bytes(150)))
    for packet in cut(octets, Sizes(packet=64, packets=3)):
        now += 5.0
        run.tick(now)
        run.receive(packets.encode(packet), now)
    assert run.result() == TableData(octets=bytes(150))


def test_an_answer_that_comes_amid_a_request_is_nobodys() -> None:
    """Neither that request's nor the next one's."""
    client = Line().client

    def steps() -> Steps[Answer]:
        client.link.resize(Sizes(packet=40, packets=2))
        with suppress(LinkFailed):
            yield requests.Write(table=5, octets=bytes(40))
        return (yield requests.Logoff())

    run = Run(client, steps(), 0.0)
    run.receive(packets.encode(packets.Packet(data=b"\0")), 0.1)
    assert not run.finished
    run.receive(b"\x06" + packets.encode(packets.Packet(data=b"\3", toggle=True)), 0.2)
    assert run.result() == Refused(code=Code.ISC)


def test_a_dialogue_that_is_given_up_leaves_a_silence() -> None:
    line = Line()
    line.run(line.client.dialogue.read(1))
    run = Run(line.client, line.client.dialogue.read(5), line.now)
    run.take()
    run.abandon()
    with pytest.raises(WireError, match="line: a dialogue that was given up"):
        run.result()
    before = line.now
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    assert line.now - before > 6
