"""What a change makes of a table: which octets are written, so that nothing else becomes different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tdl.codec.errors import EncodeError, path_text
from tdl.codec.json_values import MAX_DEPTH
from tdl.codec.values import Record
from tdl.ir.layout import Path
from tdl.systems.gateway.forms import values_of
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.names import is_name, with_element
from tdl.systems.gateway.problems import Problem, of_image
from tdl.systems.gateway.snapshots import Snapshot

MOST = 200
"""Elements that one request may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An element, and what JSON or CBOR says that it should be."""

    path: Path
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A table as it should be.

    Attributes:
        octets: of the whole table.
        start, end: where those lie that are meant to change.
    """

    octets: bytes
    start: int
    end: int

    @property
    def own(self) -> bytes:
        return self.octets[self.start : self.end]

    @property
    def whole(self) -> bool:
        return (self.start, self.end) == (0, len(self.octets))


def merged(patch: object, path: Path = ()) -> Iterator[Change]:
    """What a merge patch (RFC 7396) sets: objects reach into records, and all else takes an element's place.

    Raises:
        Problem: it would take something out, or cannot be about elements.
    """
    # What holds octets looks like an object, and is one value.
    if isinstance(patch, dict) and "$raw" not in patch:
        for name, below in patch.items():
            if not is_name(name) or len(path) >= MAX_DEPTH:
                raise Problem(422, "a patch names elements that no table has")
            yield from merged(below, (*path, name))
    elif patch is None:
        raise Problem(422, f"`null` would take {path_text(path)} out, and a table keeps all of its elements")
    else:
        yield Change(path=path, value=patch)


def replaced(meter: Meter, before: Snapshot, content: object) -> Changed:
    """A table with other octets, or with those of the values that a caller sent.

    Raises:
        Problem: they do not fit.
    """
    octets = content if isinstance(content, bytes) else _encoded(meter, before, values_of(content))
    if len(octets) != len(before.octets):
        raise Problem(422, f"{len(octets)} octets, {len(before.octets)} expected")
    return Changed(octets=octets, start=0, end=len(octets))


def changed(meter: Meter, before: Snapshot, changes: Sequence[Change]) -> Changed:
    """A table with other elements, and with all others as they were.

    Raises:
        Problem: one is not there, does not fit, or decides over others.
    """
    values: object = before.values()
    same = bytearray(before.octets)
    found = before.places([change.path for change in changes])
    places = [(place.offset, place.offset + place.octets) for place in found]
    for change in changes:
        values = with_element(values, change.path, values_of(change.value))
    octets = _encoded(meter, before, values)
    for start, end in places:
        same[start:end] = octets[start:end]  # of another length if the table then is
    if len(octets) != len(before.octets) or octets != same:
        names = ", ".join(path_text(change.path) for change in changes[:3])
        raise Problem(422, f"{names} decides over other elements of {before.table.key}: write the table")
    return Changed(octets=octets, start=min(start for start, _ in places), end=max(end for _, end in places))


def _encoded(meter: Meter, before: Snapshot, values: object) -> bytes:
    before.values()
    if not isinstance(values, Record):
        raise Problem(422, "`values` is no object of elements")
    try:
        return meter.definition.encode(before.table.key, values, before.reading.environment)
    except EncodeError as error:
        raise of_image(error) from None
