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

from tdl.cache.folder import VARIABLE
from tests.benchmarks.row import Row

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
SCRIPT = "import sys\nfrom tdl.cli.start import main\nsys.exit(main())\n"
FRAGMENT = EXAMPLE / "acme-ax200.tdl"

VERSION = ("--version",)
HELP = ("--help",)
ALL = ("decode", "-d", "std:2012", "-f", str(FRAGMENT), str(EXAMPLE / "image"))
ONE = (*ALL, "--table", "ST23")
AGAIN = ("generate", "-d", "std:2012", "--target", "python", "-o", "again")
EDITED = ("generate", "-d", "std:2012", "-f", "edited.tdl", "--target", "python", "-o", "edited")

GOALS: Mapping[str, tuple[tuple[str, ...], str, float | None]] = {
    "tdl --version": (VERSION, "S1", 1.5),
    "tdl --help": (HELP, "S1", 5),
    "tdl decode of one table, definition kept": (ONE, "S1", 6),
    "tdl decode of all tables of an image, definition kept": (ALL, "", None),
    "tdl generate of std:2012 to Python, nothing changed": (AGAIN, "T2", 4),
    "tdl generate of std:2012 to Python, a table edited": (EDITED, "T2", 12),
}

IMPORTING = """
import sys, time
begun = time.perf_counter()
import ansi_c1219_2012.st0
first = time.perf_counter()
import ansi_c1219_2012.{module}
print(first - begun, time.perf_counter() - first)
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
                if EDITED[-1] in command:
                    _edit(number + 1)
                took[what].append(_run(command, environment)[1])
        yield from _rows(took)
        yield from _imports(rounds, environment, took["nothing"])


def _rows(took: Mapping[str, list[float]]) -> Iterator[Row]:
    for what, (_, name, goal) in GOALS.items():
        ratio = median(one / nothing for one, nothing in zip(took[what], took["nothing"], strict=True))
        amount = 1000 * median(took[what])
        yield Row(what=what, amount=amount, unit="ms", ratio=ratio, against="python -c pass", goal=goal, name=name)


def _imports(rounds: int, environment: Mapping[str, str], nothing: list[float]) -> Iterator[Row]:
    """A table of a generated package, the first and another one after it; in milliseconds, as the goal is."""
    program = ["-c", IMPORTING.format(module="st23")]
    beside = {**environment, "PYTHONPATH": AGAIN[-1]}
    said = [_run(program, beside)[0].split() for _ in range(rounds + 1)][1:]
    for position, (what, name, goal) in enumerate(
        (("the first table of a generated package", "", None), ("one more table of it", "S2", 2))
    ):
        amount = 1000 * median(float(times[position]) for times in said)
        yield Row(
            what=f"import of {what}", amount=amount, unit="ms", ratio=amount, against="1 ms", goal=goal, name=name
        )


def _edit(number: int) -> None:
    """A fragment in the working folder with one table that is another each time."""
    table = f"ADD TYPE EDITED_RCD = PACKED RECORD\n    VALUES : ARRAY[{number + 1}] OF UINT16;\nEND;\n"
    Path("edited.tdl").write_text(f"{FRAGMENT.read_text('utf-8')}\n{table}ADD TABLE MFG 99 EDITED_TBL = EDITED_RCD;\n")


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[str, float]:
    begun = perf_counter()
    done = subprocess.run([sys.executable, *command], env=environment, check=True, capture_output=True, text=True)
    return done.stdout, perf_counter() - begun
