"""An image as hexadecimal text, as people paste it: one table a block, each block after a label such as ``ST23:``.

A block is plain text, a listing of ``xxd``, ``hexdump -C`` or ``od``, or a C array; a frame of the protocol around a
table's octets is checked and taken off. The image's notes say what each table was recognised as.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from tdl.codec.errors import octets_text
from tdl.deferred import dataclass, field
from tdl.image.content import MAX_TABLE_OCTETS, Image, UnreadableImage, table_key
from tdl.image.framing import FrameProblem, Unframed, unframed
from tdl.image.listing import HexProblem, Line, Listed, read_lines
from tdl.ir.model import TableId
from tdl.report import Diagnostic, Report
from tdl.report.rules import conversion
from tdl.sources import SourceFile

MAX_HEX_OCTETS = 16 * 1024 * 1024
"""The longest text; a meter's tables have some hundred thousand octets."""

MAX_LISTED_OCTETS = 64 * 1024 * 1024
"""All tables of one text together: repeated lines are many octets in few characters."""

MAX_FINDINGS = 50
"""How many blocks are reported; what is behind them is not read."""

_NAMED = r"(?:\s+[A-Za-z]\w*_TBL)?(?:\s*\([^()]*\))?"
_LABEL = re.compile(
    r"\s*(?:(?:\#|//|/\*|=+|-+|\[|>)\s*)?"
    r"(?:(?P<key>(?:ST|MT|UT)[ ]?\d{1,4}P?)(?:\.bin|\.hex|\.txt)?"
    rf"(?:{_NAMED}\s*(?:\]|\*/|=+(?=\s|$)|-+(?=\s|$))?\s*(?:[:=]|$)|(?=\s))"
    r"|(?:(?P<maker>std|standard|mfg|manufacturer|user)\.?\s+)?(?:table|tbl)\s*\#?(?P<number>\d{1,5})"
    rf"{_NAMED}\s*(?:\]|\*/|=+|-+)?\s*(?:[:=]|$))",
    re.IGNORECASE,
)
_ARRAY = re.compile(r"\s*(?:[A-Za-z_]\w*\s+){1,6}\**(?P<name>[A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*){1,2}=")
_ARRAY_KEY = re.compile(r"(?:^|_)((?:ST|MT|UT)\d{1,4}P?)(?=_|$)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*(?:static\s+|const\s+)*unsigned\s+(?:int|long)\s+\w+_len\s*=\s*(\d{1,9})\s*;")
_REMARK = re.compile(r"\s*(?:#|//|/\*.*\*/\s*$|\};?\s*$|\{\s*$)")
_HEX = re.compile(r"[\s{\[(\"']*(?:0x|\\x)?[0-9A-Fa-f]+(?:[:-][0-9A-Fa-f]{2})*(?:[\s,;:\\}]|$)", re.IGNORECASE)
_GROUPS = {"mfg": 2048, "manufacturer": 2048, "user": 8192}


class UnreadableHex(UnreadableImage):
    """Hexadecimal text that is no image; ``report`` holds every finding."""

    def __init__(self, name: str, report: Report) -> None:
        first = next(iter(report))
        place = ""
        if first.primary is not None:
            line, column = first.primary.span.source.position(first.primary.span.start)
            place = f" at line {line}, column {column}"
        super().__init__(name, f"{first.message}{place}", first.help)
        self.report = report


@dataclass(slots=True, kw_only=True)
class _Block:
    """The lines of one table: its key, if a label says it, and whether it is a C array."""

    key: str | None
    head: Line
    array: bool = False
    lines: list[Line] = field(default_factory=list)
    length: tuple[int, Line] | None = None


def looks_like_hex(octets: bytes) -> bool:
    """Whether a file is hexadecimal text rather than JSON or anything else, by its first line that says something."""
    for line in _text(octets[:4096]).splitlines():
        if _LABEL.match(line) or _ARRAY.match(line):
            return True
        if line.strip() and not _REMARK.match(line):
            return _HEX.match(line) is not None
    return False


