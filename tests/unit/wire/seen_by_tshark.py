"""What tshark shows of C12.22: every message with its services, whatever carried them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tdl.systems.captures.files import Packet
from tests.tools import tool
from tests.unit.captures.recorded import pcap

BASE = "2.16.124.113620.1.22.0"
WRONG = frozenset(
    f"c1222.{name}"
    for name in (
        "bad_checksum", "command_truncated", "crypto_bad", "ed_class_missing", "epsem.ber_length_error",
        "epsem.failed_authentication", "epsem.field_length_error", "epsem.missing", "epsem.not_decrypted",
        "mac_missing",
    )
)  # fmt: skip
"""What it marks a message with that is none, or that it cannot open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service: what tshark calls it, its octets, and the octets of each part that it knows, by name."""

    name: str
    octets: bytes
    parts: dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message.

    Attributes:
        mode: how it is protected.
        opened: whether its code was found right.
        wrong: what is said to be wrong with it.
    """

    mode: int
    opened: bool
    wrong: frozenset[str]
    services: tuple[Service, ...]


def seen(path: Path, packets: Sequence[Packet], *, key_id: int, key: bytes) -> list[Message]:
    """The messages of packets, which are written there."""
    return seen_in(path, pcap(packets), key_id=key_id, key=key)


def seen_in(path: Path, capture: bytes, *, key_id: int = 0, key: bytes = bytes(16)) -> list[Message]:
    """The messages of a capture, which is written there."""
    path.write_bytes(capture)
    options = ["-o", f'uat:c1222_decryption_table:"{key_id}",{key.hex()}', "-o", f"c1222.baseoid:{BASE}"]
    run = subprocess.run(
        [tool("tshark"), "-n", "-r", str(path), "-T", "pdml", *options], capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    return [_message(found) for found in ElementTree.fromstring(run.stdout).iter("proto") if _is_message(found)]


def _is_message(found: ElementTree.Element) -> bool:
    return found.get("name") == "c1222" and found.find(".//field[@name='c1222.MESSAGE_element']") is not None


def _message(found: ElementTree.Element) -> Message:
    names = {each.get("name", "") for each in found.iter("field") if each.get("show") not in ("0", "False")}
    flags = found.find(".//field[@name='c1222.epsem.flags.security']")
    services = found.iterfind(".//field[@name='c1222.epsem.data']")
    return Message(
        mode=-1 if flags is None else int(flags.get("show", ""), 16),
        opened="c1222.crypto_good" in names,
        wrong=frozenset(names & WRONG),
        # An empty one is the mark that ends the list, or the padding behind it.
        services=tuple(_service(each) for each in services if each.get("value")),
    )


def _service(found: ElementTree.Element) -> Service:
    code = next(each for each in found if each.get("name") in ("c1222.cmd", "c1222.err"))
    shown = code.get("showname", "").partition(": ")[2]
    parts = {
        each.get("name", "").removeprefix("c1222."): bytes.fromhex(each.get("unmaskedvalue") or each.get("value", ""))
        for each in found
        if each is not code and each.get("size") != "0"
    }
    return Service(name=shown.rpartition(" (")[0], octets=bytes.fromhex(found.get("value", "")), parts=parts)
