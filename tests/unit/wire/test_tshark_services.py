"""Every service, asked and answered, in every mode and over UDP and TCP: tshark sees the same.

Of services whose parts tshark does not know it shows the code, `Unknown`, and the octets behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tdl.systems.captures.files import Transport
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Code, Refused, TableData
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.identity import Identity, Sessions
from tdl.systems.wire.registration import Register, Registered
from tdl.systems.wire.requests import ReadIndex, ReadOffset, Request, WriteIndex, WriteOffset
from tdl.systems.wire.titles import Form, Title
from tests.unit.captures.recorded import Session
from tests.unit.wire.c1222_network import KEY as METER_KEY
from tests.unit.wire.c1222_network import Network, Tables
from tests.unit.wire.psem.store import PASSWORD
from tests.unit.wire.seen_by_tshark import Message, Service, seen
from tests.unit.wire.test_c1222 import PLAIN
from tests.unit.wire.test_tshark import KEY, MODES, message

NODE, SHORT = Title(arcs=(1, 3, 6, 1, 4, 1, 33507)), Title(arcs=(123, 4), form=Form.RELATIVE)
REGISTER = Register(
    node_type=32, connection_type=0xE0, device_class=b"TEST", title=NODE, serial=SHORT, address=b"\xc0\0\2\1",
    period=70_000,
)  # fmt: skip

REQUESTS: tuple[tuple[Request, str, dict[str, str]], ...] = (
    (requests.Identify(), "Identify", {}),
    (requests.Terminate(), "Terminate", {}),
    (requests.Disconnect(), "Disconnect", {}),
    (requests.Deregister(title=NODE), "Unknown", {"data": "06082B06010401828563"}),
    (requests.Resolve(title=SHORT), "Unknown", {"data": "0D027B04"}),
    (requests.Trace(titles=(NODE, SHORT)), "Unknown", {"data": "06082B060104018285630D027B04"}),
    (REGISTER, "Unknown", {"data": "20E05445535406082B060104018285630D027B0404C0000201011170"}),
    (requests.Read(table=0x0805), "Full Read", {"read.table": "0805"}),
    (requests.ReadDefault(), "Default Read", {}),
    *(
        (
            ReadIndex(table=23, indices=tuple(range(depth)), count=7),
            "Unknown",
            {"data": f"0017{''.join(f'{each:04X}' for each in range(depth))}0007"},
        )
        for depth in range(1, 10)
    ),
    (
        ReadOffset(table=23, offset=0x010203, count=16),
        "Partial Read Offset",
        {"read.table": "0017", "read.offset": "010203", "read.count": "0010"},
    ),
    (
        requests.Write(table=9, octets=b"abc"),
        "Full Write",
        {"write.table": "0009", "write.size": "0003", "write.data": "616263", "write.chksum": "DA"},
    ),
    (
        requests.Write(table=7, octets=b"\x03\0\x05"),
        "Full Write",
        {
            "write.table": "0007", "write.size": "0003", "procedure.response": "0300", "procedure.mfg": "0300",
            "procedure.num": "0300", "procedure.sequence": "05", "write.chksum": "F8",
        },
    ),
    *(
        (
            WriteIndex(table=9, indices=tuple(range(depth)), octets=b"abc"),
            "Unknown",
            {"data": f"0009{''.join(f'{each:04X}' for each in range(depth))}0003616263DA"},
        )
        for depth in range(1, 10)
    ),
    (
        WriteOffset(table=9, offset=0x010203, octets=b"abc"),
        "Partial Write Offset",
        {
            "write.table": "0009", "write.offset": "010203", "write.size": "0003", "write.data": "616263",
            "write.chksum": "DA",
        },
    ),
    # What tshark does not look at is the idle time behind the name.
    (
        requests.Logon(user_id=7, user=b"me".ljust(10)),
        "Logon",
        {"logon.id": "0007", "logon.user": b"me".ljust(10).hex()},
    ),
    (
        requests.Security(password=PASSWORD, user_id=7),
        "Security",
        {"security.password": PASSWORD.hex(), "logon.id": "0007"},
    ),
    (requests.Security(password=PASSWORD), "Security", {"security.password": PASSWORD.hex()}),
    (requests.Logoff(), "Logoff", {}),
    (
        requests.Authenticate(proof=b"12345678"),
        "Authenticate",
        {"authenticate.len": "08", "authenticate.data": b"12345678".hex()},
    ),
    (
        requests.Negotiate(packet_size=512, packets=3),
        "Negotiate",
        {"negotiate.pktsize": "0200", "negotiate.numpkts": "03"},
    ),
    (requests.Wait(seconds=9), "Wait", {"wait.seconds": "09"}),
    (
        requests.TimingSetup(traffic=1, character=2, response=3, retries=4),
        "Timing Setup",
        {
            "timingsetup.traffic": "01", "timingsetup.interchar": "02", "timingsetup.respto": "03",
            "timingsetup.nbrretries": "04",
        },
    ),
)  # fmt: skip

ANSWERS: tuple[tuple[Answer, str], ...] = (
    (answers.Done(), ""),
    (TableData(octets=b"abc"), "0003616263DA"),
    (TableData(octets=b""), "000000"),
    (Identity(standard=3, version=1, revision=0, features=(Sessions(control=0x81),)), "030100058100"),
    (answers.LoggedOn(timeout=60), "003C"),
    (answers.Authenticated(proof=b"12345678"), "083132333435363738"),
    (answers.Negotiated(packet_size=512, packets=3), "020003"),
    (answers.Timed(traffic=1, character=2, response=3, retries=4), "01020304"),
    (answers.Resolved(address=b"\xc0\0\2\1"), "04C0000201"),
    (answers.Traced(titles=(NODE, SHORT)), "06082B060104018285630D027B04"),
    (Registered(title=SHORT, delay=3, period=70_000, info=0xE1), "0D027B040003011170E1"),
    (answers.Deregistered(title=SHORT), "0D027B04"),
)
"""And the octets behind the code, of which tshark knows no parts."""

NAMES = {
    Code.ERR: "Error", Code.SNS: "Service Not Supported", Code.ISC: "Insufficient Security Clearance",
    Code.ONP: "Operation Not Possible", Code.IAR: "Inappropriate Action Requested", Code.BSY: "Device Busy",
    Code.DNR: "Data Not Ready", Code.DLK: "Data Locked", Code.RNO: "Renegotiate Request",
    Code.ISSS: "Invalid Service Sequence State", Code.SME: "Security Mechanism Error",
    Code.UAT: "Unknown Application Title", Code.NETT: "Network Time-out", Code.NETR: "Network Not Reachable",
    Code.RQTL: "Request Too Large", Code.RSTL: "Response Too Large", Code.SGNP: "Segmentation Not Possible",
    Code.SGERR: "Segmentation Error",
}  # fmt: skip
"""What tshark calls refusals."""

CARRIED = pytest.mark.parametrize("transport", Transport)
PROTECTED = pytest.mark.parametrize("mode", MODES)


def compared(
    path: Path, transport: Transport, mode: Mode | None, said: Sequence[tuple[bytes, str, dict[str, str]]], count: int
) -> None:
    """Say services, so many in a message, in any case over connections whose packets end anywhere."""
    lists = [said[at : at + count] for at in range(0, len(said), count)]
    octets = [
        message(number, [each for each, _, _ in together], mode)  # type: ignore[arg-type]
        for number, together in enumerate(lists)
    ]
    talk = Session(transport=transport)
    if transport is Transport.UDP:
        for each in octets:
            talk.ask(each)
    else:
        stream = b"".join(octets)
        for at in range(0, len(stream), 97):
            talk.ask(stream[at : at + 97])
    assert seen(path, talk.packets, key_id=3, key=KEY) == [
        Message(
            mode=mode or 0,
            opened=mode is not None,
            wrong=frozenset(),
            services=tuple(
                Service(name=name, octets=each, parts={part: bytes.fromhex(text) for part, text in parts.items()})
                for each, name, parts in together
            ),
        )
        for together in lists
    ]


@PROTECTED
@CARRIED
@pytest.mark.parametrize("count", [1, 5])
def test_requests(transport: Transport, mode: Mode | None, count: int, tmp_path: Path) -> None:
    said = [(requests.encode(each), name, parts) for each, name, parts in REQUESTS]
    compared(tmp_path / "capture", transport, mode, said, count)


@PROTECTED
@CARRIED
@pytest.mark.parametrize("count", [1, 5])
def test_answers(transport: Transport, mode: Mode | None, count: int, tmp_path: Path) -> None:
    said = [(answers.encode(each), "OK", {"data": text} if text else {}) for each, text in ANSWERS]
    said += [(answers.encode(Refused(code=code)), name, {}) for code, name in NAMES.items()]
    compared(tmp_path / "capture", transport, mode, said, count)


def test_every_service_is_among_them() -> None:
    assert {requests.encode(each)[0] for each, _, _ in REQUESTS} == {
        *requests.Service, *range(0x31, 0x3A), *range(0x41, 0x4A)
    }  # fmt: skip
    assert {type(each) for each, _ in ANSWERS} | {Refused} == set(Answer.__args__)  # type: ignore[attr-defined]
    assert set(NAMES) == set(Code) - {Code.OK}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("session", [False, True])
@CARRIED
def test_a_client_and_a_server(transport: Transport, session: bool, mode: Mode, tmp_path: Path) -> None:
    """What they say to each other: tables read and written as a whole, by offset and by index, and a procedure."""
    line = Network(
        settings=replace(PLAIN, mode=mode, session=session, padding=548),
        credentials=Credentials(user_id=2, user=b"READER", password=PASSWORD, key=METER_KEY, key_id=2),
        node={"least": mode, "address": b"\xc0\0\2\1"},
        store=Tables(password=PASSWORD),
        datagram=transport is Transport.UDP,
    )
    meter = line.client.dialogue
    line.run(meter.read(1))
    line.run(meter.read(5, offset=6, count=5))
    line.run(meter.read_index(5, (3,), 2))
    line.run(meter.write(1, b"ANOTHER ONE HERE"))
    line.run(meter.write(5, b"xyz", offset=7))
    line.run(meter.write_index(5, (9,), b"?"))
    line.run(meter.procedure(3, b"\x01\x02"))
    for request in (requests.Identify(), requests.Wait(seconds=3), requests.Negotiate(packet_size=512, packets=1),
                    requests.Resolve(title=NODE), requests.Trace(titles=(NODE,)), REGISTER,
                    requests.Deregister(title=NODE), requests.Disconnect()):  # fmt: skip
        line.run(meter.ask(request))
    if session:
        line.run(meter.ready())
        line.run(meter.close())
        line.run(meter.ready())
        line.run(meter.terminate())
    talk = Session(transport=transport)
    for to, octets in line.log:
        (talk.ask if to == "server" else talk.answer)(octets)
    found = seen(tmp_path / "capture", talk.packets, key_id=2, key=METER_KEY)
    assert all((each.mode, each.opened, each.wrong) == (mode, mode > 0, frozenset()) for each in found)
    asked = [each for said in found[::2] for each in said.services]
    told = [each for said in found[1::2] for each in said.services]
    shown = {each.octets[0]: each for each in asked}
    # The answers stand in the places of what they answer, and hold what the meter held.
    decoded = [
        answers.decode(said.octets, requests.decode(each.octets)) for each, said in zip(asked, told, strict=True)
    ]
    held = [each.octets for each in decoded if isinstance(each, TableData)]
    assert held[:3] == [b"MANUFACTURER SN ", bytes(range(6, 11)), bytes([3, 4])]
    assert shown[0x40].parts.get("write.table") == b"\0\7"
    assert shown[0x4F].parts["write.data"] == b"xyz"
    assert shown[0x51].parts["security.password"] == PASSWORD
    wanted = {0x20, 0x22, 0x24, 0x25, 0x26, 0x27, 0x30, 0x31, 0x3F, 0x40, 0x41, 0x4F, 0x51, 0x60, 0x70}
    assert set(shown) == wanted | ({0x21, 0x50, 0x52} if session else set())
