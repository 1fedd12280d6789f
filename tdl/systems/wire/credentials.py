"""Who asks, and how a meter can tell. Nothing here is printed that is secret."""

from __future__ import annotations

from dataclasses import dataclass, field

from tdl.systems.wire.data import BLANK


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user and what the user knows.

    Attributes:
        user: at most ten octets.
        password: at most twenty octets; without one, none is shown.
        pad: what fills a password up: blanks for most meters, zeros for some.
        key: of 16 octets for C12.22; of 8 for the authentication of C12.21, which is of old times: whoever has heard
            it once can find the key, and it protects nothing that follows.
        key_id: which of the meter's keys it is.
    """

    user_id: int = 0
    user: bytes = b""
    password: bytes | None = field(default=None, repr=False)
    pad: int = BLANK
    key: bytes | None = field(default=None, repr=False)
    key_id: int = 0
