"""``python -m tests.fuzz [--only NAME] [--seconds N]``: every target for a while, and what was found."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.running import fuzz
from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Fuzz the readers of octets from outside."
    )
    parser.add_argument("--only", action="append", choices=TARGETS, metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    chosen = parser.parse_args()
    found = 0
    for name in chosen.only or TARGETS:
        outcome = fuzz(name, f"-max_total_time={chosen.seconds}")
        print(f"{name}: {'sound' if outcome.sound else 'broken'}", flush=True)
        if not outcome.sound:
            found += 1
            octets = "" if outcome.input is None else f"input: {outcome.input.hex()}\n"
            print(f"{outcome.said[-3000:]}\n{octets}", file=sys.stderr)
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
