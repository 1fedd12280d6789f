"""Native code of generated packages: compiled, and put where a package looks for it."""

from __future__ import annotations

import os
import re
import sysconfig
import tempfile
from pathlib import Path

from tdl.native.building import FLAGS, NativeError, shared_object

_FOLDER = "_native"
_INITIAL = re.compile(r"^PyMODINIT_FUNC PyInit_(codec_[0-9a-f]{16})\(void\)$", re.MULTILINE)


def build(package: str | os.PathLike[str], *, flags: tuple[str, ...] = FLAGS) -> Path:
    """Compile the native code of a package that was generated with ``--option native=yes``.

    The extension is put beside its C files, under a name that changes with what was generated: a package never finds
    one that was made for another. Those that were made for earlier ones are removed.

    Args:
        package: the package's folder.

    Returns:
        The extension's path.

    Raises:
        NativeError: there is no native code, or it cannot be compiled or written.
    """
    folder = Path(package) / _FOLDER
    try:
        sources = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.[ch]"))}
    except OSError as error:
        raise NativeError(f"the package cannot be read: {error}") from None
    found = _INITIAL.search(sources.get("codec.c", ""))
    if found is None:
        raise NativeError(f"`{package}` has no native code: generate it with `--option native=yes`")
    name = found[1]
    made = shared_object(name, sources, exports=(f"PyInit_{name}",), flags=flags, python=True)
    suffix: str = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
    path = folder / f"{name}{suffix}"
    try:
        _replace(path, made.read_bytes())
        for old in folder.glob(f"codec_*{suffix}"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as error:
        raise NativeError(f"the extension cannot be written: {error}") from None
    return path


def _replace(path: Path, octets: bytes) -> None:
    """Write a file whole or not at all; a program that has loaded the one before keeps that."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(octets)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
