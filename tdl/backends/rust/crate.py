"""The files of a crate that are about all of it: its modules, its manifest, the environment; how modules begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from tdl.backends.rust.environment import EnvironmentView
from tdl.backends.rust.notes import line
from tdl.deferred import dataclass
from tdl.packaged import packaged_text

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Crate:
    """What is said of a crate as a whole.

    Attributes:
        package: its name.
        definition, hash, bound: what it is made from, and how many values of a meter that is bound to.
        serde: whether values can be serialised, which the crate has a feature and a dependency for.
    """

    package: str
    definition: str
    hash: str
    bound: int = 0
    serde: bool = False

    def support(self) -> dict[str, str]:
        """The module that all others use."""
        files = {f"src/support/{name}": _support(name) for name in (*SUPPORT, *([SERIALISED] * self.serde))}
        if self.serde:
            files["src/support/mod.rs"] += '#[cfg(feature = "serde")]\nmod serialised;\n'
        return files

    def module(self, name: str, title: str, parts: Iterable[str]) -> str:
        """A module of parts that end with empty lines."""
        used = ["support::*", *(each for module, taken in _USED.items() if module != name for each in taken)]
        head = [
            f"// Made by tdl from {line(self.definition)}{self._bound()}; its hash is in lib.rs.",
            "// It belongs to whoever made it.",
            f"//! {title}.",
            "",
            _ALLOWED,
            "",
            f"use super::{{{', '.join(used)}}};",
            '#[cfg(feature = "alloc")]',
            "use alloc::vec::Vec;",
            "use core::fmt;",
            "",
        ]
        return "".join([text_of(head), *parts])[:-1]

    def environment(self, of: EnvironmentView) -> str:
        return self.module("env", "What tables depend on", [text_of(_environment(of))])

    def lib(self, groups: Iterable[str], depth: int) -> str:
        """The root; ``depth`` is how deep arrays are inside each other."""
        made = f"// Made by tdl from {line(self.definition)} {self.hash}{self._bound()}."
        return text_of([made, "// It belongs to whoever made it.", *self._lib(groups, depth)])

    def _bound(self) -> str:
        return f", bound to {self.bound} values of a meter" if self.bound else ""

    def _lib(self, groups: Iterable[str], depth: int) -> Iterator[str]:
        yield f"//! The tables of {line(self.definition)}."
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
        yield f'pub const DEFINITION_HASH: &str = "{self.hash}";'
        yield ""
        yield "/// How deep arrays are inside each other."
        yield f"pub(crate) const DEPTH: usize = {depth};"

    def manifest(self) -> str:
        lines = [
            f"# Made by tdl from {line(self.definition)} {self.hash}.",
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


def _environment(of: EnvironmentView) -> Iterator[str]:
    yield "/// The values of other tables that tables depend on; what is `None` is not known."
    yield "#[derive(Clone, Copy, Debug, Default, PartialEq)]"
    yield "pub struct Env<'a> {"
    for value in of.values:
        yield f"    /// `{line(value.reference.label)}`."
        yield f"    pub {value.name}: Option<{value.type}>,"
    yield "    marker: core::marker::PhantomData<&'a [u8]>,"
    yield "}"
    yield ""


def text_of(lines: Iterable[str]) -> str:
    """Lines with their ends."""
    return "".join([f"{each}\n" for each in lines])


@cache
def _support(name: str) -> str:
    return packaged_text("backends", "rust", "support", name)
