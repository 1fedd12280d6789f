"""A whole meter: every table of an image, each with what its layout needs from the others.

A value that a layout needs is looked for in this order: settings, the image's own tables, what the image is bound to
(a profile or another image), the profile beside the image's tables. A table of the image that cannot be decoded hides
no other, but what needs it fails and names it; no profile stands in for octets that are there and make no sense.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.image import Image, Profile, UnreadableImage
from tdl.ir.table_id import TableId
from tdl.project.definition import TableName, UnknownTable

if TYPE_CHECKING:
    from tdl.ir import plan
    from tdl.project.definition import Definition
    from tdl.project.located import LocatedTable
    from tdl.project.profile import Assignment, Settings

Failure: TypeAlias = DecodeError | EncodeError


class Reading:
    """What an image holds: its tables by key, number or name, as a mapping has them.

    Attributes:
        values: the tables that were decoded, by key.
        octets: the octets of these, as they are or as their values encode.
        failures: for the others, why not.
        unknown: the image's tables that the definition does not have.
        environment: the values that layouts were taken from.
    """

    def __init__(self, definition: Definition, image: Image, environment: Environment) -> None:
        self.definition, self.image, self.environment = definition, image, environment
        self.values: dict[str, Record] = {}
        self.octets: dict[str, bytes] = {}
        self.failures: dict[str, Failure] = {}
        self.unknown: list[str] = []

    def __getitem__(self, key: TableName) -> Record:
        """A table's values.

        Raises:
            DecodeError: it is in the image and cannot be decoded.
            KeyError: it is not in the image.
        """
        try:
            found = self.definition.table(key).key
        except UnknownTable:
            raise KeyError(key) from None
        if found in self.failures:
            raise self.failures[found]
        return self.values[found]

    def located(self, key: TableName) -> LocatedTable:
        """Where the elements of a table lie in this image: offsets and indices of partial access.

        Raises:
            DecodeError: it is in the image and cannot be decoded.
            KeyError: it is not in the image.
        """
        from tdl.project.located import LocatedTable

        self[key]  # whatever is wrong with it is said as everywhere
        found = self.definition.table(key).key
        return LocatedTable(self.definition, found, self.octets[found], self.environment)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def keys(self) -> KeysView[str]:
        return self.values.keys()

    def items(self) -> ItemsView[str, Record]:
        return self.values.items()

    def __len__(self) -> int:
        return len(self.values)

    def __contains__(self, key: object) -> bool:
        try:
            return isinstance(key, str | int) and self.definition.table(key).key in self.values
        except UnknownTable:
            return False

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return f"<Reading of {self.image.name}: {', '.join(self.values) or 'no table'}{failed}>"


def read_image(
    definition: Definition,
    image: Image,
    *,
    bind: Image | Profile | None = None,
    settings: Settings = (),
    only: Sequence[str] | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Reading:
    """Decode the tables of an image; those that it gives as values are encoded first.

    Args:
        bind: where values come from that the image does not hold.
        settings: single values, before everything else.
        only: the image's names of the tables that are wanted, if not all.
        watch: called with how many tables are done, of how many.

    Raises:
        tdl.project.profile.ProfileError: a profile or setting does not fit the definition.
        tdl.image.UnreadableImage: it holds one table under two names.
    """
    tables = _Tables(definition, image, bind, _settled(settings, definition))
    wanted = list(image.tables) if only is None else list(only)
    for done, name in enumerate(wanted, 1):
        tables.read(name)
        if watch is not None:
            watch(done, len(wanted))
    return tables.reading


def write_image(
    definition: Definition,
    values: Mapping[str, Record | Mapping[str, object]],
    *,
    bind: Image | Profile | None = None,
    settings: Settings = (),
) -> dict[str, bytes]:
    """The octets of tables, each encoded with what its layout needs from the others.

    Raises:
        EncodeError: the values of a table do not fit.
        tdl.project.definition.UnknownTable: the definition has no such table.
        tdl.project.profile.ProfileError: as `read_image`.
    """
    reading = read_image(definition, Image(tables=values), bind=bind, settings=settings)
    for failure in reading.failures.values():
        raise failure
    for name in reading.unknown:
        raise UnknownTable(definition.name, name)
    return reading.octets


def known_values(definition: Definition, bind: Image | Profile | None, settings: Settings = ()) -> Environment:
    """What a Plan can be bound to: a profile's values, or the tables of an image that layouts depend on.

    Raises:
        DecodeError: such a table of the image cannot be decoded.
        tdl.project.profile.ProfileError: as `read_image`.
    """
    image = bind if isinstance(bind, Image) else Image()
    profile = None if isinstance(bind, Image) else bind
    tables = _Tables(definition, image, profile, _settled(settings, definition))
    for table in definition.plan.tables:
        tables.provide(table)
    for failure in tables.reading.failures.values():
        raise failure
    return tables.reading.environment


def _settled(settings: Settings, definition: Definition) -> tuple[Assignment, ...]:
    if not settings:
        return ()  # and what resolves them is not imported
    from tdl.project.profile import resolve_settings

    return resolve_settings(settings, definition)


class _Tables:
    """The tables of an image, decoded once each and when first needed."""

    def __init__(
        self,
        definition: Definition,
        image: Image,
        bind: Image | Profile | None,
        settings: tuple[Assignment, ...],
    ) -> None:
        self.definition, self.image = definition, image
        self.names = self.by_key()
        self.other = _Tables(definition, bind, None, settings) if isinstance(bind, Image) else None
        self.reading = Reading(definition, image, Environment())
        self.begun: set[str] = set()
        for profile in (image.profile, bind.profile if isinstance(bind, Image) else bind):
            if profile is not None:
                from tdl.project.profile import assign, resolve_profile

                held = (a for a in resolve_profile(profile, definition) if not self.holds(str(TableId(a.table))))
                assign(self.reading.environment, held)
        for each in settings:
            self.reading.environment.set(each.table, each.path, each.value)

    def by_key(self) -> dict[str, str]:
        """The image's names of tables, by the definition's keys."""
        found: dict[str, str] = {}
        for name in self.image.tables:
            try:
                key = self.definition.key(name)
            except UnknownTable:
                continue
            if key in found:
                raise UnreadableImage(self.image.name, f"`{found[key]}` and `{name}` are both {key}")
            found[key] = name
        return found

    def holds(self, key: str) -> bool:
        return key in self.names or (self.other is not None and self.other.holds(key))

    def read(self, name: str) -> None:
        """Decode one table of the image, after those that its layout needs."""
        try:
            first = self.definition.table(name)
        except UnknownTable:
            self.reading.unknown.append(name)
            return
        waiting = [] if first.key in self.begun else [first]
        while waiting:
            table = waiting[-1]
            if table.key not in self.begun:
                self.begun.add(table.key)
                waiting += [self.definition.table(key) for key in self.before(table)]
            else:
                waiting.pop()
                if table.key not in self.reading.values and table.key not in self.reading.failures:
                    self.run(table)

    def before(self, table: plan.TablePlan) -> list[str]:
        """The tables of the image that a table needs and that are not begun yet; one that is needs this one itself."""
        keys = dict.fromkeys(str(TableId(need.reference.table)) for need in table.needs)
        return [key for key in keys if key in self.names and key not in self.begun]

    def run(self, table: plan.TablePlan) -> None:
        self.provide(table)
        content = self.image.tables[self.names[table.key]]
        environment = self.reading.environment
        try:
            octets = content if isinstance(content, bytes) else self.definition.encode(table.key, content, environment)
            record = self.definition.decode(table.key, octets, environment)
        except (DecodeError, EncodeError) as error:
            self.reading.failures[table.key] = self.explained(error, table)
        else:
            self.reading.values[table.key] = record
            self.reading.octets[table.key] = octets

    def provide(self, table: plan.TablePlan) -> None:
        """See that what a table's layout needs is in the environment, as far as it can be had."""
        environment = self.reading.environment
        for identity in dict.fromkeys(need.reference.table for need in table.needs):
            if not environment.holds(identity):
                record = self.record(str(TableId(identity)))
                if record is not None:
                    environment.fill(identity, record)

    def record(self, key: str) -> Record | None:
        """A table's values from this image or else the one it is bound to; None if they cannot be had."""
        if key in self.names:
            if key not in self.begun:
                self.read(key)
            return self.reading.values.get(key)
        return None if self.other is None else self.other.record(key)

    def explained(self, error: Failure, table: plan.TablePlan) -> Failure:
        """A value may be missing because the table that holds it failed: say so."""
        if error.kind != "missing":
            return error
        for need in table.needs:
            key = str(TableId(need.reference.table))
            if f"`{need.reference.label}`" in error.expected and self.failed(key):
                error.found = f"none, as {key} itself fails"
        return error

    def failed(self, key: str) -> bool:
        if key in self.names:
            return key in self.reading.failures
        return self.other is not None and self.other.failed(key)
