"""Packets whose octets are known, and octets that are none."""

from __future__ import annotations

import pytest

from tdl.systems.wire.errors import WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.messages import MESSAGE, Assembly, Sizes, cut
from tdl.systems.wire.psem.packets import MOST, Packet, crc
from tdl.systems.wire.psem.scanner import Heard, Nonsense, Scanner, Sign, Sound
from tdl.systems.wire.psem.speeds import BAUD, speed_code

KNOWN: dict[str, tuple[str, Packet]] = {
    "identify": ("EE0000000001201310", Packet(data=b"\x20")),
    "identity": ("EE0000000005 0000010000 C6B5", Packet(data=b"\0\0\1\0\0")),
    "negotiate": ("EE0020000005 6104008006 C229", Packet(data=bytes.fromhex("6104008006"), toggle=True)),
    "negotiated": ("EE0020000005 0004008006 3583", Packet(data=bytes.fromhex("0004008006"), toggle=True)),
    "read": ("EE0000000003 300001 550D", Packet(data=bytes.fromhex("300001"))),
    "table": (
        "EE0020000014 000010 4D414E55464143545552455220534E20 92 0821",
        Packet(data=b"\0\0\x10MANUFACTURER SN \x92", toggle=True),
    ),
}
LARGE = b"\0\0\x3c" + bytes(range(60)) + b"\x16"
LARGE_PACKETS = (
    "EE00C0010038 00003C" + bytes(range(0x35)).hex() + "F11E",
    "EE00A0000008" + bytes(range(0x35, 0x3C)).hex() + "16B614",
)


@pytest.mark.parametrize("name", KNOWN)
def test_known_packets(name: str) -> None:
    octets, packet = KNOWN[name]
    assert packets.encode(packet) == bytes.fromhex(octets)
    assert packets.decode(bytes.fromhex(octets)) == packet


def test_a_known_message_of_two_packets() -> None:
    known, sizes = [bytes.fromhex(octets) for octets in LARGE_PACKETS], Sizes(packet=64, packets=2)
    assert [packets.encode(each) for each in cut(LARGE, sizes)] == known
    assembly = Assembly()
    assert [assembly.add(packets.decode(octets), sizes) for octets in known] == [None, LARGE]


def test_the_checksum() -> None:
    assert crc(b"123456789") == 0x906E
    assert crc(b"") == 0


BROKEN = {
    "": "packet at octet 0: 0 octets left, 1 expected",
    "0600": "packet at octet 0: octet `06`, `EE` expected",
    "EE00000000": "packet at octet 4: 1 octet left, 2 expected",
    "EE0000000001201311": "packet at octet 7: checksum `1113`, `1013` expected",
    "EE000000000120131000": "packet at octet 9: 1 octet behind the end, none expected",
    "EE0000001FF8": "packet at octet 4: a packet with 8184 octets, at most 8183 expected",
    "EE0000000002201310": "packet at octet 8: 1 octet left, 2 expected",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text or "empty")
def test_octets_that_are_none(text: str) -> None:
    with pytest.raises(WireError) as error:
        packets.decode(bytes.fromhex(text))
    assert str(error.value) == BROKEN[text]


def test_packets_that_have_no_octets() -> None:
    for packet, words in (
        (Packet(data=bytes(MOST + 1)), "8184 octets"),
        (Packet(data=b"", identity=256), "`identity` of 256"),
        (Packet(data=b"", sequence=-1), "`sequence` of -1"),
        (Packet(data=b"", flags=0x20), "`flags` of 32"),
    ):
        with pytest.raises(WireError, match=words):
            packets.encode(packet)
    assert len(packets.encode(Packet(data=bytes(MOST)))) == MOST + 8


# --- sounds ----------------------------------------------------------------------------------------------------------

IDENTIFY = bytes.fromhex("EE0000000001201310")
HEARD = Heard(packet=Packet(data=b"\x20"), checksum=b"\x13\x10")


def scanner() -> Scanner:
    return Scanner(silence=0.5, most=56)


