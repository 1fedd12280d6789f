"""A bounded slice of the soak: every fault, some kills and a full disk."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.soak import Talker, soak


def test_what_is_read_is_what_the_meter_may_hold(tmp_path: Path) -> None:
    counts = asyncio.run(soak(6.0, 7, tmp_path, life=2.0))
    for name in ("read done", "write done", "lost", "twice", "late", "changed", "kills"):
        assert counts[name], counts
    assert counts["write refused"] + counts["write failed"] + counts["write uncertain"], "the disk was full"


def test_a_lost_write_is_found() -> None:
    """The soak itself can fail."""

    class Forgetful:
        async def write_octets(self, key: str, octets: bytes, *, check: bool) -> None:
            """Acknowledge and forget."""

        async def octets(self, key: str) -> bytes:
            return bytes(20)

    talker = Talker(random.Random(1), Counter())

    async def talk() -> None:
        await talker.read(Forgetful())  # type: ignore[arg-type]
        await talker.write(Forgetful())  # type: ignore[arg-type]
        await talker.read(Forgetful())  # type: ignore[arg-type]

    with pytest.raises(AssertionError, match="may hold"):
        asyncio.run(talk())
