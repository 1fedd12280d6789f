"""Native code: C texts compiled once, kept in the user's cache, and loaded from there.

`build` compiles what a package generated with ``--option native=yes`` brings along; `shared_object` compiles any C.
"""

from __future__ import annotations

from tdl.native.building import NativeError, shared_object
from tdl.native.packages import build

__all__ = ["NativeError", "build", "shared_object"]
