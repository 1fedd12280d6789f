"""The Python back end: puts a package together."""

from __future__ import annotations

import json
import keyword
import marshal
from collections.abc import Collection, Mapping

from tdl.backends.api import BackendError, Generated, GeneratedFile, Options, check_options
from tdl.backends.naming import PYTHON_WORDS
from tdl.backends.python.again import classes_of, codes_of, modules_of, same_names, spliced
from tdl.backends.python.literals import comment, docstring, literal
from tdl.backends.python.parts import Uses, part_names, parts_of, uses_of
from tdl.backends.python.shipping import runtime_modules
from tdl.backends.python.tables import TableView, table_view
from tdl.backends.python.view import view_of
from tdl.backends.since import PLAIN, Since
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

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        return Generated(files=self.generate(definition, plan, options), memory=_memory(uses_of(definition, plan)))

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated | None:
        check_options(self, options)
        package = package_name(options.package or default_package(definition.name))
        if _yes(options, "native") or not same_names(since):
            return None
        former: dict[str, list[str]] = dict(marshal.loads(since.memory))
        uses = former | uses_of(definition, plan)
        files = _Package(definition, plan).again(since, package, former, uses)
        if files is None:
            return None
        return Generated(
            files=tuple(
                GeneratedFile(path=f"{package}/{path}", content=text.encode("utf-8")) for path, text in files.items()
            ),
            memory=_memory(uses),
        )


BACKEND = PythonBackend()


def _memory(uses: Uses) -> bytes:
    """What tells the parts of records again: which types each table used."""
    return marshal.dumps(list(uses.items()), PLAIN)


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
        classes, uses = self.view.classes, uses_of(self.definition, self.plan)
        names = part_names((*classes,), uses, self.view.modules)
        files = {
            "py.typed": "",
            "enumerations.py": self.enumerations(),
            "_late/__init__.py": self.header() + '\n"""What of each table is seldom wanted."""\n',
        }
        files |= self.front(self.view.modules)
        files |= self.records(classes, names)
        files |= {f"_runtime/{name}.py": text for name, text in runtime_modules().items()}
        files |= {f"records/_{part}.py": self.part(types) for part, types in parts_of(classes, names).items()}
        compiled: frozenset[str] = frozenset()
        if native:
            from tdl.backends.native.files import native_files  # it takes the whole back end of C

            beside = native_files(self.plan, self.view, shown, self.header())
            files |= beside.files
            compiled = beside.tables
        for table in self.plan.tables:
            files |= self.table(table, shown[table.key], native=table.key in compiled)
        return files

    def again(self, since: Since, package: str, former: Uses, uses: Uses) -> dict[str, str] | None:
        """The texts of those files that depend on what changed, of a package of which this is a part.

        Args:
            former, uses: what all tables used then, and use now.
        """
        classes, codes, modules = classes_of(since.now), codes_of(since.now), modules_of(since.now)
        here = {table.key: self.view.modules[table.key] for table in self.plan.tables}
        if not (self.view.classes.items() <= classes.items() and here.items() <= modules.items()):
            return None  # as a part it has other names
        names = part_names((*classes,), uses, modules)
        stood = part_names((*classes_of(since.before),), former, modules_of(since.before))
        if any(names.get(name, part) != part for name, part in stood.items()):
            return None  # a class moves to another part
        files = self.front(modules)
        for table in self.plan.tables:
            files |= self.table(table, table_view(table, self.view), native=False)
        if not since.changed.isdisjoint({*since.before.types, *since.now.types}):
            parts, before = parts_of(classes, names), parts_of(classes_of(since.before), stood)
            if parts.keys() != before.keys():
                return None  # a file more or less
            files |= self.records(classes, names)
            for part, types in parts.items():
                if not since.changed.isdisjoint({*types, *before[part]}):
                    path, wanted = (
                        f"records/_{part}.py",
                        {called: name in since.changed for name, called in types.items()},
                    )
                    files[path] = spliced(since.text(f"{package}/{path}"), self.part(types), wanted)
        if not since.changed.isdisjoint({*since.before.enumerations, *since.now.enumerations}):
            wanted = {codes[name]: name in since.changed for name in sorted(codes)}
            path = "enumerations.py"
            files[path] = spliced(since.text(f"{package}/{path}"), self.enumerations(), wanted)
        return files

    def table(self, table: plan.TablePlan, shown: TableView, *, native: bool) -> dict[str, str]:
        """The module of a table, and what that leaves to another one."""
        wire = json.dumps(to_wire(table), separators=(",", ":"), ensure_ascii=True)
        return {
            f"{shown.module}.py": self.render("table.py.tmpl", table=shown, native=native),
            f"_late/{shown.module}.py": self.render("late.py.tmpl", key=table.key, late=shown.late, wire=wire),
        }

    def records(self, classes: Mapping[str, str], parts: Mapping[str, str]) -> dict[str, str]:
        """What knows where each class stands, and the same for checkers of types."""
        types = [(name, called, parts[name]) for name, called in sorted(classes.items(), key=lambda each: each[1])]
        return {
            "records/__init__.py": self.render("records.py.tmpl", types=types),
            "records/__init__.pyi": self.render("records.pyi.tmpl", parts=parts_of(classes, parts)),
        }

    def part(self, types: Collection[str]) -> str:
        """Some of the classes of records, of those that are here."""
        shown = [record for record in self.view.records if record.type_name in types]
        return self.render("part.py.tmpl", shown=shown)

    def enumerations(self) -> str:
        return self.render("enumerations.py.tmpl", enumerations=self.view.enumerations)

    def front(self, modules: Mapping[str, str]) -> dict[str, str]:
        """The package itself, and what checkers of types know of it beside."""
        title = docstring([f"Codecs of the tables of {self.definition.name}.", "", *_INTRODUCTION], "")
        said = {"title": title, "definition": self.definition.name, "hash": self.plan.hash, "bound": self.plan.bound}
        return {
            "__init__.py": self.render("init.py.tmpl", modules=modules, **said),
            "_tables.pyi": self.render("tables.pyi.tmpl", modules=modules),
        }

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
