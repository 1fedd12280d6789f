"""The straight lines that decode: numbers of odd sizes, fields by the octet, and what does not leave the lines."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tdl.backends.api import GeneratedFile, Options, find_backend
from tdl.backends.python import emitter
from tdl.backends.python.runtime import fields
from tdl.backends.python.runtime.fields import blanks, octet_fields
from tdl.codec.moments import read_moment
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential.packages import imported

FORMATS = """TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); CHAR_FORMAT : UINT(4..6); FILLER : FILL(7..7);
END;
TYPE FORMAT_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; INT_FORMAT : UINT8; END;
TABLE 0 FORMAT_TBL = FORMAT_RCD;
"""
SIZES = [f"{kind}{8 * octets}" for octets in (3, 5, 6, 7) for kind in ("UINT", "INT")]


def files(folder: Path, text: str, order: int = 0, times: int = 2) -> tuple[GeneratedFile, ...]:
    """A package bound to a meter whose only open questions are the order of octets and the format of times."""
    profile = f"[FORMAT_TBL]\nDATA_ORDER = {order}\nTM_FORMAT = {times}\nCHAR_FORMAT = 1\nINT_FORMAT = 0\n"
    (folder / "read.tdl").write_text(f"DOCUMENT READ;\n{FORMATS}{text}", "utf-8")
    (folder / "meter.toml").write_text(profile, "utf-8")
    definition = load(str(folder / "read.tdl"))
    bound = bind(definition.plan, known_values(definition, read_profile(str(folder / "meter.toml"))))
    return find_backend("python").generate(definition.model, bound, Options())


@contextmanager
def straight(made: tuple[GeneratedFile, ...], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package without its explaining codec, so that only straight lines decode."""
    with imported(made) as package:
        package.view("ST0", b"\0\0")
        from read._runtime import explain  # type: ignore[import-not-found]

        monkeypatch.delattr(explain, "decode")
        yield package


def code(made: tuple[GeneratedFile, ...], path: str, function: str) -> str:
    text = next(file.content.decode() for file in made if file.path == path)
    return text.partition(f"\ndef {function}(")[2].partition("\ndef ")[0]


# --- numbers of odd sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("size", SIZES)
def test_a_number_of_any_size_at_any_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int, size: str
) -> None:
    text = (
        f"TYPE A_RCD = PACKED RECORD FIRST : {size}; X : UINT8; N : ARRAY[4] OF {size}; Y : UINT16; LAST : {size}; END;"
        "TABLE 1 A_TBL = A_RCD;"
        "TYPE B_RCD = PACKED RECORD ROWS : ARRAY[100] OF A_RCD; END; TABLE 2 B_TBL = B_RCD;"
    )
    octets, signed, name = int(size.lstrip("UINT")) // 8, size[0] == "I", ("little", "big")[order]
    random = Random(size)

    def number(at: int) -> int:
        return int.from_bytes(image[at : at + octets], name, signed=signed)  # type: ignore[arg-type]

    with straight(files(tmp_path, text, order), monkeypatch) as package:
        for image in (*(random.randbytes(6 * octets + 3) for _ in range(20)), b"\xff" * (6 * octets + 3)):
            record = package.decode("ST1", image)
            assert [record.FIRST, *record.N, record.LAST] == [
                number(at) for at in (0, *(octets * n + 1 for n in range(1, 5)), 5 * octets + 3)
            ]
            assert package.encode("ST1", record) == image
            assert package.decode("ST2", image * 100).ROWS[99] == record


def test_numbers_of_odd_sizes_are_read_with_their_neighbours(tmp_path: Path) -> None:
    text = "TYPE A_RCD = PACKED RECORD X : UINT16; N : ARRAY[4] OF INT48; END; TABLE 1 A_TBL = A_RCD;"
    many = code(files(tmp_path, text), "read/st1.py", "decode")
    assert many.count(">> 16") == 4
    assert many.count(".unpack(data)") == 2
    few = code(files(tmp_path, text.replace("[4]", "[2]")), "read/st1.py", "decode")
    assert few.count("<< 32") == 2
    assert few.count(".unpack(data)") == 1, "a second struct would cost more than it saves"


# --- fields by the octet ----------------------------------------------------------------------------------------------


