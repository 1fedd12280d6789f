"""A meter's tables: octets for who reads, values for who changes them, and one change at a time.

Values are decoded when they are first asked for and encoded when their octets are. What the meter does by itself, as
metering, is in memory until the next change is saved: it comes out the same if it is done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.image import Image, Profile
from tdl.ir.model import PENDING, TableId
from tdl.ir.plan import TablePlan
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import known_values
from tdl.systems.meter.lists import Listing, listing
from tdl.systems.meter.state import State
from tdl.systems.meter.store import Store

if TYPE_CHECKING:
    from tdl.ir.expr import External


class Refusal(Exception):
    """A change cannot be made; nothing of it has been."""


class Tables:
    """The tables of one meter by key: ``ST23``, ``MT5``, and ``ST54P`` for a pending copy.

    Args:
        name, store: where a change is written to before it counts, if anywhere.

    Attributes:
        needed: the identifiers of the tables that layouts depend on.
    """

    def __init__(
        self,
        definition: Definition,
        octets: Mapping[str, bytes],
        profile: Profile | None = None,
        *,
        name: str = "",
        store: Store | None = None,
        state: State | None = None,
    ) -> None:
        self.definition, self.profile, self.name, self.store = definition, profile, name, store
        self.state = state or State()
        self._octets = dict(octets)
        self._records: dict[str, Record] = {}
        self._listings: dict[str, Listing | None] = {}
        self._bound: dict[str, TablePlan | None] = {}
        self._dirty: set[str] = set()
        self._unsaved: set[str] = set(octets)
        self._undo: dict[str, bytes | None] | None = None
        self.needed = frozenset(need.reference.table for table in definition.plan.tables for need in table.needs)
        self.environment = self.environment_of(self._octets)

    # --- reading -----------------------------------------------------------------------------------------------

    def __contains__(self, key: object) -> bool:
        return key in self._octets

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._octets))

    def octets(self, key: str) -> bytes:
        """A table as it is now.

        Raises:
            KeyError: it is not there.
            EncodeError: values put into it by the change in hand do not fit.
        """
        if key in self._dirty:
            self._dirty.discard(key)
            try:
                self._octets[key] = self.definition.encode(key, self._records[key], self.environment)
            except EncodeError:
                self._records.pop(key)  # as it is after each change that cannot be made
                if self._undo is not None and key in self._undo:
                    raise
        return self._octets[key]

    def record(self, key: str) -> Record | None:
        """A table's values, to be looked at only; None if it is not there or its octets make no sense."""
        if key not in self._records:
            if key not in self._octets:
                return None
            try:
                self._records[key] = self.definition.decode(key, self._octets[key], self.environment)
            except (DecodeError, UnknownTable):
                return None
        return self._records[key]

    def plan(self, key: str) -> TablePlan | None:
        try:
            return self.definition.table(key)
        except UnknownTable:
            return None

    def listing(self, key: str) -> Listing | None:
        """How a table is a list; None if it is none, or not there."""
        if key not in self._listings:
            bound = self.bound(key) if key in self._octets else None
            self._listings[key] = None if bound is None else listing(bound)
        return self._listings[key]

    def bound(self, key: str) -> TablePlan | None:
        """A table's Plan with all that the others say of it; None if the definition does not have the table."""
        if key not in self._bound:
            self._bound[key] = None if self.plan(key) is None else self.definition.bind(key, self.environment)
        return self._bound[key]

    def all_octets(self) -> dict[str, bytes]:
        return {key: self.octets(key) for key in self}

    # --- changing ----------------------------------------------------------------------------------------------

    def change(self, key: str) -> Record | None:
        """A table's values, to be changed in place; None as for `record`."""
        record = self.record(key)
        if record is not None:
            self._remember(key)
            self._dirty.add(key)
            self._unsaved.add(key)
        return record

    def write(self, key: str, octets: bytes | None) -> None:
        """Replace a table, or take it away."""
        self._remember(key)
        self._records.pop(key, None)
        self._dirty.discard(key)
        self._unsaved.add(key)
        if octets is None:
            self._octets.pop(key, None)
        else:
            self._octets[key] = octets

    @contextmanager
    def edit(self) -> Iterator[None]:
        """All changes of a block, saved together; after an exception none of them has been made.

        Raises:
            Refusal: values do not fit their table.
            StoreError: it cannot be saved.
        """
        before, environment = self.state.dump(), self.environment
        self._undo = {}
        try:
            yield
            self.save()
        except BaseException as error:
            for key, octets in self._undo.items():
                self._records.pop(key, None)
                self._dirty.discard(key)
                if octets is None:
                    self._octets.pop(key, None)
                else:
                    self._octets[key] = octets
            self.state = State.load(before)
            if environment is not self.environment:
                self._set_environment(environment)
            if isinstance(error, EncodeError):
                raise Refusal(str(error)) from error
            raise
        finally:
            self._undo = None

    def save(self) -> None:
        """Write what is not written yet.

        Raises:
            StoreError: it cannot be written.
        """
        changed = {key: self.octets(key) if key in self._octets else None for key in self._unsaved}
        if self.store is not None:
            self.store.save(self.name, self.definition.hash, self.state.dump(), changed)
        self._unsaved.clear()

    def _remember(self, key: str) -> None:
        if self._undo is not None and key not in self._undo:
            self._undo[key] = self.octets(key) if key in self._octets else None

    # --- layouts -----------------------------------------------------------------------------------------------

    def environment_of(self, octets: Mapping[str, bytes]) -> Environment:
        """What layouts are taken from, were these the tables.

        Raises:
            DecodeError: a table that layouts depend on makes no sense.
        """
        active = {key: value for key, value in octets.items() if not key.endswith("P")}
        return known_values(self.definition, Image(tables=active, profile=self.profile))

    def replace(self, octets: Mapping[str, bytes], environment: Environment) -> None:
        """Put all active tables into the place of those that are, with what their layouts are taken from."""
        for key in {*(key for key in self if not key.endswith("P")), *octets}:
            self.write(key, octets.get(key))
        self._records.clear()
        self._set_environment(environment)

    def _set_environment(self, environment: Environment) -> None:
        self.environment = environment
        self._listings.clear()
        self._bound.clear()

    def layout_values(self, key: str, environment: Environment) -> tuple[object, ...]:
        """The values of a table that layouts depend on, in the order of their references."""
        plan = self.plan(key)
        return () if plan is None else tuple(environment.held(plan.id, r.path) for r in self._references(plan.id))

    def _references(self, table: int) -> tuple[External, ...]:
        found = {
            (need.reference.table, need.reference.path): need.reference
            for plan in self.definition.plan.tables
            for need in plan.needs
            if need.reference.table == table
        }
        return tuple(found.values())


def wire_key(number: int) -> str:
    """The key of a table's identifier in a service."""
    return str(TableId(number & 0x1FFF))


def wire_number(key: str) -> int:
    """The identifier of a table in a service."""
    pending = key.endswith("P")
    kind, digits = key[:2], key[2:].removesuffix("P")
    return int(digits) | (0x800 if kind == "MT" else 0) | (PENDING if pending else 0)
