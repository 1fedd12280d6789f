"""8xx: changes between two definitions. An error breaks who reads the one meter with the other's definition."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_OLD = """
TYPE STATE_ENUM = ENUMERATION
    OPEN : 0;
    CLOSED : 1;
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    ALARM : BOOL(0);
    FILLER : FILL(1..7);
END;
TYPE METER_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATE_ENUM;
    COUNT : UINT8;
    FLAGS : FLAGS_BFLD;
    IF COUNT > 1 THEN
        EXTRA : UINT8;
    END;
    DATA : BINARY(COUNT);
    LAST : UINT8;
END;
TABLE 1 METER_TBL = METER_RCD;
""".lstrip()
_SECOND = "TYPE SECOND_RCD = PACKED RECORD\n    VALUE : UINT8;\nEND;\nTABLE 2 SECOND_TBL = SECOND_RCD;\n"
_STATE, _COUNT = "    STATE : UINT8 WITH Enum = STATE_ENUM;\n", "    COUNT : UINT8;\n"


def _change(old: str, new: str, text: str = _OLD) -> Example:
    assert old in text
    return Example({"old.tdl": text, "new.tdl": text.replace(old, new)}, "tdl diff old.tdl new.tdl")


def _files(old: str, new: str) -> Example:
    return Example({"old.tdl": old, "new.tdl": new}, "tdl diff old.tdl new.tdl")


_SAME = _files(_OLD, _OLD)

_QUANTITY = """
TYPE METER_RCD = PACKED RECORD
    VOLTS : UINT16 WITH Quantity = "voltage", Unit = "V", Scale = "0.01", Label = "voltage";
END;
TABLE 1 METER_TBL = METER_RCD WITH Accessibility = "READWRITE", Volatile = TRUE;
""".lstrip()


def _meaning(old: str, new: str) -> Example:
    return _change(old, new, _QUANTITY)


def _pending(record: str) -> str:
    event = f"TYPE EVENT_RCD = PACKED RECORD\n    EVENT : {record};\nEND;\n"
    return f"DOCUMENT METER WITH PendingHeader = EVENT_RCD;\n{event}TABLE 1 EVENT_TBL = EVENT_RCD;\n"


def _procedure(parameter: str) -> str:
    record = "TYPE WHAT_RCD = PACKED RECORD\n    WHAT : UINT8;\nEND;\n"
    return f"{record}PROCEDURE 4 CLEAR = {parameter}RESPONSE WHAT_RCD;\n"


TABLE_REMOVED = Rule(
    code="TDL801",
    slug="table-removed",
    message="{table} is gone",
    why="Who reads this table of meters of the new definition finds it described nowhere.",
    wrong=_files(_OLD + _SECOND, _OLD),
    right=_SAME,
)

TABLE_ADDED = Rule(
    code="TDL802",
    slug="table-added",
    message="{table} is new",
    severity=Severity.NOTE,
    why="A table that older definitions do not have disturbs no reader of the others.",
    wrong=_files(_OLD, _OLD + _SECOND),
    right=_SAME,
)

TABLE_EXTENDED = Rule(
    code="TDL803",
    slug="table-extended",
    message="{table} has {found} more behind its end",
    severity=Severity.NOTE,
    why="""
All that was there is where it was, and elements were added behind it. Who reads by element, or by offset and count,
is not disturbed; who takes the whole table sees octets that the old definition does not have.
""",
    wrong=_change("    LAST : UINT8;\n", "    LAST : UINT8;\n    LATEST : UINT8;\n"),
    right=_SAME,
)

TABLE_RENAMED = Rule(
    code="TDL804",
    slug="table-renamed",
    message="{table} was called `{old}` and is now `{new}`",
    severity=Severity.WARNING,
    why="The octets are the same; programs, profiles and fragments that use the old name no longer find it.",
    wrong=_change("METER_TBL", "DEVICE_TBL"),
    right=_SAME,
)

ELEMENT_REMOVED = Rule(
    code="TDL805",
    slug="element-removed",
    message="`{element}` is gone",
    why="Who reads this element no longer finds it.",
    wrong=_change("    LAST : UINT8;\n", ""),
    right=_SAME,
)

ELEMENT_ADDED = Rule(
    code="TDL806",
    slug="element-added",
    message="`{element}` is new",
    why="""
