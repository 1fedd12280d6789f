"""What tshark shows of a capture with a generated dissector."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.tools import tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of the tree.

    Attributes:
        filter: what filters call it.
        label: what people see.
        value: what filters compare with.
        place, octets: where it lies in the frame, or in what was decrypted.
        depth: how many items are around it, below that of the table.
    """

    filter: str
    label: str
    value: str
    place: int
    octets: int
    depth: int


Table = tuple[Item, ...]
"""What is shown of one table: its own item, and all below it."""


def tables(capture: Path, plugin: Path, *options: str, prefix: str = "tdl") -> list[list[Table]]:
    """For each frame the tables that the dissector shows in it."""
    output = tshark(capture, plugin, "-T", "pdml", *options)
    root = ElementTree.fromstring(output)
    return [[tuple(_items(proto, 0)) for proto in packet if proto.get("name") == prefix] for packet in root]


def tshark(capture: Path, plugin: Path, *options: str) -> str:
    """What tshark says of a capture; an error of the dissector fails the test."""
    command = [tool("tshark"), "-n", "-r", str(capture), "-X", f"lua_script:{plugin}", *options]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert "Lua Error" not in run.stdout + run.stderr, run.stdout + run.stderr
    assert "lua" not in run.stderr.lower(), run.stderr
    return run.stdout


def _items(element: ElementTree.Element, depth: int) -> Iterator[Item]:
    shown = element.get("showname") or element.get("show", "")
    yield Item(
        filter=element.get("name", ""),
        label=re.sub(r"^[01. ]+ = ", "", shown),
        value=element.get("show", ""),
        place=int(element.get("pos", "0")),
        octets=int(element.get("size", "0")),
        depth=depth,
    )
    for below in element:
        if not below.get("name", "").startswith("_ws."):
            yield from _items(below, depth + 1)
