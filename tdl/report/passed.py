"""Findings that are let pass, for the formats that say so."""

from __future__ import annotations

from typing import Literal

from tdl.deferred import dataclass
from tdl.report.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A finding that does not count.

    Attributes:
        by: what lets it pass: a comment in the document, or a file of known findings.
        reason: why, in words; "" if nobody said.
    """

    finding: Diagnostic
    by: Literal["comment", "baseline"]
    reason: str = ""
