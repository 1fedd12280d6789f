"""The rows of a table: what is declared, where it lies, what it means, how well that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdl.docs.crossing import Crossing
from tdl.docs.links import Links
from tdl.docs.offsets import letter, offsets
from tdl.docs.provenance import history
from tdl.docs.view import ElementView, EnumerationView, RecordView, Text
from tdl.ir import plan
from tdl.ir.layout import Row, rows
from tdl.project.evidence import evidence, text
from tdl.syntax import ast
from tdl.syntax.printer import print_specification
from tdl.syntax.shapes import Step, members

MAX_ELEMENTS = 2_000
"""How many elements of one table are listed."""

SHOWN_APART = ("Label", "Description", "Unit", "Enum", "Confidence", "Source")
"""Properties with a place of their own on the pages; all others are notes."""

_MANY = plan.MAX_OCTETS


class Elements:
    """Makes the rows of one table after another.

    Args:
        budget: how many rows all tables together may have.
    """

    def __init__(self, links: Links, crossing: Crossing, enumerations: dict[str, EnumerationView], budget: int) -> None:
        self.links, self.crossing, self.enumerations, self.budget = links, crossing, enumerations, budget
        self._members: dict[str, tuple[ast.Member, ...]] = {}

    def record(self, table: plan.TablePlan, bound: plan.TablePlan | None, root: ast.Declaration) -> RecordView:
        """The rows of a table's Plan.

        Args:
            bound: the same for the meter that the pages are for, if they are for one.
            root: the table's or procedure's declaration.
        """
        specification = root_of(table, root)
        listed = list(rows(table))
        named = [row for row in listed if row.path and isinstance(row.path[-1], str)]
        shown = named[: max(0, min(MAX_ELEMENTS, self.budget))]
        self.budget -= len(shown)
        settled, there = (table, listed) if bound is None else (bound, list(rows(bound)))
        return RecordView(
            key=table.key,
            type=self.links.text(print_specification(specification)),
            size=size_text(settled.size),
            elements=tuple(self._elements(root, specification, shown, settled, there)) if shown else (),
            left_out=len(named) - len(shown),
        )

    def _elements(
        self,
        root: ast.Declaration,
        specification: ast.Specification,
        shown: Sequence[Row],
        settled: plan.TablePlan,
        there: Sequence[Row],
    ) -> Iterator[ElementView]:
        key, places, sizes = settled.key, offsets(settled), {row.indices: row for row in there}
        taken: set[str] = set()
        branch: tuple[str, ...] = ()
        for row in shown:
            names = tuple(step for step in row.path if isinstance(step, str))
            steps = self._steps(specification, row)
            member = steps[-1].member
            said = {p.name: text(p.value) for p in member.properties}
            now = tuple(map(str, row.branch))
            yield ElementView(
                anchor=_fresh(".".join((key, *names)), taken),
                name=member.name,
                depth=len(names) - 1,
                index=index_text(row),
                offset=places.get(row.indices, ""),
                octets=_octets(sizes[row.indices]) if row.indices in sizes else "",
                type=self.links.member_text(
                    print_specification(member.specification), steps[-1].owner, ".".join((key, *names[:-1]))
                ),
                when=None if now == branch else tuple(self.links.text(condition) for condition in now),
                absent=row.indices not in sizes,
                label=said.get("Label", ""),
                description=said.get("Description", ""),
                unit=said.get("Unit", ""),
                notes=tuple((name, value) for name, value in said.items() if name not in SHOWN_APART),
                enumeration=self.enumerations.get(said.get("Enum", "")),
                href=self.links.type(said.get("Enum", "")),
                used_by=self.crossing.decided_by(key, names),
                evidence=evidence(self.links.shapes, root, steps),
                history=history(member),
            )
            branch = now

    def _steps(self, specification: ast.Specification, row: Row) -> tuple[Step, ...]:
        """The members that lead to a row; the index path names them even where two branches hold one name."""
        steps = []
        for step, index in zip(row.path, row.indices, strict=True):
            if isinstance(step, str):
                holder = self.links.shapes.holder(specification)
                assert holder is not None, row.path
                member = self._of(holder)[index]
                steps.append(Step(owner=holder.name, member=member))
                specification = member.specification
        return tuple(steps)

    def _of(self, holder: ast.Record | ast.BitField) -> tuple[ast.Member, ...]:
        if holder.name not in self._members:
            self._members[holder.name] = tuple(members(holder))
        return self._members[holder.name]


def root_of(table: plan.TablePlan, root: ast.Declaration) -> ast.Specification:
    """What a table, or a record of a procedure, is declared to be."""
    if isinstance(root, ast.Table):
        return root.specification
    assert isinstance(root, ast.Procedure)
    record = root.parameter if table.key.endswith(".parameter") else root.response
    assert record is not None, table.key
    return record


def _fresh(anchor: str, taken: set[str]) -> str:
    """An anchor that is not on the page yet: two branches may hold one name."""
    found, number = anchor, 2
    while found in taken:
        found, number = f"{anchor}~{number}", number + 1
    taken.add(found)
    return found


def index_text(row: Row) -> str:
    """``5.i.0``: positions in arrays are letters."""
    parts, arrays = [], 0
    for step, index in zip(row.path, row.indices, strict=True):
        if isinstance(step, int):
            parts.append(letter(arrays))
            arrays += 1
        else:
            parts.append(str(index))
    return ".".join(parts)


def _octets(row: Row) -> str:
    """How many octets an element has, and of a row of constant size each; a field's are its container's."""
    if row.bits is not None:
        return ""
    each = f", {row.stride} each" if row.stride is not None and row.count not in (0, 1) else ""
    return size_text(row.size) + each


def size_text(size: tuple[int, int]) -> str:
    """``10``, ``0..12``, ``at least 4``."""
    low, high = size
    if low == high:
        return str(low)
    return f"{low} or more" if high >= _MANY else f"{low}..{high}"


def plain(pieces: Text) -> str:
    """A text without its links."""
    return "".join(piece.text for piece in pieces)
