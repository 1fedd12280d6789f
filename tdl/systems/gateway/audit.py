"""What was asked and done, in a file that is only ever added to.

Each line is an object of JSON with its number and the hash of the line before, under a hash of its own: a line that
is changed, taken out or put in breaks the chain. Who can write the file can also make a new chain; `head` is what to
keep elsewhere against that.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from tdl.codec.errors import TdlError
from tdl.systems.gateway.locking import alone

START = "0" * 64
"""What stands before the first line."""

MAX_LINE = 64 * 1024


class BrokenAudit(TdlError):
    """A log that is not as it was written, or that cannot be written."""


class Audit:
    """A log that is open for more, by one gateway at a time."""

    def __init__(self, path: Path, clock: Callable[[], str]) -> None:
        """Open a log and follow its chain.

        Raises:
            BrokenAudit: the chain is broken, or another gateway has the file open.
            OSError: it cannot be opened.
        """
        self._clock = clock
        self._file: BinaryIO = open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b", buffering=0)  # noqa: SIM115
        try:
            try:
                alone(self._file.fileno())
            except OSError:
                raise BrokenAudit(f"{path}: another gateway writes it") from None
            self.entries, self.head = follow(path)
        except BaseException:
            self._file.close()
            raise

    def record(self, entry: dict[str, object], *, durable: bool = False) -> None:
        """Add a line; a durable one is on the disk when this returns.

        Raises:
            BrokenAudit: it cannot be written.
        """
        content = {"n": self.entries + 1, "time": self._clock(), **entry, "before": self.head}
        head = _hash(content)
        line = json.dumps(content | {"hash": head}, ensure_ascii=True).encode("ascii") + b"\n"
        if len(line) > MAX_LINE:
            raise BrokenAudit(f"the audit log takes no line of more than {MAX_LINE} octets")
        end = os.fstat(self._file.fileno()).st_size
        try:
            if self._file.write(line) != len(line):
                raise OSError("written in part")
            if durable:
                os.fsync(self._file.fileno())
        except OSError as error:
            # Half a line would break the chain for all that follows.
            os.ftruncate(self._file.fileno(), end)
            raise BrokenAudit(f"the audit log cannot be written: {(error.strerror or str(error)).lower()}") from None
        self.entries, self.head = self.entries + 1, head

    def close(self) -> None:
        self._file.close()


def follow(path: Path) -> tuple[int, str]:
    """How many lines a log has, and the last one's hash.

    Raises:
        BrokenAudit: with the first line that is not as it was written.
        OSError: it cannot be read.
    """
    number, head = 0, START
    for number, line in enumerate(_lines(path), 1):
        head = _next(number, line, head, path)
    return number, head


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE + 1):
            yield line


def _next(number: int, line: bytes, before: str, path: Path) -> str:
    try:
        content = json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise BrokenAudit(f"{path}: line {number} is no entry")
    head = content.pop("hash", None)
    if content.get("n") != number or content.get("before") != before:
        raise BrokenAudit(f"{path}: line {number} does not follow the one before")
    if head != _hash(content):
        raise BrokenAudit(f"{path}: line {number} is not as it was written")
    return str(head)


def _hash(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode("ascii")).hexdigest()
