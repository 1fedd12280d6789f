"""Project: a compiled definition as people use it, and what `tdl.toml` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tdl.project.definition import CompileError, Definition, load

__all__ = ["CompileError", "Definition", "load"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tdl.project import definition  # with the codec, which nobody needs who only generates

    return getattr(definition, name)
