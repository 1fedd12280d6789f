"""Messages that come once more, because their answer was lost: they get the same answer, and nothing is done again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SECONDS = 120.0
"""How long an answer is kept."""

ANSWERS, OCTETS = 4096, 8 << 20
"""The most answers that are kept, and the most octets of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Messages that answer one, and when they were said; none if no answer was wanted."""

    messages: tuple[bytes, ...]
    at: float


class Repeats:
    """The answers of the last minutes. Those that there is no more room for are forgotten, the oldest first."""

    __slots__ = ("_answers", "_octets")

    def __init__(self) -> None:
        self._answers: dict[bytes, Answered] = {}
        self._octets = 0

    def find(self, message: bytes, source: str, now: float) -> tuple[bytes, ...] | None:
        """What was answered to the same octets from the same source; None if they are new."""
        self._forget(now)
        found = self._answers.get(_name(message, source))
        return None if found is None else found.messages

    def add(self, message: bytes, source: str, answer: tuple[bytes, ...], now: float) -> None:
        """Take note of an answer, before it is sent."""
        name = _name(message, source)
        self._drop(name)
        self._answers[name] = Answered(messages=answer, at=now)
        self._octets += _size(answer)
        while len(self._answers) > ANSWERS or self._octets > OCTETS:
            self._drop(next(iter(self._answers)))

    def _forget(self, now: float) -> None:
        while self._answers:
            name, oldest = next(iter(self._answers.items()))
            if now - oldest.at < SECONDS:
                return
            self._drop(name)

    def _drop(self, name: bytes) -> None:
        gone = self._answers.pop(name, None)
        if gone is not None:
            self._octets -= _size(gone.messages)


def _name(message: bytes, source: str) -> bytes:
    return hashlib.sha256(source.encode() + b"\0" + message).digest()


def _size(messages: tuple[bytes, ...]) -> int:
    return sum(map(len, messages))
