"""The syntax tree: what a document or a fragment says, before it is known what it means.

Nodes are frozen and compare by what they say: spans, comments and origins do not count. The same tree comes from
the document form and from XML.
"""

from __future__ import annotations

from typing import TypeAlias

from tdl.deferred import dataclass, field
from tdl.sources import NOWHERE, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One step in the history of a node or a property: which document did what to it, and where."""

    document: str
    verb: str
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def done(self) -> str:
        """The verb as what happened: ``declared`` for ``DECLARE``."""
        word = self.verb.lower()
        irregular = {"set": "set", "modify": "modified"}
        return irregular.get(word, word + ("d" if word.endswith("e") else "ed"))


Origins: TypeAlias = tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Node):
    """The text between a pair of braces.

    ``before`` is false for one that follows its node on the same line; ``apart`` is true for one with an empty line
    behind it, which speaks of more than the next declaration.
    """

    text: str
    before: bool = True
    apart: bool = False


# --- expressions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer(Node):
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """One step of a reference: a name and the subscripts behind it."""

    name: str
    subscripts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Node):
    """``TABLE.ELEMENT``, ``ELEMENT``, ``TABLE.SET[OTHER_TBL]``."""

    steps: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastIndex(Node):
    """``.lastIndex``: the position of this element in the array that holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    operator: str  # "-" or "NOT"
    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    operator: str  # + - * / % == != < <= > >= AND OR
    left: Expression
    right: Expression


Expression: TypeAlias = Integer | Reference | LastIndex | Unary | Binary


# --- properties ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """A bare word as a property's value: the name of an enumeration or TRUE."""

    name: str


PropertyValue: TypeAlias = str | int | Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Property(Node):
    name: str
    value: PropertyValue
    origins: Origins = field(default=(), compare=False, repr=False)


Properties: TypeAlias = tuple[Property, ...]


# --- specifications --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Node):
    """A built-in or declared type, perhaps with the scope of a document: ``UINT8``, ``STD.X_RCD``."""

    name: str
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized(Node):
    """``STRING(n)``, ``SET(n)``, ``BINARY(n)``, ``BCD(n)``, ``OPAQUE(n)``."""

    name: str
    size: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Array(Node):
    count: Expression
    of: Specification


@dataclass(frozen=True, slots=True, kw_only=True)
class BitRange(Node):
    """``UINT(a..b)``, ``INT(a..b)``, ``BOOL(n)``, ``FILL(a..b)`` inside a bit field; both ends belong to it."""

    kind: str
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRange(Node):
    """The value or values of an enumerator."""

    low: int
    high: int


Specification: TypeAlias = Named | Sized | Array | BitRange | CodeRange


# --- members ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Node):
    """An element of a record, a sub-element of a bit field or an enumerator."""

    name: str
    specification: Specification
    properties: Properties = ()
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    condition: Expression
    then: tuple[Item, ...]
    otherwise: tuple[Item, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm(Node):
    """One arm of a selection; labels are inclusive ranges."""

    labels: tuple[tuple[int, int], ...]
    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Node):
    """A selection; ``default`` is None where the text has none, and empty where it says that nothing follows."""

    selector: Expression
    arms: tuple[Arm, ...]
    default: tuple[Item, ...] | None = None
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


Item: TypeAlias = Member | If | Switch


# --- declarations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Node):
    """What every declaration has besides its content."""

    name: str
    properties: Properties = ()
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Declared):
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BitField(Declared):
    container: str
    items: tuple[Item, ...]
    container_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration(Declared):
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Declared):
    specification: Specification


TypeDeclaration: TypeAlias = Record | BitField | Enumeration | Alias


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Number:
    """A table's or procedure's number inside its group: standard (``""``), ``MFG`` or ``USER``."""

    group: str
    value: int

    def __str__(self) -> str:
        return f"{self.group} {self.value}" if self.group else str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Declared):
    number: Number
    specification: Specification
    number_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Declared):
    number: Number
    parameter: Named | None = None
    response: Named | None = None
    number_span: Span = field(default=NOWHERE, compare=False, repr=False)


Declaration: TypeAlias = TypeDeclaration | Table | Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Node):
    """Who the document is. A fragment's header names its base as well."""

    name: str
    edition: str | None = None
    version: str | None = None
    base: str | None = None
    base_hash: str | None = None
    properties: Properties = ()
    base_span: Span = field(default=NOWHERE, compare=False, repr=False)
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Node):
    target: str
    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Node):
    """A whole definition: imports already followed, declarations in the order they were read."""

    header: Header
    declarations: tuple[Declaration, ...] = ()
    imports: tuple[Import, ...] = field(default=(), compare=False, repr=False)


# --- fragments -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Node):
    """Where a member goes: ``FIRST``, ``LAST``, ``BEFORE`` or ``AFTER`` an anchor."""

    where: str
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Node):
    """What a verb is about: a type by name, a table or procedure by number, or the document."""

    kind: str  # TYPE, TABLE, PROCEDURE, DOCUMENT
    name: str | None = None
    number: Number | None = None

    def __str__(self) -> str:
        what = self.name if self.number is None else str(self.number)
        return self.kind if what is None else f"{self.kind} {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb(Node):
    """What every verb of a fragment has besides its content."""

    comments: tuple[Comment, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(Verb):
    item: Item
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceMember(Verb):
    """A new specification; the properties are kept unless new ones are named."""

    name: str
    specification: Specification
    properties: Properties = ()
    was: Specification | None = None
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember(Verb):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameMember(Verb):
    name: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveMember(Verb):
    name: str
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProperty(Verb):
    """``SET Label = "x"`` of the target, or ``SET MEMBER.Label = "x"`` of one of its members."""

    name: str
    value: PropertyValue
    member: str | None = None
    was: PropertyValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsetProperty(Verb):
    name: str
    member: str | None = None
    was: PropertyValue | None = None


PropertyEdit: TypeAlias = SetProperty | UnsetProperty
MemberEdit: TypeAlias = AddMember | ReplaceMember | RemoveMember | RenameMember | MoveMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Verb):
    declaration: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace(Verb):
    declaration: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Verb):
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Verb):
    target: Target
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modify(Verb):
    target: Target
    edits: tuple[MemberEdit | PropertyEdit, ...]


Edit: TypeAlias = Add | Replace | Remove | Rename | Modify


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment(Node):
    """What changes, in the order it is to be done."""

    header: Header
    edits: tuple[Edit, ...] = ()
    imports: tuple[Import, ...] = field(default=(), compare=False, repr=False)
