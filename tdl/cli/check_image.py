"""A meter's tables checked against a definition: for `tdl check --image` and `tdl conformance --image`."""

from __future__ import annotations

from tdl.cli.console import standard_input
from tdl.conformance.image import Looked, look_at
from tdl.image import Image, Profile, read_image_file
from tdl.project.definition import Definition
from tdl.project.reading import read_image
from tdl.report import Report


def look_at_image(name: str, definition: Definition, bind: Image | Profile | None = None) -> Looked:
    """What is odd in an image, with what could not be looked at.

    Args:
        bind: where values come from that the image does not hold.

    Raises:
        tdl.image.UnreadableImage: nothing there, or no image.
        tdl.project.profile.ProfileError: the profile does not fit the definition.
    """
    image = read_image_file(name, standard_input())
    return look_at(read_image(definition, image, bind=bind))


def check_image(name: str, definition: Definition, bind: Image | Profile | None = None) -> tuple[str, Report]:
    """The image's name, and what is odd in it; arguments and errors as `look_at_image`."""
    looked = look_at_image(name, definition, bind)
    return looked.image, looked.report
