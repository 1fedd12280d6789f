"""How much memory a process takes at its height, as Linux counts it.

`getrusage` would count what the process that started it had, too.
"""

from __future__ import annotations

import re
from pathlib import Path

_PROCESS = Path("/proc/self")


def begin() -> int:
    """The octets that this process has now; its height is counted from here on."""
    (_PROCESS / "clear_refs").write_text("5", "ascii")
    return height()


def height() -> int:
    """The most octets that this process has had since it began, or since `begin`."""
    (said,) = re.findall(r"^VmHWM:\s+(\d+) kB$", (_PROCESS / "status").read_text("ascii"), re.MULTILINE)
    return 1024 * int(said)
