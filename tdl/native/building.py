"""C texts to a shared object: compiled once for each text, interpreter and set of flags, then taken from the cache."""

from __future__ import annotations

import atexit
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.machinery import ExtensionFileLoader
from pathlib import Path
from types import ModuleType

from tdl.native import compiling
from tdl.native.keeping import Keeper
from tdl.project.shelf import own_shelf

FLAGS = ("-O2",)
"""What a compiler is told unless a caller says otherwise; MSVC knows it, too."""

_SUFFIX: str = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
_LAST_LINES = 20
"""How much of what a compiler says goes into an error."""


class NativeError(Exception):
    """Nothing was compiled; the message says what is missing, or what the compiler said."""


def shared_object(
    name: str,
    sources: Mapping[str, str],
    *,
    exports: tuple[str, ...] = (),
    flags: tuple[str, ...] = FLAGS,
    python: bool = False,
) -> Path:
    """The path of a shared object made of C texts, compiled if it is not in the cache yet.

    Load it with `ctypes.CDLL(path)`, or with `extension` if it is a module of Python.

    Args:
        name: an identifier; part of the file's name.
        sources: texts by file name; those that end in ``.c`` are compiled, all can be included.
        exports: functions that are looked up by name (compilers on Windows want to know).
        flags: for the compiler.
        python: whether the texts include Python.h.

    Raises:
        NativeError: it cannot be compiled.
    """
    digest = _digest(name, sources, exports, flags)
    found = _keeper().find(digest)
    if found is not None:
        return found
    with tempfile.TemporaryDirectory() as folder:
        made = _compiled(Path(folder), name, sources, exports, flags, python=python)
        try:
            return _keeper().put(digest, name, _SUFFIX, made.read_bytes())
        except OSError as error:
            raise NativeError(f"the compiled code cannot be kept: {error}") from None


def extension(name: str, path: Path) -> ModuleType:
    """A module of Python from its shared object; ``name`` is the one that it was compiled under."""
    loader = ExtensionFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _digest(name: str, sources: Mapping[str, str], exports: tuple[str, ...], flags: tuple[str, ...]) -> str:
    """Everything that decides what comes out of the compiler, as far as we know it."""
    said = {key: os.environ.get(key, "") for key in ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED")}
    made_by = (sys.version, sys.executable, _SUFFIX, compiling.FORMAT, said)
    whole = repr((name, sorted(sources.items()), exports, flags, made_by))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _keeper() -> Keeper:
    """The cache of the user; for who wants none, one that goes when the process does."""
    shelf = own_shelf()
    return Keeper(_own_folder() if shelf is None else shelf.folder / "native")


@cache
def _own_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="tdl-native-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _compiled(
    folder: Path,
    name: str,
    sources: Mapping[str, str],
    exports: tuple[str, ...],
    flags: tuple[str, ...],
    *,
    python: bool,
) -> Path:
    """Compile in an empty folder.

    The compiler runs below a process of its own: what setuptools and compilers print, and the state that they keep, is
    not that of whoever asked.
    """
    _look(python=python)
    for file, text in sources.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    names = [file for file in sources if file.endswith(".c")]
    program = [sys.executable, "-P", compiling.__file__, name, *names]
    program += [f"--export={each}" for each in exports] + [f"--flag={each}" for each in flags]
    run = subprocess.run(program, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    made = folder / f"{name}{_SUFFIX}"
    if run.returncode or not made.is_file():
        last = (run.stdout + run.stderr).strip().splitlines()[-_LAST_LINES:]
        raise NativeError("\n".join(["the C compiler failed", *last]))
    return made


def _look(*, python: bool) -> None:
    """Say what is missing before a compiler says it in its own words."""
    if importlib.util.find_spec("setuptools") is None:
        raise NativeError("native code needs setuptools: `pip install tdl-compiler[native]` brings it")
    if sys.platform != "win32":
        command = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
        if not command or shutil.which(command[0]) is None:
            raise NativeError(f"native code needs a C compiler, and `{' '.join(command)}` is not there")
    if python and not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        raise NativeError("native code needs the headers of Python: the package `python3-dev` has them on Debian")
