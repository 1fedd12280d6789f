"""One figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured, how much of which unit it takes, and how many times as much as what it is measured against.

    Attributes:
        against: empty where there is nothing to measure against.
        goal: the largest ratio that is to be reached, if there is one.
        name: what the goal is called.
    """

    what: str
    amount: float
    unit: str
    ratio: float
    against: str
    goal: float | None = None
    name: str = ""

    @property
    def reached(self) -> bool | None:
        return None if self.goal is None else self.ratio <= self.goal

    def as_dict(self) -> dict[str, str | float | bool | None]:
        return {**asdict(self), "reached": self.reached}
