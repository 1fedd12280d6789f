"""Units of measure: what an entry of Table 12 says, in words.

The codes are those of the definition's enumerations, so that a fragment that names a code gives it a unit here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.codec.values import Record
from tdl.ir import model
from tdl.readings.codes import find_code

ID_CODES, TIME_BASES, MULTIPLIERS, SEGMENTS = (
    "UOM_ID_CODE_ENUM",
    "UOM_TIME_BASE_ENUM",
    "UOM_MULTIPLIER_ENUM",
    "UOM_SEGMENTATION_ENUM",
)
"""The enumerations; properties of their codes are Unit, BulkUnit and Exponent."""

_BULK, _NET_BULK, _EVENT_COUNT = 0, 5, 7
_REACTIVE_POWER = 1

_QUADRANTS = {
    (1,): "delivered lagging",
    (2,): "received leading",
    (3,): "received lagging",
    (4,): "delivered leading",
    (1, 3): "lagging",
    (2, 4): "leading",
}
"""Directions by the quadrants that take part. Quadrant 1 is delivered and inductive; they count anticlockwise."""

_ACTIVE = {**_QUADRANTS, (1, 4): "delivered", (2, 3): "received"}
_REACTIVE = {**_QUADRANTS, (1, 2): "delivered", (3, 4): "received"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a source measures.

    Attributes:
        unit: the base unit, empty if there is none or none is known.
        exponent: the power of ten that values are multiplied by; None if it is not known.
        time_base: over what time, in words: ``dial reading``, ``block average``; empty if the code is not known.
    """

    quantity: str
    unit: str
    exponent: int | None
    phase: str = ""
    direction: str = ""
    time_base: str = ""
    notes: tuple[str, ...] = ()


class Units:
    """The codes of a definition."""

    def __init__(self, definition: model.Definition) -> None:
        self._definition = definition

    def measure(self, entry: Record) -> Measure:
        """What an entry of Table 12 says."""
        notes: list[str] = []
        quantity, unit = self._quantity(entry, notes)
        exponent = self._exponent(entry, notes)
        notes += _oddities(entry)
        base = self._find(TIME_BASES, entry.get("TIME_BASE"))
        return Measure(
            quantity=quantity,
            unit=unit,
            exponent=exponent,
            phase=self._phase(entry, notes),
            direction=direction(entry, bool(self._properties(ID_CODES, entry.get("ID_CODE")).get("BulkUnit"))),
            time_base="" if base is None else base.label or base.name,
            notes=tuple(notes),
        )

    def _find(self, enumeration: str, code: object) -> model.Enumerator | None:
        return find_code(self._definition, enumeration, code)

    def _properties(self, enumeration: str, code: object) -> dict[str, str | int]:
        found = self._find(enumeration, code)
        return {} if found is None else dict(found.properties)

    def _quantity(self, entry: Record, notes: list[str]) -> tuple[str, str]:
        code, base = entry.get("ID_CODE"), entry.get("TIME_BASE")
        found = self._find(ID_CODES, code)
        properties = self._properties(ID_CODES, code)
        if found is None or not found.label:
            notes.append(f"ID_CODE {code} has no known meaning")
            return f"quantity {code}", ""
        if properties.get("Confidence") == "low":
            notes.append(f"what ID_CODE {code} means rests on general knowledge")
        unit, label = str(properties.get("Unit", "")), found.label
        if base in (_BULK, _NET_BULK):
            if "BulkUnit" in properties:
                return label.replace("power", "energy"), str(properties["BulkUnit"])
            if unit and properties.get("Confidence") != "low":
                notes.append(f"the unit of a dial reading of {label} is not certain")
        elif base == _EVENT_COUNT:
            return f"{label}, count of events", ""
        elif self._find(TIME_BASES, base) is None:
            notes.append(f"TIME_BASE {base} has no known meaning")
        return label, unit

    def _exponent(self, entry: Record, notes: list[str]) -> int | None:
        code = entry.get("MULTIPLIER")
        exponent = self._properties(MULTIPLIERS, code).get("Exponent")
        if not isinstance(exponent, int):
            notes.append(f"MULTIPLIER {code} has no known scale")
            return None
        return exponent

    def _phase(self, entry: Record, notes: list[str]) -> str:
        """``A-N`` for A_TO_N."""
        code = entry.get("SEGMENTATION")
        found = self._find(SEGMENTS, code)
        if found is None:
            notes.append(f"SEGMENTATION {code} has no known meaning")
            return ""
        return "" if code == 0 else found.name.replace("_TO_", "-")


def direction(entry: Record, power: bool) -> str:
    """The direction of flow that the quadrants of an entry make."""
    quadrants = tuple(number for number in (1, 2, 3, 4) if entry.get(f"Q{number}_ACCOUNTABILITY"))
    net = bool(entry.get("NET_FLOW_ACCOUNTABILITY"))
    if len(quadrants) in (0, 4):
        return "net" if net else "delivered plus received" if quadrants and power else ""
    known = _REACTIVE if entry.get("ID_CODE") == _REACTIVE_POWER else _ACTIVE
    text = known.get(quadrants, "+".join(f"Q{number}" for number in quadrants))
    return f"net {text}" if net else text


def _oddities(entry: Record) -> Iterator[str]:
    if entry.get("NFS"):
        yield "not as the standard defines it (NFS is set)"
    if entry.get("HARMONIC"):
        yield "a harmonic (HARMONIC is set)"
    if entry.get("ID_RESOURCE"):
        yield f"ID_RESOURCE {entry['ID_RESOURCE']}: its meaning is not known, ID_CODE may mean something else"
