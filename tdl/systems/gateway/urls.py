"""Meters' URLs, looked at before anybody asks for the meter."""

from __future__ import annotations

from pathlib import Path

from tdl.codec.errors import TdlError
from tdl.image import UnreadableImage
from tdl.project.opening import binding
from tdl.sources.library import is_library_name
from tdl.systems.captures.keys import DES_OCTETS, KEY_OCTETS
from tdl.systems.client.opening import SIMULATED
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.shells import addresses
from tdl.systems.wire.shells.c1222 import addresses as nodes


class BadUrl(TdlError):
    """No meter can be reached by it; it is not repeated."""


def checked_url(url: str, key: bytes | None, folder: Path) -> str:
    """A URL by which a meter can be asked for, if it is there.

    Args:
        key: what protects messages.
        folder: where the images of simulated meters are named from.

    Raises:
        BadUrl: it is none, or the key is not one for it.
    """
    if url.startswith(SIMULATED):
        return SIMULATED + _image(url.removeprefix(SIMULATED), folder)
    try:
        if url.startswith("c1222"):
            takes = KEY_OCTETS
            if nodes.parse(url).settings.mode is not Mode.CLEAR and key is None:
                raise BadUrl("a `key_file` for C12.22 expected, or `?mode=0` in the URL")
        else:
            takes = DES_OCTETS
            addresses.parse(url)
    except LineFailed as error:
        raise BadUrl(str(error).removeprefix(f"{error.layer.value}: ")) from None
    if key is not None and len(key) != takes:
        raise BadUrl(f"a key of {2 * len(key)} hexadecimal digits, {2 * takes} expected")
    return url


def _image(text: str, folder: Path) -> str:
    name, question, query = text.partition("?")
    where = name if is_library_name(name) else str(folder / name)
    try:
        binding(where)
    except UnreadableImage as error:
        raise BadUrl(f"{name[:80]}: {error.problem}") from None
    return where + question + query
