"""A decoded image as the view that its page is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tdl.codec.environment import Environment
from tdl.codec.errors import contrast, path_text
from tdl.explore.trace import Trace
from tdl.explore.tracing import Tracer
from tdl.explore.view import Code, ImageView, Link, TableView
from tdl.ir import model, plan
from tdl.ir.model import TableId
from tdl.project.definition import UnknownTable
from tdl.project.describing import Describer
from tdl.project.reading import Failure, Reading

MAX_NODES = 1_000_000
"""How many elements and branches all tables of a page have together; see `tdl.explore.tracing.LETTERS`."""

MAX_TABLE_NODES = 400_000
"""How many of them one table has."""

MAX_OCTETS = 1 << 20
"""How many octets of one table a page holds."""

MAX_ALL_OCTETS = 1 << 22
"""How many octets of all tables together."""

_APART = ("Enum",)


def look(reading: Reading, only: Sequence[str] | None = None) -> ImageView:
    """The view of an image that was read: its tables, those that could not be decoded as far as they were.

    Args:
        only: the image's names of the tables that are wanted, if not all.
    """
    return _Looking(reading, list(reading.image.tables) if only is None else only).view()


class _Looking:
    def __init__(self, reading: Reading, wanted: Sequence[str]) -> None:
        self.reading, self.definition = reading, reading.definition
        self.describer = Describer(self.definition)
        self.about = dict(_about(self.definition.model))
        self.labels = {str(table.id): dict(table.properties).get("Label", "") for table in self.definition.model.tables}
        self.nodes, self.octets = MAX_NODES, MAX_ALL_OCTETS
        self.names = dict(self._names(wanted))
        self.uses = {key: _needs(table) for key, (_, table) in self.names.items() if table is not None}

    def view(self) -> ImageView:
        tables = tuple(self.table(key) for key in sorted(self.names, key=self._order))
        used = {kind.enumeration for table in tables if table.trace for kind in table.trace.kinds}
        return ImageView(
            image=PurePath(self.reading.image.name).name or self.reading.image.name,
            definition=self.definition.name,
            edition=self.definition.model.edition or "",
            hash=self.definition.hash,
            tables=tables,
            codes=tuple((e.name, tuple(_codes(e))) for e in self.definition.model.enumerations if e.name in used),
        )

    def _names(self, wanted: Sequence[str]) -> Iterator[tuple[str, tuple[str, plan.TablePlan | None]]]:
        """By key, what the image calls tables and how they move."""
        for name in wanted:
            try:
                table = self.definition.table(name)
            except UnknownTable:
                yield name, (name, None)
            else:
                yield table.key, (name, table)

    def _order(self, key: str) -> tuple[bool, int, str]:
        table = self.names[key][1]
        return table is None, 0 if table is None else table.id, key

    def table(self, key: str) -> TableView:
        name, table = self.names[key]
        failure = self.reading.failures.get(key)
        content = self.reading.image.tables[name]
        octets = content if isinstance(content, bytes) else self.reading.octets.get(key)
        kept = (octets or b"")[: max(0, min(MAX_OCTETS, self.octets))]
        self.octets -= len(kept)
        return TableView(
            key=key,
            name="" if table is None else table.name,
            label=str(self.labels.get(key.removesuffix("P"), "")),
            verdict="unknown" if table is None else "decoded" if failure is None else "fails",
            problem=_problem(failure) if table is not None else f"{self.definition.name} has no table {key}",
            octets=kept,
            size=len(octets or b""),
            trace=None if table is None or octets is None else self.trace(table, octets, self.reading.environment),
            needs=tuple(Link(key=other, there=other in self.names) for other in self.uses.get(key, ())),
            used_by=tuple(Link(key=other, there=True) for other in self.names if key in self.uses.get(other, ())),
        )

    def trace(self, table: plan.TablePlan, octets: bytes, environment: Environment) -> Trace:
        budget = min(MAX_TABLE_NODES, self.nodes)
        tracer = Tracer(table, octets, environment, self.describer, self.about, budget)
        traced = tracer.traced()
        self.nodes -= tracer.spent
        return traced


def _problem(failure: Failure | None) -> str:
    if failure is None:
        return ""
    where = path_text(failure.path)
    return f"{where + ' ' if where else ''}at octet {failure.offset}: {contrast(failure.found, failure.expected)}"


def _needs(table: plan.TablePlan) -> tuple[str, ...]:
    own = table.key.removesuffix("P")
    keys = dict.fromkeys(str(TableId(need.reference.table)) for need in table.needs)
    return tuple(key for key in keys if key != own)


def _codes(enumeration: model.Enumeration) -> Iterator[Code]:
    for each in enumeration.enumerators:
        yield Code(low=each.low, high=each.high, name=each.name, label=each.label)


def _about(of: model.Definition) -> Iterator[tuple[tuple[str, object], tuple[tuple[str, str], ...]]]:
    """What is said of elements, by name and where they are declared."""
    holders: list[model.Record | model.BitField] = [*of.records, *of.bit_fields]
    waiting: list[model.Member] = [member for holder in holders for member in holder.members]
    while waiting:
        match waiting.pop():
            case model.Element() | model.SubElement() as member:
                said = tuple((name, str(value)) for name, value in member.properties if name not in _APART)
                if said:
                    yield (member.name, member.span), said
            case model.If(then=then, otherwise=otherwise):
                waiting += then + otherwise
            case model.Switch(arms=arms, default=default):
                waiting += [m for arm in arms for m in arm.members] + list(default or ())
