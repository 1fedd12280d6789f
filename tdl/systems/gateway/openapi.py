"""What the gateway does, as a document of OpenAPI 3.1: each table by itself, with the schema of its values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import tdl
from tdl.backends.api import Options
from tdl.backends.jsonschema.backend import BACKEND
from tdl.project.definition import Definition
from tdl.systems.gateway.forms import Form
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


def openapi(meters: Sequence[Meter]) -> Json:
    """The document for some meters."""
    schemas: Json = {"problem": _PROBLEM}
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
        "/meters": {"get": _get("The meters", {"type": "object"}, ())},
        "/meters/{meter}/tables": {"get": _get("The tables of a meter", {"type": "object"}, (_meter(everyone),))},
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
    document: Json = {
        "type": "object",
        "required": ["meter", "table", "layout", "byte_order", "read_at", "octets", "values"],
        "properties": {
            "meter": {"type": "string"},
            "table": {"const": key},
            "layout": {"type": "string"},
            "byte_order": {"enum": ["little", "big", None]},
            "read_at": {"type": "string"},
            "octets": {"type": "integer"},
            "values": values,
        },
    }
    title = held[0][0]
    read = _get(f"Read {key} {title}", document, (meter, *_READING))
    read["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
    read["responses"] |= {"206": {"description": "a part", "content": {Form.OCTETS.value: _OCTETS}}}
    read["responses"] |= {"304": {"description": "as it was"}}
    whole: Json = {"get": read}
    path = f"/meters/{{meter}}/tables/{key}"
    element: Json = {"type": "object", "required": ["element", "value"], "properties": {"value": {}}}
    place = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
    place["description"] = "the path of an element, such as `A.B[0]`"
    parts: Json = {"get": _get(f"Read an element of {key}", element, (meter, place))}
    parts["get"]["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
    parts["get"]["responses"] |= {"304": {"description": "as it was"}}
    if key != REQUESTS:
        sent = {"type": "object", "required": ["values"], "properties": {"values": values}}
        whole["put"] = _put(f"Write {key} {title}", sent, document, (meter, _MATCH))
        whole["put"]["requestBody"]["content"][Form.OCTETS.value] = _OCTETS
        whole["put"]["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
        one: Json = {"type": "object", "required": ["value"], "properties": {"value": {}}}
        parts["put"] = _put(f"Write an element of {key}", one, element, (meter, place, _MATCH))
        parts["put"]["responses"]["200"]["content"][Form.OCTETS.value] = _OCTETS
    return {path: whole, f"{path}/elements/{{path}}": parts}


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
    for status in ("200", "202"):
        made["responses"][status] = {"description": "it ran", "content": {Form.JSON.value: {"schema": answer}}}
    return {"post": made}


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
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
}
_MATCH: Json = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
_READING: tuple[Json, ...] = (
    {"name": "Range", "in": "header", "required": False, "schema": {"type": "string"}},
    {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}},
)
