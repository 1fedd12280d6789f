"""A target with a bug, which the fuzzer is to find."""

from __future__ import annotations

import sys

import atheris


def read(octets: bytes) -> None:
    if octets[:1] == b"\x60" and len(octets) < 50:
        octets[60]


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], read)
    atheris.Fuzz()
