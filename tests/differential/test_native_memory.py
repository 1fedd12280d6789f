"""Native code lets go of everything, and stays within its memory, whatever octets and values it is given."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import bound_tables
from tests.differential.native_packages import imported, is_plain, write_package
from tests.differential.test_python import damaged, spoilt
from tests.tools import tool

ROOT = Path(__file__).parents[2]
SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
IMAGES = {"st0": images.CONFIG, "st23": images.REGISTERS, "st64": images.PROFILE[: 2 * 1060]}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("bench")
    write_package(*bound_tables(), folder)
    with imported(folder) as package:
        yield package


def use_it_all(bench: Any) -> None:
    """Good and bad images, records as decoded and spoilt ones, through native functions alone."""
    for name, image in IMAGES.items():
        module = getattr(bench, name)
        ways = [] if is_plain(module.decode) else [(module, "decode", "encode")]
        layout = getattr(module, "_L0", None)
        ways += [(layout, "read", "write")] if layout is not None else []
        for holder, decode, encode in ways:
            image = image[: len(image) // 11 * 11] if layout is not None else image
            for seed, octets in enumerate(damaged(image, Random(3))):
                use(getattr(holder, decode), getattr(holder, encode), octets, seed)


def use(decode: Any, encode: Any, octets: bytes, seed: int) -> None:
    try:
        record = decode(octets) if decode.__name__ == "read" else decode(octets, None)
    except Exception:
        return
    for _ in range(3):
        with suppress(Exception):
            encode(record) if encode.__name__ == "write" else encode(record, None)
        spoilt(record, Random(seed))


def test_nothing_is_kept(bench: Any) -> None:
    for _ in range(3):
        use_it_all(bench)
    gc.collect()
    blocks, nones = sys.getallocatedblocks(), sys.getrefcount(None)
    for _ in range(20):
        use_it_all(bench)
    gc.collect()
    assert abs(sys.getallocatedblocks() - blocks) < 50, "objects are left over"
    assert abs(sys.getrefcount(None) - nones) < 50, "references to None are lost or left over"


_EVERYTHING = """
from tests.differential.test_native_memory import use_it_all
use_it_all(compiled)
"""

_TREACHERY = """
import gc
class Text(str):
    def encode(self, *how):
        record.ROWS.clear()
        record.ROWS = None
        gc.collect()
        return b"ab"
record = compiled.mt0.decode(b"\\2ab\\1cd\\2", None)
record.ROWS[0].NAME = Text("ab")
try:
    compiled.mt0.encode(record, None)
except Exception:
    pass
assert record.ROWS is None, "it was called"
"""

_CHANGING = """
TYPE ROW_RCD = PACKED RECORD NAME : STRING(2); NUMBER : UINT8; END;
TYPE ROWS_RCD = PACKED RECORD COUNT : UINT8; ROWS : ARRAY[COUNT] OF ROW_RCD; END;
TABLE MFG 0 ROWS_TBL = ROWS_RCD;
"""


def run_sanitized(folder: Path, program: str) -> None:
    """Run a program with the package of a folder, which was compiled under `SANITIZERS`."""
    environment = {
        **os.environ,
        "LD_PRELOAD": " ".join(_library(name) for name in ("libasan.so", "libubsan.so")),
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "PYTHONMALLOC": "malloc",
    }
    begin = f"import sys\nsys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]\nimport compiled\n"
    command = [sys.executable, "-c", f"{begin}{program}\nprint('through')"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    assert run.stdout.strip() == "through", run.stderr[-4000:]


def test_octets_and_values_of_all_kinds_under_sanitizers(tmp_path: Path) -> None:
    write_package(*bound_tables(), tmp_path, SANITIZERS)
    run_sanitized(tmp_path, _EVERYTHING)


def test_a_value_that_changes_what_is_being_encoded(tmp_path: Path) -> None:
    (tmp_path / "rows.tdl").write_text(_CHANGING)
    definition = load(str(tmp_path / "rows.tdl"))
    known = Environment()
    known.set(0, ["CHAR_FORMAT"], 1)
    write_package(definition.model, bind(definition.plan, known), tmp_path, SANITIZERS)
    run_sanitized(tmp_path, _TREACHERY)


def _library(name: str) -> str:
    """Where the compiler has a library of its own."""
    said = subprocess.run([tool("gcc"), f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    return said.stdout.strip()
