"""The functions of one table."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.rust.emitter import Context
from tdl.backends.rust.environment import Value
from tdl.backends.rust.names import string
from tdl.backends.rust.naming import Naming
from tdl.backends.rust.reading import Reading
from tdl.backends.rust.slots import Slots
from tdl.backends.rust.structs import NEEDS_ALLOC
from tdl.backends.rust.viewing import Views
from tdl.backends.rust.writing import Writing
from tdl.backends.shapes.elements import Elements
from tdl.ir import plan

_ANY = 0xFFFFFFFF


class Functions:
    """A table's functions; ``name`` is that of its struct, ``stem`` of its constants."""

    def __init__(self, context: Context, stem: str, names: Naming) -> None:
        self.context, self.stem, self.names = context, stem, names
        self.name = context.struct.name
        self.slots = Slots(context.table)
        needs = bool(context.table.needs)
        self.parameter = ", env: &Env<'_>" if needs else ""
        self.argument = ", env" if needs else ""

    def lines(self, kept: tuple[Value, ...]) -> Iterator[str]:
        yield from self.elements()
        yield from self.owned()
        yield from self.display()
        yield from self.view()
        if kept:
            yield from self.fill(kept)

    def elements(self) -> Iterator[str]:
        """The static list that errors are told from."""
        elements: Elements = self.context.elements
        yield f"static {self.stem}: Table = Table {{"
        yield f"    key: {string(self.context.table.key)},"
        yield f"    name: {string(self.context.table.name)},"
        yield "    elements: &["
        for each in elements.all:
            octets = "u32::MAX" if each.octets == _ANY else str(each.octets)
            kind = "Record" if isinstance(each.op, plan.Group) else "Array" if each.kind == "ARRAY" else "Leaf"
            yield f"        Element::new({string(each.name)}, {each.span}, {octets}, Kind::{kind}),"
        yield "    ],"
        yield "};"
        yield ""

    def owned(self) -> Iterator[str]:
        least, most = self.context.table.size
        if self.context.struct.alloc:
            yield NEEDS_ALLOC
        yield f"impl {self.name} {{"
        if least == most:
            yield "    /// The octets of every image."
            yield f"    pub const SIZE: usize = {least};"
            yield ""
        reading = Reading(self.context, self.slots, keep=True)
        body = reading.body()
        yield "    /// The values of an image."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// The octets are no image of this table, or a value that it depends on is not known."
        yield f"    pub fn decode(image: &[u8]{self.parameter}) -> Result<Self, Error> {{"
        yield f"        let mut r = Reader::new(&{self.stem}, image);"
        yield from indented(reading.slot_lines())
        yield from indented(body)
        yield "    }"
        yield ""
        yield "    /// Write the octets; how many they are."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// A value does not fit the layout, or `out` is too small."
        yield f"    pub fn encode(&self, out: &mut [u8]{self.parameter}) -> Result<usize, Error> {{"
        yield f"        self.write(Writer::new(&{self.stem}, Some(out)){self.argument})"
        yield "    }"
        yield ""
        yield "    /// How many octets the values take."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// A value does not fit the layout."
        yield f"    pub fn encoded_size(&self{self.parameter}) -> Result<usize, Error> {{"
        yield f"        self.write(Writer::new(&{self.stem}, None){self.argument})"
        yield "    }"
        yield ""
        writing = Writing(self.context, self.slots)
        body = writing.body()
        yield f"    fn write(&self, mut w: Writer<'_>{self.parameter}) -> Result<usize, Error> {{"
        if any("value" in line for line in body):
            yield "        let value = self;"
        yield from indented(writing.slot_lines())
        yield from indented(body)
        yield "    }"
        yield "}"
        yield ""

    def display(self) -> Iterator[str]:
        if self.context.struct.alloc:
            yield NEEDS_ALLOC
        yield f"impl fmt::Display for {self.name} {{"
        yield "    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {"
        yield "        self.dump_members(f, 0)"
        yield "    }"
        yield "}"
        yield ""

    def view(self) -> Iterator[str]:
        """The views of an image, and its check without a value."""
        slots = self.slots
        views = Views(self.context, slots, self.names)
        name, root = f"{self.name}View", views.places.get(id(self.context.table.root))
        if root is None:
            yield f"/// A view of `{self.context.table.name}` in an image."
            yield "#[derive(Clone, Copy, Debug)]"
            yield f"pub struct {name}<'a> {{"
            yield "    r: Reader<'a>,"
            yield from ["    env: &'a Env<'a>,"] * bool(self.argument)
            yield "}"
            yield ""
        yield from views.lines()
        given = ", env: &'a Env<'a>" if self.argument else ""
        parts = [f"r: Reader::new(&{self.stem}, image)", *(["env"] * bool(self.argument))]
        if views.seen:
            empty = ", ".join(f"{slot.name}: {slot.empty}" for slot in slots.all)
            parts.append(f"seen: {views.seen} {{ {empty}, marker: core::marker::PhantomData }}")
        yield f"impl<'a> {name}<'a> {{"
        yield "    /// A view of an image, of which nothing has been read."
        yield "    #[must_use]"
        yield f"    pub const fn new(image: &'a [u8]{given}) -> Self {{"
        yield f"        Self {{ {', '.join(parts)} }}"
        yield "    }"
        yield ""
        yield "    /// Whether the octets are an image of this table."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// They are not, or a value that it depends on is not known."
        yield "    pub fn check(&self) -> Result<(), Error> {"
        yield "        let mut r = self.r;"
        yield from ["        let env = self.env;"] * bool(self.argument)
        reading = Reading(self.context, slots, keep=False)
        body = [*reading.slot_lines(), *reading.body()]
        yield from indented(body)
        yield "        Ok(())"
        yield "    }"
        yield ""
        if self.context.struct.alloc:
            yield f"    {NEEDS_ALLOC}"
        yield "    /// All values of the image."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// As those of `check`."
        yield f"    pub fn to_owned(&self) -> Result<{self.name}, Error> {{"
        yield f"        {self.name}::decode(self.r.rest(){', self.env' if self.argument else ''})"
        yield "    }"
        yield "}"
        yield ""

    def fill(self, kept: tuple[Value, ...]) -> Iterator[str]:
        """What other tables depend on, into the environment."""
        slots = Slots(self.context.table, kept)
        reading = Reading(self.context, slots, keep=False)
        body = reading.body()
        yield "impl<'a> Env<'a> {"
        yield f"    /// Take what other tables depend on from an image of {self.context.table.key}."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// The octets are no image of this table; nothing has been taken then."
        yield f"    pub fn fill_{self.name.lower()}(&mut self, image: &'a [u8]) -> Result<(), Error> {{"
        yield f"        let mut r = Reader::new(&{self.stem}, image);"
        if self.context.table.needs:
            yield "        let env = &*self;"
        yield from indented(reading.slot_lines())
        yield from indented(body)
        for number, (value, slot) in enumerate(slots.kept):
            if value.kind == "number":
                yield f"        let kept{number} = r.kept({slot.name})?;"
        for number, (value, slot) in enumerate(slots.kept):
            found = {"number": f"kept{number}", "set": f"{slot.name}.octets()", "column": slot.name}[value.kind]
            yield f"        self.{value.name} = {found};"
        yield "        Ok(())"
        yield "    }"
        yield "}"
        yield ""


def indented(lines: Iterator[str] | list[str]) -> Iterator[str]:
    """Lines of a function inside an `impl`."""
    for line in lines:
        yield f"    {line}" if line else line
