"""Profiles: values of elements by name, found in the definition.

A profile says ``[GEN_CONFIG_TBL] DATA_ORDER = 0``; a setting of the command line ``GEN_CONFIG_TBL.DATA_ORDER=0``.
Members that only hold others may be left out, as in the standard's own references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from tdl.codec.environment import Environment
from tdl.codec.errors import TdlError, shown
from tdl.codec.values import Members
from tdl.deferred import dataclass
from tdl.image import Profile
from tdl.ir import plan
from tdl.ir.formats import GENERAL_CONFIGURATION, SELECTOR_RANGES
from tdl.ir.traverse import walk
from tdl.report import Diagnostic, Report
from tdl.report.rules import binding

if TYPE_CHECKING:
    from tdl.ir.model import Enumeration
    from tdl.project.definition import Definition

Settings: TypeAlias = Mapping[str, object] | Iterable[str]
"""Single values by ``TABLE.ELEMENT``, or texts ``TABLE.ELEMENT=VALUE``."""

_MAX_LEVELS = 16
"""How deep a profile may nest; no element lies deeper."""


LIMITS = "max"
"""The table of a profile that says how large elements get, by name, instead of what they are."""


class ProfileError(TdlError):
    """A profile or a setting does not fit the definition; ``report`` says where and why."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("\n".join(d.message for d in report))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One element's value: the table's identifier, its path with ``[]`` behind each array, the value (nested lists)."""

    table: int
    path: tuple[str, ...]
    value: object


def assign(environment: Environment, assignments: Iterable[Assignment]) -> None:
    """Put assignments into an environment; later ones win."""
    for each in assignments:
        environment.set(each.table, each.path, each.value)


def resolve_profile(profile: Profile, definition: Definition) -> tuple[Assignment, ...]:
    """What a profile says, by the definition's own paths.

    Raises:
        ProfileError: a name is not there, or its element cannot have the value; all of them are reported.
    """
    resolving = _Resolving(definition, profile)
    values = {name: value for name, value in profile.values.items() if name != LIMITS}
    found = [a for names, value in _flat(values, ()) for a in resolving.assignment(names, value)]
    if resolving.report.failed:
        raise ProfileError(resolving.report)
    return tuple(found)


def resolve_limits(profile: Profile, definition: Definition) -> tuple[tuple[str, int], ...]:
    """The largest values that a profile allows elements to have, by label as `tdl.ir.plan.Plan.limits` has them.

    Raises:
        ProfileError: a name is not there, or its element cannot have the value; all of them are reported.
    """
    resolving = _Resolving(definition, profile)
    limits = profile.values.get(LIMITS, {})
    found: list[tuple[str, int]] = []
    if not isinstance(limits, Mapping):
        resolving.fail((LIMITS,), f"{_kind(limits)} found, the largest values of elements by name expected")
        limits = {}
    for name, value in limits.items():
        for each in resolving.assignment(tuple(name.split(".")), value, within=(LIMITS, name)):
            table = resolving.table(name.partition(".")[0])
            if table is None or not isinstance(each.value, int):
                resolving.fail((LIMITS, name), f"{_kind(each.value)} found, a number of an element expected")
            else:
                found.append((".".join((table.name, *each.path)).replace(".[]", "[]"), each.value))
    if resolving.report.failed:
        raise ProfileError(resolving.report)
    return tuple(sorted(found))


def resolve_settings(settings: Settings, definition: Definition) -> tuple[Assignment, ...]:
    """What single settings say: a mapping of ``TABLE.ELEMENT`` to values, or texts ``TABLE.ELEMENT=VALUE``, with the
    value as in TOML.

    Raises:
        ProfileError: as for profiles.
    """
    resolving = _Resolving(definition, Profile(name="--set"))
    found: list[Assignment] = []
    for name, value in _settings(settings, resolving):
        names = tuple(part.strip() for part in name.split("."))
        if len(names) < 2:
            resolving.fail(names, "`TABLE.ELEMENT=VALUE` expected")
        else:
            found += resolving.assignment(names, value)
    if resolving.report.failed:
        raise ProfileError(resolving.report)
    return tuple(found)


