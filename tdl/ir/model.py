"""The Model: what the tables of a definition *are*, with every name resolved.

Made by `tdl.ir.lower`. Equality ignores spans and origins; order of declarations does not count, since everything is
kept sorted by number or name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tdl.deferred import dataclass, field
from tdl.ir.expr import Expr
from tdl.ir.table_id import MFG as MFG
from tdl.ir.table_id import PENDING as PENDING
from tdl.ir.table_id import USER as USER
from tdl.ir.table_id import TableId as TableId
from tdl.sources import NOWHERE, Span

if TYPE_CHECKING:
    from tdl.syntax.ast import Origins

Properties: TypeAlias = tuple[tuple[str, str | int], ...]
"""Names and values, sorted by name; a bare word is its text."""


# --- types -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer:
    """UINT8..UINT64, INT8..INT64."""

    octets: int
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Float:
    octets: int  # 4 or 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NonInteger:
    """NI_FMAT1 or NI_FMAT2: what it is depends on Table 0."""

    which: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or time type by its name; all but DATE and RDATE depend on Table 0's TM_FORMAT."""

    kind: str  # LTIME_DATE STIME_DATE HTIME_DATE TIME_DATE TIME STIME HTIME DATE RDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets:
    """STRING, CHAR, BINARY, BCD and SET: so many octets, read in one of four ways."""

    form: str  # text, binary, bcd, set
    length: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericText:
    """FLOAT_CHARn and FIXED_BCDn: a decimal number as characters or digits."""

    form: str  # char, bcd
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """OPAQUE: the rest of the table's octets, at most ``limit`` of them; its layout is not known."""

    limit: Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nil:
    """NIL: no octets and no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    count: Expr
    of: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BitFieldType:
    name: str


Type: TypeAlias = (
    Integer | Float | NonInteger | Moment | Octets | NumericText | Opaque | Nil | Array | RecordType | BitFieldType
)


# --- members -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A member of a record.

    ``index`` is its position for partial access: all declared members count, branches not taken included.
    """

    name: str
    type: Type
    index: int
    enumeration: str | None = None
    properties: Properties = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubElement:
    """A member of a bit field: bits ``low`` to ``high``, bit 0 the least significant of the container."""

    name: str
    kind: str  # UINT, INT, BOOL, FILL
    low: int
    high: int
    index: int
    enumeration: str | None = None
    properties: Properties = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    condition: Expr
    then: tuple[Member, ...]
    otherwise: tuple[Member, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    labels: tuple[tuple[int, int], ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A selection; without a default, a value that no arm names selects nothing."""

    selector: Expr
    arms: tuple[Arm, ...]
    default: tuple[Member, ...] | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Member: TypeAlias = Element | SubElement | If | Switch


# --- declarations ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    name: str
    properties: Properties = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    origins: Origins = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Declared):
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BitField(Declared):
    octets: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerator:
    """A code or range of codes and its name; ``label`` is the text shown to people."""

    name: str
    low: int
    high: int
    label: str = ""
    properties: Properties = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration(Declared):
    """An open list of codes: a value that it does not name keeps its number."""

    enumerators: tuple[Enumerator, ...]

    def find(self, value: int) -> Enumerator | None:
        return next((e for e in self.enumerators if e.low <= value <= e.high), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Declared):
    id: TableId
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Declared):
    """A procedure with the records that travel in Tables 7 and 8; ``id`` uses the manufacturer bit only."""

    id: TableId
    parameter: Type | None = None
    response: Type | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A compiled definition.

    Attributes:
        name, edition, version: from the document's header, or the last fragment's.
        tables, procedures: by identifier. Pending copies are not listed; `pending_header` says what stands
            before their content.
        records, bit_fields, enumerations: by name.
        hash: SHA-256 over the content (see `tdl.ir.show.content_hash`); names of documents do not count.
    """

    name: str = field(compare=False)
    edition: str | None
    version: str | None = field(compare=False)
    tables: tuple[Table, ...]
    procedures: tuple[Procedure, ...]
    records: tuple[Record, ...]
    bit_fields: tuple[BitField, ...]
    enumerations: tuple[Enumeration, ...]
    properties: Properties = ()
    pending_header: Type | None = None
    hash: str = field(default="", compare=False)
