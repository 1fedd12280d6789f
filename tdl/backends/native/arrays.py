"""Which arrays stay octets: the back end of Python decides, and native code does as it does."""

from __future__ import annotations

from collections.abc import Mapping

from tdl.backends.python.layouts import long
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """The layouts of a table's arrays.

    Attributes:
        bodies: each layout's records by its name in the table's module.
        kept: the layout of each array that stays octets, by path.
    """

    bodies: Mapping[str, plan.Group]
    kept: Mapping[tuple[str, ...], str]

    def layout(self, op: plan.Repeat) -> str | None:
        """The layout of an array that stays octets; None for one that is a list."""
        if isinstance(op.count, Const) and not long(op):
            return None
        name = self.kept.get(op.path)
        return name if name is not None and self.bodies[name] == op.body else None

    def number(self, layout: str) -> int:
        return list(self.bodies).index(layout)
