"""The codes of a line's speeds, in bits a second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tdl.systems.wire.errors import Layer, WireError

BAUD: Mapping[int, int] = MappingProxyType(
    {
        1: 300, 2: 600, 3: 1200, 4: 2400, 5: 4800, 6: 9600, 7: 14400, 8: 19200,
        9: 28800, 10: 57600, 11: 38400, 12: 115200, 13: 128000, 14: 256000,
    }
)  # fmt: skip
"""Code 0 is a speed that is set elsewhere."""

FIRST = 9600
"""At which every conversation begins."""


def speed_code(baud: int) -> int:
    """The code of a speed.

    Raises:
        WireError: if it has none.
    """
    for code, each in BAUD.items():
        if each == baud:
            return code
    raise WireError(
        Layer.LINE, f"a speed of {baud}", f"one of {', '.join(str(each) for each in sorted(BAUD.values()))}"
    )
