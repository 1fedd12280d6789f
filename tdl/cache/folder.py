"""The folder that keeps files between runs.

A file is written whole under a name of its own and then moved into place, so that runs at the same time see either the
old one or the new one. One that is cut short or has a wrong bit is not read, nor is one that anybody but the user could
have written. Whatever is wrong with a file or the folder costs time, never a result.
"""

from __future__ import annotations

import os
import stat
import sys
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "TDL_CACHE_DIR"
"""The environment variable that names the folder; empty, nothing is kept."""

MAX_FILES = 64
"""How many files of an ending are kept; the oldest go first."""

_MAGIC = b"tdl cache 2\n"
_CHECK_OCTETS = 4
_LEFT_OVER_SECONDS = 3600
"""After which a file that was never moved into place is taken for that of a run that was ended."""


class Folder:
    """A folder of files that can be made again; it is made when something is put there.

    Args:
        ending: of the names of the files that are meant.
    """

    def __init__(self, path: str, ending: str) -> None:
        self.path, self.ending = path, ending

    def read(self, key: str) -> memoryview | None:
        """What was last written under a key, if it can be trusted."""
        try:
            with open(self._file(key), "rb") as stream:
                if not (is_own(os.fstat(stream.fileno())) and is_own(os.stat(self.path))):
                    return None
                octets = stream.read()
        except OSError:
            return None
        front = len(_MAGIC) + _CHECK_OCTETS
        content = memoryview(octets)[front:]
        if octets[:front] != _MAGIC + _check(content):
            return None
        length = int.from_bytes(content[:4], "little")
        return content[4 + length :] if content[4 : 4 + length] == _octets(key) else None

    def write(self, key: str, content: bytes) -> None:
        """Keep something under a key; if that cannot be done, nothing is."""
        said = _octets(key)
        whole = b"".join((len(said).to_bytes(4, "little"), said, content))
        try:
            self._put(self._file(key), b"".join((_MAGIC, _check(whole), whole)))
            self._tidy()
        except OSError:
            return

    def _file(self, key: str) -> str:
        # keys whose sums are the same take turns: each finds that the file is of another key
        return os.path.join(self.path, f"{crc32(_octets(key)):08x}{self.ending}")

    def _put(self, file: str, octets: bytes) -> None:
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        beside = os.path.join(self.path, f".{os.getpid()}-{os.urandom(4).hex()}{self.ending}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with open(descriptor, "wb") as stream:
                stream.write(octets)
            os.replace(beside, file)
        except BaseException:
            os.unlink(beside)
            raise

    def _tidy(self) -> None:
        found = sorted(self._entries(), reverse=True)
        kept = [name for _, name in found if not name.startswith(".")]
        newest = found[0][0] if found else 0
        left = [name for at, name in found if name.startswith(".") and newest - at > _LEFT_OVER_SECONDS * 10**9]
        for name in (*kept[MAX_FILES:], *left):
            os.unlink(os.path.join(self.path, name))

    def _entries(self) -> Iterator[tuple[int, str]]:
        """Time and name of each file."""
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name.endswith(self.ending):
                    yield entry.stat().st_mtime_ns, entry.name


def own_folder(ending: str) -> Folder | None:
    """The user's: what `VARIABLE` names, else where programs keep what they can make again; None if nothing is kept."""
    said = os.environ.get(VARIABLE)
    if said is not None:
        return Folder(said, ending) if said else None
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA")
    else:
        place = os.environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if (home := os.environ.get("HOME")) else None)
    return Folder(os.path.join(place, "tdl"), ending) if place else None


def is_own(held: os.stat_result) -> bool:
    """Whether nobody but the user could have written this."""
    if not hasattr(os, "getuid"):
        return True  # where files have no such owners, the user's folders are the user's
    return held.st_uid == os.getuid() and not held.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _check(content: bytes | memoryview) -> bytes:
    return crc32(content).to_bytes(_CHECK_OCTETS, "little")


def _octets(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")
