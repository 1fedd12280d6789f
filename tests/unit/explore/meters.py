"""A definition with everything that a page of an image shows, and images of it."""

from __future__ import annotations

from functools import cache

from tdl.explore.looking import look
from tdl.explore.trace import Fact, Kind, Trace
from tdl.explore.view import ImageView, TableView
from tdl.image import Image
from tdl.project import Definition, load
from tdl.project.reading import read_image
from tdl.sources import Resolver

TEXT = """
DOCUMENT METER EDITION "2012";
TYPE CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    FLAGS : FLAGS_BFLD;
    ROWS : UINT8 WITH Label = "how many rows";
    MODE : UINT8;
END;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    CHAR_FORMAT : UINT(1..3);
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT16
    INVERTED : BOOL(0);
    WIDE : BOOL(1);
    KIND : UINT(6..9) WITH Enum = KIND_ENUM;
    FILLER : FILL(10..15);
END;
TYPE KIND_ENUM = ENUMERATION
    OFF : 0;
    ON : 1 WITH Label = "<b>on</b>";
END;
TABLE 0 GEN_CONFIG_TBL = CONFIG_RCD WITH Label = "</script><script>alert(1)</script>";
TYPE ROW_RCD = PACKED RECORD
    COUNT : UINT8;
    CELLS : ARRAY[COUNT] OF UINT8;
    IF GEN_CONFIG_TBL.FLAGS.WIDE THEN
        LONG : UINT32 WITH Unit = "Wh";
    ELSE
        SHORT : UINT16 WITH Unit = "kWh";
    END;
END;
TYPE LIST_RCD = PACKED RECORD
    NAME : STRING(9);
    ROWS : ARRAY[GEN_CONFIG_TBL.ROWS] OF ROW_RCD;
    SWITCH GEN_CONFIG_TBL.MODE OF
        CASE 1 : ONE : UINT8;
        CASE 2..3 : TWO : UINT16; MORE : UINT8;
        DEFAULT : OTHER : UINT8;
    END;
    IF GEN_CONFIG_TBL.ROWS > 9 THEN
        MANY : ARRAY[2] OF UINT8;
    END;
END;
TABLE 12 LIST_TBL = LIST_RCD;
TABLE MFG 5 LAST_TBL = FLAGS_BFLD;
TYPE OUTER_RCD = PACKED RECORD
    SIZES : ARRAY[2] OF UINT8;
    INNER : ARRAY[2] OF INNER_RCD;
END;
TYPE INNER_RCD = PACKED RECORD
    MORE : UINT8;
    CELLS : ARRAY[OUTER_TBL.SIZES[.lastIndex]] OF UINT8;
END;
TABLE MFG 6 OUTER_TBL = OUTER_RCD;
"""

CONFIG = bytes.fromhex("02 4000 02 01")
"""Least significant octet first, characters of ISO 646, narrow, kind 1, two rows, mode 1."""

LIST = b"</script>" + bytes.fromhex("02 AA BB 3412  00 7856  07")


@cache
def definition() -> Definition:
    return load("meter.tdl", (), Resolver({"meter.tdl": TEXT}))


def view(**tables: bytes) -> ImageView:
    """The view of an image; without tables, of one that fits."""
    found = tables or {"ST0": CONFIG, "ST12": LIST}
    return look(read_image(definition(), Image(name="folder/meter", tables=found)))


def table(of: ImageView, key: str) -> TableView:
    return next(table for table in of.tables if table.key == key)


def trace(of: ImageView, key: str) -> Trace:
    found = table(of, key).trace
    assert found is not None
    return found


def kinds(of: Trace) -> list[Kind]:
    return [of.kinds[number] for number in of.kind]


def facts(of: Trace, kind: Kind) -> list[Fact]:
    return [of.facts[number] for number in kind.facts]
