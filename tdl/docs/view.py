"""What the pages show, with every word decided: templates lay it out and work nothing out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tdl.docs.dependencies import Graph
from tdl.project.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of text, and where it leads if it is a link."""

    text: str
    href: str = ""


Text: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of an enumeration, or a range of them."""

    values: str
    name: str
    label: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumerationView:
    name: str
    label: str
    facts: tuple[tuple[str, str], ...]
    codes: tuple[Code, ...]
    evidence: Evidence
    used_by: Text
    history: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementView:
    """One row of a table.

    Attributes:
        anchor: unique on its page.
        depth: how many records it is inside.
        index: its index path of partial access, with ``i``, ``j`` ... for positions in arrays.
        offset: where it begins: a number, or an expression over values of the meter.
        octets: how many it has, or at least and at most.
        when: what is asked for before it is there, where the row above asks for something else; None if the same.
        absent: the meter that the pages are for does not have it.
        notes: what else its properties say.
        used_by: the tables whose layout depends on it.
        history: what happened to it, where that is more than its declaration by the base document.
    """

    anchor: str
    name: str
    depth: int
    index: str
    offset: str
    octets: str
    type: Text
    when: tuple[Text, ...] | None
    absent: bool
    label: str
    description: str
    unit: str
    notes: tuple[tuple[str, str], ...]
    enumeration: EnumerationView | None
    href: str
    used_by: Text
    evidence: Evidence
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """What moves as a whole: the content of a table, or a record of a procedure.

    Attributes:
        size: the octets it can have.
        left_out: how many elements are too many for a page.
    """

    key: str
    type: Text
    size: str
    elements: tuple[ElementView, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    key: str
    name: str
    label: str
    description: str
    facts: tuple[tuple[str, str], ...]
    evidence: Evidence
    needs: Text
    used_by: Text
    content: RecordView
    history: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureView:
    key: str
    name: str
    label: str
    description: str
    facts: tuple[tuple[str, str], ...]
    evidence: Evidence
    parameter: RecordView | None
    response: RecordView | None
    history: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeView:
    """A record, bit field or alias, as it is declared."""

    name: str
    facts: tuple[tuple[str, str], ...]
    text: Text
    evidence: Evidence
    used_by: Text
    history: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One fact that is not settled: what it is about, how well it is attested, by whom."""

    what: str
    problem: str
    source: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """The doubts of one declaration, and the verbs of a fragment that settle them."""

    name: str
    href: str
    also: Text
    doubts: tuple[Doubt, ...]
    stub: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGroup:
    """Open points by the first table that they matter to."""

    title: str
    href: str
    points: tuple[OpenPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decade:
    """The tables of one page."""

    page: str
    title: str
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry of the search: what is shown and looked for, and where it leads."""

    name: str
    about: str
    where: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All pages of a definition.

    Attributes:
        about: what the document says of itself, in paragraphs.
        bound: what is known of the meter that the pages are for; empty if they are for any.
        header: the first line of a fragment of this definition.
        graph: which table decides over the layout of which.
    """

    name: str
    edition: str
    version: str
    hash: str
    about: tuple[str, ...]
    bound: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    decades: tuple[Decade, ...]
    procedures: tuple[ProcedureView, ...]
    types: tuple[TypeView, ...]
    enumerations: tuple[EnumerationView, ...]
    events: str
    open: tuple[OpenGroup, ...]
    header: str
    found: tuple[Found, ...]
    graph: Graph

    @property
    def doubts(self) -> int:
        """How many facts are open."""
        return sum(len(point.doubts) for group in self.open for point in group.points)

    @property
    def tables(self) -> int:
        return sum(len(decade.tables) for decade in self.decades)
