"""`tdl generate`: codecs for a definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from tdl.backends.api import Backend, BackendError, GeneratedFile, Options, check_options, find_backend
from tdl.cli.console import Failed, say, write_tree
from tdl.cli.ending import EXIT_FINDINGS
from tdl.cli.options import Project, binding_options, definition_options, project
from tdl.ir.bind import bind as bind_plan
from tdl.project.definition import Definition
from tdl.project.reading import known_values


@click.command("generate")
@definition_options
@click.option("--target", required=True, metavar="TARGET", help="What is generated: python, or an installed back end.")
@click.option("-o", "--output", required=True, metavar="DIR", help="The folder that gets the files.")
@click.option("--pending", is_flag=True, help="Codecs for the pending copies of tables too.")
@click.option(
    "--check", is_flag=True, help="Write nothing: exit with 1 if the files in DIR are not what would be written."
)
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
    chosen = project(definition, fragments)
    try:
        backend = find_backend(target)
        asked = _options(chosen, target, package, options)
        check_options(backend, asked)
        files = generated(backend, chosen.compile(), asked, chosen, bind, settings, pending=pending)
    except BackendError as error:
        raise Failed(error.diagnostic) from None
    if check:
        return _drift(Path(output), files)
    changed = write_tree(output, {file.path: file.content for file in files})
    say(f"wrote {len(files)} files to {Path(output)}/ ({len(changed)} changed)")
    for stray in _strays(Path(output), files):
        say(f"note: {stray} is left from before, this definition does not make it")
    return 0


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
        plan = bind_plan(plan, known_values(definition, bound, settings))
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
    packages = {directory / file.path.partition("/")[0] for file in files if "/" in file.path}
    there = (path for package in sorted(packages) for path in sorted(package.rglob("*")) if path.is_file())
    return [p for p in there if p not in made and "__pycache__" not in p.parts and not p.name.startswith(".")]


def _difference(path: Path, content: bytes) -> str:
    try:
        return "" if path.read_bytes() == content else "differs"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return (error.strerror or str(error)).lower()
