"""The doors to what others install beside tdl: entry points of Python distributions, found by group.

There are three groups: `tdl.backends` (see `tdl.backends.api`), `tdl.rules` (see `tdl.check.plugins`) and
`tdl.libraries` (see `tdl.sources.library`).
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder

from tdl.deferred import dataclass


class PluginError(Exception):
    """A plug-in cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One entry point.

    Attributes:
        value: ``module`` or ``module:attribute``.
        origin: the distribution that brought it, with its version.
    """

    name: str
    value: str
    origin: str

    def load(self) -> object:
        """What the entry point names.

        Raises:
            PluginError: it cannot be imported.
        """
        module, _, attribute = self.value.partition(":")
        try:
            found: object = import_module(module)
            for step in attribute.split(".") if attribute else ():
                found = getattr(found, step)
        except Exception as error:  # a plug-in may fail in any way
            raise PluginError(problem_of(error)) from error
        return found


@cache
def plugins(group: str) -> tuple[Plugin, ...]:
    """The plug-ins of a group, by name; of several of one name, the first."""
    if not may_have(group):
        return ()
    from importlib import metadata  # slow to import, and most runs ask for no plug-in

    found: dict[str, Plugin] = {}
    for point in metadata.entry_points(group=group):
        distribution = point.dist
        origin = "an unknown distribution" if distribution is None else f"{distribution.name} {distribution.version}"
        found.setdefault(point.name, Plugin(name=point.name, value=point.value, origin=origin))
    return tuple(found[name] for name in sorted(found))


def may_have(group: str) -> bool:
    """Whether something that is installed may have entry points of a group; where there are none, most often not.

    It is the quick look before `importlib.metadata`, which takes longer to import than the folders to read.
    """
    if any(hasattr(finder, "find_distributions") for finder in sys.meta_path if finder is not PathFinder):
        return True
    return any(_may_have(entry or ".", f"[{group}]".encode()) for entry in sys.path)


def _may_have(folder: str, heading: bytes) -> bool:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # an archive, which is not looked into
    for name in names:
        if name.endswith(".egg"):
            return True
        if name.endswith((".dist-info", ".egg-info")):
            with suppress(OSError), open(os.path.join(folder, name, "entry_points.txt"), "rb") as stream:
                if heading in stream.read():
                    return True
    return False


def problem_of(error: Exception) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