def test_what_an_octet_holds() -> None:
    table = octet_fields(("uint", 0, 3), ("bool", 3, 1), ("int", 4, 4), ("spare", 0x0C, 8))
    assert len(table) == 256
    assert table[0b1010_1101] == (0b101, True, -6, 0x0C00)
    assert type(table[8][1]) is bool
    assert all(row[2] == ((octet >> 4) ^ 8) - 8 for octet, row in enumerate(table))


def test_blanks_have_no_values() -> None:
    class Slotted:
        __slots__ = ("value",)

        def __init__(self) -> None:
            raise AssertionError

    made = list(blanks(Slotted, 3))
    assert [type(each) for each in made] == 3 * [Slotted]
    assert len({id(each) for each in made}) == 3
    assert not hasattr(next(blanks(Slotted)), "value")


BITS = (
    "TYPE A_BFLD = BIT FIELD OF UINT32"
    " A : UINT(0..3); B : BOOL(5); C : UINT(8..15); D : INT(16..20); E : BOOL(31); END;"
    "TYPE B_BFLD = BIT FIELD OF UINT16 A : UINT(4..11); B : BOOL(15); END;"
    "TYPE A_RCD = PACKED RECORD A : A_BFLD; B : B_BFLD; MANY : ARRAY[100] OF A_BFLD; END; TABLE 1 A_TBL = A_RCD;"
)


@pytest.mark.parametrize("order", [0, 1])
def test_fields_and_spare_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    with straight(files(tmp_path, BITS, order), monkeypatch) as package:
        for seed in range(20):
            image = Random(seed).randbytes(406)
            record = package.decode("ST1", image)
            for field, at in ((record.A, 0), (record.MANY[7], 34)):
                word = int.from_bytes(image[at : at + 4], ("little", "big")[order])  # type: ignore[arg-type]
                low, signed = word & 15, (word >> 16 & 31 ^ 16) - 16
                assert [low, word >> 5 & 1 == 1, word >> 8 & 255] == [field.A, field.B, field.C]
                assert (field.D, field.E, field.spare) == (signed, word >> 31 == 1, word & 0x7FE000D0)
                assert type(field.B) is type(field.E) is bool
            assert package.encode("ST1", record) == image


def test_fields_are_looked_up_unless_one_has_bits_of_two_octets(tmp_path: Path) -> None:
    lines = code(files(tmp_path, BITS), "read/st1.py", "decode")
    assert "r2.A, r2.B, s" in lines
    assert ">> 4 & 0xFF" in lines


# --- octets of several lengths ----------------------------------------------------------------------------------------

SERIES = (
    "TYPE A_RCD = PACKED RECORD N : UINT8; M : UINT8; A : SET(N); B : BINARY(M); C : SET(N); D : BCD(M); E : SET(M);"
    " END; TABLE 1 A_TBL = A_RCD;"
)


@pytest.mark.parametrize("sizes", [(0, 0), (3, 0), (0, 2), (255, 255), (1, 7)])
def test_octets_of_several_lengths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, int]) -> None:
    n, m = sizes
    pieces = [Random(at).randbytes(size) for at, size in enumerate((n, m, n, 0, m))]
    pieces[3] = m * b"\x12"
    image = bytes(sizes) + b"".join(pieces)
    made = files(tmp_path, SERIES)
    assert "SERIES[a" in code(made, "read/st1.py", "decode")
    with straight(made, monkeypatch) as package:
        record = package.decode("ST1", image)
        assert [record.A.octets, record.B, record.C.octets, record.E.octets] == [*pieces[:3], pieces[4]]
        assert package.encode("ST1", record) == image
    with imported(made) as package:
        for wrong in (image[:-1], image + b"\0"):
            with pytest.raises(package.DecodeError):
                package.decode("ST1", wrong)


def test_structs_of_lengths_are_not_kept_for_ever() -> None:
    for length in range(1000):
        assert fields.SERIES[length, 2][1] == length + 2
    assert len(fields.SERIES) <= 256
    unpack, size = fields.SERIES[1, 0, 2]
    assert (unpack(b"-abc", 1), size) == ((b"a", b"", b"bc"), 3)


NUMBERS = (
    "TYPE LIMITS_RCD = PACKED RECORD N : UINT8; END; TABLE 2 LIMITS_TBL = LIMITS_RCD;"
    "TYPE A_RCD = PACKED RECORD A : ARRAY[LIMITS_TBL.N] OF UINT16; B : ARRAY[LIMITS_TBL.N] OF BINARY(2);"
    " M : UINT8; C : ARRAY[M] OF INT32; END; TABLE 1 A_TBL = A_RCD;"
)


