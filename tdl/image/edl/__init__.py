"""EDL: a meter's values as XML, the same tree of values as in JSON.

Input: EDL text, or tables' values. Output: an `EdlImage`, or EDL text. A table is an element named by its key, an
element of a record one of its own name, an entry of an array an ``item``. A leaf says what kind of value it is, so that
reading needs neither the definition nor its XSD.
"""

from tdl.image.edl.reading import MAX_EDL_OCTETS, EdlImage, read_edl
from tdl.image.edl.writing import Header, write_edl

__all__ = ["MAX_EDL_OCTETS", "EdlImage", "Header", "read_edl", "write_edl"]