An element before others moves those behind it, so that a reader with the old definition takes wrong octets for them.
Only a note if it lies in bits of a container that had no meaning, or behind all else.
""",
    wrong=_change("    COUNT : UINT8;\n", "    SERIAL : UINT8;\n    COUNT : UINT8;\n"),
    right=_SAME,
)

ELEMENT_RENAMED = Rule(
    code="TDL807",
    slug="element-renamed",
    message="`{old}` is now called `{new}`",
    severity=Severity.WARNING,
    why="The octets are the same; programs, profiles and fragments that use the old name no longer find it.",
    wrong=_change("LAST", "NEWEST"),
    right=_SAME,
)

ELEMENT_MOVED = Rule(
    code="TDL808",
    slug="element-moved",
    message="`{element}` was at {old} and is now at {new}",
    why="A reader with the old definition takes other octets for it.",
    wrong=_change(_STATE + _COUNT, _COUNT + _STATE),
    right=_SAME,
)

ELEMENT_RETYPED = Rule(
    code="TDL809",
    slug="element-retyped",
    message="`{element}` was {old} and is now {new}",
    why="Its width, its kind or its sign changed, so a reader with the old definition gets another value.",
    wrong=_change("    LAST : UINT8;\n", "    LAST : INT8;\n"),
    right=_SAME,
)

CODES_CHANGED = Rule(
    code="TDL810",
    slug="codes-changed",
    message="{code} of `{element}` was {old} and is now {new}",
    why="""
A code that means something else is read wrong by who knows the old meaning. Only a note for a code that had no name
before, and a warning for one that has no longer one.
""",
    wrong=_change("    OPEN : 0;\n    CLOSED : 1;\n", "    CLOSED : 0;\n    OPEN : 1;\n"),
    right=_SAME,
)

CONDITION_CHANGED = Rule(
    code="TDL811",
    slug="condition-changed",
    message="`{element}` was there {old} and is now {new}",
    why="For some meters one definition has the element and the other has not, and what follows is elsewhere.",
    wrong=_change("IF COUNT > 1 THEN", "IF COUNT > 2 THEN"),
    right=_SAME,
)

DIMENSION_CHANGED = Rule(
    code="TDL812",
    slug="dimension-changed",
    message="`{element}` had {old} and now has {new}",
    why="For some meters the element has another length, and what follows is elsewhere.",
    wrong=_change("BINARY(COUNT)", "BINARY(COUNT + 1)"),
    right=_SAME,
)

MEANING_CHANGED = Rule(
    code="TDL813",
    slug="meaning-changed",
    message="{what} has {property} {new}, it had {old}",
    why="""
The octets are where they were, and stand for something else: a program goes on reading them and reports wrong values.
`Scale` is 1 where an element has a quantity or unit and no scale. Only a note where nothing was said before, and a
warning where nothing is said any longer.
""",
    wrong=_meaning('Scale = "0.01"', 'Scale = "0.1"'),
    right=_meaning('Scale = "0.01"', 'Scale = "0.010"'),
)

WORDS_CHANGED = Rule(
    code="TDL814",
    slug="words-changed",
    message="{what} has {property} {new}, it had {old}",
    severity=Severity.NOTE,
    why="A label or a description is for people. No program depends on it.",
    wrong=_meaning('Label = "voltage"', 'Label = "line voltage"'),
    right=_files(_QUANTITY, _QUANTITY),
)

ACCESS_CHANGED = Rule(
    code="TDL815",
    slug="access-changed",
    message="{table} was {old} and is now {new}",
    why="""
A table that cannot be read gives a reader nothing. Only a warning where it can no longer be written, which who writes
is told by the meter, and a note where something more is allowed.
""",
    wrong=_meaning('"READWRITE"', '"WRITEONLY"'),
    right=_files(_QUANTITY, _QUANTITY),
)

PROPERTY_CHANGED = Rule(
    code="TDL816",
    slug="property-changed",
    message="{what} has {property} {new}, it had {old}",
    severity=Severity.NOTE,
    why="""
The property changes neither the layout nor what a value means. `Confidence`, `NameConfidence` and `Source` say how well
a fact is attested, and are not compared.
""",
    wrong=_meaning("Volatile = TRUE", "Volatile = FALSE"),
    right=_files(_QUANTITY, _QUANTITY),
)

PARAMETERS_ADDED = Rule(
    code="TDL817",
    slug="parameters-added",
    message="{table} is new: the procedure had no parameters",
    why="Who calls the procedure as before sends too few octets.",
    wrong=_files(_procedure(""), _procedure("PARAMETER WHAT_RCD ")),
    right=_files(_procedure("PARAMETER WHAT_RCD "), _procedure("PARAMETER WHAT_RCD ")),
)

PENDING_CHANGED = Rule(
    code="TDL818",
    slug="pending-changed",
    message="`{old}` stood before pending tables, now it is {new}",
    why="""
The pending copy of a table begins with a record that says when it takes effect. If that is laid out otherwise, all that
is behind it is elsewhere, in every pending table.
""",
    wrong=_files(_pending("UINT8"), _pending("UINT16")),
    right=_files(_pending("UINT8"), _pending("UINT8")),
)
