"""The Wireshark back end: puts the one file together."""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping
from functools import cache

from tdl.backends.api import BackendError, Generated, GeneratedFile, Options, check_options, chosen_tables
from tdl.backends.since import PLAIN, Names, Since
from tdl.backends.templates import Templates
from tdl.backends.wireshark.lua import comment, literal
from tdl.backends.wireshark.pieces import Codes, Piece, codes_of, linked, numbered, on_the_wire, piece_of
from tdl.backends.wireshark.units import Units
from tdl.deferred import dataclass
from tdl.frozen import replace
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
        made = self._made(definition, _with_limits(plan, options), options)
        return (_file(definition, plan, options, made),)

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        made = self._made(definition, _with_limits(plan, options), options)
        return Generated(files=(_file(definition, plan, options, made),), memory=made.octets())

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated | None:
        if "tables" in options.values:
            return None  # which others these need may be what changed
        made = _Made.of(since.memory).changed(self._made(definition, plan, options), since.now)
        return Generated(files=(_file(definition, plan, options, made),), memory=made.octets())

    def _made(self, definition: model.Definition, of: plan.Plan, options: Options) -> _Made:
        """The parts of some tables, and the enumerations that they use."""
        check_options(self, options)
        prefix = _name("prefix", options.values.get("prefix", "tdl"))
        types, units = _types(definition), Units(definition)
        known = {each.name: each for each in definition.enumerations}
        pieces = {
            table.key: piece_of(table, prefix, units.of(types[table.key]) if table.key in types else {}, known)
            for table in of.tables
        }
        return _Made(pieces, {name: codes_of(known[name]) for each in pieces.values() for name in each.codes})


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
            waiting += [each for each in of.tables if each.id in needed and on_the_wire(each)]
    return of if chosen is of else replace(of, tables=tuple(table for table in of.tables if table.key in wanted))


_TEMPLATES = Templates("wireshark", lua=literal)


class _Made:
    """The parts of a plug-in: of its tables by key, and the enumerations that these use."""

    def __init__(self, pieces: Mapping[str, Piece], codes: Mapping[str, Codes]) -> None:
        self.pieces = dict(pieces)
        self.codes = {name: codes[name] for name in sorted({name for each in pieces.values() for name in each.codes})}

    @classmethod
    def of(cls, octets: bytes) -> _Made:
        """What `octets` was made of."""
        pieces, codes = marshal.loads(octets)
        return cls({key: Piece(*each) for key, each in pieces.items()}, codes)

    def octets(self) -> bytes:
        """All of it, to be kept."""
        return marshal.dumps(({key: tuple(each) for key, each in self.pieces.items()}, self.codes), PLAIN)

    def changed(self, by: _Made, now: Names) -> _Made:
        """With those that changed, of what there is now."""
        pieces = self.pieces | by.pieces
        return _Made({key: pieces[key] for key in now.tables}, self.codes | by.codes)


@cache
def runtime(module: str) -> str:
    """The text of a module of the run-time."""
    return packaged_text("backends", "wireshark", "runtime", f"{module.lower()}.lua")


def _file(definition: model.Definition, of: plan.Plan, options: Options, made: _Made) -> GeneratedFile:
    """The plug-in; of a definition and its Plan it takes what is said of the whole."""
    name = _name("--package", options.package or _plain(definition.name))
    pieces = made.pieces.values()
    limiting = sorted({number for each in pieces for number in each.limiting})
    text = _TEMPLATES.render(
        "dissector.lua.tmpl",
        header=_header(definition, of),
        definition=definition.name,
        prefix=_name("prefix", options.values.get("prefix", "tdl")),
        runtime=[(module, runtime(module)) for module in RUNTIME],
        dissector=runtime("dissector"),
        linked=linked(pieces),
        limiting=numbered(dict.fromkeys(limiting, "true")),
        enumerations=[(literal(name), *codes) for name, codes in made.codes.items()],
    )
    return GeneratedFile(path=f"tdl_{name}.lua", content=text.encode("ascii", "replace"))


def _header(definition: model.Definition, of: plan.Plan) -> str:
    bound = f", bound to {len(of.bound)} values of a meter" if of.bound else ""
    return "\n".join(
        [
            comment(f"Made by tdl from {definition.name} {of.hash}{bound}."),
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
