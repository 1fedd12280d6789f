"""A meter's tables checked against a definition: for `tdl check --image` and `tdl conformance --image`."""

from __future__ import annotations

from tdl.cli.images import image_of
from tdl.conformance.image import Looked, look_at
from tdl.image import Image, Profile
from tdl.project.definition import Definition
from tdl.project.reading import read_image
from tdl.report import Report


def look_at_image(name: str, definition: Definition, bind: Image | Profile | None = None) -> Looked:
    """What is odd in an image, with what could not be looked at; what is to be said of reading it is printed.

    Args:
        bind: where values come from that the image does not hold.

    Raises:
        tdl.image.UnreadableImage: nothing there, or no image.
        tdl.project.profile.ProfileError: the profile does not fit the definition.
    """
    return look_at(read_image(definition, image_of(name, definition), bind=bind))


def check_image(name: str, definition: Definition, bind: Image | Profile | None = None) -> tuple[str, Report]:
    """The image's name, and what is odd in it; arguments and errors as `look_at_image`."""
    looked = look_at_image(name, definition, bind)
    return looked.image, looked.report
