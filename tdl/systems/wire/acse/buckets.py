"""How much is heard from addresses that have shown nothing: so many messages at once, and so many in a second."""

from __future__ import annotations

ADDRESSES = 1024
"""Addresses that are told apart; the one that was heard longest ago is forgotten first."""


class Buckets:
    """A bucket of tokens for each address.

    Args:
        rate: tokens that come back in a second.
        burst: tokens of an address that was not heard for long.
    """

    __slots__ = ("_burst", "_left", "_rate")

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, address: str, now: float) -> bool:
        """Whether an address has a token left."""
        return self._tokens(address, now) >= 1.0

    def charge(self, address: str, now: float) -> None:
        """Take a token."""
        left = max(0.0, self._tokens(address, now) - 1.0)
        self._left.pop(address, None)
        if len(self._left) >= ADDRESSES:
            del self._left[next(iter(self._left))]
        self._left[address] = (left, now)

    def _tokens(self, address: str, now: float) -> float:
        left, at = self._left.get(address, (self._burst, now))
        return min(self._burst, left + (now - at) * self._rate)
