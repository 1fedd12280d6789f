"""Input of any content costs bounded time and memory: a clear finding, nothing written, no traceback."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from tests.cli.conftest import Run, tree
from tests.work import counted

CALLS = 50_000_000
"""More than any of these takes: the most is 33 million, for a million elements without octets. Far less than work that
grows with the square of its input."""

_CONFIG = """\
TYPE C_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    N : UINT8;
    M : UINT32;
END;
TABLE 0 C_TBL = C_RCD;
"""


@pytest.fixture
def bounded(tdl: Run, tmp_path: Path) -> Run:
    """Run a command that must end soon, with a finding, and leave the folder as it was."""

    def run(*arguments: object, codes: tuple[int, ...] = (1, 2)) -> object:
        before = sorted(tree(tmp_path))
        with counted() as work:
            result = tdl(*arguments)
        assert work.calls < CALLS
        assert result.exit_code in codes, result.output[:2000]
        assert "TDL" in result.stderr
        assert "TDL999" not in result.stderr
        assert len(result.output) < 200_000
        assert sorted(tree(tmp_path)) == before
        return result

    return run


DOCUMENTS = {
    "noise": random.Random(1).randbytes(10_000_000),
    "letters": bytes(random.Random(2).choices(b" \nABC{}()[];:=\"'/*.,0123456789", k=10_000_000)),
    "words": b"TYPE X = ARRAY [ " * 500_000,
    "open comment": b"{" * 10_000_000,
    "nested parentheses": b"TYPE A_RCD = PACKED RECORD\nX : BINARY("
    + b"(" * 100_000
    + b"1"
    + b")" * 100_000
    + b");\nEND;\n",
    "nested conditions": b"TYPE A_RCD = PACKED RECORD\n" + b"IF 1 THEN " * 100_000 + b"END;" * 100_000 + b"END;\n",
    "nested arrays": b"TYPE A_RCD = PACKED RECORD\nX : " + b"ARRAY[1] OF " * 100_000 + b"UINT8;\nEND;\n",
    "long chain of operators": b"TYPE A_RCD = PACKED RECORD\nX : BINARY(1" + b" + 1" * 100_000 + b");\nEND;\n",
    "number of a million digits": b"TYPE A_RCD = PACKED RECORD\nX : BINARY(" + b"9" * 1_000_000 + b");\nEND;\n",
    "imports itself": b'IMPORT "document.tdl";\n',
    "zeros": bytes(10_000_000),
}


@pytest.mark.parametrize("content", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_as_a_document(bounded: Run, content: bytes) -> None:
    Path("document.tdl").write_bytes(content)
    bounded("check", "document.tdl")
    bounded("merge", "document.tdl", "-o", "out.tdl")


@pytest.mark.parametrize("name", ["noise", "letters", "nested conditions"])
def test_as_a_fragment(bounded: Run, name: str) -> None:
    Path("fragment.tdl").write_bytes(b'FRAGMENT F OF "std:2012";\n' + DOCUMENTS[name])
    bounded("merge", "std:2012", "fragment.tdl", "-o", "out.tdl")


def test_fragments_and_imports_that_lead_to_themselves(bounded: Run) -> None:
    Path("a.tdl").write_text('DOCUMENT A;\nIMPORT "b.tdl";\n')
    Path("b.tdl").write_text('DOCUMENT B;\nIMPORT "a.tdl";\n')
    bounded("check", "a.tdl", codes=(1,))
    Path("self.tdl").write_text('FRAGMENT F OF "F";\nIMPORT "self.tdl";\n')
    bounded("check", "self.tdl", codes=(1,))
    bounded("merge", "std:2012", "self.tdl", "-o", "out.tdl", codes=(1,))
    for i in range(200):
        Path(f"i{i}.tdl").write_text(f'DOCUMENT D{i};\nIMPORT "i{i + 1}.tdl";\n')
    bounded("check", "i0.tdl", codes=(1, 2))


def test_what_is_no_file(bounded: Run) -> None:
    Path("folder").mkdir()
    for name in ("nothing.tdl", "folder", "folder/x", "std:1066", "demo:../../pyproject", "\x00", "a" * 5000):
        bounded("check", name, codes=(2,))
        bounded("decode", "-d", "std:2012", name, codes=(2,))
        bounded("decode", "-d", name, "folder", codes=(2,))
        bounded("merge", "std:2012", name, "-o", "out.tdl", codes=(2,))


IMAGES = {
    "noise": random.Random(1).randbytes(10_000_000),
    "nested lists": b'{"ST0": {"N": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "nested objects": b'{"ST0":' * 100_000 + b"1" + b"}" * 100_000,
    "long number": b'{"ST0": {"N": ' + b"9" * 1_000_000 + b"}}",
    "many tables": json.dumps({f"ST{i}": "00" for i in range(100_000)}).encode(),
    "wrong shape": b'[{"ST0": 1}]',
    "not a number": b'{"ST0": {"N": NaN, "M": Infinity}}',
    "zeros": bytes(10_000_000),
}


@pytest.mark.parametrize("content", IMAGES.values(), ids=IMAGES.keys())
def test_as_values(bounded: Run, content: bytes) -> None:
    Path("d.tdl").write_text(_CONFIG)
    Path("values.json").write_bytes(content)
    bounded("encode", "-d", "d.tdl", "values.json", "-o", "out")


def test_as_the_octets_of_a_table(bounded: Run) -> None:
    Path("image").mkdir()
    for key in ("ST0", "ST1", "ST23", "ST64", "ST12"):
        Path(f"image/{key}.bin").write_bytes(IMAGES["noise"])
    bounded("decode", "-d", "std:2012", "image", codes=(1,))
    Path("image.bin").write_bytes(IMAGES["noise"])
    bounded("decode", "-d", "std:2012", "image.bin", codes=(2,))


def test_as_a_profile(bounded: Run) -> None:
    Path("image").mkdir()
    Path("image/ST1.bin").write_bytes(b"")
    for content in (IMAGES["noise"], b"a = " + b"[" * 100_000, b"a." * 100_000 + b"b = 1", b"x = " + b"9" * 1_000_000):
        Path("p.toml").write_bytes(content)
        bounded("decode", "-d", "std:2012", "image", "--bind", "p.toml", codes=(2,))
        bounded("layout", "-d", "std:2012", "1", "--bind", "p.toml", codes=(2,))


@pytest.mark.parametrize("value", ["[" * 100_000, "9" * 1_000_000, "1\nx = 1", "", "{}", "'" + "x" * 1_000_000 + "'"])
def test_as_a_setting(bounded: Run, value: str) -> None:
    Path("image").mkdir()
    Path("image/ST1.bin").write_bytes(b"")
    bounded("decode", "-d", "std:2012", "image", "--set", f"GEN_CONFIG_TBL.ID_FORM={value}", codes=(2,))


_ROWS = _CONFIG + (
    "TYPE NONE_RCD = PACKED RECORD\n    X : NIL;\nEND;\n"
    "TYPE ROWS_RCD = PACKED RECORD\n    ROWS : ARRAY[C_TBL.M] OF {of};\nEND;\nTABLE 1 ROWS_TBL = ROWS_RCD;\n"
)


@pytest.mark.parametrize(
    ("of", "count"),
    [
        ("UINT8", "FFFFFFFF"),
        ("UINT8", "00FFFFFF"),
        ("NONE_RCD", "FFFFFFFF"),
        ("NONE_RCD", "00FFFFFF"),
        ("ARRAY[C_TBL.M] OF NONE_RCD", "00001000"),
    ],
)
def test_a_dimension_of_billions_from_the_image(bounded: Run, of: str, count: str) -> None:
    Path("d.tdl").write_text(_ROWS.replace("{of}", of))
    Path("image").mkdir()
    Path("image/ST0.bin").write_bytes(b"\x01\x00" + bytes.fromhex(count))
    Path("image/ST1.bin").write_bytes(b"\x00" * 4)
    bounded("decode", "-d", "d.tdl", "image", codes=(1,))


def test_a_dimension_of_billions_in_the_document(bounded: Run) -> None:
    for size in (2**32, 2**63 - 1, 2**64):
        Path("d.tdl").write_text(
            _CONFIG + f"TYPE R_RCD = PACKED RECORD\n    X : ARRAY[{size}] OF UINT8;\nEND;\nTABLE 1 R_TBL = R_RCD;\n"
        )
        Path("image").mkdir(exist_ok=True)
        Path("image/ST1.bin").write_bytes(b"\x00")
        bounded("check", "d.tdl")
        bounded("decode", "-d", "d.tdl", "image")


def test_a_pipe_is_no_document(bounded: Run, tmp_path: Path) -> None:
    """Nobody writes into it: whoever opened it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.tdl")
    result = bounded("check", tmp_path / "pipe.tdl")
    assert "no regular file" in result.stderr
    (tmp_path / "imports.tdl").write_text('DOCUMENT A;\nIMPORT "pipe.tdl";\n', "utf-8")
    result = bounded("check", tmp_path / "imports.tdl")
    assert "no regular file" in result.stderr
