"""Who may do what: passwords (Table 42) and the permissions of tables and procedures (Tables 43 and 44)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from enum import Enum

from tdl.codec.values import Record
from tdl.readings.codes import numbered
from tdl.readings.tables import listed
from tdl.systems.meter.elements import find, mask, number, set_flag
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.tables import Tables, wire_number

PASSWORDS, DEFAULTS, PERMISSIONS, KEYS = "ST42", "ST43", "ST44", "ST45"
MASKED = frozenset({PASSWORDS, KEYS, "ST46"})
"""Tables whose octets nobody reads: zeros are shown instead."""

PADDING = b" \0"
"""What stands behind names and passwords that are shorter than their place."""


class Openness(Enum):
    """What a meter without a table of passwords lets others do."""

    OPEN = "open"
    """Everything."""
    CLOSED = "closed"
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who asks.

    Attributes:
        user, name: the number and the name that they gave, the name without its padding.
        groups: bit i is set for a member of group i.
        known: whether they have shown a password.
    """

    user: int = 0
    name: bytes = b""
    groups: int = 0
    known: bool = False

    def unknown(self) -> Who:
        """The same, no longer believed."""
        return replace(self, groups=0, known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locking:
    """After so many wrong passwords in a row none is looked at for so many seconds; 0 attempts never lock."""

    attempts: int = 5
    seconds: int = 900


class Access:
    """The security of one meter."""

    def __init__(self, tables: Tables, logs: Logs, openness: Openness, locking: Locking) -> None:
        self._tables, self._logs = tables, logs
        self._openness, self._locking = openness, locking

    @property
    def secured(self) -> bool:
        """Whether there are passwords to be shown."""
        return PASSWORDS in self._tables

    @property
    def open(self) -> bool:
        """Whether a meter without passwords lets others do anything."""
        return self._openness is Openness.OPEN

    # --- passwords ---------------------------------------------------------------------------------------------

    def groups(self, password: bytes) -> int | None:
        """The groups that a password belongs to; None if it is no password of this meter.

        Blanks and zeros at the end do not count. An entry of nothing else is none.
        """
        shown, found, right = password.rstrip(PADDING), 0, False
        for entry in _first_list(self._tables.record(PASSWORDS)):
            held = find(entry, "PASSWORD")
            stored = bytes(held).rstrip(PADDING) if isinstance(held, bytes) else b""
            # Every entry is compared, so that time does not tell which one was nearly right.
            same = hmac.compare_digest(stored, shown)
            if same and stored:
                right = True
                found |= mask(find(entry, "ACCESS_PERMISSIONS"))
        return found if right else None

    def admitted(self, password: bytes, who: Who) -> Who | None:
        """Who shows this password, with the groups that it belongs to; None if it is none of this meter."""
        if not self.secured:
            return replace(who, known=True) if self.open else None
        groups = self.groups(password)
        return None if groups is None else replace(who, groups=groups, known=True)

    def locked(self) -> bool:
        return self._tables.state.locked > self._tables.state.metered

    def failed(self, user: int) -> None:
        """Count a wrong password, and lock after too many; to be saved before it is answered."""
        state = self._tables.state
        state.failures += 1
        if self._locking.attempts and state.failures >= self._locking.attempts:
            state.failures = 0
            state.locked = state.metered + self._locking.seconds
            status = self._tables.change("ST3")
            if status is not None:
                set_flag(status, "TAMPER_DETECT_FLAG", True)
            self._logs.log(Event.TAMPER_ATTEMPT, user)

    # --- permissions -------------------------------------------------------------------------------------------

    def may_read(self, key: str, who: Who) -> bool:
        return self._may(wire_number(key) & 0xFFF, False, "READ", "FLAG1", who)

    def may_write(self, key: str, who: Who) -> bool:
        return self._may(wire_number(key) & 0xFFF, False, "WRITE", "FLAG2", who)

    def may_run(self, procedure: int, who: Who) -> bool:
        """Whether a procedure may be run; its number has bit 11 for one of the manufacturer."""
        return self._may(procedure, True, "WRITE", "FLAG2", who)

    def _may(self, identity: int, procedure: bool, groups: str, everybody: str, who: Who) -> bool:
        if not self.secured:
            return self.open
        entry = self._entry(identity, procedure)
        if entry is None:  # no table says anything of it: whoever knows a password may, others may look
            return who.known or groups == "READ"
        return bool(find(entry, everybody)) or bool(mask(entry.get(groups)) & who.groups)

    def _entry(self, identity: int, procedure: bool) -> Record | None:
        """The permissions of a table or procedure, else those of all that have none of their own."""
        for entry in _first_list(self._tables.record(PERMISSIONS)):
            code = next((value for _, value in entry.items() if isinstance(value, Record)), None)
            about, manufacturer = numbered(code)
            if not _is_used(entry, code) or about is None:
                continue
            if about | manufacturer << 11 == identity and bool(number(code, "PROC_FLAG")) == procedure:
                return entry
        default = find(self._tables.record(DEFAULTS), "PROCEDURE_DEFAULT" if procedure else "TABLE_DEFAULT")
        return default if isinstance(default, Record) else None


def _is_used(entry: Record, code: Record | None) -> bool:
    """An entry of zeros is one that nobody has filled, not one about Table 0."""
    flags = code is not None and any(bool(value) for _, value in code.items())
    return flags or bool(mask(entry.get("READ"))) or bool(mask(entry.get("WRITE")))


def _first_list(record: Record | None) -> list[Record]:
    """The records of a table that is one array."""
    name = "" if record is None else next((name for name, value in record.items() if isinstance(value, list)), "")
    return [entry for entry in listed(record, name) if isinstance(entry, Record)]
