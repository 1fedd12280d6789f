"""What generated files depend on, as a rule that make, Ninja and CMake read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tdl.cli.console import StandardInput
from tdl.sources import Resolver, SourceFile


class Watching(Resolver):
    """A resolver that remembers which files it has read; standard input may be closed."""

    def __init__(self) -> None:
        super().__init__(stdin=StandardInput())  # type: ignore[arg-type]  # of a stream, only `read` is used
        self._read: dict[str, None] = {}

    def read(self, located: str) -> SourceFile:
        source = super().read(located)
        self._read[located] = None
        return source

    @property
    def paths(self) -> list[Path]:
        """The files; what comes with tdl is none of the user's."""
        return [Path(name) for name in self._read if Path(name).is_file()]


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
