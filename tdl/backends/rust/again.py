"""A crate of which some tables changed: what is called what now, and parts among those that stay."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from tdl.backends.rust.environment import Needed
from tdl.backends.rust.files import CODES_TITLE, SHARED_TITLE, Files, depth_of
from tdl.backends.rust.modules import CODES, SHARED, groups_of, path_of, structs_by_module
from tdl.backends.rust.naming import CodeKey, GivenNames, Names, Unnamed
from tdl.backends.rust.signs import Signs
from tdl.backends.rust.viewing import viewed
from tdl.backends.shapes.needs import values_needed
from tdl.backends.since import PLAIN, Since
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Const, External

Need: TypeAlias = tuple[int, str, tuple[str, ...], int, tuple[int, int], bool]
"""A value that a table needs: whose, its path, how many subscripts it has, its range, and whether it is a set."""

StructFacts: TypeAlias = tuple[str, list[CodeKey]]
"""A struct's type, and the enumerations of its own fields."""

MakeFiles: TypeAlias = Callable[..., Files]
"""`Files` of some tables, for the options of a run; it takes ``names`` and ``needed``."""


class Table(NamedTuple):
    """What has to be known of a table to tell what things are called; it is kept as a plain tuple.

    Attributes:
        structs: the signs of those below it, inner ones first.
        codes: the enumerations of its own fields.
        views: the names that its views would have.
        needs: the values that it needs.
        depth: how deep its arrays are inside each other.
    """

    structs: list[bytes]
    codes: list[CodeKey]
    views: list[str]
    needs: list[Need]
    depth: int


class Crate(NamedTuple):
    """What is kept of a crate; as a plain tuple.

    Attributes:
        tables: by key, in the order of the Plan.
        structs: by sign.
        called: what structs are called, by sign, in the order they are made.
        codes, views: what enumerations are called, and the views of each table.
        parts: what each module with parts is made of: their names, and how long they are.
    """

    tables: dict[str, Table]
    structs: dict[bytes, StructFacts]
    called: dict[bytes, str]
    codes: dict[CodeKey, str]
    views: dict[str, list[str]]
    parts: dict[str, list[tuple[str, int]]]

    def modules(self) -> Iterator[tuple[str, list[str]]]:
        """The names of each module's parts, in order."""
        used = {key: [self.called[sign] for sign in table.structs] for key, table in self.tables.items()}
        structs = structs_by_module(used, self.called.values())
        for group, keys in groups_of(self.tables).items():
            yield group, [*structs.get(group, ()), *map(_part, keys)]
        yield SHARED, structs.get(SHARED, [])
        yield CODES, [*self.codes.values()]

    def octets(self) -> bytes:
        """All of it, to be kept."""
        tables = {key: tuple(each) for key, each in self.tables.items()}
        return marshal.dumps((tables, *self[1:]), PLAIN)


def crate_of(octets: bytes) -> Crate:
    """What `Crate.octets` was made of."""
    tables, *rest = marshal.loads(octets)
    return Crate({key: Table(*each) for key, each in tables.items()}, *rest)


# --- what is kept ----------------------------------------------------------------------------------------------------


def remembered(files: Files) -> bytes:
    """What is to be known the next time of the files of all tables; nothing if names depend on more than that."""
    tables, structs = _tables(files)
    crate = _crate(tables, structs)
    texts = _texts(files)
    if crate.codes.keys() != files.codes.made.keys():
        return b""
    return _with_parts(crate, {part: len(text) for part, text in texts.items()}).octets()


def _tables(files: Files) -> tuple[dict[str, Table], dict[bytes, StructFacts]]:
    """The tables of files, and the structs below them."""
    signs = Signs()
    tables: dict[str, Table] = {}
    structs: dict[bytes, StructFacts] = {}
    for table in files.plan.tables:
        below = {signs.of(each.structure): each for each in files.below(table.key)}
        structs |= {sign: (each.structure.type_name, [*each.codes]) for sign, each in below.items()}
        root, shapes = files.roots[table.key], files.shapes[table.key]
        tables[table.key] = Table(
            structs=[*below],
            codes=[*root.codes],
            views=[each.wanted for each in viewed(table, shapes, root.name) if each.frames],
            needs=[*dict.fromkeys(_need(*each) for each in values_needed(replace(files.plan, tables=(table,))))],
            depth=depth_of(table.root),
        )
    return tables, structs


