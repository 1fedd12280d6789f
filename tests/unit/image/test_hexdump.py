from __future__ import annotations

import io
from pathlib import Path

import pytest

from tdl.image import UnreadableImage, read_image_file
from tdl.image.framing import crc16
from tdl.image.hexdump import MAX_FINDINGS, MAX_HEX_OCTETS, UnreadableHex, looks_like_hex, read_hexdump
from tests.work import counted

ST1 = bytes.fromhex("45452020413352202020202002000306") + b"        12345678"

HEXDUMP = """\
00000000  45 45 20 20 41 33 52 20  20 20 20 20 02 00 03 06  |EE  A3R     ....|
00000010  20 20 20 20 20 20 20 20  31 32 33 34 35 36 37 38  |        12345678|
00000020
"""
XXD = """\
00000000: 4545 2020 4133 5220 2020 2020 0200 0306  EE  A3R     ....
00000010: 2020 2020 2020 2020 3132 3334 3536 3738          12345678
"""
OD = """\
0000000 45 45 20 20 41 33 52 20 20 20 20 20 02 00 03 06
0000020 20 20 20 20 20 20 20 20 31 32 33 34 35 36 37 38
0000040
"""
WIRESHARK = """\
0000   45 45 20 20 41 33 52 20 20 20 20 20 02 00 03 06   EE  A3R     ....
0010   20 20 20 20 20 20 20 20 31 32 33 34 35 36 37 38           12345678
"""
OFFSETS = """\
0000: 45 45 20 20 41 33 52 20 20 20 20 20 02 00 03 06
0010: 20 20 20 20 20 20 20 20 31 32 33 34 35 36 37 38
"""
GDB = "\n".join(
    f"0x{at:04x} <buffer+{at}>:\t" + "\t".join(f"0x{octet:02x}" for octet in ST1[at : at + 8]) for at in range(0, 32, 8)
)
C_ARRAY = "const uint8_t st1[32] = {\n" + ", ".join(f"0x{octet:X}" for octet in ST1) + "\n};\n"
XXD_I = (
    "unsigned char ST1_bin[] = {\n  "
    + ", ".join(f"0x{octet:02x}" for octet in ST1)
    + "\n};\nunsigned int ST1_bin_len = 32;\n"
)


def read(text: str, name: str = "dump.txt", **options: object) -> dict[str, object]:
    return dict(read_hexdump(name, text.encode(), **options).tables)  # type: ignore[arg-type]


def said(text: str, **options: object) -> str:
    (note,) = read_hexdump("dump.txt", text.encode(), **options).notes  # type: ignore[arg-type]
    return note


def refused(text: str, **options: object) -> str:
    """The first finding: its code, place and message."""
    with pytest.raises(UnreadableHex) as caught:
        read_hexdump("x", text.encode(), **options)  # type: ignore[arg-type]
    finding = next(iter(caught.value.report))
    assert finding.primary is not None
    return f"{finding.code} {finding.primary.span.place} {finding.message}"


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        (ST1.hex(), "plain hexadecimal"),
        (ST1.hex(" ").upper(), "plain hexadecimal"),
        (ST1.hex(" ", 2), "plain hexadecimal"),
        (ST1.hex(":"), "plain hexadecimal"),
        (ST1.hex("-"), "plain hexadecimal"),
        (ST1.hex(","), "plain hexadecimal"),
        (ST1[:16].hex(" ") + "\r\n\r\n" + ST1[16:].hex(" ") + "\r\n", "plain hexadecimal"),
        (ST1.hex(" ") + "  // the whole table", "plain hexadecimal"),
        ("# read today\n" + ST1.hex(" "), "plain hexadecimal"),
        ("0x" + ST1.hex(), "hexadecimal with prefixes"),
        (" ".join(f"0x{octet:02X}" for octet in ST1), "hexadecimal with prefixes"),
        ('"' + "".join(f"\\x{octet:02x}" for octet in ST1) + '"', "hexadecimal with prefixes"),
        (HEXDUMP, "a hexdump -C listing, offsets checked, characters checked"),
        (XXD, "an xxd listing, offsets checked, characters checked"),
        (OD, "a listing with offsets, octal offsets checked"),
        (WIRESHARK, "a listing with offsets, offsets checked, characters checked"),
        (OFFSETS, "a listing with offsets, offsets checked"),
        (GDB, "a listing with offsets, offsets checked"),
        (C_ARRAY, "a C array"),
        (XXD_I, "a C array"),
    ],
)
def test_one_table_in_any_form(text: str, recognised: str) -> None:
    assert read(text, table="ST1") == {"ST1": ST1}
    assert said(text, table="ST1") == f"ST1: 32 octets, from {recognised}"
    assert looks_like_hex(text.encode())


