"""5xx, continued: recorded traffic between meters and those who read them."""

from __future__ import annotations

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_ANSWER = bytes.fromhex(
    "6048A20480027B04A403020103A60580037BC175A803020103AC0FA20DA00BA109800102810448F3D060BE1E281C811A88"
    "4BAEE4349631AB5E56A0E6E0E90DFAD558591EE4EA334CB268"
)
_QUESTION = bytes.fromhex(
    "604FA20580037BC175A60480027B04A803020103AC0FA20DA00BA109800102810448F3D061BE2A2828812688"
    "41D10CDA76206811B36F781489A11997773E117CB07AA3AA40374A7107C50DA7F799C5D4E8"
)


def _datagram(source: str, octets: bytes) -> bytes:
    """A frame of a capture: a datagram over IP version 4 between two nodes of a documentation network."""
    ends = bytes.fromhex("C0000201 C0000202") if source == "head end" else bytes.fromhex("C0000202 C0000201")
    length = len(octets) + 28
    inside = bytes.fromhex("04810481") + (length - 20).to_bytes(2, "big") + b"\0\0" + octets
    packet = b"\x45\0" + length.to_bytes(2, "big") + bytes.fromhex("00000000 4011 0000") + ends + inside
    return bytes(8) + 2 * length.to_bytes(4, "little") + packet


_CAPTURE = (
    bytes.fromhex("D4C3B2A1 02000400 00000000 00000000 FFFF0000 65000000")
    + _datagram("head end", _QUESTION)
    + _datagram("meter", _ANSWER)
)
_COMMAND = "tdl decode -d std:2012 --bind std:residential session.pcap"

UNREADABLE_MESSAGE = Rule(
    code="TDL531",
    slug="unreadable-message",
    message="a message that cannot be read: {problem}",
    severity=Severity.WARNING,
    why="""
A message in a capture is damaged, is not all there, or is protected with a key that is not known. What it carried is
not among the values that are printed. Keys are given with `--keys`, a file with each key by its number; a message whose
code is wrong under its key was changed on its way, or the key is another node's.
""",
    wrong=Example({"session.pcap": _CAPTURE}, _COMMAND),
    right=Example(
        {"session.pcap": _CAPTURE, "keys.toml": '[keys]\n2 = "0102030405060708 0102030405060708"\n'},
        f"{_COMMAND} --keys keys.toml",
    ),
)
