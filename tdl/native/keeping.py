"""Compiled objects between runs: a folder of files, each named for its content, and notes that say which is which.

Loading a shared object runs it. Therefore only files of the user's own count, in a folder that nobody else can write
to, and only while their content is what the note says. Several processes can put the same object at the same time:
every file appears whole, and a note only after what it speaks of.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from tdl.cache.folder import is_own

MAX_OBJECTS = 64
"""How many notes a folder keeps; the oldest go first, with what they alone speak of."""

_NOTE = ".note"


class Keeper:
    """A folder of compiled objects.

    Args:
        folder: where; it is made when something is put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, digest: str) -> Path | None:
        """The object that was put under a digest, if it is as it was and only the user could have written it."""
        try:
            name, content = self._read(self.folder / f"{digest}{_NOTE}").decode("ascii").split()
        except (OSError, ValueError):
            return None
        path = self.folder / name
        return path if path.parent == self.folder and self._holds(path, content) else None

    def put(self, digest: str, name: str, suffix: str, octets: bytes) -> Path:
        """Keep an object under a digest.

        Raises:
            OSError: it cannot be written, or somebody else could write to the folder.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _own(os.stat(self.folder), self.folder)
        content = hashlib.sha256(octets).hexdigest()
        path = self.folder / f"{name}-{content[:32]}{suffix}"
        if not self._holds(path, content):  # it may be loaded by somebody, and then not to be replaced on Windows
            self._write(path, octets)
        self._write(self.folder / f"{digest}{_NOTE}", f"{path.name} {content}\n".encode("ascii"))
        self._forget()
        return path

    def _holds(self, path: Path, content: str) -> bool:
        try:
            return hashlib.sha256(self._read(path)).hexdigest() == content
        except OSError:
            return False

    def _read(self, path: Path) -> bytes:
        _own(os.stat(self.folder), self.folder)
        with open(path, "rb") as stream:
            _own(os.fstat(stream.fileno()), path)
            return stream.read()

    def _write(self, path: Path, octets: bytes) -> None:
        descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=self.folder)  # of the user alone
        try:
            with open(descriptor, "wb") as stream:
                stream.write(octets)
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def _forget(self) -> None:
        """Remove the oldest notes, and objects that no note speaks of any more.

        An object is removed only when its note was: one that another process has just written has none yet.
        """
        notes = sorted(self.folder.glob(f"*{_NOTE}"), key=_written, reverse=True)
        kept = {_named(note) for note in notes[:MAX_OBJECTS]}
        for note in notes[MAX_OBJECTS:]:
            name = _named(note)
            note.unlink(missing_ok=True)
            if name and name not in kept:
                (self.folder / Path(name).name).unlink(missing_ok=True)


def _named(note: Path) -> str:
    try:
        return note.read_text("ascii").partition(" ")[0]
    except (OSError, ValueError):
        return ""


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _own(held: os.stat_result, path: Path) -> None:
    """Raise a `PermissionError` if anybody but the user could have written this."""
    if not is_own(held):
        raise PermissionError(f"{path} could be written by others")
