"""Generated crates as cargo, its lints and its users see them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.differential.rust_crates import run
from tests.spec.manual import blocks
from tests.tools import tool

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "rust-gateway"
METER = ROOT / "examples" / "meter-with-fragment"
TABLES = "ST0,ST1,ST3,ST8,ST21,ST22,ST23,ST64,MT5"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(METER / "acme-ax200.tdl")])


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what cargo builds, for all crates."""
    return tmp_path_factory.mktemp("target")


def write(definition: Definition, directory: Path, *, bound: bool, **values: str) -> Path:
    known = known_values(definition, read_profile(str(METER / "residential.toml")))
    of = bind(definition.plan, known) if bound else definition.plan
    options = Options(package="c1219", values={"tables": TABLES, **values})
    for file in find_backend("rust").generate(definition.model, of, options):
        (directory / file.path).parent.mkdir(parents=True, exist_ok=True)
        (directory / file.path).write_bytes(file.content)
    return directory


def cargo(directory: Path, target: Path, *arguments: str, offline: bool = True) -> str:
    network = ["--offline"] if offline else []
    command: Sequence[str | Path] = [tool("cargo"), arguments[0], *network, "--target-dir", target, *arguments[1:]]
    return run(command, cwd=directory)


@pytest.mark.parametrize("bound", [False, True], ids=["any meter", "a bound meter"])
def test_lints_format_and_no_heap(definition: Definition, tmp_path: Path, target: Path, bound: bool) -> None:
    crate = write(definition, tmp_path, bound=bound)
    assert tool("cargo-clippy")
    cargo(crate, target, "clippy", "--", "-D", "warnings")
    run([tool("cargo"), "fmt", "--check"], cwd=crate)
    assert tool("rustfmt")
    cargo(crate, target, "rustc", "--no-default-features", "--", "-D", "warnings")
    assert "[dependencies]" not in (crate / "Cargo.toml").read_text("utf-8")


def test_the_example(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rust-gateway", "meter-with-fragment"):
        shutil.copytree(EXAMPLE.parent / name, tmp_path / name, ignore=shutil.ignore_patterns("build", "target"))
    monkeypatch.setenv("PYTHONPATH", os.fspath(ROOT))
    example = tmp_path / "rust-gateway"
    run([sys.executable, "-m", "tdl", "generate", "--target", "rust", "-o", "build/c1219"], cwd=example)
    said = cargo(example, target, "run", "--quiet", "--", "../meter-with-fragment/image")
    (expected,) = (block.body for block in blocks(EXAMPLE / "README.md") if block.info == "text")
    assert said == expected


def test_the_code_of_the_reference_compiles(definition: Definition, tmp_path: Path, target: Path) -> None:
    crate = write(definition, tmp_path / "c1219", bound=False)
    found = [block.body for block in blocks(ROOT / "docs" / "reference" / "rust.md") if block.info == "rust"]
    assert len(found) == 2
    (tmp_path / "src").mkdir()
    modules = (f"pub mod page{number} {{\n{text}}}\n" for number, text in enumerate(found))
    (tmp_path / "src" / "lib.rs").write_text("".join(modules), "utf-8")
    manifest = '[package]\nname = "page"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n'
    (tmp_path / "Cargo.toml").write_text(f'{manifest}c1219 = {{ path = "{crate.name}" }}\n', "utf-8")
    cargo(tmp_path, target, "check")


SERIALISE = """
fn main() {
    let image = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    println!("{}", serde_json::to_string(&c1219::St1::decode(&image).unwrap()).unwrap());
}
"""


def test_values_can_be_serialised(definition: Definition, tmp_path: Path, target: Path) -> None:
    """With the crates serde and serde_json, which come from the registry or cargo's cache."""
    crate = write(definition, tmp_path / "c1219", bound=True, serde="yes")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(SERIALISE, "utf-8")
    manifest = '[package]\nname = "page"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\nserde_json = "1"\n'
    dependency = f'c1219 = {{ path = "{crate.name}", features = ["serde"] }}\n'
    (tmp_path / "Cargo.toml").write_text(manifest + dependency, "utf-8")
    said = cargo(tmp_path, target, "run", "--quiet", "--", str(METER / "image" / "ST1.bin"), offline=False)
    assert json.loads(said) == {
        "MANUFACTURER": "ACME",
        "ED_MODEL": "AX200   ",
        "HW_VERSION_NUMBER": 2,
        "HW_REVISION_NUMBER": 0,
        "FW_VERSION_NUMBER": 1,
        "FW_REVISION_NUMBER": 4,
        "MFG_SERIAL_NUMBER": "0000000012345678",
    }


NESTED = """DOCUMENT NESTED;
TYPE LIMITS_RCD = PACKED RECORD COLUMNS : UINT8; END;
TABLE MFG 0 LIMITS_TBL = LIMITS_RCD;
TYPE NESTED_RCD = PACKED RECORD
    GRID : ARRAY[2] OF ARRAY[3] OF UINT8;
    FREE : ARRAY[2] OF ARRAY[LIMITS_TBL.COLUMNS] OF BCD(1);
END;
TABLE MFG 1 NESTED_TBL = NESTED_RCD;
"""
NESTED_TEST = """
#[test]
fn rows_of_rows_go_on_where_the_last_one_ended() {
    let mut env = nested::Env::default();
    env.fill_mt0(&[2]).unwrap();
    let image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0x10];
    let view = nested::Mt1View::new(&image, &env);
    let grid: Vec<Vec<u8>> = view.grid().unwrap().map(|row| row.unwrap().map(Result::unwrap).collect()).collect();
    assert_eq!(grid, [[1, 2, 3], [4, 5, 6]]);
    let second: Vec<u8> = view.grid().unwrap().nth(1).unwrap().unwrap().map(Result::unwrap).collect();
    assert_eq!(second, [4, 5, 6]);
    let free: Vec<Vec<u8>> = view.free().unwrap()
        .map(|row| row.unwrap().map(|each| each.unwrap().octets()[0]).collect()).collect();
    assert_eq!(free, [[7, 8], [9, 0x10]]);
}
"""


def test_a_view_of_arrays_in_arrays(tmp_path: Path, target: Path) -> None:
    (tmp_path / "nested.tdl").write_text(NESTED, "utf-8")
    made = load(str(tmp_path / "nested.tdl"))
    for file in find_backend("rust").generate(made.model, made.plan, Options(package="nested")):
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.content)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "views.rs").write_text(NESTED_TEST, "utf-8")
    cargo(tmp_path, target, "clippy", "--lib", "--", "-D", "warnings")
    assert "1 passed" in cargo(tmp_path, target, "test", "--quiet", "--test", "views")
