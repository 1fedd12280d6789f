"""`tdl generate`: codecs for a definition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from tdl.backends.api import IN_TREE, Backend, BackendError, GeneratedFile, Options, check_options, find_backend
from tdl.cli.again import Attempt
from tdl.cli.app import ARGUMENTS
from tdl.cli.console import Failed, emit, say, write_out, write_tree
from tdl.cli.depfile import Watching, comes_with_tdl, make_rule, profile_paths
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import Project, binding_options, definition_options, project
from tdl.image import Image
from tdl.ir.bind import bind as bind_plan
from tdl.project.definition import Definition, load
from tdl.project.profile import resolve_limits
from tdl.project.reading import known_values
from tdl.project.settings import SETTINGS_NAME
from tdl.project.used import tables_used
from tdl.sources.library import is_library_name
from tdl.sources.plugins import plugins

_RULES = "tdl.rules"
"""The entry points of `tdl.check.plugins`, which takes long to import."""


@click.command("generate")
@definition_options
@click.option(
    "--target", required=True, metavar="TARGET", help="What is generated: c, python, or an installed back end."
)
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder that gets the files.")
@click.option("--pending", is_flag=True, help="Codecs for the pending copies of tables too.")
@click.option(
    "--check", is_flag=True, help="Write nothing: exit with 1 if the files in DIR are not what would be written."
)
@click.option(
    "--depfile", metavar="FILE", help="Write a make rule to FILE: the files made, and all that they depend on."
)
@click.option("--list-outputs", is_flag=True, help="Write nothing: say which files would be written, one a line.")
@click.option("--package", metavar="NAME", help="The name of what is generated.")
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of the target.")
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    target: str,
    output: str,
    pending: bool,
    check: bool,
    depfile: str | None,
    list_outputs: bool,
    package: str | None,
    options: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write codecs for a definition to a folder.

    With --bind or --set they are made for the meters that have these values: offsets become constant, branches not
    taken go. The same input gives the same files, octet for octet. Files that are the same already keep their time
    stamp; all are written or none.
    """
    attempt = Attempt(click.get_current_context().find_root().obj[ARGUMENTS])
    if definition is None:
        attempt.look_at_first(os.path.join(folder, SETTINGS_NAME) for folder in (Path.cwd(), *Path.cwd().parents))
    chosen = project(definition, fragments)
    profile = bind if bind is not None else chosen.profile
    _look_around(attempt, target, profile)
    sources = Watching()
    try:
        backend = find_backend(target)
        asked = _options(chosen, target, package, options)
        check_options(backend, asked)
        compiled = load(chosen.definition, chosen.fragments, sources)
        files = generated(backend, compiled, asked, chosen, bind, settings, pending=pending)
    except BackendError as error:
        raise Failed(error.diagnostic) from None
    if not sources.repeatable:
        attempt.give_up()
    made = {str(Path(output, file.path)): file.content for file in files}
    if list_outputs:
        listed = "".join(f"{name}\n" for name in made)
        emit(listed)
        attempt.keep(sources.texts, {}, printed=listed)
        return 0
    packages = [str(path) for path in _packages(Path(output), files)]
    if check:
        drift = _drift(Path(output), files)
        if not drift:
            attempt.keep(sources.texts, made, packages)
        return drift
    changed = write_tree(output, {file.path: file.content for file in files})
    rule = make_rule(map(Path, made), [*sources.paths, *profile_paths(profile)])
    if depfile is not None:
        write_out(depfile, rule)
    strays = [
        f"note: {stray} is left from before, this definition does not make it\n"
        for stray in _strays(Path(output), files)
    ]
    say(_count(files, output, len(changed)) + "".join(strays), end="")
    also = {} if depfile in (None, "-") else {depfile: rule.encode("utf-8")}
    printed = rule if depfile == "-" else ""
    attempt.keep(sources.texts, made | also, packages, printed=printed, said=_count(files, output, 0) + "".join(strays))
    return 0


def _look_around(attempt: Attempt, target: str, profile: str | None) -> None:
    """Take note of what else decides about the files than the documents; give up if others' code does."""
    if target not in IN_TREE or plugins(_RULES):
        attempt.give_up()
    if profile is not None and is_library_name(profile):
        if not comes_with_tdl(profile):
            attempt.give_up()
    elif profile is not None:
        attempt.look_at(profile)


def _count(files: Sequence[GeneratedFile], output: str, changed: int) -> str:
    return f"wrote {len(files)} file{'s' * (len(files) != 1)} to {Path(output)}/ ({changed} changed)\n"


def generated(
    backend: Backend,
    definition: Definition,
    options: Options,
    chosen: Project,
    bind: str | None = None,
    settings: tuple[str, ...] = (),
    *,
    pending: bool = False,
) -> tuple[GeneratedFile, ...]:
    """The files of a target, for what is known of the meters.

    Raises:
        BackendError: the target cannot express something.
    """
    bound = chosen.binding(bind)
    plan = definition.with_pending() if pending else definition.plan
    if bound is not None or settings:
        known = known_values(definition, bound, settings)
        plan = bind_plan(plan, known)
        if "tables" in backend.options and "tables" not in options.values:
            used = tables_used(plan.tables, known)
            if used is not None:
                options = replace(options, values={**options.values, "tables": ",".join(used)})
    profile = bound.profile if isinstance(bound, Image) else bound
    if profile is not None:
        plan = replace(plan, limits=resolve_limits(profile, definition))
    return backend.generate(definition.model, plan, options)


def _options(chosen: Project, target: str, package: str | None, options: Iterable[str]) -> Options:
    """The target's options: what `tdl.toml` says, then what the command line does."""
    values: dict[str, str] = dict(chosen.settings.targets.get(target, {}))
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            raise click.BadParameter(f"`{option}` found, KEY=VALUE expected", param_hint="--option")
        values[key.strip()] = value
    said = values.pop("package", None)
    return Options(package=package if package is not None else said, values=values)


def _drift(directory: Path, files: Iterable[GeneratedFile]) -> int:
    """Compare with what is there; a line for each file that is missing or differs."""
    drifted: Mapping[str, str] = {file.path: _difference(directory / file.path, file.content) for file in files}
    wrong = [(name, what) for name, what in drifted.items() if what]
    for name, what in wrong:
        say(f"{directory / name}: {what}")
    strays = _strays(directory, files)
    for stray in strays:
        say(f"{stray}: is not of this definition")
    if wrong or strays:
        say(f"{len(wrong)} of {len(drifted)} files are not what `tdl generate` writes, {len(strays)} more are there")
        return EXIT_FINDINGS
    return 0


def _strays(directory: Path, files: Iterable[GeneratedFile]) -> list[Path]:
    """Files in the generated packages that this definition does not make, of a table that is gone for example.

    Hidden ones do not count: another run may be writing.
    """
    made = {directory / file.path for file in files}
    packages = _packages(directory, files)
    there = (path for package in packages for path in sorted(package.rglob("*")) if path.is_file())
    return [p for p in there if p not in made and "__pycache__" not in p.parts and not p.name.startswith(".")]


def _packages(directory: Path, files: Iterable[GeneratedFile]) -> list[Path]:
    """The folders that hold nothing but generated files."""
    return sorted({directory / file.path.partition("/")[0] for file in files if "/" in file.path})


def _difference(path: Path, content: bytes) -> str:
    try:
        return "" if path.read_bytes() == content else "differs"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return (error.strerror or str(error)).lower()
