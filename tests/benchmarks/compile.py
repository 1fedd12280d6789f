"""How long the compiler takes, from text to Plan: parsing, each edition of the standard, fragments, long documents.

What is compared takes turns in one process, or in processes of their own where the start counts, and is compared by
the processor's time, so that other programs do not count.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time
from unittest.mock import patch

from tdl import pipeline
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.sources.resolver import Resolver
from tdl.syntax import notation
from tdl.syntax.automaton import Reader, Refused
from tdl.uncollected import without_collection
from tests.benchmarks.height import begin, height
from tests.benchmarks.row import Row

EDITIONS = ("std:1997", "std:2008", "std:2012")
LIBRARY = Path(pipeline.__file__).parent / "library" / "std"
SIZES = (5_000, 50_000, 200_000)
CHANGED = (*range(1, 9), *range(11, 17), *range(21, 27))
"""The tables that the fragments change, one each."""

PARSING = 2.3
"""Megabytes a second that parsing is to reach at least."""

FLAT = 1.5
"""The largest ratio that counts as flat."""

HEAD = """DOCUMENT LONG;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8 DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); FILLER : FILL(4..7); END;
TYPE CONFIG_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; COUNT : UINT8; END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
"""
RECORD = """
{{ Part {n} of the document. }}
TYPE PART_{n}_RCD = PACKED RECORD
    STATUS : UINT8;
    VALUES : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
    IDENTIFICATION : STRING(12);
    DIFFERENCE : INT32 WITH Label = "Difference";
    IF CONFIG_TBL.FORMAT.TM_FORMAT == 2 THEN
        CHANGED : STIME_DATE;
    END;
    TOTAL : NI_FMAT1;
END;
TABLE {number} PART_{n}_TBL = PART_{n}_RCD;
"""
GROUPS = ("", "MFG ", "USER ")
NUMBERS = 2039
"""How many numbers a group has for tables; parts beyond them are types alone."""


def measure(rounds: int) -> Iterator[Row]:
    """Parsing, cold compiles, growth."""
    yield from _parsing(rounds)
    yield from _compiling(rounds)
    yield from _growing(max(1, rounds // 3))


def long_document(lines: int) -> str:
    """A document of about so many lines, in records and tables of the usual size."""
    parts = [HEAD]
    while lines > 0:
        n = len(parts) - 1
        number, group = n // len(GROUPS) + 1, GROUPS[n % len(GROUPS)]
        text = RECORD.format(n=n, number=f"{group}{number}")
        parts.append(text if number <= NUMBERS else text[: text.index("TABLE ")])
        lines -= parts[-1].count("\n")
    return "".join(parts)


def fragment(n: int) -> str:
    """A fragment that adds a type and a table and changes a table, each its own."""
    return f"""FRAGMENT VENDOR_{n} OF "std:2012";
ADD TYPE VENDOR_{n}_RCD = PACKED RECORD STATUS : UINT8; VALUES : ARRAY[ACT_REGS_TBL.NBR_TIERS] OF UINT16; END;
ADD TABLE MFG {n} VENDOR_{n}_TBL = VENDOR_{n}_RCD WITH Label = "Table {n}";
MODIFY TABLE {n} SET Label = "Changed by {n}"; END;
"""


def _parsing(rounds: int) -> Iterator[Row]:
    library = [path.read_text("utf-8") for path in sorted(LIBRARY.rglob("*.tdl"))]
    for what, texts in (("the library", library), ("a document of 5000 lines", [long_document(5_000)])):
        octets = sum(len(text.encode()) for text in texts)
        fast, slow = _in_turns(rounds, partial(_read, texts), partial(_read_by_lark, texts))
        for how, seconds, goal in (("", fast, 1.0), (" by lark alone", slow, None)):
            yield Row(
                what=f"parsing of {what}{how}",
                amount=octets / seconds / 1e6,
                unit="MB/s",
                ratio=PARSING * 1e6 * seconds / octets,
                against=f"the time at {PARSING} MB/s",
                goal=goal,
                name="T3" if goal else "",
            )
        yield Row(
            what=f"parsing of {what}", amount=1000 * fast, unit="ms", ratio=fast / slow, against="parsing by lark alone"
        )


def _read(texts: list[str]) -> None:
    for text in texts:
        notation.parse(SourceFile("text.tdl", text), Report())


def _read_by_lark(texts: list[str]) -> None:
    def refuse(*_: object) -> None:
        raise Refused

    with patch.object(Reader, "read", refuse):
        _read(texts)


def _in_turns(rounds: int, *ways: Callable[[], None]) -> list[float]:
    """The median of the seconds that each way takes."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for each, way in zip(took, ways, strict=True):
            gc.collect()
            gc.disable()
            begun = thread_time()
            way()
            each.append(thread_time() - begun)
            gc.enable()
    return [median(each[1:]) for each in took]