@pytest.mark.parametrize(
    "label",
    [
        "ST23:", "st23 =", "ST23", "# ST23", "// ST23", "== ST23 ==", "--- ST23 ---", "[ST23]", "/* ST23 */",
        "ST23.bin:", "Table 23", "Table 23:", "table #23 =", "Standard Table 23", "ST23 (76 octets)",
        "ST23 CURRENT_REG_DATA_TBL", "ST23 CURRENT_REG_DATA_TBL (4 octets):",
        "static const unsigned char meter_st23_data[4] = {",
    ],
)  # fmt: skip
def test_labels(label: str) -> None:
    assert read(f"{label}\n01 02\n03 04\n\nMT5: AA BB\n") == {"ST23": b"\1\2\3\4", "MT5": b"\xaa\xbb"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ST23 01", "ST23"),
        ("MT5 = 01", "MT5"),
        ("Mfg table 5: 01", "MT5"),
        ("Table 2053: 01", "MT5"),
        ("UT1: 01", "UT1"),
        ("ST3P: 01", "ST3P"),
        ("std. table 3: 01", "ST3"),
    ],
)
def test_labels_on_the_line(text: str, key: str) -> None:
    assert read(text) == {key: b"\1"}


def test_the_name_of_the_file_may_say_the_table() -> None:
    assert read("01 02", name="some/where/st5.hex") == {"ST5": b"\1\2"}


def test_lines_of_spaces_have_nothing_to_see_beside_them() -> None:
    text = f"00000000: 4100 2020  A.\n00000004: 2020 2020{' ' * 6}\n00000008: 2042 2020   B\n0000000c: 2043        C\n"
    assert read(text, table="ST1") == {"ST1": b"A\0       B   C"}


