"""tdl: the open compiler for ANSI C12.19 / IEEE 1377 table definitions.

    import tdl
    print(tdl.open("image", "std:2012")["ST1"].ED_MODEL)

Everything below is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tdl.codec.environment import Environment
    from tdl.codec.errors import DecodeError, EncodeError, TdlError
    from tdl.codec.values import Record
    from tdl.project.definition import CompileError, Definition, load
    from tdl.project.opening import open
    from tdl.project.reading import Reading

__version__ = "0.1.0"

__all__ = [
    "CompileError",
    "DecodeError",
    "Definition",
    "EncodeError",
    "Environment",
    "Reading",
    "Record",
    "TdlError",
    "__version__",
    "load",
    "open",
]

_HOMES = {
    "CompileError": "tdl.project.definition",
    "DecodeError": "tdl.codec.errors",
    "Definition": "tdl.project.definition",
    "EncodeError": "tdl.codec.errors",
    "Environment": "tdl.codec.environment",
    "Reading": "tdl.project.reading",
    "Record": "tdl.codec.values",
    "TdlError": "tdl.codec.errors",
    "load": "tdl.project.definition",
    "open": "tdl.project.opening",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module `tdl` has no attribute `{name}`")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
