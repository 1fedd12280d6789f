"""How long the command and what it makes take to start, against an interpreter that does nothing.

Variants take turns, each in a process of its own, started as an installed command is; what is compared is the median
of the ratios within a round. Modules are imported with their compiled form in place, as in any second run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from statistics import median
from time import perf_counter

from tdl.backends.api import IN_TREE
from tdl.cache.folder import VARIABLE
from tests.benchmarks.row import Row

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
SCRIPT = "import sys\nfrom tdl.cli.start import entry\nsys.exit(entry())\n"
FRAGMENT = EXAMPLE / "acme-ax200.tdl"

VERSION = ("--version",)
HELP = ("--help",)
ALL = ("decode", "-d", "std:2012", "-f", str(FRAGMENT), str(EXAMPLE / "image"))
ONE = (*ALL, "--table", "ST23")
AGAIN = ("generate", "-d", "std:2012", "--target", "python", "-o", "again")
EDITED = ("generate", "-d", "std:2012", "-f", "edited.tdl", "--target", "python", "-o", "edited")
SEVERAL = (
    *("generate", "-d", "std:2012", "-f", "edited.tdl"),
    *(word for target in sorted({*IN_TREE} - {"ksy"}) for word in ("--target", target)),
    *("-o", "several"),
)
"""All targets that need no values."""

GOALS: Mapping[str, tuple[tuple[str, ...], str, float | None]] = {
    "tdl --version": (VERSION, "S1", 1.5),
    "tdl --help": (HELP, "S1", 5),
    "tdl decode of one table, definition kept": (ONE, "S1", 6),
    "tdl decode of all tables of an image, definition kept": (ALL, "", None),
    "tdl generate of std:2012 to Python, nothing changed": (AGAIN, "T2", 4),
    "tdl generate of std:2012 to Python, a table edited": (EDITED, "T2", 12),
    "tdl generate of std:2012 to all targets for any meter, a table edited": (SEVERAL, "T2", 12),
}

RECORDS = 500
MANY = ("generate", "-d", "many.tdl", "--target", "python", "-o", "again")
RECORD = "TYPE PART_{n}_RCD = PACKED RECORD STATUS : UINT8; COUNT : UINT8; VALUES : ARRAY[COUNT] OF UINT8; END;\n"

IMPORTING = """
import time
begun = time.process_time()
import ansi_c1219_2012.{first}
first = time.process_time()
import ansi_c1219_2012.{other}
print(first - begun, time.process_time() - first)
"""
IMPORTING_ALL = """
import time, many._runtime
begun = time.process_time()
from many.records import *
print(time.process_time() - begun)
assert PART_499_RCD
"""


def measure(rounds: int) -> Iterator[Row]:
    """The command's start, and what importing what it generates takes."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        environment = {**os.environ, VARIABLE: str(Path(folder, "cache")), "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        Path("tdl").write_text(SCRIPT)
        _edit(0)
        commands = {"nothing": ["-c", "pass"]}
        commands |= {what: ["tdl", *arguments] for what, (arguments, _, _) in GOALS.items()}
        for command in (*commands.values(), *commands.values()):
            _run(command, environment)
        took: dict[str, list[float]] = {what: [] for what in commands}
        for number in range(rounds):
            for what, command in commands.items():
                if "edited.tdl" in command:
                    _edit(1 + 2 * number + (SEVERAL[-1] in command))
                took[what].append(_run(command, environment)[1])
        yield from _rows(took)
        yield from _imports(rounds, environment, took["nothing"])


def _rows(took: Mapping[str, list[float]]) -> Iterator[Row]:
    for what, (_, name, goal) in GOALS.items():
        ratio = median(one / nothing for one, nothing in zip(took[what], took["nothing"], strict=True))
        amount = 1000 * median(took[what])
        yield Row(what=what, amount=amount, unit="ms", ratio=ratio, against="python -c pass", goal=goal, name=name)


def _imports(rounds: int, environment: Mapping[str, str], nothing: list[float]) -> Iterator[Row]:
    """Tables of a generated package, the first one and another; many classes. In milliseconds, as the goals are."""
    Path("many.tdl").write_text("DOCUMENT MANY;\n" + "".join(RECORD.format(n=n) for n in range(RECORDS)))
    _run(["tdl", *MANY], environment)
    beside = {**environment, "PYTHONPATH": AGAIN[-1]}
    programs = {
        ("table 0 of a generated package, the first", "table 23 after it"): IMPORTING.format(first="st0", other="st23"),
        ("table 23 of a generated package, the first", "table 0 after it"): IMPORTING.format(first="st23", other="st0"),
        (f"{RECORDS} classes of records",): IMPORTING_ALL,
    }
    for parts, program in programs.items():
        said = [_run(["-c", program], beside)[0].split() for _ in range(rounds + 1)][1:]
        for what, *seconds in zip(parts, *said, strict=True):
            amount = 1000 * median(map(float, seconds))
            goal = 10 if str(RECORDS) in what else 2
            yield Row(
                what=f"import of {what}", amount=amount, unit="ms", ratio=amount, against="1 ms", goal=goal, name="S2"
            )


def _edit(number: int) -> None:
    """A fragment in the working folder with one table that is another each time."""
    table = f"ADD TYPE EDITED_RCD = PACKED RECORD\n    VALUES : ARRAY[{number + 1}] OF UINT16;\nEND;\n"
    Path("edited.tdl").write_text(f"{FRAGMENT.read_text('utf-8')}\n{table}ADD TABLE MFG 99 EDITED_TBL = EDITED_RCD;\n")


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[str, float]:
    begun = perf_counter()
    done = subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True, text=True)
    return done.stdout, perf_counter() - begun
