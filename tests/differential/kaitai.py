"""Kaitai's own compiler, from the npm registry, and its runtime: ``.ksy`` files as Python classes."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from tests.tools import tool

VERSION = "0.11.0"
SCRIPT = Path(__file__).with_name("kaitai_compiler.js")


class Compiler:
    """A running compiler."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def classes(self, sources: Sequence[bytes]) -> list[Any]:
        """The class that each file stands for.

        Raises:
            AssertionError: the compiler refuses one.
        """
        texts = self.texts("python", sources)
        return [_class(identifier(source), text) for source, text in zip(sources, texts, strict=True)]

    def texts(self, language: str, sources: Sequence[bytes]) -> list[str]:
        """What each file is in a language.

        Raises:
            AssertionError: the compiler refuses one.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([(language, yaml.safe_load(source)) for source in sources]) + "\n")
        self._process.stdin.flush()
        answers = json.loads(self._process.stdout.readline())
        for source, answer in zip(sources, answers, strict=True):
            assert "error" not in answer, f"{language} {identifier(source)}: {answer['error']}"
        return [answer["text"] for answer in answers]


@contextmanager
def compiler(writing: bool = False) -> Iterator[Compiler]:
    """A compiler whose classes read, or read and write."""
    command = [tool("node"), str(SCRIPT), str(_module()), *(["writing"] if writing else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Compiler(process)
        assert process.stdin is not None
        process.stdin.close()


def _module() -> Path:
    """The compiler's module, in a folder of its own below the temporary one; installed if it is not there."""
    folder = Path(tempfile.gettempdir()) / f"tdl-kaitai-{VERSION}"
    module = folder / "node_modules" / "kaitai-struct-compiler"
    if not module.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as beside:
            package = f"kaitai-struct-compiler@{VERSION}"
            options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", beside]
            subprocess.run([tool("npm"), "install", *options, package], check=True, stdin=subprocess.DEVNULL)
            folder.mkdir(exist_ok=True)
            _move(Path(beside) / "node_modules", folder / "node_modules")
    return module


def _move(made: Path, wanted: Path) -> None:
    """Put a folder in its place, unless another run of the tests was faster."""
    try:
        made.rename(wanted)
    except OSError:
        assert wanted.exists()


def identifier(source: bytes) -> str:
    found: str = yaml.safe_load(source)["meta"]["id"]
    return found


def _class(name: str, text: str) -> Any:
    module = ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)
    wanted = name.replace("_", "")
    (made,) = (each for found, each in vars(module).items() if found.lower() == wanted)
    return made
