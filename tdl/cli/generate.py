"""`tdl generate`: codecs for a definition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from tdl.backends.api import (
    IN_TREE,
    Backend,
    BackendError,
    Generated,
    GeneratedFile,
    Options,
    backend_names,
    check_options,
    find_backend,
)
from tdl.cli.again import Attempt
from tdl.cli.app import ARGUMENTS
from tdl.cli.console import Failed, emit, say, unwritable, write_out, write_tree
from tdl.cli.depfile import Watching, comes_with_tdl, make_rule, profile_paths
from tdl.cli.options import Project, binding_options, definition_options, project
from tdl.cli.sharing import made_of_all, shareable
from tdl.deferred import dataclass
from tdl.project.definition import Definition, Fresh, load_and_tell
from tdl.project.settings import SETTINGS_NAME
from tdl.sources.library import is_library_name
from tdl.sources.plugins import plugins
from tdl.uncollected import without_collection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tdl.ir.model import Definition as Model
    from tdl.ir.plan import Plan

_RULES = "tdl.rules"
"""The entry points of `tdl.check.plugins`, which takes long to import."""


class _Target(click.Option):
    """An option whose help names what is installed, when somebody asks."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        self.help = f"What is generated: {', '.join(backend_names())}. Given several times, each gets a folder in DIR."
        return super().get_help_record(context)


@click.command("generate")
@definition_options
@click.option(
    "--target", "targets", cls=_Target, required=True, multiple=True, metavar="TARGET", help="What is generated."
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
@click.option("--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of a target.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    envvar="TDL_JOBS",
    help="How many processes make the files of several targets, on Linux; as many as run at once if it is not given.",
)
@binding_options
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    targets: tuple[str, ...],
    output: str,
    pending: bool,
    check: bool,
    depfile: str | None,
    list_outputs: bool,
    package: str | None,
    options: tuple[str, ...],
    jobs: int | None,
    bind: str | None,
    settings: tuple[str, ...],
) -> int:
    """Write codecs for a definition to a folder.

    With --bind or --set they are made for the meters that have these values: offsets become constant, branches not
    taken go. The same input gives the same files, octet for octet. Files that are the same already keep their time
    stamp; all are written or none.

    Several targets are made of one compilation, each into the folder of its name. They share --package; an option
    goes to those of them that have it.
    """
    attempt = Attempt(click.get_current_context().find_root().obj[ARGUMENTS])
    if definition is None:
        attempt.look_at_first(os.path.join(folder, SETTINGS_NAME) for folder in (Path.cwd(), *Path.cwd().parents))
    chosen = project(definition, fragments)
    profile = bind if bind is not None else chosen.profile
    _look_around(attempt, targets, profile)
    sources = Watching()
    try:
        orders = _orders(chosen, targets, package, options)
        fresh: list[Fresh] = []
        compiled = load_and_tell(chosen.definition, chosen.fragments, sources, (), fresh.append)
        bound = profile is not None or bool(settings) or pending
        first = bool(fresh) and attempt.kept and not (bound or list_outputs or check)
        done = generated(orders, compiled, chosen, bind, settings, pending=pending, jobs=jobs, first=first)
    except BackendError as error:
        raise Failed(error.diagnostic) from None
    if not sources.repeatable:
        attempt.give_up()
    parts = _parts(output, orders, (each.files for each in done))
    made = {path: content for part in parts for path, content in part.made.items()}
    if list_outputs:
        listed = "".join(f"{name}\n" for name in made)
        emit(listed)
        attempt.keep(sources.texts, {}, printed=listed)
        return 0
    packages = [path for part in parts for path in part.packages]
    if check:
        drift = _drift(parts)
        if not drift:
            attempt.keep(sources.texts, made, packages)
        return drift
    rule = "" if depfile is None else make_rule(map(Path, made), [*sources.paths, *profile_paths(profile)])
    changed = _write(output, made, depfile, rule)
    strays = [f"note: {stray} is left from before, this definition does not make it\n" for stray in _strays(parts)]
    said = [f"wrote {len(made)} file{'s' * (len(made) != 1)} to {Path(output)}/ (", f" changed)\n{''.join(strays)}"]
    say(f"{said[0]}{changed}{said[1]}", end="")
    also = {} if depfile in (None, "-") else {depfile: rule.encode("utf-8")}
    printed = rule if depfile == "-" else ""
    token = ""
    if first and attempt.kept:
        memories = [each.memory for each in done]
        token = _keep_parts(attempt.key, fresh[0], orders, parts, memories, output, jobs)
    attempt.keep(sources.texts, made | also, packages, printed=printed, said=said, token=token)
    return 0


