"""How long the two ends wait for each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Timers in seconds.

    Attributes:
        character: without an octet, within a packet: it is broken off. Also the silence after which a line that
            carried nonsense is clear again.
        response: until a packet is acknowledged, or sent again.
        traffic: without a packet: the session is over.
        retries: how often a packet is sent again.
    """

    character: float
    response: float
    traffic: float
    retries: int = 3


C1218 = Timing(character=0.5, response=2.0, traffic=6.0)
C1221 = Timing(character=1.0, response=4.0, traffic=30.0)