# --- processes -------------------------------------------------------------------------------------------------------

COMPILE = """
from tdl import pipeline
from tdl.sources import Resolver
context = pipeline.Context(resolver=Resolver())
request = pipeline.Request(definition={definition!r}, fragments={fragments!r})
assert pipeline.run(request, context), [each.message for each in context.report]
"""


def _compiling(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for n in CHANGED:
            path = Path(folder, f"vendor_{n}.tdl")
            path.write_text(fragment(n), "utf-8")
            names.append(str(path))
        programs = {"nothing": "pass", "the compiler imported": "import tdl.pipeline"}
        for edition in EDITIONS:
            programs[f"{edition} compiled to Plans"] = COMPILE.format(definition=edition, fragments=())
        programs[f"std:2012 and {len(CHANGED)} fragments compiled to Plans"] = COMPILE.format(
            definition="std:2012", fragments=tuple(names)
        )
        environment = {**os.environ, "TDL_CACHE_DIR": "", "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the first round compiles tdl itself, the others do not
        took: dict[str, list[float]] = {}
        for _ in range(rounds + 1):
            for what, program in programs.items():
                took.setdefault(what, []).append(process(program, environment))
    nothing = took.pop("nothing")[1:]
    for what, seconds in took.items():
        ratio = median(each / base for each, base in zip(seconds[1:], nothing, strict=True))
        yield Row(
            what=f"a process: {what}",
            amount=1000 * median(seconds[1:]),
            unit="ms",
            ratio=ratio,
            against="python -c pass",
        )


def process(program: str, environment: Mapping[str, str]) -> float:
    """The processor's seconds that a process takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# --- growth ----------------------------------------------------------------------------------------------------------


def _growing(rounds: int) -> Iterator[Row]:
    took: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for lines in SIZES:
            command = [sys.executable, "-m", "tests.benchmarks.compile", str(lines)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            for step, cost in json.loads(said).items():
                took.setdefault((step, lines), []).append(cost / lines)
    for (step, lines), costs in took.items():
        cost, base = median(costs), median(took[step, SIZES[0]])
        memory = step == "memory"
        yield Row(
            what=f"growth: {step}, one of {lines} lines",
            amount=cost if memory else 1e6 * cost,
            unit="octets" if memory else "µs",
            ratio=cost / base,
            against=f"one of {SIZES[0]}",
            goal=FLAT,
            name="flat",
        )


def costs(lines: int) -> dict[str, float]:
    """Seconds of each pass over a document of so many lines, and the octets that the process has at its height."""

    document = Resolver(overlay={"long.tdl": long_document(lines)})
    context = pipeline.Context(resolver=document)
    found: dict[str, float] = {}
    before = begin()
    value: object = pipeline.Request(definition="long.tdl")
    with without_collection():
        for each in pipeline.PASSES[:-1]:
            begun = thread_time()
            value = each.run(value, context)
            found[each.name] = thread_time() - begun
            assert not context.report.failed, [each.message for each in context.report]
    found["all passes"] = sum(found.values())
    found["memory"] = height() - before
    return found


if __name__ == "__main__":
    print(json.dumps(costs(int(sys.argv[1]))))
