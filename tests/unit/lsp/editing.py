"""Texts, and random edits of them as people make them."""

from __future__ import annotations

import random

BASE = """\
{ A small meter. }
DOCUMENT METER EDITION "1997" WITH PendingHeader = EVENT_RCD;

{ What happens. }
TYPE EVENT_RCD = PACKED RECORD
    WHEN : UINT8; { behind it }
END;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    INT_FORMAT : UINT(1..2);
    FILLER : FILL(3..7);
END;

{ tdl: allow TDL703 it is for the fragments }
TYPE SPARE_RCD = PACKED RECORD A : UINT8; END; TYPE KIND_ENUM = ENUMERATION
    GAS : 0;
    { the usual one }
    ELECTRIC : 2;
END;
{ Trailing words that lead nothing.

}
TYPE CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    KIND : UINT8 WITH Enum = KIND_ENUM, Label = "kind – é 🙂";
    COUNT : UINT8;
    USED : SET(1);
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD WITH Role = "CONTROL";

TYPE LIST_RCD = PACKED RECORD
    LENGTH : UINT8 WITH Unit = "octets";
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
    DATA : BINARY(LENGTH);
    IF CONFIG_TBL.DATA_ORDER == 1 THEN
        EXTRA : UINT8;
    ELSE
        OTHER : ARRAY[2] OF EVENT_RCD;
    END;
    SWITCH CONFIG_TBL.KIND OF
        CASE 0: GAS_UNIT : UINT8;
        DEFAULT : UNIT : UINT16;
    END;
END;
TABLE 1 LIST_TBL = LIST_RCD;
{ the last words }
"""

MAKER = """\
FRAGMENT MAKER OF "METER" VERSION "1";

ADD TYPE MAKER_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = KIND_ENUM;
    ROWS : ARRAY[LIST_TBL.LENGTH] OF UINT8;
END;
ADD TABLE MFG 5 MAKER_TBL = MAKER_RCD;
{ tdl: allow TDL702 it is as the others call it }
ADD TYPE Odd = UINT8;
MODIFY TYPE CONFIG_RCD
    ADD MORE : UINT8 AFTER COUNT;
    SET KIND.Label = "what it measures";
END;
"""

MODEL = """\
FRAGMENT MODEL OF "MAKER";
MODIFY TYPE MAKER_RCD
    REPLACE STATE : UINT16 WAS UINT8;
    RENAME ROWS TO LINES;
END;
REMOVE TABLE 1;
"""

_PIECES = (
    "{", "}", "{ words }", ";", ";;", "\n", "\n\n", '"', "END;", "TYPE X_RCD = PACKED RECORD A : UINT8; END;\n",
    "UINT8", "UINT16", "LIST_TBL", "CONFIG_TBL.COUNT", "TABLE 1 ", "MODIFY TYPE LIST_RCD\n", "[", "]", "é", "🙂",
    "\r\n", " : ", "IF ",
    "FRAGMENT F OF \"METER\";", 'IMPORT "x.tdl";\n', "{ tdl: allow TDL702 r }", "WITH Label = \"a\"",
    "Global Default Table Property Overrides: Role=\"DATA\"\n",
)  # fmt: skip


def edited(text: str, chance: random.Random) -> str:
    """The text after one edit: something put in, taken away, said twice, or put back in order."""
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 1, 3, 10, 60)))
    match chance.randrange(5):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:end] + text[start:]
        case 2:
            return text[:start] + chance.choice(_PIECES) + text[end:]
        case _:
            return text[:start] + chance.choice(_PIECES) + text[start:]


def history(text: str, seed: int, length: int) -> list[str]:
    """The states of a text while it is edited; now and then everything is undone."""
    chance = random.Random(seed)
    states = [text]
    for _ in range(length):
        states.append(edited(states[-1] if chance.random() < 0.7 else chance.choice(states), chance))
        if chance.random() < 0.2:
            states.append(text)
    return states
