"""Sources: where documents come from, and coordinates inside their text.

Stage: read. Input: a path, a library name such as ``std:2012`` or ``-``. Output: `SourceFile`.
"""

from tdl.sources.resolver import MAX_SOURCE_OCTETS, Resolver, SourceError
from tdl.sources.text import NOWHERE, SourceFile, Span

__all__ = ["MAX_SOURCE_OCTETS", "NOWHERE", "Resolver", "SourceError", "SourceFile", "Span"]
