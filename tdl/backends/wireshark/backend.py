"""The Wireshark back end: puts the one file together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from tdl.backends.api import BackendError, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.templates import Templates
from tdl.backends.wireshark.fields import Fields, value_strings
from tdl.backends.wireshark.lua import comment, literal
from tdl.backends.wireshark.plans import Expressions, PlanText
from tdl.backends.wireshark.units import Place, Units
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.packaged import packaged_text
from tdl.report.rules import targets

RUNTIME = ("numbers", "moments", "leaves", "expressions", "Walk", "engine", "procedures", "session")
"""The modules of the run-time, each after those it uses; `dissector` comes last of all."""

MAX_NAME = 31


@dataclass(frozen=True, slots=True)
class WiresharkBackend:
    """Generates a plug-in for Wireshark and tshark."""

    name: str = "wireshark"
    description: str = "a Wireshark dissector in Lua that decodes tables inside C12.22 traffic"

    @property
    def options(self) -> Mapping[str, str]:
        return {
            "tables": "the tables that are decoded, by key and with commas between them; all if it is not given",
            "prefix": "what the names of fields begin with in filters; `tdl` if it is not given",
        }

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        name = _name("--package", options.package or _plain(definition.name))
        prefix = _name("prefix", options.values.get("prefix", "tdl"))
        text = _Plugin(definition, _with_limits(plan, options), prefix).text()
        return (GeneratedFile(path=f"tdl_{name}.lua", content=text.encode("ascii", "replace")),)


BACKEND = WiresharkBackend()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:MAX_NAME] or "meter"


def _name(option: str, found: str) -> str:
    if re.fullmatch(rf"[a-z0-9_]{{1,{MAX_NAME}}}", found):
        return found
    place = option if option.startswith("--") else "--option"
    expected = f"at most {MAX_NAME} small letters, digits and `_`"
    raise BackendError(targets.BAD_OPTION.at(None, place=place, option=option, found=found, expected=expected))


def _with_limits(of: plan.Plan, options: Options) -> plan.Plan:
    """A Plan with the tables that are asked for, and those that their layouts depend on."""
    chosen = chosen_tables(of, options)
    wanted: set[str] = set()
    waiting = [] if chosen is of else list(chosen.tables)
    while waiting:
        table = waiting.pop()
        if table.key not in wanted:
            wanted.add(table.key)
            needed = {need.reference.table for need in table.needs}
            waiting += [each for each in of.tables if each.id in needed and _on_the_wire(each)]
    return of if chosen is of else replace(of, tables=tuple(table for table in of.tables if table.key in wanted))


def _on_the_wire(table: plan.TablePlan) -> bool:
    """Whether a Plan is that of a table; the records of procedures have identifiers of their own."""
    return "." not in table.key


_TEMPLATES = Templates("wireshark", lua=literal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table as the template sees it; ``id`` and ``lines`` are Lua's text."""

    key: str
    id: int | str
    name: str
    lines: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Enumeration:
    """An enumeration as the template sees it: its codes, and the names of values as Lua's text."""

    name: str
    codes: list[list[object]]
    names: str


@cache
def runtime(module: str) -> str:
    """The text of a module of the run-time."""
    return packaged_text("backends", "wireshark", "runtime", f"{module.lower()}.lua")


class _Plugin:
    """The text of the plug-in."""

    def __init__(self, definition: model.Definition, of: plan.Plan, prefix: str) -> None:
        self.definition, self.plan, self.prefix = definition, of, prefix
        self.types, self.declared_units = _types(definition), Units(definition)

    def text(self) -> str:
        fields, expressions = Fields(self.prefix), Expressions()
        tables = [
            _Table(
                key=table.key,
                id=table.id if _on_the_wire(table) else "nil",
                name=table.name,
                lines=PlanText(table, fields, expressions, self.units(table)).lines,
            )
            for table in self.plan.tables
        ]
        enumerations = {each.name: each for each in self.definition.enumerations}
        used = sorted({field.enumeration for field in fields.made if field.enumeration} & set(enumerations))
        limiting = sorted({need.reference.table for table in self.plan.tables for need in table.needs})
        return _TEMPLATES.render(
            "dissector.lua.tmpl",
            header=self.header(),
            definition=self.definition.name,
            prefix=self.prefix,
            runtime=[(module, runtime(module)) for module in RUNTIME],
            dissector=runtime("dissector"),
            expressions=expressions.lines,
            tables=tables,
            fields=fields.made,
            limiting=_numbered(dict.fromkeys(limiting, "true")),
            enumerations=[_enumeration(enumerations[name]) for name in used],
        )

    def units(self, table: plan.TablePlan) -> dict[Place, str]:
        return self.declared_units.of(self.types[table.key]) if table.key in self.types else {}

    def header(self) -> str:
        bound = f", bound to {len(self.plan.bound)} values of a meter" if self.plan.bound else ""
        return "\n".join(
            [
                comment(f"Made by tdl from {self.definition.name} {self.plan.hash}{bound}."),
                comment("This file belongs to whoever made it with tdl; its run-time is under the licence 0BSD."),
            ]
        )


def _types(definition: model.Definition) -> Mapping[str, model.Type]:
    """What each table and record of a procedure is declared to be, by key."""
    found: dict[str, model.Type] = {str(table.id): table.type for table in definition.tables}
    for procedure in definition.procedures:
        number = f"{'MP' if procedure.id.group else 'SP'}{procedure.id.number}"
        for role, type_ in (("parameter", procedure.parameter), ("response", procedure.response)):
            if type_ is not None:
                found[f"{number}.{role}"] = type_
    return found


def _enumeration(enumeration: model.Enumeration) -> _Enumeration:
    return _Enumeration(
        name=enumeration.name,
        codes=[[code.low, code.high, code.name] for code in enumeration.enumerators],
        names=_numbered({value: literal(name) for value, name in value_strings(enumeration).items()}),
    )


def _numbered(values: Mapping[int, str]) -> str:
    """A Lua table by number."""
    return "{" + ", ".join(f"[{number}] = {text}" for number, text in values.items()) + "}"
