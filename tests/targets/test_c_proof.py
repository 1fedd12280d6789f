"""Memory safety proven, and not only tested, for the code of the bound example meter.

CBMC looks at every execution up to a number of turns of each loop, and proves that this number is never passed: no
access out of bounds, no overflow of a signed number, no shift or division without a result, and that a value comes back
from its octets and octets from their value. Where a table's size depends on its content it looks at images of up to
`MOST` octets; Eva, Frama-C's abstract interpreter, shows for some of these that no image of any size does harm.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tdl.backends.c.files import Files
from tdl.ir import plan
from tests.differential.c_libraries import run, write_files
from tests.targets import cbmc
from tests.targets.proof import Proof, proof_of, proof_without_bounds
from tests.targets.vectors import example_meter
from tests.tools import tool

FULL = os.environ.get("TDL_TEST_PROFILE") == "full"
CHOSEN = ("ST1", "ST7", "ST12", "ST22", "ST23", "ST46", "ST62", "SP21.parameter")
"""The tables of every run: all that a layout can have. The full profile takes all tables."""

NAMED = "ST1"
"""Of this table alone every run proves what finds the element at which an image ends; the full profile of all."""

LEFT_OUT = ("ST0", "MT5", "ST64")
"""What CBMC does not prove within a minute: many counts in a table of its own, and 35 blocks of 96 intervals."""

UNBOUNDED = ("ST0", "ST7", "MT5", "SP21.parameter")
"""The tables of which Eva is asked: some whose size depends on their content."""


def keys() -> tuple[str, ...]:
    """The tables that are proven; one of those whose code is the same but for names."""
    if not FULL:
        return CHOSEN
    meter = example_meter()
    files = Files(meter.definition.model, meter.bound, "acme")
    found: dict[str, str] = {}
    for table in meter.bound.tables:
        lines = [proof_of(files, table).text, *(line for f in files.table(table).functions for line in f.body)]
        found.setdefault("\n".join(lines).replace(files.names[table.key], "T"), table.key)
    return tuple(key for key in found.values() if key not in LEFT_OUT)


class Code:
    """The meter's code in a folder."""

    def __init__(self, directory: Path) -> None:
        meter = example_meter()
        self.directory = directory
        self.files = Files(meter.definition.model, meter.bound, "acme")
        write_files(self.files.all(harness=False), directory)

    def table(self, key: str) -> plan.TablePlan:
        return next(table for table in self.files.plan.tables if table.key == key)

    def sources(self, key: str) -> list[Path]:
        """What a program about one table is made of, besides itself."""
        group = next(g for g in self.files.groups(self.files.plan.tables) if key in [table.key for table in g.tables])
        return [self.directory / f"{group.stem}.c", self.directory / "tdl_support.c"]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return Code(tmp_path_factory.mktemp("proof"))


@pytest.mark.parametrize("key", keys())
def test_what_is_decoded_encodes_and_nothing_does_harm(code: Code, tmp_path: Path, key: str) -> None:
    proof = proof_of(code.files, code.table(key))
    (tmp_path / "main.c").write_text(proof.text)
    for function in proof.functions:
        bare = ["-DTDL_NO_ELEMENTS"] if function == "refuses" and key != NAMED and not FULL else []
        arguments = [tmp_path / "main.c", *code.sources(key), f"-I{code.directory}", *options(proof, function)]
        said = checked([*arguments, *bare])
        assert "VERIFICATION SUCCESSFUL" in said, (key, function, list(failures(said)) or said[-3000:])


def test_a_slip_is_found(tmp_path: Path) -> None:
    """One octet too many, a value that does not come back, and octets that do not."""
    slips = {
        "decodes": ("p[0]", "p[5]"),
        "encodes": ("p[0] = (uint8_t)w1;", "p[0] = (uint8_t)(w1 & 0xFEu);"),
        "refuses": ("if (size != 5u) {", "if (size == 4u) {"),
        "lacks_room": ("if (capacity < 5u) {", "if (capacity < 4u) {"),
    }
    broken = Code(tmp_path)
    proof = proof_of(broken.files, broken.table("ST3"))
    (tmp_path / "main.c").write_text(proof.text)
    source = broken.sources("ST3")[0]
    text = source.read_text()
    begin = text.index("tdl_code acme_ED_MODE_STATUS_TBL_update")
    for function, (right, wrong) in slips.items():
        assert right in text[begin:], right
        source.write_text(text[:begin] + text[begin:].replace(right, wrong))
        said = checked([tmp_path / "main.c", *broken.sources("ST3"), f"-I{tmp_path}", *options(proof, function)])
        assert "VERIFICATION FAILED" in said, function


@pytest.mark.parametrize("key", UNBOUNDED)
def test_no_image_of_any_size_does_harm(code: Code, tmp_path: Path, key: str) -> None:
    (tmp_path / "main.c").write_text(proof_without_bounds(code.files, code.table(key)))
    frama = tool("frama-c")
    builtin = Path(run([frama, "-print-share-path"]).decode().strip()) / "libc" / "__fc_builtin.c"
    sources = [builtin, tmp_path / "main.c", *code.sources(key)]
    flags = ("-eva", "-eva-precision", "3", "-machdep", "gcc_x86_64", f"-cpp-extra-args=-I{code.directory}")
    said = run([frama, *flags, *sources]).decode(errors="replace")
    reached = re.search(r"In these functions, (\d+) statements reached \(out of (\d+)\)", said)
    assert reached, said[-3000:]
    assert int(reached[1]) * 10 > int(reached[2]) * 6, "most of the code was not looked at"
    assert "0 alarms generated by the analysis" in said, said[-4000:]


def options(proof: Proof, function: str) -> Iterator[str]:
    yield from ("--function", function, "--pointer-overflow-check", "--slice-formula", "--drop-unused-functions")
    special = ",".join(f"{loop}:{turns}" for loop, turns in proof.special_turns.items())
    yield from ("--unwind", str(proof.turns), "--unwinding-assertions", "--unwindset", special)


def checked(arguments: list[object]) -> str:
    """What CBMC says of a program; it ends with 10 if there is an error in it."""
    command = cbmc.command()
    assert command, "CBMC found nowhere: `python -m tests.targets.cbmc` fetches it"
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def failures(said: str) -> Iterator[str]:
    return (line for line in said.splitlines() if line.endswith("FAILURE"))
