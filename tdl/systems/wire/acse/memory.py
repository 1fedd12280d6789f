"""What a server must know after a restart: which messages it has accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from tdl.systems.wire.replay import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was accepted, and the latest time at which something was."""

    seen: Iterable[Seen] = field(default_factory=tuple)
    latest: float = 0.0


class Memory(Protocol):
    """Where it is kept. What `add` returned from is there after a restart, or it raises `OSError`."""

    def load(self) -> Kept:
        """All that was added, or at least what is still in time."""

    def add(self, seen: Seen, latest: float) -> None:
        """Keep one more message; it is done what it says once this returns."""


class Forgetful:
    """No memory: after a restart the messages of the last quarter of an hour could be sent once more by anybody."""

    def load(self) -> Kept:
        return Kept()

    def add(self, seen: Seen, latest: float) -> None:
        """Forget it."""
