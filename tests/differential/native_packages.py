"""Generated packages with compiled native code, and the Python functions behind the native ones."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tdl.backends.api import Options, find_backend
from tdl.ir import model, plan
from tdl.native import build

FAST_TO_COMPILE = ("-O0",)
WARNINGS = ("-O1", "-Wall", "-Wextra", "-Wshadow", "-Wno-unused-parameter", "-Werror")


def write_package(
    definition: model.Definition, of: plan.Plan, folder: Path, flags: tuple[str, ...] = FAST_TO_COMPILE
) -> Path:
    """A package with its extension in a folder."""
    options = Options(package="compiled", values={"native": "yes"})
    for file in find_backend("python").generate(definition, of, options):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    build(folder / "compiled", flags=flags)
    return folder / "compiled"


@contextmanager
def imported(folder: Path) -> Iterator[Any]:
    """The package `compiled` of a folder, until the block ends; one of another folder is put aside as long."""
    outer = {name: sys.modules.pop(name) for name in _modules()}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("compiled")
    finally:
        sys.path.remove(str(folder))
        for name in _modules():
            del sys.modules[name]
        sys.modules.update(outer)


def _modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "compiled"]


def is_native(function: Any) -> bool:
    return type(function).__name__ == "builtin_function_or_method"


def is_plain(function: Any) -> bool:
    """Whether a function or a property is of Python, and nothing native stands in for it."""
    return type(function) is function.__class__ and not is_native(function)


def in_python(function: Any) -> Any:
    """The function that does what a native one does when that leaves it to Python."""
    assert not is_plain(function)
    return function.__self__ if is_native(function) else function.__get__(0).__func__


@contextmanager
def without_native(module: Any) -> Iterator[None]:
    """A table's module as it is where nothing is compiled, until the block ends."""
    layouts = [value for name, value in vars(module).items() if name.startswith("_L")]
    places = [(module, name) for name in ("decode", "encode")]
    places += [(each, way) for each in layouts for way in ("read", "write")]
    found = [(place, name, getattr(place, name, None)) for place, name in places]
    native = [(place, name, function) for place, name, function in found if function and not is_plain(function)]
    for place, name, function in native:
        setattr(place, name, in_python(function))
    try:
        yield
    finally:
        for place, name, function in native:
            setattr(place, name, function)