def _write(output: str, made: Mapping[str, bytes], depfile: str | None, rule: str) -> int:
    """Write the files, and the rule to a file or standard output; how many of the files changed.

    A rule that goes to a file is one change with them: all are written or none.
    """
    before = len(_beginning(output))
    files = {name[before:].replace(os.sep, "/"): content for name, content in made.items()}
    root = None if depfile is None else _common_folder(output, depfile)
    if depfile is None or root is None:
        written = write_tree(output, files)
        if depfile is not None:
            write_out(depfile, rule)
        return len(written)
    folder, beside = (Path(os.path.realpath(name)).relative_to(root) for name in (output, depfile))
    every = {folder / name: content for name, content in files.items()}
    if any(beside == path or beside in path.parents or path in beside.parents for path in every):
        raise Failed(unwritable(depfile, ValueError("a generated file is there")))
    every[beside] = rule.encode("utf-8")
    changed = write_tree(root, {path.as_posix(): content for path, content in every.items()})
    return len(set(changed) - {beside.as_posix()})


def _common_folder(output: str, depfile: str) -> str | None:
    """The folder that both are in; None if there is none, or if the second is no file but a device or pipe."""
    path = Path(depfile)
    if depfile == "-" or (path.exists() and not path.is_file() and not path.is_dir()):
        return None
    try:
        return os.path.commonpath([os.path.realpath(output), os.path.dirname(os.path.realpath(depfile))])
    except ValueError:  # on different drives
        return None


def _keep_parts(
    key: str,
    fresh: Fresh,
    orders: Iterable[Order],
    parts: Iterable[_Part],
    memories: Sequence[bytes],
    output: str,
    jobs: int | None,
) -> str:
    """Keep what runs after an edit begin with; the token of that."""
    from tdl.cli.edited import Job, Target, keep_job  # it takes what such a run takes, which --help does not

    targets: list[Target] = []
    for order, part in zip(orders, parts, strict=True):
        values = dict(order.options.values)
        targets.append((order.backend.name, order.options.package, values, part.folder, [*part.made]))
    return keep_job(key, fresh, Job(targets=targets, output=output, jobs=jobs), memories)


