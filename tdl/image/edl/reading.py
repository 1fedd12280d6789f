"""Reading EDL: no document type, so no entities and nothing fetched; depth and size are bounded, and what is wrong has
its line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

from tdl.codec.json_values import MAX_DEPTH, from_json
from tdl.codec.values import Record
from tdl.deferred import dataclass, field
from tdl.image.content import MAX_TABLES, Image, Profile, TableContent, UnreadableImage, table_octets
from tdl.image.edl.leaves import ITEM, KINDS, LIST, NAMESPACE, PROFILE, Json, LeafProblem, parse_leaf, shown

MAX_EDL_OCTETS = 64 * 1024 * 1024

_ROOT = "edl"
_ALLOWED = ("type", "raw", "spare", "name")
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "
"""Attributes that say where an XSD is are for other programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdlImage(Image):
    """An image out of EDL.

    Attributes:
        definition, hash: what it says of the definition it was written with, or "".
        text: its octets, so that the place of an element can be looked up.
    """

    definition: str = ""
    hash: str = ""
    text: bytes = field(default=b"", repr=False)

    def place(self, key: str, path: tuple[str | int, ...]) -> tuple[int, int] | None:
        """Line and column of a table's element, or of the nearest one around it; None if there is no such table."""
        finder = _Reader(self.name, (key, *path))
        finder.run(self.text)
        return finder.found


def read_edl(name: str, octets: bytes) -> EdlImage:
    """The image in EDL text.

    Raises:
        UnreadableImage: not XML, or not EDL.
    """
    if len(octets) > MAX_EDL_OCTETS:
        raise UnreadableImage(name, f"larger than {MAX_EDL_OCTETS // 1024 // 1024} MiB")
    reader = _Reader(name)
    reader.run(octets)
    content = reader.content
    profile = content.pop(PROFILE, None)
    if profile is not None and not isinstance(profile, dict):
        raise UnreadableImage(name, f"`{PROFILE}` is a value, tables' elements expected")
    return EdlImage(
        name=name,
        tables={key: _table(name, key, value) for key, value in content.items()},
        profile=None if profile is None else Profile(values=profile, name=f"{name}: {PROFILE}"),
        definition=reader.said.get("definition", ""),
        hash=reader.said.get("hash", ""),
        text=octets,
    )


def _table(name: str, key: str, value: Json) -> TableContent:
    if isinstance(value, str):
        return table_octets(name, key, value)
    try:
        content = from_json(value)
    except ValueError as error:
        raise UnreadableImage(name, f"table `{key}`: {error}") from None
    if not isinstance(content, Record):
        raise UnreadableImage(name, f"table `{key}`: one value found, elements expected")
    return content


