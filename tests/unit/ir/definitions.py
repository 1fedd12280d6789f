"""A table with everything that moves: fields in branches, arrays of records, a length of its own."""

from __future__ import annotations

from functools import cache

from tdl.codec.environment import Environment
from tdl.ir import plan
from tdl.project import Definition, load
from tdl.sources import Resolver

TEXT = """
DOCUMENT METER;
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    WIDE : UINT8;
    ROWS : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    ALARM : BOOL(0);
    FILLER : FILL(1..3);
    IF CONFIG_TBL.WIDE THEN
        LEVEL : UINT(4..6);
    ELSE
        STEP : UINT(4..5);
    END;
END;
TYPE ROW_RCD = PACKED RECORD
    CELLS : ARRAY[2] OF UINT8;
    SWITCH CONFIG_TBL.WIDE OF
        CASE 0 :
            NAME : BINARY(4);
        CASE 1, 3..4 :
            TIME : BINARY(7);
    END;
END;
TYPE METER_RCD = PACKED RECORD
    COUNT : UINT8;
    FLAGS : FLAGS_BFLD;
    ROWS : ARRAY[CONFIG_TBL.ROWS] OF ROW_RCD;
    REST : BINARY(COUNT);
    LAST : UINT32;
END;
TABLE 1 METER_TBL = METER_RCD;
TABLE 2 FLAGS_TBL = FLAGS_BFLD;
TYPE OWN_RCD = PACKED RECORD
    KIND : UINT8;
    IF KIND THEN
        A : UINT16;
        B : UINT8;
    ELSE
        B : UINT8;
        C : UINT16;
    END;
    LAST : UINT8;
END;
TABLE 3 OWN_TBL = OWN_RCD;
"""


@cache
def definition() -> Definition:
    return load("meter.tdl", (), Resolver({"meter.tdl": TEXT}))


def meter(wide: int = 1, rows: int = 3) -> Environment:
    environment = Environment()
    for name, value in (("DATA_ORDER", 0), ("WIDE", wide), ("ROWS", rows)):
        environment.set(0, (name,), value)
    return environment


def unbound(key: str) -> plan.TablePlan:
    return definition().table(key)


def bound(key: str, wide: int = 1, rows: int = 3) -> plan.TablePlan:
    return definition().bind(key, meter(wide, rows))
