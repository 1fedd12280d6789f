"""A simulated meter: everything of this room together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping

from tdl.codec.errors import DecodeError, EncodeError, TdlError
from tdl.codec.values import Record
from tdl.image import Image, Profile
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import read_image
from tdl.systems.meter.access import Access, Locking, Openness
from tdl.systems.meter.blank import complete
from tdl.systems.meter.clock import CLOCKS, Clock, Source
from tdl.systems.meter.load import Load, Random
from tdl.systems.meter.logs import LOGS, Event, Logs
from tdl.systems.meter.metering import Metering
from tdl.systems.meter.pending import STATUS, Pending
from tdl.systems.meter.procedures import Procedures
from tdl.systems.meter.registers import PRESENT, REGISTERS
from tdl.systems.meter.resets import DEMAND_RESET, SEASON, SELF_READS
from tdl.systems.meter.session import Session
from tdl.systems.meter.standard_procedures import StandardProcedures
from tdl.systems.meter.state import State
from tdl.systems.meter.store import Store, StoreError
from tdl.systems.meter.tables import Refusal, Tables
from tdl.systems.meter.transfer import Transfer

SAVED_EVERY = 3600
"""After so many seconds metered without a change from outside, what was metered is saved."""


class MeterError(TdlError):
    """A definition, an image and a store make no meter."""


class Meter:
    """A definition with an image, behaving as a meter. Made by `Meter.open`.

    Whatever changes it from outside is saved before it is answered. It may be asked from several threads.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        source: Source,
        load: Load,
        openness: Openness,
        locking: Locking,
        own_store: Store | None,
    ) -> None:
        self.tables = tables
        self.lock = threading.RLock()
        self.starts, self.closed = 0, False
        self.clock = Clock(tables, source)
        self.logs = Logs(tables, self.clock)
        self.metering = Metering(tables, self.clock, load, self.logs)
        self.pending = Pending(tables, self.clock, self.logs, self.metering.resets)
        self.access = Access(tables, self.logs, openness, locking)
        standard = StandardProcedures(
            tables, self.clock, self.logs, self.metering, self.pending, self.access, self._restart
        )
        self.procedures = Procedures(tables, self.access, self.logs, standard.by_number())
        self.transfer = Transfer(tables, self.access, self.pending, self.logs, self.procedures, self._show)
        self._own_store = own_store
        self._saved = tables.state.metered

    @classmethod
    def open(
        cls,
        definition: Definition,
        image: Image,
        store: Store | str | os.PathLike[str] | None = None,
        *,
        name: str = "meter",
        clock: Source = time.time,
        load: Load | None = None,
        openness: Openness = Openness.OPEN,
        locking: Locking | None = None,
    ) -> Meter:
        """A meter switched on.

        Args:
            image: what it holds when it is new; a profile beside it is asked for again whenever it is switched on.
                Tables that Table 0 lists and that are missing are made up.
            store: where it lives: a file, or a `Store` that meters share; without one, in memory only. What is kept
                there stands before the image.
            name: what it is called in the store.
            clock: its source of time, in seconds since 1970.
            load: what it meters; at random if nothing is said.
            openness: what a meter without a table of passwords lets others do.

        Raises:
            MeterError: they make no meter.
            StoreError: the store cannot be used.
        """
        own = Store(store) if isinstance(store, str | os.PathLike) else None
        kept_in = store if isinstance(store, Store) else own
        try:
            kept = None if kept_in is None else kept_in.load(name)
            if kept is None:
                octets = complete(definition, _octets(definition, image), image.profile)
                state = State(metered=int(clock()))
            else:
                if kept.definition != definition.hash:
                    raise MeterError(f"`{name}` was made with another definition than {definition.name}")
                octets, state = dict(kept.tables), State.load(kept.state)
            tables = Tables(definition, octets, image.profile, name=name, store=kept_in, state=state)
            meter = cls(
                tables,
                source=clock,
                load=load or Random(seed=0),
                openness=openness,
                locking=locking or Locking(),
                own_store=own,
            )
            meter.catch_up()
            with tables.edit():
                meter.logs.log(Event.POWER_UP)
        except (DecodeError, EncodeError, Refusal, UnknownTable) as error:
            if own is not None:
                own.close()
            raise MeterError(f"{image.name}: {error}") from error
        except BaseException:
            if own is not None:
                own.close()
            raise
        return meter

    # --- others ------------------------------------------------------------------------------------------------

    def connect(self, peer: str = "", *, sessionless: bool = False) -> Session:
        """A talk with a peer; see `Session`."""
        return Session(self, peer, sessionless=sessionless)

    def advance(self, seconds: int) -> None:
        """Let time go by at once: metering, load profile and pending tables as if it had.

        Raises:
            ValueError: time does not go backwards.
            StoreError: it cannot be saved.
        """
        if seconds < 0:
            raise ValueError(seconds)
        with self.lock:
            self.catch_up()
            self.tables.state.ahead += seconds
            self.catch_up()
            self.tables.save()
            self._saved = self.tables.state.metered

    def features(self) -> Mapping[str, bool]:
        """What the meter can do with the tables that it has."""
        tables = self.tables
        return {
            "registers": REGISTERS in tables and "ST22" in tables,
            "present values": PRESENT in tables and "ST27" in tables,
            "seasons": SEASON in tables,
            "demand resets": DEMAND_RESET in tables,
            "self-reads": tables.listing(SELF_READS) is not None,
            "load profile": any(True for _ in self.metering.intervals.sets()),
            "tiers by a calendar": self.metering.calendar.is_followed(),
            "clock": any(key in tables for key in CLOCKS),
            "history log": tables.listing(LOGS[0][1]) is not None,
            "event log": tables.listing(LOGS[1][1]) is not None,
            "procedures": bool(self.procedures.known()),
            "pending tables": STATUS in tables and tables.definition.model.pending_header is not None,
            "passwords": self.access.secured,
        }

    def close(self) -> None:
        """Switch it off."""
        with self.lock:
            if self.closed:
                return
            try:
                self.catch_up()
                with self.tables.edit():
                    self.logs.log(Event.POWER_DOWN)
            finally:
                self.closed = True
                if self._own_store is not None:
                    self._own_store.close()

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # --- time --------------------------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Meter up to now, and do what has become due on the way."""
        now, tables = self.clock.seconds(), self.tables
        while tables.state.metered < now:
            due = self.pending.due()
            self.metering.catch_up(min([now, *(at for at in due.values() if at > tables.state.metered)]))
            self._activate([key for key, at in due.items() if at <= tables.state.metered])
        if tables.state.metered - self._saved >= SAVED_EVERY:
            self._saved = tables.state.metered
            try:
                tables.save()
            except StoreError:
                return  # nothing is lost: it is metered again from where it was saved

    def _activate(self, keys: list[str]) -> None:
        if not keys:
            return
        try:
            with self.tables.edit():
                self.pending.activate(keys)
        except Refusal:
            with self.tables.edit():
                self.pending.clear(keys)

    def _show(self, key: str) -> None:
        """Bring a table that is never the same up to this moment."""
        if key in CLOCKS:
            self.clock.show(key)
        elif key == PRESENT:
            self.metering.show_present()

    def _restart(self) -> None:
        self.starts += 1


