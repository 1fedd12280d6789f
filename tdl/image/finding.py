"""The image behind a name: a directory, a JSON file, or ``-`` for JSON on standard input."""

from __future__ import annotations

import os
from typing import BinaryIO

from tdl.image.content import Image, UnreadableImage
from tdl.image.directory import read_directory
from tdl.image.json_file import MAX_JSON_OCTETS, read_json

STDIN = "<stdin>"


def read_image_file(name: str, stdin: BinaryIO | None = None) -> Image:
    """Read an image.

    Args:
        stdin: the stream that ``-`` reads.

    Raises:
        UnreadableImage: nothing there, or no image.
    """
    if name == "-":
        if stdin is None:
            raise UnreadableImage(STDIN, "standard input is closed")
        return read_json(STDIN, _limited(STDIN, stdin))
    if os.path.isdir(name):
        return read_directory(name)
    try:
        with open(name, "rb") as stream:
            return read_json(name, _limited(name, stream))
    except FileNotFoundError:
        raise UnreadableImage(name, "no such file or directory") from None
    except (OSError, ValueError) as error:
        raise UnreadableImage(name, str(getattr(error, "strerror", None) or error).lower()) from None


def _limited(name: str, stream: BinaryIO) -> bytes:
    octets = stream.read(MAX_JSON_OCTETS + 1)
    if len(octets) > MAX_JSON_OCTETS:
        raise UnreadableImage(name, f"larger than {MAX_JSON_OCTETS // 1024 // 1024} MiB")
    return octets
