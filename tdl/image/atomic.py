"""Files written all or none: a full disk or an interrupt leaves what was there before.

Runs that write the same files at the same time do not disturb each other, nor those who read them: at each moment a
file is there and whole.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


def write_file(path: Path, content: bytes) -> bool:
    """Write one file; False if it has this content already, in which case its time stamp stays.

    A device or pipe is written to as it is.

    Raises:
        OSError: it cannot be written; nothing has changed.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return True
    return bool(_write(str(path.parent), {path.name: content}))


def write_files(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write files below a directory, which is made if it is not there.

    Args:
        files: relative names, with ``/`` between folders, to contents.

    Returns:
        The names whose content has changed, sorted. The others keep their time stamp.

    Raises:
        OSError: something cannot be written; nothing has changed.
        ValueError: a name that leads out of the directory.
    """
    for name in files:
        if name.startswith("/") or ".." in name.split("/") or os.path.normpath(name) == ".":
            raise ValueError(f"`{name}` leads out of the directory")
    return _write(str(directory), files)


def _write(directory: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    while True:
        change = _Change()
        try:
            change.folder(directory)
            placed = ((name, os.path.join(directory, os.path.normpath(name))) for name in files)
            changed = [name for name, target in placed if change.stage(target, files[name])]
            change.commit()
        except _MadeMeanwhile:
            change.undo()
            continue
        except BaseException:
            change.undo()
            raise
        change.clean()
        return tuple(sorted(changed))


class _MadeMeanwhile(Exception):
    """Another run has made a folder, and put something there, since this one found none."""


class _Change:
    """New contents beside their targets, then moved into place one after the other, each move with its way back.

    A folder that is not there yet is made under another name, and moves with all that is in it.

    Attributes:
        folders: where the contents of a directory are written: there, or what is to become it.
        new: the outermost folders that are not there yet, each with what is to become it.
        within: these, and the folders and files that are to be in them, outer ones first.
        risen: those of the outermost folders that have moved into place, or are about to.
        staged: what is to become a file, and the file.
        moved: the files that have moved into place, each with its way back.
    """

    def __init__(self) -> None:
        self.tag = f".tdl-{os.urandom(6).hex()}"
        self.folders: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.within: list[str] = []
        self.risen: set[str] = set()
        self.staged: list[tuple[str, str]] = []
        self.moved: list[tuple[str, str | None]] = []

    def folder(self, directory: str) -> str:
        """Where the contents of a directory are written."""
        if directory not in self.folders:
            self.folders[directory] = directory if os.path.isdir(directory or ".") else self.make(directory)
        return self.folders[directory]

    def make(self, directory: str) -> str:
        """Make what is to become a directory."""
        if os.path.lexists(directory):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), directory)
        parent, name = os.path.split(directory)
        if not name:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), directory)
        around = self.folder(parent)
        if around == parent:
            made = self.new[directory] = self.beside(directory, "new")
        else:
            made = os.path.join(around, name)
        self.within.append(directory)
        self.folders[directory] = made
        with _about(directory):
            os.mkdir(made)
        return made

    def stage(self, target: str, content: bytes) -> bool:
        """Write what is to become a file, unless it has this content; whether it has not."""
        directory, name = os.path.split(target)
        folder = self.folder(directory)
        if folder != directory:
            self.within.append(target)
            _create(os.path.join(folder, name), content, target)
            return True
        if os.path.isdir(target):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
        if _has(target, content):
            return False
        beside = self.beside(target, "new")
        self.staged.append((beside, target))
        _create(beside, content, target)
        if os.path.exists(target):
            os.chmod(beside, os.stat(target).st_mode & 0o7777)
        return True

    def beside(self, target: str, what: str) -> str:
        """A name of its own in the same directory."""
        directory, name = os.path.split(target)
        return os.path.join(directory, f"{self.tag}-{what}-{name}"[:200])

    def commit(self) -> None:
        for directory, made in self.new.items():
            self.risen.add(directory)
            with _about(directory):
                try:
                    os.rename(made, directory)
                except OSError as error:
                    if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                        raise _MadeMeanwhile from None
                    raise
        for beside, target in self.staged:
            before = self.beside(target, "old") if os.path.exists(target) else None
            self.moved.append((target, before))
            if before is not None:
                _keep(target, before)
            os.replace(beside, target)

    def undo(self) -> None:
        for target, before in reversed(self.moved):
            if before is None:
                _remove(target)
            elif os.path.exists(before):
                os.replace(before, target)
                _remove(before)  # where both are names of one file, moving does nothing
        for beside, _ in self.staged:
            _remove(beside)
        for directory, made in self.new.items():
            place = directory if directory in self.risen and not os.path.lexists(made) else made
            for path in reversed(self.within):
                if path == directory or path.startswith(directory + os.sep):
                    _remove(place + path[len(directory) :], folder=path in self.folders)

    def clean(self) -> None:
        for _, before in self.moved:
            if before is not None:
                _remove(before)


@contextmanager
def _about(target: str) -> Iterator[None]:
    """An error is about what is to be there at the end."""
    try:
        yield
    except OSError as error:
        error.filename = target
        raise


def _create(path: str, content: bytes, target: str) -> None:
    with _about(target), open(path, "xb") as stream:
        stream.write(content)


def _remove(path: str, *, folder: bool = False) -> None:
    """Remove a file or an empty folder, if it is there."""
    if folder:
        with suppress(OSError):  # another run has put something there
            os.rmdir(path)
        return
    with suppress(FileNotFoundError):
        os.unlink(path)


def _has(path: str, content: bytes) -> bool:
    try:
        if os.stat(path).st_size != len(content):
            return False
        with open(path, "rb") as stream:
            return stream.read() == content
    except FileNotFoundError:
        return False


def _keep(target: str, before: str) -> None:
    """Give a file a second name, so that others always find one; where it can have only one, it moves."""
    try:
        os.link(target, before)
    except OSError:
        os.rename(target, before)