def prepared(definition: Definition, image: Image) -> Image:
    """An image with all that a new meter of it holds, so that many can be opened in the time of one.

    Raises:
        MeterError: the image makes no meter.
    """
    try:
        octets = complete(definition, _octets(definition, image), image.profile)
    except (DecodeError, EncodeError, UnknownTable) as error:
        raise MeterError(f"{image.name}: {error}") from error
    said = {} if image.profile is None else dict(image.profile.values)
    beside = {name: value for name, value in said.items() if _key(definition, name.partition(".")[0]) not in octets}
    return Image(name=image.name, tables=octets, profile=Profile(values=beside) if beside else None)


def _octets(definition: Definition, image: Image) -> dict[str, bytes]:
    """An image's tables as octets, by key; those that the definition does not have are kept as they are."""
    found = {key: content for key, content in image.tables.items() if isinstance(content, bytes)}
    values = [key for key, content in image.tables.items() if isinstance(content, Record | Mapping)]
    if values:
        reading = read_image(definition, image, only=values)
        for failure in reading.failures.values():
            raise failure
        found |= reading.octets
    return {_key(definition, key): octets for key, octets in found.items()}


def _key(definition: Definition, name: str) -> str:
    try:
        return definition.table(name).key
    except UnknownTable:
        return name
