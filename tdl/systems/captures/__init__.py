"""Recorded traffic: capture files read, connections put together, messages opened and table transfers found in them.

From the outside in: `files` reads packets, `fragments` joins those that IP has cut, `streams` puts what connections
carried into order, `traffic` knows which protocol that is, `envelopes` hears messages of C12.22 and `lines` those of
C12.18, `questions` keeps what waits for an answer, `transfers` says what of which table went over, `pieces` puts parts
of a table together, and `telling` puts it into words. `keys` reads a file of keys; `messages` are what is handed on.
"""

from __future__ import annotations

import os

MAGICS = (
    b"\xa1\xb2\xc3\xd4", b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\x3c\x4d", b"\x4d\x3c\xb2\xa1", b"\x0a\x0d\x0d\x0a",
)  # fmt: skip
"""How capture files begin."""


def is_capture_file(name: str) -> bool:
    """Whether a file is a capture, by how it begins; False for what is no file or cannot be read."""
    try:
        if not os.path.isfile(name):
            return False
        with open(name, "rb") as file:
            return file.read(4) in MAGICS
    except (OSError, ValueError):
        return False
