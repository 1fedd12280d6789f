"""Where meters live: one SQLite file for one meter or many, in which a change is there completely or not at all."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tdl.codec.errors import TdlError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meter (name TEXT PRIMARY KEY, definition TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS content (
    meter TEXT NOT NULL, key TEXT NOT NULL, octets BLOB NOT NULL, PRIMARY KEY (meter, key)
) WITHOUT ROWID;
"""

_PATIENCE = 1.0
"""Seconds to wait for another process that is about to end."""


class StoreError(TdlError):
    """A store cannot be opened, read or written; nothing of the change in hand is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a store holds of one meter.

    Attributes:
        definition: the hash of the definition that the octets were written with.
        state: what the meter knows beside its tables, as JSON.
        tables: octets by key, pending copies included.
    """

    definition: str
    state: str
    tables: Mapping[str, bytes]


class Store:
    """An SQLite file that several meters of one process may share.

    What `save` returned from survives any end of the process.

    Raises:
        StoreError: the file cannot be opened, is no store, or another store has it open.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._lock = threading.Lock()
        try:
            # Transactions are begun and ended below; meters may be answered from several threads.
            self._file = sqlite3.connect(self.path, _PATIENCE, isolation_level=None, check_same_thread=False)
            # What meters know of their tables is in memory: nobody else may write them meanwhile.
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from None

    def load(self, meter: str) -> Kept | None:
        """What is kept of a meter; None if nothing is.

        Raises:
            StoreError: it cannot be read.
        """
        with self._lock:
            try:
                head = self._file.execute("SELECT definition, state FROM meter WHERE name = ?", (meter,)).fetchone()
                rows = self._file.execute("SELECT key, octets FROM content WHERE meter = ?", (meter,)).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"{self.path}: {error}") from None
        return None if head is None else Kept(definition=head[0], state=head[1], tables=dict(rows))

    def save(self, meter: str, definition: str, state: str, tables: Mapping[str, bytes | None]) -> None:
        """Write a meter's state and some of its tables, None for one that is no longer there.

        Raises:
            StoreError: it cannot be written, and nothing has changed.
        """
        kept = [(meter, key, octets) for key, octets in tables.items() if octets is not None]
        gone = [(meter, key) for key, octets in tables.items() if octets is None]
        with self._lock:
            try:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.execute("INSERT OR REPLACE INTO meter VALUES (?, ?, ?)", (meter, definition, state))
                self._file.executemany("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", kept)
                self._file.executemany("DELETE FROM content WHERE meter = ? AND key = ?", gone)
                self._file.execute("COMMIT")
            except sqlite3.Error as error:
                self._end()
                raise StoreError(f"{self.path}: {error}") from None

    def sound(self) -> bool:
        """Whether the file is intact, as far as SQLite can tell."""
        with self._lock:
            try:
                found = self._file.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.Error:
                return False
        return bool(found == ("ok",))

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _end(self) -> None:
        """Leave a transaction that failed; a closed file has none."""
        try:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
        except sqlite3.Error:
            return
