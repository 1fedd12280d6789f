"""`tdl generate` after an edit: what the edit concerns is compiled and made anew, and all else is left as it is.

What this takes is kept beside the record of a run (see `tdl.cli.again`): the definition in parts, and what was asked
for. Both have the same token, so parts of one run are never taken for those of another. The record says that every file
is as that run wrote it, which is why files that do not change need not be looked into.

Where anything is other than expected, nothing is said, and the command is run as if nothing had been kept: that run
finds what is wrong and says so, and writes what this one may have left half done.
"""

from __future__ import annotations

import marshal
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zlib import crc32

from tdl.backends.api import BackendError, Generated, Options, find_backend
from tdl.backends.since import Incremental, Names, Since, generated_first
from tdl.cache.folder import own_folder
from tdl.cli.again import Record, Unkept, folders_below, seen, stamp
from tdl.cli.sharing import made_of_all, shareable
from tdl.image.atomic import write_files
from tdl.project.editing import Edited, edited, whole_of
from tdl.project.keeping import whole
from tdl.project.parts import Index, Parts, Writer
from tdl.sources.resolver import MAX_SOURCE_OCTETS
from tdl.uncollected import without_collection

if TYPE_CHECKING:
    from tdl.cache.folder import Folder
    from tdl.ir.model import Definition as Model
    from tdl.ir.plan import Plan
    from tdl.project.definition import Fresh

ENDING = ".tdlp"
MAX_OCTETS = 64 * 1024 * 1024
"""The most that is kept of a definition in parts."""

Target: TypeAlias = tuple[str, str | None, dict[str, str], str, list[str]]
"""A target: its name, the package and the options, the folder of its files, and their paths."""


class Job(NamedTuple):
    """What a run has done.

    Attributes:
        targets: in order.
        output: the folder of all of them.
        jobs: how many processes may make them; None for as many as run at once.
    """

    targets: list[Target]
    output: str
    jobs: int | None


def keep_job(key: str, fresh: Fresh, job: Job, memories: Sequence[bytes]) -> str:
    """Keep a run, what each target wants to be told the next time, and the parts of what was compiled; the token that
    its record is to have, "" if nothing was kept."""
    folder = own_folder(ENDING)
    if folder is None:
        return ""
    writer, compiled = Writer(), fresh.compiled
    with without_collection():
        index = whole(writer, fresh.notes, fresh.texts, compiled.document, compiled.model, compiled.plan)
        if index is None:
            return ""
        return _keep(folder, key, writer, index, job, memories)


def _keep(folder: Folder, key: str, writer: Writer, index: Index, job: Job, memories: Sequence[bytes]) -> str:
    token = os.urandom(16).hex()
    more = {"job": writer.put(marshal.dumps((token, list(memories), *job)))}
    content = writer.whole(index._replace(more=more))
    if len(content) > MAX_OCTETS:
        return ""
    folder.write(key, content)
    return token


def done_again(folder: Folder, key: str, record: Record, texts: Mapping[str, str]) -> bool:
    """Do a command of which only texts changed since it was last done; whether that was possible.

    Args:
        folder, key: where its record is kept.
        texts: what changed, by path.
    """
    beside = own_folder(ENDING)
    octets = None if beside is None else beside.read(key)
    if beside is None or octets is None or any(len(text) > MAX_SOURCE_OCTETS // 4 for text in texts.values()):
        return False
    parts = Parts(octets)
    token, memories, *said = marshal.loads(parts.more("job"))
    if token != record.token:
        return False
    job = Job(*said)
    with without_collection():
        now = edited(parts, texts)
        found = None if now is None else _made(job, parts, now, memories)
        if now is None or found is None:
            return False
        made, memories = found
        try:
            changed = write_files(Path(job.output), {_inside(job.output, path): each for path, each in made.items()})
            written = record.written | {path: (stamp(path), crc32(content)) for path, content in made.items()}
            around = {path: folders_below(path) for path in record.around}
            if not _is_there(made, record):
                return False  # another run writes to the same place
            if any(seen(path) != was for path, was in record.seen.items()):
                return False
        except (OSError, Unkept):
            return False
        record.token = _keep(beside, key, now.writer, now.index, job, memories)
    record.texts, record.written, record.around, record.at = record.texts | dict(texts), written, around, time.time_ns()
    record.write(folder, key)
    return record.say(len(changed))


def _made(
    job: Job, parts: Parts, now: Edited, memories: Sequence[bytes]
) -> tuple[dict[str, bytes], list[bytes]] | None:
    """The files that may not be what they were, by path, and the memory of each target; None if there are others than
    there were."""
    before, after = names_of(parts.index), names_of(now.index)
    if before.tables != after.tables:
        return None
    definition, all_tables = cache(partial(whole_of, now)), cache(partial(whole_of, now, ("Enumeration",)))
    known = partial(Since, before=before, now=after, changed=now.changed, plan=all_tables)
    work = [
        partial(_made_anew, target, known(text=partial(_text, target[3]), memory=memory), now, definition)
        for target, memory in zip(job.targets, memories, strict=True)
    ]
    try:
        found = made_of_all(work, shareable([name for name, *_ in job.targets], len(after.tables)), job.jobs)
    except (BackendError, OSError, UnicodeDecodeError, _OtherFiles):
        return None
    made = {
        str(Path(folder, file.path)): file.content
        for (_, _, _, folder, _), each in zip(job.targets, found, strict=True)
        for file in each.files
    }
    return made, [each.memory for each in found]


class _OtherFiles(Exception):
    """A target has other files than it had."""


def _made_anew(target: Target, since: Since, now: Edited, definition: Callable[[], tuple[Model, Plan]]) -> Generated:
    """The files of a target that may not be what they were.

    Raises:
        _OtherFiles: there are others than there were.
    """
    name, package, values, folder, paths = target
    backend, options = find_backend(name), Options(package=package, values=values)
    again: Generated | None = None
    if isinstance(backend, Incremental) and since.memory:
        again = backend.generate_again(now.model, now.plan, options, since)
    if again is None:
        again = generated_first(backend, *definition(), options)
        if len(again.files) != len(paths):
            raise _OtherFiles
    if not {str(Path(folder, file.path)) for file in again.files} <= set(paths):
        raise _OtherFiles
    return again


def names_of(index: Index) -> Names:
    """What a definition declares."""
    declared = index.declarations.values()
    return Names(
        types=tuple(each.name for each in declared if each.kind in ("Record", "BitField")),
        enumerations=tuple(each.name for each in declared if each.kind == "Enumeration"),
        tables=tuple(index.plans),
    )


def _text(folder: str, path: str) -> str:
    return Path(folder, path).read_bytes().decode("utf-8")


def _inside(folder: str, path: str) -> str:
    return Path(path).relative_to(folder).as_posix()


def _is_there(made: Mapping[str, bytes], record: Record) -> bool:
    """Whether all files are those of this run, those that it left alone included."""
    rest = ((path, was) for path, (was, _) in record.written.items() if path not in made)
    return all(stamp(path) == was for path, was in rest) and all(
        Path(path).read_bytes() == content for path, content in made.items()
    )
