"""The library: documents such as ``std:2012``, and typical profiles such as ``std:residential``.

It ships with tdl; others add families of their own. A distribution with an entry point ``acme = "acme_tables"`` of the
group `tdl.libraries` brings the family ``acme``: the file ``ax200.tdl`` in its package ``acme_tables`` is
``acme:ax200``, and ``profiles/typical.toml`` is the profile ``acme:typical``. A family that ships with tdl cannot be
replaced.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

from tdl.sources.plugins import Plugin, PluginError, plugins, problem_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_NAME = re.compile(r"[a-z][a-z0-9_-]*:[A-Za-z0-9._-]+\Z")
_PROFILES = "profiles"
_OWN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "library")
_FAMILY = re.compile(r"[a-z][a-z0-9_-]*")

GROUP = "tdl.libraries"
"""The entry points' group: a family's name to the package that holds its files."""


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
    family, *parts = (
        [""] if path.startswith("/") else [part for part in path.split("/") if part not in ("", ".")] or [""]
    )
    if ".." in parts or path.startswith("/"):
        raise FileNotFoundError(path)
    if _is_own(family):
        try:
            with open(os.path.join(_OWN, family, *parts), "rb") as stream:
                return stream.read()
        except (IsADirectoryError, NotADirectoryError):
            raise FileNotFoundError(path) from None
    folder = _family(family)
    found = folder if folder is None else folder.joinpath(*parts)
    if found is None or not found.is_file():
        raise FileNotFoundError(path)
    return found.read_bytes()


def own_families() -> tuple[str, ...]:
    """The families that ship with tdl."""
    return tuple(sorted(name for name in os.listdir(_OWN) if _is_own(name)))


def family_folder(plugin: Plugin) -> Traversable:
    """The files of an installed family.

    Raises:
        PluginError: it cannot be used.
    """
    if not _FAMILY.fullmatch(plugin.name):
        raise PluginError(f"`{plugin.name}` found, a family's name of small letters and digits expected")
    if plugin.name in own_families():
        raise PluginError(f"the family `{plugin.name}` ships with tdl")
    module = plugin.load()
    if not isinstance(module, ModuleType):
        raise PluginError(f"`{plugin.value}` is no package")
    from importlib import resources

    try:
        return resources.files(module)
    except (ImportError, OSError, TypeError, ValueError) as error:
        raise PluginError(problem_of(error)) from error


def family_names(folder: Traversable, family: str) -> tuple[str, ...]:
    """The names of the documents of a family."""
    return _entries(folder, family, (), ".tdl")


def _family(name: str) -> Traversable | None:
    """The files of a family, None if there is none of this name or it cannot be used."""
    if _is_own(name):
        from pathlib import Path

        return Path(_OWN, name)
    for plugin in plugins(GROUP):
        if plugin.name == name:
            with suppress(PluginError):
                return family_folder(plugin)
    return None


def _is_own(family: str) -> bool:
    return _FAMILY.fullmatch(family) is not None and os.path.isdir(os.path.join(_OWN, family))


def _names(below: tuple[str, ...], ending: str) -> tuple[str, ...]:
    families = {*own_families(), *(plugin.name for plugin in plugins(GROUP))}
    folders = ((family, _family(family)) for family in families)
    found = (_entries(folder, family, below, ending) for family, folder in folders if folder is not None)
    return tuple(sorted(name for names in found for name in names))


def _entries(folder: Traversable, family: str, below: tuple[str, ...], ending: str) -> tuple[str, ...]:
    inner = folder.joinpath(*below)
    if not inner.is_dir():
        return ()
    entries = (entry.name for entry in inner.iterdir())
    return tuple(sorted(f"{family}:{name.removesuffix(ending)}" for name in entries if name.endswith(ending)))
