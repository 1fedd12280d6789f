"""What importing a generated package brings along: of the run-time and of the records what a table needs, no more."""

from __future__ import annotations

import pickle
import subprocess
import sys
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tdl.backends.api import GeneratedFile, Options, find_backend
from tdl.backends.python.parts import PARTS, part_of, parts_of
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.packages import imported

TEXT = """
DOCUMENT SMALL_METER;
TYPE CONFIG_RCD = PACKED RECORD COUNT : UINT8; END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8 HIGH : UINT(4..6); LOW : BOOL(0); END;
TYPE INNER_RCD = PACKED RECORD FLAGS : FLAGS_BFLD; COUNT : UINT16; END;
TYPE OUTER_RCD = PACKED RECORD INNER : INNER_RCD; ITEMS : ARRAY[2] OF UINT8; END;
TYPE MORE_RCD = PACKED RECORD VALUE : NI_FMAT1; END;
TYPE DATED_RCD = PACKED RECORD AT : LTIME_DATE; END;
TYPE class = PACKED RECORD VALUE : UINT8; END;
TABLE 0 GEN_CONFIG_TBL = CONFIG_RCD;
TABLE MFG 1 OUTER_TBL = OUTER_RCD;
TABLE MFG 2 MORE_TBL = MORE_RCD;
TABLE MFG 3 DATED_TBL = DATED_RCD;
TABLE MFG 4 CLASS_TBL = class;
"""
SLOW = {"collections", "datetime", "decimal", "functools", "importlib", "math", "operator", "re", "typing"}
"""What a table of numbers has no use for."""

LISTING = """
import sys
sys.path.insert(0, {folder!r})
before = set(sys.modules)
import {module}
print(*sorted(set(sys.modules) - before))
"""


@pytest.fixture(scope="module")
def files() -> tuple[GeneratedFile, ...]:
    definition = load("small.tdl", resolver=Resolver({"small.tdl": TEXT}))
    return find_backend("python").generate(definition.model, definition.plan, Options())


@pytest.fixture(scope="module")
def folder(files: tuple[GeneratedFile, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


def brought(folder: Path, module: str) -> set[str]:
    """The modules that importing one brings along."""
    program = LISTING.format(folder=str(folder), module=f"small_meter.{module}")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.removeprefix("small_meter.") for name in done.stdout.split()}


def test_a_table_brings_what_it_needs(folder: Path) -> None:
    found = brought(folder, "mt1")
    assert not found & SLOW
    assert {name for name in found if name.startswith("_records.")} == {
        f"_records.{part_of(name)}" for name in ("OUTER_RCD", "INNER_RCD", "FLAGS_BFLD")
    }
    run_time = {name for name in found if name.startswith("_runtime.")}
    assert run_time <= {f"_runtime.{name}" for name in ("arithmetic", "fields", "known", "structure", "views")}


def test_names_of_records_bring_no_class(folder: Path) -> None:
    assert not {name for name in brought(folder, "records") if name.startswith("_records")}


def test_a_format_is_looked_up_when_a_value_has_it(folder: Path) -> None:
    for module in ("mt2", "mt3"):
        found = brought(folder, module)
        assert "_runtime.arms" in found
        assert not found & {*SLOW, "_runtime.movers", "_runtime.moments", "_runtime.numerals", "_runtime.octets"}


# --- classes that are imported late ----------------------------------------------------------------------------------


def test_every_class_is_there_by_name(files: tuple[GeneratedFile, ...]) -> None:
    with imported(files) as package:
        records: Any = package.records
        assert set(records.TYPES) == {
            *("CONFIG_RCD", "FLAGS_BFLD", "INNER_RCD", "OUTER_RCD", "MORE_RCD", "DATED_RCD", "class"),
        }
        assert records.TYPES["class"] is records.class_ is records.TYPES["class"]
        assert {"class_", "OUTER_RCD", "Structure", "TYPES"} <= set(dir(records))
        every: dict[str, Any] = {}
        exec(f"from {package.__name__}.records import *", every)
        assert every["OUTER_RCD"] is records.OUTER_RCD
        assert issubclass(every["FLAGS_BFLD"], every["BitStructure"])
        with pytest.raises(AttributeError, match="has no attribute 'NOTHING_RCD'"):
            _ = records.NOTHING_RCD
        with pytest.raises(ImportError, match="NOTHING_RCD"):
            exec(f"from {package.__name__}.records import NOTHING_RCD", {})


def test_a_class_belongs_to_the_module_of_records(files: tuple[GeneratedFile, ...]) -> None:
    """Wherever it stands: what was pickled can be read by a package that another version of tdl made."""
    with imported(files) as package:
        environment = package.Environment()
        environment.set(0, ["DATA_ORDER"], 0)
        record = package.decode("MT1", bytes([0x31, 2, 0, 8, 9]), environment)
        assert type(record) is package.records.OUTER_RCD
        assert {type(each).__module__ for each in (record, record.INNER, record.INNER.FLAGS)} == {"small_meter.records"}
        assert b"_records" not in pickle.dumps(record)
        assert pickle.loads(pickle.dumps(record)) == record


def test_hints_find_other_records(files: tuple[GeneratedFile, ...]) -> None:
    with imported(files) as package:
        hints = typing.get_type_hints(package.records.OUTER_RCD.__init__)
        assert hints == {"INNER": package.records.INNER_RCD, "ITEMS": list[int], "return": type(None)}


def test_threads_get_the_same_class(files: tuple[GeneratedFile, ...]) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            with imported(files) as package, ThreadPoolExecutor(8) as threads:
                found = list(threads.map(lambda _: package.records.OUTER_RCD, range(16)))
                assert set(found) == {package.records.OUTER_RCD}
    finally:
        sys.setswitchinterval(interval)


def test_a_part_depends_on_the_name_alone() -> None:
    names = [f"TYPE_{number}_RCD" for number in range(500)]
    parts = parts_of({name: name for name in names})
    assert len(parts) <= PARTS
    assert sorted(name for part in parts.values() for name in part) == sorted(names)
    assert max(map(len, parts.values())) < 4 * len(names) / PARTS
    assert all(part_of(name) == part for part, held in parts.items() for name in held)
    assert part_of("OUTER_RCD") == "part31"
