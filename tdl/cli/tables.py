"""Decoded tables on paper: elements with their values, or octets with what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tdl.codec.decoder import Moved
from tdl.codec.errors import path_text
from tdl.codec.values import Record

if TYPE_CHECKING:
    from tdl.ir import plan
    from tdl.project.describing import Describer
    from tdl.report.render import Theme

_OCTETS_A_LINE = 8
_GAP = "  "


def heading(table: plan.TablePlan, octets: int, theme: Theme | None) -> str:
    """A table's name and size, for a terminal of a theme or, without one, in plain text."""
    name, count = f"{table.key} {table.name}", f"({octets} octet{'s' if octets != 1 else ''})"
    return f"{name} {count}" if theme is None else f"{theme.paint('title', name)} {theme.paint('dim', count)}"


def value_lines(leaves: Iterable[Moved], record: Record, describer: Describer, columns: int) -> Iterator[str]:
    """A line for each element; values wrap behind their column, and long paths stand on a line of their own."""
    rows = [(path_text(leaf.path) or leaf.op.name or "value", describer.text(leaf)) for leaf in leaves]
    rows += [
        (f"{path} (bits of no field)" if path else "(bits of no field)", f"0x{bits:X}") for path, bits in _spare(record)
    ]
    if not rows:
        yield f"{_GAP}no elements"
        return
    most = columns // 2
    width = min(max(len(path) for path, _ in rows), most)
    room = max(columns - width - 2 * len(_GAP), 16)
    for path, value in rows:
        lines = _wrapped(value, room)
        if len(path) > width:
            yield _GAP + path
            lead = " " * width
        else:
            lead = path.ljust(width)
        yield f"{_GAP}{lead}{_GAP}{lines[0]}"
        yield from (f"{_GAP}{' ' * width}{_GAP}{line}" for line in lines[1:])


def _wrapped(text: str, room: int) -> list[str]:
    """Text in lines; that of one line and no space but single ones inside is as it is."""
    if len(text) <= room and text.isprintable():
        return [text.rstrip()]
    from textwrap import wrap

    return wrap(text, room, break_on_hyphens=False) or [""]


def octet_lines(leaves: Iterable[Moved], record: Record, octets: bytes, describer: Describer) -> Iterator[str]:
    """A line for each run of octets with its element and value; of a bit field, one more for each field."""
    spare = dict(_spare(record))
    container: tuple[int, tuple[str | int, ...]] | None = None
    for leaf in leaves:
        said = f"{path_text(leaf.path)} = {describer.text(leaf)}"
        raw = octets[leaf.offset : leaf.offset + leaf.octets]
        if leaf.low is None or leaf.width is None:
            container = None
            yield from _hex_lines(leaf.offset, raw, said)
            continue
        if container != (leaf.offset, leaf.path[:-1]):
            container = leaf.offset, leaf.path[:-1]
            path = path_text(leaf.path[:-1])
            bits = f"{'' if not path else ' '}(bits of no field: 0x{spare[path]:X})" if path in spare else ""
            yield from _hex_lines(leaf.offset, raw, path + bits)
        high = leaf.low + leaf.width - 1
        bits = f"bit {leaf.low}" if leaf.width == 1 else f"bits {leaf.low}..{high}"
        yield f"{' ' * 8}{bits.ljust(3 * _OCTETS_A_LINE - 1)}{_GAP}{said}"


def _hex_lines(offset: int, raw: bytes, said: str) -> Iterator[str]:
    for at in range(0, max(len(raw), 1), _OCTETS_A_LINE):
        part = raw[at : at + _OCTETS_A_LINE].hex(" ").upper().ljust(3 * _OCTETS_A_LINE - 1)
        yield f"{offset + at:6d}{_GAP}{part}{_GAP}{said if at == 0 else ''}".rstrip()


def _spare(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, int]]:
    """The bits of bit fields that no field covers, where they are not 0."""
    if isinstance(value, Record):
        if value.spare:
            yield path_text(path), value.spare
        for name, element in value.items():
            if isinstance(element, Record | list):
                yield from _spare(element, (*path, name))
    elif isinstance(value, list):
        for i, element in enumerate(value):
            if isinstance(element, Record | list):
                yield from _spare(element, (*path, i))
