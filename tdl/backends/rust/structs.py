"""Structs as text: the type, its zeros, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.rust.names import string
from tdl.backends.rust.notes import line
from tdl.backends.rust.types import Struct

NEEDS_ALLOC = '#[cfg(feature = "alloc")]'


def struct_lines(struct: Struct, *, serde: bool) -> Iterator[str]:
    """A struct with the traits that all have."""
    cfg = [NEEDS_ALLOC] if struct.alloc else []
    yield f"/// {struct.about}"
    yield from cfg
    derived = all(derivable(field.default) for field in struct.fields.values())
    yield f"#[derive(Clone, Debug, {'Default, ' * derived}PartialEq)]"
    if serde:
        yield '#[cfg_attr(feature = "serde", derive(serde::Serialize))]'
    yield f"pub struct {struct.name} {{"
    for field in struct.fields.values():
        yield f"    /// `{line(field.element)}`: {field.about}."
        if serde:
            skip = ', skip_serializing_if = "Option::is_none"' if field.optional else ""
            yield f'    #[cfg_attr(feature = "serde", serde(rename = {string(field.element)}{skip}))]'
        yield f"    pub {field.name}: {f'Option<{field.type}>' if field.optional else field.type},"
    if struct.spare:
        yield "    /// The bits without a field, in their places."
        if serde:
            yield '    #[cfg_attr(feature = "serde", serde(rename = "$spare"))]'
        yield f"    pub spare: {struct.spare},"
    yield "}"
    yield ""
    if not derived:
        yield from _default_lines(struct, cfg)
    yield from _dump_lines(struct, cfg)


def derivable(default: str) -> bool:
    """Whether a zero is what Rust takes by itself."""
    return not default.startswith(("core::array", "Moment::"))


def _default_lines(struct: Struct, cfg: list[str]) -> Iterator[str]:
    yield from cfg
    yield f"impl Default for {struct.name} {{"
    yield "    fn default() -> Self {"
    yield "        Self {"
    for field in struct.fields.values():
        yield f"            {field.name}: {field.default},"
    if struct.spare:
        yield "            spare: 0,"
    yield "        }"
    yield "    }"
    yield "}"
    yield ""


def _dump_lines(struct: Struct, cfg: list[str]) -> Iterator[str]:
    yield from cfg
    unused = "" if struct.fields or struct.spare else "_"
    yield f"impl {struct.name} {{"
    parameters = f"&self, {unused}f: &mut fmt::Formatter<'_>, {unused}depth: usize"
    yield f"    pub(crate) fn dump_members({parameters}) -> fmt::Result {{"
    for field in struct.fields.values():
        yield f"        self.{field.name}.dump(f, depth, &Label::Name({string(field.element)}))?;"
    if struct.spare:
        yield "        if self.spare != 0 {"
        yield '            line(f, depth, &Label::Name("$spare"), &self.spare)?;'
        yield "        }"
    yield "        Ok(())"
    yield "    }"
    yield "}"
    yield ""
    yield from cfg
    yield f"impl Dump for {struct.name} {{"
    yield "    fn dump(&self, f: &mut fmt::Formatter<'_>, depth: usize, label: &Label<'_>) -> fmt::Result {"
    yield "        head(f, depth, label)?;"
    yield "        self.dump_members(f, depth.saturating_add(1))"
    yield "    }"
    yield "}"
    yield ""
