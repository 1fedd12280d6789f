"""What tshark sees in messages made here: the same services, in clear text and with the key."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tdl.systems.wire import answers, apdu, requests, security
from tdl.systems.wire.answers import Answer, Refused, TableData
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.eax import Protection
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode, Respond
from tdl.systems.wire.requests import Logon, Negotiate, Read, ReadOffset, Request, Security, Wait, Write, WriteOffset
from tdl.systems.wire.titles import BASE, Form, Title
from tests.property.wire_messages import apdus, clear, octet, some, three, word
from tests.tools import tool

KEY = bytes(range(0x40, 0x50))
MODES: tuple[Protection | None, ...] = (None, Mode.AUTHENTICATED, Mode.ENCRYPTED)
FIELDS = (
    "cmd", "err", "read.table", "read.offset", "read.count", "write.table", "write.offset", "write.size", "write.data",
    "logon.id", "wait.seconds", "negotiate.pktsize", "negotiate.numpkts", "calling_AP_invocation_id", "epsem.edclass",
    "epsem.flags.security", "crypto_good", "crypto_bad", "bad_checksum", "command_truncated", "epsem.ber_length_error",
)  # fmt: skip

Seen = dict[str, list[str]]


def message(number: int, services: Sequence[bytes], mode: Protection | None) -> bytes:
    """A message with these services; it names a class of device and a key, and titles of either form."""
    clear = Apdu(
        called=Title(arcs=(123, 8437), form=Form.CONTEXT),
        calling=Title(arcs=(1, 3, 6, 1, 4, 1, 33507)),
        calling_qualifier=2,
        calling_invocation=Invocation(number=number),
        authentication=KeyUse(key_id=3, iv=1_600_000_000 + number),
        epsem=Epsem(services=tuple(services), ed_class=b"TEST"),
    )
    if mode is None:
        return apdu.encode(replace(clear, authentication=None))
    return apdu.encode(security.seal(clear, KEY, mode))


def seen(path: Path, messages: Sequence[bytes]) -> list[Seen]:
    """What tshark shows of each message, all of them over UDP."""
    octets = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for number, payload in enumerate(messages):
        datagram = struct.pack(">HHHH", 50_000, 1153, 8 + len(payload), 0) + payload
        packet = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0) + bytes(8) + datagram
        octets += struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet
    path.write_bytes(octets)
    options = ["-o", f'uat:c1222_decryption_table:"3",{KEY.hex()}', "-o", "c1222.baseoid:2.16.124.113620.1.22.0"]
    named = [part for name in FIELDS for part in ("-e", f"c1222.{name}")]
    command = [tool("tshark"), "-n", "-r", str(path), "-T", "json", *named, *options]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    packets: list[dict[str, Any]] = json.loads(run.stdout)
    return [
        {name.removeprefix("c1222."): values for name, values in packet["_source"].get("layers", {}).items()}
        for packet in packets
    ]


def numbers(found: Seen, name: str) -> list[int]:
    return [int(value, 0) for value in found.get(name, [])]


def written(found: Seen) -> list[str]:
    """The octets of writes; for none at all it says so."""
    return ["" if octets == "<MISSING>" else octets for octets in found.get("write.data", [])]


def sound(found: Seen, number: int, mode: Protection | None) -> None:
    """The envelope is what was written, and nothing is said to be wrong with it."""
    for wrong in ("bad_checksum", "command_truncated", "epsem.ber_length_error"):
        assert wrong not in found, found
    assert numbers(found, "calling_AP_invocation_id") == [number]
    assert numbers(found, "epsem.flags.security") == [mode or 0]
    assert found["epsem.edclass"] == [b"TEST".hex()]
    assert (numbers(found, "crypto_good"), numbers(found, "crypto_bad")) == (([], []) if mode is None else ([1], [0]))


# --- requests --------------------------------------------------------------------------------------------------------

known = st.one_of(
    st.builds(requests.Identify),
    st.builds(requests.Terminate),
    st.builds(requests.Logoff),
    st.builds(Read, table=word),
    st.builds(ReadOffset, table=word, offset=three, count=word),
    st.builds(Write, table=word.filter(lambda table: table != 7), octets=some),
    st.builds(WriteOffset, table=word.filter(lambda table: table != 7), offset=three, octets=some),
    st.builds(Logon, user_id=word, user=st.just(b"user      "), timeout=word),
    st.builds(Security, password=st.just(b"password".ljust(20)), user_id=st.one_of(st.none(), word)),
    st.builds(Negotiate, packet_size=word, packets=octet, speeds=st.just((6,))),
    st.builds(Wait, seconds=octet),
)
"""The requests of which tshark shows what they hold; a write of Table 7 has a tree of its own there."""


def expected(asked: Sequence[Request]) -> dict[str, list[object]]:
    """What there is to see of requests."""
    made: dict[str, list[object]] = {name: [] for name in FIELDS[2:13]}

    def put(prefix: str, **values: object) -> None:
        for name, value in values.items():
            made[f"{prefix}.{name}"].append(value)

    for each in asked:
        match each:
            case Read(table=table):
                put("read", table=table)
            case ReadOffset(table=table, offset=offset, count=count):
                put("read", table=table, offset=offset, count=count)
            case Write(table=table, octets=octets):
                put("write", table=table, size=len(octets), data=octets.hex())
            case WriteOffset(table=table, offset=offset, octets=octets):
                put("write", table=table, offset=offset, size=len(octets), data=octets.hex())
            case Logon(user_id=user_id) | Security(user_id=int(user_id)):
                put("logon", id=user_id)
            case Wait(seconds=seconds):
                put("wait", seconds=seconds)
            case Negotiate(packet_size=size, packets=packets):
                put("negotiate", pktsize=size, numpkts=packets)
            case _:
                pass
    return made


def _code(octets: bytes) -> int:
    """A service's code as tshark shows it: a negotiation's without the number of its speeds."""
    return octets[0] & 0xF0 if octets[0] >> 4 == 6 else octets[0]


@pytest.mark.parametrize("mode", MODES)
def test_requests(mode: Protection | None, tmp_path: Path) -> None:
    """The same codes in the same order, with the same tables, offsets, counts and octets."""

    @settings(max_examples=max(2, settings.default.max_examples // 25), phases=[Phase.explicit, Phase.generate])  # type: ignore[union-attr]
    @given(asked=st.lists(st.lists(known, min_size=1, max_size=4), min_size=20, max_size=30))
    def agree(asked: list[list[Request]]) -> None:
        services = [[requests.encode(each) for each in together] for together in asked]
        made = [message(number, together, mode) for number, together in enumerate(services)]
        found = seen(tmp_path / "capture", made)
        assert len(found) == len(asked)
        for number, (frame, together) in enumerate(zip(found, asked, strict=True)):
            sound(frame, number, mode)
            assert numbers(frame, "cmd") == [_code(octets) for octets in services[number]]
            for name, values in expected(together).items():
                shown = written(frame) if name == "write.data" else numbers(frame, name)
                assert shown == values, name

    agree()


# --- envelopes -------------------------------------------------------------------------------------------------------


FULL = Title(arcs=(1, 3, 6, 1, 4, 1, 33507))
SHORT = Title(arcs=(123, 8437), form=Form.CONTEXT)
PLAIN = Apdu(
    called=SHORT,
    calling=FULL,
    calling_invocation=Invocation(number=200),
    authentication=KeyUse(key_id=3, iv=5),
    epsem=Epsem(services=(requests.encode(Read(table=1)),)),
)
SPARSE = Epsem(services=(b"\x20",), recovery=True, proxy=True, respond=Respond.NEVER)
ENVELOPES = {
    "plain": PLAIN,
    "titles the other way round": replace(PLAIN, called=FULL, calling=SHORT),
    "absolute titles": replace(PLAIN, called=FULL),
    "relative titles": replace(PLAIN, calling=SHORT),
    "context": replace(PLAIN, context=(2, 16, 124, 113620, 1, 22)),
    "called invocation": replace(PLAIN, called_invocation=Invocation(number=5)),
    "qualifier": replace(PLAIN, calling_qualifier=4),
    "mechanism": replace(PLAIN, mechanism=(2, 16, 124, 113620, 1, 22, 2, 1)),
    "reference before the key": replace(PLAIN, authentication=KeyUse(key_id=3, iv=5, reference=0)),
    "leading zero": replace(PLAIN, calling_invocation=Invocation(number=200, signed=True)),
    "large numbers": replace(
        PLAIN, calling_invocation=Invocation(number=2**32 - 1), authentication=KeyUse(key_id=3, iv=2**32 - 1)
    ),
    "long": replace(PLAIN, epsem=Epsem(services=(requests.encode(Write(table=9, octets=bytes(300))),))),
    "no services": replace(PLAIN, epsem=Epsem()),
    "one block": replace(PLAIN, epsem=Epsem(services=(requests.encode(Write(table=9, octets=bytes(9))),))),
    "flags": replace(PLAIN, epsem=SPARSE),
    "class": replace(PLAIN, epsem=replace(SPARSE, ed_class=b"TEST")),
    "padding": replace(PLAIN, epsem=replace(SPARSE, padding=bytes(3))),
}


@pytest.mark.parametrize("mode", MODES[1:])
def test_what_the_code_covers(mode: Protection, tmp_path: Path) -> None:
    """Every element that an envelope may have, and lists of services that are empty, whole blocks or padded.

    tshark takes relative titles as below the same base even if the message has a context.
    """
    made = [apdu.encode(security.seal(each, KEY, mode, base=BASE)) for each in ENVELOPES.values()]
    found = seen(tmp_path / "capture", made)
    verdicts = [(numbers(frame, "crypto_good"), numbers(frame, "crypto_bad")) for frame in found]
    assert dict(zip(ENVELOPES, verdicts, strict=True)) == dict.fromkeys(ENVELOPES, ([1], [0]))


_arcs = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3).map(tuple)
_title = st.one_of(
    _arcs.map(lambda arcs: Title(arcs=arcs, form=Form.CONTEXT)), _arcs.map(lambda arcs: Title(arcs=(2, *arcs)))
)


@st.composite
def _envelopes(draw: st.DrawFn) -> Apdu:
    """Messages as tshark takes them: both titles, no number in front of the services, no padding, services it knows."""
    drawn = draw(apdus(clear))
    asked = draw(st.lists(known, min_size=1, max_size=3))
    return replace(
        drawn,
        called=draw(_title),
        calling=draw(_title),
        reference=None,
        epsem=replace(drawn.epsem, services=tuple(requests.encode(each) for each in asked), padding=None),
    )


@pytest.mark.parametrize("mode", MODES[1:])
def test_random_envelopes(mode: Protection, tmp_path: Path) -> None:
    @settings(max_examples=max(2, settings.default.max_examples // 25), phases=[Phase.explicit, Phase.generate])  # type: ignore[union-attr]
    @given(messages=st.lists(_envelopes(), min_size=8, max_size=15))
    def agree(messages: list[Apdu]) -> None:
        used = [replace(each, authentication=KeyUse(key_id=3, iv=iv)) for iv, each in enumerate(messages)]
        made = [apdu.encode(security.seal(each, KEY, mode, base=BASE)) for each in used]
        for sent, frame in zip(used, seen(tmp_path / "capture", made), strict=True):
            assert (numbers(frame, "crypto_good"), numbers(frame, "crypto_bad")) == ([1], [0]), sent

    agree()


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_answers(mode: Protection | None, tmp_path: Path) -> None:
    said: list[Answer] = [TableData(octets=b"MANUFACTURER SN "), Refused(code=3), Refused(code=0x0B), answers.Done()]
    made = [message(number, [answers.encode(each)], mode) for number, each in enumerate(said)]
    found = seen(tmp_path / "capture", made)
    assert [numbers(frame, "err") or numbers(frame, "cmd") for frame in found] == [[0], [3], [0x0B], [0]]
    for number, frame in enumerate(found):
        sound(frame, number, mode)
