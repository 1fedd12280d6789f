"""What the gateway does, as a document of OpenAPI 3.1: each table by itself, with the schema of its values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import tdl
from tdl.backends.api import Options
from tdl.backends.jsonschema.backend import BACKEND
from tdl.project.definition import Definition
from tdl.systems.gateway.forms import PATCH, Form
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.names import REQUESTS, SECRET

Json: TypeAlias = dict[str, Any]

_JSON = (Form.JSON.value, Form.CBOR.value)
_OCTETS: Json = {"schema": {"type": "string", "contentMediaType": Form.OCTETS.value}}
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]")

_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "c12": {"type": "object", "description": "what the meter said"},
    },
}


_JOB: Json = {
    "type": "object",
    "required": ["job", "request", "state", "status"],
    "properties": {
        "job": {"type": "string"},
        "request": {"type": "string"},
        "state": {"enum": ["waits", "begun", "ended"]},
        "status": {"type": ["integer", "null"]},
    },
}


def openapi(meters: Sequence[Meter]) -> Json:
    """The document for some meters."""
    schemas: Json = {"gateway.problem": _PROBLEM, "gateway.job": _JOB}
    by_hash: dict[str, tuple[Definition, list[str]]] = {}
    for meter in meters:
        by_hash.setdefault(meter.definition.hash, (meter.definition, []))[1].append(meter.name)
    tables: dict[str, list[tuple[str, list[str], str]]] = {}
    procedures: dict[str, list[tuple[str, list[str], str]]] = {}
    for hash, (definition, names) in by_hash.items():
        prefix = "" if len(by_hash) == 1 else f"{hash[:12]}."
        schemas |= _schemas(definition, prefix)
        for table in definition.model.tables:
            key = str(table.id)
            if key not in SECRET and key[:2] in ("ST", "MT"):
                tables.setdefault(key, []).append((table.name, names, f"{prefix}{key}"))
        for each in definition.model.procedures:
            key = f"{'MP' if each.id.group else 'SP'}{each.id.number}"
            record = f"{prefix}{key}.parameter"
            procedures.setdefault(key, []).append((each.name, names, record if record in schemas else ""))
    everyone = [meter.name for meter in meters]
    paths: Json = {
        "/meters": {"get": _later(_get("The meters", {"type": "object"}, ()))},
        "/meters/{meter}/tables": {
            "get": _later(_get("The tables of a meter", {"type": "object"}, (_meter(everyone),)))
        },
        **_jobs(),
    }
    for key, held in tables.items():
        paths |= _table(key, held)
    for key, held in procedures.items():
        paths[f"/meters/{{meter}}/procedures/{key}"] = _procedure(key, held)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Meters by their tables", "version": tdl.__version__},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "security": [{"token": []}, {}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(definition: Definition, prefix: str) -> Json:
    """The schemas of a definition's values, where OpenAPI wants them."""
    (made,) = BACKEND.generate(definition.model, definition.plan, Options())
    names = json.loads(made.content)["$defs"]

    def moved(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                key: f"#/components/schemas/{_name(prefix, value)}" if key == "$ref" else moved(value)
                for key, value in part.items()
            }
        return [moved(each) for each in part] if isinstance(part, list) else part

    return {_name(prefix, name): moved(schema) for name, schema in names.items()}


def _name(prefix: str, name: str) -> str:
    return prefix + _NOT_IN_A_NAME.sub("_", name.removeprefix("#/$defs/"))


