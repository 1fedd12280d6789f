"""Checks run again whenever a file that they depend on changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tdl.review.stamps import Stamp, stamp

INTERVAL = 0.5
"""Seconds between two looks at the files."""


def watch(check: Callable[[], Mapping[str, Stamp]], pause: Callable[[float], None]) -> None:
    """Run a check again and again: when one of the paths that it looked at is no longer as it found it.

    Ends with what ``check`` or ``pause`` raises, most often KeyboardInterrupt.

    Args:
        check: tells what it looked at, with the stamps from before it looked, so that no change is missed.
        pause: waits some seconds.
    """
    while True:
        seen = check()
        while all(stamp(path) == before for path, before in seen.items()):
            pause(INTERVAL)
