"""What a meter knows beside its tables, and has to remember."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(slots=True, kw_only=True)
class State:
    """Numbers only, so that it is the same after writing and reading.

    Attributes:
        ahead: seconds that the meter was advanced beyond its source of time.
        adjusted: seconds between its universal time and that, since it was set.
        metered: up to when it has metered, in seconds of the source of time and what it was advanced.
        totals: for each source, the watt-seconds (or whatever it measures, times seconds) so far.
        demands, intervals: for each length of a demand interval in minutes, and each set of the load profile, the
            second that the present interval began in, the totals that it began with, and what holds of all of it.
        origins: for each summation, what its register held when it began to count, and the total then.
        failures: wrong passwords in a row.
        locked: until when no password is looked at, as `metered`.
        due: for pending copies with a delay, when they become active, as `metered`.
        control: the last direct load control: its level and what else it said, as hexadecimal digits.
        stopped: since when the load profile is, as `metered`; None while it is recorded.
    """

    ahead: int = 0
    adjusted: int = 0
    metered: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    demands: dict[str, dict[str, int]] = field(default_factory=dict)
    intervals: dict[str, dict[str, int]] = field(default_factory=dict)
    origins: dict[str, tuple[str, int]] = field(default_factory=dict)
    failures: int = 0
    locked: int = 0
    due: dict[str, int] = field(default_factory=dict)
    control: tuple[int, str] | None = None
    stopped: int | None = None

    def dump(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def load(cls, text: str) -> State:
        """The state that `dump` has written."""
        values = json.loads(text)
        if values.get("control") is not None:
            values["control"] = tuple(values["control"])
        values["origins"] = {name: (value, total) for name, (value, total) in values["origins"].items()}
        return cls(**values)
