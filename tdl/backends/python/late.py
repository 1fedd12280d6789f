"""What a table's module leaves to another one, which is imported when a view is first asked for.

The import of a table is paid for by whoever uses one, and few use views: these, and the constants that only they need,
stand beside the Plan that the explaining codec runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tdl.backends.python.constants import Constants
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.shipping import FRONT
from tdl.deferred import dataclass

_DEFINED = re.compile(r"^(?:def )?(_[A-Z]\w*|_(?:read|write)_\d+)\b", re.MULTILINE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Defined:
    """What functions need: names of the run-time by module, constants, and layouts."""

    used: tuple[tuple[str, str], ...]
    constants: tuple[str, ...]
    layouts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """What a table's late module says beside its Plan; no lines of views for a table that is a bit field."""

    imports: tuple[str, ...]
    constants: tuple[str, ...]
    layouts: tuple[str, ...]
    views: tuple[str, ...]


def defined(constants: Constants, layouts: Layouts) -> Defined:
    """What is defined so far."""
    definitions = tuple(constants.definitions())
    used = {*constants.used(), *([("fields", "Struct")] if any("Struct(" in line for line in definitions) else [])}
    used -= {("seldom", name) for module, name in used if module != "seldom"}  # often at another place
    return Defined(tuple(sorted(used)), definitions, tuple(layouts.lines()))


def late_view(soon: Defined, all_: Defined, views: list[str], module: str) -> LateView:
    """The module of what was defined after `soon`: it imports from the table's module what that has."""
    constants = tuple(line for line in all_.constants if line not in set(soon.constants))
    layouts = all_.layouts[len(soon.layouts) :]
    words = set(_WORD.findall("\n".join((*constants, *layouts, *views))))
    there = {"decode", *_DEFINED.findall("\n".join((*soon.constants, *soon.layouts)))}
    named = ", ".join(["__name__ as _table", *sorted(words & there)])
    imports = import_lines((each for each in all_.used if each[1] in words), "..")
    return LateView(
        imports=(*imports, f"from ..{module} import {named}"), constants=constants, layouts=layouts, views=tuple(views)
    )


def import_lines(used: Iterable[tuple[str, str]], dots: str) -> Iterator[str]:
    """The statements that import names of the run-time, in order."""
    modules: dict[str, list[str]] = {}
    for module, name in used:
        modules.setdefault("_runtime" if module in FRONT else f"_runtime.{module}", []).append(name)
    for module, names in sorted(modules.items()):
        yield f"from {dots}{module} import {', '.join(sorted(names))}"
