"""Services whose octets are known, and those that are refused."""

from __future__ import annotations

import pytest

from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Code, LoggedOn, Negotiated, Refused, TableData
from tdl.systems.wire.data import checksum, padded
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.registration import Register
from tdl.systems.wire.requests import Negotiate, Read, ReadIndex, Request, Security, Write, WriteIndex
from tdl.systems.wire.titles import Title

READ = Read(table=1)
KNOWN: tuple[tuple[Request, str], ...] = (
    (requests.Identify(), "20"),
    (Negotiate(packet_size=1024, packets=128, speeds=(6,)), "6104008006"),
    (READ, "300001"),
    (ReadIndex(table=23, indices=(1, 2), count=3), "320017000100020003"),
    (requests.ReadOffset(table=0x802, offset=0x010203, count=4), "3F08020102030004"),
    (WriteIndex(table=23, indices=(1,), octets=b"\1\2"), "41001700010002" + "0102FD"),
    (Write(table=7, octets=b""), "400007000000"),
    (requests.Authenticate(proof=bytes.fromhex("00CADB6782EE2B4823")), "530900CADB6782EE2B4823"),
    (requests.TimingSetup(traffic=30, character=1, response=4, retries=3), "711E010403"),
)


@pytest.mark.parametrize(("request_", "octets"), KNOWN, ids=[octets for _, octets in KNOWN])
def test_requests(request_: Request, octets: str) -> None:
    assert requests.encode(request_).hex().upper() == octets
    assert requests.decode(bytes.fromhex(octets)) == request_


BROKEN = {
    "": "service at octet 0: 0 octets left, 1 expected",
    "2000": "service at octet 1: 1 octet behind the end, none expected",
    "23": "service at octet 0: service `23`, a known one expected",
    "3A00010000": "service at octet 0: service `3A`, a known one expected",
    "4A0001": "service at octet 0: service `4A`, a known one expected",
    "6C0040": "service at octet 0: service `6C`, a known one expected",
    "3000": "service at octet 1: 1 octet left, 2 expected",
    "4000070002010200": "service at octet 7: checksum `00`, `FD` expected",
    "40000700030102FD": "service at octet 8: 0 octets left, 1 expected",
    "5100": "service at octet 1: 1 octet left, 20 expected",
    "24" + "0401AA": "service at octet 1: tag `04`, `06` or `0D` or `80` expected",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text or "empty")
def test_octets_that_are_none(text: str) -> None:
    with pytest.raises(WireError) as error:
        requests.decode(bytes.fromhex(text))
    assert str(error.value) == BROKEN[text]


@pytest.mark.parametrize(("octets", "parts"), [(0xFFFE, 1), (0xFFFF, 2), (0x10000, 2), (0x1FFFE, 3), (1 << 20, 17)])
def test_a_table_of_several_parts(octets: int, parts: int) -> None:
    """A count of FFFF says that another part follows, in writes and in answers to reads; the last one may be empty."""
    table = bytes(range(255)) * (octets // 255) + bytes(octets % 255)
    write = Write(table=7, octets=table)
    assert requests.decode(requests.encode(write)) == write
    assert len(requests.encode(write)) == 3 + octets + 3 * parts
    said = answers.encode(TableData(octets=table))
    assert said[1:] == requests.encode(write)[3:]
    assert answers.decode(said, Read(table=7)) == TableData(octets=table)


def test_every_part_has_its_own_checksum() -> None:
    first = bytes.fromhex("FFFF") + b"\1" * 0xFFFF + b"\1"
    assert requests.decode(bytes.fromhex("400007") + first + bytes.fromhex("000102FE")) == Write(
        table=7, octets=b"\1" * 0xFFFF + b"\2"
    )
    for broken, words in (
        (first, "0 octets left, 2"),
        (first + b"\0\1\2\0", "checksum `00`"),
        (first[:-1], "0 octets"),
    ):
        with pytest.raises(WireError, match=words):
            requests.decode(bytes.fromhex("400007") + broken)
    with pytest.raises(WireError, match="1048577 octets of a table, at most 1048576"):
        requests.encode(Write(table=7, octets=bytes((1 << 20) + 1)))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Read(table=0x10000), "`table` of 65536, 0 to 65535 expected"),
        (Read(table=-1), "`table` of -1"),
        (Read(table=10**400), "`table` of another size"),
        (ReadIndex(table=1, indices=(), count=1), "0 indices, 1 to 9 expected"),
        (ReadIndex(table=1, indices=(1,) * 10, count=1), "10 indices"),
        (Negotiate(packet_size=64, packets=1, speeds=(1,) * 12), "12 speeds, at most 11"),
        (Security(password=b"short"), "`password` of 5 octets, 20 expected"),
        (
            Register(
                node_type=0x80,
                connection_type=0,
                device_class=bytes(4),
                title=Title(arcs=()),
                serial=Title(arcs=()),
                address=b"",
                period=0,
            ),
            "`domain` and `node_type` that disagree",
        ),
    ],
)
def test_requests_that_have_no_octets(request_: Request, words: str) -> None:
    with pytest.raises(WireError) as error:
        requests.encode(request_)
    assert words in str(error.value)


