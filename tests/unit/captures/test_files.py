"""Capture files: every link, both formats, both versions of IP, and octets that are none of it."""

from __future__ import annotations

import contextlib
import io
import struct
import sys
from dataclasses import replace
from pathlib import Path

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.image import UnreadableImage
from tdl.systems.captures import is_capture_file
from tdl.systems.captures.files import Endpoint, Packet, Transport, packets
from tests.unit.captures.recorded import HEAD_END, LINKS, METER, network, pcap, pcapng

SOME = [
    Packet(
        number=1, time=1.5, transport=Transport.TCP, source=HEAD_END, destination=METER, octets=b"",
        sequence=0, begins=True,
    ),
    Packet(
        number=2, time=1.75, transport=Transport.TCP, source=HEAD_END, destination=METER, octets=b"abc",
        sequence=7,
    ),
    Packet(number=3, time=2.0, transport=Transport.UDP, source=METER, destination=HEAD_END, octets=b"datagram"),
]  # fmt: skip
VERSION_6 = [
    replace(each, source=replace(each.source, host="2001:db8::1"), destination=replace(each.destination, host="::2"))
    for each in SOME
]


def read(octets: bytes) -> list[Packet]:
    return list(packets("name", io.BytesIO(octets)))


@pytest.mark.parametrize("link", LINKS)
def test_every_link(link: str) -> None:
    expected = VERSION_6 if link == "IPv6" else SOME
    assert read(pcap(expected, link)) == expected


@pytest.mark.parametrize("link", [link for link in LINKS if link != "IPv4"])
def test_version_6(link: str) -> None:
    if link.startswith("loopback"):
        # Which number stands for version 6 depends on the system; every one of them is read.
        for family in (10, 24, 28, 30):
            file = bytearray(pcap(VERSION_6, "raw"))
            made, at = bytearray(file[:20]) + struct.pack("<I", LINKS[link][0]), 24
            while at < len(file):
                size = struct.unpack_from("<I", file, at + 8)[0]
                order = "little" if link == "loopback" else "big"
                made += file[at : at + 8] + struct.pack("<II", size + 4, size + 4)
                made += family.to_bytes(4, order) + file[at + 16 : at + 16 + size]  # type: ignore[arg-type]
                at += 16 + size
            assert read(bytes(made)) == VERSION_6, family
        return
    assert read(pcap(VERSION_6, link)) == VERSION_6


def test_the_newer_format_and_the_finer_clock() -> None:
    assert read(pcapng(SOME)) == SOME
    assert read(pcap(SOME, nanoseconds=True)) == SOME


def test_what_is_no_tcp_or_udp_is_passed_over_and_counted() -> None:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=1)
    icmp = dpkt.ip.IP(src=bytes(4), dst=bytes(4), p=1, data=dpkt.icmp.ICMP(data=b"\0\0\0\0"))
    writer.writepkt(bytes(12) + b"\x08\x06" + bytes(28), 1.0)
    writer.writepkt(bytes(12) + b"\x08\x00" + bytes(icmp), 1.0)
    writer.writepkt(b"short", 1.0)
    writer.writepkt(bytes(12) + b"\x08\x00" + network(SOME[2]), 2.0)
    assert read(file.getvalue()) == [replace(SOME[2], number=4)]


def test_endpoints_in_words() -> None:
    assert str(Endpoint(host="::1", port=1153)) == "[::1]:1153"
    assert str(METER) == "192.0.2.2:1153"


def test_a_file_that_breaks_off_says_where() -> None:
    octets = pcap(SOME)
    with pytest.raises(UnreadableImage, match="breaks off behind frame 2"):
        read(octets[:-3])


def test_a_link_that_is_not_known() -> None:
    octets = bytearray(pcap(SOME))
    octets[20] = 147
    with pytest.raises(UnreadableImage, match="a link of kind 147"):
        read(bytes(octets))


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dpkt", None)
    with pytest.raises(UnreadableImage, match="needs dpkt"):
        read(pcap(SOME))


@given(octets=st.binary(max_size=200))
def test_any_octets_are_a_capture_or_refused(octets: bytes) -> None:
    with contextlib.suppress(UnreadableImage):
        read(octets)


@given(data=st.data(), form=st.sampled_from((pcap, pcapng)))
def test_a_damaged_capture_is_read_or_refused(data: st.DataObject, form: object) -> None:
    octets = bytearray(form(SOME))  # type: ignore[operator]
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(octets))
    except UnreadableImage:
        return
    assert sum(len(each.octets) for each in found) <= len(octets)


def test_captures_are_told_from_other_files(tmp_path: Path) -> None:
    for name, octets, expected in (("a", pcap(SOME), True), ("b", pcapng(SOME), True), ("c", b"{}", False)):
        (tmp_path / name).write_bytes(octets)
        assert is_capture_file(str(tmp_path / name)) is expected
    assert not is_capture_file(str(tmp_path))
    assert not is_capture_file("-")
    assert not is_capture_file("a\0b")
