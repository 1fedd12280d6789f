"""The files of a crate: a module for each group of tables, and what they share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from tdl.backends.api import BackendError
from tdl.backends.rust.codes import Codes, code_lines
from tdl.backends.rust.crate import Crate, text_of
from tdl.backends.rust.emitter import Context
from tdl.backends.rust.environment import EnvironmentView, Needed
from tdl.backends.rust.functions import Functions
from tdl.backends.rust.modules import CODES, SHARED, groups_of, path_of, structs_by_module
from tdl.backends.rust.naming import Names, Naming
from tdl.backends.rust.notes import line, notes_of
from tdl.backends.rust.slots import CannotExpress
from tdl.backends.rust.structs import struct_lines
from tdl.backends.rust.types import Struct, Types
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.making import Shapes, element_name
from tdl.backends.shapes.needs import values_needed
from tdl.ir import model, plan
from tdl.report.rules import targets

SHARED_TITLE, CODES_TITLE = "Records of several groups of tables", "Enumerations"


class Files:
    """The texts of all files.

    Args:
        package: the crate's name.
        serde: whether values can be serialised.
        names: what types are called, if that is known; otherwise they get names here.
        needed: what all tables need, if the Plan has not all of them.
    """

    def __init__(
        self,
        definition: model.Definition,
        of: plan.Plan,
        package: str,
        *,
        serde: bool = False,
        names: Naming | None = None,
        needed: Iterable[Needed] | None = None,
    ) -> None:
        self.definition, self.plan, self.serde = definition, of, serde
        self.crate = Crate(package=package, definition=definition.name, hash=of.hash, bound=len(of.bound), serde=serde)
        self.naming: Naming = Names(table.key for table in of.tables) if names is None else names
        self.names = self.naming.tables
        self.environment = EnvironmentView(values_needed(of) if needed is None else needed)
        self.codes = Codes(definition, self.naming)
        self.types = Types(self.codes, self.naming, notes_of(definition))
        self.shapes = {table.key: Shapes(table, dict(of.limits)) for table in of.tables}
        self.roots = {table.key: self._root(table) for table in of.tables}

    def _root(self, table: plan.TablePlan) -> Struct:
        least, most = table.size
        size = f"{least} octets" if least == most else f"{least} to {min(most, plan.MAX_OCTETS)} octets"
        about = f"`{line(table.name)}`, {table.key}: {size}."
        ops = table.root.ops if isinstance(table.root, plan.Group) else ()
        offsets = {element_name(op): op.at for op in ops if op.at is not None}
        return self.types.root(self.shapes[table.key].of(table.root), self.names[table.key], about, offsets)

    def all(self) -> dict[str, str]:
        groups = groups_of(table.key for table in self.plan.tables)
        tables, structs = self.tables, self.structs
        used = {key: [each.name for each in self.below(key)] for key in tables}
        modules = structs_by_module(used, structs)
        files = self.crate.support()
        for group, keys in groups.items():
            parts = [*(structs[name] for name in modules.get(group, ())), *(tables[key] for key in keys)]
            files[path_of(group)] = self.crate.module(group, ", ".join(keys), parts)
        shared = [structs[name] for name in modules.get(SHARED, ())]
        files[path_of(SHARED)] = self.crate.module(SHARED, SHARED_TITLE, shared)
        files[path_of(CODES)] = self.crate.module(CODES, CODES_TITLE, self.enumerations.values())
        files["src/env.rs"] = self.crate.environment(self.environment)
        depth = max((depth_of(table.root) for table in self.plan.tables), default=0)
        files["src/lib.rs"] = self.crate.lib(groups, max(depth, 1))
        files["Cargo.toml"] = self.crate.manifest()
        return files

    # --- parts of modules ----------------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> dict[str, str]:
        """The text of each table by its key: its struct and functions."""
        by_key = {table.key: table for table in self.plan.tables}
        groups = groups_of(by_key)
        return {key: self._table(by_key[key]) for keys in groups.values() for key in keys}

    @cached_property
    def structs(self) -> dict[str, str]:
        """The text of each struct below tables by its name, in the order they were made."""
        return {each.name: text_of(struct_lines(each, serde=self.serde)) for each in self.types.structs.values()}

    @cached_property
    def enumerations(self) -> dict[str, str]:
        """The text of each enumeration by its name, in the order they were asked for."""
        made = self.codes.made if self.tables else {}  # tables ask for the last ones
        return {each.name: text_of(code_lines(each, serde=self.serde)) for each in made.values()}

    def below(self, key: str) -> Iterable[Struct]:
        """The structs below a table."""
        return self.types.below(self.roots[key].structure)

    def _table(self, table: plan.TablePlan) -> str:
        context = Context(
            table=table,
            shapes=self.shapes[table.key],
            types=self.types,
            environment=self.environment,
            elements=Elements(table),
            struct=self.roots[table.key],
        )
        is_table = "." not in table.key and not table.key.endswith("P")
        kept = self.environment.of_table(table.id) if is_table else ()
        stem = f"{self.names[table.key].upper()}_TABLE"
        try:
            functions = text_of(Functions(context, stem, self.naming).lines(kept))
        except CannotExpress as problem:
            element = ".".join((table.name, *problem.path)).replace(".[]", "[]")
            raise BackendError(
                targets.CANNOT_EXPRESS.at(table.span, target="rust", element=element, what=problem.what)
            ) from None
        return text_of(struct_lines(self.roots[table.key], serde=self.serde)) + functions


def depth_of(op: plan.AnyOp) -> int:
    """How deep arrays are inside each other."""
    match op:
        case plan.Group(ops=ops):
            return max((depth_of(each) for each in ops), default=0)
        case plan.Repeat(body=body):
            return 1 + depth_of(body)
        case plan.When():
            return max((depth_of(each) for each in (*op.then, *op.otherwise)), default=0)
        case plan.Choose():
            below = [each for arm in op.arms for each in arm.ops] + list(op.otherwise or ())
            return max((depth_of(each) for each in below), default=0)
        case _:
            return 0
