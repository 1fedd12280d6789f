"""What importing a generated package brings along: of the run-time and of the records what a table needs, no more."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tdl.backends.api import GeneratedFile, Options, find_backend
from tdl.backends.python.parts import UNUSED, part_names, parts_of
from tdl.backends.python.quoting import quoted
from tdl.backends.python.shipping import runtime_modules
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
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
TYPE SETS_RCD = PACKED RECORD MEMBERS : SET(2); OCTETS : BINARY(2); END;
TYPE ALIKE_RCD = PACKED RECORD VALUE : UINT8; END;
TYPE ONE_RCD = PACKED RECORD VALUE : ALIKE_RCD; END;
TYPE OTHER_RCD = PACKED RECORD VALUE : ALIKE_RCD; END;
TYPE ROW_RCD = PACKED RECORD VALUE : UINT8; NAME : BINARY(3); END;
TYPE TEXT_RCD = PACKED RECORD TEXT : STRING(3); END;
TYPE ROWS_RCD = PACKED RECORD ROWS : ARRAY[300] OF ROW_RCD; END;
TABLE 0 GEN_CONFIG_TBL = CONFIG_RCD;
TABLE MFG 1 OUTER_TBL = OUTER_RCD;
TABLE MFG 2 MORE_TBL = MORE_RCD;
TABLE MFG 3 DATED_TBL = DATED_RCD;
TABLE MFG 4 CLASS_TBL = class;
TABLE MFG 5 SETS_TBL = SETS_RCD;
TABLE MFG 6 ONE_TBL = ONE_RCD;
TABLE MFG 7 OTHER_TBL = OTHER_RCD;
TABLE MFG 8 ROWS_TBL = ROWS_RCD;
TABLE MFG 9 TEXT_TBL = TEXT_RCD;
"""
NOT_NEEDED = {"__future__", "array", "collections", "datetime", "decimal", "functools", "importlib", "math", "operator"}
NOT_NEEDED |= {"re", "struct", "typing"}
"""What no table has a use for, and what takes longer to import than to do without."""

BUILT_IN = {"_datetime", "_operator", "_struct", "itertools"}
"""What is no file of Python, and quick to import."""

LISTING = """
import sys
sys.path.insert(0, {folder!r})
before = set(sys.modules)
import {module}
print(*sorted(set(sys.modules) - before))
{then}
"""


@pytest.fixture(scope="module")
def files() -> tuple[GeneratedFile, ...]:
    definition = load("small.tdl", resolver=Resolver({"small.tdl": TEXT}))
    return find_backend("python").generate(definition.model, definition.plan, Options())


def written(files: tuple[GeneratedFile, ...], folder: Path) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


