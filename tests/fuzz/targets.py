"""What is fuzzed: each reader of octets from outside, the errors that may come out of it, and what it begins with."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tdl.codec.errors import DecodeError
from tdl.image import UnreadableImage
from tdl.image.directory import read_profile
from tdl.image.edl.reading import read_edl
from tdl.image.hexdump import read_hexdump
from tdl.image.json_file import read_json
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.report import Report
from tdl.sources.text import SourceFile
from tdl.syntax.notation import parse
from tdl.systems.captures.files import packets
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message
from tdl.systems.captures.traffic import Traffic
from tdl.systems.captures.transfers import Meters, transfers
from tdl.systems.wire import answers, apdu, epsem, requests, security, segments
from tdl.systems.wire.acse.call import Call
from tdl.systems.wire.acse.settings import Settings as SpokenTo
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.psem import packets as psem
from tdl.systems.wire.psem.client import Client, Run
from tdl.systems.wire.psem.link import Link
from tdl.systems.wire.psem.scanner import Scanner
from tdl.systems.wire.psem.server import Server, ServerSettings
from tdl.systems.wire.psem.settings import Settings
from tdl.systems.wire.psem.timing import C1218
from tdl.systems.wire.requests import Identify, Read, ReadOffset, Trace
from tdl.systems.wire.segments import Assembly
from tdl.systems.wire.shells import addresses
from tdl.systems.wire.stream import Stream
from tdl.systems.wire.titles import read_title
from tests.unit.captures.recorded import Session, answer, fragments, pcap, pcapng, question
from tests.unit.wire.c1222_network import METER, READER, Network
from tests.unit.wire.psem.store import Store

ROOT = Path(__file__).parents[2]
CAPTURES = ROOT / "tests/data/captures"
MESSAGE = bytes.fromhex(
    "604FA20580037BC175A60480027B04A803020103AC0FA20DA00BA109800102810448F3D061BE2A2828812688"
    "41D10CDA76206811B36F781489A11997773E117CB07AA3AA40374A7107C50DA7F799C5D4E8"
)
"""Example 8 of the standard."""
KEYS = {2: bytes.fromhex("01020304050607080102030405060708")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A reader.

    Attributes:
        errors: what it may raise; whatever else comes out is a bug.
        seeds: octets that it reads.
    """

    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...] = (WireError,)
    seeds: tuple[bytes, ...] = ()


def _stream(octets: bytes) -> None:
    stream = Stream()
    for at in range(0, len(octets), 7):
        stream.feed(octets[at : at + 7])
        while stream.take() is not None:
            pass
    stream.finish()


def _segments(octets: bytes) -> None:
    """Several pieces behind each other, put together in that order."""
    stream = Stream()
    stream.feed(octets)
    assembly: Assembly | None = None
    while (each := stream.take()) is not None:
        piece = segments.decode(each)
        if assembly is None:
            assembly = Assembly(piece, 0.0)
        else:
            assembly.add(piece, 0.0)


def _answers(octets: bytes) -> None:
    for request in (Identify(), Read(table=1), ReadOffset(table=1, offset=0, count=4), Trace(titles=())):
        with suppress(WireError):
            answers.decode(octets, request)


def _server(octets: bytes) -> None:
    Server(Store(), ServerSettings(), peer="x").receive(octets, 0.0)


def _client(octets: bytes) -> None:
    client = Client(Settings(), Credentials())
    Run(client, client.dialogue.read(1), 0.0).receive(octets, 0.1)


def _heard(octets: bytes) -> None:
    """Messages of C12.22 behind each other, at a client and at a meter, which hear each other as well."""
    net = Network(settings=replace(_CLEAR, payload=100), node={"least": Mode.CLEAR})
    call = Call(net.client, [Read(table=1)], net.now)
    stream = Stream()
    stream.feed(octets)
    messages: list[bytes] = []
    with suppress(WireError):
        while (each := stream.take()) is not None:
            messages.append(each)
    for each in messages:
        call.receive(each, net.now)
        for said in net.heard(each):
            call.receive(said, net.now)


def _capture(octets: bytes) -> None:
    """A capture as `tdl decode` reads it."""
    traffic, meters = Traffic(Keys(everybody=KEYS)), Meters(_standard())
    messages: list[Message] = []
    with suppress(UnreadableImage):
        for packet in packets("capture", io.BytesIO(octets)):
            messages += traffic.hear(packet)
    for message in [*messages, *traffic.finish(), *traffic.given_up(), *traffic.unanswered()]:
        for transfer in transfers(message):
            meters.values(transfer)


def _notation(octets: bytes) -> None:
    with suppress(UnicodeDecodeError):
        parse(SourceFile("input.tdl", octets.decode()), Report())


@cache
def _standard() -> Definition:
    return load("std:2012")


