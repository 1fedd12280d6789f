"""Options that verbs share, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from tdl.cli.console import Failed, StandardInput
from tdl.deferred import dataclass
from tdl.project.definition import Definition, load
from tdl.sources import Resolver

if TYPE_CHECKING:
    from tdl.image import Image, Profile
    from tdl.project.settings import Settings

_F = TypeVar("_F", bound=Callable[..., object])


def definition_options(function: _F) -> _F:
    """``-d`` and ``-f``."""
    function = click.option(
        "-f",
        "--fragment",
        "fragments",
        multiple=True,
        metavar="FRAGMENT",
        help="A fragment to apply; may be given several times, in this order.",
    )(function)
    return click.option(
        "-d",
        "--definition",
        metavar="DEFINITION",
        help="A path or a library name such as std:2012. Without it, what tdl.toml says.",
    )(function)


def binding_options(function: _F) -> _F:
    """``--bind`` and ``--set``."""
    function = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="TABLE.ELEMENT=VALUE",
        help="A value in a table, which wins over all others; may be given several times.",
    )(function)
    return click.option(
        "--bind",
        metavar="PROFILE_OR_IMAGE",
        help="Where other values come from: a .toml profile, one that comes with tdl such as std:residential, "
        "or an image.",
    )(function)


def tables_option(function: _F) -> _F:
    """``--table``, of a verb that looks at images."""
    return click.option(
        "--table",
        "tables",
        multiple=True,
        metavar="ST23",
        help="Only this table, by key, number or name; may be given several times.",
    )(function)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a command works on: the definition named on the command line, or the project's own.

    Attributes:
        said: what the project's `tdl.toml` says; None where it is left out of account.
    """

    definition: str
    fragments: tuple[str, ...]
    said: Settings | None = None

    @property
    def settings(self) -> Settings:
        """What `tdl.toml` says, or nothing."""
        from tdl.project.settings import Settings

        return self.said or Settings()

    @property
    def profile(self) -> str | None:
        """The project's own profile."""
        return None if self.said is None else self.said.profile

    def compile(self) -> Definition:
        """The compiled definition.

        Raises:
            CompileError: it does not compile.
        """
        return load(self.definition, self.fragments, resolver())

    def binding(self, bind: str | None) -> Image | Profile | None:
        """What ``--bind`` names, else the project's profile."""
        name = bind if bind is not None else self.profile
        if name is None:
            return None
        from tdl.project.opening import binding

        return binding(name)


def project(definition: str | None, fragments: tuple[str, ...]) -> Project:
    """The project of a command. Where ``-d`` is given, `tdl.toml` is left out of account.

    Raises:
        Failed: neither names a definition.
        SettingsError: `tdl.toml` cannot be used.
    """
    if definition is not None:
        return Project(definition=definition, fragments=fragments)
    from pathlib import Path

    from tdl.project.settings import find_settings
    from tdl.report.rules import invocation

    settings = find_settings(Path.cwd())
    if settings.definition is None:
        help = 'give one with `-d std:2012`, or write `definition = "std:2012"` into a file `tdl.toml`'
        raise Failed(invocation.NO_DEFINITION.at(None, help=help))
    return Project(definition=settings.definition, fragments=(*settings.fragments, *fragments), said=settings)


def resolver() -> Resolver:
    """Sources as a command reads them: standard input may be closed."""
    return Resolver(stdin=StandardInput())  # type: ignore[arg-type]  # of a stream, only `read` is used
