"""A rule: the one place that knows a diagnostic's code, words and page."""

from __future__ import annotations

from collections.abc import Iterable

from tdl.deferred import dataclass
from tdl.report.diagnostic import Diagnostic, Fix, Label, Severity
from tdl.sources import Span


@dataclass(frozen=True, slots=True)
class Example:
    """Files and the command that is run beside them; `tests/unit/report` runs every one.

    A file's content is text, or octets for an image's tables.
    """

    files: dict[str, str | bytes]
    command: str = "tdl check definition.tdl"


def document(text: str) -> Example:
    """An example of one document under `tdl check`."""
    return Example({"definition.tdl": text.lstrip("\n")})


def fragment(base: str, change: str) -> Example:
    """An example of a base and one fragment under `tdl merge`."""
    return Example({"base.tdl": base.lstrip("\n"), "change.tdl": change.lstrip("\n")}, "tdl merge base.tdl change.tdl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A kind of finding.

    Attributes:
        code: ``TDL`` and three digits; never used again for anything else.
        slug: the same in words.
        message: a template: lower case, no full stop, things in back-ticks, found before expected.
        why: what it means and why it matters, for the page.
        wrong, right: examples; the wrong one yields this code, the right one does not.
    """

    code: str
    slug: str
    message: str
    why: str
    wrong: Example
    right: Example
    severity: Severity = Severity.ERROR

    def at(
        self,
        span: Span | None,
        label: str = "",
        /,
        *,
        place: str = "",
        secondary: Iterable[tuple[Span, str]] = (),
        notes: Iterable[str] = (),
        help: str = "",
        fixes: Iterable[Fix] = (),
        severity: Severity | None = None,
        **fields: object,
    ) -> Diagnostic:
        """A finding of this rule at a place in a text, or at ``place`` if no text holds it.

        ``fields`` fill the message's template and become the diagnostic's data.
        """
        return Diagnostic(
            rule=self,
            severity=severity or self.severity,
            message=self.message.format(**fields),
            primary=None if span is None else Label(span, label),
            place=place,
            secondary=tuple(Label(*each) for each in secondary),
            notes=tuple(notes),
            help=help,
            fixes=tuple(fixes),
            data=fields,
        )
