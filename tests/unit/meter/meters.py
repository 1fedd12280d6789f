"""Meters for tests: a profile, the tables that a test needs, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.image import Image, Profile
from tdl.image.directory import read_profile
from tdl.project.definition import Definition, load
from tdl.project.reading import Reading, read_image
from tdl.readings.procedures import procedures, request
from tdl.systems.meter.blank import complete
from tdl.systems.meter.load import Load, Steady
from tdl.systems.meter.meter import Meter
from tdl.systems.meter.session import Session
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, TableData
from tdl.systems.wire.data import padded
from tdl.systems.wire.requests import Logon, Read, Request, Security, Write

START = int((datetime(2024, 5, 1, 12, 0) - datetime(1970, 1, 1)).total_seconds())
"""A Wednesday, at noon."""

WATTS = Steady(values={0: 4000, 1: 4000})
"""Sources 0, the energy, and 1, its demand."""

MASTER, READER = b"master", b"reader"

_QUADRANTS = {f"Q{number}_ACCOUNTABILITY": number in (1, 4) for number in (1, 2, 3, 4)}
_UNIT = {"ID_CODE": 0, "TIME_BASE": 0, "MULTIPLIER": 0, **_QUADRANTS, "NET_FLOW_ACCOUNTABILITY": False}
_UNIT |= {"SEGMENTATION": 0, "HARMONIC": False, "NFS": False}
_LINK = {"UOM_ENTRY_FLAG": True, "DEMAND_CTRL_FLAG": False, "DATA_CTRL_FLAG": False, "CONSTANTS_FLAG": False}
_LINK |= {"PULSE_ENGR_FLAG": True, "CONSTANT_TO_BE_APPLIED": False}

WRITABLE = [5, 6, 7, 12, 13, 22, 42, 43, 44, 62, 73]
PENDING = [0, 5, 6, 21, 54, 61, 62]

GENERAL = {
    "DATA_ACCESS_METHOD": 3,
    "STD_PROC_USED": [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    "STD_TBLS_WRITE": WRITABLE,
    "NBR_PENDING": 2,
}


class StandingClock:
    """A source of time that goes on when it is told to."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return float(self.now)


@cache
def standard(edition: str = "1997") -> Definition:
    return load(f"std:{edition}")


def profile(changes: Mapping[str, Mapping[str, Any]] | None = None, *, general: Any = None) -> Profile:
    """The library's residential meter, with some of its values changed."""
    values = deepcopy(dict(read_profile("std:residential").values))
    held: Any = values["GEN_CONFIG_TBL"]
    held |= GENERAL | (general or {})
    lp: Any = values["ACT_LP_TBL"]
    lp |= {"MAX_INT_TIME_SET1": 15, "NBR_BLKS_SET1": 3, "NBR_BLK_INTS_SET1": 8, "SIMPLE_INT_STATUS_FLAG": 1}
    values["ACT_LOG_TBL"] |= {"NBR_HISTORY_ENTRIES": 6}  # type: ignore[operator]
    values["ACT_REGS_TBL"] |= {"NBR_SELF_READS": 3, "NBR_TIERS": 1, "CUM_DEMAND_FLAG": 1}  # type: ignore[operator]
    for table, elements in (changes or {}).items():
        values.setdefault(table, {})
        values[table] |= elements  # type: ignore[operator]
    return Profile(values=values)


def described(edition: str = "1997") -> dict[str, Any]:
    """The tables that say what is metered: energy of source 0 in Wh, its demand from source 1 in W."""
    reserved = {} if edition == "1997" else {"ID_RESOURCE": 0}
    source = (lambda index: index) if edition == "1997" else (lambda index: {"SOURCE_INDEX": index})
    channel = {
        "CHNL_FLAG": {"END_RDG_FLAG": True},
        "LP_SOURCE_SELECT": source(0),
        "END_BLK_RDG_SOURCE_SELECT": source(0),
    }
    return {
        "ST12": {"UOM_ENTRY": [{**_UNIT, **reserved}, {**_UNIT, **reserved, "TIME_BASE": 4}]},
        "ST13": {"INTERVAL_VALUE": [{"INT_LENGTH": 30}]},
        "ST16": {"SOURCES_LINK": [_LINK, {**_LINK, "DEMAND_CTRL_FLAG": True}]},
        "ST22": {
            "SUMMATION_SELECT": [source(0)],
            "DEMAND_SELECT": [source(1)],
            "MIN_OR_MAX_FLAGS": [0],
            "COINCIDENT_SELECT": [],
            "COIN_DEMAND_ASSOC": [],
        },
        "ST27": {"PRESENT_DEMAND_SELECT": [source(1)], "PRESENT_VALUE_SELECT": [source(0)]},
        "ST62": {"LP_SEL_SET1": [channel], "INT_FMT_CDE1": 2},
        "ST73": {
            "STD_EVENTS_MONITORED_FLAGS": list(range(56)),
            "MFG_EVENTS_MONITORED_FLAGS": [],
            "STD_TBLS_MONITORED_FLAGS": list(range(80)),
            "MFG_TBLS_MONITORED_FLAGS": [],
            "STD_PROC_MONITORED_FLAGS": list(range(24)),
            "MFG_PROC_MONITORED_FLAGS": [],
        },
    }


def groups(*members: int) -> dict[str, bool]:
    return {f"GROUP_PERM_{i}_FLAG": i in members for i in range(8)}


def permission(
    number: int, read: tuple[int, ...] = (), write: tuple[int, ...] = (), *, procedure: bool = False, **flags: bool
) -> dict[str, Any]:
    code = {
        "TBL_PROC_NBR": number,
        "STD_VS_MFG_FLAG": False,
        "PROC_FLAG": procedure,
        "FLAG1": flags.get("anyone_reads", False),
        "FLAG2": flags.get("anyone_writes", False),
        "FLAG3": False,
    }
    return {"ACCESS_TABLE": code, "READ": groups(*read), "WRITE": groups(*write)}


