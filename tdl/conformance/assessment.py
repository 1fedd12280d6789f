"""An assessment: what was looked at, and the verdict of each rule with the places it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tdl.report import Diagnostic, Rule


class Verdict(Enum):
    """Of one rule; the gravest first."""

    NOT_MET = "not met"
    REMARK = "remark"
    ACCEPTED = "accepted"
    MET = "met"
    NOT_APPLICABLE = "not applicable"
    NOT_LOOKED_AT = "not looked at"


OPEN = (Verdict.NOT_MET, Verdict.REMARK, Verdict.NOT_LOOKED_AT)
"""What keeps a definition from being signed as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A finding; ``reason`` is why a comment in the document accepts it, or nothing."""

    finding: Diagnostic
    where: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A rule and what came of it; ``condition`` says what it waits for where it does not apply."""

    rule: Rule
    verdict: Verdict
    places: tuple[Place, ...] = ()
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """A table or a procedure's record as the definition has it; ``octets`` are the least and the most."""

    key: str
    name: str
    role: str
    octets: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a report shows.

    Attributes:
        hash: of the definition, empty if it does not compile.
        texts: the documents it was made from, each with the SHA-256 of its octets.
        image: the meter whose tables were looked at, or nothing.
    """

    definition: str
    edition: str
    version: str
    hash: str
    texts: tuple[tuple[str, str], ...]
    image: str
    sections: tuple[Section, ...]
    extents: tuple[Extent, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def verdict(self) -> Verdict:
        """That of the gravest line."""
        return gravest(line.verdict for line in self.lines)

    @property
    def open(self) -> bool:
        """Whether something is left to be mended or accepted."""
        return any(line.verdict in OPEN for line in self.lines)

    @property
    def open_findings(self) -> tuple[Diagnostic, ...]:
        """The findings that nobody has accepted, in the order of the report."""
        return tuple(place.finding for line in self.lines for place in line.places if not place.reason)

    def count(self, verdict: Verdict) -> int:
        return sum(line.verdict is verdict for line in self.lines)


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of some verdicts; met if there is none."""
    found = set(verdicts)
    if Verdict.NOT_LOOKED_AT in found and Verdict.NOT_MET not in found:
        return Verdict.NOT_LOOKED_AT
    return next((verdict for verdict in Verdict if verdict in found), Verdict.MET)
