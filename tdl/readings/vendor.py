"""Values of tables that only the definition knows: elements with a property ``Quantity``.

    TEMPERATURE : INT16 WITH Quantity = "temperature", Unit = "degC", Scale = "0.1";

``Unit`` is the unit of the value, ``Scale`` the number that the raw one is multiplied by, a number or its text;
``Phase`` and ``Direction`` are taken as they stand, also from the records around an element.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tdl.codec.decoder import Moved
from tdl.codec.errors import path_text
from tdl.codec.numerals import parse_decimal
from tdl.ir import model, plan
from tdl.ir.traverse import walk
from tdl.project.reading import Reading
from tdl.readings.arithmetic import Calculation, Number, number_of
from tdl.readings.row import Row
from tdl.sources import Span

QUANTITY, UNIT, SCALE, PHASE, DIRECTION = "Quantity", "Unit", "Scale", "Phase", "Direction"

_Key = tuple[str, Span | None]
_Properties = dict[str, str | int]


class Quantities:
    """The elements of a definition that are quantities."""

    def __init__(self, definition: model.Definition) -> None:
        self._declared = dict(_declared(definition))
        self._any = any(QUANTITY in properties for properties in self._declared.values())

    def rows(self, reading: Reading, key: str) -> Iterator[Row]:
        """The rows of one table."""
        table = reading.definition.table(key)
        if not self._any or not any(QUANTITY in self._of(op) for op in walk(table.root)):
            return
        around = {op.path: self._of(op) for op in walk(table.root)}
        leaves: list[Moved] = []
        reading.definition.decode(key, reading.octets[key], reading.environment, leaves.append)
        for leaf in leaves:
            properties = self._of(leaf.op) or self._array_of(leaf, around)
            if QUANTITY in properties:
                yield _row(key, leaf, {**_inherited(leaf, around), **properties})

    def _of(self, op: plan.AnyOp) -> _Properties:
        return self._declared.get((op.name, op.span), {})

    def _array_of(self, leaf: Moved, around: Mapping[tuple[str, ...], _Properties]) -> _Properties:
        """What is said of the array that a number stands in: the elements have no names of their own."""
        if not leaf.path or isinstance(leaf.path[-1], str):
            return {}
        pattern = _pattern(leaf)
        while pattern and pattern[-1] == "[]":
            pattern = pattern[:-1]
        return around.get(pattern, {})


def _pattern(leaf: Moved) -> tuple[str, ...]:
    return tuple("[]" if isinstance(step, int) else step for step in leaf.path)


def _inherited(leaf: Moved, around: Mapping[tuple[str, ...], _Properties]) -> _Properties:
    """Phase and direction as said of the records that a value stands in, the innermost counting."""
    pattern = _pattern(leaf)
    found: _Properties = {}
    for length in range(1, len(pattern)):
        said = around.get(pattern[:length], {})
        found |= {name: said[name] for name in (PHASE, DIRECTION) if name in said}
    return found


def _row(key: str, leaf: Moved, properties: _Properties) -> Row:
    value, notes = _scaled(leaf.value, properties.get(SCALE))
    return Row(
        quantity=str(properties[QUANTITY]),
        value=value,
        unit=str(properties.get(UNIT, "")),
        kind="value",
        table=key,
        element=path_text(leaf.path),
        raw=leaf.value,
        phase=str(properties.get(PHASE, "")),
        direction=str(properties.get(DIRECTION, "")),
        notes=notes,
    )


def _scaled(raw: object, scale: str | int | None) -> tuple[Number | None, tuple[str, ...]]:
    number = number_of(raw)
    if number is None:
        return None, ("the raw value is no number",)
    calculation = Calculation(number)
    if scale is not None:
        factor = scale if isinstance(scale, int) else parse_decimal(scale.strip())
        if factor is None or number_of(factor) is None:
            return None, (f"the property `{SCALE}` is no number: {scale}",)
        calculation.times(factor)
    return calculation.result, ()


def _declared(definition: model.Definition) -> Iterator[tuple[_Key, _Properties]]:
    """The properties of elements that say what a value is, by name and where they are declared."""
    holders: list[model.Record | model.BitField] = [*definition.records, *definition.bit_fields]
    for holder in holders:
        waiting: list[model.Member] = list(holder.members)
        while waiting:
            member = waiting.pop()
            match member:
                case model.Element() | model.SubElement():
                    properties = dict(member.properties)
                    if properties.keys() & {QUANTITY, PHASE, DIRECTION}:
                        yield (member.name, member.span), properties
                case model.If():
                    waiting += member.then + member.otherwise
                case model.Switch():
                    waiting += [m for arm in member.arms for m in arm.members] + list(member.default or ())
