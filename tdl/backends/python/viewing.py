"""Views of a table's octets: a property for each element whose place and layout are the same in every image."""

from __future__ import annotations

from contextlib import suppress

from tdl.backends.python.constants import Constants
from tdl.backends.python.layouts import Layouts, long, unvarying
from tdl.backends.python.literals import docstring, literal, wrapped
from tdl.backends.python.members import element_name, times_made
from tdl.backends.python.reading import Reading
from tdl.backends.python.scope import Scope, TooComplex
from tdl.backends.python.view import View
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.size import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    """An element that a view has: its annotation, and the lines of what reads it."""

    name: str
    attribute: str
    annotation: str
    lines: tuple[str, ...]
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An element that a view has, for what reads it in another way; or the records of an array of views.

    Attributes:
        holder: the class of the view.
        attribute: `ITEM` for records of an array.
        offset: where the element begins in the view; the octets of a record of an array.
        below: the class of what the element is a view of; "" if it is a value.
    """

    holder: str
    attribute: str
    op: plan.AnyOp
    offset: int
    below: str


ITEM = "__getitem__"

_OPENING = (
    "A view of this table's octets: an element is read when it is asked for.",
    "",
    "Raises:",
    "    DecodeError: there are more or fewer octets than the layout can have.",
)


class Viewing:
    """The classes of a table's views; those of inner records stand before the ones that have them."""

    def __init__(self, view: View, constants: Constants, layouts: Layouts) -> None:
        self.view, self.constants, self.layouts = view, constants, layouts
        self.lines: list[str] = []
        self.seen: list[Seen] = []
        self.sizes = Sizes()
        self._made: set[str] = set()

    def table(self, root: plan.Group) -> list[str]:
        """The lines of ``View``, of the classes that it needs, and of the function ``view`` that makes one."""
        low, high = self.sizes.of(root)
        wrong = f"len(octets) != {low}" if low == high else f"not {low} <= len(octets) <= {high}"
        self._record(root, "View", nested=False)
        opening = docstring(_OPENING, "    ")
        self.lines += ["", "", "def view(data: bytes | bytearray | memoryview) -> View:", opening]
        self.lines += [
            "    made = View()",
            "    made._octets = octets = data if type(data) is bytes else bytes(data)",
            f"    if {wrong}:",
            "        decode(octets)  # raises the error that says why",
            "    return made",
        ]
        return self.lines

    def _record(self, op: plan.Group, name: str, *, nested: bool) -> None:
        attributes = self.view.places.attributes[op.type_name]
        offered, withheld = [], []
        offset: int | None = 0
        times = times_made(op.ops)
        for below in op.ops:
            made = None
            if offset is not None and times[element_name(below)] == 1:
                with suppress(TooComplex):
                    made = self._property(op, below, offset, nested=nested)
            if made is None:
                withheld += list(times_made((below,)))
            else:
                assert offset is not None
                offered.append(made)
                attribute = attributes[element_name(below)]
                self.seen.append(Seen(holder=name, attribute=attribute, op=below, offset=offset, below=made.below))
            low, high = self.sizes.of(below)
            offset = offset + low if offset is not None and low == high else None
        absent = [attribute for each, attribute in attributes.items() if each not in times]
        elements = {each.name: each.attribute for each in offered}
        self.lines += ["", "", f"class {name}(RecordView):", self._docstring(op, withheld, attributes), ""]
        self.lines += ["    __slots__ = ()"]
        self.lines += [f"    _elements = {{{', '.join(f'{literal(a)}: {literal(b)}' for a, b in elements.items())}}}"]
        self.lines += [f"    {' = '.join(absent)} = None"] if absent else []
        for each in offered:
            self.lines += ["", "    @_property", f"    def {each.attribute}(self) -> {each.annotation}:", *each.lines]
        self.constants.use("views", "RecordView")

    def _docstring(self, op: plan.Group, withheld: list[str], attributes: dict[str, str]) -> str:
        text = [f"A view of {self.view.classes[op.type_name]} in octets."]
        if withheld:
            names = ", ".join(attributes[name] for name in dict.fromkeys(withheld))
            text += ["", *wrapped(f"It has no {names}: what they are, or where, depends on the content.")]
        return docstring(text, "    ")

    def _property(self, holder: plan.Group, op: plan.AnyOp, offset: int, *, nested: bool) -> _Property | None:
        """The property of an element at a constant offset; None if its layout depends on the content."""
        name = element_name(op)
        attribute = self.view.places.attributes[holder.type_name][name]
        place = f"self._at + {offset}" if nested else str(offset)
        annotation, inner = self.view.annotations[holder.type_name][name], ""
        match op:
            case plan.Group():
                annotation = inner = self._name(self.view.classes[op.type_name])
                self._record(op, annotation, nested=True)
                lines = self._made_at(annotation, place)
            case plan.Repeat(count=Const(value=count), body=plan.Group() as body) if unvarying(op) and not (
                long(op) and self.layouts.of(body)
            ):
                annotation = inner = self._array(op, body, count)
                lines = self._made_at(annotation, place)
            case plan.Take(octets=1, kind="uint", decimals=0):
                lines = [f"        return self._octets[{place}]"]
            case _ if unvarying(op):
                lines = [f"        value: {annotation}", *self._read(op, offset, nested=nested)]
            case _:
                return None
        return _Property(name=name, attribute=attribute, annotation=annotation, lines=tuple(lines), below=inner)

    def _array(self, op: plan.Repeat, body: plan.Group, count: int) -> str:
        """The class of an array's views."""
        of = self.view.classes[body.type_name]
        record, name = self._name(of), self._name(f"{of}_ARRAY")
        self._record(body, record, nested=True)
        self.constants.use("views", "RecordViews")
        self.lines += ["", "", f"class {name}(RecordViews):", "    __slots__ = ()"]
        size = self.sizes.of(body)[0]
        self.lines += [f"    _blank, _places = {record}, range(0, {count * size}, {size})"]
        self.seen.append(Seen(holder=name, attribute=ITEM, op=op, offset=size, below=record))
        return name

    def _name(self, of: str) -> str:
        """A name for a class of views."""
        number, name = 1, f"_V_{of}"
        while name in self._made:
            number += 1
            name = f"_V{number}_{of}"
        self._made.add(name)
        return name

    def _made_at(self, name: str, place: str) -> list[str]:
        return [
            f"        view = {name}()",
            "        view._octets = self._octets",
            f"        view._at = {place}",
            "        return view",
        ]

    def _read(self, op: plan.AnyOp, offset: int, *, nested: bool) -> list[str]:
        scope = Scope(self.constants, self.view.places, writing=False, total=True)
        reading = Reading(scope, self.view.classes, self.view.places, self.layouts)
        lines = reading.element(op, offset, moving=nested)
        before = ["        data = self._octets", *(["        at = self._at"] if nested else [])]
        return [*before, *(f"    {line}" for line in lines)]
