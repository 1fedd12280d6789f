# SPDX-License-Identifier: 0BSD
"""The Plan: how the octets of tables *move*.

Decoding and encoding are the same Plan read in two directions. An op with a ``name`` makes or takes one value: it is
stored under that name in the record around it, or appended to the array around it. Everything that depends on Table
0 has been spelled out: a type such as NI_FMAT1 is a `Choose` over ops of fixed size, so binding to a meter prunes it
like any other selection.

Order of octets: ``order`` is an expression that is 0 for least significant octet first and 1 for most significant.
``at`` is the offset in octets from the start of the innermost `Repeat` body (or the table) around the op if it is the
same in every image, and None otherwise; `tdl.ir.place` computes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tdl.deferred import dataclass, field
from tdl.ir.expr import Const, Expr, External

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdl.sources import Span

MAX_OCTETS = 0xFFFFFF
"""The largest length or count: offsets of partial access have 24 bits."""

MAX_EMPTY_STEPS = 1 << 20
"""How many elements without octets one table may have before it is refused (see `Repeat`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """What every op has.

    Attributes:
        name: of the value, or "" for an op that makes none of its own.
        path: names from the table's root, ``[]`` for each array passed.
        index: position among the members of the record around it, for partial access; -1 in an array.
    """

    name: str = ""
    path: tuple[str, ...] = ()
    index: int = -1
    at: int | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(Op):
    """A binary number of 1 to 8 octets.

    Attributes:
        kind: ``uint``, ``int`` or ``float``.
        form: for ``int``, how it is signed: 0 two's complement, 1 one's complement, 2 sign and magnitude.
        decimals: the value is the integer divided by 10**decimals.
        enumeration: the list of codes that names its values.
    """

    octets: int
    kind: str
    order: Expr
    form: Expr | None = None
    decimals: int = 0
    enumeration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes(Op):
    """So many octets in the order they come.

    Attributes:
        form: ``text``, ``binary``, ``bcd`` or ``set``.
        charset: for text, Table 0's CHAR_FORMAT.
    """

    form: str
    length: Expr
    charset: Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Builtin(Op):
    """An atomic type of fixed size that is not a plain number.

    Attributes:
        kind: a date or time type (``LTIME_DATE`` ...), ``FLOAT_CHAR`` or ``FIXED_BCD``.
        variant: for times the TM_FORMAT (0 to 4) whose layout this is; 0 otherwise.
        octets: its size; 0 for a time under TM_FORMAT 0.
    """

    kind: str
    variant: int
    octets: int
    order: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque(Op):
    """The octets that are left, at most ``limit``."""

    limit: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Op):
    """A record: its ops make the values of a new record. A table's root is a group with the name ""."""

    type_name: str
    ops: tuple[PlanOp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits(Op):
    """A bit field: a container of 1 to 8 octets whose fields make the values of a new record.

    Bits that no field covers in the branch taken are kept aside (see `tdl.codec.values.Record.spare`), so that they
    survive a round trip.
    """

    type_name: str
    octets: int
    order: Expr
    fields: tuple[BitOp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Op):
    """Bits ``low`` to ``low + width - 1`` of the container; ``kind`` is ``uint``, ``int`` or ``bool``."""

    low: int
    width: int
    kind: str
    form: Expr | None = None
    enumeration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill(Op):
    """Bits without a value; written as 0 unless the record keeps others."""

    low: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class When(Op):
    """The ops of ``then`` if the condition is not 0, else those of ``otherwise``."""

    condition: Expr
    then: tuple[AnyOp, ...]
    otherwise: tuple[AnyOp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    labels: tuple[tuple[int, int], ...]
    ops: tuple[AnyOp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Op):
    """The arm whose labels hold the selector's value.

    ``otherwise`` runs if there is none; where it is None the value is refused, and ``refusal`` says what was
    expected. ``atomic`` marks a selection made of one type, such as NI_FMAT1: one element, whatever the arm.
    """

    selector: Expr
    arms: tuple[Arm, ...]
    otherwise: tuple[AnyOp, ...] | None = None
    refusal: str = ""
    atomic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Op):
    """An array: ``body`` makes one value, ``count`` times.

    Where the body can be empty, each element costs one of the table's `MAX_EMPTY_STEPS`.
    """

    count: Expr
    body: PlanOp
    empty_body: bool = False


PlanOp: TypeAlias = Take | Bytes | Builtin | Opaque | Group | Bits | When | Choose | Repeat
BitOp: TypeAlias = Field | Fill | When | Choose
AnyOp: TypeAlias = PlanOp | Field | Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A value of another table that a Plan reads, and an element that needs it."""

    reference: External
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """The Plan of one table, or of one record of a procedure.

    Attributes:
        key: what it is called everywhere: ``ST23``, ``MT5``, ``ST23P``, ``SP4.parameter``.
        id: the table's identifier on the wire (`tdl.ir.model.TableId`), or the procedure's.
        needs: what must be known before it can move, in order of first use. After binding: what is still unknown.
        size: the least and most octets it can have.
    """

    key: str
    id: int
    name: str
    root: PlanOp
    needs: tuple[Need, ...]
    size: tuple[int, int]
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All tables and procedure records of a definition.

    ``bound`` lists the values that binding put in, by label; ``specialised`` is whether it was bound at all, as there
    may be no such value. ``limits`` are the largest values that a profile promises for elements, by label: they bound
    memory, and change no layout.
    """

    definition: str
    hash: str
    tables: tuple[TablePlan, ...]
    bound: tuple[tuple[str, str], ...] = ()
    specialised: bool = False
    limits: tuple[tuple[str, int], ...] = ()

    def table(self, key: str) -> TablePlan | None:
        """The Plan of ``ST23``, of ``23`` or of ``CURRENT_REG_DATA_TBL``."""
        found = find_key(key, ((table.key, table.name) for table in self.tables))
        return next((table for table in self.tables if table.key == found), None)


def find_key(wanted: str, tables: Iterable[tuple[str, str]]) -> str | None:
    """The key of the table that is called by its key, its name, or the number of a standard table."""
    wanted = wanted.upper()
    for key, name in tables:
        if wanted in (key.upper(), name.upper()) or (wanted.isdigit() and key == f"ST{wanted}"):
            return key
    return None


LEAST_FIRST = Const(value=0)
