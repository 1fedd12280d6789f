"""Commands that have been done already: the same words, all that they read as it was, and all that they wrote as it is.

What such a command says is kept from the run that did it. It is found again without looking at a definition, before
anything that takes long is imported: a build system that calls `tdl generate` each time waits for nothing.

A record is used only if all of these are as they were: the command line and the folder it was run in; tdl, the
interpreter and what is installed beside it; the content of every file that was read, and which looked-for files were
not there; size, times and number of every file that was written, and which other files stand beside these.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
import time
from zlib import crc32

from tdl.cache.folder import own_folder
from tdl.cache.itself import EVERYTHING, state_of_itself

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    Seen: TypeAlias = bytes | tuple[tuple[str, bytes | None], ...] | None
    """A file's content, a folder's names with the contents of its files, or nothing there."""

    Stamp: TypeAlias = tuple[int, int, int, int]
    """Size, times of content and status, and number of a file."""

ENDING = ".tdlr"
_MARK = b"\xef\xbb\xbf"
_MAX_OCTETS = 64 * 1024 * 1024
"""The most that is kept of what a command has read; one that reads more is run each time."""

_TICK = 50_000_000
"""Nanoseconds within which two changes of a file may have the same time."""


class Unkept(Exception):
    """Something was read that cannot be looked at a second time."""


class Attempt:
    """What a command is about to do. Whatever it depends on is looked at before it is used.

    Args:
        arguments: the command line.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        self.folder = own_folder(ENDING)
        self.key = _key(arguments)
        self.state = "" if self.folder is None else state_of_itself(EVERYTHING)
        self.seen: dict[str, Seen] = {}
        self.kept = self.folder is not None

    def look_at(self, path: str) -> None:
        """Take note of a file or folder that is about to be read, or would be if it were there."""
        try:
            self.seen[path] = seen(path)
        except Unkept:
            self.give_up()

    def look_at_first(self, paths: Iterable[str]) -> None:
        """Take note of the first of several files that is there, and that those before it are not."""
        for path in paths:
            self.look_at(path)
            if os.path.isfile(path):
                return

    def give_up(self) -> None:
        """Something is used that cannot be looked at: the command is run each time."""
        self.kept = False

    def keep(
        self,
        texts: Mapping[str, str],
        written: Mapping[str, bytes],
        folders: Iterable[str] = (),
        *,
        printed: str = "",
        said: str = "",
    ) -> None:
        """Keep what a run did that ended with 0.

        Args:
            texts: the documents that were compiled, by path.
            written: the files that are there now, by path.
            folders: what is in these was looked at, but for what the interpreter keeps there.
            printed, said: what a run that changes nothing says on standard output and standard error.
        """
        if self.folder is None or not self.kept:
            return
        try:
            if any(seen(path) != was for path, was in self.seen.items()):
                return  # somebody wrote while this was running
            outputs = {path: (_stamp(path), crc32(content)) for path, content in written.items()}
            around = {folder: _changed(folder) for folder in folders}
        except (OSError, Unkept):
            return
        record = self.state, self.seen, dict(texts), outputs, around, time.time_ns(), printed, said
        content = marshal.dumps(record)
        if len(content) <= _MAX_OCTETS:
            self.folder.write(self.key, content)


def done_before(arguments: Sequence[str]) -> bool:
    """Whether a command has nothing to do; if so, what it would say has been said."""
    folder = own_folder(ENDING)
    kept = None if folder is None else folder.read(_key(arguments))
    if folder is None or kept is None:
        return False
    state, before, texts, outputs, around, at, printed, said = marshal.loads(kept)
    try:
        if not (
            all(_stamp(path) == was for path, (was, _) in outputs.items())
            and all(_changed(path) == was for path, was in around.items())
            and all(_read(path).removeprefix(_MARK) == text.encode("utf-8") for path, text in texts.items())
            and all(seen(path) == was for path, was in before.items())
            and state_of_itself(EVERYTHING) == state
        ):
            return False
        recent = {path: check for path, (was, check) in outputs.items() if was[1] + _TICK > at}
        if any(crc32(_read(path)) != check for path, check in recent.items()):
            return False  # changed so soon after it was written that the times are the same
        if recent and time.time_ns() > at + _TICK:
            record = state, before, texts, outputs, around, time.time_ns(), printed, said
            folder.write(_key(arguments), marshal.dumps(record))
    except (OSError, Unkept):
        return False
    return _say(printed, said)


def _say(printed: str, said: str) -> bool:
    if sys.stdout is None or sys.stderr is None:
        return False
    try:
        sys.stdout.buffer.write(printed.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        return False  # the command itself knows what to say of that
    sys.stderr.write(said)
    return True


def seen(path: str) -> Seen:
    """What is at a path.

    Raises:
        Unkept: it is neither a file nor a folder, or larger than is worth keeping.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISREG(mode):
            return _read(path)
        if not stat.S_ISDIR(mode):
            raise Unkept(path)
        names = sorted(os.listdir(path))
        files = ((name, os.path.join(path, name)) for name in names)
        return tuple((name, _read(file) if os.path.isfile(file) else None) for name, file in files)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise Unkept(path) from None


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        octets = stream.read(_MAX_OCTETS + 1)
    if len(octets) > _MAX_OCTETS:
        raise Unkept(path)
    return octets


def _stamp(path: str) -> Stamp:
    held = os.stat(path)
    return held.st_size, held.st_mtime_ns, held.st_ctime_ns, held.st_ino


def _changed(folder: str) -> tuple[tuple[str, int], ...]:
    """The folders below one and when something was last added to them or taken away."""
    found = [(folder, os.stat(folder).st_mtime_ns)]
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                found += _changed(entry.path)
    return tuple(sorted(found))


def _key(arguments: Sequence[str]) -> str:
    return "\0".join((os.getcwd(), *arguments))
