"""The two numbers that no two messages under one key have alike."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from tdl.systems.wire.errors import Layer, WireError

_END = 1 << 32
"""Both numbers have 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What tells a message from all others."""

    invocation: int
    iv: int


class Ivs:
    """Numbers for messages: a time that never goes back, and a count.

    The count begins anywhere, so that nobody foretells it, and that it is one of those before a restart is unlikely.
    Only a time that is kept makes that impossible: the next one begins behind it.

    Args:
        source: seconds since 1970.
        latest: the last time that was kept; None if none was.
        keep: is called with each new time before it is used, to keep it over a restart.
        first: where the count begins; anywhere if nothing is said.
    """

    __slots__ = ("_invocation", "_iv", "_keep", "_least", "_source")

    def __init__(
        self,
        source: Callable[[], float] = time.time,
        *,
        latest: int | None = None,
        keep: Callable[[int], None] | None = None,
        first: int | None = None,
    ) -> None:
        self._source = source
        self._keep = keep
        self._least = 1 if latest is None else latest + 1
        self._iv: int | None = None
        self._invocation = secrets.randbits(32) if first is None else first

    def now(self) -> float:
        """Seconds since 1970, as the source has them."""
        return self._source()

    def draw(self) -> Numbers:
        """Numbers for one message, which stay its own however often it is sent.

        Raises:
            WireError: if the time cannot be kept, or has come to where 32 bits are too few.
        """
        self._invocation += 1
        if self._invocation >= _END:
            # The count begins again, at another time than the first.
            self._invocation, self._least = 0, max(self._least, (self._iv or 0) + 1)
        iv = max(int(self._source()), self._least)
        if iv >= _END:
            raise WireError(Layer.SECURITY, "a time after 2106", "one of 32 bits")
        if iv != self._iv:
            if self._keep is not None:
                try:
                    self._keep(iv)
                except OSError as error:
                    raise WireError(Layer.SECURITY, f"a time that cannot be kept, {error}") from error
            self._iv = self._least = iv
        return Numbers(invocation=self._invocation, iv=iv)
