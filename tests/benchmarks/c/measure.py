"""Generated C against the same three tables by hand: instructions on this machine; flash and stack on a Cortex-M0+.

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
from tests.benchmarks.row import Row

HERE = Path(__file__).parent
CODECS = ("registers decode", "profile decode", "config decode", "registers encode", "profile encode", "config encode")
CORTEX = ("-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-ffunction-sections")
CODEC = re.compile(r"bench_(REGISTERS|PROFILE|CONFIG)_TBL_(decode|update|encode)")
SUPPORT = re.compile(r"tdl_(fail|truncated|misfit)")
REGISTERS, TICK = 368, 40
"""Octets of their image, and instructions for each tick of the clock of the machine that QEMU models."""

MAX_FLASH, MAX_STACK = 2150, 64
"""What is to be reached, in octets: 2.1 KB for all three tables both ways, and 64 for each of their functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Instructions for one image, generated and by hand."""

    what: str
    generated: float
    by_hand: float

    @property
    def ratio(self) -> float:
        return self.generated / self.by_hand


def measure(rounds: int) -> Iterator[Row]:
    """All figures; ``rounds`` is for what is timed."""
    with tempfile.TemporaryDirectory() as name:
        directory, any_meter = Path(name) / "bound", Path(name) / "any"
        write_code(directory)
        write_code_for_any_meter(any_meter)
        for level in ("-O2", "-Os"):
            found = list(instructions(directory, level))
            for row in found:
                yield _instructions_row(f"C {row.what} {level}", row.generated, row.by_hand, "by hand", "C1", 1.05)
            fixed = {row.what: row.generated for row in found}
            for what, took in at_run_time(any_meter, level).items():
                against = "configured at run time"
                yield _instructions_row(f"C {what} {level}, configured before", fixed[what], took, against, "C3", 0.8)
        decode, encode, *by_hand_there = on_a_cortex(directory)
        for what, took, base in zip(("decode", "encode"), (decode, encode), by_hand_there, strict=True):
            yield _instructions_row(f"C registers {what}, Cortex-M0+ -Os", took, base, "by hand", "C1", 1.05)
        yield _instructions_row("C registers decode, Cortex-M0+ -Os", decode, REGISTERS, "an octet", "M3", 4.7)
        octets, bare = flash(directory), flash(directory, "-DTDL_NO_ELEMENTS")
        by_hand = flash_by_hand(directory)
        yield _octets_row("C flash", octets, by_hand, "by hand")
        yield _octets_row("C flash", octets, MAX_FLASH, "2.1 KB", "M1")
        yield _octets_row("C flash, TDL_NO_ELEMENTS", bare, by_hand, "by hand", "M1", 1.05)
        yield _octets_row("C flash, TDL_NO_ELEMENTS", bare, MAX_FLASH, "2.1 KB", "M1")
        for what, most in sorted(stack(directory).items()):
            yield _octets_row(f"C stack of {what}", most, MAX_STACK, "64 octets", "M4")
        yield _octets_row("C writable data", writable(directory), 1, "an octet", "M4", 0)


def _instructions_row(what: str, amount: float, base: float, against: str, name: str, goal: float) -> Row:
    return Row(
        what=what, amount=amount, unit="instructions", ratio=amount / base, against=against, goal=goal, name=name
    )


def _octets_row(what: str, octets: int, base: int, against: str, name: str = "", goal: float | None = None) -> Row:
    if name and goal is None:
        goal = 1.0
    return Row(what=what, amount=octets, unit="octets", ratio=octets / base, against=against, goal=goal, name=name)


# --- code -------------------------------------------------------------------------------------------------------------


def write_code(directory: Path, form: str = "direct") -> None:
    """The code of the three tables, for the configuration of `profile.toml`, in one of its forms."""
    definition, profile = load(str(HERE / "tables.tdl")), read_profile(str(HERE / "profile.toml"))
    bound = bind(definition.plan, known_values(definition, profile))
    plan = replace(bound, limits=resolve_limits(profile, definition))
    directory.mkdir(exist_ok=True)
    for file in find_backend("c").generate(definition.model, plan, Options(package="bench", values={"form": form})):
        (directory / file.path).write_bytes(file.content)


def write_code_for_any_meter(directory: Path) -> None:
    """The code of the same tables for every configuration."""
    definition = load(str(HERE / "tables.tdl"))
    directory.mkdir(exist_ok=True)
    for file in find_backend("c").generate(definition.model, definition.plan, Options(package="any", values={})):
        (directory / file.path).write_bytes(file.content)


# --- instructions -----------------------------------------------------------------------------------------------------


def instructions(directory: Path, level: str) -> Iterator[Ratio]:
    """Every codec against the one by hand, at a level of optimisation."""
    program = _program(directory, level, HERE / "hand.c", HERE / "measure.c")
    for number, what in enumerate(CODECS):
        times = 10 if "profile" in what else 100
        generated, by_hand = (_count(program, codec, times) for codec in (number, number + len(CODECS)))
        yield Ratio(what=what, generated=generated, by_hand=by_hand)


def at_run_time(directory: Path, level: str) -> dict[str, float]:
    """What the codecs of the registers take where the configuration is known at run time only."""
    program = _program(directory, level, HERE / "runtime.c")
    return {f"registers {verb}": _count(program, number, 100) for number, verb in enumerate(("decode", "encode"))}


def _program(directory: Path, level: str, *sources: Path) -> Path:
    program = directory / f"measure{level}"
    _run(
        "gcc", "-std=c99", level, f"-I{directory}", f"-I{HERE}", *sorted(directory.glob("*.c")), *sources, "-o", program
    )
    return program


def _count(program: Path, codec: int, times: int) -> float:
    return (_instructions(program, codec, 2 * times) - _instructions(program, codec, times)) / times


def _instructions(program: Path, codec: int, times: int) -> int:
    said = _run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, codec, times)
    found = re.search(r"Collected : (\d+)", said)
    assert found, said
    return int(found[1])


def on_a_cortex(directory: Path) -> list[float]:
    """What the codecs of the registers take on a Cortex-M0+ under QEMU: generated both ways, by hand both ways."""
    return [(_ticks(directory, codec, 4000) - _ticks(directory, codec, 2000)) * TICK / 2000 for codec in range(4)]


def _ticks(directory: Path, codec: int, times: int) -> int:
    program = directory / "cortex.elf"
    wanted = (f"-DCODEC={codec}", f"-DTIMES={times}u", f"-I{directory}", f"-I{HERE}", "-ffreestanding", "-nostdlib")
    # the copies that it makes of loops over octets would be calls of itself
    quiet = ("-fno-tree-loop-distribute-patterns", "-T", HERE.parent.parent / "targets" / "mps2.ld")
    sources = [*sorted(directory.glob("*.c")), HERE / "hand.c", HERE / "cortex.c"]
    _run("arm-none-eabi-gcc", *CORTEX, *wanted, *quiet, *sources, "-lgcc", "-o", program)
    counted = ("-icount", "shift=0", "-semihosting-config", "enable=on,target=native")
    return int(_run("qemu-system-arm", "-M", "mps2-an385", "-nographic", *counted, "-kernel", program))


# --- flash and stack --------------------------------------------------------------------------------------------------


def flash(directory: Path, *flags: str) -> int:
    """Octets of code on a Cortex-M0+ for all three tables, decoding and encoding."""
    sizes = _sections(directory, sorted(directory.glob("*.c")), *flags)
    names = {name.removeprefix(".text."): octets for name, octets in sizes if name.startswith(".text.")}
    return sum(octets for name, octets in names.items() if CODEC.fullmatch(name) or SUPPORT.fullmatch(name))


def flash_by_hand(directory: Path) -> int:
    sizes = _sections(directory, [HERE / "hand.c"])
    return sum(octets for name, octets in sizes if name.startswith(".text.hand_"))


def writable(directory: Path) -> int:
    """Octets of data that are no constants."""
    sizes = _sections(directory, sorted(directory.glob("*.c")))
    return sum(octets for name, octets in sizes if name.startswith((".data", ".bss")))


def stack(directory: Path) -> dict[str, int]:
    """What each codec's own frame takes on a Cortex-M0+; none calls another but for a failure."""
    found: dict[str, int] = {}
    for source in sorted(directory.glob("*.c")):
        made = directory / "stack.o"
        _run("arm-none-eabi-gcc", *CORTEX, "-fstack-usage", "-c", source, "-o", made)
        for line in made.with_suffix(".su").read_text("utf-8").splitlines():
            place, octets, kind = line.split("\t")
            name = place.rsplit(":", 1)[1]
            if CODEC.fullmatch(name):
                assert kind == "static", line
                found[name] = int(octets)
    return found


def _sections(directory: Path, sources: list[Path], *flags: str) -> list[tuple[str, int]]:
    found = []
    for source in sources:
        made = directory / "flash.o"
        _run("arm-none-eabi-gcc", *CORTEX, *flags, f"-I{directory}", f"-I{HERE}", "-c", source, "-o", made)
        said = _run("arm-none-eabi-size", "-A", made)
        found += [(name, int(octets)) for name, octets in re.findall(r"^(\.\S+) +(\d+)", said, re.MULTILINE)]
    return found


def _run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
