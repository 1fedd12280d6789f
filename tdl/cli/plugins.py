"""`tdl plugins`: what is installed, and what of it does not load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import resources

import click

import tdl
from tdl.backends import api
from tdl.check.plugins import GROUP as RULES
from tdl.check.plugins import load_rules
from tdl.cli.console import emit
from tdl.cli.ending import EXIT_FINDINGS
from tdl.report.rules import all_rules
from tdl.sources.library import GROUP as LIBRARIES
from tdl.sources.library import family_folder, family_names, own_families
from tdl.sources.plugins import Plugin, PluginError, plugins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """One line: what it is, who brought it, what it offers, or why it cannot be used."""

    kind: str
    name: str
    origin: str
    offers: str = ""
    problem: str = ""


@click.command("plugins")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print.")
def command(format: str) -> int:
    """List the back ends, rules and libraries that are installed, those of tdl itself included.

    Other Python distributions bring them with entry points of the groups tdl.backends, tdl.rules and tdl.libraries. If
    one does not load, the list says why, and the exit code is 1.
    """
    found = [*_backends(), *_rules(), *_libraries()]
    emit(json.dumps([asdict(each) for each in found], indent=2) + "\n" if format == "json" else _text(found))
    return EXIT_FINDINGS if any(each.problem for each in found) else 0


def _backends() -> Iterator[_Installed]:
    brought = {plugin.name: plugin for plugin in plugins(api.GROUP)}
    for name in api.backend_names():
        own = name in api.IN_TREE
        origin = _own() if own or name not in brought else brought[name].origin
        try:
            yield _Installed(kind="back end", name=name, origin=origin, offers=api.find_backend(name).description)
        except api.BackendError as error:
            problem = str(error.diagnostic.data.get("problem", error.diagnostic.message))
            yield _Installed(kind="back end", name=name, origin=origin, problem=problem)


def _rules() -> Iterator[_Installed]:
    rules = all_rules()
    offers = f"{len(rules)} rules, {rules[0].code} to {rules[-1].code}"
    yield _Installed(kind="rules", name="tdl", origin=_own(), offers=offers)
    for plugin in plugins(RULES):
        try:
            offers = f"codes {load_rules(plugin).prefix}000 to {load_rules(plugin).prefix}999"
            yield _Installed(kind="rules", name=plugin.name, origin=plugin.origin, offers=offers)
        except PluginError as error:
            yield _broken("rules", plugin, error)


def _libraries() -> Iterator[_Installed]:
    for family in own_families():
        names = family_names(resources.files("tdl.library").joinpath(family), family)
        yield _Installed(kind="library", name=family, origin=_own(), offers=", ".join(names))
    for plugin in plugins(LIBRARIES):
        try:
            names = family_names(family_folder(plugin), plugin.name)
            yield _Installed(kind="library", name=plugin.name, origin=plugin.origin, offers=", ".join(names))
        except PluginError as error:
            yield _broken("library", plugin, error)


def _broken(kind: str, plugin: Plugin, error: PluginError) -> _Installed:
    return _Installed(kind=kind, name=plugin.name, origin=plugin.origin, problem=str(error))


def _own() -> str:
    return f"tdl {tdl.__version__}"


def _text(found: list[_Installed]) -> str:
    rows = [(each.kind, each.name, each.origin) for each in found]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = []
    for row, each in zip(rows, found, strict=True):
        said = f"cannot be used: {each.problem}" if each.problem else each.offers
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([*cells, said]).rstrip())
    return "\n".join(lines) + "\n"
