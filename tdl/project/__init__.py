"""Project: a compiled definition as people use it, and what `tdl.toml` says of it."""

from tdl.project.definition import CompileError, Definition, load

__all__ = ["CompileError", "Definition", "load"]