@pytest.mark.parametrize("order", [0, 1])
def test_numbers_of_which_a_value_says_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    made = files(tmp_path, NUMBERS, order)
    assert code(made, "read/st1.py", "decode").count("NUMBERS[") == 2
    assert code(made, "read/st1.py", "encode").count("NUMBERS[") == 2
    first = "<>"[order]
    image = struct.pack(f"{first}3H", 1, 2, 65535) + b"abcdef\2" + struct.pack(f"{first}2i", -1, 7)
    with straight(made, monkeypatch) as package:
        environment = package.Environment()
        environment.set(2, ("N",), 3)
        record = package.decode("ST1", image, environment)
        assert (record.A, record.B, record.C) == ([1, 2, 65535], [b"ab", b"cd", b"ef"], [-1, 7])
        assert package.encode("ST1", record, environment) == image
    with imported(made) as package:
        environment = package.Environment()
        environment.set(2, ("N",), 3)
        with pytest.raises(package.DecodeError):
            package.decode("ST1", image[:-1], environment)
        record.A = [1, 2, 65536]
        with pytest.raises(package.EncodeError, match="A"):
            package.encode("ST1", record, environment)


def test_structs_of_numbers_are_not_kept_for_ever() -> None:
    for count in range(1000):
        assert fields.NUMBERS["H", count, True].size == 2 * count
    assert len(fields.NUMBERS) <= 256


# --- records and what is in them --------------------------------------------------------------------------------------

PLAIN = (
    "TYPE B_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); END;"
    "TYPE B_RCD = PACKED RECORD N : UINT16; BITS : B_BFLD; END;"
    "TYPE A_RCD = PACKED RECORD X : UINT8; SIZE : UINT8; Y : UINT16; B : B_RCD; SOME : SET(SIZE); C : B_RCD; END;"
    "TABLE 1 A_TBL = A_RCD;"
    "TYPE C_RCD = PACKED RECORD ROWS : ARRAY[100] OF B_RCD; END; TABLE 2 C_TBL = C_RCD;"
)


def test_numbers_are_stored_as_they_are_unpacked(tmp_path: Path) -> None:
    made = files(tmp_path, PLAIN)
    lines = code(made, "read/st1.py", "decode")
    (unpacked,) = (line for line in lines.splitlines() if "_S0." in line)
    assert {"r1.X", "r1.Y", "r5.N"} < set(unpacked.strip(" (").split(", "))
    assert lines.count("r1.X") == lines.count("r1.Y") == lines.count("r5.N") == 1
    assert "r1.SIZE" not in unpacked, "a length is at hand for the set"
    assert (lines.count(" = next("), lines.count("starmap(")) == (5, 0), "a few objects cost less one by one"
    assert "for r3, r5, (r3.N, " in code(made, "read/st2.py", "_read_0")


def test_many_records_are_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "TYPE B_RCD = PACKED RECORD N : UINT8; END; TYPE A_RCD = PACKED RECORD ROWS : ARRAY[9] OF B_RCD; END;"
    made = files(tmp_path, f"{text} TABLE 1 A_TBL = A_RCD;")
    lines = code(made, "read/st1.py", "decode")
    assert (lines.count(" = next("), lines.count("starmap(")) == (0, 1)
    with straight(made, monkeypatch) as package:
        rows = package.decode("ST1", bytes(range(9))).ROWS
        assert [row.N for row in rows] == list(range(9))
        assert len({id(row) for row in rows}) == 9


def test_two_values_have_nothing_in_common_that_can_be_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = bytes([1, 1, 2, 0, 3, 0, 0x54, 7, 6, 0, 0x54])
    with straight(files(tmp_path, PLAIN), monkeypatch) as package:
        first, second = (package.decode("ST1", image) for _ in range(2))
        assert first == second
        assert [first.X, first.SIZE, first.Y, first.B.N, first.C.N] == [1, 1, 2, 3, 6]
        assert sorted(first.SOME) == [0, 1, 2]
        assert (first.B.BITS.LOW, first.B.BITS.spare) == (4, 0x50)
        assert first.B.BITS is not first.C.BITS
        first.B.BITS.LOW, first.B.N, first.SOME.octets = 0, 0, b"\0"
        assert package.encode("ST1", second) == image
        assert package.encode("ST1", first) == bytes([1, 1, 2, 0, 0, 0, 0x50, 0, 6, 0, 0x54])


