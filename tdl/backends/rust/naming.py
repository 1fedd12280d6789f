"""What the types of a crate are called: names of tables, structs, enumerations and views, no two the same.

Names are handed out in one order: tables, then of each table the structs and enumerations that are not known yet, then
its views, group by group. So what is called what can be worked out again from a few words about each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from tdl.backends.rust.names import PRELUDE, Identifiers, camel
from tdl.backends.rust.signs import Signs
from tdl.backends.shapes.shape import Structure

_K = TypeVar("_K")
_V = TypeVar("_V")

CodeKey: TypeAlias = tuple[str, str]
"""An enumeration, and the integer type of its elements."""


class Names:
    """Hands out names, in the order they are asked for.

    Attributes:
        tables: those of tables, by key.
        codes, views: those handed out; views are by the key of their table.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._identifiers = Identifiers(PRELUDE)
        self.tables = {key: self._identifiers.take(camel(key)) for key in keys}
        for name in self.tables.values():
            self._identifiers.take(f"{name}Seen")
            self._identifiers.take(f"{name}View")
        self.codes: dict[CodeKey, str] = {}
        self.views: dict[str, list[str]] = {}

    def struct(self, structure: Structure) -> str:
        return self.struct_of_type(structure.type_name)

    def struct_of_type(self, type_name: str) -> str:
        return self._identifiers.take(camel(type_name))

    def code(self, enumeration: str, base: str) -> str:
        key = enumeration, base
        if key not in self.codes:
            wider = any(name == enumeration for name, _ in self.codes)
            self.codes[key] = self._identifiers.take(camel(enumeration) + (base.upper() if wider else ""))
        return self.codes[key]

    def of_views(self, table: str, wanted: Sequence[str]) -> list[str]:
        self.views[table] = [self._identifiers.take(each) for each in wanted]
        return self.views[table]


class Unnamed(Exception):
    """Something has no name among those that are known."""


class GivenNames:
    """Names that are known; structs are told apart by their signs.

    Something without a name raises `Unnamed`.
    """

    def __init__(
        self,
        tables: Mapping[str, str],
        structs: Mapping[bytes, str],
        codes: Mapping[CodeKey, str],
        views: Mapping[str, list[str]],
    ) -> None:
        self.tables, self.structs, self.codes, self.views = dict(tables), structs, codes, views
        self._signs = Signs()

    def struct(self, structure: Structure) -> str:
        return _known(self.structs, self._signs.of(structure))

    def code(self, enumeration: str, base: str) -> str:
        return _known(self.codes, (enumeration, base))

    def of_views(self, table: str, wanted: Sequence[str]) -> list[str]:
        names = _known(self.views, table)
        if len(names) != len(wanted):
            raise Unnamed(table)
        return names


Naming: TypeAlias = Names | GivenNames


def _known(names: Mapping[_K, _V], key: _K) -> _V:
    if key not in names:
        raise Unnamed(key)
    return names[key]
