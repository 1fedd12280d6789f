"""A compiled definition in parts: each declaration by itself, with all that another run needs to compile only some.

The parts are pickles without places: what is read back has no spans and no origins, which only findings and people ask
for. Whoever finds something wrong with parts compiles the whole definition, and that run has both. As on the shelf,
only files of the user's own may hold them (see `tdl.cache.folder`).
"""

from __future__ import annotations

import io
import marshal
import pickle
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from tdl.sources import NOWHERE, Span
from tdl.syntax import ast

Stretch: TypeAlias = tuple[int, int]
"""Where a part lies: offset and length."""

NOBODY = ast.Origin(document="", verb="")
"""What all origins become."""


class Declared(NamedTuple):
    """A declaration as a definition has it.

    Attributes:
        name: its own.
        kind: the class of its tree.
        mentions: the names in it, its own left out unless it holds itself.
        number: what it is numbered with: its kind, group and number; None for a type.
        content: its part of the canonical content, as place and text.
        tree: where its tree lies.
        node: where its part of the Model lies; None for an alias.
    """

    name: str
    kind: str
    mentions: tuple[str, ...]
    number: tuple[str, str, int] | None
    content: tuple[tuple[int, int, int, str], str]
    tree: Stretch
    node: Stretch | None


class Scheduled(NamedTuple):
    """The Plan of a table or of a procedure's record; ``owner`` is the key of the declaration, ``id`` its number."""

    owner: str
    id: int
    plan: Stretch


class Index(NamedTuple):
    """What stands at the front.

    Attributes:
        header: of the definition.
        base: the header of the document that the fragments change, and its declarations by key.
        fragments: the fragments that were applied last, each with the path of its text.
        base_names: what they may call what they change.
        touched: the keys of all declarations that they change.
        declarations: those of the definition, by key.
        plans: by the tables' keys, in the order of the Plan.
        expanded, indexed: what the checks had to look at.
        more: what else was to be kept, by name.
    """

    header: Stretch
    base: tuple[Stretch, dict[str, Stretch]]
    fragments: tuple[tuple[str, Stretch], ...]
    base_names: tuple[str, ...]
    touched: tuple[str, ...]
    declarations: dict[str, Declared]
    plans: dict[str, Scheduled]
    expanded: int
    indexed: int
    more: dict[str, Stretch]


class Parts:
    """Parts that were kept, read one by one."""

    def __init__(self, octets: memoryview) -> None:
        length = int.from_bytes(octets[:4], "little")
        said = marshal.loads(octets[4 : 4 + length])
        declared, plans = said[5], said[6]
        said[5] = {key: Declared(*each) for key, each in declared.items()}
        said[6] = {key: Scheduled(*each) for key, each in plans.items()}
        self.index = Index(*said)
        self.octets = octets[4 + length :]

    def at(self, stretch: Stretch) -> memoryview:
        """The octets of a part."""
        offset, length = stretch
        return self.octets[offset : offset + length]

    def load(self, stretch: Stretch) -> Any:
        """What a part was made of."""
        return pickle.loads(self.at(stretch))

    def more(self, name: str) -> memoryview:
        """What else was kept under a name."""
        return self.at(self.index.more[name])


class Writer:
    """Puts parts one behind the other.

    Args:
        former: parts of which some go on as they are.
    """

    def __init__(self, former: Parts | None = None) -> None:
        self.former = former
        self.pieces: list[bytes | memoryview] = []
        self.end = 0
        self._copied: dict[Stretch, Stretch] = {}

    def put(self, octets: bytes | memoryview) -> Stretch:
        stretch = self.end, len(octets)
        self.pieces.append(octets)
        self.end += len(octets)
        return stretch

    def dump(self, part: object) -> Stretch:
        return self.put(octets_of(part))

    def copy(self, stretch: Stretch) -> Stretch:
        """A part of the former ones; the same part is copied once."""
        assert self.former is not None
        if stretch not in self._copied:
            self._copied[stretch] = self.put(self.former.at(stretch))
        return self._copied[stretch]

    def whole(self, index: Index) -> bytes:
        """Everything, as `Parts` reads it."""
        said: list[object] = list(index)
        said[5] = {key: tuple(each) for key, each in index.declarations.items()}
        said[6] = {key: tuple(each) for key, each in index.plans.items()}
        front = marshal.dumps(said)
        return b"".join((len(front).to_bytes(4, "little"), front, *self.pieces))


def octets_of(part: object) -> bytes:
    """A part as it is kept."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, 5)
    pickler.dispatch_table = _REDUCE
    pickler.dump(part)
    return stream.getvalue()


def _nowhere() -> Span:
    return NOWHERE


def _nobody() -> ast.Origin:
    return NOBODY


_REDUCE: Mapping[type, Callable[[Any], tuple[Callable[[], object], tuple[()]]]] = {
    Span: lambda _: (_nowhere, ()),
    ast.Origin: lambda _: (_nobody, ()),
}


def names_in(declaration: ast.Declaration) -> tuple[str, ...]:
    """Every name that could lead a declaration to another one: of types and elements, and all that properties say."""
    found: set[str] = set()
    waiting: list[Any] = [declaration]
    while waiting:
        each = waiting.pop()
        match each:
            case ast.Named() | ast.Sized() | ast.Name() | ast.Word():
                found.add(each.name)
            case ast.BitField():
                found.add(each.container)
            case ast.Property(value=str() as text):
                found.add(text)
        for field in _HOLDING.get(type(each), ()):
            held = getattr(each, field)
            if isinstance(held, tuple):
                waiting += held
            elif held is not None:
                waiting.append(held)
    return tuple(sorted(found))


_HOLDING: Mapping[type, tuple[str, ...]] = {
    ast.Record: ("properties", "items"),
    ast.BitField: ("properties", "items"),
    ast.Enumeration: ("properties", "items"),
    ast.Alias: ("properties", "specification"),
    ast.Table: ("properties", "specification"),
    ast.Procedure: ("properties", "parameter", "response"),
    ast.Member: ("properties", "specification"),
    ast.If: ("condition", "then", "otherwise"),
    ast.Switch: ("selector", "arms", "default"),
    ast.Arm: ("items",),
    ast.Property: ("value",),
    ast.Sized: ("size",),
    ast.Array: ("count", "of"),
    ast.Reference: ("steps",),
    ast.Name: ("subscripts",),
    ast.Unary: ("operand",),
    ast.Binary: ("left", "right"),
}
"""What of each node holds others."""
