"""What goes into the audit log, and when: before a change, after it, and at each refusal."""

from __future__ import annotations

import time
from collections.abc import Callable

from tdl.systems.gateway.access import Caller
from tdl.systems.gateway.audit import Audit, BrokenAudit
from tdl.systems.gateway.problems import Problem

_SELDOM = 1.0
"""Seconds between lines about callers that nobody knows: they must not be able to fill the disk."""


class Recorder:
    """Writes to an audit log, if there is one. What cannot be written raises a `Problem`."""

    def __init__(self, audit: Audit | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._audit, self._clock = audit, clock
        self._unknown, self._unknown_at = 0, -_SELDOM

    def begins(self, entry: dict[str, object]) -> None:
        """A change is about to be made."""
        self._record(entry | {"stage": "begins"}, durable=True)

    def ended(self, entry: dict[str, object], status: object) -> None:
        """It was made, or not."""
        try:
            self._record(entry | {"stage": "ended", "status": status}, durable=True)
        except Problem as problem:
            # Whoever asked must not take it for undone, nor do it again.
            raise Problem(507, problem.detail, more={"ended": status}) from None

    def refused(self, who: Caller, meter: str, act: str, what: str) -> None:
        """Somebody asked for what is not theirs."""
        self._record({"who": who.name, "meter": meter, "act": act, "what": what, "status": 403})

    def unknown(self, act: str, what: str) -> None:
        """Somebody came without a token; of many such at once only how many they were is recorded."""
        now = self._clock()
        self._unknown += 1
        if now - self._unknown_at < _SELDOM:
            return
        count, self._unknown, self._unknown_at = self._unknown, 0, now
        self._record({"who": "", "act": act, "what": what, "count": count, "status": 401})

    def _record(self, entry: dict[str, object], *, durable: bool = False) -> None:
        if self._audit is None:
            return
        try:
            self._audit.record(entry, durable=durable)
        except BrokenAudit as error:
            raise Problem(507, str(error)) from None
