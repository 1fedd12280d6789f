"""How long files take to be made: one cold command for all back ends, each back end's share, growth with the document.

The command is a process of its own, with as many copies as there are processors. How long somebody waits for it is
what counts, and is compared with a start of the interpreter right before; the processor's time of all its processes
stands below. It binds to a profile, since one of the targets is for bound definitions only; shares are those of unbound
definitions, too.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from tdl.backends.api import IN_TREE, Options, find_backend
from tdl.cli.generate import Order, generated
from tdl.cli.options import Project
from tdl.project.definition import Definition, load
from tdl.sources import Resolver
from tdl.uncollected import without_collection
from tests.benchmarks.compile import CHANGED, FLAT, fragment, long_document, process
from tests.benchmarks.row import Row

ROOT = Path(__file__).parents[2]
PROFILE = "std:residential"
BOUND_ONLY = ("ksy",)
UNBOUND = tuple(target for target in sorted(IN_TREE) if target not in BOUND_ONLY)
COLD = 60
SIZES = (2_000, 8_000)
FORMATS = ("CHAR_FORMAT", "INT_FORMAT", "NI_FORMAT1")
KNOWN = ("COUNT=4", "FORMAT.DATA_ORDER=0", "FORMAT.TM_FORMAT=2", *(f"{name}=1" for name in FORMATS))
"""What the long document depends on, with formats of its own as one of the targets wants all values."""


def measure(rounds: int) -> Iterator[Row]:
    """The command, the shares, growth."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for n in CHANGED:
            path = Path(folder, f"vendor_{n}.tdl")
            path.write_text(fragment(n), "utf-8")
            names.append(str(path))
        yield from _cold(rounds, names, folder)
        project = Project(definition="std:2012", fragments=tuple(names))
        definition = load(project.definition, project.fragments)
        yield from _shares(rounds, "any meter", UNBOUND, definition, project, None)
        yield from _shares(rounds, PROFILE, sorted(IN_TREE), definition, project, PROFILE)
    yield from _growing(max(1, rounds // 3))


def _cold(rounds: int, names: Sequence[str], folder: str) -> Iterator[Row]:
    environment = {**os.environ, "TDL_CACHE_DIR": "", "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": folder}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the first round compiles tdl itself, the others do not
    given = ["generate", "-d", "std:2012", *(word for name in names for word in ("-f", name))]
    ways = {
        f"all back ends, bound to {PROFILE}": [*given, *_targets(sorted(IN_TREE)), "--bind", PROFILE],
        "those that need no values, for any meter": [*given, *_targets(UNBOUND)],
    }
    waited: dict[str, list[tuple[float, float]]] = {what: [] for what in ways}
    worked: dict[str, list[tuple[float, float]]] = {what: [] for what in ways}
    for number in range(rounds + 1):
        for what, arguments in ways.items():
            output = str(Path(folder, f"out{number}", what.partition(",")[0]))
            program = f"import sys\nsys.argv = {['tdl', *arguments, '-o', output]!r}\n{_MAIN}"
            (least_wait, least_work), (wait, work) = (_seconds_of(each, environment) for each in ("pass", program))
            waited[what].append((wait, wait / least_wait))
            worked[what].append((work, work / least_work))
    for what in ways:
        yield _row(f"std:2012 and {len(names)} fragments, cold: {what}", waited[what][1:], COLD)
        yield _row(f"the processor's time of that: {what}", worked[what][1:], None)


def _row(what: str, took: Sequence[tuple[float, float]], goal: float | None) -> Row:
    """The middle of seconds, and of how many times as long as nothing that is."""
    seconds, ratios = zip(*took, strict=True)
    return Row(
        what=what,
        amount=1000 * median(seconds),
        unit="ms",
        ratio=median(ratios),
        against="python -c pass",
        goal=goal,
        name="" if goal is None else "T1",
    )


def _seconds_of(program: str, environment: Mapping[str, str]) -> tuple[float, float]:
    """How long a process takes, and how much of the processors' time it and its copies do."""
    begun = perf_counter()
    used = process(program, environment)
    return perf_counter() - begun, used


_MAIN = "import os\nfrom tdl.cli.start import entry\nsys.stderr = open(os.devnull, 'w')\nsys.exit(entry())"


def _targets(names: Sequence[str]) -> list[str]:
    return [word for name in names for word in ("--target", name)]


def _shares(
    rounds: int, what: str, targets: Sequence[str], definition: Definition, project: Project, bind: str | None
) -> Iterator[Row]:
    took: dict[str, list[float]] = {}
    for _ in range(rounds + 1):
        for target, seconds in _seconds(targets, definition, project, bind).items():
            took.setdefault(target, []).append(seconds)
    medians = {target: median(seconds[1:]) for target, seconds in took.items()}
    for target, seconds in medians.items():
        yield Row(
            what=f"{target}, for {what}",
            amount=1000 * seconds,
            unit="ms",
            ratio=seconds / sum(medians.values()),
            against="all of them",
        )


def _seconds(
    targets: Sequence[str],
    definition: Definition,
    project: Project,
    bind: str | None = None,
    settings: tuple[str, ...] = (),
) -> Mapping[str, float]:
    found = {}
    for target in targets:
        order = Order(backend=find_backend(target), options=Options())
        gc.collect()
        begun = thread_time()
        generated([order], definition, project, bind, settings)
        found[target] = thread_time() - begun
    return found


def _growing(rounds: int) -> Iterator[Row]:
    costs: dict[tuple[str, int], list[float]] = {}
    project = Project(definition="long.tdl", fragments=())
    formats, known = "".join(f"{name} : UINT8; " for name in FORMATS), tuple(f"CONFIG_TBL.{each}" for each in KNOWN)
    for lines in SIZES:
        with without_collection():
            text = long_document(lines).replace("COUNT : UINT8;", f"COUNT : UINT8; {formats}", 1)
            definition = load("long.tdl", (), Resolver(overlay={"long.tdl": text}))
            for _ in range(rounds):
                for target, seconds in _seconds(sorted(IN_TREE), definition, project, None, known).items():
                    costs.setdefault((target, lines), []).append(seconds / lines)
    for (target, lines), each in costs.items():
        cost, base = median(each), median(costs[target, SIZES[0]])
        yield Row(
            what=f"growth: {target}, one of {lines} lines",
            amount=1e6 * cost,
            unit="µs",
            ratio=cost / base,
            against=f"one of {SIZES[0]}",
            goal=FLAT,
            name="flat",
        )
