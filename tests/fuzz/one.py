"""``python -m tests.fuzz.one NAME [options of libFuzzer]``: one target, until it is told to end."""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["tdl"]):
    from tests.fuzz.targets import TARGETS


def main(name: str, options: list[str]) -> None:
    target = TARGETS[name]

    def read(octets: bytes) -> None:
        with contextlib.suppress(target.errors):
            target.read(octets)

    atheris.Setup([sys.argv[0], *options], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
