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

    from tdl.cache.folder import Folder

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
        said: Sequence[str] = (),
        token: str = "",
    ) -> None:
        """Keep what a run did that ended with 0.

        Args:
            texts: the documents that were compiled, by path.
            written: the files that are there now, by path.
            folders: what is in these was looked at, but for what the interpreter keeps there.
            printed: what a run says on standard output.
            said: what it says on standard error, before and behind how many files changed.
            token: of what `tdl.cli.edited` keeps of the same run.
        """
        if self.folder is None or not self.kept:
            return
        try:
            if any(seen(path) != was for path, was in self.seen.items()):
                return  # somebody wrote while this was running
            outputs = {path: (stamp(path), crc32(content)) for path, content in written.items()}
            around = {folder: folders_below(folder) for folder in folders}
        except (OSError, Unkept):
            return
        record = Record(self.state, self.seen, dict(texts), outputs, around, time.time_ns(), printed, list(said), token)
        if not token:
            record.token = self._former_token(record)
        record.write(self.folder, self.key)

    def _former_token(self, record: Record) -> str:
        """The token of a run before this one, if that compiled the same and made the same files."""
        kept = None if self.folder is None else self.folder.read(self.key)
        if kept is None:
            return ""
        former = Record(*marshal.loads(kept))
        same = (former.state, former.seen, former.texts) == (record.state, record.seen, record.texts)
        return former.token if same and former.written.keys() == record.written.keys() else ""


class Record:
    """What is kept of a run; the names are those of `Attempt`.

    Attributes:
        written: the stamp of each file that was written, and the sum of its content.
        around: what `folders_below` says of each folder.
        at: when it was kept.
    """

    def __init__(
        self,
        state: str,
        seen: dict[str, Seen],
        texts: dict[str, str],
        written: dict[str, tuple[Stamp, int]],
        around: dict[str, tuple[tuple[str, int], ...]],
        at: int,
        printed: str,
        said: list[str],
        token: str,
    ) -> None:
        self.state, self.seen, self.texts, self.written, self.around = state, seen, texts, written, around
        self.at, self.printed, self.said, self.token = at, printed, said, token

    def write(self, folder: Folder, key: str) -> None:
        content = marshal.dumps(tuple(vars(self).values()))
        if len(content) <= _MAX_OCTETS:
            folder.write(key, content)

    def say(self, changed: int) -> bool:
        """Say what the run said, of so many files that changed; whether it could."""
        if sys.stdout is None or sys.stderr is None:
            return False
        try:
            sys.stdout.buffer.write(self.printed.encode("utf-8", "backslashreplace"))
            sys.stdout.flush()
        except (AttributeError, OSError, ValueError):
            return False  # the command itself knows what to say of that
        sys.stderr.write(str(changed).join(self.said))
        return True


def done_before(arguments: Sequence[str]) -> bool:
    """Whether a command has nothing to do, or no more than `tdl.cli.edited` can; what it would say has been said."""
    folder, key = own_folder(ENDING), _key(arguments)
    kept = None if folder is None else folder.read(key)
    if folder is None or kept is None:
        return False
    record = Record(*marshal.loads(kept))
    try:
        if not (
            all(stamp(path) == was for path, (was, _) in record.written.items())
            and all(folders_below(path) == was for path, was in record.around.items())
            and all(seen(path) == was for path, was in record.seen.items())
            and state_of_itself(EVERYTHING) == record.state
        ):
            return False
        edited = _edited(record.texts)
        recent = {path: check for path, (was, check) in record.written.items() if was[1] + _TICK > record.at}
        if any(crc32(_read(path)) != check for path, check in recent.items()):
            return False  # changed so soon after it was written that the times are the same
        if edited:
            return bool(record.token) and _done_again(folder, key, record, edited)
        if recent and time.time_ns() > record.at + _TICK:
            record.at = time.time_ns()
            record.write(folder, key)
    except (OSError, UnicodeDecodeError, Unkept):
        return False
    return record.say(0)


def _edited(texts: Mapping[str, str]) -> dict[str, str]:
    """The documents that are not as they were, as they are now."""
    now = ((path, _read(path).removeprefix(_MARK), text) for path, text in texts.items())
    return {path: octets.decode("utf-8") for path, octets, text in now if octets != text.encode("utf-8")}


def _done_again(folder: Folder, key: str, record: Record, edited: Mapping[str, str]) -> bool:
    from tdl.cli.edited import done_again  # the compiler takes its time to import

    return done_again(folder, key, record, edited)


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


def stamp(path: str) -> Stamp:
    """What of a file changes whenever its content does, unless that is very soon."""
    held = os.stat(path)
    return held.st_size, held.st_mtime_ns, held.st_ctime_ns, held.st_ino


def folders_below(folder: str) -> tuple[tuple[str, int], ...]:
    """The folders below one and when something was last added to them or taken away."""
    found = [(folder, os.stat(folder).st_mtime_ns)]
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name != "__pycache__" and entry.is_dir(follow_symlinks=False):
                found += folders_below(entry.path)
    return tuple(sorted(found))


def _key(arguments: Sequence[str]) -> str:
    try:
        folder = os.getcwd()
    except OSError:  # it is gone: no file has a name that starts there
        folder = ""
    return "\0".join((folder, *arguments))
