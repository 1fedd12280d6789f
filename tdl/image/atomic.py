"""Files written all or none: a full disk or an interrupt leaves what was there before.

Runs that write the same files at the same time do not disturb each other, nor those who read them: at each moment a
file is there and whole.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath


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
    return bool(_write(path.parent, {path.name: content}))


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
        parts = PurePosixPath(name).parts
        if not parts or ".." in parts or PurePosixPath(name).is_absolute():
            raise ValueError(f"`{name}` leads out of the directory")
    return _write(directory, files)


def _write(directory: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    changed = sorted(name for name, content in files.items() if not _has(directory / name, content))
    change = _Change()
    try:
        change.make(directory)
        for name in changed:
            change.stage(directory / name, files[name])
        change.commit()
    except BaseException:
        change.undo()
        raise
    change.clean()
    return tuple(changed)


def _has(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return False  # the attempt to write says so


class _Change:
    """New contents beside their targets, then moved into place one after the other, each move with its way back."""

    def __init__(self) -> None:
        self.tag = f".tdl-{os.urandom(6).hex()}"
        self.made: list[Path] = []
        self.staged: list[tuple[Path, Path]] = []
        self.moved: list[tuple[Path, Path | None]] = []

    def make(self, directory: Path) -> None:
        """Make a directory and those above it."""
        missing = []
        while not directory.is_dir():
            missing.append(directory)
            directory = directory.parent
        for each in reversed(missing):
            try:
                each.mkdir()
            except FileExistsError:
                if not each.is_dir():
                    raise
                continue  # another run has just made it
            self.made.append(each)

    def stage(self, target: Path, content: bytes) -> None:
        self.make(target.parent)
        if target.is_dir():
            raise IsADirectoryError(21, "is a directory", str(target))
        beside = target.with_name(f"{self.tag}-new-{target.name}"[:200])
        self.staged.append((beside, target))
        with open(beside, "xb") as stream:
            stream.write(content)
        if target.exists():
            os.chmod(beside, target.stat().st_mode & 0o7777)

    def commit(self) -> None:
        for beside, target in self.staged:
            before = target.with_name(f"{self.tag}-old-{target.name}"[:200]) if target.exists() else None
            self.moved.append((target, before))
            if before is not None:
                _keep(target, before)
            os.replace(beside, target)

    def undo(self) -> None:
        for target, before in reversed(self.moved):
            if before is None:
                target.unlink(missing_ok=True)
            elif before.exists():
                os.replace(before, target)
                before.unlink(missing_ok=True)  # where both are names of one file, moving does nothing
        for beside, _ in self.staged:
            beside.unlink(missing_ok=True)
        for directory in reversed(self.made):
            with suppress(OSError):  # another run has put something there
                directory.rmdir()

    def clean(self) -> None:
        for _, before in self.moved:
            if before is not None:
                before.unlink(missing_ok=True)


def _keep(target: Path, before: Path) -> None:
    """Give a file a second name, so that others always find one; where it can have only one, it moves."""
    try:
        os.link(target, before)
    except OSError:
        os.rename(target, before)
