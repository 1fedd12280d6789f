"""Generated packages imported from memory, without a disk in between."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType
from typing import Any

from tdl.backends.api import GeneratedFile


@contextmanager
def imported(files: Iterable[GeneratedFile]) -> Iterator[Any]:
    """The package that files make, until the block ends."""
    finder = _Finder(files)
    sys.meta_path.insert(0, finder)
    try:
        yield __import__(finder.package)
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n in sys.modules if n == finder.package or n.startswith(f"{finder.package}.")]:
            del sys.modules[name]


class _Finder(MetaPathFinder, Loader):
    def __init__(self, files: Iterable[GeneratedFile]) -> None:
        self.sources = {each.path: each.content.decode("utf-8") for each in files}
        (self.package,) = {path.partition("/")[0] for path in self.sources}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        stem = fullname.replace(".", "/")
        if f"{stem}/__init__.py" in self.sources:
            return spec_from_loader(fullname, self, is_package=True)
        return spec_from_loader(fullname, self) if f"{stem}.py" in self.sources else None

    def exec_module(self, module: ModuleType) -> None:
        stem = module.__name__.replace(".", "/")
        path = f"{stem}.py" if f"{stem}.py" in self.sources else f"{stem}/__init__.py"
        exec(_compiled(path, self.sources[path]), module.__dict__)


@cache
def _compiled(path: str, source: str) -> CodeType:
    return compile(source, path, "exec")
