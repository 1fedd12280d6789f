"""Procedures that callers have started, by their idempotency keys: what is asked twice is done once.

A run is in the file before the meter hears of it, so that a gateway that was killed knows of it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tdl.codec.errors import TdlError
from tdl.systems.gateway.problems import Problem

KEPT = 24 * 3600
"""Seconds for which a run is remembered."""

MOST = 100_000
"""Runs that are remembered at most; with more than these in a day, no new one is begun."""

MAX_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a caller was told."""

    status: int
    body: bytes


class BadRuns(TdlError):
    """A memory of runs that cannot be opened."""


class Runs:
    """A memory of runs, in a file or of this process alone."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        """Open a memory, for one gateway at a time.

        Raises:
            BadRuns: it is none, or another gateway has it open.
        """
        self._clock = clock
        try:
            self._base = sqlite3.connect(path or ":memory:", timeout=0, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute(
                "CREATE TABLE IF NOT EXISTS runs"
                " (who TEXT, name TEXT, asked TEXT, began REAL, status INTEGER, body BLOB, PRIMARY KEY (who, name))"
            )
            # What was under way when another process ended is not known, and never will be.
            self._base.execute("UPDATE runs SET status = 0 WHERE status IS NULL")
        except sqlite3.Error as error:
            raise BadRuns(f"the memory of runs cannot be used: {error}") from None

    def begin(self, who: str, name: str, asked: bytes) -> Answer | None:
        """Take note that a run begins; of one that was done before, what came of it.

        Raises:
            Problem: the key stands for something else, for a run that is under way, or for one whose end is not known;
                or no note can be taken.
        """
        if not 0 < len(name) <= MAX_KEY or not name.isascii() or not name.isprintable():
            raise Problem(400, f"an `Idempotency-Key` of 1 to {MAX_KEY} characters expected")
        self._execute("DELETE FROM runs WHERE began < ? AND status IS NOT NULL", (self._clock() - KEPT,))
        digest = hashlib.sha256(asked).hexdigest()
        found = self._execute("SELECT asked, status, body FROM runs WHERE who = ? AND name = ?", (who, name))
        held = found.fetchone()
        if held is None:
            if self._execute("SELECT count(*) FROM runs").fetchone()[0] >= MOST:
                raise Problem(503, f"more than {MOST} runs in a day")
            self._execute(
                "INSERT INTO runs (who, name, asked, began) VALUES (?, ?, ?, ?)", (who, name, digest, self._clock())
            )
            return None
        if held[0] != digest:
            raise Problem(422, "this `Idempotency-Key` was used for something else")
        if held[1] is None:
            raise Problem(409, "the run of this `Idempotency-Key` is under way")
        if held[1] == 0:
            raise Problem(409, "what came of the run of this `Idempotency-Key` is not known", more={"uncertain": True})
        return Answer(status=held[1], body=held[2])

    def end(self, who: str, name: str, answer: Answer) -> None:
        """Remember what came of a run."""
        found = (answer.status, answer.body, who, name)
        self._execute("UPDATE runs SET status = ?, body = ? WHERE who = ? AND name = ?", found)

    def undo(self, who: str, name: str) -> None:
        """Forget a run that certainly did not begin."""
        self._execute("DELETE FROM runs WHERE who = ? AND name = ?", (who, name))

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise Problem(507, f"the memory of runs cannot be written: {error}") from None

    def close(self) -> None:
        self._base.close()
