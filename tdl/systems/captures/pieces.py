"""Pieces of a table as they come, put together as far as they touch."""

from __future__ import annotations

RUNS = 64
"""The most stretches with gaps between them that are kept; the one that did not grow for longest goes first."""


class Pieces:
    """Octets of a table by their places; what comes later counts."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: dict[int, bytearray] = {}

    def put(self, offset: int, octets: bytes) -> None:
        """Put octets in their place."""
        start, run = offset, bytearray(octets)
        for at, other in list(self._runs.items()):
            end = at + len(other)
            if at > start + len(run) or end < start:
                continue
            del self._runs[at]
            if at <= start:
                other[start - at : start - at + len(run)] = run
                start, run = at, other
            else:
                run += other[start + len(run) - at :]
        self._runs[start] = run
        if len(self._runs) > RUNS:
            del self._runs[next(iter(self._runs))]

    @property
    def beginning(self) -> bytes:
        """The stretch at the beginning of the table; nothing if that is not known."""
        return bytes(self._runs.get(0, b""))
