"""Names to text: paths, library names and standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import BinaryIO

from tdl.sources.library import document_path, is_library_name, library_names, library_octets
from tdl.sources.text import SourceFile

MAX_SOURCE_OCTETS = 16 * 1024 * 1024
"""The largest document that is read: 16 MiB, over twice the largest one the benchmarks compile."""

STDIN = "<stdin>"


class SourceError(Exception):
    """A source could not be read.

    Attributes:
        name: the source, as asked for.
        problem: what is wrong, in plain words.
        help: what to do about it, or an empty string.
    """

    def __init__(self, name: str, problem: str, help: str = "") -> None:
        super().__init__(f"{name}: {problem}")
        self.name = name
        self.problem = problem
        self.help = help


class Resolver:
    """Finds and reads documents; an overlay of texts stands before the file system.

    Args:
        overlay: path or name to text, for editors and tests.
        stdin: the stream that ``-`` reads, standard input unless given.
    """

    def __init__(self, overlay: Mapping[str, str] | None = None, stdin: BinaryIO | None = None) -> None:
        self._overlay = dict(overlay or {})
        self._stdin = stdin

    def locate(self, name: str, beside: str | None = None) -> str:
        """The full name of a source: library names as they are, relative paths against ``beside``."""
        if name == "-" or is_library_name(name):
            return name
        if beside is None or beside == STDIN or os.path.isabs(name):
            return name
        from pathlib import Path, PurePosixPath  # slow to import, and what is kept has its names already

        if beside.startswith(_LIBRARY_PREFIX):
            return _LIBRARY_PREFIX + str(PurePosixPath(beside.removeprefix(_LIBRARY_PREFIX)).parent / name)
        if is_library_name(beside):
            return _LIBRARY_PREFIX + str(PurePosixPath(document_path(beside)).parent / name)
        return str(Path(beside).parent / name)

    def read(self, located: str) -> SourceFile:
        """Read a located name.

        Raises:
            SourceError: no such source, not text, or larger than `MAX_SOURCE_OCTETS`.
        """
        if located in self._overlay:
            return SourceFile(located, self._overlay[located])
        octets = self._octets(located, MAX_SOURCE_OCTETS + 1)
        if len(octets) > MAX_SOURCE_OCTETS:
            raise SourceError(
                located,
                f"larger than {MAX_SOURCE_OCTETS // 1024 // 1024} MiB",
                "split the document and import its parts",
            )
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SourceError(
                located,
                f"not UTF-8 text (octet {error.start} is 0x{octets[error.start]:02X})",
                "a definition is a text document; an image of a meter is given to `tdl decode` as its last argument",
            ) from None
        return SourceFile(STDIN if located == "-" else located, text.removeprefix("\ufeff"))

    def beginning(self, located: str, limit: int) -> str:
        """The first part of a text, for a look at what it is.

        Raises:
            SourceError: no such source.
        """
        if located in self._overlay:
            return self._overlay[located][:limit]
        return self._octets(located, limit)[:limit].decode("utf-8", "replace").removeprefix("\ufeff")

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        """The other files in a file's folder with an ending, sorted."""
        from pathlib import Path

        folder = Path("." if located == "-" else located).parent
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(ending))
        except OSError:
            return ()
        paths = (name if str(folder) == "." else str(folder / name) for name in names)
        return tuple(path for path in paths if not _is_same(path, located))

    def _octets(self, located: str, limit: int) -> bytes:
        if located == "-":
            return (self._stdin or sys.stdin.buffer).read(limit)
        if is_library_name(located):
            return _library_octets(document_path(located))
        if located.startswith(_LIBRARY_PREFIX):
            return _library_octets(located.removeprefix(_LIBRARY_PREFIX))
        try:
            if not stat.S_ISREG(mode := os.stat(located).st_mode) and not stat.S_ISDIR(mode):
                # opening a pipe waits for somebody who writes, and a terminal for somebody who types
                raise SourceError(located, "no regular file", "what another program writes is read as `-`")
            with open(located, "rb") as stream:
                return stream.read(limit)
        except IsADirectoryError:
            raise SourceError(located, "is a directory", "name a document inside it") from None
        except FileNotFoundError:
            raise SourceError(located, "no such file", _did_you_mean_library(located)) from None
        except (OSError, ValueError) as error:
            raise SourceError(located, str(getattr(error, "strerror", None) or error).lower()) from None


_LIBRARY_PREFIX = "library:"


def _is_same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # an editor's mark beside the file it changes is a link to nothing
        return False


def _library_octets(path: str) -> bytes:
    try:
        return library_octets(path)
    except FileNotFoundError:
        known = ", ".join(library_names())
        raise SourceError(path, "no such document in the library", f"the library has {known}") from None


def _did_you_mean_library(name: str) -> str:
    from pathlib import Path

    known = library_names()
    stem = Path(name).name.casefold()
    close = [n for n in known if n.replace(":", "").casefold() == stem.replace(":", "").replace("-", "")]
    return f"did you mean `{close[0]}`?" if close else f"the library has {', '.join(known)}" if known else ""
