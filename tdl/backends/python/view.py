"""The definition as Python sees it: classes of records, classes of codes, names and annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from tdl.backends.naming import PYTHON_ATTRIBUTES, PYTHON_CLASSES, PYTHON_CODES, PYTHON_MODULES, identifiers
from tdl.backends.python.literals import docstring, wrapped
from tdl.backends.python.places import Places, has_spare
from tdl.backends.python.runtime.structure import HELD
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.show import show_type
from tdl.ir.traverse import walk

_MOMENTS = {"DATE": "date | Raw", "RDATE": "RecurringDate | Raw"}
_TIMES = ("TIME", "STIME", "HTIME")
_OCTETS = {"text": "str | Raw", "binary": "bytes", "bcd": "str", "set": "Members"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """An element: what it is called, what it can be, and whether a record need not have it."""

    name: str
    attribute: str
    annotation: str
    optional: bool
    about: str

    @property
    def parameter(self) -> str:
        """How a constructor takes it."""
        optional = "None" in self.type.split(" | ")
        return f'{self.attribute}: "{self.type}"{" = None" if optional else ""}'

    @property
    def type(self) -> str:
        """What the attribute can be."""
        can_be_none = "None" in self.annotation.split(" | ")
        return self.annotation if can_be_none or not self.optional else f"{self.annotation} | None"

    @property
    def is_set(self) -> bool:
        """Whether it is a set wherever it is there."""
        return self.annotation == "Members"

    @property
    def slot(self) -> str:
        """What holds its value."""
        return f"{HELD}{self.attribute}" if self.is_set else self.attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A class; ``type_name`` is what the definition calls it."""

    type_name: str
    name: str
    base: str
    members: tuple[MemberView, ...]
    docstring: str

    @property
    def attributes(self) -> dict[str, str]:
        """The attribute of each element."""
        return {member.name: member.attribute for member in self.members}

    @property
    def slots(self) -> dict[str, str]:
        """The slot of each element."""
        return {member.name: member.slot for member in self.members}

    @property
    def sets(self) -> tuple[MemberView, ...]:
        return tuple(member for member in self.members if member.is_set)

    @property
    def has_spare(self) -> bool:
        """Whether its objects keep bits that no field covers."""
        return self.base == "SpareBitStructure"

    @property
    def parameters(self) -> tuple[str, ...]:
        parameters = tuple(member.parameter for member in self.members)
        return parameters if self.base == "Structure" else (*parameters, "spare: int = 0")

    @property
    def stored(self) -> tuple[str, ...]:
        """All slots of an object."""
        slots = tuple(member.slot for member in self.members)
        return (*slots, "spare") if self.has_spare else slots


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumerationView:
    """A class of codes: its constants, and each code with the values, name and label it has."""

    name: str
    constants: tuple[tuple[str, int], ...]
    codes: tuple[tuple[int, int, str, str], ...]
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything of a package but its tables' code.

    Attributes:
        modules: by the tables' keys.
        classes, annotations: by the records' types; the latter by the elements' names inside these.
    """

    records: tuple[RecordView, ...]
    enumerations: tuple[EnumerationView, ...]
    modules: dict[str, str]
    classes: dict[str, str]
    places: Places
    annotations: dict[str, dict[str, str]]


def view_of(definition: model.Definition, of: plan.Plan) -> View:
    """The view of a definition and its Plan."""
    declared: dict[str, model.Record | model.BitField] = {each.name: each for each in definition.records}
    declared |= {each.name: each for each in definition.bit_fields}
    made = {group.type_name: group for group in _pending(of) if group.type_name not in declared}
    classes = identifiers((*declared, *made), PYTHON_CLASSES)
    records = [_record(each, classes) for each in declared.values()]
    records += [_pending_record(group, classes) for group in made.values()]
    codes = identifiers((each.name for each in definition.enumerations), PYTHON_CLASSES)
    modules = identifiers((module_of(table.key) for table in of.tables), PYTHON_MODULES)
    records.sort(key=lambda record: record.name)
    return View(
        records=tuple(records),
        enumerations=tuple(_enumeration(each, codes[each.name]) for each in definition.enumerations),
        modules={table.key: modules[module_of(table.key)] for table in of.tables},
        classes={record.type_name: record.name for record in records},
        places=Places(
            {record.type_name: record.slots for record in records},
            {record.type_name: record.attributes for record in records},
            frozenset(record.type_name for record in records if record.has_spare),
        ),
        annotations={record.type_name: {m.name: m.annotation for m in record.members} for record in records},
    )


def module_of(key: str) -> str:
    """What a table's module is called, if nothing else is."""
    return key.lower().replace(".", "_")


def _pending(of: plan.Plan) -> Iterator[plan.Group]:
    """The records that only a pending copy has."""
    for table in of.tables:
        yield from (op for op in walk(table.root) if isinstance(op, plan.Group))


# --- records -----------------------------------------------------------------------------------------------------


