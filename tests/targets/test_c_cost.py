"""What generated C costs: instructions against the same tables by hand, flash, and MISRA C:2012."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks.c.measure import (
    MAX_STACK,
    at_run_time,
    flash,
    instructions,
    stack,
    writable,
    write_code,
    write_code_for_any_meter,
)
from tests.differential.c_libraries import run
from tests.targets.vectors import example_program
from tests.tools import tool

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "c.md"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("code")
    write_code(directory)
    return directory


@pytest.mark.parametrize("level", ["-O2", "-Os"])
def test_no_more_instructions_than_by_hand(code: Path, level: str) -> None:
    tool("valgrind")
    for row in instructions(code, level):
        assert row.ratio <= 1.05, row


def test_a_configuration_that_is_known_before_pays(code: Path, tmp_path: Path) -> None:
    tool("valgrind")
    write_code_for_any_meter(tmp_path / "any")
    took = at_run_time(tmp_path / "any", "-O2")
    for row in instructions(code, "-O2"):
        if row.what in took:
            assert row.generated <= 0.8 * took.pop(row.what), row
    assert not took


def test_flash(code: Path) -> None:
    """The three tables both ways: with all that errors tell, and without."""
    tool("arm-none-eabi-gcc")
    assert flash(code, "-DTDL_NO_ELEMENTS") <= 1960
    assert flash(code) <= 2300


def test_stack_and_data(code: Path) -> None:
    tool("arm-none-eabi-gcc")
    frames = stack(code)
    assert len(frames) == 9
    assert max(frames.values()) <= MAX_STACK
    assert writable(code) == 0


@pytest.mark.parametrize("form", ["direct", "table"])
def test_departures_from_misra_are_published(tmp_path: Path, form: str) -> None:
    write_code(tmp_path, form)
    listed = set(re.findall(r"^\| (\d+\.\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    flags = ("--std=c99", "--addon=misra", "--enable=style", "-q", "-I", tmp_path)
    said = run([tool("cppcheck"), *flags, *sorted(tmp_path.glob("*.c"))]).decode()
    found = set(re.findall(r"misra-c2012-(\d+\.\d+)\]", said))
    assert found
    assert found <= listed, f"not in the list of {PAGE.name}: {sorted(found - listed)}"


def test_the_small_form(tmp_path: Path) -> None:
    """The engine for both directions, and what a table of the example meter takes beside it."""
    program = example_program(tmp_path, small=True)
    compiler, size = tool("arm-none-eabi-gcc"), tool("arm-none-eabi-size")
    flags = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c99", "-ffreestanding", "-fdata-sections"]
    tables, octets, engine = 0, 0, 0
    for source in program.sources:
        run([compiler, *flags, "-DTDL_NO_ELEMENTS", "-c", source, "-o", tmp_path / "small.o"])
        sections = re.findall(r"^(\S+) +(\d+)", run([size, "-A", tmp_path / "small.o"]).decode(), re.MULTILINE)
        if source.name == "tdl_table.c":
            engine = sum(int(count) for name, count in sections if name.startswith((".text", ".rodata")))
        found = [(name, int(count)) for name, count in sections if name.endswith(("_operations", "_table"))]
        tables += sum(name.endswith("_table") for name, _ in found)
        octets += sum(count for _, count in found)
    assert tables > 30
    assert octets <= 110 * tables
    assert 0 < engine <= 1331
