"""Procedures: what a request in Table 7 asks for, what a response in Table 8 answers, and how a request is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import EncodeError, TdlError
from tdl.codec.values import Record
from tdl.ir import model, plan
from tdl.ir.traverse import walk
from tdl.project.definition import Definition, UnknownTable
from tdl.project.reading import Reading
from tdl.readings.codes import MANUFACTURER_BIT, find_code, numbered
from tdl.readings.payload import decode_payload, environment_for
from tdl.readings.tables import integer

REQUEST, RESPONSE = "ST7", "ST8"

_RESULTS, _SELECTORS = "RESULT_CODE_ENUM", "RESPONSE_SELECTOR_ENUM"


class UnknownProcedure(TdlError, LookupError):
    """A definition has no procedure of a name."""

    def __init__(self, definition: str, name: str) -> None:
        super().__init__(f"{definition} has no procedure `{name}`")
        self.definition, self.name = definition, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request or response of a procedure.

    Attributes:
        table: ``ST7`` for a request, ``ST8`` for a response.
        key: ``SP10``, or ``MP70`` for a manufacturer's.
        name: empty if the definition does not have the procedure.
        selector, sequence: of the request; a response repeats them.
        result: the code of a response; None in a request.
        record: the parameters or the response's values; None if there are none or they do not fit.
        octets: the same as they are.
        notes: what is uncertain or missing.
    """

    table: str
    key: str
    name: str
    selector: int | None
    selector_name: str
    sequence: int | None
    result: int | None
    result_name: str
    record: Record | None
    octets: bytes
    notes: tuple[str, ...] = ()


def procedures(reading: Reading) -> tuple[Message, ...]:
    """The request and the response that an image holds, as far as it does."""
    return tuple(_message(reading, key, reading.values[key]) for key in (REQUEST, RESPONSE) if key in reading.values)


def _message(reading: Reading, table: str, values: Record) -> Message:
    definition = reading.definition.model
    number, manufacturer = numbered(values.get("PROC"))
    octets = values.get("PARM" if table == REQUEST else "RESP_DATA")
    octets = bytes(octets) if isinstance(octets, bytes) else b""
    if number is None:
        key, found, record = "", None, None
        notes: tuple[str, ...] = ("it names no procedure",)
    else:
        identity = model.TableId(number | (model.MFG if manufacturer else 0))
        found = next((each for each in definition.procedures if each.id == identity), None)
        key = _key(identity)
        record, notes = _content(reading, table, key, found, octets)
    head = values.get("PROC")
    selector = integer(head, "SELECTOR") if isinstance(head, Record) else None
    result = integer(values, "RESULT_CODE")
    return Message(
        table=table,
        key=key,
        name="" if found is None else found.name,
        selector=selector,
        selector_name=_named(definition, _SELECTORS, selector),
        sequence=integer(values, "SEQ_NBR"),
        result=result,
        result_name=_named(definition, _RESULTS, result),
        record=record,
        octets=octets,
        notes=notes,
    )


def _content(
    reading: Reading, table: str, key: str, procedure: model.Procedure | None, octets: bytes
) -> tuple[Record | None, tuple[str, ...]]:
    if procedure is None:
        return None, (f"{reading.definition.name} has no procedure {key}",)
    layout = _layout(reading.definition, key, "parameter" if table == REQUEST else "response")
    if layout is None:
        what = "parameters" if table == REQUEST else "response"
        odd = f"{key} has no {what}, these octets are none: {octets.hex(' ').upper()}"
        return None, (odd,) if any(octets) else ()
    if not octets and table == RESPONSE and layout.size[0]:
        return None, ()  # a response may be empty whatever was asked
    payload = decode_payload(layout, octets, environment_for(reading, layout))
    return payload.record, payload.notes


def request(
    meter: Reading | Definition,
    procedure: str,
    parameters: Record | Mapping[str, object] | bytes | None = None,
    *,
    sequence: int = 0,
    selector: int = 0,
    environment: Environment | None = None,
) -> bytes:
    """The octets of Table 7 that start a procedure.

    Args:
        meter: its reading, or a definition with an environment of what the layouts need.
        procedure: ``SP10``, ``MP70`` or its name.
        parameters: the values of its parameter record, or their octets.
        selector: when the meter is to answer: 0 on completion, 1 on an exception only, 2 never, 3 at once and on
            completion.

    Raises:
        UnknownProcedure: the definition has no such procedure.
        EncodeError: the parameters do not fit.
        tdl.project.definition.UnknownTable: the definition has no Table 7.
    """
    definition = meter if isinstance(meter, Definition) else meter.definition
    found = _find(definition, procedure)
    key = _key(found.id)
    if isinstance(parameters, bytes | bytearray):
        octets = bytes(parameters)
    else:
        layout = _layout(definition, key, "parameter")
        if layout is not None:
            octets = encode(layout, parameters or {}, _environment(meter, layout, environment))
        elif parameters:
            raise EncodeError(table=key, kind="unknown", expected="no parameters", found=", ".join(parameters))
        else:
            octets = b""
    table = definition.table(REQUEST)
    head = {"TBL_PROC_NBR": found.id.number, _flag_name(table): bool(found.id.group), "SELECTOR": selector}
    values = {"PROC": head, "SEQ_NBR": sequence, "PARM": octets}
    return encode(table, values, _environment(meter, table, environment))


def _find(definition: Definition, name: str) -> model.Procedure:
    for each in definition.model.procedures:
        if name.upper() in (_key(each.id), each.name.upper()):
            return each
    raise UnknownProcedure(definition.name, name)


def _key(procedure: model.TableId) -> str:
    return f"{'MP' if procedure.group else 'SP'}{procedure.number}"


def _layout(definition: Definition, key: str, role: str) -> plan.TablePlan | None:
    try:
        return definition.table(f"{key}.{role}")
    except UnknownTable:
        return None


def _environment(
    meter: Reading | Definition, layout: plan.TablePlan, environment: Environment | None
) -> Environment | None:
    if environment is not None or isinstance(meter, Definition):
        return environment
    return environment_for(meter, layout)


def _flag_name(table: plan.TablePlan) -> str:
    """What the definition calls the bit that marks a manufacturer's procedure: editions spell it in two ways."""
    fields = (op for op in walk(table.root) if isinstance(op, plan.Field))
    return next((field.name for field in fields if field.low == MANUFACTURER_BIT), "STD_VS_MFG_FLAG")


def _named(definition: model.Definition, enumeration: str, code: int | None) -> str:
    found = find_code(definition, enumeration, code)
    return "" if found is None else found.name
