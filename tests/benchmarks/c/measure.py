"""Measure and print: `python -m tests.benchmarks.c.measure`.

Instructions are counted by callgrind, as the difference between many runs and twice as many: they do not depend on the
machine's load, only on its compiler. Flash is what the functions of the three tables come to, both directions, with
what of the support file they call; tables of elements are constants that `TDL_NO_ELEMENTS` leaves out.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.profile import resolve_limits
from tdl.project.reading import known_values

HERE = Path(__file__).parent
CODECS = ("registers decode", "profile decode", "config decode", "registers encode", "profile encode", "config encode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Instructions for one image, generated and by hand."""

    what: str
    generated: float
    by_hand: float

    @property
    def ratio(self) -> float:
        return self.generated / self.by_hand


def write_code(directory: Path, form: str = "direct") -> None:
    """The code of the three tables, for the configuration of `profile.toml`, in one of its forms."""
    definition, profile = load(str(HERE / "tables.tdl")), read_profile(str(HERE / "profile.toml"))
    bound = bind(definition.plan, known_values(definition, profile))
    plan = replace(bound, limits=resolve_limits(profile, definition))
    for file in find_backend("c").generate(definition.model, plan, Options(package="bench", values={"form": form})):
        (directory / file.path).write_bytes(file.content)


def instructions(directory: Path, level: str) -> Iterator[Ratio]:
    """Every codec against the one by hand, at a level of optimisation."""
    program = directory / f"measure{level}"
    sources = [*sorted(directory.glob("*.c")), HERE / "hand.c", HERE / "measure.c"]
    _run("gcc", "-std=c99", level, f"-I{directory}", f"-I{HERE}", *sources, "-o", program)
    for number, what in enumerate(CODECS):
        times = 10 if "profile" in what else 100
        generated, by_hand = (_count(program, codec, times) for codec in (number, number + len(CODECS)))
        yield Ratio(what=what, generated=generated, by_hand=by_hand)


def _count(program: Path, codec: int, times: int) -> float:
    return (_instructions(program, codec, 2 * times) - _instructions(program, codec, times)) / times


def _instructions(program: Path, codec: int, times: int) -> int:
    said = _run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, codec, times)
    found = re.search(r"Collected : (\d+)", said)
    assert found, said
    return int(found[1])


def flash(directory: Path, *flags: str) -> int:
    """Octets of code on a Cortex-M0+ for all three tables, decoding and encoding."""
    wanted = re.compile(
        r"\.text\.(bench_(REGISTERS|PROFILE|CONFIG)_TBL_(decode|update|encode)|tdl_fail|tdl_truncated)$"
    )
    octets = 0
    for source in sorted(directory.glob("*.c")):
        made = directory / "flash.o"
        options = ("-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-ffunction-sections")
        _run("arm-none-eabi-gcc", *options, *flags, "-c", source, "-o", made)
        for line in _run("arm-none-eabi-size", "-A", made).splitlines():
            name, _, rest = line.partition(" ")
            if wanted.fullmatch(name):
                octets += int(rest.split()[0])
    return octets


def _run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        write_code(directory)
        for level in ("-O2", "-Os"):
            for row in instructions(directory, level):
                print(f"{row.what:17} {level}  {row.generated:9.0f}  {row.by_hand:9.0f} by hand  {row.ratio:5.3f}")
        print(f"flash             -Os  {flash(directory):9} octets")
        print(f"flash, bare       -Os  {flash(directory, '-DTDL_NO_ELEMENTS'):9} octets")


if __name__ == "__main__":
    main()
