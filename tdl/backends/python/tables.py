"""A table's module: its code in both directions, and what that code needs."""

from __future__ import annotations

from tdl.backends.python.constants import Constants
from tdl.backends.python.late import LateView, defined, import_lines, late_view
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.literals import docstring, wrapped
from tdl.backends.python.reading import Reading
from tdl.backends.python.row_writing import written
from tdl.backends.python.scope import Scope, TooComplex
from tdl.backends.python.view import View
from tdl.backends.python.viewing import Seen, Viewing
from tdl.backends.python.writing import Writing
from tdl.deferred import dataclass
from tdl.ir import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """What a table's module says.

    Attributes:
        returned: the class of the table's record.
        reading, writing: what the functions try; None where the explaining codec does all the work.
        layouts: the functions and constants of arrays that stay octets.
        kept: the layouts by the paths of those arrays, as a dict.
        arrays: the same, for what puts native code beside the module.
        imports, constants: the statements before the functions.
        late: what is left to another module, the classes of views above all.
        seen: the elements that views have, for what puts native code beside the module.
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
    layouts: tuple[str, ...]
    kept: str
    arrays: Layouts
    late: LateView
    seen: tuple[Seen, ...]


def table_view(table: plan.TablePlan, view: View) -> TableView:
    """The view of one table."""
    parts = _Parts(view)
    reading, writing = parts.body(Reading, table), parts.body(Writing, table)
    if reading is None or writing is None:  # what the one left to the explaining codec defined is of no use
        parts = _Parts(view)
        reading = None if reading is None else parts.body(Reading, table)
        writing = None if writing is None else parts.body(Writing, table)
    root = table.root
    returned = view.classes[root.type_name] if isinstance(root, plan.Group | plan.Bits) else ""
    soon = defined(parts.constants, parts.layouts)
    viewing = Viewing(view, parts.constants, parts.layouts)
    views = viewing.table(root) if isinstance(root, plan.Group) else []
    late = late_view(soon, defined(parts.constants, parts.layouts), views, view.modules[table.key])
    return TableView(
        key=table.key,
        module=view.modules[table.key],
        docstring=docstring(wrapped(f"{table.key} {table.name}."), ""),
        returned=returned,
        size=table.size,
        reading=reading,
        writing=writing,
        imports=tuple(import_lines(soon.used, ".")),
        constants=soon.constants,
        layouts=soon.layouts,
        kept=parts.layouts.kept(),
        arrays=parts.layouts,
        late=late,
        seen=tuple(viewing.seen),
    )


class _Parts:
    """What the functions of a module share."""

    def __init__(self, view: View) -> None:
        self.view, self.constants = view, Constants()
        self.layouts = Layouts(
            self.constants,
            view.places,
            lambda scope, body, layouts: Reading(scope, view.classes, view.places, layouts).records(body),
            lambda scope, body, layouts: written(scope, view.classes, view.places, layouts, body),
        )

    def body(self, emitter: type[Reading | Writing], table: plan.TablePlan) -> str | None:
        """The lines of a function, one level further in; None if it is too complex for one."""
        scope = Scope(self.constants, self.view.places, writing=emitter is Writing)
        try:
            lines = emitter(scope, self.view.classes, self.view.places, self.layouts).table(table.root)
        except TooComplex:
            return None
        return "\n".join(f"    {line}" for line in lines)
