"""One finding and the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from tdl.deferred import dataclass, field
from tdl.sources import Span

if TYPE_CHECKING:
    from tdl.report.rule import Rule


class Severity(Enum):
    """How bad a finding is. Errors and warnings are findings; a note never changes an exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what it has to do with the finding."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that mends the finding; ``safe`` if it cannot change what the document means otherwise."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A finding: made by `Rule.at`, never by hand.

    ``place`` names where it is when no text holds it, for example an octet of an image.
    """

    rule: Rule
    severity: Severity
    message: str
    primary: Label | None = None
    place: str = ""
    secondary: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def order(self) -> tuple[str, int, str, str]:
        """File, offset, code, message: the order in which findings are shown."""
        if self.primary is None:
            return self.place, -1, self.code, self.message
        return self.primary.span.source.name, self.primary.span.start, self.code, self.message


class Report:
    """The findings of a run; the same finding at the same place is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        self._found.setdefault((*diagnostic.order, diagnostic.severity), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found.values(), key=lambda d: d.order))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def failed(self) -> bool:
        """Whether an error was found."""
        return any(d.severity is Severity.ERROR for d in self._found.values())