def _table(key: str, held: list[tuple[str, list[str], str]]) -> Json:
    meter = _meter([name for _, names, _ in held for name in names])
    values = _either([{"$ref": f"#/components/schemas/{schema}"} for _, _, schema in held])
    whole, some, one = (_document(key, **members) for members in _members(values))
    title = held[0][0]
    read = _get(f"Read {key} {title}", _either([whole, some]), (meter, _ELEMENTS, *_READING))
    read["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
    read["responses"] |= {"206": {"description": "a part", "content": {Form.OCTETS.value: _OCTETS}}}
    place = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
    place["description"] = "the path of an element, such as `A.B[0]`"
    element = _get(f"Read an element of {key}", one, (meter, place))
    element["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
    for each in (read, element):
        each["responses"] |= {"304": {"description": "as it was"}}
    tables: Json = {"get": _later(read)}
    elements: Json = {"get": _later(element)}
    if key != REQUESTS:
        put = _put(f"Write {key} {title}", _with("values", values), whole, (meter, _MATCH))
        put["requestBody"]["content"][Form.OCTETS.value] = _OCTETS
        patch = _get(f"Write elements of {key}", _either([whole, some]), (meter, _ELEMENTS, _MATCH))
        patch["requestBody"] = {"required": True, "content": {PATCH: {"schema": _PATCH}}}
        write = _put(f"Write an element of {key}", _with("value", {}), one, (meter, place, _MATCH))
        for each in (put, patch, write):
            each["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
        tables |= {"put": _later(put), "patch": _later(patch)}
        elements["put"] = _later(write)
    path = f"/meters/{{meter}}/tables/{key}"
    return {path: tables, f"{path}/elements/{{path}}": elements}


def _members(values: Json) -> Iterator[Json]:
    """What documents of a table, of several elements and of one have beside what all have."""
    yield {"values": values}
    yield {"elements": {"type": "object"}, "reads": {"type": "integer"}}
    yield {"element": {"type": "string"}, "value": {}}


def _document(key: str, **members: Json) -> Json:
    about: Json = {
        "meter": {"type": "string"},
        "table": {"const": key},
        "layout": {"type": "string"},
        "byte_order": {"enum": ["little", "big", None]},
        "read_at": {"type": "string"},
        "octets": {"type": "integer"},
        **members,
    }
    return {"type": "object", "required": list(about), "properties": about}


def _with(name: str, schema: Json) -> Json:
    return {"type": "object", "required": [name], "properties": {name: schema}}


def _procedure(key: str, held: list[tuple[str, list[str], str]]) -> Json:
    meter = _meter([name for _, names, _ in held for name in names])
    records = [{"$ref": f"#/components/schemas/{record}"} for _, _, record in held if record]
    sent = {
        "type": "object",
        "required": ["parameters"],
        "properties": {"parameters": _either([*records, {"type": "null"}])},
    }
    answer: Json = {"type": "object", "required": ["procedure", "result", "octets", "response"]}
    once = {"name": "Idempotency-Key", "in": "header", "required": True}
    once["schema"] = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    made = _put(f"Run {key} {held[0][0]}", sent, answer, (meter, once))
    made["requestBody"]["content"][Form.OCTETS.value] = _OCTETS
    made["responses"]["200"] = {"description": "it ran", "content": {Form.JSON.value: {"schema": answer}}}
    begun = _either([answer, _JOB_REF])
    later = _later(made)
    later["responses"]["202"] = {"description": "it runs", "content": {Form.JSON.value: {"schema": begun}}}
    return {"post": later}


def _jobs() -> Json:
    name = {"name": "job", "in": "path", "required": True, "schema": {"type": "string"}}
    remove: Json = {"summary": "End or forget a job", "parameters": [name]}
    remove["responses"] = {"204": {"description": "it is gone"}, "default": _DEFAULT}
    # An answer is whatever the request would have been answered.
    answer: Json = {
        "summary": "What came of a job",
        "parameters": [name],
        "responses": {"default": {"description": ""}},
    }
    return {
        "/jobs": {"get": _get("The jobs of a token", {"type": "object"}, ())},
        "/jobs/{job}": {"get": _get("How far a job has got", _JOB_REF, (name,)), "delete": remove},
        "/jobs/{job}/answer": {"get": answer},
    }


def _later(operation: Json) -> Json:
    """An operation that can be a job."""
    later = {"202": {"description": "a job", "content": {Form.JSON.value: {"schema": _JOB_REF}}}}
    parameters = [*operation["parameters"], _PREFER]
    return {**operation, "parameters": parameters, "responses": {**operation["responses"], **later}}


def _get(summary: str, schema: Json, parameters: Iterable[Mapping[str, Any]]) -> Json:
    return {
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": {"description": "it is", "content": _content(schema)}, "default": _DEFAULT},
    }


def _put(summary: str, sent: Json, answer: Json, parameters: Iterable[Mapping[str, Any]]) -> Json:
    return {**_get(summary, answer, parameters), "requestBody": {"required": True, "content": _content(sent)}}


def _content(schema: Json) -> Json:
    return {kind: {"schema": schema} for kind in _JSON}


def _meter(names: Sequence[str]) -> Json:
    return {"name": "meter", "in": "path", "required": True, "schema": {"enum": list(names)}}


def _either(schemas: list[Json]) -> Json:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


_DEFAULT: Json = {
    "description": "not done",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/gateway.problem"}}},
}
_MATCH: Json = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
_ELEMENTS: Json = {
    "name": "elements",
    "in": "query",
    "required": False,
    "description": "paths of elements, with commas between them",
    "schema": {"type": "string", "minLength": 1},
}
_PREFER: Json = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async` for an answer later, `wait=SECONDS` beside it for one at once if it comes in time",
    "schema": {"type": "string"},
}
_PATCH: Json = {
    "type": "object",
    "properties": {"values": {"type": "object"}, "elements": {"type": "object"}},
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
_JOB_REF: Json = {"$ref": "#/components/schemas/gateway.job"}
_READING: tuple[Json, ...] = (
    {"name": "Range", "in": "header", "required": False, "schema": {"type": "string"}},
    {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}},
)
