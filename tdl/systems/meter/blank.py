"""Tables made up: what a meter has although nobody says what is in it.

A made-up table is zeros, but for the values that a profile gives. How long it is, its layout says.
"""

from __future__ import annotations

from collections.abc import Mapping

from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.image import Image, Profile
from tdl.ir.plan import TablePlan
from tdl.project.definition import Definition, UnknownTable
from tdl.project.profile import resolve_profile
from tdl.project.reading import known_values
from tdl.systems.meter.elements import members

SECRET = frozenset({"ST42", "ST43", "ST44", "ST45", "ST46", "ST47"})
"""Security is not made up: a password of zeros would be one."""

LARGEST = 1 << 20
"""The most octets of a table that is made up."""

_TRIED = 1 << 12
_PASSES = 2
"""How often a table is filled: the first time may bring elements that were not there."""


def blank(definition: Definition, key: str, environment: Environment) -> bytes | None:
    """A table of zeros; None if its layout does not allow it, or does not say how long it is."""
    try:
        least, most = definition.bind(key, environment).size
        if least == most > _TRIED:  # to decode it would take long, and say the same
            return bytes(least) if least <= LARGEST else None
        definition.decode(key, bytes(_TRIED + 1), environment)
    except DecodeError as error:
        return bytes(error.offset) if error.kind == "trailing" else None
    except UnknownTable:
        return None
    return None


def complete(definition: Definition, octets: Mapping[str, bytes], profile: Profile | None) -> dict[str, bytes]:
    """An image's tables, and those that Table 0 says are used and that it lacks, as far as they can be made up.

    Raises:
        DecodeError: a table that layouts depend on makes no sense.
        EncodeError: a profile's value does not fit its table.
    """
    made = _Making(definition, dict(octets), profile)
    if profile is not None:
        made.add("ST0")
    there = used(definition, made.octets, profile)
    for key in there:
        if definition.table(key).id in made.needed:  # what others depend on comes first
            made.add(key)
    for key in there:
        made.add(key)
    return made.octets


def used(definition: Definition, octets: Mapping[str, bytes], profile: Profile | None = None) -> tuple[str, ...]:
    """The keys of the definition's tables that Table 0 says are used."""
    if "ST0" not in octets:
        return ()
    environment = known_values(definition, Image(tables={"ST0": octets["ST0"]}, profile=profile))
    general = definition.decode("ST0", octets["ST0"], environment)
    there = {"ST": members(general, "STD_TBLS_USED"), "MT": members(general, "MFG_TBLS_USED")}
    return tuple(str(t.id) for t in definition.model.tables if t.id.number in there.get(str(t.id)[:2], ()))


class _Making:
    """Tables that grow in number; each is made with what those before it say."""

    def __init__(self, definition: Definition, octets: dict[str, bytes], profile: Profile | None) -> None:
        self.definition, self.octets, self.profile = definition, octets, profile
        self.needed = {need.reference.table for table in definition.plan.tables for need in table.needs}
        said = () if profile is None else resolve_profile(profile, definition)
        self.said = {assignment.table for assignment in said}
        self.known = known_values(definition, Image(tables=octets, profile=profile))

    def add(self, key: str) -> None:
        """Make a table up, if it is not there and can be."""
        if key in self.octets or key in SECRET:
            return
        table = self.definition.table(key)
        if table.id in self.said:
            made = self.filled(table)
        else:
            made = blank(self.definition, key, self.known)
        if made is not None:
            self.octets[key] = made
            if table.id in self.needed:
                self.known.fill(table.id, self.definition.decode(key, made, self.known))

    def filled(self, table: TablePlan) -> bytes | None:
        """A table with what the profile says of it: as long as it is not there, the profile speaks for it."""
        made = blank(self.definition, table.key, self.known)
        for _ in range(_PASSES):
            if made is None:
                return None
            record = self.definition.decode(table.key, made, self.known)
            _fill(record, table, self.known, ())
            made = self.definition.encode(table.key, record, self.known)
        return made


def _fill(record: Record, table: TablePlan, said: Environment, path: tuple[str, ...]) -> None:
    """Put the values that are known of a record into it."""
    for name, value in list(record.items()):
        known = said.held(table.id, (*path, name))
        if isinstance(value, Record):
            _fill(value, table, said, (*path, name))
        elif isinstance(value, Members):
            record[name] = sorted(known if isinstance(known, Members) else value)  # as long as it then has to be
        elif known is not None and not isinstance(value, list):
            record[name] = known
