"""Files that keep over a restart what must not be forgotten: messages that were accepted, and times that were used."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tdl.systems.wire.acse.ivs import Ivs
from tdl.systems.wire.acse.memory import Kept
from tdl.systems.wire.replay import MESSAGES, SECONDS, Seen
from tdl.systems.wire.titles import Title

LINES = 4 * MESSAGES
"""Lines that are added before those that are out of time are taken out of the file."""

_FIELDS = 5


class WindowFile:
    """Messages that a node has accepted, a line each; not more than `LINES` of them and those that are in time.

    One process at a time has the file.

    Args:
        seconds: how long a message counts; None for ever.
    """

    def __init__(self, path: Path, *, seconds: int | None = SECONDS) -> None:
        self._path = path
        self._seconds = seconds
        self._descriptor: int | None = None
        self._added = 0

    def load(self) -> Kept:
        """What is in the file, which is made if it is not there; a line that a crash cut off was never accepted.

        Raises:
            OSError: if it cannot be read or written.
        """
        text = self._path.read_text("ascii", "replace") if self._path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        found = [entry for entry in map(_entry, whole.splitlines()) if entry is not None]
        latest = max((at for _, at in found), default=0.0)
        kept = [(seen, at) for seen, at in found if self._seconds is None or latest - seen.iv <= self._seconds]
        _replace(self._path, "".join(_line(seen, at) for seen, at in kept))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        self.close()
        self._descriptor, self._added = descriptor, 0
        return Kept(seen=tuple(seen for seen, _ in kept), latest=latest)

    def add(self, seen: Seen, latest: float) -> None:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "a file that is closed")
        if self._added >= LINES:
            self.load()
        octets = _line(seen, latest).encode()
        size = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, octets) != len(octets):
                raise OSError(errno.ENOSPC, "a full disk")
            os.fsync(self._descriptor)
        except OSError:
            # Half a line would spoil the next one.
            os.ftruncate(self._descriptor, size)
            raise
        self._added += 1

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def kept_ivs(path: Path, source: Callable[[], float] = time.time) -> Ivs:
    """Numbers for messages whose times go on in a file. One process at a time has it.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it holds something else: better no message than one with numbers of another.
    """
    latest = int(path.read_text("ascii")) if path.exists() else None
    return Ivs(source, latest=latest, keep=lambda iv: _replace(path, f"{iv}\n"))


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    # Until the folder is written too, a crash brings the old file back, without what is added to the new one.
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _line(seen: Seen, latest: float) -> str:
    title = "-" if seen.calling is None else str(seen.calling)
    return f"{seen.key_id} {seen.iv} {seen.invocation} {title} {latest!r}\n"


def _entry(line: str) -> tuple[Seen, float] | None:
    fields = line.split()
    if len(fields) != _FIELDS:
        return None
    key_id, iv, invocation, title, latest = fields
    with suppress(ValueError):
        calling = None if title == "-" else Title(arcs=tuple(map(int, title.split("."))))
        return Seen(key_id=int(key_id), calling=calling, iv=int(iv), invocation=int(invocation)), float(latest)
    return None