def _crate(tables: dict[str, Table], structs: Mapping[bytes, StructFacts]) -> Crate:
    """What is called what: names are handed out as `Files` does."""
    names = Names(tables)
    called: dict[bytes, str] = {}
    for table in tables.values():
        for sign in table.structs:
            if sign not in called:
                type_name, codes = structs[sign]
                called[sign] = names.struct_of_type(type_name)
                for code in codes:
                    names.code(*code)
        for code in table.codes:
            names.code(*code)
    for keys in groups_of(tables).values():
        for key in keys:
            names.of_views(key, tables[key].views)
    return Crate(tables, {sign: structs[sign] for sign in called}, called, names.codes, names.views, {})


def _with_parts(crate: Crate, lengths: Mapping[str, int]) -> Crate:
    parts = {module: [(part, lengths[part]) for part in parts] for module, parts in crate.modules()}
    return crate._replace(parts=parts)


def _texts(files: Files) -> dict[str, str]:
    """The parts of modules."""
    return {**files.structs, **{_part(key): text for key, text in files.tables.items()}, **files.enumerations}


def _part(key: str) -> str:
    """What the part of a table is called; no struct is called so."""
    return f"table {key}"


def _need(value: External, is_set: bool) -> Need:
    return value.table, value.table_name, value.path, len(value.indices), value.range, is_set


# --- what changed ----------------------------------------------------------------------------------------------------


def made_again(since: Since, of: plan.Plan, make: MakeFiles) -> tuple[dict[str, str], bytes] | None:
    """The files that may not be what they were, and what is to be known the next time; None if that is not so easy.

    Args:
        of: the tables that changed.
        make: makes `Files` of a Plan.
    """
    former = crate_of(since.memory)
    if since.now.tables != since.before.tables:
        return None
    of = replace(of, tables=tuple(table for table in of.tables if table.key in former.tables))
    changed, structs = _tables(make(of))
    tables = {key: changed.get(key, each) for key, each in former.tables.items()}
    crate = _crate(tables, former.structs | structs)
    needed = _needed(tables.values())
    if needed != _needed(former.tables.values()) or not _same_names(former, crate, changed):
        return None
    names = GivenNames(Names(tables).tables, crate.called, crate.codes, crate.views)
    files = make(of, names=names, needed=[_value(need) for need in needed])
    try:
        texts = _texts(files)
    except Unnamed:
        return None
    lengths = {part: length for parts in former.parts.values() for part, length in parts}
    crate = _with_parts(crate, lengths | {part: len(text) for part, text in texts.items()})
    old = _Parts(former, since.text)
    titles = {group: ", ".join(keys) for group, keys in groups_of(tables).items()}
    titles |= {SHARED: SHARED_TITLE, CODES: CODES_TITLE}
    found = {
        "src/lib.rs": files.crate.lib(groups_of(tables), max([1, *(each.depth for each in tables.values())])),
        "Cargo.toml": files.crate.manifest(),
    }
    for module, parts in crate.parts.items():
        if parts != former.parts[module] or any(part in texts for part, _ in parts):
            said = [texts[part] if part in texts else old.text(part) for part, _ in parts]
            found[path_of(module)] = files.crate.module(module, titles[module], said)
    return found, crate.octets()


def _same_names(former: Crate, now: Crate, changed: Collection[str]) -> bool:
    """Whether everything that is still there is called what it was called."""
    return (
        all(now.called.get(sign, name) == name for sign, name in former.called.items())
        and all(now.codes.get(key, name) == name for key, name in former.codes.items())
        and all(now.views[key] == names for key, names in former.views.items() if key not in changed)
    )


def _needed(tables: Iterable[Table]) -> list[Need]:
    """The values that tables need, each once."""
    found: dict[tuple[int, tuple[str, ...], bool], Need] = {}
    for each in tables:
        for need in each.needs:
            found.setdefault((need[0], need[2], need[5]), need)
    return [*found.values()]


def _value(need: Need) -> Needed:
    table, name, path, subscripts, range, is_set = need
    indices = (Const(value=0),) * subscripts
    return External(table=table, table_name=name, path=path, indices=indices, range=range), is_set


class _Parts:
    """The parts of files that were made before."""

    def __init__(self, of: Crate, text: Callable[[str], str]) -> None:
        self._text = cache(text)
        self._at: dict[str, tuple[str, int, int]] = {}  # from the end: where the first begins depends on no hash
        for module, parts in of.parts.items():
            left = sum(length for _, length in parts)
            for part, length in parts:
                self._at[part] = path_of(module), left, length
                left -= length

    def text(self, part: str) -> str:
        path, left, length = self._at[part]
        whole = f"{self._text(path)}\n"  # a file ends where the empty line of its last part would begin
        start = len(whole) - left
        return whole[start : start + length]
