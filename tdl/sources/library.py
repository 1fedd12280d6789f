"""The library that ships with tdl: documents such as ``std:2012``, and typical profiles such as ``std:residential``."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import PurePosixPath

_NAME = re.compile(r"[a-z][a-z0-9_-]*:[A-Za-z0-9._-]+\Z")
_PROFILES = "profiles"


def is_library_name(name: str) -> bool:
    """Whether a name is one of the library's, even if it has none of it: ``family:entry``."""
    return _NAME.match(name) is not None


def library_names() -> tuple[str, ...]:
    """The names of the documents."""
    return _names((), ".tdl")


def library_profiles() -> tuple[str, ...]:
    """The names of the profiles."""
    return _names((_PROFILES,), ".toml")


def document_path(name: str) -> str:
    """The path of a document inside the library, with ``/`` between its parts."""
    family, _, edition = name.partition(":")
    return f"{family}/{edition}.tdl"


def profile_path(name: str) -> str:
    """The path of a profile inside the library."""
    family, _, profile = name.partition(":")
    return f"{family}/{_PROFILES}/{profile}.toml"


def library_octets(path: str) -> bytes:
    """A file of the library.

    Raises:
        FileNotFoundError: it has none at this path.
    """
    parts = PurePosixPath(path).parts
    found = resources.files("tdl.library").joinpath(*parts)
    if ".." in parts or not found.is_file():
        raise FileNotFoundError(path)
    return found.read_bytes()


def _names(below: tuple[str, ...], ending: str) -> tuple[str, ...]:
    names = []
    for family in resources.files("tdl.library").iterdir():
        folder = family.joinpath(*below)
        if folder.is_dir():
            entries = (entry.name for entry in folder.iterdir())
            names += [f"{family.name}:{name.removesuffix(ending)}" for name in entries if name.endswith(ending)]
    return tuple(sorted(names))
