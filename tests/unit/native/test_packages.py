"""Packages with native code: built, found, passed over when they do not fit, and the same without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tdl.backends.api import BackendError, Options, find_backend
from tdl.native import NativeError, __main__, build
from tdl.project.definition import load
from tests.tools import tool

TEXT = """
TYPE MODE_BFLD = BIT FIELD OF UINT8 MODE : UINT(0..3); ON : BOOL(4); END;
TYPE STATUS_RCD = PACKED RECORD MODE : MODE_BFLD; COUNT : UINT8; SPEEDS : ARRAY[COUNT] OF UINT8; MADE : BINARY(2); END;
TABLE MFG 0 STATUS_TBL = STATUS_RCD;
"""
IMAGE = b"\x13\x02\x07\x08ab"

_USE = """
import sys
sys.path.insert(0, {folder!r})
import meter
record = meter.decode("MT0", {image!r})
assert meter.encode("MT0", record) == {image!r}
assert record.SPEEDS == [7, 8] and record.MODE.ON is True and record.MODE.spare == 0
try:
    meter.decode("MT0", {image!r}[:-1])
except meter.DecodeError as error:
    said = str(error)
print(type(meter.mt0.decode) is not meter.mt0.decode.__class__, meter._native.compiled(), said)
"""
TRUNCATED = "MT0 MADE at octet 4: 1 left, 2 octets expected"


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tool("gcc")
    monkeypatch.setenv("TDL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def write(folder: Path, text: str = TEXT, **options: str) -> Path:
    """A package in a folder."""
    (folder / "meter.tdl").write_text(text)
    definition = load(str(folder / "meter.tdl"))
    asked = Options(package="meter", values={"native": "yes", **options})
    for file in find_backend("python").generate(definition.model, definition.plan, asked):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder / "meter"


def used(folder: Path) -> str:
    """What comes of using the package in a process of its own: whether natively, and what it says of an error."""
    program = [sys.executable, "-c", _USE.format(folder=str(folder), image=IMAGE)]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip()


def test_it_is_used_once_it_is_built(tmp_path: Path) -> None:
    package = write(tmp_path)
    assert used(tmp_path) == f"False False {TRUNCATED}"
    made = build(package)
    assert made.parent == package / "_native"
    assert used(tmp_path) == f"True True {TRUNCATED}"


def test_one_for_another_definition_is_not_looked_at(tmp_path: Path) -> None:
    made = build(write(tmp_path))
    package = write(tmp_path, TEXT.replace("UINT(0..3)", "UINT(0..2)"))
    assert made.exists()
    assert used(tmp_path) == f"False False {TRUNCATED}"
    assert build(package) != made
    assert not made.exists(), "nobody looks for it any more"
    assert used(tmp_path) == f"True True {TRUNCATED}"


def not_an_extension(package: Path, made: Path) -> None:
    made.write_bytes(b"no shared object")


def an_empty_file(package: Path, made: Path) -> None:
    made.write_bytes(b"")


def a_class_with_a_slot_more(package: Path, made: Path) -> None:
    more = "class _More(Structure):\n    __slots__ = ('MORE',)\n\n\nclass STATUS_RCD(_More):"
    replace(part_of(package, "STATUS_RCD"), "class STATUS_RCD(Structure):", more)


def a_class_with_a_dict(package: Path, made: Path) -> None:
    replace(package / "_runtime/__init__.py", '    __slots__: "tuple[str, ...]" = ()\n    _names', "    _names")


def a_property_for_a_slot(package: Path, made: Path) -> None:
    more = "\n\nSTATUS_RCD.COUNT = property(lambda self: self.SPEEDS and 2, lambda self, value: None)\n"
    path = part_of(package, "STATUS_RCD")
    path.write_text(path.read_text() + more)


def a_function_less(package: Path, made: Path) -> None:
    path = package / "_runtime" / "rows.py"
    path.write_text(path.read_text() + "\n\ndel octets_of\n")


def part_of(package: Path, name: str) -> Path:
    """The file of a record's class."""
    return next(path for path in (package / "records").glob("_*.py") if f"\nclass {name}(" in path.read_text())


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    "change",
    [
        not_an_extension, an_empty_file, a_class_with_a_slot_more, a_class_with_a_dict, a_property_for_a_slot,
        a_function_less,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_where_anything_is_not_as_expected_python_stays(change: Callable[[Path, Path], None], tmp_path: Path) -> None:
    package = write(tmp_path)
    change(package, build(package))
    assert used(tmp_path).startswith("False ")


def test_a_package_without_native_code_has_no_trace_of_it(tmp_path: Path) -> None:
    package = write(tmp_path, native="no")
    assert not (package / "_native").exists()
    assert all("native" not in path.read_text() for path in package.glob("*.py"))
    with pytest.raises(NativeError, match="has no native code: generate it with `--option native=yes`"):
        build(package)


def test_the_option_is_yes_or_no(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="`maybe` found for `native`, `no` or `yes` expected"):
        write(tmp_path, native="maybe")


def test_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    texts = [
        {path.name: path.read_bytes() for path in sorted((write(tmp_path / name) / "_native").iterdir())}
        for name in ("a", "b")
    ]
    assert texts[0] == texts[1]


def test_built_twice_at_once(tmp_path: Path) -> None:
    package = write(tmp_path)
    program = [sys.executable, "-m", "tdl.native", str(package)]
    running = [subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in running}
    assert len(said) == 1
    assert used(tmp_path) == f"True True {TRUNCATED}"
    left = {path.suffix for path in (package / "_native").iterdir() if path.is_file()}
    assert left == {".c", ".h", ".py", ".so"}, "nothing half-written is left"


def test_the_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = write(tmp_path)
    assert __main__.main([str(package)]) == 0
    assert capsys.readouterr().out == f"compiled {package}\n"
    assert __main__.main([str(tmp_path)]) == 2
    assert "has no native code" in capsys.readouterr().err
    assert __main__.main([]) == 2
    assert "usage: python -m tdl.native PACKAGE..." in capsys.readouterr().err
