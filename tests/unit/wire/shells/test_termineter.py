"""A program that nobody here wrote speaks to a meter over a pty."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.requests import Write, WriteOffset
from tdl.systems.wire.shells.ptys import listen_pty
from tests.unit.wire.psem.store import PASSWORD, Store


def test_termineter_agrees(tmp_path: Path) -> None:
    """It identifies, negotiates, logs on, reads whole tables and a part, writes, and starts a procedure."""
    store = Store(password=PASSWORD)
    table = bytes(store.tables[5])

    async def speak() -> bytes:
        async with listen_pty(store, ServerSettings(), link=tmp_path / "meter"):
            program = Path(__file__).with_name("peer.py")
            run = await asyncio.create_subprocess_exec(
                sys.executable, str(program), str(tmp_path / "meter"), stdout=asyncio.subprocess.PIPE
            )
            told, _ = await run.communicate()
            assert run.returncode == 0
            return told

    assert json.loads(asyncio.run(speak())) == {
        "start": True,
        "login": True,
        "table 1": b"MANUFACTURER SN ".hex(),
        "table 5": table.hex(),
        "a part of table 5": table[20:30].hex(),
        "result": 0,
        "response": "030201",
        "stop": True,
    }
    assert store.tables[5][3:5] == b"\xaa\xbb"
    whole, part, started = store.done
    assert whole == Write(table=1, octets=b"ANOTHER ONE HERE")
    assert part == WriteOffset(table=5, offset=3, octets=b"\xaa\xbb")
    assert isinstance(started, Write)
    assert (started.octets[:2], started.octets[3:]) == (b"\x03\0", b"\x01\x02\x03")
