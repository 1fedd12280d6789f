"""Where the elements of a definition lie in its tables, bound to the project's profile if it has one."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tdl import pipeline
from tdl.codec.errors import TdlError
from tdl.image import UnreadableImage
from tdl.ir import plan
from tdl.ir.bind import bind_table
from tdl.ir.layout import Row, rows
from tdl.project.definition import Definition
from tdl.project.opening import binding
from tdl.project.reading import known_values
from tdl.project.settings import SettingsError, find_settings
from tdl.sources.library import is_library_name
from tdl.syntax import ast

MAX_ROWS = 5_000
"""How many rows of one table are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An element of a table."""

    table: plan.TablePlan
    row: Row


class Layouts:
    """The layouts of a sound document.

    Attributes:
        document: what they were made of.
        profile: the profile that the tables are bound to, as the project names it; None if they are not bound.
    """

    def __init__(self, document: ast.Document, profile: str | None) -> None:
        self.document = document
        self.profile: str | None = None
        self.tables: dict[str, plan.TablePlan] = {}
        self._placed: dict[int, list[Placed]] = defaultdict(list)
        self._ops: list[plan.AnyOp] = []
        context = pipeline.Context()
        compiled = pipeline.schedule_model(pipeline.lower_document(document, context), context)
        if compiled is not None:
            self._place(Definition(compiled), profile)

    def of(self, member: ast.Member) -> list[Placed]:
        """Where an element lies, in every table that has it."""
        return self._placed.get(id(member.span), [])

    def _place(self, definition: Definition, profile: str | None) -> None:
        tables = definition.plan.tables
        if profile is not None:
            try:
                known = known_values(definition, binding(profile))
                tables = tuple(bind_table(table, known) for table in tables)
                self.profile = profile
            except (TdlError, UnreadableImage, OSError):
                pass  # the profile is another definition's, or gone: what holds for every meter is left
        for table in tables:
            self.tables[table.name] = table
            for row in islice(rows(table), MAX_ROWS):
                if row.path and isinstance(row.path[-1], int):
                    continue  # an array says where its elements lie
                self._ops.append(row.op)  # keeps its span's identity from being given again
                self._placed[id(row.op.span)].append(Placed(table=table, row=row))


def profile_for(path: str) -> str | None:
    """The profile of the project around a file: a path or a library name."""
    folder = Path(os.path.dirname(path))
    try:
        profile = find_settings(folder).profile
    except SettingsError:
        return None
    return None if profile is None else profile if is_library_name(profile) else str(folder / profile)
