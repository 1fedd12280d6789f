"""Messages cut into packets and joined again."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.psem.packets import AROUND, MOST, Packet

MESSAGE = 70_000
"""The most octets of a message, whatever is negotiated: a table's most in one service, and some around them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What is negotiated; as it is here, what holds before.

    Attributes:
        packet: the most octets of a packet, the 8 around its data included.
        packets: the most packets of a message.
    """

    packet: int = 64
    packets: int = 1

    @property
    def data(self) -> int:
        """The most octets of data in a packet."""
        return max(1, min(self.packet - AROUND, MOST))

    @property
    def message(self) -> int:
        """The most octets of a message."""
        return min(self.data * self.packets, MESSAGE)


LEAST = 32
"""The least octets of a packet that can be negotiated."""

ASKED = Sizes(packet=1024, packets=128)
"""What is asked for and granted unless somebody says otherwise."""


def cut(message: bytes, sizes: Sizes, *, identity: int = 0, toggle: bool = False) -> tuple[Packet, ...]:
    """The packets of a message.

    Args:
        toggle: the first packet's.

    Raises:
        WireError: if it is too large.
    """
    if len(message) > sizes.message:
        raise WireError(Layer.LINK, f"a message of {octets_text(len(message))}", f"at most {sizes.message}")
    parts = [message[at : at + sizes.data] for at in range(0, len(message), sizes.data)] or [b""]
    return tuple(
        Packet(
            data=part,
            identity=identity,
            multiple=len(parts) > 1,
            first=len(parts) > 1 and not number,
            toggle=toggle ^ bool(number % 2),
            sequence=len(parts) - 1 - number,
        )
        for number, part in enumerate(parts)
    )


class Assembly:
    """The packets of a message as they come; it holds what `sizes` allow."""

    __slots__ = ("_held", "_next")

    def __init__(self) -> None:
        self._held = bytearray()
        self._next: int | None = None

    def clear(self) -> None:
        self._held.clear()
        self._next = None

    def add(self, packet: Packet, sizes: Sizes) -> bytes | None:
        """The message whose last packet this is; None if packets follow.

        Raises:
            WireError: if it is not the packet that comes next; what came before is forgotten, as that message is lost.
        """
        begins = packet.first or not packet.multiple
        expected, self._next = self._next, None
        if begins:
            self._held.clear()
        elif packet.sequence != expected:
            self.clear()
            following = "the first one" if expected is None else f"packet {expected}"
            raise WireError(Layer.LINK, f"packet {packet.sequence} of a message", following)
        if packet.flags:
            raise WireError(Layer.LINK, f"flags `{packet.flags:02X}`", "none")
        if begins and packet.sequence >= (sizes.packets if packet.multiple else 1):
            raise WireError(Layer.LINK, f"a message with {packet.sequence + 1} packets", f"at most {sizes.packets}")
        if len(self._held) + len(packet.data) > sizes.message:
            self.clear()
            raise WireError(Layer.LINK, "a message that is too large", f"at most {octets_text(sizes.message)}")
        self._held += packet.data
        if packet.sequence:
            self._next = packet.sequence - 1
            return None
        message = bytes(self._held)
        self.clear()
        return message
