"""Procedures: their parameters as octets, and what came of one as a caller is told."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.json_values import to_json
from tdl.codec.values import Record
from tdl.project.definition import UnknownTable
from tdl.readings.payload import decode_payload, environment_for
from tdl.readings.procedures import request
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.problems import Problem, of_image
from tdl.systems.gateway.runs import Answer
from tdl.systems.gateway.snapshots import Order, order_of
from tdl.systems.wire.dialogue import Outcome

_HEAD = 3
"""Octets of Table 7 before the parameters: the procedure and its sequence."""

_RESULTS: Mapping[int, tuple[int, str]] = MappingProxyType(
    {
        0: (200, "done"),
        1: (202, "accepted, and not finished"),
        2: (422, "the parameters are wrong"),
        3: (409, "it conflicts with the meter's setup"),
        4: (409, "it is not the time for it"),
        5: (403, "the meter does not allow it"),
        6: (501, "the meter does not have it"),
    }
)
"""What the standard's results are to a caller; any other is the manufacturer's: it ended, and is no success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure by its key, and by its number with the manufacturer's bit."""

    key: str
    number: int


@dataclass(slots=True)
class Begun:
    """How far a run has got."""

    uncertain: bool = False
    answered: bool = False


def procedure_of(meter: Meter, name: str) -> Procedure:
    """A procedure by its key or name.

    Raises:
        Problem: the definition has none.
    """
    for each in meter.definition.model.procedures:
        key = f"{'MP' if each.id.group else 'SP'}{each.id.number}"
        if name in (key, each.name):
            return Procedure(key=key, number=each.id.value)
    raise Problem(404, "no procedure of that name")


def digest_of(meter: Meter, procedure: Procedure, content: object) -> bytes:
    """What two requests have in common that ask for the same."""
    said = content.hex() if isinstance(content, bytes) else json.dumps(content, sort_keys=True)
    return hashlib.sha256("\n".join((meter.name, procedure.key, type(content).__name__, said)).encode()).digest()


async def parameters_of(meter: Meter, procedure: Procedure, sent: object) -> tuple[bytes, Order]:
    """The octets of parameters, and the byte order of the meter that they are for.

    Raises:
        Problem: they do not fit, or the meter does not tell its byte order.
    """
    reading = await meter.surroundings(meter.find("ST7"))
    order = order_of(reading)
    if order is None:
        raise Problem(502, "the meter does not show its Table 0, which tells the byte order")
    if not isinstance(sent, bytes | Record) and sent is not None:
        raise Problem(422, "`parameters` is no object of elements")
    try:
        return request(reading, procedure.key, sent)[_HEAD:], order
    except EncodeError as error:
        raise of_image(error) from None
    except UnknownTable as error:
        raise Problem(501, str(error)) from None


async def answer_of(meter: Meter, procedure: Procedure, outcome: Outcome) -> Answer:
    """What a caller is told of what came of a procedure."""
    status, said = _RESULTS.get(outcome.result, (422, "the manufacturer's own result"))
    document: dict[str, object] = {
        "meter": meter.name,
        "procedure": procedure.key,
        "result": outcome.result,
        "result_text": said,
        "octets": outcome.octets.hex().upper(),
        "response": await _response(meter, procedure, outcome.octets),
    }
    if status >= 400:
        problem = Problem(status, said, more=document)
        return Answer(status=status, body=json.dumps(problem.document()).encode("utf-8"))
    return Answer(status=status, body=json.dumps(document).encode("utf-8"))


async def _response(meter: Meter, procedure: Procedure, octets: bytes) -> object:
    """The values of a response; None if there are none or they do not fit, as the octets stand beside them."""
    try:
        layout = meter.definition.table(f"{procedure.key}.response")
    except UnknownTable:
        return None
    if not octets and layout.size[0]:
        return None
    try:
        reading = await meter.surroundings(meter.find("ST8"))
        payload = await asyncio.to_thread(decode_payload, layout, octets, environment_for(reading, layout))
    except (DecodeError, Problem):
        return None  # the procedure ended, and whatever fails now does not change that
    return None if payload.record is None else to_json(payload.record)
