"""Writing EDL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from tdl.codec.values import Record
from tdl.deferred import dataclass, field
from tdl.image.edl.leaves import ITEM, LIST, NAMESPACE, PROFILE, leaf

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What an EDL file says of its definition.

    Attributes:
        definition, hash: its name and content hash.
        tables: names of tables by key.
        codes: names of codes, by the table's key and the element's path; they are for people and not read.
    """

    definition: str = ""
    hash: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[Path, str]] = field(default_factory=dict)


def write_edl(
    tables: Mapping[str, object], profile: Mapping[str, object] | None = None, header: Header | None = None
) -> str:
    """Tables by key as EDL text that `tdl.image.edl.read_edl` takes back.

    Args:
        profile: what the layouts of these tables depend on and the tables do not say.

    Raises:
        TypeError: a value that no codec makes.
    """
    return "".join(f"{line}\n" for line in _lines(tables, profile, header or Header()))


def _lines(tables: Mapping[str, object], profile: Mapping[str, object] | None, header: Header) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    said = "".join(
        f" {name}={quoteattr(value)}"
        for name, value in (("definition", header.definition), ("hash", header.hash))
        if value
    )
    yield f'<edl xmlns="{NAMESPACE}"{said}>'
    for key, value in tables.items():
        name = header.tables.get(key)
        named = f" name={quoteattr(name)}" if name else ""
        yield from _Table(header.codes.get(key, {})).element(key, value, (), "  ", named)
    if profile:
        yield from _Table({}).element(PROFILE, _as_record(profile), (), "  ")
    yield "</edl>"


class _Table:
    """The lines of one table."""

    def __init__(self, codes: Mapping[Path, str]) -> None:
        self.codes = codes

    def element(self, name: str, value: object, path: Path, indent: str, said: str = "") -> Iterator[str]:
        match value:
            case Record():
                said += f' spare="{value.spare}"' if value.spare else ""
                inner = ((each, below, (*path, each)) for each, below in value.items())
            case list() | tuple():
                said += f' type="{LIST}"'
                inner = ((ITEM, below, (*path, position)) for position, below in enumerate(value))
            case _:
                yield f"{indent}{self.leaf(name, value, path, said)}"
                return
        if not value:
            yield f"{indent}<{name}{said}/>"
            return
        yield f"{indent}<{name}{said}>"
        for each, below, place in inner:
            yield from self.element(each, below, place, f"{indent}  ")
        yield f"{indent}</{name}>"

    def leaf(self, name: str, value: object, path: Path, said: str) -> str:
        kind, raw, content = leaf(value)
        said += f' type="{kind}"' if kind else ""
        said += f' raw="{raw}"' if raw is not None else ""
        code = self.codes.get(path)
        said += f" name={quoteattr(code)}" if code else ""
        # a parser makes a line feed of a carriage return that is not escaped
        text = escape(content, {"\r": "&#13;"})
        return f"<{name}{said}>{text}</{name}>" if text else f"<{name}{said}/>"


def _as_record(value: object) -> object:
    match value:
        case Mapping():
            return Record((name, _as_record(below)) for name, below in value.items())
        case list() | tuple():
            return [_as_record(below) for below in value]
        case _:
            return value
