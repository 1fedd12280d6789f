"""A small document with both logs and named events, and octets for it."""

from __future__ import annotations

from functools import cache

from tdl.image import Image
from tdl.project.definition import Definition, load
from tdl.project.reading import Reading, read_image
from tdl.sources import Resolver

LOGS = """
DOCUMENT LOGS;
TYPE CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    LENGTH : UINT8;
END;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    TM_FORMAT : UINT(1..3);
    INT_FORMAT : UINT(4..5);
    FILLER : FILL(6..7);
END;
TABLE 0 GEN_CONFIG_TBL = CONFIG_RCD;
TYPE IDB_BFLD = BIT FIELD OF UINT16
    TBL_PROC_NBR : UINT(0..10);
    STD_VS_MFG_FLAG : BOOL(11);
    SELECTOR : UINT(12..15);
END;
TYPE STATUS_BFLD = BIT FIELD OF UINT8
    ORDER : UINT(0..0);
    FILLER : FILL(1..7);
END;
TYPE HISTORY_LOG_RCD = PACKED RECORD
    HIST_FLAGS : STATUS_BFLD;
    NBR_VALID_ENTRIES : UINT16;
    LAST_ENTRY_ELEMENT : UINT16;
    LAST_ENTRY_SEQ_NBR : UINT32;
    NBR_UNREAD_ENTRIES : UINT16;
    ENTRIES : ARRAY[4] OF HISTORY_ENTRY_RCD;
END;
TYPE HISTORY_ENTRY_RCD = PACKED RECORD
    HISTORY_TIME : LTIME_DATE;
    HISTORY_SEQ_NBR : UINT16;
    USER_ID : UINT16;
    HISTORY_CODE : IDB_BFLD;
    HISTORY_ARGUMENT : BINARY(GEN_CONFIG_TBL.LENGTH);
END;
TABLE 74 HISTORY_LOG_DATA_TBL = HISTORY_LOG_RCD;
TYPE EVENT_LOG_RCD = PACKED RECORD
    EVENT_FLAGS : STATUS_BFLD;
    NBR_VALID_ENTRIES : UINT16;
    LAST_ENTRY_ELEMENT : UINT16;
    LAST_ENTRY_SEQ_NBR : UINT32;
    NBR_UNREAD_ENTRIES : UINT16;
    EVENT_ENTRIES : ARRAY[1] OF EVENT_ENTRY_RCD;
END;
TYPE EVENT_ENTRY_RCD = PACKED RECORD
    EVENT_TIME : LTIME_DATE;
    EVENT_NUMBER : UINT16;
    EVENT_SEQ_NBR : UINT16;
    USER_ID : UINT16;
    EVENT_CODE : UINT16;
    EVENT_ARGUMENT : BINARY(GEN_CONFIG_TBL.LENGTH);
END;
TABLE 76 EVENT_LOG_DATA_TBL = EVENT_LOG_RCD;
TYPE STD_EVENT_ENUM = ENUMERATION
    POWER_UP : 2 WITH Label = "power up";
    PROCEDURE_INVOKED : 9 WITH Label = "procedure invoked", Argument = INVOKED_RCD;
END;
TYPE MFG_EVENT_ENUM = ENUMERATION
    COVER_OPENED : 5 WITH Label = "cover opened", Argument = COVER_RCD;
END;
TYPE INVOKED_RCD = PACKED RECORD
    PROCEDURE : IDB_BFLD;
END;
TYPE COVER_RCD = PACKED RECORD
    WHICH : UINT8;
    SINCE : TIME;
END;
"""


@cache
def definition() -> Definition:
    return load("logs.tdl", (), Resolver({"logs.tdl": LOGS}))


def entry(day: int, sequence: int, code: int, argument: str, number: int | None = None) -> bytes:
    """An entry of either log; the event log has event numbers."""
    time = bytes([24, 1, day, 12, 30, 5])
    numbers = b"" if number is None else number.to_bytes(2, "little")
    words = sequence.to_bytes(2, "little") + (1000 + day).to_bytes(2, "little") + code.to_bytes(2, "little")
    return time + numbers + words + bytes.fromhex(argument)


def log(entries: list[bytes], valid: int, last: int, sequence: int, unread: int, order: int = 0) -> bytes:
    words = [(order, 1), (valid, 2), (last, 2), (sequence, 4), (unread, 2)]
    return b"".join(value.to_bytes(size, "little") for value, size in words) + b"".join(entries)


MANUFACTURER = 1 << 11

HISTORY = [
    entry(3, 0, MANUFACTURER | 5, "07 0A 14 1E"),
    entry(4, 1, 99, "00 00 00 00"),
    entry(1, 65534, 2, "00 00 00 00"),
    entry(2, 65535, 9, "0A 28 00 00"),
]
"""Written round and round: the newest is the second one."""


def reading(history: bytes | None = None, event: bytes | None = None) -> Reading:
    """A meter with arguments of four octets, times in single octets, least octet first."""
    tables = {"ST0": b"\x04\x04"}
    if history is not None:
        tables["ST74"] = history
    if event is not None:
        tables["ST76"] = event
    made = read_image(definition(), Image(tables=tables))
    assert made.failures == {}
    return made
