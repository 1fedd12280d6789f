"""What a definition calls values: the names of codes, and the units of elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdl.deferred import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from tdl.ir import model
    from tdl.sources import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a definition, without what else its Model holds.

    Attributes:
        codes: by enumeration: the smallest and largest value of each code, and its name.
        units: by an element's name and where it is declared: its unit, and what its values are multiplied by.
    """

    codes: Mapping[str, tuple[tuple[int, int, str], ...]]
    units: Mapping[tuple[str, Span | None], tuple[str, Decimal | None]]

    def code(self, enumeration: str, value: int) -> str | None:
        """The name of a code; None if it has none."""
        return next((name for low, high, name in self.codes.get(enumeration, ()) if low <= value <= high), None)


def words_of(definition: model.Definition) -> Words:
    """The words of a Model."""
    codes = {each.name: tuple((e.low, e.high, e.name) for e in each.enumerators) for each in definition.enumerations}
    return Words(codes=codes, units=dict(_units(definition)))


def _units(definition: model.Definition) -> Iterator[tuple[tuple[str, Span | None], tuple[str, Decimal | None]]]:
    from tdl.ir import model

    holders: list[model.Record | model.BitField] = [*definition.records, *definition.bit_fields]
    for holder in holders:
        waiting: list[model.Member] = list(holder.members)
        while waiting:
            member = waiting.pop()
            match member:
                case model.Element() | model.SubElement():
                    properties = dict(member.properties)
                    if "Unit" in properties:
                        yield (member.name, member.span), (str(properties["Unit"]), _scale(properties.get("Scale")))
                case model.If():
                    waiting += member.then + member.otherwise
                case model.Switch():
                    waiting += [m for arm in member.arms for m in arm.members] + list(member.default or ())


def _scale(scale: int | str | None) -> Decimal | None:
    """A scale as a number; None if values are not multiplied by one."""
    from decimal import Decimal, InvalidOperation  # which is not needed to make files

    try:
        number = Decimal(1 if scale is None else scale)
    except InvalidOperation:
        return None
    return None if number == 1 or not number.is_finite() else number
