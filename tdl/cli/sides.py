"""What the two names of `tdl diff` stand for: definitions, of two directories perhaps many."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tdl.cli.console import Failed
from tdl.compat.revisions import Revisions, is_revision_name, revision_of
from tdl.image.toml_text import TomlError, TomlText
from tdl.project.definition import Definition, load
from tdl.project.settings import SETTINGS_NAME, Settings, read_settings
from tdl.report.rules import invocation
from tdl.sources import SourceError

MAX_DOCUMENTS = 1000
"""How many documents and folders a directory may have."""

_ENDING = ".tdl"
_HEADER = re.compile(r"(?:\s|\{[^}]*\})*(?:DOCUMENT|FRAGMENT)\s")
_MAX_HEADER = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two versions of a definition; ``path`` is the document's in both directories, or nothing."""

    path: str
    old: Definition | None
    new: Definition | None


def pairs(old: str, new: str, sources: Revisions) -> Iterator[Pair]:
    """The definitions behind two names.

    A directory stands for the definition that its `tdl.toml` names. Where both have none, they stand for all documents
    and fragments below them; parts without a header, which others import, are no definitions.

    Raises:
        Failed: there is no definition behind a name.
        CompileError: one does not compile.
    """
    try:
        settings = _settings(old, sources), _settings(new, sources)
        if all(each is not None and each.definition is None for each in settings):
            yield from _documents(old, new, sources)
            return
    except SourceError as error:
        raise _unreadable(error) from None
    before, after = (
        _definition(name, found, (old, new), sources) for name, found in zip((old, new), settings, strict=True)
    )
    yield Pair(path="", old=before, new=after)


def _definition(name: str, settings: Settings | None, both: tuple[str, str], sources: Revisions) -> Definition:
    """The definition behind a name; a base is looked for among both if they are of one revision."""
    if settings is None:
        near = [each for each in both if revision_of(each) == revision_of(name)]
        return load(name, resolver=sources, near=near)
    if settings.definition is None:
        help = f"name a document, or write `definition` into a file `{SETTINGS_NAME}` there"
        raise Failed(invocation.NO_DEFINITION.at(None, place=name, help=help))
    return load(settings.definition, settings.fragments, resolver=sources)


# --- directories ---------------------------------------------------------------------------------------------------


def _documents(old: str, new: str, sources: Revisions) -> Iterator[Pair]:
    """The documents of two directories by their paths."""
    before, after = (dict(_below(name, sources)) for name in (old, new))
    if not before and not after:
        help = f"name a document, or write `definition` into a file `{SETTINGS_NAME}` there"
        raise Failed(invocation.NO_DEFINITION.at(None, place=new, help=help))
    for path in sorted({*before, *after}):
        versions = (load(found[path], resolver=sources) if path in found else None for found in (before, after))
        yield Pair(path=path, old=next(versions), new=next(versions))


def _below(name: str, sources: Revisions) -> Iterator[tuple[str, str]]:
    """The paths of the documents and fragments below a directory, each with its full name."""
    try:
        paths = list(sources.below(name, _ENDING, MAX_DOCUMENTS) if is_revision_name(name) else _files(name))
        for path in paths:
            full = sources.locate(path, _inside(name)) if is_revision_name(name) else os.path.join(name, path)
            if _HEADER.match(sources.beginning(full, _MAX_HEADER)):
                yield path, full
    except SourceError as error:
        raise _unreadable(error) from None


def _files(directory: str) -> Iterator[str]:
    """The documents below a directory; links to directories are not followed, and what is no file is passed over."""
    seen = 0
    for folder, folders, names in os.walk(directory):
        folders[:] = [each for each in folders if not each.startswith(".")]
        found = [each for each in names if each.endswith(_ENDING) and not each.startswith(".")]
        seen += len(folders) + len(found)
        if seen > MAX_DOCUMENTS:
            raise SourceError(directory, f"more than {MAX_DOCUMENTS} documents and folders are below it")
        yield from (
            Path(folder, each).relative_to(directory).as_posix() for each in found if Path(folder, each).is_file()
        )


def _inside(directory: str) -> str:
    """The name of a file in a directory of a revision, as something to be beside."""
    return directory + ("" if directory.endswith((":", "/")) else "/") + SETTINGS_NAME


# --- settings ------------------------------------------------------------------------------------------------------


def _settings(name: str, sources: Revisions) -> Settings | None:
    """What the `tdl.toml` of a directory says; None for what is no directory."""
    if is_revision_name(name):
        return _settings_then(_inside(name), sources) if sources.is_directory(name) else None
    if not os.path.isdir(name):
        return None
    file = Path(name, SETTINGS_NAME)
    return read_settings(file, Path()) if file.is_file() else Settings()


def _settings_then(file: str, sources: Revisions) -> Settings:
    """What a `tdl.toml` said in a revision of git."""
    try:
        source = sources.read(file)
    except SourceError:
        return Settings()
    try:
        values = TomlText(file, source.text).values
    except TomlError as error:
        raise Failed(invocation.BAD_SETTINGS.at(error.span, problem=error.problem)) from None
    definition, fragments = values.get("definition"), values.get("fragments", [])
    if not isinstance(definition, str | None) or not _texts(fragments):
        problem = "`definition`: text expected, `fragments`: a list of texts expected"
        raise Failed(invocation.BAD_SETTINGS.at(None, place=file, problem=problem))
    return Settings(
        definition=None if definition is None else sources.locate(definition, file),
        fragments=tuple(sources.locate(str(each), file) for each in _listed(fragments)),
    )


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _unreadable(error: SourceError) -> Failed:
    return Failed(
        invocation.UNREADABLE.at(None, place=error.name, name=error.name, problem=error.problem, help=error.help)
    )
