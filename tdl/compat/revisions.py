"""Documents as they were: ``git:REF:path`` names a file of a revision, as ``REF:path`` does for git itself.

The path starts at the top of the repository, or with ``./`` at the working directory. What such a document imports, and
the base of such a fragment, is looked for in the same revision. Nothing but ``git cat-file`` is run: no filter or hook
of the repository is, and nothing is fetched or written.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tdl.sources import MAX_SOURCE_OCTETS, Resolver, SourceError, SourceFile
from tdl.sources.library import is_library_name

PREFIX = "git:"
MAX_SECONDS = 30
"""How long git may take for one object."""

_ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}


def is_revision_name(name: str) -> bool:
    return name.startswith(PREFIX)


def revision_of(name: str) -> str | None:
    """The revision that a name asks for; None for the files as they are."""
    return name.removeprefix(PREFIX).partition(":")[0] if is_revision_name(name) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    kind: str  # blob, tree
    octets: bytes
    id_octets: int


class Revisions(Resolver):
    """A resolver that knows names of revisions, and leaves all others to another one."""

    def __init__(self, inner: Resolver) -> None:
        super().__init__()
        self._inner = inner
        self._found: dict[str, _Object] = {}

    def locate(self, name: str, beside: str | None = None) -> str:
        if is_revision_name(name):
            return name
        if beside is None or not is_revision_name(beside) or name == "-" or is_library_name(name):
            return self._inner.locate(name, beside)
        if name.startswith("/"):
            return name
        revision, path = _parts(beside)
        return _name(revision, posixpath.join(posixpath.dirname(path), name))

    def read(self, located: str) -> SourceFile:
        if not is_revision_name(located):
            return self._inner.read(located)
        octets = self._blob(located)
        try:
            return SourceFile(located, octets.decode("utf-8").removeprefix("\ufeff"))
        except UnicodeDecodeError as error:
            raise SourceError(located, f"not UTF-8 text (octet {error.start} is 0x{octets[error.start]:02X})") from None

    def beginning(self, located: str, limit: int) -> str:
        if not is_revision_name(located):
            return self._inner.beginning(located, limit)
        return self._blob(located)[:limit].decode("utf-8", "replace").removeprefix("\ufeff")

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        if not is_revision_name(located):
            return self._inner.beside(located, ending)
        revision, path = _parts(located)
        folder = posixpath.dirname(path)
        try:
            tree = self._object(_name(revision, folder))
        except SourceError:
            return ()
        names = (_name(revision, posixpath.join(folder, each)) for _, each in _entries(tree) if each.endswith(ending))
        return tuple(name for name in sorted(names) if name != _name(revision, path))

    def is_directory(self, name: str) -> bool:
        """Whether a name of a revision names a folder.

        Raises:
            SourceError: as `read`.
        """
        return self._object(name).kind == "tree"

    def below(self, name: str, ending: str, limit: int) -> Iterator[str]:
        """The paths of files with an ending in a folder and those below it, from that folder; hidden ones left out.

        Raises:
            SourceError: as `read`, or more folders and files than the limit.
        """
        revision, top = _parts(name)
        waiting = [""]
        seen = 0
        while waiting:
            folder = waiting.pop()
            for kind, each in _entries(self._object(_name(revision, posixpath.join(top, folder)))):
                path = posixpath.join(folder, each)
                if each.startswith("."):
                    continue
                if kind == "tree":
                    waiting.append(path)
                elif each.endswith(ending):
                    yield path
                else:
                    continue
                seen += 1
                if seen > limit:
                    raise SourceError(name, f"more than {limit} documents and folders are below it")

    def _blob(self, name: str) -> bytes:
        found = self._object(name)
        if found.kind != "blob":
            raise SourceError(name, "is a directory", "name a document inside it")
        return found.octets

    def _object(self, name: str) -> _Object:
        if name not in self._found:
            self._found[name] = _read(name)
        return self._found[name]


def _parts(name: str) -> tuple[str, str]:
    revision, colon, path = name.removeprefix(PREFIX).partition(":")
    if not revision or not colon or "\n" in name or "\0" in name:
        raise SourceError(name, "no revision and path", "write `git:REF:path`, for example `git:main:meter.tdl`")
    return revision, path


def _name(revision: str, path: str) -> str:
    here = path.startswith(("./", "../")) or path in (".", "..")
    plain = posixpath.normpath(path) if path else ""
    return f"{PREFIX}{revision}:{'./' if here and not plain.startswith('..') else ''}{'' if plain == '.' else plain}"


def _read(name: str) -> _Object:
    revision, path = _parts(_name(*_parts(name)))
    wanted = f"{revision}:{path}"
    if _asked(name, "--batch-check", f"{revision}^{{tree}}").endswith(b" missing\n"):
        raise SourceError(name, f"git has no revision `{revision}`")
    answer = _asked(name, "--batch-check", wanted).rsplit(b" ", 2)
    if len(answer) != 3 or not answer[2].strip().isdigit():
        raise SourceError(name, f"revision `{revision}` has no such file")
    identity, kind = answer[0].strip().decode("ascii", "replace"), answer[1].decode("ascii", "replace")
    if kind not in ("blob", "tree"):
        raise SourceError(name, f"is a {kind}, a file expected")
    if int(answer[2]) > MAX_SOURCE_OCTETS:
        raise SourceError(name, f"larger than {MAX_SOURCE_OCTETS // 1024 // 1024} MiB")
    _, _, content = _asked(name, "--batch", identity).partition(b"\n")
    return _Object(kind=kind, octets=content[: int(answer[2])], id_octets=len(identity) // 2)


def _asked(name: str, option: str, wanted: str) -> bytes:
    """What `git cat-file` answers; what is wanted is told through its input, so that nothing can be an option."""
    try:
        run = subprocess.run(
            ["git", "cat-file", option],
            input=os.fsencode(wanted) + b"\n",
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
            env=os.environ | _ENVIRONMENT,
        )
    except FileNotFoundError:
        raise SourceError(name, "git is not installed", "only `git:` names need it") from None
    except subprocess.TimeoutExpired:
        raise SourceError(name, f"git took longer than {MAX_SECONDS} seconds") from None
    except OSError as error:
        raise SourceError(name, f"git cannot be run: {(error.strerror or str(error)).lower()}") from None
    if run.returncode != 0:
        said = run.stderr.decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("fatal: ")
        raise SourceError(name, f"git: {said[:200] or 'failed'}")
    return run.stdout


def _entries(tree: _Object) -> list[tuple[str, str]]:
    """The kinds and names in a tree object: mode, blank, name, NUL and identity, one after the other."""
    found = []
    at = 0
    while (end := tree.octets.find(b"\0", at)) >= 0 and tree.kind == "tree":
        mode, _, name = tree.octets[at:end].partition(b" ")
        found.append(({b"40000": "tree"}.get(mode, "blob"), os.fsdecode(name)))
        at = end + 1 + tree.id_octets
    return found
