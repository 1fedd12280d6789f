from __future__ import annotations

import io
from pathlib import Path

import pytest

from tdl.codec.values import Members, Raw, Record
from tdl.image import UnreadableImage, read_image_file
from tdl.image.json_file import read_json, write_json


def test_values_and_octets() -> None:
    image = read_json("x.json", b'{"ST1": {"A": 1, "B": {"C": [true, "x"]}}, "MT5": "45 4c 53"}')
    assert image.tables == {"ST1": Record({"A": 1, "B": Record({"C": [True, "x"]})}), "MT5": b"ELS"}


def test_what_is_written_is_read_back() -> None:
    record = Record({"A": Raw(b"\xff"), "B": Record({"C": 1}, spare=0x80)})
    assert read_json("x", write_json({"ST1": record}).encode()).tables == {"ST1": record}
    assert '"B": [' in write_json({"ST1": Record({"B": Members(b"\x03")})})


def test_standard_input() -> None:
    assert read_image_file("-", io.BytesIO(b'{"ST0": "00"}')).tables == {"ST0": b"\x00"}
    with pytest.raises(UnreadableImage, match="standard input is closed"):
        read_image_file("-", None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "neither a directory nor JSON"),
        (b"\xff\xfe\x00", "neither a directory nor JSON"),
        (b'{"ST1": }', "line 1, column 9"),
        (b"[1]", "a list found, an object of tables expected"),
        (b'{"ST1": 1}', "a number found"),
        (b'{"ST1": "xyz"}', "octets in hexadecimal expected"),
        (b'{"ST1": {"$raw": "FF"}}', "one value found"),
        (b'{"ST1": {"A": {"$what": 1}}}', r"`\$what`"),
        (b'{"ST1": {"A": 1, "A": 2}}', "`A` stands twice"),
        (b'{"ST1": ' + b"[" * 100_000, "nested too deep"),
        (b'{"ST1": {"A": ' + b"[" * 500 + b"]" * 500 + b"}}", "nested more than"),
        (b'{"ST1": {"A": ' + b"9" * 5000 + b"}}", "number too long"),
    ],
)
def test_what_is_no_image_says_so(text: bytes, problem: str) -> None:
    with pytest.raises(UnreadableImage, match=problem):
        read_json("x.json", text)


def test_a_file_that_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "ST1.bin").write_bytes(b"\x80")
    with pytest.raises(UnreadableImage) as caught:
        read_image_file(str(tmp_path / "ST1.bin"))
    assert "an image is a directory of `ST0.bin`" in caught.value.help
