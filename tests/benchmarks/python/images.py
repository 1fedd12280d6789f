"""The three images of `../c/tables.tdl` under `../c/profile.toml`: random content, the same in every run."""

from __future__ import annotations

import struct
from random import Random

_random = Random(1219)


def _integer(octets: int) -> bytes:
    return _random.getrandbits(8 * octets - 4).to_bytes(octets, "little")


def _date() -> bytes:
    parts = ((0, 40), (1, 13), (1, 29), (0, 24), (0, 60))
    return bytes(_random.randrange(low, high) for low, high in parts)


def _registers() -> bytes:
    """368 octets like those of ST23: 4 tiers of 5 summations and 4 demands."""
    pieces = [_integer(2), _integer(1), _date()]
    for _ in range(4):
        pieces += [_integer(6) for _ in range(5)]
        for _ in range(4):
            pieces += [_date(), _integer(4), _integer(6)]
    return b"".join(pieces)


def _profile() -> bytes:
    """42,400 octets like those of ST64: 40 blocks of 96 intervals of 4 channels."""
    return b"".join(_integer(4) + _random.randbytes(96 * 11) for _ in range(40))


def _config() -> bytes:
    """80 octets like those of ST0."""
    sizes = (20, 5, 5, 3, 20, 5)
    head = struct.pack("<3B4s12B", 0x82, 0x22, 0x88, b"ACME", 1, 1, 40, 40, 2, 0, *sizes[:4], 3, 4)
    return head + _random.randbytes(sum(sizes))


_LIMITS = {"TIERS": 4, "SUMMATIONS": 5, "DEMANDS": 4, "BLOCKS": 40, "INTERVALS": 96, "CHANNELS": 4}
KNOWN: dict[tuple[int, tuple[str, ...]], int] = {
    (0, ("FORMAT", "DATA_ORDER")): 0,
    (0, ("FORMAT", "CHAR_FORMAT")): 1,
    (0, ("TIME", "TM_FORMAT")): 2,
    (0, ("TIME", "INT_FORMAT")): 0,
    **{(21, (name,)): value for name, value in _LIMITS.items()},
}
"""What `../c/profile.toml` says, and the layouts depend on."""

REGISTERS, PROFILE, CONFIG = _registers(), _profile(), _config()


def other_registers() -> list[bytes]:
    """Images of which hardly any has a date of another."""
    return [_registers() for _ in range(2000)]
