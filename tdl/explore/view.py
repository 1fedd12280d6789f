"""What the page of an image shows: its tables with their verdicts, and each as it was decoded."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.explore.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A table that has to do with another, and whether the page has it."""

    key: str
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """One table of the image.

    Attributes:
        name: the definition's, or "" if it does not have the table.
        verdict: ``decoded``, ``fails`` or ``unknown``.
        problem: why it is not decoded.
        octets: what the page holds of it; ``size`` is how many there are.
        trace: None where there are no octets to be decoded.
        needs, used_by: the tables that its layout depends on, and the other way round.
    """

    key: str
    name: str
    label: str
    verdict: str
    problem: str
    octets: bytes
    size: int
    trace: Trace | None
    needs: tuple[Link, ...] = ()
    used_by: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    low: int
    high: int
    name: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    """A whole image under a definition.

    Attributes:
        codes: the enumerations that its elements use.
    """

    image: str
    definition: str
    edition: str
    hash: str
    tables: tuple[TableView, ...]
    codes: tuple[tuple[str, tuple[Code, ...]], ...]

    def count(self, verdict: str) -> int:
        return sum(table.verdict == verdict for table in self.tables)
