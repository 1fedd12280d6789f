"""The Python back end: puts a package together."""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options
from tdl.backends.naming import PYTHON_WORDS
from tdl.backends.python.literals import comment, docstring, literal
from tdl.backends.python.shipping import runtime_modules
from tdl.backends.python.tables import table_view
from tdl.backends.python.view import view_of
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


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("tdl.backends.python"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {"literal": literal, "tuple": tuple}
    return environment


class _Package:
    """The texts of a package's files."""

    def __init__(self, definition: model.Definition, of: plan.Plan) -> None:
        self.definition, self.plan = definition, of
        self.view = view_of(definition, of)

    def files(self, *, native: bool) -> dict[str, str]:
        shown = {table.key: table_view(table, self.view) for table in self.plan.tables}
        files = {
            "__init__.py": self.front(),
            "py.typed": "",
            "records.py": self.render("records.py.j2", records=self.view.records),
            "enumerations.py": self.render("enumerations.py.j2", enumerations=self.view.enumerations),
            "_runtime/__init__.py": _RUNTIME,
            "_plans/__init__.py": self.header() + '\n"""What the explaining codec runs."""\n',
        }
        files |= {f"_runtime/{name}.py": text for name, text in runtime_modules().items()}
        compiled: frozenset[str] = frozenset()
        if native:
            from tdl.backends.native.files import native_files  # it takes the whole back end of C

            beside = native_files(self.plan, self.view, shown, self.header())
            files |= beside.files
            compiled = beside.tables
        for table in self.plan.tables:
            module = shown[table.key].module
            wire = json.dumps(to_wire(table), separators=(",", ":"), ensure_ascii=True)
            files[f"{module}.py"] = self.render("table.py.j2", table=shown[table.key], native=table.key in compiled)
            files[f"_plans/{module}.py"] = self.render("plan.py.j2", key=table.key, wire=wire)
        return files

    def front(self) -> str:
        title = f"Codecs of the tables of {self.definition.name}."
        return self.render(
            "init.py.j2",
            title=docstring([title, "", *_INTRODUCTION], ""),
            definition=self.definition.name,
            bound=self.plan.bound,
            modules=self.view.modules,
        )

    def render(self, template: str, **values: object) -> str:
        return _templates().get_template(template).render(header=self.header(), hash=self.plan.hash, **values)

    def header(self) -> str:
        bound = f", bound to {len(self.plan.bound)} values of a meter" if self.plan.bound else ""
        return "\n".join(
            [
                comment(f"Made by tdl from {self.definition.name} {self.plan.hash}{bound}."),
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
