"""The files of a crate: a module for each group of tables, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from tdl.backends.api import BackendError
from tdl.backends.rust.codes import Codes, code_lines
from tdl.backends.rust.emitter import Context
from tdl.backends.rust.environment import EnvironmentView
from tdl.backends.rust.functions import Functions
from tdl.backends.rust.names import PRELUDE, Identifiers, camel
from tdl.backends.rust.notes import line, notes_of
from tdl.backends.rust.slots import CannotExpress
from tdl.backends.rust.structs import struct_lines
from tdl.backends.rust.types import Struct, Types
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.making import Shapes, element_name
from tdl.ir import model, plan
from tdl.packaged import packaged_text
from tdl.report.rules import targets

SUPPORT = ("dump.rs", "errors.rs", "mod.rs", "moments.rs", "numbers.rs", "numerals.rs", "values.rs", "walking.rs")
"""The files of the module `support`."""

SERIALISED = "serialised.rs"
"""What it has, too, where values can be serialised."""

_USED = {
    "codes": ("codes::*",),
    "env": ("env::Env",),
    "types": ("types::*",),
}
"""What modules take from those beside them, by the module's name."""

_ALLOWED = "#![allow(unused_imports, unused_assignments, unused_mut, unused_variables, unreachable_patterns)]"
"""What compilers find in code that is made alike for every layout."""

_LINTS = (
    "#![no_std]",
    "#![forbid(unsafe_code)]",
    "#![deny(missing_docs)]",
    "#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing)]",
    "#![deny(clippy::panic, clippy::unwrap_used, clippy::expect_used)]",
    "// code is made alike for every layout, also where one of them would need less",
    "#![allow(clippy::if_same_then_else, clippy::match_single_binding)]",
    "#![allow(clippy::single_match, unused_imports)]",
)


