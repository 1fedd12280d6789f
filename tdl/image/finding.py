"""The image behind a name: a directory, or a file or ``-`` for standard input with JSON, EDL or hexadecimal text. Which
of these it is, its content says.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from tdl.image.content import Image, UnreadableImage
from tdl.image.directory import read_directory

STDIN = "<stdin>"

_MAX_OCTETS = 64 * 1024 * 1024
"""The most that JSON or EDL may have; what reads hexadecimal text has a limit of its own."""


def read_image_file(
    name: str, stdin: BinaryIO | None = None, *, table: str | None = None, plain: bool = False
) -> Image:
    """Read an image.

    Args:
        stdin: the stream that ``-`` reads.
        table: the key of a table whose hexadecimal text does not say which it is.
        plain: take hexadecimal text as it is, without looking for frames of a protocol around it.

    Raises:
        UnreadableImage: nothing there, or no image.
    """
    if name == "-":
        if stdin is None:
            raise UnreadableImage(STDIN, "standard input is closed")
        return _read(STDIN, _limited(STDIN, stdin), table, plain)
    if os.path.isdir(name):
        return read_directory(name)
    try:
        with open(name, "rb") as stream:
            octets = _limited(name, stream)
    except FileNotFoundError:
        raise UnreadableImage(name, "no such file or directory") from None
    except (OSError, ValueError) as error:
        raise UnreadableImage(name, str(getattr(error, "strerror", None) or error).lower()) from None
    return _read(name, octets, table, plain)


def _read(name: str, octets: bytes, table: str | None, plain: bool) -> Image:
    # what reads one form is not imported for the others
    start = octets[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") or octets.startswith((b"\xff\xfe<", b"\xfe\xff\0<")):
        from tdl.image.edl import read_edl

        return read_edl(name, octets)
    from tdl.image.hexdump import looks_like_hex, read_hexdump

    if looks_like_hex(octets) and not name.lower().endswith(".csv"):
        return read_hexdump(name, octets, table=table, plain=plain)
    if name.lower().endswith(".csv"):
        help = "convert from the image, JSON or EDL that it was made from"
        raise UnreadableImage(name, "CSV holds the rows of one array, not the values of a table", help)
    from tdl.image.json_file import read_json

    return read_json(name, octets)


def _limited(name: str, stream: BinaryIO) -> bytes:
    octets = stream.read(_MAX_OCTETS + 1)
    if len(octets) > _MAX_OCTETS:
        raise UnreadableImage(name, f"larger than {_MAX_OCTETS // 1024 // 1024} MiB")
    return octets
