"""Whole sessions as tshark sees them and as `tdl wire dissect` does: the same services, tables and octets.

tshark shows no elements of reads by index beyond their table, no octets of what is read, no C12.18, and no messages in
pieces; for these there are tests of our own alone.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tdl.systems.captures.files import Packet, Transport
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message
from tdl.systems.captures.traffic import Traffic
from tdl.systems.wire import security
from tdl.systems.wire.answers import Answer, Code, Done, Refused, TableData
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.eax import Protection
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.requests import Read, ReadOffset, Request, Wait, Write, WriteOffset
from tests.property.wire_messages import octet, three, word
from tests.tools import tool
from tests.unit.captures.recorded import Session, answer, pcap, pcapng, question

KEY = bytes(range(0x40, 0x50))
FIELDS = (
    "cmd", "err", "read.table", "read.offset", "read.count", "write.table", "write.offset", "write.data",
    "wait.seconds", "epsem.flags.security", "crypto_good", "crypto_bad", "bad_checksum", "command_truncated",
)  # fmt: skip
MODES: tuple[Protection | None, ...] = (None, Mode.AUTHENTICATED, Mode.ENCRYPTED)

table = word.filter(lambda number: number != 7)
some = st.binary(min_size=1, max_size=40)
refused = st.sampled_from([code for code in Code if code not in (Code.OK,)]).map(lambda code: Refused(code=code))
talks: st.SearchStrategy[tuple[Request, Answer]] = st.one_of(
    st.tuples(st.builds(Read, table=table), st.one_of(st.builds(TableData, octets=some), refused)),
    st.tuples(st.builds(ReadOffset, table=table, offset=three, count=word), st.builds(TableData, octets=some)),
    st.tuples(st.builds(Write, table=table, octets=some), st.one_of(st.just(Done()), refused)),
    st.tuples(st.builds(WriteOffset, table=table, offset=three, octets=some), st.just(Done())),
    st.tuples(st.builds(Wait, seconds=octet), st.just(Done())),
)


def seen(path: Path) -> list[dict[str, list[str]]]:
    """What tshark shows of each packet that carries C12.22."""
    options = ["-o", f'uat:c1222_decryption_table:"3",{KEY.hex()}', "-o", "c1222.baseoid:2.16.124.113620.1.22.0"]
    named = [part for name in FIELDS for part in ("-e", f"c1222.{name}")]
    command = [tool("tshark"), "-n", "-r", str(path), "-Y", "c1222", "-T", "json", *named, *options]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    packets: list[dict[str, Any]] = json.loads(run.stdout)
    return [
        {name.removeprefix("c1222."): values for name, values in each["_source"].get("layers", {}).items()}
        for each in packets
    ]


def expected(message: Message) -> dict[str, list[object]]:
    """What there is to see of a message that we heard."""
    made: dict[str, list[object]] = {"epsem.flags.security": [int(message.mode)]}
    if message.mode is not Mode.CLEAR:
        made |= {"crypto_good": [1], "crypto_bad": [0]}

    def put(**values: object) -> None:
        for name, value in values.items():
            made.setdefault(name.replace("_", ".", 1), []).append(value)

    for each in message.exchanges:
        if message.answers:
            put(err=each.answer.code if isinstance(each.answer, Refused) else 0)
            continue
        match each.request:
            case Read(table=number):
                put(cmd=0x30, read_table=number)
            case ReadOffset(table=number, offset=offset, count=count):
                put(cmd=0x3F, read_table=number, read_offset=offset, read_count=count)
            case Write(table=number, octets=octets):
                put(cmd=0x40, write_table=number, write_data=octets.hex())
            case WriteOffset(table=number, offset=offset, octets=octets):
                put(cmd=0x4F, write_table=number, write_offset=offset, write_data=octets.hex())
            case Wait(seconds=seconds):
                put(cmd=0x70, wait_seconds=seconds)
    return made


def shown(found: dict[str, list[str]]) -> dict[str, list[object]]:
    return {name: [each if name == "write.data" else int(each, 0) for each in values] for name, values in found.items()}


def sealed(clear: Apdu, mode: Protection | None, iv: int) -> Apdu:
    return clear if mode is None else security.seal(replace(clear, authentication=KeyUse(key_id=3, iv=iv)), KEY, mode)


def recorded(talk: Sequence[tuple[Request, Answer]], transport: Transport, mode: Protection | None) -> list[Packet]:
    session = Session(transport)
    for number, (request, reply) in enumerate(talk, start=1):
        session.ask(sealed(question(request, number=number), mode, 2 * number))
        session.answer(sealed(answer(reply, number=number), mode, 2 * number + 1))
    return session.packets


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("transport", Transport)
@settings(max_examples=settings.default.max_examples // 10, phases=[Phase.explicit, Phase.generate])  # type: ignore[union-attr]
@given(talk=st.lists(talks, min_size=1, max_size=20))
def test_sessions(
    talk: list[tuple[Request, Answer]],
    transport: Transport,
    mode: Protection | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    packets = recorded(talk, transport, mode)
    path = tmp_path_factory.getbasetemp() / "session"
    path.write_bytes(pcap(packets, "raw") if len(talk) % 2 else pcapng(packets))
    traffic = Traffic(Keys(everybody={3: KEY}))
    messages = [message for each in packets for message in traffic.hear(each)]
    assert [each.problem for each in messages] == [None] * (2 * len(talk))
    assert [(each.request, each.answer) for message in messages[1::2] for each in message.exchanges] == talk
    assert [shown(each) for each in seen(path)] == [expected(message) for message in messages]
