"""The error that only protected messages have."""

from __future__ import annotations

from tdl.systems.wire.errors import Layer, LinkFailed


class Unverified(LinkFailed):
    """A protected request was refused in clear text: perhaps by the meter, perhaps by anybody.

    Attributes:
        code, name: of the refusal, `SME` for a message that the other end could not open, `UAT` for an unknown title.
    """

    def __init__(self, code: int, name: str) -> None:
        super().__init__(Layer.SECURITY, f"`{name}` in clear text, from anybody", "a protected answer")
        self.code = code
        self.name = name
