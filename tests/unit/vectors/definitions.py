"""A definition with every kind of op, and with branches that cannot be taken."""

from __future__ import annotations

from functools import cache

from tdl.project import Definition, load
from tdl.sources import Resolver

TEXT = """
DOCUMENT METER;
TYPE FORMATS_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    CHAR_FORMAT : UINT(1..3);
    INT_FORMAT : UINT(4..5);
    FILLER : FILL(6..7);
END;
TYPE MORE_FORMATS_BFLD = BIT FIELD OF UINT8
    TM_FORMAT : UINT(0..2);
    NI_FORMAT1 : UINT(3..6);
    FILLER : FILL(7);
END;
TYPE GEN_CONFIG_RCD = PACKED RECORD
    FORMATS : FORMATS_BFLD;
    MORE_FORMATS : MORE_FORMATS_BFLD;
    DIM_USED : UINT8;
    ROWS : UINT8;
    MODE : UINT8;
    USED : SET(DIM_USED);
END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
TYPE STATES_ENUM = ENUMERATION
    IDLE : 0;
    BUSY : 1..3;
    DONE : 9;
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT16
    ALARM : BOOL(0);
    LEVEL : INT(1..4);
    FILLER : FILL(5..7);
    IF ALARM THEN
        CAUSE : UINT(8..10);
        FILLER_2 : FILL(11..15);
    ELSE
        REST : UINT(8..15);
    END;
END;
TYPE ROW_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATES_ENUM;
    VALUE : NI_FMAT1;
    IF STATE >= 2 AND NOT GEN_CONFIG_TBL.USED[5] THEN
        NOTE : STRING(4);
    END;
    IF .lastIndex == 2 THEN
        THIRD : UINT8;
    END;
END;
TYPE METER_RCD = PACKED RECORD
    COUNT : UINT8;
    FLAGS : FLAGS_BFLD;
    BALANCE : INT32;
    WHEN_READ : LTIME_DATE;
    ROWS : ARRAY[GEN_CONFIG_TBL.ROWS + 1] OF ROW_RCD;
    EXTRAS : ARRAY[COUNT] OF UINT16;
    SWITCH GEN_CONFIG_TBL.MODE OF
        CASE 1 : ONE : UINT8;
        CASE 2..4 : TWO : FLOAT32;
        DEFAULT : OTHER : BINARY(3);
    END;
    IF COUNT > 12 THEN
        MANY : UINT8;
        IF COUNT < 13 THEN
            NEVER : UINT8;
        END;
    END;
    MARKS : SET(GEN_CONFIG_TBL.DIM_USED);
    IF MARKS[9] THEN
        MARKED : BCD(2);
    END;
END;
TABLE 1 METER_TBL = METER_RCD;
"""


@cache
def definition() -> Definition:
    return load("meter.tdl", (), Resolver({"meter.tdl": TEXT}))
