"""Items of structs that are stored where they belong as they are unpacked, without a variable of their own."""

from __future__ import annotations

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """What takes the items of each struct, the records that some of these are stored in, and the lines still to say."""

    targets: list[str]
    holders: list[str]
    lines: list[str]


class Aims:
    """The places of values that nothing else is done with than to store them."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, str]] = {}

    def set(self, variable: str, holder: str, place: str) -> None:
        """A value's variable, and the place that it has in a record which is there before it."""
        self._places[variable] = holder, place

    def take(self, passes: list[tuple[str, ...]], lines: list[str]) -> Aimed:
        """The end of a run: the variables of each struct's items, and the lines that follow."""
        items = {variable for variables in passes for variable in variables}
        aims = {variable: place for variable, (_, place) in self._places.items() if variable in items}
        stored = {f"{place} = {variable}" for variable, place in aims.items()}
        holders = dict.fromkeys(self._places[variable][0] for variable in aims)
        return Aimed(
            targets=[f"({', '.join(aims.get(each, each) for each in variables)},)" for variables in passes],
            holders=list(holders),
            lines=[line for line in lines if line.strip() not in stored],
        )
