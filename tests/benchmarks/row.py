"""One figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured, how long it takes, and how many times as long as what it is measured against."""

    what: str
    milliseconds: float
    ratio: float
    against: str

    def as_dict(self) -> dict[str, str | float]:
        return asdict(self)
