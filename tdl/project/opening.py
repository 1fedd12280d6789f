"""From bytes to values in one call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tdl.image import Image, Profile, read_image_file
from tdl.image.directory import read_profile
from tdl.project.definition import Definition, DocumentName, load
from tdl.project.profile import Settings
from tdl.project.reading import Reading, read_image
from tdl.sources.library import is_library_name

Binding: TypeAlias = Image | Profile | Mapping[str, object] | str | os.PathLike[str]
"""A profile or an image, or where one is; a plain mapping is a profile: ``{"GEN_CONFIG_TBL": {"ID_FORM": 1}}``."""


def open(
    image: Image | str | os.PathLike[str],
    definition: Definition | DocumentName = "std:2012",
    *,
    fragments: Iterable[DocumentName] = (),
    bind: Binding | None = None,
    set: Settings | None = None,
) -> Reading:
    """Decode a meter's image.

    Args:
        image: a directory of ``ST0.bin``, ``MT5.bin`` ..., a JSON or EDL file, or hexadecimal text.
        definition: a path, a library name or a definition that `tdl.load` made, in which case fragments are in it.
        bind: a profile or another image for values that the image does not hold.
        set: single values: ``{"GEN_CONFIG_TBL.ID_FORM": 1}``, or texts ``"GEN_CONFIG_TBL.ID_FORM=1"``.

    Raises:
        CompileError: the definition does not compile.
        TdlError: the image, the profile or a setting cannot be read.
    """
    compiled = definition if isinstance(definition, Definition) else load(definition, fragments)
    read = image if isinstance(image, Image) else read_image_file(os.fspath(image))
    return read_image(compiled, read, bind=None if bind is None else binding(bind), settings=set or ())


def binding(bind: Binding) -> Image | Profile:
    """What a Plan can be bound to, from where it is.

    A ``.toml`` file and a name such as ``std:residential`` are profiles, anything else is an image.

    Raises:
        tdl.image.UnreadableImage: it cannot be read.
    """
    match bind:
        case Image() | Profile():
            return bind
        case str() | os.PathLike():
            name = os.fspath(bind)
            is_profile = name.lower().endswith(".toml") or is_library_name(name)
            return read_profile(name) if is_profile else read_image_file(name)
        case _:
            return Profile(values=bind)