def test_passwords_are_not_printed() -> None:
    assert "hunter" not in repr(Security(password=padded(b"hunter", 20)))


def test_padding() -> None:
    assert padded(b"ab", 4) == b"ab  "
    assert padded(b"ab", 4, 0) == b"ab\0\0"
    with pytest.raises(WireError, match="a text of 5 octets, at most 4 expected"):
        padded(b"abcde", 4)


# --- answers ---------------------------------------------------------------------------------------------------------


def test_checksums() -> None:
    assert checksum(b"MANUFACTURER SN ") == 0x92
    assert answers.encode(TableData(octets=b"MANUFACTURER SN ")).hex().endswith("92")


def test_what_may_be_left_out() -> None:
    asked = Negotiate(packet_size=1024, packets=128, speeds=(6,))
    assert answers.decode(bytes.fromhex("0004008006"), asked) == Negotiated(packet_size=1024, packets=128, speed=6)
    assert answers.decode(bytes.fromhex("00040080"), asked) == Negotiated(packet_size=1024, packets=128)
    assert answers.decode(b"\0", requests.Logon(user_id=2, user=bytes(10))) == LoggedOn()


@pytest.mark.parametrize(
    ("octets", "name", "largest"),
    [
        ("02", "SNS", None),
        ("0F", "RQTL", None),
        ("0F0200", "RQTL", 512),
        ("10000200", "RSTL", 512),
        ("1000000200", "RSTL", 512),
        ("1E", "1E", None),
        ("12000001020304", "SGERR", None),
    ],
)
def test_refusals(octets: str, name: str, largest: int | None) -> None:
    found = answers.decode(bytes.fromhex(octets), READ)
    assert isinstance(found, Refused)
    assert (found.name, found.largest) == (name, largest)
    assert answers.encode(found) == bytes.fromhex(octets)


def test_codes_are_all_named() -> None:
    assert [int(code) for code in Code] == list(range(0x13))


@pytest.mark.parametrize("octets", ["0F0000000200", "02" + "00" * 9, "000002AABB9A", "00000100", "000000"])
def test_answers_that_are_none(octets: str) -> None:
    with pytest.raises(WireError):
        answers.decode(bytes.fromhex(octets), READ)


def test_a_refusal_is_never_code_0() -> None:
    with pytest.raises(WireError, match="a refusal with code 0"):
        answers.encode(Refused(code=0))


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        ("0003010008", "feature 8"),
        ("000301000700", "an identity without a form"),
        ("00030100" + "0508" * 65, "more than 64"),
    ],
)
def test_identities_that_are_none(octets: str, words: str) -> None:
    with pytest.raises(WireError, match=words):
        answers.decode(bytes.fromhex(octets), requests.Identify())