def _table(octets: bytes) -> None:
    """A table of the standard, which the first octet chooses; what is read is written as the same octets."""
    definition = _standard()
    known = _known()
    tables = definition.plan.tables
    table = tables[octets[0] % len(tables)] if octets else tables[0]
    record = definition.decode(table.key, octets[1:], known)
    assert definition.encode(table.key, record, known) == octets[1:]


@cache
def _known():  # type: ignore[no-untyped-def]
    return known_values(_standard(), read_profile("std:residential"))


def _session() -> Session:
    session = Session()
    session.ask(question(Read(table=1)))
    session.answer(answer(TableData(octets=bytes(32))))
    return session


_CLEAR = SpokenTo(called=METER, calling=READER, mode=Mode.CLEAR)


def _asking() -> tuple[bytes, ...]:
    """A request as it is, with room for its answer, and in pieces."""
    padded = replace(_CLEAR, padding=300)
    talks = (Network(settings=each) for each in (_CLEAR, padded, replace(padded, payload=150)))
    return tuple(b"".join(each.client.say([Read(table=1)]).parts) for each in talks)


_PACKET = psem.encode(psem.Packet(data=requests.encode(Read(table=1))))
_ASKED = tuple(map(requests.encode, (Identify(), Read(table=1), ReadOffset(table=1, offset=2, count=3))))
_EXAMPLE = ROOT / "examples/meter-with-fragment"

TARGETS: dict[str, Target] = {
    "apdu": Target(read=apdu.decode, seeds=(MESSAGE,)),
    "epsem": Target(
        read=lambda octets: epsem.read(Reader(octets, Layer.EPSEM)), seeds=(b"\x80\x01\x20", b"\x90TEST\0")
    ),
    "requests": Target(read=requests.decode, seeds=_ASKED),
    "answers": Target(read=_answers, seeds=(b"\0\0\1a\x9f", b"\x03", b"\0\0\1\0\0")),
    "titles": Target(read=lambda octets: read_title(Reader(octets, Layer.TITLE)), seeds=(b"\x06\x03\x2b\x06\x01",)),
    "segments": Target(
        read=_segments,
        seeds=(b"".join(segments.encode(each) for each in segments.cut(question(), bytes(200), 120)),),
    ),
    "stream": Target(read=_stream, seeds=(MESSAGE, MESSAGE + MESSAGE)),
    "unseal": Target(read=lambda octets: security.unseal(apdu.decode(octets), KEYS), seeds=(MESSAGE,)),
    "psem-packets": Target(read=psem.decode, seeds=(_PACKET,)),
    "psem-scanner": Target(
        read=lambda octets: Scanner(silence=1, most=psem.MOST).receive(octets, 0.0), errors=(), seeds=(_PACKET,)
    ),
    "psem-link": Target(read=lambda octets: Link(C1218).receive(octets, 0.0), errors=(), seeds=(_PACKET,)),
    "psem-server": Target(read=_server, errors=(), seeds=(_PACKET,)),
    "psem-client": Target(read=_client, errors=(), seeds=(b"\x06" + psem.encode(psem.Packet(data=b"\0\0\1\0\0")),)),
    "c1222": Target(read=_heard, errors=(), seeds=_asking()),
    "addresses": Target(
        read=lambda octets: addresses.parse(octets.decode("latin-1")), seeds=(b"c1218+tcp://host:1153?identity=1",)
    ),
    "captures": Target(
        read=_capture,
        errors=(),
        seeds=(
            (CAPTURES / "example8.pcap").read_bytes(),
            pcap(_session().packets),
            pcapng(_session().packets),
            fragments(_session().packets),
        ),
    ),
    "notation": Target(
        read=_notation,
        errors=(),
        seeds=(
            b'DOCUMENT D EDITION "1";\nTYPE A_RCD = PACKED RECORD\n X : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n',
            (_EXAMPLE / "acme-ax200.tdl").read_bytes(),
        ),
    ),
    "json": Target(
        read=lambda octets: read_json("input", octets),
        errors=(UnreadableImage,),
        seeds=(b'{"ST0": "00", "ST1": {"A": [1, 2.5, null, true]}, "$profile": {}}',),
    ),
    "edl": Target(
        read=lambda octets: read_edl("input", octets),
        errors=(UnreadableImage,),
        seeds=(b'<edl xmlns="urn:tdl:edl:1"/>', b"<!DOCTYPE a><a/>"),
    ),
    "hexdump": Target(
        read=lambda octets: read_hexdump("input", octets),
        errors=(UnreadableImage,),
        seeds=(b"ST1\n0000 41 42 43\n", b"3000010000"),
    ),
    "tables": Target(read=_table, errors=(DecodeError,), seeds=(b"\1" + bytes(32), bytes(60), b"\x07" + b"\xff" * 12)),
}