@pytest.mark.parametrize("octets", [b"", b"\1", b"\1\2\3"], ids=len)
def test_a_table_of_one_struct_refuses_octets_of_another_number(tmp_path: Path, octets: bytes) -> None:
    text = "TYPE A_RCD = PACKED RECORD X : UINT8; Y : UINT8; END; TABLE 1 A_TBL = A_RCD;"
    text += "TYPE B_RCD = PACKED RECORD NONE : ARRAY[0] OF UINT8; END; TABLE 2 B_TBL = B_RCD;"
    with imported(files(tmp_path, text)) as package:
        assert package.decode("ST1", b"\1\2").Y == 2
        assert package.decode("ST2", b"").NONE == []
        with pytest.raises(package.DecodeError):
            package.decode("ST1", octets)
        with pytest.raises(package.DecodeError):
            package.decode("ST2", octets or b"\0")


def test_lines_that_are_not_there_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = " ".join(f"E{number} : UINT8;" for number in range(1000))
    text = f"TYPE A_RCD = PACKED RECORD {elements} END; TABLE 1 A_TBL = A_RCD;"
    monkeypatch.setattr(emitter, "_LINES", 900)
    with straight(files(tmp_path, text), monkeypatch) as package:
        assert package.decode("ST1", bytes(range(250)) * 4).E999 == 249


# --- what stays in the straight line ----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["STIME_DATE", "LTIME_DATE", "STIME", "TIME"])
def test_a_date_never_set_is_no_reason_to_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    text = f"TYPE A_RCD = PACKED RECORD AT : {moment}; X : UINT8; END; TABLE 1 A_TBL = A_RCD;"
    with straight(files(tmp_path, text), monkeypatch) as package:
        size = package.st1.SIZE_MAX
        for octets in (b"\xff" * size, b"\x63" * size):
            record = package.decode("ST1", octets)
            assert type(record.AT) is package.Raw
            assert bytes(record.AT) == octets[:-1]


PARTS = (
    (0, 1, 23, 24, 89, 90, 99, 100, 0x24, 0x99, 0x9A, 255), (0, 1, 2, 9, 12, 13, 0x0A, 0x10, 0x12),
    (0, 1, 28, 29, 31, 32, 0x31), (0, 9, 23, 24, 0x23), (0, 59, 60, 0x59), (0, 59, 0x59, 60), (0, 99, 100, 0x99, 255),
)  # fmt: skip
"""Octets of year, month and so on at the ends of what they can be, decimal digits or not."""


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("moment", ["STIME_DATE", "LTIME_DATE", "HTIME_DATE"])
def test_a_date_is_what_the_codec_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, times: int
) -> None:
    text = f"TYPE A_RCD = PACKED RECORD AT : {moment}; X : UINT8; END; TABLE 1 A_TBL = A_RCD;"
    with straight(files(tmp_path, text, times=times), monkeypatch) as package:
        size, random, dates = package.st1.SIZE_MAX - 1, Random(moment), 0
        for _ in range(1500):
            image = bytes(random.choice(PARTS[part]) for part in range(size))
            expected = read_moment(moment, times, image, False)
            for _ in range(2):  # when it is looked for, and when it is there
                found = package.decode("ST1", image + b"\0").AT
                assert (type(found).__name__, found) == (type(expected).__name__, expected)
            dates += isinstance(expected, datetime)
        assert 10 < dates < 1000


def test_octets_that_are_no_date_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "TYPE A_RCD = PACKED RECORD A : STIME_DATE; B : STIME_DATE; END; TABLE 1 A_TBL = A_RCD;"
    with straight(files(tmp_path, text), monkeypatch) as package:
        package.decode("ST1", bytes(10))
        from read._runtime import calendar

        monkeypatch.delattr(calendar, "read_moment")
        found = package.decode("ST1", bytes(10))
        assert found.A == found.B == package.Raw(5)


def test_text_with_other_octets_is_no_reason_to_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "TYPE A_RCD = PACKED RECORD NAME : STRING(3); END; TABLE 1 A_TBL = A_RCD;"
    with straight(files(tmp_path, text), monkeypatch) as package:
        record = package.decode("ST1", b"\xe9 \0")
        assert record.NAME == "\udce9 \0"
        assert package.encode("ST1", record) == b"\xe9 \0"
