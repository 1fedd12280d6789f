"""`tdl decode --records`: many images of one table, in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tdl.batches.decoding import batch_decoder
from tests.benchmarks.python.images import CONFIG, REGISTERS
from tests.cli.conftest import ROOT, Run, obey_interrupts

BENCHMARKS = ROOT / "tests" / "benchmarks" / "c"
DEFINITION = ("-d", BENCHMARKS / "tables.tdl", "--bind", BENCHMARKS / "profile.toml")
IMAGES = [bytes([number]) + REGISTERS[1:] for number in range(5)]
SIZE = len(REGISTERS)

GROWTH = """
import re, sys
from pathlib import Path
from tdl.cli.app import main

def peak(*arguments):
    try:
        main(list(arguments))
    except SystemExit as end:
        assert end.code == 0, end.code
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

definition, profile, small, large, form, out = sys.argv[1:]
command = ["decode", "-d", definition, "--bind", profile, "--table", "23", "--format", form, "-o", out, "--records"]
before = 0 if small == "-" else peak(*command, small)
print(peak(*command, large) - before)
"""


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "images.bin"
    path.write_bytes(b"".join(IMAGES))
    return path


def prefixed(images: list[bytes]) -> bytes:
    return b"".join(len(image).to_bytes(4, "little") + image for image in images)


# --- what comes out --------------------------------------------------------------------------------------------------


def test_a_line_of_json_for_each_image(tdl: Run, records: Path) -> None:
    result = tdl("decode", *DEFINITION, "--table", "ST23", "--records", records)
    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["FLAGS.SEASON"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[0]["AT"] == "2033-07-07T11:34:00"
    assert rows[0]["TIERS"][0]["SUMMATIONS"][0] == int.from_bytes(REGISTERS[8:14], "little")
    assert "$error" not in rows[0]


@pytest.mark.parametrize("form", ["arrow", "parquet", "csv", "jsonl"])
def test_every_format_has_the_same_values(tdl: Run, records: Path, tmp_path: Path, form: str) -> None:
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", records, "--format", form, "-o", "out")
    assert result.exit_code == 0, result.stderr
    decoder = batch_decoder(str(BENCHMARKS / "tables.tdl"), "ST23", bind=str(BENCHMARKS / "profile.toml"))
    expected = decoder.decode(pa.array(IMAGES, pa.binary()))
    out = tmp_path / "out"
    match form:
        case "arrow":
            assert pa.ipc.open_file(out).read_all().to_batches() == [expected]
        case "parquet":
            assert pq.read_table(out).to_pylist() == expected.to_pylist()
        case "csv":
            rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
            assert [int(row["RESETS"]) for row in rows] == expected["RESETS"].to_pylist()
            assert [row["FLAGS.CLOCK"] for row in rows] == ["true"] * 5
            assert json.loads(rows[1]["TIERS"])[2]["SUMMATIONS"] == expected["TIERS"][1][2]["SUMMATIONS"].as_py()
        case _:
            lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
            assert [line["TIERS"][3]["DEMANDS"][3]["CUM"] for line in lines] == [
                row[3]["DEMANDS"][3]["CUM"] for row in expected["TIERS"].to_pylist()
            ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images.bin", "out"]


def test_chosen_elements_alone(tdl: Run, records: Path) -> None:
    options = ("--path", "RESETS", "--path", "ST23.TIERS.DEMANDS.PEAK")
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", records, *options)
    assert list(json.loads(result.stdout.splitlines()[0])) == ["RESETS", "TIERS"]


# --- what goes in ----------------------------------------------------------------------------------------------------


def test_images_behind_their_lengths(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(prefixed([CONFIG, CONFIG[:30], CONFIG]))
    result = tdl("decode", *DEFINITION, "--table", "0", "--records", "images", "--prefixed", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["MANUFACTURER"] for row in rows] == ["ACME", "", "ACME"]
    assert result.exit_code == 1
    assert "images: image 1: ST0 octet" in result.stderr


def test_images_in_an_arrow_file(tdl: Run, tmp_path: Path) -> None:
    batch = pa.record_batch({"meter": pa.array(range(5)), "octets": pa.array(IMAGES, pa.binary())})
    with pa.ipc.new_file(str(tmp_path / "images.arrow"), batch.schema) as file:
        file.write_batch(batch)
        file.write_batch(batch)
    with pa.ipc.new_stream(str(tmp_path / "images.arrows"), batch.schema) as file:
        file.write_batch(batch)
    for name, count in (("images.arrow", 10), ("images.arrows", 5)):
        result = tdl("decode", *DEFINITION, "--table", "23", "--records", name, "--path", "FLAGS.SEASON")
        assert result.exit_code == 0, result.stderr
        assert [json.loads(line)["FLAGS.SEASON"] for line in result.stdout.splitlines()] == [*range(5)] * (count // 5)
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "images.arrow", "--column", "meter")
    assert result.exit_code != 0
    assert "no binary column `meter`" in result.stderr


def test_standard_input(tdl: Run) -> None:
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "-", input=b"".join(IMAGES))
    assert len(result.stdout.splitlines()) == 5


# --- what is wrong ---------------------------------------------------------------------------------------------------


def test_images_that_do_not_decode_are_findings(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(prefixed([b"short"] * 30 + [REGISTERS]))
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "images", "--prefixed")
    assert result.exit_code == 1
    assert "images: 30 of 31 images do not decode, the first 10 follow" in result.stderr
    assert result.stderr.count("error TDL511") == 10
    assert len(result.stdout.splitlines()) == 31


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"\xff\xff\xff\x7f", "a length of 2147483647 at octet 0, at most 16777216 expected"),
        (prefixed([REGISTERS]) + b"\x05\0\0\0ab", "ends inside the image at octet 372"),
        (prefixed([REGISTERS]) + b"\x05", "ends inside the image at octet 372"),
    ],
)
def test_a_file_that_ends_badly_leaves_nothing(tdl: Run, tmp_path: Path, octets: bytes, said: str) -> None:
    (tmp_path / "images").write_bytes(octets)
    (tmp_path / "out").write_text("before")
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "images", "--prefixed", "-o", "out")
    assert result.exit_code != 0
    assert said in " ".join(result.stderr.split())
    assert (tmp_path / "out").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "out"]


@pytest.mark.parametrize("octets", [b"ARROW1\0\0garbage", b"\xff\xff\xff\xff\x10\0\0\0garbage", b"ARROW1"])
def test_no_arrow_file(tdl: Run, tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "images").write_bytes(octets)
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "images", "-o", "out")
    assert result.exit_code != 0
    assert "no Arrow file" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lie", [[0, SIZE, 2**30, 2**30 + SIZE], [0, SIZE, 5, 3 * SIZE], [2**30, 2**30 + SIZE] * 2])
def test_an_arrow_file_that_lies(tdl: Run, tmp_path: Path, lie: list[int]) -> None:
    batch = pa.record_batch({"octets": pa.array(IMAGES[:3], pa.binary())})
    with pa.ipc.new_stream(str(tmp_path / "images"), batch.schema) as file:
        file.write_batch(batch)
    octets, true = (tmp_path / "images").read_bytes(), struct.pack("<4i", 0, SIZE, 2 * SIZE, 3 * SIZE)
    assert octets.count(true) == 1
    (tmp_path / "images").write_bytes(octets.replace(true, struct.pack("<4i", *lie)))
    result = tdl("decode", *DEFINITION, "--table", "23", "--records", "images", "-o", "out")
    assert result.exit_code == 2
    assert "no Arrow file" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Missing argument 'IMAGE'"),
        (("image", "--records", "x"), "--records takes the place of IMAGE"),
        (("image", "-o", "x"), "go with --records"),
        (("image", "--format", "csv"), "--format csv goes with --records"),
        (("--records", "images.bin"), "say which with --table"),
        (("--records", "images.bin", "--table", "23", "--format", "parquet"), "give its name with -o"),
        (("--records", "images.bin", "--table", "23", "--format", "json"), "goes with --format jsonl"),
        (("--records", "images.bin", "--table", "23", "--annotate"), "options that are about one image"),
        (("--records", "images.bin", "--table", "0"), "differ in size"),
        (("--records", "images.bin", "--table", "23", "--prefixed", "--size", "9"), "goes without --size"),
        (("--records", "nowhere", "--table", "23"), "no such file"),
        (("--records", "images.bin", "--table", "23", "-o", "images.bin/x"), "cannot be written"),
    ],
)
def test_how_it_is_asked_for(tdl: Run, records: Path, options: tuple[str, ...], said: str) -> None:
    result = tdl("decode", *DEFINITION, *options)
    assert result.exit_code in (1, 2)
    assert said in " ".join(result.stderr.split())


# --- large files -----------------------------------------------------------------------------------------------------


def grown(small: Path | str, large: Path, form: str, out: Path) -> int:
    """Kilobytes that a peak grows by from a small file to a large one; the whole peak without a small one."""
    places = (BENCHMARKS / "tables.tdl", BENCHMARKS / "profile.toml", small, large, form, out)
    command = [sys.executable, "-c", GROWTH, *map(str, places)]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: str) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(REGISTERS * (12_000_000 // SIZE))
    large.write_bytes(REGISTERS * (72_000_000 // SIZE))
    assert grown(small, large, form, tmp_path / "out") < 24 * 1024  # 60 MB more are read, and 80 MB more written
    assert grown("-", large, form, tmp_path / "out") < 200 * 1024


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    program = "from tdl.cli.app import main; main()"
    options = [*map(str, DEFINITION), "--table", "23", "--records", "-", "-o", str(tmp_path / "out" / "file")]
    command = [sys.executable, "-c", program, "decode", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stderr=pipe, preexec_fn=obey_interrupts) as process:
        assert process.stdin is not None
        process.stdin.write(REGISTERS * (6_000_000 // SIZE))
        process.stdin.flush()
        while not list(tmp_path.glob("out/.tdl-*")):
            time.sleep(0.02)
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130, said
    assert list(tmp_path.glob("out/*")) == []
    assert list(tmp_path.glob("out/.tdl-*")) == []
