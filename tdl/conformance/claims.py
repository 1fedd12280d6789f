"""What Table 0 says there is, beside the definition and the rest of the image."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from tdl.check.register import FIRST
from tdl.codec.values import Members
from tdl.ir import model
from tdl.project.reading import Reading
from tdl.report import Diagnostic
from tdl.report.rules import meters

CONFIGURATION = "ST0"
FIRST_VERSIONS = (0, 1)
"""What STD_VERSION_NO is in meters of the first edition."""

_USED = (("STD_TBLS_USED", "STD_TBLS_WRITE", 0), ("MFG_TBLS_USED", "MFG_TBLS_WRITE", model.MFG))
_CALLED = (("STD_PROC_USED", "SP", ""), ("MFG_PROC_USED", "MP", "MFG"))


def claims(reading: Reading) -> Iterator[Diagnostic]:
    """The sets of Table 0, the definition and the image agree on which tables there are."""
    at = f"{reading.image.name}: {CONFIGURATION}"
    declared = {str(table.id) for table in reading.definition.model.tables}
    held = {*reading.values, *reading.failures}
    for used, write, base in _USED:
        claimed = _members(reading, used)
        if claimed is None:
            continue
        keys = [str(model.TableId(base | number)) for number in claimed]
        for key in keys:
            if key not in declared:
                yield meters.CLAIMED.at(None, place=at, what=key, definition=reading.definition.name)
        prefix = "MT" if base else "ST"
        here = {key for key in held if key.startswith(prefix) and key[2:].isdigit()}
        for key in sorted(here.difference(keys), key=lambda key: int(key[2:])):
            yield meters.NOT_CLAIMED.at(None, place=f"{reading.image.name}: {key}", table=key)
        for number in _members(reading, write) or ():
            key = str(model.TableId(base | number))
            if key not in keys:
                yield meters.WRITABLE_UNUSED.at(None, place=at, table=key)


def _members(reading: Reading, name: str) -> tuple[int, ...] | None:
    """The numbers in a set of Table 0; None if it is not there."""
    configuration = reading.values.get(CONFIGURATION)
    found = None if configuration is None else configuration.get(name)
    return tuple(takewhile(lambda number: number < model.MFG, found)) if isinstance(found, Members) else None


def calls(reading: Reading) -> Iterator[Diagnostic]:
    """The procedures that Table 0 claims are declared, and their records fit the lengths that it allows."""
    at = f"{reading.image.name}: {CONFIGURATION}"
    declared = {(each.id.group, each.id.number) for each in reading.definition.model.procedures}
    records = {table.key: table for table in reading.definition.plan.tables if "." in table.key}
    lengths = (("parameter", "MAX_PROC_PARM_LENGTH"), ("response", "MAX_RESP_DATA_LEN"))
    for used, prefix, group in _CALLED:
        for number in _members(reading, used) or ():
            if (group, number) not in declared:
                yield meters.CLAIMED.at(None, place=at, what=f"{prefix}{number}", definition=reading.definition.name)
            for part, element in lengths:
                record, most = records.get(f"{prefix}{number}.{part}"), reading.values[CONFIGURATION].get(element)
                if record is not None and isinstance(most, int) and record.size[0] > most:
                    yield meters.CONTRADICTION.at(
                        None,
                        place=at,
                        element=f"{CONFIGURATION} {element}",
                        found=most,
                        expected=f"{record.size[0]} or more for `{record.name}`",
                    )


def edition(reading: Reading) -> Iterator[Diagnostic]:
    """A definition of the first edition does not know what later ones put into the same tables."""
    configuration = reading.values.get(CONFIGURATION)
    version = None if configuration is None else configuration.get("STD_VERSION_NO")
    if reading.definition.model.edition == FIRST and isinstance(version, int) and version not in FIRST_VERSIONS:
        yield meters.CONTRADICTION.at(
            None,
            place=f"{reading.image.name}: {CONFIGURATION}",
            element=f"{CONFIGURATION} STD_VERSION_NO",
            found=int(version),
            expected=f"at most {FIRST_VERSIONS[-1]} of a meter of the edition of {FIRST}",
        )
