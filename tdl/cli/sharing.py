"""Targets made side by side: this process and copies of it each make the next one that nobody has begun.

A copy has all that was compiled, and leaves what it has made in memory that both see. Whatever a copy does not leave,
because of an error, a signal or a lack of memory, is made here once more, one after the other. So errors are the same
and come from the same place, however many processes there are.

Only Linux has what this takes; elsewhere there is one process. There is one, too, where this process has threads: a
copy would not have them, only what they hold.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from tdl.backends.api import IN_TREE, Generated, GeneratedFile

Work: TypeAlias = Callable[[], Generated]


_LONGEST = ("c", "rust", "python")
"""The targets that take longest, in this order."""

_MANY_TABLES = 16
"""So many tables take longer than it takes to begin a process."""


def shareable(targets: Sequence[str], tables: int) -> list[int]:
    """The positions of the targets that another process may make, those that take longest first.

    None for a few tables, of which all is made before another process has begun; and none that others bring, since
    nobody knows what else they do.
    """
    own = {name: number for number, name in enumerate(targets) if name in IN_TREE}
    return [own.pop(name) for name in _LONGEST if name in own] + [*own.values()] if tables >= _MANY_TABLES else []


def made_of_all(work: Sequence[Work], shared: Sequence[int], processes: int | None = None) -> list[Generated]:
    """What each function makes.

    Args:
        shared: the positions of those that any process may call, in the order in which they are begun.
        processes: how many there may be; None for as many as run at once.

    Raises:
        Exception: what the first of them raises that fails.
    """
    made = _shared(work, shared, processes) if len(shared) > 1 and processes != 1 else {}
    return [made[number] if number in made else each() for number, each in enumerate(work)]


def _shared(work: Sequence[Work], shared: Sequence[int], processes: int | None) -> dict[int, Generated]:
    """What was made without an error, by position; nothing where this process can have no copies."""
    if sys.platform != "linux" or not _is_alone():
        return {}
    most = min(processes or len(os.sched_getaffinity(0)), len(shared))
    if most == 1:
        return {}
    waiting, numbers = os.pipe()
    copies: dict[int, int] = {}
    try:
        os.write(numbers, bytes(shared))
        os.close(numbers)
        with suppress(OSError):  # no more processes, or no memory for what they make
            for _ in range(most - 1):
                _copy(work, waiting, copies)
        made = _taken(work, waiting)
        while copies:
            made |= _left(copies)
        return made
    finally:
        os.close(waiting)
        _end(copies)


def _is_alone() -> bool:
    """Whether the process has one thread, those counted of which Python knows nothing."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _taken(work: Sequence[Work], waiting: int) -> dict[int, Generated]:
    """What this process makes until nothing waits. What fails is left out."""
    made: dict[int, Generated] = {}
    while number := os.read(waiting, 1):
        with suppress(Exception):
            made[number[0]] = work[number[0]]()
    return made


def _copy(work: Sequence[Work], waiting: int, copies: dict[int, int]) -> None:
    """Begin a copy of this process, and note the memory that it leaves what it makes in.

    Interrupts are not for copies: this process ends them.
    """
    import signal

    memory = os.memfd_create("tdl")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if process == 0:
            _work_and_leave(work, waiting, memory)
        copies[process] = memory
    except OSError:
        os.close(memory)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work_and_leave(work: Sequence[Work], waiting: int, memory: int) -> None:
    """All that a copy does; it never returns, nor does it end as a program does, which would print and clean up."""
    code = 1
    try:
        made = _taken(work, waiting)
        plain = {
            number: ([(file.path, file.content) for file in each.files], each.memory) for number, each in made.items()
        }
        with open(memory, "wb") as stream:
            stream.write(marshal.dumps(plain))
        code = 0
    finally:
        os._exit(code)


def _left(copies: dict[int, int]) -> dict[int, Generated]:
    """What one of the copies has left, when it has ended; nothing if it did not end well."""
    process, memory = next(iter(copies.items()))
    try:
        _, status = os.waitpid(process, 0)
    except ChildProcessError:  # whoever started this program wants no word of what becomes of its children
        status = 1
    del copies[process]
    with open(memory, "rb") as stream:
        stream.seek(0)
        octets = b"" if status else stream.read()
    plain = marshal.loads(octets) if octets else {}
    return {
        number: Generated(
            files=tuple(GeneratedFile(path=path, content=content) for path, content in files), memory=memory
        )
        for number, (files, memory) in plain.items()
    }


def _end(copies: dict[int, int]) -> None:
    """End those copies that nothing is expected of any more."""
    for process, memory in copies.items():
        os.close(memory)
        with suppress(OSError):
            os.kill(process, 9)
            os.waitpid(process, 0)
