"""The door to the back ends: what one is, and how it is found by its target's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from tdl.deferred import dataclass, field
from tdl.frozen import replace
from tdl.ir import model, plan
from tdl.report import Diagnostic
from tdl.report.rules import targets
from tdl.sources.plugins import Plugin, PluginError, plugins

GROUP = "tdl.backends"
"""The entry points' group: a target's name to ``module:attribute`` of its `Backend`."""

IN_TREE = {
    "c": "tdl.backends.c.backend:BACKEND",
    "edl-xsd": "tdl.backends.edl_xsd.backend:BACKEND",
    "jsonschema": "tdl.backends.jsonschema.backend:BACKEND",
    "ksy": "tdl.backends.kaitai.backend:BACKEND",
    "python": "tdl.backends.python.backend:BACKEND",
    "rust": "tdl.backends.rust.backend:BACKEND",
    "wireshark": "tdl.backends.wireshark.backend:BACKEND",
}
"""The back ends that come with tdl, found also where nothing is installed."""


_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedFile:
    """A file to write; ``path`` is relative to the output folder, with ``/`` between its parts."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """Files, and what the back end wants to be told the next time: nothing if that is to be a whole run."""

    files: tuple[GeneratedFile, ...]
    memory: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for beside the definition.

    Attributes:
        package: the name of what is generated; None leaves it to the back end.
        values: the back end's own options by name.
    """

    package: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Backend(Protocol):
    """A target.

    Attributes:
        name: what ``--target`` calls it.
        description: one line for people.
        options: its own options, each with a line for people.
    """

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def options(self) -> Mapping[str, str]: ...

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        """The files of a definition whose Plan may be bound: the same bytes for the same arguments.

        Raises:
            BackendError: an option is unknown or has a wrong value, or the target cannot express something.
        """


class BackendError(Exception):
    """A target cannot be generated; ``diagnostic`` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def backend_names() -> tuple[str, ...]:
    """The targets that are installed."""
    return tuple(sorted({*IN_TREE, *(plugin.name for plugin in plugins(GROUP))}))


def find_backend(name: str) -> Backend:
    """The back end of a target, or the one that ``module:attribute`` names.

    Raises:
        BackendError: there is none of that name, or it cannot be loaded.
    """
    if name in IN_TREE:
        return _load(Plugin(name=name, value=IN_TREE[name], origin="tdl"))
    for plugin in plugins(GROUP):
        if plugin.name == name:
            return _load(plugin)
    if ":" in name:
        return _load(Plugin(name=name, value=name, origin="the module it names"))
    from difflib import get_close_matches  # a name that is wrong may take its time

    names = backend_names()
    close = get_close_matches(name, names, 1)
    help = f"did you mean `{close[0]}`?" if close else f"the targets are {', '.join(f'`{each}`' for each in names)}"
    raise BackendError(targets.UNKNOWN_TARGET.at(None, place="--target", help=help, target=name))


def check_options(backend: Backend, options: Options) -> None:
    """Refuse options that a back end does not have.

    Raises:
        BackendError: the first of them.
    """
    for name in sorted(options.values):
        if name not in backend.options:
            known = ", ".join(f"`{each}`" for each in sorted(backend.options)) or "none"
            raise BackendError(
                targets.UNKNOWN_OPTION.at(
                    None, place="--option", help=f"its options: {known}", target=backend.name, option=name
                )
            )


def file_name(definition: model.Definition, options: Options) -> str:
    """What the one file of a target is called: what was asked for, else the definition's name.

    Raises:
        BackendError: it is no name for a file.
    """
    name = definition.name if options.package is None else options.package
    if not _FILE_NAME.fullmatch(name):
        expected = "a name of letters, digits and `_`"
        raise BackendError(
            targets.BAD_OPTION.at(None, place="--package", option="--package", found=name, expected=expected)
        )
    return name


def chosen_tables(of: plan.Plan, options: Options) -> plan.Plan:
    """A Plan with the tables that the option ``tables`` asks for; the same one if it is not given.

    Raises:
        BackendError: there is no such table.
    """
    keys = options.values.get("tables")
    if keys is None:
        return of
    wanted = set()
    for key in map(str.strip, keys.split(",")):
        table = of.table(key)
        if table is None:
            raise BackendError(
                targets.BAD_OPTION.at(None, place="--option", option="tables", found=key, expected="keys of tables")
            )
        wanted.add(table.key)
    return replace(of, tables=tuple(table for table in of.tables if table.key in wanted))


def _load(plugin: Plugin) -> Backend:
    try:
        found = plugin.load()
    except PluginError as error:
        raise _broken(plugin, str(error)) from error
    if not isinstance(found, Backend):
        raise _broken(plugin, f"`{plugin.value}` is no back end")
    return found


def _broken(plugin: Plugin, problem: str) -> BackendError:
    return BackendError(
        targets.BROKEN_BACKEND.at(None, place="--target", target=plugin.name, origin=plugin.origin, problem=problem)
    )