def security() -> dict[str, Any]:
    """Master (group 0) may do everything, reader (group 1) reads; anybody reads Table 1; Table 6 is the master's."""
    unused = permission(0)
    own = [
        permission(1, anyone_reads=True),
        permission(6, read=(0,), write=(0,)),
        permission(7, write=(0, 1)),
        permission(10, write=(0,), procedure=True),
    ]
    return {
        "ST42": {
            "SECURITY_ENTRIES": [
                {"PASSWORD": padded(MASTER, 20), "ACCESS_PERMISSIONS": groups(0)},
                {"PASSWORD": padded(READER, 20, 0), "ACCESS_PERMISSIONS": groups(1)},
                {"PASSWORD": bytes(20), "ACCESS_PERMISSIONS": groups(0, 1, 2)},
            ]
        },
        "ST43": {
            "TABLE_DEFAULT": permission(0, read=(0, 1), write=(0,)),
            "PROCEDURE_DEFAULT": permission(0, read=(0, 1), write=(0, 1), procedure=True),
        },
        "ST44": {"ACCESS_CONTROL": own + [unused] * (8 - len(own))},
    }


def pending_status() -> dict[str, Any]:
    """Table 4 with the tables that may be pending."""
    table = {"TBL_PROC_NBR": 0, "STD_VS_MFG_FLAG": False, "PENDING_FLAG": False, "FLAG1": False, "FLAG2": False}
    event = {"EVENT_CODE": 2, "SELF_READ_FLAG": False, "DEMAND_RESET_FLAG": False}
    entry = {
        "EVENT": {"EVENT_SELECTOR": event, "EVENT_STORAGE": bytes(5)},
        "PENDING_TABLE": {**table, "FLAG3": False},
    }
    return {
        "STD_PENDING_SUPPORTED": PENDING,
        "MFG_PENDING_SUPPORTED": [],
        "LAST_ACTIVATION_DATE_TIME": bytes(5),
        "NBR_PENDING_ACTIVATION": 0,
        "PENDING_TABLES": [entry, entry],
    }


def image(
    tables: Mapping[str, Any] | None = None,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    edition: str = "1997",
    general: Any = None,
) -> Image:
    """A meter of the residential profile; ``None`` for a table takes it away."""
    held = {**described(edition), "ST4": pending_status(), **(tables or {})}
    return Image(
        tables={key: values for key, values in held.items() if values is not None},
        profile=profile(changes, general=general),
    )


@cache
def _made(edition: str) -> Image:
    """The plain meter, all its tables made."""
    plain, definition = image(edition=edition), standard(edition)
    return Image(tables=complete(definition, read_image(definition, plain).octets, plain.profile))


def meter(held: Image | None = None, *, edition: str = "1997", load: Load = WATTS, **options: Any) -> Meter:
    options.setdefault("clock", StandingClock())
    return Meter.open(standard(edition), held or _made(edition), load=load, **options)


class Peer:
    """Somebody logged on, for whom requests are values."""

    def __init__(self, of: Meter, user: int = 2, password: bytes | None = None, *, logon: bool = True) -> None:
        self.meter, self.session = of, of.connect("test")
        self.sequence = 0
        if logon:
            self.done(Logon(user_id=user, user=padded(b"TEST", 10)))
        if password is not None:
            self.done(Security(password=padded(password, 20)))

    def ask(self, asked: Request) -> Answer:
        return ask(self.session, asked)

    def done(self, asked: Request) -> None:
        assert self.ask(asked) in (answers.Done(), answers.LoggedOn())

    def code(self, asked: Request) -> str:
        """``OK``, or the name of the refusal."""
        found = self.ask(asked)
        return found.name if isinstance(found, answers.Refused) else "OK"

    def read(self, table: int) -> bytes:
        found = self.ask(Read(table=table))
        assert isinstance(found, TableData), found
        return found.octets

    def values(self, key: str) -> Record:
        return self.reading(key)[key]

    def reading(self, *keys: str) -> Reading:
        """Tables as they are read over the wire, decoded by the reader for meters that are real."""
        definition = self.meter.tables.definition
        general = {key: self.meter.tables.octets(key) for key in self.meter.tables if not key.endswith("P")}
        read = {key: self.read(definition.table(key).id) for key in keys}
        return read_image(definition, Image(tables=general | read), only=list(keys))

    def write(self, key: str, values: Any) -> str:
        """Write a table's values, or its octets; the answer's code."""
        table = self.meter.tables.definition.table(key)
        octets = values if isinstance(values, bytes) else self.encode(key, values)
        return self.code(Write(table=table.id, octets=octets))

    def encode(self, key: str, values: Any, environment: Environment | None = None) -> bytes:
        return self.meter.tables.definition.encode(key, values, environment or self.meter.tables.environment)

    def run(self, procedure: str, parameters: Any = None, *, selector: int = 0) -> tuple[int | None, Record | None]:
        """Run a procedure: its result code and response, if Table 8 is about it."""
        self.sequence += 1
        definition, environment = self.meter.tables.definition, self.meter.tables.environment
        octets = request(
            definition,
            procedure,
            parameters,
            sequence=self.sequence,
            selector=selector,
            environment=environment,
        )
        self.done(Write(table=7, octets=octets))
        (message,) = procedures(self.reading("ST8"))
        if message.sequence != self.sequence:
            return None, None
        return message.result, message.record


def ask(session: Session, asked: Request) -> Answer:
    return answers.decode(session.answer(requests.encode(asked)), asked)
