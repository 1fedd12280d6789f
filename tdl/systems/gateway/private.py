"""Files that hold what is secret: they are for those alone whom their owner lets in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tdl.codec.errors import TdlError

MOST = 1 << 20
"""Octets of such a file that are read."""


class PrivateFileError(TdlError):
    """It cannot be read, or everybody can; nothing of it is in what this says."""


def private_octets(path: Path, setting: str) -> bytes:
    """What a file holds.

    A group may read it, as the groups of services do. Where files have no such rights, nothing is looked at.

    Args:
        setting: what names it.

    Raises:
        PrivateFileError: it cannot be read, or everybody on this computer can.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            octets = file.read(MOST)
    except OSError as error:
        raise PrivateFileError(f"`{setting}`: {(error.strerror or 'cannot be read').lower()}") from None
    if os.name == "posix" and mode & stat.S_IRWXO:
        raise PrivateFileError(f"`{setting}`: everybody on this computer can read it: `chmod o-rwx` expected")
    return octets
