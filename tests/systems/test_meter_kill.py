"""A meter whose process is killed again and again, at any moment, while it is written."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tdl.codec.errors import DecodeError
from tdl.systems.meter.meter import Meter
from tests.unit.meter.meters import meter

ROOT = Path(__file__).parents[2]
ROUNDS = 8
MOMENTS = 0.02
"""Seconds in which several numbers are written: a kill may come anywhere among them."""

WRITER = """
import sys
from tests.unit.meter.meters import Peer, meter
peer = Peer(meter(store=sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    text = f"{number:020d}".encode()
    assert peer.write("ST5", text) == "OK"
    assert peer.write("ST6", text * 11 + text[:10]) == "OK"
    assert peer.run("SP9", bytes([2]))[0] == 0
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path) -> None:
    """Each number is told through a pipe when its writes are acknowledged; the next may or may not be there.

    The log has an entry for each write and two for each self-read: a write without its entry is a half one.
    """
    path, chance, told, reads = tmp_path / "meter.db", random.Random(7), 0, 0
    meter(store=path).close()
    entries = 2  # up and down
    for _ in range(ROUNDS):
        before = told
        told = write_until_killed(path, told, chance.randint(1, 30), chance.uniform(0, MOMENTS))
        held = meter(store=path)
        first, second = int(held.tables.octets("ST5")), int(held.tables.octets("ST6")[:20])
        assert told <= second <= first <= told + 1
        assert whole(held)
        read_before, reads = reads, last(held, "ST26")
        assert told - before <= reads - read_before <= second - before
        entries += 1 + (first - before) + (second - before) + 2 * (reads - read_before) + 1
        assert last(held, "ST74") == entries, "the writer's power up, what it wrote, and this one's power up"
        held.close()
        entries += 1
    assert told > ROUNDS


def last(held: Meter, key: str) -> int:
    """The sequence number of a list's last entry."""
    record = held.tables.record(key)
    assert record is not None
    number: int = record["LAST_ENTRY_SEQ_NBR"]
    return number


def write_until_killed(path: Path, number: int, acknowledged: int, moment: float) -> int:
    """Let a process write; kill it after some acknowledged numbers and a little more, and say what it told last."""
    command = [sys.executable, "-c", WRITER, str(path), str(number)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(acknowledged):
            line = process.stdout.readline()
            assert line, "it ended by itself"
            number = int(line)
        time.sleep(moment)
        process.kill()
        for line in process.stdout:  # what was told between the last look and the end
            if line.endswith("\n"):
                number = int(line)
    return number


def whole(held: Meter) -> bool:
    """Whether every table decodes."""
    tables = held.tables
    try:
        for key in tables:
            tables.definition.decode(key, tables.octets(key), tables.environment)
    except DecodeError:
        return False
    return True
