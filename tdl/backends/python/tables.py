"""A table's module: its code in both directions, and what that code needs."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.backends.python.constants import Constants
from tdl.backends.python.literals import docstring, wrapped
from tdl.backends.python.reading import Reading
from tdl.backends.python.scope import Scope, TooComplex
from tdl.backends.python.view import View
from tdl.backends.python.writing import Writing
from tdl.ir import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """What a table's module says.

    Attributes:
        returned: the class of the table's record.
        reading, writing: the bodies of the functions; None where the explaining codec does the work.
        imports, constants: the statements before the functions.
    """

    key: str
    module: str
    docstring: str
    returned: str
    size: tuple[int, int]
    reading: str | None
    writing: str | None
    imports: tuple[str, ...]
    constants: tuple[str, ...]

    @property
    def structs(self) -> bool:
        return any("Struct(" in line for line in self.constants)


def table_view(table: plan.TablePlan, view: View) -> TableView:
    """The view of one table."""
    constants = Constants()
    reading, writing = _body(Reading, constants, table, view), _body(Writing, constants, table, view)
    if reading is None or writing is None:  # what the one left to the explaining codec defined is of no use
        constants = Constants()
        reading = None if reading is None else _body(Reading, constants, table, view)
        writing = None if writing is None else _body(Writing, constants, table, view)
    root = table.root
    returned = view.classes[root.type_name] if isinstance(root, plan.Group | plan.Bits) else ""
    return TableView(
        key=table.key,
        module=view.modules[table.key],
        docstring=docstring(wrapped(f"{table.key} {table.name}."), ""),
        returned=returned,
        size=table.size,
        reading=reading,
        writing=writing,
        imports=tuple(constants.imports()),
        constants=tuple(constants.definitions()),
    )


def _body(emitter: type[Reading | Writing], constants: Constants, table: plan.TablePlan, view: View) -> str | None:
    scope = Scope(constants, view.attributes, writing=emitter is Writing)
    try:
        return "\n".join(emitter(scope, view.classes, view.attributes).table(table.root))
    except TooComplex:
        return None
