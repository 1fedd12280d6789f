"""Instructions of calls, counted by callgrind.

What counts is the difference between so many calls and twice as many, with the same hash seed: it does not depend on
the load of the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Literal

from tests.tools import tool

COUNTED = {
    "registers decode": 400,
    "profile decode, objects": 4,
    "config decode": 1000,
    "registers encode": 400,
    "profile encode, objects": 4,
    "config encode": 1000,
}
"""What is counted, and over how many calls: what the first ones take, and some later ones, is no matter then."""

_PROGRAM = """
import gc, sys
sys.path.insert(0, {folder!r})
from tests.benchmarks.python.calls import {way}
call, _ = {way}()[{what!r}]
call()
gc.freeze()
gc.disable()
for _ in range({times}):
    call()
"""


def instructions(folder: str, way: Literal["generated", "for_any_meter", "hand", "checked"], what: str) -> float:
    """Instructions of one call, of the packages in a folder or by hand."""
    times = COUNTED[what]
    once, twice = (_count(_PROGRAM.format(folder=folder, way=way, what=what, times=n)) for n in (times, 2 * times))
    return (twice - once) / times


def _count(program: str) -> int:
    command = [tool("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stderr
    found = re.search(r"Collected : (\d+)", said)
    assert found, said
    return int(found[1])
