"""The doors to what others install beside tdl: entry points of Python distributions, found by group.

There are three groups: `tdl.backends` (see `tdl.backends.api`), `tdl.rules` (see `tdl.check.plugins`) and
`tdl.libraries` (see `tdl.sources.library`).
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

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
    from importlib import metadata  # slow to import, and most runs ask for no plug-in

    found: dict[str, Plugin] = {}
    for point in metadata.entry_points(group=group):
        distribution = point.dist
        origin = "unknown" if distribution is None else f"{distribution.name} {distribution.version}"
        found.setdefault(point.name, Plugin(name=point.name, value=point.value, origin=origin))
    return tuple(found[name] for name in sorted(found))


def problem_of(error: Exception) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
