"""CBMC, the bounded model checker, where the system's own release of Debian does not have it.

Debian has it in a later release. Its package and the libraries that it was built with are unpacked into a folder of the
user's cache, from the mirror that this system's apt uses: no package of the system is touched. Debian's keys vouch for
what is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

RELEASE = "trixie"
PACKAGES = ("cbmc", "minisat", "libc6", "libstdc++6", "libgcc-s1", "zlib1g")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
LOADER = "usr/lib64/ld-linux-x86-64.so.2"
LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib")


def command() -> tuple[str, ...] | None:
    """How CBMC is called on this machine: the system's own, or the one in the cache; None if there is none."""
    own = shutil.which("cbmc")
    if own is not None:
        return (own,)
    folder = _folder()
    if not folder.exists():
        return None
    libraries = ":".join(str(folder / below) for below in LIBRARIES)
    return (str(folder / LOADER), "--library-path", libraries, str(folder / "usr" / "bin" / "cbmc"))


def fetch() -> None:
    """Put CBMC into the cache, if this machine has none.

    Raises:
        OSError: apt could not get it.
    """
    if command() is not None:
        return
    folder = _folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        work, made = Path(name), Path(name) / "root"
        apt = _apt(work)
        _run([*apt, "update", "-qq"], work)
        _run([*apt, "download", "-qq", *(f"{package}/{RELEASE}" for package in PACKAGES)], work)
        for package in sorted(work.glob("*.deb")):
            _run(["dpkg-deb", "--extract", package.name, str(made)], work)
        if not folder.exists():  # another process may have been faster
            made.rename(folder)


def mirror() -> str:
    """Where this system's apt gets Debian from.

    Raises:
        OSError: it gets nothing from there.
    """
    said = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"], Path())
    found = [line for line in said.splitlines() if line.rstrip("/").endswith("/debian")]
    if not found:
        raise OSError("apt-get: no mirror of Debian is configured")
    return found[0]


def _apt(work: Path) -> list[str]:
    """apt with sources, lists and archives of its own, all in a folder."""
    sources = work / "release.sources"
    sources.write_text(f"Types: deb\nURIs: {mirror()}\nSuites: {RELEASE}\nComponents: main\nSigned-By: {KEYS}\n")
    for below in ("lists/partial", "cache/archives/partial"):
        (work / below).mkdir(parents=True)
    places = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",  # a user of apt's own could not write here
    }
    return ["apt-get", *(part for key, value in places.items() for part in ("-o", f"{key}={value}"))]


def _run(arguments: list[str], directory: Path) -> str:
    done = subprocess.run(arguments, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{arguments[0]}: {done.stderr.strip() or f'ended with {done.returncode}'}")
    return done.stdout


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "tdl-cbmc" / RELEASE


if __name__ == "__main__":
    fetch()
    print(*command() or ("none",))
