"""The Python back end: puts a package together."""

from __future__ import annotations

import json
import keyword
from collections.abc import Collection, Mapping

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options
from tdl.backends.naming import PYTHON_WORDS
from tdl.backends.python.again import classes_of, codes_of, modules_of, same_names, spliced
from tdl.backends.python.literals import comment, docstring, literal
from tdl.backends.python.parts import part_of, parts_of
from tdl.backends.python.shipping import runtime_modules
from tdl.backends.python.tables import TableView, table_view
from tdl.backends.python.view import view_of
from tdl.backends.since import Again, Since
from tdl.backends.templates import Templates
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.wire import to_wire
from tdl.report.rules import targets


@dataclass(frozen=True, slots=True)
class PythonBackend:
    """Generates a package that needs nothing but the standard library of Python 3.11."""

    name: str = "python"
    description: str = "a typed Python package without dependencies"

    @property
    def options(self) -> Mapping[str, str]:
        return {"native": "yes: C files, too, which `python -m tdl.native` compiles and the package then uses"}

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        package = package_name(options.package or default_package(definition.name))
        native = _yes(options, "native")
        return tuple(
            GeneratedFile(path=f"{package}/{path}", content=text.encode("utf-8"))
            for path, text in sorted(_Package(definition, plan).files(native=native).items())
        )

    def memory(self, definition: model.Definition, plan: plan.Plan, options: Options) -> bytes:
        return b""

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Again | None:
        check_options(self, options)
        package = package_name(options.package or default_package(definition.name))
        if _yes(options, "native") or not same_names(since):
            return None
        files = _Package(definition, plan).again(since, package)
        if files is None:
            return None
        return Again(
            files=tuple(
                GeneratedFile(path=f"{package}/{path}", content=text.encode("utf-8")) for path, text in files.items()
            )
        )


BACKEND = PythonBackend()


def _yes(options: Options, option: str) -> bool:
    """What an option says that is yes or no; no if it is not given."""
    found = options.values.get(option, "no")
    if found not in ("no", "yes"):
        expected = "`no` or `yes`"
        raise BackendError(targets.BAD_OPTION.at(None, place="--option", option=option, found=found, expected=expected))
    return found == "yes"


def default_package(definition: str) -> str:
    """A definition's name as that of a package."""
    name = definition.lower()
    return f"{name}_" if name in PYTHON_WORDS else name


def package_name(name: str) -> str:
    """A package's name, if it is one.

    Raises:
        BackendError: it is none.
    """
    if name.isascii() and name.isidentifier() and not keyword.iskeyword(name):
        return name
    expected = "the name of a Python package"
    raise BackendError(
        targets.BAD_OPTION.at(None, place="--package", option="--package", found=name, expected=expected)
    )


_TEMPLATES = Templates("python", literal=literal)


