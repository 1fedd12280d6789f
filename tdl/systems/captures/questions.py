"""Questions that wait for their answers, up to a bound; none that goes without one is forgotten silently."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tdl.systems.captures.messages import Message

QUESTIONS, OCTETS = 4096, 1 << 25
"""The most questions, and octets of them, that are remembered; the oldest go first."""

Key: TypeAlias = tuple[str, str, int | None]
"""Who asked, who is to answer, and which question; None for the last one."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Question:
    message: Message
    keys: tuple[Key, ...]
    answered: bool = False


class Questions:
    """What was asked, found by any of its keys until another question takes the key."""

    def __init__(self) -> None:
        self._by_key: dict[Key, _Question] = {}
        self._in_order: dict[int, _Question] = {}
        self._octets = 0
        self._given_up: deque[Message] = deque(maxlen=QUESTIONS)

    def ask(self, message: Message, keys: Sequence[Key]) -> None:
        """Keep a question; one that is asked again before it is answered is the same one.

        Args:
            keys: the first one tells it from all others of those who speak; the rest are for answers that say less.
        """
        before = self._by_key.get(keys[0])
        if before is not None:
            again = not before.answered and _asks_the_same(before.message, message)
            self._forget(before, silently=again)
        question = _Question(message=message, keys=tuple(keys))
        self._by_key.update(dict.fromkeys(keys, question))
        self._in_order[id(question)] = question
        self._octets += message.size
        while len(self._in_order) > QUESTIONS or self._octets > OCTETS:
            self._forget(next(iter(self._in_order.values())))

    def answered(self, key: Key) -> Message | None:
        """The question with this key, which has its answer now; None if there was none."""
        question = self._by_key.get(key)
        if question is None:
            return None
        question.answered = True
        return question.message

    def given_up(self) -> list[Message]:
        """Those that went without an answer since this was last asked, as others took their place."""
        found = list(self._given_up)
        self._given_up.clear()
        return found

    def unanswered(self) -> list[Message]:
        """Those that have no answer so far."""
        return [each.message for each in self._in_order.values() if not each.answered]

    def _forget(self, question: _Question, silently: bool = False) -> None:
        if not question.answered and not silently:
            self._given_up.append(question.message)
        for key in question.keys:
            if self._by_key.get(key) is question:
                del self._by_key[key]
        del self._in_order[id(question)]
        self._octets -= question.message.size


def _asks_the_same(one: Message, other: Message) -> bool:
    return [each.request for each in one.exchanges] == [each.request for each in other.exchanges]
