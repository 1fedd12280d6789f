"""What generated files depend on, as a rule that make, Ninja and CMake read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tdl.cli.console import StandardInput
from tdl.sources import Resolver, SourceFile
from tdl.sources.library import own_families


class Watching(Resolver):
    """A resolver that remembers which files it has read; standard input may be closed.

    Attributes:
        repeatable: whether the same files are all that another run would look at: neither standard input was read nor
            were folders looked through, nor anything that others bring.
    """

    def __init__(self) -> None:
        super().__init__(stdin=StandardInput())  # type: ignore[arg-type]  # of a stream, only `read` is used
        self._read: dict[str, str] = {}
        self.repeatable = True

    def read(self, located: str) -> SourceFile:
        source = super().read(located)
        self._read[located] = source.text
        if not os.path.isfile(located) and not comes_with_tdl(located):
            self.repeatable = False
        return source

    def beginning(self, located: str, limit: int) -> str:
        if not comes_with_tdl(located):
            self.repeatable = False
        return super().beginning(located, limit)

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        self.repeatable = False
        return super().beside(located, ending)

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the files."""
        return {name: text for name, text in self._read.items() if os.path.isfile(name)}

    @property
    def paths(self) -> list[Path]:
        """The files; what comes with tdl is none of the user's."""
        return [Path(name) for name in self._read if Path(name).is_file()]


def comes_with_tdl(located: str) -> bool:
    """Whether a text is one of the library's own: ``std:2012``, or what it imports."""
    family = located.removeprefix("library:").partition("/")[0].partition(":")[0]
    return (":" in located) and family in own_families()


def profile_paths(bind: str | None) -> list[Path]:
    """The files of a profile or an image."""
    if bind is None:
        return []
    path = Path(bind)
    if path.is_dir():
        return sorted(each for each in path.iterdir() if each.is_file())
    return [path] if path.is_file() else []


def make_rule(outputs: Iterable[Path], inputs: Iterable[Path]) -> str:
    """``outputs: inputs``, and an empty rule for each input, so that one that is gone is no error."""
    needed = [_escaped(path) for path in dict.fromkeys(inputs)]
    made = " ".join(_escaped(path) for path in outputs)
    return "\n".join([" ".join([f"{made}:", *needed]), *(f"{path}:" for path in needed)]) + "\n"


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")
