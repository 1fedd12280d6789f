"""The tables that values and their meaning are taken from, whichever of them there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tdl.codec.values import Raw, Record
from tdl.project.describing import value_text
from tdl.project.reading import Reading


class Tables:
    """The tables of a reading; for what they mean, also those of another that holds the meter's configuration."""

    def __init__(self, reading: Reading, configuration: Reading | None = None) -> None:
        self.reading, self.configuration = reading, configuration

    def record(self, key: str) -> Record | None:
        """A table's values, or None: `missing` says why."""
        found = self.reading.values.get(key)
        if found is None and key not in self.reading.failures and self.configuration is not None:
            return self.configuration.values.get(key)
        return found

    def missing(self, key: str) -> str:
        """Why a table is not there."""
        number = key.removeprefix("ST")
        if key in self.reading.failures:
            return f"Table {number} cannot be decoded"
        return f"Table {number} is not in the image"

    def number(self, key: str, *path: str) -> int | None:
        """An integer of a table, or of what else its readers were told of the meter; None if it is not known."""
        value: object = self.record(key)
        if value is None:
            value = self.reading.environment.held(int(key.removeprefix("ST")), path)
        else:
            for step in path:
                value = value.get(step) if isinstance(value, Record) else None
        return int(value) if isinstance(value, int) else None


def listed(record: Record | None, name: str) -> list[object]:
    """The elements of an array; none if there is no such array."""
    value = None if record is None else record.get(name)
    return value if isinstance(value, list) else []


def records(values: list[object]) -> Iterator[tuple[int, Record]]:
    """The records of an array, with their positions."""
    return ((i, value) for i, value in enumerate(values) if isinstance(value, Record))


def integer(record: Record | None, name: str) -> int | None:
    value = None if record is None else record.get(name)
    return int(value) if isinstance(value, int) else None


def moment(value: object) -> tuple[datetime | None, tuple[str, ...]]:
    """A date and time, and a note if it is none although it is not just unset."""
    if isinstance(value, datetime):
        return value, ()
    if isinstance(value, Raw) and any(value):
        return None, (f"the time is no time: {value_text(value)}",)
    return None, ()