def test_repeated_lines() -> None:
    text = "00000000  00 00 00 00\n*\n0000000c  01 02\n0000000e\n"
    assert read(text, table="ST1") == {"ST1": bytes(12) + b"\1\2"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_text_with_a_mark_of_its_encoding(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    octets = (mark + XXD).encode(encoding)
    assert looks_like_hex(octets)
    assert read_hexdump("st1.txt", octets).tables == {"ST1": ST1}


def test_files_and_standard_input_of_any_form(tmp_path: Path) -> None:
    (tmp_path / "dump").write_text("ST1: 01 02")
    assert read_image_file(str(tmp_path / "dump")).tables == {"ST1": b"\1\2"}
    assert read_image_file("-", io.BytesIO(b"01 02"), table="ST7").tables == {"ST7": b"\1\2"}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("ST1: 01 2", "TDL525 x:1:9 1 digit in `2` found, two for each octet expected"),
        ("ST1: 01 234 05", "TDL525 x:1:9 3 digits in `234` found, two for each octet expected"),
        ("ST1:\n01 0G", "TDL525 x:2:4 `0G` found, hexadecimal digits or the characters of these octets expected"),
        ("ST1:\nhello", "TDL525 x:2:1 `hello` found, hexadecimal digits expected"),
        ("ST1: 01\nST1: 02", "TDL525 x:2:1 ST1 for the second time found, each table once expected"),
        ("ST1:\n\nST2: 00", "TDL525 x:1:1 no octet found, those of a table expected"),
        ("ST1:\n0000: 41 42  AB\n0002: 41 42  AC", "TDL525 x:3:16 nothing found, the characters of the octets"),
        ("ST1:\n0000: 41 42  AB\n0002: 41  A", "TDL525 x:3:11 characters from column 11 found, column 14"),
        ("ST1:\n0000: 41 A0  A ", "TDL525 x:2:14 1 digit in `A` found"),
        ("ST1:\n0000: 20 20 // 20", "TDL525 x:2:13 `//` found, hexadecimal digits or the characters"),
        ("ST1:\n41 42  AB\n0010 12  12", "TDL525 x:2:1 `41 42  AB` found, an offset, as before the other lines"),
        ("ST1:\n41 42  AB\n12 12  12", "TDL525 x:3:10 nothing found, the characters of the octets"),
        ("ST1:\n0000 01 02\n0002 03 /* 04", "TDL525 x:3:9 `/*` found, hexadecimal digits or the characters"),
        ("ST1:\n0000: 41 42 |AC|", "TDL525 x:2:13 `|AC|` found, hexadecimal digits or the characters"),
        ("ST1:\n0010: 01 02", "TDL526 x:2:1 offset 0x0010 found, 0x0 expected"),
        ("ST1:\n0000: 01 02\n0003: 03", "TDL526 x:3:1 offset 0x0003 found, 0x2 expected"),
        ("ST1:\n0000: 01 02\n0002: 03\n0004:", "TDL526 x:4:1 offset 0x0004 found, 0x3 expected"),
        ("ST1:\n0000: 01 02\n03 04", "TDL525 x:3:1 `03 04` found, an offset, as before the other lines expected"),
        ("ST1:\n00000000  01 02 03\n00000004  05 06 07", "TDL526 x:3:1 offset 0x00000004 found, 0x3 expected"),
        ("ST1:\n*\n0002: 01", "TDL525 x:2:1 `*` found, a line to repeat before it expected"),
        ("ST1:\n0000: 01\n*", "TDL525 x:3:1 `*` at the end found"),
        ("ST1:\n0000: 01 02\n*\n0005: 01", "TDL526 x:4:1 offset 0x0005 found, one that whole lines of 2 octets"),
        ("ST1:\n0000: 01 02\n*\nffffffffffff: 01", "TDL526 x:4:1 offset 0xffffffffffff found"),
        ("ST1: 0x4545, 0x2020", "TDL528 x:1:6 the word `0x4545` found, single octets expected"),
        ("ST1:\n0000000 4545 2020\n0000004", "TDL528 x:2:1 words of two octets found"),
        ("ST1:\n0000 4545", "TDL528 x:2:1 `0000`, an offset or two octets of the table found, one of them expected"),
        ("01 02", "TDL528 x:1:1 octets of a table that is not named found, a label expected"),
        (C_ARRAY.replace("st1", "data") + C_ARRAY.replace("st1", "more"), "TDL528 x:1:1 octets of a table"),
        (XXD_I.replace("32;", "33;"), "TDL525 x:4:1 32 octets found, 33, as it says here expected"),
    ],
)
def test_what_is_wrong_or_not_sure(text: str, finding: str) -> None:
    assert refused(text).startswith(finding)


def test_every_table_has_its_finding() -> None:
    with pytest.raises(UnreadableHex) as caught:
        read_hexdump("x", b"ST1: 0\nST2: 00\nST3: 1")
    assert len(caught.value.report) == 2
    assert "at line 1, column 6" in caught.value.problem


# --- frames ----------------------------------------------------------------------------------------------------------

READ_OK = "EE 00 20 00 00 14 00 00 10 4D414E55464143545552455220534E20 92 08 21"


@pytest.mark.parametrize(
    ("text", "octets", "recognised"),
    [
        ("00 00 02 11 22 CD", b"\x11\x22", "a service frame with a right checksum"),
        ("00 00 00 00", b"", "a service frame with a right checksum"),
        (READ_OK, b"MANUFACTURER SN ", "a packet of C12.18 with a right CRC, a service frame with a right checksum"),
        (
            "06" + READ_OK,
            b"MANUFACTURER SN ",
            "a packet of C12.18 with a right CRC, a service frame with a right checksum",
        ),
    ],
)
def test_frames_are_taken_off(text: str, octets: bytes, recognised: str) -> None:
    assert read(text, table="ST5") == {"ST5": octets}
    assert said(text, table="ST5") == f"ST5: {len(octets)} octets, from plain hexadecimal, {recognised}"


