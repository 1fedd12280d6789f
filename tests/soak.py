"""A served meter under faults: ``python -m tests.soak [--minutes N] [--seed N]``.

Between a client and `tdl meter serve` datagrams of C12.22 are lost, duplicated, delayed, put out of order and changed,
and so are the packets of C12.18, but for their order, which a serial line keeps; the process is killed and started
again, and for a while it has no room to write. Every value that is read is one that the meter may hold, and every
write that was acknowledged is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from tdl.project.definition import load
from tdl.systems.client.opening import connect
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import LineFailed, LinkFailed, LoginRefused, ServiceRefused, Uncertain, WireError
from tests.small_meter import small_meter

KEY = "0102030405060708 0102030405060708"
METER = small_meter([0, 1, 5, 6, 7, 8], [5, 6, 7], [1])
LATEST = 0.2
"""Seconds by which a datagram is late at most: less than a client waits before it gives up."""

LIVES, TALKS = 3, 8
"""So many there are in any case, however slow the machine is: every fault, a full disk and both lines among them."""

ROOM = 16 * 1024
"""Octets that a file may have while the disk is full: fewer than the store has already."""


class Faults:
    """What a line does to what it carries: each of its faults once in so many messages, in any order."""

    def __init__(self, chance: random.Random, counts: Counter[str]) -> None:
        self.chance, self.counts, self.next = chance, counts, list[str]()

    def on(self, data: bytes) -> list[tuple[bytes, float]]:
        """What comes of octets, each with how many seconds late."""
        if not self.next:
            self.next = ["none"] * 16 + ["lost", "twice", "late", "changed"]
            self.chance.shuffle(self.next)
        fault = self.next.pop()
        self.counts[fault] += 1
        match fault:
            case "lost":
                return []
            case "twice":
                return [(data, 0.0), (data, self.chance.uniform(0, LATEST))]
            case "late":
                return [(data, self.chance.uniform(0, LATEST))]
            case "changed":
                place = self.chance.randrange(len(data))
                bit = 1 << self.chance.randrange(8)
                return [(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :], 0.0)]
        return [(data, 0.0)]


class Line(asyncio.DatagramProtocol):
    """A line between one client and one meter that carries datagrams."""

    def __init__(self, faults: Faults, meter: tuple[str, int]) -> None:
        self.faults, self.meter = faults, meter
        self.client: tuple[str, int] | None = None
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self.meter:
            self.client = addr
        to = self.meter if addr != self.meter else self.client
        for carried, late in self.faults.on(data) if to is not None else ():
            if self.transport is not None:
                asyncio.get_running_loop().call_later(late, self.transport.sendto, carried, to)


@asynccontextmanager
async def stream(faults: Faults, meter: int) -> AsyncIterator[int]:
    """A line that carries octets in their order; its port."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                for carried, late in faults.on(data):
                    await asyncio.sleep(late)
                    writer.write(carried)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", meter)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, other_writer), carry(other_reader, writer))

    async with await asyncio.start_server(connect, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


class Served:
    """`tdl meter serve` as a process that ends hard."""

    def __init__(self, folder: Path, port: int, stream: int) -> None:
        self.folder, self.port, self.stream = folder, port, stream
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *, full: bool = False) -> str:
        """Start it, perhaps with no room to write; its title."""
        command = ["meter", "serve", "-d", "std:1997", "--image", "meter.toml", "--store", "s.db"]
        command += ["--keys", "keys.toml", "--c1218", f"tcp:{self.stream}", "--c1222", f"udp:{self.port}"]
        starting = "from tdl.cli.start import main; main()"
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", starting, *command,
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        lines = [(await self.process.stdout.readline()).decode() for _ in range(2)]
        assert all(line.startswith("listening ") for line in lines), lines
        if full and hasattr(resource, "prlimit"):
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
        return lines[1].split()[1].rpartition("/")[2]

    async def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None


