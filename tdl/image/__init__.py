"""Images: a meter's tables at rest.

Input: a directory of ``ST0.bin``, ``MT5.bin`` ..., a JSON file, or JSON on standard input. Output: `Image`. And back
to a directory.
"""

from tdl.image.content import MAX_TABLE_OCTETS, Image, Profile, UnreadableImage
from tdl.image.directory import write_directory
from tdl.image.finding import read_image_file

__all__ = ["MAX_TABLE_OCTETS", "Image", "Profile", "UnreadableImage", "read_image_file", "write_directory"]
