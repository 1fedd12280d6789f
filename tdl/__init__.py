"""tdl: the open compiler for ANSI C12.19 / IEEE 1377 table definitions.

    import tdl
    print(tdl.open("image", "std:2012")["ST1"].ED_MODEL)

Everything below is loaded when it is first used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what checks types takes it for true; `typing` takes longer to import than all of this
if TYPE_CHECKING:
    from tdl import batches as batches
    from tdl.codec.environment import Environment
    from tdl.codec.errors import DecodeError, EncodeError, TdlError
    from tdl.codec.values import Record
    from tdl.project.definition import CompileError, Definition, load
    from tdl.project.opening import open
    from tdl.project.reading import Reading
    from tdl.readings.collecting import rows
    from tdl.readings.events import Event, events
    from tdl.readings.procedures import Message, procedures, request
    from tdl.readings.row import Row
    from tdl.readings.source_list import data_sources
    from tdl.systems.client.blocking import connect

__version__ = "0.1.0"

__all__ = [
    "CompileError",
    "DecodeError",
    "Definition",
    "EncodeError",
    "Environment",
    "Event",
    "Message",
    "Reading",
    "Record",
    "Row",
    "TdlError",
    "__version__",
    "connect",
    "data_sources",
    "events",
    "load",
    "open",
    "procedures",
    "request",
    "rows",
]

_HOMES = {
    "CompileError": "tdl.project.definition",
    "DecodeError": "tdl.codec.errors",
    "Definition": "tdl.project.definition",
    "EncodeError": "tdl.codec.errors",
    "Environment": "tdl.codec.environment",
    "Event": "tdl.readings.events",
    "Message": "tdl.readings.procedures",
    "Reading": "tdl.project.reading",
    "Record": "tdl.codec.values",
    "Row": "tdl.readings.row",
    "TdlError": "tdl.codec.errors",
    "connect": "tdl.systems.client.blocking",
    "data_sources": "tdl.readings.source_list",
    "events": "tdl.readings.events",
    "load": "tdl.project.definition",
    "open": "tdl.project.opening",
    "procedures": "tdl.readings.procedures",
    "request": "tdl.readings.procedures",
    "rows": "tdl.readings.collecting",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "batches":
        return import_module("tdl.batches")
    if name not in _HOMES:
        raise AttributeError(f"module `tdl` has no attribute `{name}`")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
