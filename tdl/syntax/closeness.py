"""Names like one that is not there."""

from __future__ import annotations

from collections.abc import Sequence


def closest(name: str, known: Sequence[str], cutoff: float = 0.75) -> tuple[str, ...]:
    """The known name that is most like another; two if none of them is more so, and nothing if none is like it."""
    from difflib import get_close_matches  # only what is wrong needs it

    found = get_close_matches(name, known, 2, cutoff)
    alike = len(found) == 2 and _likeness(name, found[0]) == _likeness(name, found[1])
    return tuple(found if alike else found[:1])


def _likeness(name: str, other: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, other, name).ratio()
