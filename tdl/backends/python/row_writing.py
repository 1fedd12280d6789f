"""The functions that write the records of an array of one layout, of which there may be many.

Two things cost less for all records at once than for each: the octets of the arrays in them, and bringing the members
of bit fields together. The latter costs more for a few records, which are written as a table is.
"""

from __future__ import annotations

from tdl.backends.python.layouts import Layouts
from tdl.backends.python.literals import literal
from tdl.backends.python.packing import Items
from tdl.backends.python.packing import octets as octets_of
from tdl.backends.python.scope import Scope
from tdl.backends.python.spreading import Spread, spread
from tdl.backends.python.storing import Stored
from tdl.backends.python.writing import Writing
from tdl.ir import plan
from tdl.ir.size import size_of
from tdl.ir.traverse import walk

_FEW = 80
"""Up to how many records it costs more to bring members together at once."""


def written(
    scope: Scope,
    classes: dict[str, str],
    attributes: dict[str, dict[str, str]],
    layouts: Layouts,
    body: plan.Group,
) -> list[str]:
    """The body of a layout's ``write(values)``."""
    many: list[str] = []
    if any(isinstance(op, plan.Bits) for op in walk(body)):
        apart = _RowWriting(scope, classes, attributes, layouts, apart=True)
        lines = apart.records(body)
        if apart.spreads:
            merging = layouts.merging(apart.merging())
            many = [
                f"    if len(values) > {_FEW}:",
                *lines,
                "        from ._runtime.merging import merged  # seldom",
                "",
                f'        return merged(b"".join(out), {merging})',
            ]
    each = _RowWriting(scope, classes, attributes, layouts, apart=False).records(body)
    return ["    out: list[bytes] = []", *many, *each, '    return b"".join(out)']


class _RowWriting(Writing):
    """Emits the loop over ``values``.

    Args:
        apart: whether members of bit fields are written as numbers of their own, to be brought together later.
    """

    def __init__(
        self,
        scope: Scope,
        classes: dict[str, str],
        attributes: dict[str, dict[str, str]],
        layouts: Layouts,
        *,
        apart: bool,
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.apart, self.level = apart, 2 if apart else 1
        self.size = 0
        self.spreads: list[Spread] = []
        self.paths = {"record": "record"}
        self.together: dict[str, str] = {}

    def records(self, body: plan.Group) -> list[str]:
        """The loop, which appends octets to ``out``."""
        with self.loop(""):
            self.op(body, "record")
            self.flush()
        self.flush()
        values = f"zip({', '.join(['values', *self.together.values()])})" if self.together else "values"
        head = f"for {', '.join(['record', *self.together])} in {values}:"
        return ["    " * self.level + head, *self.lines[1:]]

    def merging(self) -> str:
        """How the members of bit fields are brought together, as an expression."""
        checks = tuple(each for of in self.spreads for each in of.checks)
        words = tuple(each for of in self.spreads for each in of.words)
        return literal((self.size, checks, words, tuple(each for of in self.spreads for each in of.surplus)))

    def join(self, items: Items | Stored) -> None:
        super().join(items)
        self.size += sum(map(octets_of, items.codes))

    def record(self, op: plan.Group | plan.Bits, source: str) -> str:
        variable = super().record(op, source)
        holder, _, below = source.partition(".")
        if below and holder in self.paths:
            self.paths[variable] = f"{self.paths[holder]}.{below}"
        return variable

    def plain_bits(self, op: plan.Bits, container: Stored, source: str) -> None:
        big = self.flag(op.order) is True
        found = spread(op, big, self.size) if self.apart else None
        if found is None:
            super().plain_bits(op, container, source)
            return
        self.spreads.append(found)
        self.join(Stored(codes=found.codes, order=big if set(found.codes) != {"B"} else None, items=()))
        variable = self.record(op, source)
        with self.frame(variable, op) as frame:
            self.extra(op, op.fields, frame)
            members = [self.attribute(frame, field.name) for field in op.fields if isinstance(field, plan.Field)]
            self.nothing_more(op, op.fields, frame)
        if len(members) < len(found.codes):
            members.append(f"{variable}.spare")
        elif self.scope.has_spare(op.type_name):
            self.leave_if(f"{variable}.spare is not {self.scope.use('arithmetic', 'ZERO')}")
        self.arguments += members

    def repeat(self, op: plan.Repeat, source: str) -> None:
        """An array; what is in a loop is not one octet a place of a record."""
        before, apart = self.size, self.apart
        self.apart = apart and not self.long(op)
        super().repeat(op, source)
        self.size, self.apart = before + size_of(op)[0] if self.long(op) else self.size, apart

    def rows(self, op: plan.Repeat, layout: str, source: str, count: int | str) -> None:
        """The octets of an array in every record: those of all records are asked for at once."""
        holder, _, below = source.partition(".")
        if not below or holder not in self.paths:
            super().rows(op, layout, source, count)
            return
        octets = self.scope.fresh("a")
        self.join(Stored(codes=(f"{size_of(op)[0]}s",), order=None, items=()))
        self.arguments.append(octets)
        arrays = f"[{self.paths[holder]}.{below} for record in values]"
        self.together[octets] = f"{self.scope.use('rows', 'octets_of_each')}({arrays}, {layout}, {count})"
