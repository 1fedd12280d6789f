"""What an editor says, as octets, and how much of it is taken."""

from __future__ import annotations

import logging
from typing import BinaryIO

MAX_MESSAGE_OCTETS = 128 * 1024 * 1024
"""The longest message: eight times the largest document, whose characters JSON may spell out with six each."""

_MAX_HEADER_OCTETS = 1024
_LOGGER = logging.getLogger(__name__)


class Listening:
    """A stream of messages; one that is too long ends it, since nothing behind it can be told apart."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readline(self) -> bytes:
        """A line of a message's header; of a longer one a part."""
        return self.stream.readline(_MAX_HEADER_OCTETS)

    def read(self, octets: int) -> bytes:
        """A message; nothing if there is no more."""
        if octets > MAX_MESSAGE_OCTETS:
            _LOGGER.error("a message of %d octets found, at most %d expected", octets, MAX_MESSAGE_OCTETS)
            return b""
        return self.stream.read(octets)
