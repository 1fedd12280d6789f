"""Generated code on other machines than this one, and under sanitizers: the same verdicts everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.c_libraries import WARNINGS, run
from tests.targets.vectors import Program, example_program
from tests.tools import tool

HERE = Path(__file__).parent
MAIN = "int run_vectors(void);\nint main(void)\n{\n    return run_vectors();\n}\n"


@pytest.fixture(scope="module", params=["direct", "table"])
def program(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Program:
    """The example meter in both forms of code."""
    made = example_program(tmp_path_factory.mktemp("meter"), small=request.param == "table")
    assert made.accepted > 500
    assert made.vectors - made.accepted > 500
    return made


def hosted(program: Program, *command: str, out: str) -> Path:
    """The program for a machine that has an operating system."""
    main = program.directory / "main.c"
    main.write_text(MAIN)
    made = program.directory / out
    run([tool(command[0]), *command[1:], "-std=c99", *WARNINGS, *program.sources, main, "-o", made])
    return made


@pytest.mark.parametrize(("compiler", "level"), [("gcc", "-O2"), ("clang", "-Os")])
def test_this_machine(program: Program, compiler: str, level: str) -> None:
    run([hosted(program, compiler, level, out=f"{compiler}{level}")])


def test_sanitizers_find_nothing(program: Program) -> None:
    flags = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    run([hosted(program, "clang", *flags, out="sanitized")])


def test_a_bounded_time_of_fuzzing(program: Program) -> None:
    made = program.directory / "fuzzed"
    flags = ("-O1", "-g", "-std=c99", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all")
    sources = [source for source in program.sources if source.name != "vectors.c"]
    run([tool("clang"), *flags, *sources, "-o", made])
    said = run([made, "-runs=20000", "-seed=1", "-max_len=512"], cwd=program.directory)
    assert b"Done 20000 runs" in said


def test_most_significant_octet_first(program: Program) -> None:
    made = hosted(program, "powerpc-linux-gnu-gcc", "-O2", "-static", out="big-endian")
    run([tool("qemu-ppc"), made])


@pytest.mark.parametrize(("core", "machine"), [("cortex-m0plus", "mps2-an385"), ("cortex-m4", "mps2-an386")])
def test_a_meter_without_an_operating_system(program: Program, core: str, machine: str) -> None:
    made = program.directory / f"{core}.elf"
    flags = [f"-mcpu={core}", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-ffunction-sections", *WARNINGS]
    start = ["-nostartfiles", "-Wl,--gc-sections", "-T", HERE / "mps2.ld"]
    compiler = tool("arm-none-eabi-gcc")
    started = program.directory / "start.o"
    run([compiler, f"-mcpu={core}", "-mthumb", "-Os", "-c", HERE / "semihosting.c", "-o", started])
    run([compiler, *flags, *start, *program.sources, started, "-o", made])
    said = run(
        [
            tool("qemu-system-arm"), "-M", machine, "-nographic", "-semihosting-config", "enable=on,target=native",
            "-kernel", made,
        ]
    )  # fmt: skip
    assert b"all vectors pass" in said


def test_stack_of_each_function_is_bounded(program: Program) -> None:
    """A decoder for one meter takes at most 64 octets of stack, and nothing takes a size at run time; the engine of the
    small form keeps its loops there.
    """
    flags = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-fstack-usage"]
    sources = [s for s in program.sources if "harness" not in s.name and s.name != "vectors.c"]
    over = {}
    for source in sources:
        run([tool("arm-none-eabi-gcc"), *flags, "-c", source, "-o", program.directory / "stack.o"])
        for line in (program.directory / "stack.su").read_text().splitlines():
            place, octets, kind = line.split("\t")
            assert kind == "static", line
            if int(octets) > 64:
                over[place.rsplit(":", 1)[1]] = int(octets)
    assert not [name for name in over if name.endswith(("_update", "_decode", "_check"))], over
