# SPDX-License-Identifier: 0BSD
"""What straight lines seldom call, for a value that is not as decoding makes it or octets that mean no moment.

What that takes is long to import: it is imported when there is such a value.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write_set(value: object, octets: int) -> bytes:
    """The octets of a set, from whatever can be one."""
    from tdl.codec.octets import write_set

    return write_set(value, octets)


def write_binary(value: object, octets: int) -> bytes:
    """Plain octets, from whatever can be them."""
    from tdl.codec.octets import write_binary

    return write_binary(value, octets)


def read_moment(kind: str, variant: int, raw: bytes, big: bool) -> Any:
    """What octets of a date or time are, whatever they are."""
    from tdl.codec.moments import read_moment

    return read_moment(kind, variant, raw, big)


def write_moment(kind: str, variant: int, value: object, big: bool) -> bytes:
    """The octets of a date or time, from whatever can be one."""
    from tdl.codec.moments import write_moment

    return write_moment(kind, variant, value, big)
