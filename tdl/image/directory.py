"""An image as a directory: one file a table, and perhaps a ``profile.toml``."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tdl.image.content import MAX_TABLE_OCTETS, Image, Profile, UnreadableImage, table_key
from tdl.sources.library import is_library_name, library_octets, library_profiles, profile_path

PROFILE_NAME = "profile.toml"
_SUFFIX = ".bin"
_MAX_OCTETS = 1024 * 1024 * 1024
"""All tables of one image together; a meter holds far less than a thousandth of it."""


def read_directory(path: str) -> Image:
    """The image in a directory; files that are no tables are left aside, with a note.

    Raises:
        UnreadableImage: it has no table and no profile, or one of them cannot be read.
    """
    tables: dict[str, bytes] = {}
    files: dict[str, str] = {}
    profile: Profile | None = None
    notes: list[str] = []
    total = 0
    for name in sorted(_names(path)):
        full = os.path.join(path, name)
        stem, suffix = os.path.splitext(name)
        key = table_key(stem) if suffix.lower() == _SUFFIX else None
        if name == PROFILE_NAME and os.path.isfile(full):
            profile = read_profile(full)
        elif key is None or not os.path.isfile(full):
            notes.append(f"`{name}` is no table of an image and was left aside")
        elif key in tables:
            raise UnreadableImage(path, f"`{files[key]}` and `{name}` are both {key}")
        else:
            tables[key], files[key] = _octets(full), name
            total += len(tables[key])
            if total > _MAX_OCTETS:
                raise UnreadableImage(path, f"its tables have more than {_MAX_OCTETS} octets together")
    if not tables and profile is None:
        raise UnreadableImage(path, "no file in it is a table", "tables are files such as `ST0.bin` and `MT5.bin`")
    return Image(name=path, tables=tables, profile=profile, notes=tuple(notes))


def read_profile(path: str) -> Profile:
    """The profile in a TOML file, or one of the library's.

    Raises:
        UnreadableImage: no such file, or not TOML.
    """
    from tdl.image.toml_text import MAX_TOML_CHARACTERS, TomlError  # most images have no profile

    octets = _library_profile(path) if is_library_name(path) else _limited(path, MAX_TOML_CHARACTERS)
    try:
        return Profile.read(path, octets.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise UnreadableImage(path, f"not UTF-8 text (octet {error.start} is 0x{octets[error.start]:02X})") from None
    except TomlError as error:
        raise UnreadableImage(path, f"{error.problem} at {error.span.place}") from None


def _library_profile(name: str) -> bytes:
    try:
        return library_octets(profile_path(name))
    except FileNotFoundError:
        known = ", ".join(library_profiles())
        raise UnreadableImage(name, "no such profile in the library", f"the library has {known}") from None


def write_directory(path: str, tables: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write tables by key as an image's files, all or none; other files of the directory stay as they are.

    Returns:
        The names of the files that changed.

    Raises:
        OSError: something cannot be written; nothing has changed.
    """
    from pathlib import Path

    from tdl.image.atomic import write_files

    return write_files(Path(path), {key + _SUFFIX: octets for key, octets in tables.items()})


def _names(path: str) -> list[str]:
    try:
        return os.listdir(path)
    except OSError as error:
        raise UnreadableImage(path, _problem(error)) from None


def _octets(path: str) -> bytes:
    return _limited(path, MAX_TABLE_OCTETS)


def _limited(path: str, limit: int) -> bytes:
    try:
        with open(path, "rb") as stream:
            octets = stream.read(limit + 1)
    except OSError as error:
        raise UnreadableImage(path, _problem(error)) from None
    if len(octets) > limit:
        raise UnreadableImage(path, f"larger than {limit // 1024 // 1024} MiB")
    return octets


def _problem(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