class Files:
    """The texts of all files.

    Args:
        package: the crate's name.
        serde: whether values can be serialised, which the crate has a feature and a dependency for.
    """

    def __init__(self, definition: model.Definition, of: plan.Plan, package: str, *, serde: bool = False) -> None:
        self.definition, self.plan, self.package, self.serde = definition, of, package, serde
        self.identifiers = identifiers = Identifiers(PRELUDE)
        self.names = {table.key: identifiers.take(camel(table.key)) for table in of.tables}
        for name in self.names.values():
            identifiers.take(f"{name}Seen")
            identifiers.take(f"{name}View")
        self.environment = EnvironmentView(of)
        self.codes = Codes(definition, identifiers)
        self.types = Types(self.codes, identifiers, notes_of(definition))
        self.shapes = {table.key: Shapes(table, dict(of.limits)) for table in of.tables}
        self.roots = {table.key: self._root(table) for table in of.tables}

    def _root(self, table: plan.TablePlan) -> Struct:
        least, most = table.size
        size = f"{least} octets" if least == most else f"{least} to {min(most, plan.MAX_OCTETS)} octets"
        about = f"`{line(table.name)}`, {table.key}: {size}."
        ops = table.root.ops if isinstance(table.root, plan.Group) else ()
        offsets = {element_name(op): op.at for op in ops if op.at is not None}
        return self.types.root(self.shapes[table.key].of(table.root), self.names[table.key], about, offsets)

    def all(self) -> dict[str, str]:
        groups: dict[str, list[plan.TablePlan]] = {}
        for table in self.plan.tables:
            groups.setdefault(_group(table.key), []).append(table)
        owners = self._owners(groups)
        files = {f"src/support/{name}": _support(name) for name in (*SUPPORT, *([SERIALISED] * self.serde))}
        if self.serde:
            files["src/support/mod.rs"] += '#[cfg(feature = "serde")]\nmod serialised;\n'
        for group, tables in sorted(groups.items()):
            own = [struct for struct in self.types.structs.values() if owners[struct.name] == group]
            files[f"src/{group}.rs"] = self._module(group, ", ".join(t.key for t in tables), self._tables(tables, own))
        shared = [struct for struct in self.types.structs.values() if owners[struct.name] == "types"]
        files["src/types.rs"] = self._module("types", "Records of several groups of tables", self._structs(shared))
        files["src/codes.rs"] = self._module(
            "codes", "Enumerations", _lines_of(code_lines(c, serde=self.serde) for c in self.codes.made.values())
        )
        files["src/env.rs"] = self._module("env", "What tables depend on", self._env())
        files["src/lib.rs"] = "\n".join([self._header(), *self._lib(sorted(groups)), ""])
        files["Cargo.toml"] = self._manifest()
        return files

    def _owners(self, groups: dict[str, list[plan.TablePlan]]) -> dict[str, str]:
        """The module of each struct: that of the only group that uses it, or ``types``."""
        owners: dict[str, str] = {}
        for group, tables in groups.items():
            for table in tables:
                for struct in self.types.below(self.shapes[table.key].of(table.root)):
                    owners[struct.name] = group if owners.get(struct.name, group) == group else "types"
        return owners

    def _tables(self, tables: list[plan.TablePlan], own: list[Struct]) -> Iterator[str]:
        yield from self._structs(own)
        for table in tables:
            yield from self._structs([self.roots[table.key]])
            yield from self._functions(table)

    def _functions(self, table: plan.TablePlan) -> Iterator[str]:
        context = Context(
            table=table,
            shapes=self.shapes[table.key],
            types=self.types,
            environment=self.environment,
            elements=Elements(table),
            struct=self.roots[table.key],
        )
        is_table = "." not in table.key and not table.key.endswith("P")
        kept = self.environment.of_table(table.id) if is_table else ()
        stem = f"{self.names[table.key].upper()}_TABLE"
        try:
            yield from list(Functions(context, stem, self.identifiers).lines(kept))
        except CannotExpress as problem:
            element = ".".join((table.name, *problem.path)).replace(".[]", "[]")
            raise BackendError(
                targets.CANNOT_EXPRESS.at(table.span, target="rust", element=element, what=problem.what)
            ) from None

    def _structs(self, structs: Iterable[Struct]) -> Iterator[str]:
        return _lines_of(struct_lines(struct, serde=self.serde) for struct in structs)

    def _module(self, name: str, title: str, lines: Iterable[str]) -> str:
        used = ["support::*", *(each for module, taken in _USED.items() if module != name for each in taken)]
        imports = [
            f"use super::{{{', '.join(used)}}};",
            '#[cfg(feature = "alloc")]',
            "use alloc::vec::Vec;",
            "use core::fmt;",
        ]
        return "\n".join([self._header(), f"//! {title}.", "", _ALLOWED, "", *imports, "", *lines])

    def _header(self) -> str:
        bound = f", bound to {len(self.plan.bound)} values of a meter" if self.plan.bound else ""
        made = f"// Made by tdl from {line(self.definition.name)} {self.plan.hash}{bound}."
        return f"{made}\n// It belongs to whoever made it."

    def _env(self) -> Iterator[str]:
        yield "/// The values of other tables that tables depend on; what is `None` is not known."
        yield "#[derive(Clone, Copy, Debug, Default, PartialEq)]"
        yield "pub struct Env<'a> {"
        for value in self.environment.values:
            yield f"    /// `{line(value.reference.label)}`."
            yield f"    pub {value.name}: Option<{value.type}>,"
        yield "    marker: core::marker::PhantomData<&'a [u8]>,"
        yield "}"
        yield ""

    def _lib(self, groups: list[str]) -> Iterator[str]:
        yield f"//! The tables of {line(self.definition.name)}."
        yield ""
        yield from _LINTS
        yield ""
        yield '#[cfg(feature = "alloc")]'
        yield "extern crate alloc;"
        yield ""
        modules = sorted(["codes", "env", "support", "types", *groups])
        for module in modules:
            yield "#[rustfmt::skip]"
            if module == "support":
                yield "#[allow(dead_code, unused_imports)]"
            yield f"{'pub ' if module == 'support' else ''}mod {module};"
        yield ""
        for module in modules:
            yield f"pub use {module}::{'{Code, Error, Step}' if module == 'support' else '*'};"
        yield ""
        yield "/// The definition that this was made from."
        yield "#[rustfmt::skip]"
        yield f'pub const DEFINITION_HASH: &str = "{self.plan.hash}";'
        yield ""
        yield "/// How deep arrays are inside each other."
        yield f"pub(crate) const DEPTH: usize = {max((_depth(t.root) for t in self.plan.tables), default=1) or 1};"

    def _manifest(self) -> str:
        lines = [
            f"# Made by tdl from {line(self.definition.name)} {self.plan.hash}.",
            "[package]",
            f'name = "{self.package}"',
            'version = "0.0.0"',
            'edition = "2021"',
            'rust-version = "1.81"',
            "publish = false",
            "",
            "[features]",
            'default = ["alloc"]',
            "# values with arrays and octets of variable length; without it they can be viewed",
            "alloc = []",
        ]
        if self.serde:
            needed = 'version = "1", default-features = false, features = ["alloc", "derive"], optional = true'
            lines += ["# values can be serialised", 'serde = ["alloc", "dep:serde"]']
            lines += ["", "[dependencies]", f"serde = {{ {needed} }}"]
        return "\n".join([*lines, ""])


def _lines_of(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    for part in parts:
        yield from part


def _depth(op: plan.AnyOp) -> int:
    match op:
        case plan.Group(ops=ops):
            return max((_depth(each) for each in ops), default=0)
        case plan.Repeat(body=body):
            return 1 + _depth(body)
        case plan.When():
            return max((_depth(each) for each in (*op.then, *op.otherwise)), default=0)
        case plan.Choose():
            below = [each for arm in op.arms for each in arm.ops] + list(op.otherwise or ())
            return max((_depth(each) for each in below), default=0)
        case _:
            return 0


def _group(key: str) -> str:
    """The group of a table: its decade, or its kind."""
    kind = key[:2]
    if kind in ("SP", "MP"):
        return "procedures" if kind == "SP" else "mfg_procedures"
    decade = int("".join(c for c in key if c.isdigit()) or 0) // 10
    return f"decade{decade}" if kind == "ST" else f"{'mfg' if kind == 'MT' else kind.lower()}{decade}"


@cache
def _support(name: str) -> str:
    return packaged_text("backends", "rust", "support", name)