def _settings(settings: Settings, resolving: _Resolving) -> Iterator[tuple[str, object]]:
    if isinstance(settings, Mapping):
        yield from settings.items()
        return
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            value = _value(text) if equals else None
        except ValueError:
            help = "numbers are bare, sets are lists: `[0, 1, 23]`"
            resolving.fail((name,), f"`{shown(text)}` is no value", help)
        else:
            yield (name if equals else ""), value


def _value(text: str) -> object:
    """The value that TOML text stands for.

    Raises:
        ValueError: it is none, or more than one.
    """
    if "\n" in text:
        raise ValueError("more than one line")
    from tdl.image.toml_text import parse_toml

    return parse_toml(f"value = {text}")["value"]


def _flat(values: Mapping[str, object], names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Names from the outermost table down, and the value there; rows of tables become one list a column."""
    for name, value in values.items():
        path = (*names, name)
        if isinstance(value, Mapping) and len(path) <= _MAX_LEVELS:
            yield from _flat(value, path)
        elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
            columns = {key: [row.get(key) for row in value] for row in value for key in row}
            yield from _flat(columns, path)
        else:
            yield path, value


class _Resolving:
    def __init__(self, definition: Definition, profile: Profile) -> None:
        self.definition, self.profile = definition, profile
        self.report = Report()
        self.within: tuple[str, ...] | None = None

    def table(self, name: str) -> plan.TablePlan | None:
        try:
            table = self.definition.table(name)
        except LookupError:
            return None
        return None if table.key.endswith("P") else table  # a pending copy has no values of its own

    def assignment(
        self, names: tuple[str, ...], value: object, within: tuple[str, ...] | None = None
    ) -> Iterator[Assignment]:
        """The assignment of one value, or nothing and a finding; ``within`` is where the profile has it instead."""
        self.within = within
        table = self.table(names[0])
        if table is None and names[0] in (GENERAL_CONFIGURATION, "ST0") and names[-1] in SELECTOR_RANGES:
            yield from self.selector(names, value)
            return
        if table is None:
            self.fail(names, f"{self.definition.name} has no table `{names[0]}`", self.tables_like(names[0]))
            return
        if len(names) == 1:
            self.fail(names, f"{shown(value)} found, elements of the table expected")
            return
        elements = elements_of(table)
        paths = find_elements(elements, names[1:])
        if not paths:
            known = {path[-1] if path[-1] != "[]" else path[-2]: None for path in elements}
            self.fail(names, f"{table.name} has no element `{'.'.join(names[1:])}`", _like(names[-1], known))
        elif len(paths) > 1:
            places = " or ".join(f"`{show_path(path)}`" for path in paths[:4])
            self.fail(names, f"{table.name} has {len(paths)} elements of this name", f"say which: {places}")
        else:
            (path,) = paths
            try:
                yield Assignment(table=table.id, path=path, value=self.value(value, path, elements[path]))
            except ValueError as problem:
                self.fail(names, str(problem))

    def selector(self, names: tuple[str, ...], value: object) -> Iterator[Assignment]:
        """A format selector of a definition that declares no Table 0: built-in types need it all the same."""
        try:
            number = self.number(value, *SELECTOR_RANGES[names[-1]], None)
            yield Assignment(table=0, path=names[-1:], value=number)
        except ValueError as problem:
            self.fail(names, str(problem))

    def tables_like(self, name: str) -> str:
        return _like(name, dict.fromkeys(n for t in self.definition.plan.tables for n in (t.name, t.key)))

    def value(self, value: object, path: tuple[str, ...], ops: Sequence[plan.AnyOp]) -> object:
        """The value as the environment holds it: a list for each array around the element."""
        if "[]" in path:
            if not isinstance(value, list):
                raise ValueError(f"{_kind(value)} found, a list with one value for each position expected")
            inner = path[path.index("[]") + 1 :]
            return [self.value(each, inner, ops) for each in value]
        problems = []
        for op in ops:  # an element may be of several types in branches that exclude each other
            try:
                return self.leaf(value, op)
            except ValueError as problem:
                problems.append(str(problem))
        raise ValueError(problems[0])

    def leaf(self, value: object, op: plan.AnyOp) -> object:
        match op:
            case plan.Take(kind="uint", octets=octets):
                return self.number(value, 0, (1 << 8 * octets) - 1, op.enumeration)
            case plan.Take(kind="int", octets=octets, decimals=0):
                return self.number(value, -(1 << 8 * octets - 1), (1 << 8 * octets - 1) - 1, op.enumeration)
            case plan.Field(kind="int", width=width):
                return self.number(value, -(1 << width - 1), (1 << width - 1) - 1, op.enumeration)
            case plan.Field(width=width):
                return self.number(value, 0, (1 << width) - 1, op.enumeration)
            case plan.Bytes(form="set"):
                return _members(value)
            case _:  # no layout depends on it
                if isinstance(value, list | dict) or value is None:
                    raise ValueError(f"{_kind(value)} found, one value expected")
                return value

    def number(self, value: object, low: int, high: int, enumeration: str | None) -> int:
        if isinstance(value, str) and enumeration is not None:
            return self.code(value, self.enumeration(enumeration))
        if isinstance(value, bool):
            value = int(value)
        if not isinstance(value, int):
            raise ValueError(f"{_kind(value)} found, a number of {low} to {high} expected")
        if not low <= value <= high:
            raise ValueError(f"{shown(value)} found, {low} to {high} expected")
        return value

    def enumeration(self, name: str) -> Enumeration:
        return next(each for each in self.definition.model.enumerations if each.name == name)

    def code(self, name: str, enumeration: Enumeration) -> int:
        for enumerator in enumeration.enumerators:
            if enumerator.name == name.upper():
                return enumerator.low
        like = _like(name.upper(), {e.name: None for e in enumeration.enumerators})
        raise ValueError(f"{shown(name)} found, a name of {enumeration.name} expected{f'; {like}' if like else ''}")

    def fail(self, names: tuple[str, ...], problem: str, help: str = "") -> None:
        text = self.profile.text
        name = ".".join(names)
        names = names if self.within is None else self.within
        found: Diagnostic
        if text is None:
            found = binding.BAD_PROFILE.at(None, place=self.profile.name, name=name, problem=problem, help=help)
        else:
            found = binding.BAD_PROFILE.at(text.span(names), name=name, problem=problem, help=help)
        self.report.add(found)


def elements_of(table: plan.TablePlan) -> dict[tuple[str, ...], list[plan.AnyOp]]:
    """The paths of a table's elements that have values of their own, in order, with the ops that make them."""
    found: dict[tuple[str, ...], list[plan.AnyOp]] = {}
    for op in walk(table.root):
        match op:
            case plan.Take() | plan.Bytes() | plan.Builtin() | plan.Opaque() | plan.Field():
                found.setdefault(op.path, []).append(op)
    return found


def find_elements(elements: Mapping[tuple[str, ...], object], names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The paths that names stand for: the one they spell in full, else all that they lead to with members left out."""
    plain = [(tuple(step for step in path if step != "[]"), path) for path in elements]
    exact = tuple(path for spelt, path in plain if spelt == names)
    return exact or tuple(path for spelt, path in plain if spelt[-1:] == names[-1:] and _is_within(names, spelt))


def show_path(path: Sequence[str]) -> str:
    """``A[].B`` for ``("A", "[]", "B")``."""
    return ".".join(path).replace(".[]", "[]")


def _is_within(names: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether names are steps of a path in its order, others left out."""
    steps = iter(path)
    return all(name in steps for name in names)


def _members(value: object) -> object:
    """The members of a set, kept as a list: how many octets it has depends on other values."""
    if isinstance(value, set | frozenset | Members):
        value = sorted(value)
    if not isinstance(value, list) or not all(isinstance(m, int) and not isinstance(m, bool) for m in value):
        raise ValueError(f"{_kind(value)} found, a list of the set's members expected")
    wrong = next((member for member in value if not 0 <= member <= 8 * plan.MAX_OCTETS), None)
    if wrong is not None:
        raise ValueError(f"member {shown(wrong)} found, members are counted from 0")
    return Members.of(value, max(value, default=-1) // 8 + 1)


def _like(name: str, known: Mapping[str, None]) -> str:
    close = get_close_matches(name.upper(), known, n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _kind(value: object) -> str:
    match value:
        case list():
            return "a list"
        case Mapping():
            return "a table"
        case None:
            return "no value"
        case _:
            return shown(value)
