"""Files of keys that a command line names."""

from __future__ import annotations

from pathlib import Path

from tdl.cli.console import Failed, say
from tdl.report.rules import invocation
from tdl.systems.captures.keys import BadKeys, Keys, read_keys
from tdl.systems.wire.shells.c1222.addresses import asked


def keys_of(file: str | None) -> Keys:
    """The keys of a file.

    Raises:
        Failed: it cannot be used.
    """
    if file is None:
        return Keys()
    try:
        keys = read_keys(Path(file))
    except BadKeys as error:
        raise _failed(file, error.problem) from None
    if keys.open:
        say(f"note: {file}: others than its owner can read these keys")
    return keys


def key_for(url: str, file: str, number: int) -> bytes:
    """The key with which a meter is asked: one of its own if the URL says its title, else one of everybody's.

    Raises:
        Failed: the file cannot be used, or has no such key.
    """
    title = asked(url)
    key = keys_of(file).find(number, title)
    if key is None:
        raise _failed(file, f"no key {number} in it" if title is None else f"no key {number} for {title} in it")
    return key


def _failed(file: str, problem: str) -> Failed:
    return Failed(invocation.UNREADABLE.at(None, place=file, name=file, problem=problem))
