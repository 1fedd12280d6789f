"""Small definitions for the tests of this folder."""

from __future__ import annotations

from tdl.project import Definition, load
from tdl.sources import Resolver

METER = """
DOCUMENT METER WITH PendingHeader = EVENT_RCD;
TYPE EVENT_RCD = PACKED RECORD
    WHEN : UINT8;
END;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    INT_FORMAT : UINT(1..2);
    FILLER : FILL(3..3);
    SIGN : INT(4..7);
END;
TYPE KIND_ENUM = ENUMERATION
    GAS : 0;
    ELECTRIC : 2;
END;
TYPE CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    KIND : UINT8 WITH Enum = KIND_ENUM;
    COUNT : UINT8;
    USED : SET(1);
    WIDTHS : ARRAY[2] OF UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD
    LENGTH : UINT8 WITH Unit = "octets";
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
    DATA : BINARY(LENGTH);
    IF CONFIG_TBL.USED[LIST_TBL] THEN
        EXTRA : UINT8;
    END;
END;
TABLE 1 LIST_TBL = LIST_RCD;
TYPE WIDE_RCD = PACKED RECORD
    FIRST : BINARY(CONFIG_TBL.WIDTHS[0]);
    SECOND : BINARY(CONFIG_TBL.WIDTHS[1]);
END;
TABLE 2 WIDE_TBL = WIDE_RCD;
TYPE LAST_RCD = PACKED RECORD
    DATA : BINARY(LIST_TBL.LENGTH);
END;
TABLE 3 LAST_TBL = LAST_RCD;
TABLE MFG 5 OWN_TBL = WIDE_RCD;
"""
"""Table 0 limits 1 and 2; 1 limits 3."""

CONFIG = bytes.fromhex("00 02 02 02 01 03")
"""Least octet first, electric, two items, table 1 used, widths 1 and 3."""


def meter(text: str = METER) -> Definition:
    return load("meter.tdl", (), Resolver({"meter.tdl": text}))
