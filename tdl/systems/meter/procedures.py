"""Procedures: what Table 7 asks for is done, and Table 8 says how it went.

Numbers are the standard's; parameters and responses are taken by name from the records that the definition gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from tdl.codec.encoder import encode
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.project.definition import UnknownTable
from tdl.readings.codes import MANUFACTURER_BIT, numbered
from tdl.readings.payload import decode_payload
from tdl.systems.meter.access import Access, Who
from tdl.systems.meter.elements import find, members, number
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.tables import Refusal, Tables

REQUEST, RESPONSE = "ST7", "ST8"

_PADDING = 256
"""Octets that a request is filled up with where its definition wants more of them than a request has."""


class Result(IntEnum):
    """How a procedure went."""

    DONE = 0
    INVALID_PARAMETER = 2
    SETUP_CONFLICT = 3
    NOT_NOW = 4
    NOT_AUTHORISED = 5
    UNKNOWN = 6


class Selector(IntEnum):
    """When Table 8 is to be written."""

    ON_EXCEPTION = 1
    NEVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a procedure went, and the values of its response record.

    Attributes:
        who: who asks from now on, if that has changed.
    """

    result: Result = Result.DONE
    values: Mapping[str, object] = field(default_factory=dict)
    who: Who | None = None


Procedure: TypeAlias = Callable[[Record, Who], Outcome]


class Procedures:
    """The procedures of one meter.

    Args:
        standard: what is done, by number.
    """

    def __init__(self, tables: Tables, access: Access, logs: Logs, standard: Mapping[int, Procedure]) -> None:
        self._tables, self._access, self._logs = tables, access, logs
        self._standard = standard

    def known(self) -> tuple[int, ...]:
        """The numbers of the standard's procedures that the meter has."""
        used = members(self._tables.record("ST0"), "STD_PROC_USED")
        return tuple(sorted(used & self._standard.keys())) if REQUEST in self._tables else ()

    def run(self, octets: bytes, who: Who) -> Who:
        """Do what a request says, once. Whatever comes of it is in Table 8, and saved, when this returns.

        Returns:
            who asks from then on.

        Raises:
            Refusal: it is no request; nothing has been done.
            StoreError: nothing can be saved, and nothing has been done.
        """
        request = self._request(octets)
        about, manufacturer = numbered(request.get("PROC"))
        if about is None:
            raise Refusal("the request names no procedure")
        identity = about | manufacturer << MANUFACTURER_BIT
        try:
            with self._tables.edit():
                outcome = self._outcome(identity, request, who)
                self._logs.log(Event.PROCEDURE_INVOKED, who.user, procedure=identity)
                self._respond(request, identity, outcome)
        except Refusal:
            with self._tables.edit():
                self._respond(request, identity, Outcome(result=Result.SETUP_CONFLICT))
            return who
        return outcome.who or who

    def _request(self, octets: bytes) -> Record:
        definition, environment = self._tables.definition, self._tables.environment
        try:
            return definition.decode(REQUEST, octets, environment)
        except DecodeError as error:
            if error.kind != "truncated" or error.path[:1] != ("PARM",):
                raise Refusal(str(error)) from error
        try:  # a request may be shorter than its table
            return definition.decode(REQUEST, octets + bytes(_PADDING), environment)
        except DecodeError as error:
            if error.kind == "trailing" and isinstance(error.tree, Record):
                return error.tree
            raise Refusal(str(error)) from error

    def _outcome(self, identity: int, request: Record, who: Who) -> Outcome:
        standard = not identity >> MANUFACTURER_BIT
        used = members(self._tables.record("ST0"), "STD_PROC_USED" if standard else "MFG_PROC_USED")
        procedure = self._standard.get(identity) if standard else None
        number_ = identity & ~(1 << MANUFACTURER_BIT)
        if number_ not in used or (procedure is None and not self._is_defined(number_, standard)):
            return Outcome(result=Result.UNKNOWN)
        if not self._access.may_run(identity, who):
            return Outcome(result=Result.NOT_AUTHORISED)
        if procedure is None:
            return Outcome(result=Result.SETUP_CONFLICT)  # the meter has nothing that it could do it with
        parameters = request.get("PARM")
        values = self._parameters(identity, bytes(parameters) if isinstance(parameters, bytes) else b"")
        return Outcome(result=Result.INVALID_PARAMETER) if values is None else procedure(values, who)

    def _is_defined(self, number: int, standard: bool) -> bool:
        procedures = self._tables.definition.model.procedures
        return any(each.id.number == number and (not each.id.group) == standard for each in procedures)

    def _parameters(self, identity: int, octets: bytes) -> Record | None:
        """The values that a procedure is given; None if they are none of its record's."""
        try:
            layout = self._tables.definition.table(f"SP{identity}.parameter")
        except UnknownTable:
            return Record() if not any(octets) else None
        payload = decode_payload(layout, octets, self._tables.environment)
        return None if payload.notes else payload.record

    def _respond(self, request: Record, identity: int, outcome: Outcome) -> None:
        selector = number(request.get("PROC"), "SELECTOR")
        done = outcome.result is Result.DONE
        response = self._tables.record(RESPONSE)
        if response is None or selector == Selector.NEVER or (selector == Selector.ON_EXCEPTION and done):
            return
        data = self._response(identity, outcome.values)
        values = {
            "PROC": request.get("PROC"),
            "SEQ_NBR": request.get("SEQ_NBR"),
            "RESULT_CODE": int(outcome.result),
            "RESP_DATA": data,
        }
        tables = self._tables
        try:
            octets = tables.definition.encode(RESPONSE, values, tables.environment)
        except EncodeError as error:
            if error.kind != "length":
                raise
            size = number(tables.record("ST0"), "MAX_RESP_DATA_LEN")
            values["RESP_DATA"] = data.ljust(size, b"\0")
            octets = tables.definition.encode(RESPONSE, values, tables.environment)
        tables.write(RESPONSE, octets)

    def _response(self, identity: int, values: Mapping[str, object]) -> bytes:
        """The octets of a response; of none if the definition's record is not of these values."""
        try:
            layout = self._tables.definition.table(f"SP{identity}.response")
            octets = encode(layout, values, self._tables.environment)
        except (UnknownTable, EncodeError):
            return b""
        most = find(self._tables.record("ST0"), "MAX_RESP_DATA_LEN")
        return octets if not isinstance(most, int) or len(octets) <= most else b""