def _record(declared: model.Record | model.BitField, classes: dict[str, str]) -> RecordView:
    found: dict[str, list[tuple[str, bool, str]]] = {}
    for member, optional in _members(declared.members, False):
        if isinstance(member, model.Element):
            type_, shown = annotation(member.type, classes), show_type(member.type)
        else:
            type_, shown = ("bool" if member.kind == "BOOL" else "int"), f"{member.kind}({member.low}..{member.high})"
        about = "; ".join([shown, *_about(member.properties, member.enumeration)])
        found.setdefault(member.name, []).append((type_, optional, about))
    attributes = identifiers(found, PYTHON_ATTRIBUTES)
    members = tuple(
        MemberView(
            name=name,
            attribute=attributes[name],
            annotation=_either(type_ for type_, _, _ in ways),
            optional=all(optional for _, optional, _ in ways),
            about=" or ".join(dict.fromkeys(about for _, _, about in ways)),
        )
        for name, ways in found.items()
    )
    base, kind = "Structure", "record"
    if isinstance(declared, model.BitField):
        base, kind = "SpareBitStructure" if has_spare(declared) else "BitStructure", "bit field"
    return _view(declared.name, base, members, classes, _title(declared, f"The {kind} {declared.name}."))


def _pending_record(group: plan.Group, classes: dict[str, str]) -> RecordView:
    attributes = identifiers((op.name for op in group.ops), PYTHON_ATTRIBUTES)
    members = tuple(
        MemberView(
            name=op.name,
            attribute=attributes[op.name],
            annotation=f"records.{classes[op.type_name]}" if isinstance(op, plan.Group | plan.Bits) else "Any",
            optional=False,
            about="before the content" if op is group.ops[0] else "the content",
        )
        for op in group.ops
    )
    return _view(group.type_name, "Structure", members, classes, "A pending copy: when it becomes active, and what of.")


def _view(
    type_name: str, base: str, members: tuple[MemberView, ...], classes: dict[str, str], title: str
) -> RecordView:
    lines = wrapped(title)
    if members:
        lines += ["", "Attributes:"]
        for member in members:
            lines += ["    " + line for line in wrapped(f"{member.attribute}: {member.about}", "    ")]
    text = docstring(lines, "    ")
    return RecordView(type_name=type_name, name=classes[type_name], base=base, members=members, docstring=text)


def _members(
    members: tuple[model.Member, ...], optional: bool
) -> Iterator[tuple[model.Element | model.SubElement, bool]]:
    """The elements of a record, and whether each stands in a branch."""
    for member in members:
        match member:
            case model.Element():
                yield member, optional
            case model.SubElement(kind="FILL"):
                pass
            case model.SubElement():
                yield member, optional
            case model.If():
                yield from _members(member.then + member.otherwise, True)
            case model.Switch():
                for arm in member.arms:
                    yield from _members(arm.members, True)
                yield from _members(member.default or (), True)
            case _:
                assert_never(member)


def annotation(type_: model.Type, classes: dict[str, str]) -> str:
    """What the values of a type are."""
    match type_:
        case model.Integer():
            return "int"
        case model.Float():
            return "float"
        case model.NonInteger():
            return "int | float | Decimal | Raw"
        case model.Moment(kind=kind) if kind in _MOMENTS:
            return _MOMENTS[kind]
        case model.Moment(kind=kind):
            return "time | Raw | None" if kind in _TIMES else "datetime | Raw | None"
        case model.Octets(form=form):
            return _OCTETS[form]
        case model.NumericText():
            return "Decimal | Raw"
        case model.Opaque():
            return "bytes"
        case model.Nil():
            return "None"
        case model.Array(of=model.RecordType() as of):
            return f"MutableSequence[{annotation(of, classes)}]"
        case model.Array(of=of):
            return f"list[{annotation(of, classes)}]"
        case model.RecordType(name=name) | model.BitFieldType(name=name):
            return f"records.{classes[name]}"
        case _:
            assert_never(type_)


def _either(annotations: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(annotations))


# --- enumerations ------------------------------------------------------------------------------------------------


def _enumeration(declared: model.Enumeration, name: str) -> EnumerationView:
    single = {each.name: each.low for each in declared.enumerators if each.low == each.high}
    constants = identifiers(single, PYTHON_CODES)
    return EnumerationView(
        name=name,
        constants=tuple((constants[each], value) for each, value in single.items()),
        codes=tuple((each.low, each.high, each.name, each.label) for each in declared.enumerators),
        docstring=docstring(wrapped(_title(declared, f"The codes of {declared.name}.")), "    "),
    )


# --- words for people ----------------------------------------------------------------------------------------------


def _title(declared: model.Declared, otherwise: str) -> str:
    properties = dict(declared.properties)
    return str(properties.get("Label") or properties.get("Description") or otherwise)


def _about(properties: model.Properties, enumeration: str | None) -> Iterator[str]:
    found = dict(properties)
    for name in ("Label", "Description"):
        if found.get(name):
            yield str(found[name])
    if found.get("Unit"):
        yield f"in {found['Unit']}"
    if enumeration:
        yield f"codes of {enumeration}"
