"""The one error of the wire, and its kinds."""

from __future__ import annotations

from enum import StrEnum

from tdl.codec.errors import TdlError, contrast


class Layer(StrEnum):
    """Which layer found something wrong."""

    LINE = "line"
    PACKET = "packet"
    LINK = "link"
    STREAM = "stream"
    APDU = "apdu"
    TITLE = "title"
    SEGMENT = "segment"
    SECURITY = "security"
    EPSEM = "epsem"
    SERVICE = "service"
    LOGIN = "login"


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


class LineFailed(WireError):
    """There is no line to a meter, or no longer."""

    def __init__(self, found: str, expected: str = "") -> None:
        super().__init__(Layer.LINE, found, expected)


class LinkFailed(WireError):
    """A message that did not get through, or was not answered.

    Attributes:
        sent: whether the last of the message left, so that it may have been heard all the same.
    """

    def __init__(self, layer: Layer, found: str, expected: str = "", *, sent: bool = True) -> None:
        super().__init__(layer, found, expected)
        self.sent = sent


class NoAnswer(LinkFailed):
    """Nothing came back."""


class Garbled(LinkFailed):
    """What came back are no packets: another speed, or another protocol."""


class Damaged(LinkFailed):
    """Packets came, but their checksums were wrong, here or there."""


class ServiceRefused(WireError):
    """A meter answered that it does not do what was asked.

    Attributes:
        code: of the answer, a `Code` of `tdl.systems.wire.answers` or one that only the manufacturer knows.
        name: the code's, such as ``ISC``.
    """

    def __init__(self, what: str, code: int, name: str, *, layer: Layer = Layer.SERVICE) -> None:
        super().__init__(layer, f"{what}: `{name}`", "`OK`")
        self.code = code
        self.name = name


class LoginRefused(ServiceRefused):
    """A meter does not accept who asks, or could not show that it is the one that was asked."""

    def __init__(self, what: str, code: int, name: str) -> None:
        super().__init__(what, code, name, layer=Layer.LOGIN)


class Uncertain(WireError):
    """A write or a procedure of which it is not known whether it was done, or that was done in part; not tried again.

    Attributes:
        written: octets of a table that the meter acknowledged.
    """

    def __init__(self, found: str, expected: str = "", *, written: int = 0) -> None:
        super().__init__(Layer.SERVICE, found, expected)
        self.written = written
