"""A definition with everything that pages show, and names and labels that try to break them."""

from __future__ import annotations

from functools import cache

from tdl.docs.site import site
from tdl.docs.view import ElementView, Site, TableView
from tdl.project import Definition, load
from tdl.sources import Resolver

TEXT = """
{ What METER is. Second sentence.

  Another paragraph. }
DOCUMENT METER EDITION "2012" VERSION "3";
TYPE CONFIG_RCD = PACKED RECORD
    FLAGS : FLAGS_BFLD;
    ROWS : UINT8 WITH Label = "how many rows", Confidence = "med", Source = "N";
    UNUSED : UINT8 WITH NameConfidence = "low";
END WITH Source = "K";
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    WIDE : BOOL(0);
    MODE : UINT(1..2) WITH Enum = MODE_ENUM;
    FILLER : FILL(3..7);
END WITH Confidence = "low";
TYPE MODE_ENUM = ENUMERATION
    OFF : 0;
    ON : 1 WITH Label = "<script>alert(1)</script> | `x` *y* & co", Confidence = "low";
    REST : 2..3;
END WITH Confidence = "high", Source = "N, O";
TABLE 0 CONFIG_TBL = CONFIG_RCD WITH Role = "ACTUAL", Label = "configuration", Confidence = "high", Source = "N, R";

TYPE ROW_RCD = PACKED RECORD
    CELLS : ARRAY[2] OF UINT8;
    IF CONFIG_TBL.WIDE THEN
        VALUE : INT32 WITH Unit = "Wh";
    ELSE
        VALUE : INT16 WITH Unit = "kWh", Confidence = "low";
    END;
END;
TYPE LIST_RCD = PACKED RECORD
    COUNT : UINT8;
    HEAD : ROW_RCD WITH Confidence = "med";
    ROWS : ARRAY[CONFIG_TBL.ROWS] OF ROW_RCD;
    FIXED : ARRAY[3] OF PAIR_RCD;
    TEXT : STRING(COUNT) WITH Description = "</td><b>bold</b>";
    LAST : UINT16;
    REST : OPAQUE;
END;
TYPE PAIR_RCD = PACKED RECORD
    A : UINT8;
    B : UINT16;
END;
TYPE SPARE_RCD = PACKED RECORD
    NOBODY : UINT8 WITH Confidence = "low";
END;
TABLE 12 LIST_TBL = LIST_RCD;
TYPE HIDDEN_RCD = OPAQUE;
TYPE HOLDER_RCD = PACKED RECORD
    ALL : HIDDEN_RCD;
END;
TABLE MFG 5 HIDDEN_TBL = HOLDER_RCD WITH Confidence = "low", Source = "K", Label = "hidden";
PROCEDURE 4 DO_IT = PARAMETER PAIR_RCD RESPONSE ROW_RCD WITH Confidence = "med", Source = "T";
"""

FRAGMENT = """
FRAGMENT ACME OF "METER" VERSION "1";
MODIFY TYPE CONFIG_RCD
    ADD EXTRA : UINT8 WITH Label = "added" AFTER FLAGS;
END;
MODIFY TABLE 12
    SET Label = "list";
END;
"""


@cache
def definition(*fragments: str) -> Definition:
    sources = {"folder/meter.tdl": TEXT, **{f"f{i}.tdl": text for i, text in enumerate(fragments)}}
    return load("folder/meter.tdl", list(sources)[1:], Resolver(sources))


@cache
def view(*fragments: str) -> Site:
    return site(definition(*fragments))


def table(of: Site, key: str) -> TableView:
    return next(table for decade in of.decades for table in decade.tables if table.key == key)


def elements(of: Site, key: str) -> dict[str, ElementView]:
    """The elements of a table by anchor, without the table's key."""
    return {e.anchor.removeprefix(f"{key}."): e for e in table(of, key).content.elements}