@pytest.mark.parametrize(
    ("octets", "sounds"),
    [
        (b"", []),
        (b"\x06\x15", [Sign.ACK, Sign.NAK]),
        (b"\x55\x55" + IDENTIFY, [HEARD]),
        (b"\x06" + IDENTIFY + b"\x06", [Sign.ACK, HEARD, Sign.ACK]),
        (b"\x07\x06\x15" + IDENTIFY, [Nonsense.NOISE]),
        (IDENTIFY[:-1], [Nonsense.CUT]),
        (IDENTIFY[:3], [Nonsense.CUT]),
        (IDENTIFY[:-1] + b"\0" + IDENTIFY, [Nonsense.CHECKSUM]),
        (packets.encode(Packet(data=bytes(57))), [Nonsense.LENGTH]),
        (b"\xee\0\0\0\xff\xff\x06", [Nonsense.LENGTH]),
    ],
)
def test_sounds(octets: bytes, sounds: list[Sound]) -> None:
    """At once and one octet at a time; after nonsense nothing counts until the line was silent."""
    for size in (len(octets) or 1, 1):
        hearing = scanner()
        found = []
        for at in range(0, len(octets), size):
            found += hearing.receive(octets[at : at + size], 0.0)
        assert found + hearing.tick(0.499) + hearing.tick(0.5) == sounds
        assert hearing.deadline is None
        assert hearing.receive(IDENTIFY, 0.6) == [HEARD]


def test_silence_counts_from_the_last_octet() -> None:
    hearing = scanner()
    assert hearing.receive(b"\0", 0.0) + hearing.receive(IDENTIFY, 0.4) + hearing.tick(0.8) == []
    assert hearing.tick(0.9) == [Nonsense.NOISE]


def test_a_late_octet_ends_a_packet() -> None:
    """Although nobody looked at the clock before."""
    hearing = scanner()
    assert hearing.receive(IDENTIFY[:4], 0.0) == []
    assert hearing.receive(IDENTIFY, 3.0) == [Nonsense.CUT, HEARD]


# --- messages --------------------------------------------------------------------------------------------------------


def test_sizes() -> None:
    assert (Sizes().data, Sizes().message) == (56, 56)
    assert Sizes(packet=8192, packets=255).message == MESSAGE
    assert Sizes(packet=0xFFFF).data == MOST
    assert [len(cut(bytes(count), Sizes(packet=40, packets=9))) for count in (0, 32, 33, 288)] == [1, 1, 2, 9]
    with pytest.raises(WireError, match="link: a message of 289 octets, at most 288 expected"):
        cut(bytes(289), Sizes(packet=40, packets=9))


def multiple(sequence: int, *, first: bool = False, flags: int = 0) -> Packet:
    return Packet(data=b"ab", multiple=True, first=first, sequence=sequence, flags=flags)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ([multiple(0)], "packet 0 of a message, the first one expected"),
        ([multiple(2, first=True), multiple(0)], "packet 0 of a message, packet 1 expected"),
        ([multiple(2, first=True), multiple(2)], "packet 2 of a message, packet 1 expected"),
        ([multiple(1, first=True), Packet(data=b""), multiple(0)], "packet 0 of a message, the first one expected"),
        ([multiple(3, first=True)], "a message with 4 packets, at most 3 expected"),
        ([Packet(data=b"", sequence=1)], "a message with 2 packets"),
        ([Packet(data=bytes(169))], "a message that is too large, at most 168 octets expected"),
        ([multiple(1, first=True, flags=1)], "flags `01`, none expected"),
    ],
)
def test_packets_that_do_not_follow(sent: list[Packet], words: str) -> None:
    *before, last = sent
    assembly, sizes = Assembly(), Sizes(packet=64, packets=3)
    for each in before:
        assembly.add(each, sizes)
    with pytest.raises(WireError, match=words):
        assembly.add(last, sizes)
    assert assembly.add(Packet(data=b"next"), sizes) == b"next"


def test_a_message_with_fewer_octets_than_packets_is_one_all_the_same() -> None:
    assembly, sizes = Assembly(), Sizes(packet=64, packets=3)
    assert [assembly.add(multiple(at, first=at == 2), sizes) for at in (2, 1, 0)] == [None, None, b"ababab"]


def test_speeds() -> None:
    assert [speed_code(each) for each in BAUD.values()] == list(BAUD)
    assert speed_code(9600) == 6
    with pytest.raises(WireError, match="a speed of 9601"):
        speed_code(9601)
