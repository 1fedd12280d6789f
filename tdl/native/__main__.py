"""``python -m tdl.native PACKAGE...`` compiles the native code of generated packages."""

from __future__ import annotations

import sys

from tdl.native import NativeError, build

_USAGE = "usage: python -m tdl.native PACKAGE...\n"


def main(packages: list[str]) -> int:
    if not packages or packages[0].startswith("-"):
        sys.stderr.write(_USAGE)
        return 2
    for package in packages:
        try:
            build(package)
        except NativeError as error:
            sys.stderr.write(f"error: {error}\n")
            return 2
        sys.stdout.write(f"compiled {package}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
