"""A file that one process has for itself, on systems with either kind of lock."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 40
    """A lock there keeps others from the octets that it covers: it is put where none will ever be."""

    def alone(descriptor: int) -> None:
        """Have an open file alone until it is closed.

        Raises:
            OSError: another process has it.
        """
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def alone(descriptor: int) -> None:
        """Have an open file alone until it is closed.

        Raises:
            OSError: another process has it.
        """
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