@dataclass(slots=True, kw_only=True)
class _Open:
    """An element that has begun and not ended."""

    name: str
    attributes: Mapping[str, str]
    line: int
    column: int
    below: list[tuple[str, Json]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.attributes.get("type", "")


class _Reader:
    """One pass over EDL text; what it raises says where.

    Args:
        wanted: a table's key and the path of an element to find on the way.
    """

    def __init__(self, name: str, wanted: tuple[str | int, ...] = ()) -> None:
        self.name, self.wanted = name, wanted
        self.open: list[_Open] = []
        self.matched = 0
        self.found: tuple[int, int] | None = None
        self.said: Mapping[str, str] = {}
        self.content: dict[str, Json] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def run(self, octets: bytes) -> None:
        try:
            self.parser.Parse(octets, True)
        except expat.ExpatError as error:
            problem = expat.ErrorString(error.code)
            raise self.problem(f"not XML ({problem})", error.lineno, error.offset + 1) from None
        except (ValueError, LookupError):  # an encoding that the parser does not know
            raise self.problem("not XML in UTF-8", 1, 1) from None

    def problem(self, text: str, line: int | None = None, column: int | None = None, help: str = "") -> UnreadableImage:
        line = self.parser.CurrentLineNumber if line is None else line
        column = self.parser.CurrentColumnNumber + 1 if column is None else column
        return UnreadableImage(self.name, f"{text} at line {line}, column {column}", help)

    # --- what the parser calls -------------------------------------------------------------------------------------

    def doctype(self, *_: object) -> None:
        raise self.problem("a document type found", help="EDL needs none, and entities are not read")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if not self.open and (name != _ROOT or space != NAMESPACE):
            found = f"`{name}` of the namespace `{space}`" if space else f"`{name}` without a namespace"
            raise self.problem(f"{found} found, `{_ROOT}` of `{NAMESPACE}` expected", help=_HELP)
        if space != NAMESPACE:
            raise self.problem(f"`{name}` of another namespace found")
        if len(self.open) > MAX_DEPTH:
            raise self.problem(f"nested more than {MAX_DEPTH} levels deep")
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        found_here = _Open(name=name, attributes=self.attributes(name, attributes), line=line, column=column)
        if self.open:
            self.inside(self.open[-1], found_here)
        else:
            self.said = found_here.attributes
        self.open.append(found_here)

    def attributes(self, name: str, found: Mapping[str, str]) -> Mapping[str, str]:
        kept = {key: value for key, value in found.items() if not key.startswith(_INSTANCE)}
        allowed = _ALLOWED if self.open else ("definition", "hash")
        for key in kept:
            if key not in allowed:
                known = " or ".join(f"`{each}`" for each in allowed)
                raise self.problem(f"`{name}` has an attribute `{key.rpartition(' ')[2]}`, {known} expected")
        kind = kept.get("type", "")
        if kind and kind not in (LIST, *KINDS):
            known = ", ".join(f"`{each}`" for each in (LIST, *KINDS))
            raise self.problem(f"`{name}` has the type {shown(kind)}, one of {known} expected")
        return kept

    def inside(self, outer: _Open, inner: _Open) -> None:
        """See that an element may stand where it does."""
        if outer.kind == LIST:
            if inner.name != ITEM:
                raise self.problem(f"`{inner.name}` found, `{ITEM}` expected in a list")
            step: str | int = len(outer.below)
        else:
            if outer.kind or "raw" in outer.attributes:
                raise self.problem(f"`{inner.name}` found in `{outer.name}`, which is one value")
            if inner.name in outer.names:
                raise self.problem(f"`{inner.name}` stands twice in `{outer.name}`")
            if len(self.open) == 1 and len(outer.names) > MAX_TABLES:
                raise self.problem(f"more tables than the {MAX_TABLES} that a meter can have")
            outer.names.add(inner.name)
            step = inner.name
        if self.matched == len(self.open) - 1 and self.wanted[self.matched : self.matched + 1] == (step,):
            self.matched += 1
            self.found = inner.line, inner.column

    def characters(self, text: str) -> None:
        self.open[-1].text.append(text)

    def end(self, _: str) -> None:
        ended = self.open.pop()
        if len(self.open) <= self.matched:
            self.wanted = ()  # what is looked for could only have been in here
        try:
            value = _value(ended, root=not self.open)
        except LeafProblem as problem:
            raise self.problem(f"`{ended.name}`: {problem}", ended.line, ended.column) from None
        if self.open:
            self.open[-1].below.append((ended.name, value))
        else:
            assert isinstance(value, dict)
            self.content = value


def _value(ended: _Open, root: bool) -> Json:
    """What JSON has for an element."""
    text = "".join(ended.text)
    raw, spare = ended.attributes.get("raw"), ended.attributes.get("spare")
    holds = bool(ended.below) or ended.kind == LIST or root
    if holds or (not ended.kind and raw is None and not text.strip()):
        if text.strip():
            raise LeafProblem(f"text {shown(text.strip())} found between elements")
        if ended.kind == LIST:
            return [value for _, value in ended.below]
        record: dict[str, Json] = dict(ended.below)
        if spare is not None:
            record["$spare"] = parse_leaf("", None, spare)
        return record
    if spare is not None:
        raise LeafProblem("`spare` found at a value, only a bit field has spare bits")
    return parse_leaf(ended.kind, raw, text)


_HELP = "`tdl convert --to edl` writes what can be read here"