@pytest.fixture(scope="module")
def folder(files: tuple[GeneratedFile, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(files, tmp_path_factory.mktemp("package"))


def brought(folder: Path, module: str, then: str = "") -> set[str]:
    """The modules that importing one brings along; what is not of the package is as it is called."""
    program = LISTING.format(folder=str(folder), module=f"small_meter.{module}", then=then)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name.removeprefix("small_meter").removeprefix(".") for name in done.stdout.split("\n")[0].split()}


def test_a_table_brings_what_it_needs(folder: Path) -> None:
    """Each module is a file to find, to open and to run: that is what an import takes, more than what is in them."""
    assert brought(folder, "mt1") - BUILT_IN == {"", "_runtime", "mt1", "records", "records._mt1"}


def test_a_set_takes_no_more(folder: Path) -> None:
    assert brought(folder, "mt5") - BUILT_IN == {"", "_runtime", "mt5", "records", "records._mt5"}


def test_tables_that_use_the_same_have_one_part(folder: Path) -> None:
    sixth, seventh = ({name for name in brought(folder, module) if "._" in name} for module in ("mt6", "mt7"))
    (shared,) = sixth & seventh
    assert shared.startswith("records._mt6_")
    assert sixth == {shared, "records._mt6"}
    assert seventh == {shared, "records._mt7"}


def test_names_of_records_bring_no_class(folder: Path) -> None:
    assert brought(folder, "records") - BUILT_IN == {"", "_runtime", "records"}


def test_a_format_is_looked_up_when_a_value_has_it(folder: Path) -> None:
    for module in ("mt2", "mt3"):
        assert brought(folder, module) - BUILT_IN == {"", "_runtime", module, "records", f"records._{module}"}


def test_what_other_tables_have_is_quick_too(folder: Path) -> None:
    for module, beside in (("mt8", {"rows"}), ("mt9", {"octets", "errors", "values"})):
        found = brought(folder, module)
        assert found - BUILT_IN - {f"_runtime.{name}" for name in beside} == {
            *("", "_runtime", module, "records", f"records._{module}"),
        }
        assert not found & NOT_NEEDED


def test_dates_take_no_calendar_of_python(files: tuple[GeneratedFile, ...], tmp_path: Path) -> None:
    definition = load("small.tdl", resolver=Resolver({"small.tdl": TEXT}))
    known = Environment()
    for format_, value in (("TM_FORMAT", 2), ("DATA_ORDER", 0)):
        known.set(0, [format_], value)
    bound = find_backend("python").generate(definition.model, bind(definition.plan, known), Options())
    found = brought(written(bound, tmp_path), "mt3")
    assert found - BUILT_IN == {"", "_runtime", "_runtime.calendar", "mt3", "records", "records._mt3"}
    assert not found & NOT_NEEDED


# --- views, which are imported late ----------------------------------------------------------------------------------


def test_views_are_there_when_they_are_asked_for(folder: Path) -> None:
    then = """
from small_meter import mt1
assert "view" not in vars(mt1) and "small_meter._late.mt1" not in sys.modules
assert {"View", "view", "decode"} <= set(dir(mt1))
view = mt1.view(bytes([0x31, 2, 0, 8, 9]))
assert type(view) is mt1.View and view.INNER.FLAGS.LOW is True
assert mt1.view is vars(mt1)["view"]
assert mt1.view.__module__ == mt1.View.__module__ == "small_meter.mt1"
every = {}
exec("from small_meter.mt1 import *", every)
assert every["view"] is mt1.view and every["View"] is mt1.View
import pickle, pydoc
assert pickle.loads(pickle.dumps(mt1.view)) is mt1.view
assert pickle.loads(pickle.dumps(view)) == view
shown = pydoc.render_doc(mt1, renderer=pydoc.plaintext)
assert "class View" in shown and "view(data" in shown
try:
    mt1.nothing
except AttributeError as error:
    assert str(error) == "module 'small_meter.mt1' has no attribute 'nothing'"
else:
    raise AssertionError
"""
    brought(folder, "mt1", then)


def test_an_image_that_is_refused_takes_the_classes_of_its_table(folder: Path) -> None:
    then = """
from small_meter import DecodeError, Environment, mt1
from small_meter._late.mt4 import PLAN
environment = Environment()
environment.set(0, ["DATA_ORDER"], 0)
try:
    mt1.decode(b"")
except DecodeError as error:
    assert error.table == "MT1"
else:
    raise AssertionError
assert mt1.decode(bytes([0x31, 2, 0, 8, 9]), environment).INNER.COUNT == 2
assert "small_meter.records._mt1" in sys.modules and "small_meter.records._mt2" not in sys.modules
from small_meter import mt4
assert type(small_meter._runtime.explain.decode(PLAN, mt4.records._type_of, {}, b"1", None)) is mt4.records.class_
"""
    brought(folder, "mt1", then)


def test_a_package_works_where_nothing_can_be_written(folder: Path, tmp_path: Path) -> None:
    """The compiled form of a module is kept beside it if that can be, and then only."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", LISTING.format(folder=str(folder), module="small_meter.mt1", then="")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "small_meter.mt1" in done.stdout.split()


# --- annotations -----------------------------------------------------------------------------------------------------


def test_annotations_are_in_quotes() -> None:
    text = """from __future__ import annotations

class A:
    of: list[B]

    def make(self, *more: tuple[Literal["one"], ...], flag: bool = False) -> dict[str, B]:
        inner: int = 1
        return inner
"""
    assert (
        quoted(text)
        == """class A:
    of: "list[B]"

    def make(self, *more: 'tuple[Literal["one"], ...]', flag: "bool" = False) -> "dict[str, B]":
        inner: int = 1
        return inner
"""
    )


def test_the_front_of_the_run_time_defines_no_name_twice() -> None:
    """It is several modules in one: what one calls its own must not be what another calls so."""
    names: list[str] = []
    for node in ast.parse(runtime_modules()["__init__"]).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.append(name)
            case _:
                pass
    twice = {name for name in names if names.count(name) > 1}
    assert twice == {"TYPE_CHECKING"}


# --- classes that are imported late ----------------------------------------------------------------------------------


def test_every_class_is_there_by_name(files: tuple[GeneratedFile, ...]) -> None:
    with imported(files) as package:
        records: Any = package.records
        assert set(records.TYPES) == {
            *("CONFIG_RCD", "FLAGS_BFLD", "INNER_RCD", "OUTER_RCD", "MORE_RCD", "DATED_RCD", "class"),
            *("SETS_RCD", "ALIKE_RCD", "ONE_RCD", "OTHER_RCD", "ROW_RCD", "ROWS_RCD", "TEXT_RCD"),
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
        assert b"records._" not in pickle.dumps(record)
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


def test_a_part_is_what_the_same_tables_use() -> None:
    uses = {"ST1": ["A_RCD", "B_RCD"], "ST2": ["B_RCD", "C_RCD"], "ST3": ["B_RCD", "C_RCD"]}
    found = part_names(("A_RCD", "B_RCD", "C_RCD", "D_RCD"), uses, {"ST1": "st1", "ST2": "st2", "ST3": "st3"})
    assert found == {"A_RCD": "st1", "B_RCD": "st1_a70ddc6f", "C_RCD": "st2_09b8152a", "D_RCD": "part1"}


def test_what_no_table_uses_is_in_few_parts() -> None:
    names = [f"TYPE_{number}_RCD" for number in range(500)]
    found = part_names(names, {}, {})
    parts = parts_of({name: name for name in names}, found)
    assert len(parts) == UNUSED
    assert sorted(name for part in parts.values() for name in part) == sorted(names)
    assert all(found[name] == part for part, held in parts.items() for name in held)
    assert part_names(names[:1], {}, {})[names[0]] == found[names[0]]