def read_hexdump(name: str, octets: bytes, *, table: str | None = None, plain: bool = False) -> Image:
    """The image in hexadecimal text.

    Args:
        table: the key of the one table of a text without labels.
        plain: take the octets as they are, without looking for frames around them.

    Raises:
        UnreadableHex: octets, offsets or checks are wrong, or it is not clear which table it is.
    """
    if len(octets) > MAX_HEX_OCTETS:
        raise UnreadableImage(name, f"larger than {MAX_HEX_OCTETS // 1024 // 1024} MiB")
    source = SourceFile(name, _text(octets))
    report = Report()
    tables: dict[str, bytes] = {}
    notes: list[str] = []
    total = 0
    blocks = list(_blocks(source))
    for block in blocks:
        try:
            key = block.key or _only(block, blocks, table, name)
            listed, found = _read(block, plain)
            total += len(listed.octets)
            if total > MAX_LISTED_OCTETS:
                raise UnreadableImage(name, f"its tables have more than {MAX_LISTED_OCTETS} octets together")
            if key in tables:
                found_ = f"{key} for the second time"
                raise HexProblem(conversion.BAD_HEX.at(block.head.span(), found=found_, expected="each table once"))
        except HexProblem as problem:
            report.add(problem.finding)
            if len(report) == MAX_FINDINGS:
                break
            continue
        tables[key] = found.octets
        notes.append(f"{key}: {octets_text(len(found.octets))}, from {', '.join((*listed.said, *found.said))}")
    if report.failed:
        raise UnreadableHex(name, report)
    if not tables:
        raise UnreadableImage(name, "no octets in it")
    return Image(name=name, tables=tables, notes=tuple(notes))


def _text(octets: bytes) -> str:
    """Text in UTF-8, or in UTF-16 as consoles of Windows redirect it."""
    encoding = "utf-16" if octets[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return octets.decode(encoding, "replace")


def _blocks(source: SourceFile) -> Iterator[_Block]:
    """The tables of a text: a label or the head of a C array begins the next one."""
    block: _Block | None = None
    at = 0
    for text in source.text.split("\n"):
        line = Line(source=source, start=at, text=text.rstrip("\r"))
        at += len(text) + 1
        begun = _begun(line)
        if begun is not None:
            if block is not None and (block.lines or block.key not in (None, begun.key)):
                yield block
            block = begun
        elif line.text.strip() and not _REMARK.match(line.text):
            block = block or _Block(key=None, head=line)
            length = _LENGTH.match(line.text)
            if length is not None:
                block.length = int(length[1]), line
            else:
                block.lines.append(line)
    if block is not None:
        yield block


def _begun(line: Line) -> _Block | None:
    """The block that a line begins, with what else stands on the line."""
    match, key = _LABEL.match(line.text), None
    if match is not None:
        key = table_key(match["key"].replace(" ", "")) if match["key"] else None
        if match["number"]:
            group = _GROUPS.get((match["maker"] or "").lower(), 0)
            key = table_key(str(TableId(int(match["number"]) + group)))
    array = _ARRAY.match(line.text)
    if array is not None:
        match, named = array, _ARRAY_KEY.search(array["name"])
        key = table_key(named[1]) if named else None
    if match is None or (key is None and array is None):
        return None
    rest = Line(source=line.source, start=line.start + match.end(), text=line.text[match.end() :])
    blank = not rest.text.strip() or _REMARK.match(rest.text)
    return _Block(key=key, head=line, array=array is not None, lines=[] if blank else [rest])


def _only(block: _Block, blocks: list[_Block], table: str | None, name: str) -> str:
    """The key of a block without a label: what was asked for, or the name of the file."""
    key = table or table_key(os.path.splitext(os.path.basename(name))[0])
    if key is None or len(blocks) > 1:
        raise HexProblem(
            conversion.AMBIGUOUS_HEX.at(
                block.head.span(),
                help="write a label such as `ST1:` before it" + ("" if len(blocks) > 1 else ", or give `--table ST1`"),
                found="octets of a table that is not named",
                expected="a label",
            )
        )
    return key


def _read(block: _Block, plain: bool) -> tuple[Listed, Unframed]:
    listed = read_lines(block.lines, block.array)
    if not listed.octets:
        raise HexProblem(conversion.BAD_HEX.at(block.head.span(), found="no octet", expected="those of a table"))
    if len(listed.octets) > MAX_TABLE_OCTETS:
        limit = f"at most {MAX_TABLE_OCTETS}"
        raise HexProblem(conversion.BAD_HEX.at(block.head.span(), found=f"{len(listed.octets)} octets", expected=limit))
    if block.length is not None and block.length[0] != len(listed.octets):
        found = f"{len(listed.octets)} octets"
        raise HexProblem(
            conversion.BAD_HEX.at(block.length[1].span(), found=found, expected=f"{block.length[0]}, as it says here")
        )
    if plain:
        return listed, Unframed(octets=listed.octets)
    try:
        return listed, unframed(listed.octets)
    except FrameProblem as problem:
        raise HexProblem(_frame_finding(block, problem)) from None


def _frame_finding(block: _Block, problem: FrameProblem) -> Diagnostic:
    return conversion.BAD_FRAME.at(
        (block.lines[0] if block.lines else block.head).span(),
        help="with `--plain` octets are taken as they are",
        part=problem.part,
        found=problem.found,
        expected=problem.expected,
    )
