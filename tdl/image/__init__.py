"""Images: a meter's tables at rest.

Input: a directory of ``ST0.bin``, ``MT5.bin`` ..., a file or standard input with JSON, EDL or hexadecimal text.
Output: `Image`. And back to a directory, JSON and EDL; rows to CSV.
"""

from tdl.image.content import MAX_TABLE_OCTETS, Image, Profile, UnreadableImage
from tdl.image.directory import write_directory
from tdl.image.finding import read_image_file

__all__ = ["MAX_TABLE_OCTETS", "Image", "Profile", "UnreadableImage", "read_image_file", "write_directory"]
