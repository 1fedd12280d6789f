"""What a client of C12.18 or C12.21 is told before it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tdl.systems.wire.dialogue import Patience
from tdl.systems.wire.psem.messages import ASKED, Sizes
from tdl.systems.wire.psem.timing import C1218, C1221, Timing


class Standard(Enum):
    """Which of the two; the value is the number with which a meter names it."""

    C1218 = 0
    C1221 = 2

    @property
    def timing(self) -> Timing:
        return C1218 if self is Standard.C1218 else C1221


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to speak to a meter.

    Attributes:
        identity: of the meter on a shared line.
        sizes: to ask for; None to ask for nothing.
        baud: to ask for; None on lines without a speed, and for C12.21, which cannot ask.
        timing: to ask for, in C12.21; None to ask for nothing.
        trust_toggle: whether the meter changes the toggle of its packets.
        wake: whether to wake the port before each session.
        answer: seconds until an answer begins; None for as many as a session lives without traffic.
        tries: how often a session is begun, with a silence in between that makes the meter forget the one before.
        patience: with a meter that is busy.
    """

    standard: Standard = Standard.C1218
    identity: int = 0
    sizes: Sizes | None = ASKED
    baud: int | None = None
    timing: Timing | None = None
    trust_toggle: bool = True
    wake: bool = False
    answer: float | None = None
    tries: int = 2
    patience: Patience = field(default_factory=Patience)