class Talker:
    """Writes numbers, reads them, and knows which of them the meter may hold."""

    def __init__(self, chance: random.Random, counts: Counter[str]) -> None:
        self.chance, self.counts, self.number = chance, counts, 0
        self.possible = {0}

    async def once(self, meter: RemoteMeter) -> None:
        if self.chance.random() < 0.5:
            await self.write(meter)
        else:
            await self.read(meter)

    async def write(self, meter: RemoteMeter) -> None:
        self.number += 1
        try:
            await meter.write_octets("ST5", b"%020d" % self.number, check=False)
        except (LoginRefused, ServiceRefused):
            self.counts["write refused"] += 1
        except Uncertain:
            self.counts["write uncertain"] += 1
            self.possible.add(self.number)
        except (LineFailed, LinkFailed):
            # It may have been sent in a message before the last: to be sure of less is to be right.
            self.counts["write failed"] += 1
            self.possible.add(self.number)
        else:
            self.counts["write done"] += 1
            self.possible = {self.number}

    async def read(self, meter: RemoteMeter, *, surely: bool = False) -> None:
        try:
            octets = await meter.octets("ST5")
        except WireError:
            if surely:
                raise
            self.counts["read failed"] += 1
            return
        found = int(octets.replace(b"\0", b"0"))
        assert found in self.possible, f"{found} was read, the meter may hold {sorted(self.possible)}"
        self.counts["read done"] += 1
        self.possible = {found}


async def soak(seconds: float, seed: int, folder: Path, *, life: float = 5.0) -> Counter[str]:
    """Soak a meter; what happened how often.

    Args:
        life: seconds after which the process is killed, about.

    Raises:
        AssertionError: a value was read that the meter cannot hold.
    """
    chance, counts = random.Random(seed), Counter[str]()
    (folder / "meter.toml").write_text(METER)
    (folder / "keys.toml").write_text(f'[keys]\n2 = "{KEY}"\n')
    (folder / "keys.toml").chmod(0o600)
    definition, talker, faults = load("std:1997"), Talker(chance, counts), Faults(chance, counts)
    served = Served(folder, free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM))
    loop = asyncio.get_running_loop()
    end, lives = loop.time() + seconds, 0
    keyed, named = Credentials(user_id=2, key=bytes.fromhex(KEY), key_id=2), Credentials(user_id=2, user=b"SOAK")
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Line(faults, ("127.0.0.1", served.port)), local_addr=("127.0.0.1", 0)
    )
    try:
        while loop.time() < end or lives < LIVES:
            title = await served.start(full=lives % 3 == 1)
            lives += 1
            until = loop.time() + chance.uniform(0.5, 1.5) * life
            async with AsyncExitStack() as stack:
                if lives % 2:
                    who, port = keyed, transport.get_extra_info("sockname")[1]
                    url = f"c1222+udp://127.0.0.1:{port}/{title}?from=.7&answer=1&repeats=2"
                else:
                    who, port = named, await stack.enter_async_context(stream(faults, served.stream))
                    url = f"c1218+tcp://127.0.0.1:{port}?answer=1"
                meter = await stack.enter_async_context(connect(url, definition, credentials=who))
                talks = 0
                while loop.time() < until or talks < TALKS:
                    await talker.once(meter)
                    talks += 1
                dying = asyncio.create_task(talker.write(meter))
                await asyncio.sleep(chance.uniform(0, 0.02))
                await served.kill()
                counts["kills"] += 1
                await dying
        await served.start()
        async with connect(f"c1218+tcp://127.0.0.1:{served.stream}", definition, credentials=named) as meter:
            await talker.read(meter, surely=True)
    finally:
        await served.kill()
        transport.close()
    return counts


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = asyncio.run(soak(asked.minutes * 60, asked.seed, Path(folder)))
    for name, count in sorted(counts.items()):
        print(f"{count:8d} {name}")


if __name__ == "__main__":
    main()