def _look_around(attempt: Attempt, targets: Iterable[str], profile: str | None) -> None:
    """Take note of what else decides about the files than the documents; give up if others' code does."""
    if not set(targets) <= set(IN_TREE) or plugins(_RULES):
        attempt.give_up()
    if profile is not None and is_library_name(profile):
        if not comes_with_tdl(profile):
            attempt.give_up()
    elif profile is not None:
        attempt.look_at(profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A target with what is asked of it."""

    backend: Backend
    options: Options

    def of_tables(self, used: tuple[str, ...] | None) -> Options:
        """The options with the tables that meters use, where the target can leave some out and nobody said which."""
        if used is None or "tables" not in self.backend.options or "tables" in self.options.values:
            return self.options
        return replace(self.options, values={**self.options.values, "tables": ",".join(used)})


def generated(
    orders: Sequence[Order],
    definition: Definition,
    chosen: Project,
    bind: str | None = None,
    settings: tuple[str, ...] = (),
    *,
    pending: bool = False,
    jobs: int | None = 1,
    first: bool = False,
) -> list[Generated]:
    """The files of each target, for what is known of the meters.

    Args:
        jobs: how many processes may make them; None for as many as run at once.
        first: whether targets are to say what they want to be told after an edit.

    Raises:
        BackendError: the target cannot express something.
    """
    bound = chosen.binding(bind)
    plan = definition.with_pending() if pending else definition.plan
    used = None
    if bound is not None or settings:
        from tdl.cli.binding import bound_plan  # what reads values takes long to import, and most runs bind nothing

        plan, used = bound_plan(definition, plan, bound, settings)
    make = _generated
    if first:
        from tdl.backends.since import generated_first as make  # what tells a first time from others, --help need not
    work = [partial(make, order.backend, definition.model, plan, order.of_tables(used)) for order in orders]
    with without_collection():
        return made_of_all(work, shareable([each.backend.name for each in orders], len(plan.tables)), jobs)


def _generated(backend: Backend, definition: Model, plan: Plan, options: Options) -> Generated:
    return Generated(files=backend.generate(definition, plan, options))


def _orders(
    chosen: Project, targets: Iterable[str], package: str | None, options: tuple[str, ...]
) -> tuple[Order, ...]:
    """What is asked of each target. Of several, an option goes to those that have it.

    Raises:
        BackendError: there is no such target, or an option that none of them has.
    """
    found: list[Order] = []
    for target in dict.fromkeys(targets):
        backend = find_backend(target)
        found.append(Order(backend=backend, options=_options(chosen, target, package, options)))
    if len(found) > 1:
        said = {option.partition("=")[0].strip() for option in options}
        known = {name for order in found for name in order.backend.options}
        found = [_without(order, (said & known) - set(order.backend.options)) for order in found]
    for order in found:
        check_options(order.backend, order.options)
    return tuple(found)


def _without(order: Order, names: set[str]) -> Order:
    values = {name: value for name, value in order.options.values.items() if name not in names}
    return replace(order, options=replace(order.options, values=values))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The files of one target by path, its folder, and the folders that hold nothing but such files."""

    folder: str
    made: Mapping[str, bytes]
    packages: tuple[str, ...]


def _parts(output: str, orders: Sequence[Order], made: Iterable[Iterable[GeneratedFile]]) -> list[_Part]:
    """What goes where: of several targets, each has a folder of its own."""
    parts = []
    for order, files in zip(orders, made, strict=True):
        folder = Path(output) if len(orders) == 1 else Path(output, order.backend.name)
        beginning = _beginning(folder)
        paths = {beginning + file.path.replace("/", os.sep): file.content for file in files}
        packages = {beginning + file.path.partition("/")[0] for file in files if "/" in file.path}
        parts.append(_Part(folder=str(folder), made=paths, packages=tuple(sorted(packages))))
    return parts


def _beginning(folder: str | Path) -> str:
    """How the paths of a folder's files begin: with nothing where it is the one that the command is run in."""
    return str(Path(folder, "_"))[:-1]


def _drift(parts: Iterable[_Part]) -> int:
    """Compare with what is there; a line for each file that is missing or differs."""
    drifted = {path: _difference(path, content) for part in parts for path, content in part.made.items()}
    wrong = [(path, what) for path, what in drifted.items() if what]
    for path, what in wrong:
        say(f"{path}: {what}")
    strays = _strays(parts)
    for stray in strays:
        say(f"{stray}: is not of this definition")
    if wrong or strays:
        from tdl.cli.ending import EXIT_FINDINGS  # how runs end that fail takes long to import

        say(f"{len(wrong)} of {len(drifted)} files are not what `tdl generate` writes, {len(strays)} more are there")
        return EXIT_FINDINGS
    return 0


def _strays(parts: Iterable[_Part]) -> list[str]:
    """Files in the generated packages that this definition does not make, of a table that is gone for example.

    Hidden ones do not count: another run may be writing.
    """
    strays: list[str] = []
    for part in parts:
        for package in part.packages:
            others = (path for path in _below(package) if path not in part.made)
            strays += sorted(filter(os.path.isfile, others), key=Path)
    return strays


def _below(folder: str) -> Iterator[str]:
    """What is below a folder, but for what is hidden and what the interpreter keeps there."""
    for around, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        yield from (os.path.join(around, name) for name in files if not name.startswith("."))


def _difference(path: str, content: bytes) -> str:
    try:
        with open(path, "rb") as stream:
            return "" if stream.read() == content else "differs"
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return (error.strerror or str(error)).lower()