def test_plain_leaves_a_frame_alone() -> None:
    assert read("00 00 02 11 22 CD", table="ST5", plain=True) == {"ST5": b"\0\0\2\x11\x22\xcd"}


def packet(sequence: int, data: bytes) -> bytes:
    head = bytes([0xEE, 0, 0xC0, sequence]) + len(data).to_bytes(2) + data
    return head + crc16(head).to_bytes(2, "little")


def test_several_packets() -> None:
    data = bytes(range(60))
    answer = b"\0\0\x3c" + data + bytes([-sum(data) & 0xFF])
    text = packet(1, answer[:40]).hex() + "06" + packet(0, answer[40:]).hex()
    assert read(text, table="ST5") == {"ST5": data}
    assert "2 packets of C12.18" in said(text, table="ST5")
    other = packet(0, answer[40:]).hex() + packet(1, answer[:40]).hex()
    assert refused(other, table="ST5").startswith("TDL527 x:1:1 sequence of packet 1: 0 found, 1 expected")


def test_the_crc_of_the_catalogue() -> None:
    assert crc16(b"123456789") == 0x906E


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("00 00 02 11 22 CC", "TDL527 x:1:1 checksum of the service frame: CC found, CD expected"),
        (READ_OK[:-2] + "22", "TDL527 x:1:1 CRC of packet 1: 08 22 found, 08 21 expected"),
        (packet(0, b"\x05").hex(), "TDL527 x:1:1 answer in the packet: 05 (iar: inappropriate action) found"),
        (
            packet(0, b"\x30\0\1").hex(),
            "TDL527 x:1:1 data of the packet: 30 00 01 found, 00, length, data and checksum",
        ),
        (packet(0, b"").hex(), "TDL527 x:1:1 data of the packet: nothing found"),
    ],
)
def test_a_damaged_frame_is_refused(text: str, finding: str) -> None:
    assert refused(text, table="ST5").startswith(finding)


@pytest.mark.parametrize("text", ["00 00 03 11 22 CD", "EE 00 20 00 00 15 00", "EE 01 02", "00"])
def test_octets_that_have_no_frame_stay(text: str) -> None:
    assert read(text, table="ST5") == {"ST5": bytes.fromhex(text)}


# --- hostile ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "ST1: " + "0" * 300_001,
        "ST1: " + "00 " * 60_000 + "0",
        "ST1: " + "00  " * 60_000 + "xx",
        "ST1:\n" + "0000: 00\n" * 20_000,
        "ST1:\n" + "0000 00 00  00\n" * 20_000,
        "ST1:\n" * 50_000,
        "ST1:\n0000: 00\n*\n" * 10_000,
        "unsigned " * 100_000 + "x[1] = {",
        "ST1 " + "(" * 50_000,
        "ST1: 0000" + " <" * 20_000,
        "00" + " " * 200_000 + "x",
        "table" + " " * 200_000 + "x",
    ],
)
def test_hostile_text_costs_bounded_work(text: str) -> None:
    with counted() as work, pytest.raises(UnreadableImage):
        read_hexdump("x", text.encode())
    assert work.calls < 3_000_000


def test_repeated_lines_do_not_make_endless_tables() -> None:
    block = "{}:\n0000: 00\n*\n00ffffff:\n"
    with pytest.raises(UnreadableImage, match="more than 67108864 octets together"):
        read_hexdump("x", "".join(block.format(f"ST{number}") for number in range(2000)).encode())


def test_not_every_finding_of_many_is_shown() -> None:
    with pytest.raises(UnreadableHex) as caught:
        read_hexdump("x", "".join(f"ST{number}: 0\n" for number in range(2000)).encode())
    assert len(caught.value.report) == MAX_FINDINGS


def test_a_text_may_be_too_long() -> None:
    with pytest.raises(UnreadableImage, match="larger than 16 MiB"):
        read_hexdump("x", b"0" * (MAX_HEX_OCTETS + 1))


@pytest.mark.parametrize("octets", [b"", b"{}", b'{"ST1": "00"}', b"\xff\xfe", b"<edl/>", b"hello", b'["00"]', b"\n\n"])
def test_what_is_no_hexadecimal_text(octets: bytes) -> None:
    assert not looks_like_hex(octets)
