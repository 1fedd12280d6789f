"""Classes of records and their attributes, numbered for code that stores into them."""

from __future__ import annotations

from collections.abc import Mapping

from tdl.backends.python.view import RecordView
from tdl.deferred import dataclass

OWN = (("Members", ("octets",)), ("RecordView", ("_at", "_octets")), ("RecordViews", ("_at", "_octets")))
"""Classes of the run-time; they come first, and the support code knows their numbers and those of their slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """A class as the extension looks it up, with the first of its slots."""

    name: str
    first: int
    slots: tuple[str, ...]


class Slots:
    """The classes that code stores into, each numbered when it is first asked for."""

    def __init__(self, records: tuple[RecordView, ...]) -> None:
        self.records: Mapping[str, RecordView] = {record.type_name: record for record in records}
        self.classes: list[ClassRow] = []
        self._numbers: dict[str, int] = {}
        for name, slots in OWN:
            self._add(name, slots)

    def of(self, type_name: str) -> int:
        """The number of the class of a type of record."""
        if type_name not in self._numbers:
            record = self.records[type_name]
            self._numbers[type_name] = len(self.classes)
            self._add(record.name, record.stored)
        return self._numbers[type_name]

    def slot(self, type_name: str, element: str) -> int:
        """The number of the slot of an element."""
        return self._slot(type_name, self.records[type_name].slots[element])

    def holds_octets(self, type_name: str, element: str) -> bool:
        """Whether the slot of an element holds the octets of a set."""
        record = self.records[type_name]
        return element in record.slots and record.slots[element] != record.attributes[element]

    def spare(self, type_name: str) -> int | None:
        """The number of the slot of the bits that no field covers; None where there are none."""
        return self._slot(type_name, "spare") if self.records[type_name].has_spare else None

    def elements(self, type_name: str) -> tuple[str, ...]:
        """The elements that records of a type can have."""
        return tuple(self.records[type_name].attributes)

    def _slot(self, type_name: str, attribute: str) -> int:
        row = self.classes[self.of(type_name)]
        return row.first + row.slots.index(attribute)

    def _add(self, name: str, slots: tuple[str, ...]) -> None:
        first = sum(len(row.slots) for row in self.classes[-1:]) + (self.classes[-1].first if self.classes else 0)
        self.classes.append(ClassRow(name=name, first=first, slots=slots))
