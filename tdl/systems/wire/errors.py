"""The one error of the wire."""

from __future__ import annotations

from enum import StrEnum

from tdl.codec.errors import TdlError, contrast


class Layer(StrEnum):
    """Which layer found something wrong."""

    STREAM = "stream"
    APDU = "apdu"
    TITLE = "title"
    SEGMENT = "segment"
    SECURITY = "security"
    EPSEM = "epsem"
    SERVICE = "service"


class WireError(TdlError):
    """Octets that no message has, or a message that has no octets.

    Attributes:
        layer: where it was found.
        found, expected: in words; nothing secret is in them.
        offset: octets from the start of what the layer was given; None where it is not about a place.
    """

    def __init__(self, layer: Layer, found: str, expected: str = "", *, offset: int | None = None) -> None:
        super().__init__(layer, found, expected)
        self.layer = layer
        self.found = found
        self.expected = expected
        self.offset = offset

    def __str__(self) -> str:
        """``apdu at octet 5: tag `A9`, tag `A2` expected``."""
        place = "" if self.offset is None else f" at octet {self.offset}"
        return f"{self.layer.value}{place}: {contrast(self.found, self.expected)}"