class _Package:
    """The texts of a package's files."""

    def __init__(self, definition: model.Definition, of: plan.Plan) -> None:
        self.definition, self.plan = definition, of
        self.view = view_of(definition, of)

    def files(self, *, native: bool) -> dict[str, str]:
        shown = {table.key: table_view(table, self.view) for table in self.plan.tables}
        files = {
            "__init__.py": self.front(self.view.modules),
            "py.typed": "",
            "records.py": self.records(self.view.classes),
            "_records/__init__.py": self.header() + '\n"""The classes of records, in parts."""\n',
            "enumerations.py": self.enumerations(),
            "_runtime/__init__.py": _RUNTIME,
            "_plans/__init__.py": self.header() + '\n"""What the explaining codec runs."""\n',
        }
        files |= {f"_runtime/{name}.py": text for name, text in runtime_modules().items()}
        files |= {f"_records/{part}.py": self.part(types) for part, types in parts_of(self.view.classes).items()}
        compiled: frozenset[str] = frozenset()
        if native:
            from tdl.backends.native.files import native_files  # it takes the whole back end of C

            beside = native_files(self.plan, self.view, shown, self.header())
            files |= beside.files
            compiled = beside.tables
        for table in self.plan.tables:
            files |= self.table(table, shown[table.key], native=table.key in compiled)
        return files

    def again(self, since: Since, package: str) -> dict[str, str] | None:
        """The texts of those files that depend on what changed, of a package of which this is a part."""
        classes, codes, modules = classes_of(since.now), codes_of(since.now), modules_of(since.now)
        here = {table.key: self.view.modules[table.key] for table in self.plan.tables}
        if not (self.view.classes.items() <= classes.items() and here.items() <= modules.items()):
            return None  # as a part it has other names
        files = {"__init__.py": self.front(modules)}
        for table in self.plan.tables:
            files |= self.table(table, table_view(table, self.view), native=False)
        if not since.changed.isdisjoint({*since.before.types, *since.now.types}):
            parts, former = parts_of(classes), parts_of(classes_of(since.before))
            if parts.keys() != former.keys():
                return None  # a file more or less
            files["records.py"] = self.records(classes)
            for part, types in parts.items():
                if not since.changed.isdisjoint({*types, *former[part]}):
                    path, wanted = (
                        f"_records/{part}.py",
                        {called: name in since.changed for name, called in types.items()},
                    )
                    files[path] = spliced(since.text(f"{package}/{path}"), self.part(types), wanted)
        if not since.changed.isdisjoint({*since.before.enumerations, *since.now.enumerations}):
            wanted = {codes[name]: name in since.changed for name in sorted(codes)}
            path = "enumerations.py"
            files[path] = spliced(since.text(f"{package}/{path}"), self.enumerations(), wanted)
        return files

    def table(self, table: plan.TablePlan, shown: TableView, *, native: bool) -> dict[str, str]:
        """The module of a table, and that of its Plan."""
        wire = json.dumps(to_wire(table), separators=(",", ":"), ensure_ascii=True)
        return {
            f"{shown.module}.py": self.render("table.py.tmpl", table=shown, native=native),
            f"_plans/{shown.module}.py": self.render("plan.py.tmpl", key=table.key, wire=wire),
        }

    def records(self, classes: Mapping[str, str]) -> str:
        types = [(name, called, part_of(name)) for name, called in sorted(classes.items(), key=lambda each: each[1])]
        return self.render("records.py.tmpl", types=types)

    def part(self, types: Collection[str]) -> str:
        """Some of the classes of records, of those that are here."""
        shown = [record for record in self.view.records if record.type_name in types]
        return self.render("part.py.tmpl", shown=shown)

    def enumerations(self) -> str:
        return self.render("enumerations.py.tmpl", enumerations=self.view.enumerations)

    def front(self, modules: Mapping[str, str]) -> str:
        title = f"Codecs of the tables of {self.definition.name}."
        return self.render(
            "init.py.tmpl",
            title=docstring([title, "", *_INTRODUCTION], ""),
            definition=self.definition.name,
            hash=self.plan.hash,
            bound=self.plan.bound,
            modules=modules,
        )

    def render(self, template: str, **values: object) -> str:
        return _TEMPLATES.render(template, header=self.header(), **values)

    def header(self) -> str:
        bound = f", bound to {len(self.plan.bound)} values of a meter" if self.plan.bound else ""
        return "\n".join(
            [
                comment(f"Made by tdl from {self.definition.name}{bound}; its hash is in __init__.py."),
                comment(
                    "This file belongs to whoever made it with tdl; what is in _runtime is under the licence 0BSD."
                ),
                "# fmt: off",
                "# ruff: noqa",
            ]
        )


_INTRODUCTION = (
    "`decode(key, data, environment)` and `encode(key, record, environment)` move one table; each table has a module",
    "of its own, too. An `Environment` holds the values of other tables that a layout depends on:",
    "`environment.fill(0, general_configuration)`.",
)

_RUNTIME = '''# SPDX-License-Identifier: 0BSD
"""Run-time support, copied from tdl."""
'''
