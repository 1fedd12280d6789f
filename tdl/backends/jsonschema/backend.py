"""The JSON Schema back end: puts a schema together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from tdl.backends.api import GeneratedFile, Options, check_options, file_name
from tdl.backends.jsonschema.leaves import Schema, either, extent_schema, leaf_schema
from tdl.backends.jsonschema.records import branches, record_schema
from tdl.backends.jsonschema.text import json_text
from tdl.backends.jsonschema.words import codes_schema, element_words, type_words
from tdl.backends.shapes.making import always_covered
from tdl.backends.words import Words
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.expr import Range
from tdl.ir.interval import interval

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_OCTETS = "octets"
_ANYWHERE: Range = (0, plan.MAX_OCTETS)


@dataclass(frozen=True, slots=True)
class JsonSchemaBackend:
    """Generates one JSON Schema, for the JSON of one definition's images and tables."""

    name: str = "jsonschema"
    description: str = "a JSON Schema for the tables' values as JSON"

    @property
    def options(self) -> Mapping[str, str]:
        return {}

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        name = file_name(definition, options)
        content = json_text(_Document(definition, plan).schema(name)) + "\n"
        return (GeneratedFile(path=f"{name}.schema.json", content=content.encode("ascii")),)


BACKEND = JsonSchemaBackend()


class _Document:
    """A schema's definitions, each made when it is first used."""

    def __init__(self, definition: model.Definition, of: plan.Plan) -> None:
        self.definition, self.plan = definition, of
        self.words = Words(definition)
        self.enumerations = {each.name: each for each in definition.enumerations}
        self.shared: dict[str, Schema] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.known: dict[tuple[int, str, Range], Schema] = {}

    def schema(self, name: str) -> Schema:
        tables = sorted(self.plan.tables, key=lambda table: (table.id, table.key))
        properties: Schema = {table.key: self.content(table) for table in tables}
        body: Schema = {
            "title": name,
            "$comment": (
                f"Made by tdl from {self.definition.name} {self.plan.hash}. "
                "This file belongs to whoever made it with tdl."
            ),
            "type": "object",
            "properties": properties | {"$profile": {"$ref": "#/$defs/profile"}, "$schema": {"type": "string"}},
            "additionalProperties": False,
            "$defs": {
                _OCTETS: {
                    "title": "the octets of a table, in hexadecimal",
                    "type": "string",
                    "pattern": r"^\s*([0-9A-Fa-f]{2}\s*)*$",
                },
                "profile": {
                    "title": "what layouts depend on and these tables do not say",
                    "type": "object",
                    "additionalProperties": {"type": "object"},
                },
                **dict(sorted(self.shared.items())),
            },
        }
        # what is bound to another meter is another schema of the same definition
        identity = sha256(json.dumps(body).encode()).hexdigest()
        return {"$schema": DIALECT, "$id": f"urn:tdl:schema:{identity}", **body}

    # --- tables ------------------------------------------------------------------------------------------------------

    def content(self, table: plan.TablePlan) -> Schema:
        """A table in an image: its values, or its octets."""
        said = type_words(table.name, self.words.table(table.key))
        self.shared[table.key] = said | self.value(table.root, "", _ANYWHERE)
        octets, values = {"$ref": f"#/$defs/{_OCTETS}"}, {"$ref": f"#/$defs/{table.key}"}
        return {"title": table.name, "if": {"type": "string"}, "then": octets, "else": values}

    # --- elements ----------------------------------------------------------------------------------------------------

    def declared(self, op: plan.AnyOp, holder: str, index: Range) -> Schema:
        """A member of a record, with what is said of it; one in branches of branches is asked for many times."""
        key = id(op), holder, index
        if key not in self.known:
            self.known[key] = element_words(self.words.member(holder, op.index)) | self.value(op, holder, index)
        return self.known[key]

    def value(self, op: plan.AnyOp, holder: str, index: Range) -> Schema:
        """What an op that is one element makes."""
        match op:
            case plan.Group():
                return self.refer(op.type_name, self.group(op, index))
            case plan.Bits():
                return self.refer(op.type_name, self.bits(op, index))
            case plan.Repeat():
                most = max(interval(op.count, index)[1] - 1, 0)
                items = self.value(op.body, holder, (0, min(most, plan.MAX_OCTETS)))
                return {"type": "array", "items": items} | extent_schema(op.count, index, "minItems", "maxItems")
            case plan.Choose() | plan.When():
                return self.selection(op, holder, index)
            case plan.Fill():
                return {}
            case plan.Take(enumeration=str(codes)) | plan.Field(enumeration=str(codes)) if codes in self.enumerations:
                return {"$ref": f"#/$defs/{self.codes(codes)}"} | leaf_schema(op, index)
            case _:
                return leaf_schema(op, index)

    def selection(self, op: plan.Choose | plan.When, holder: str, index: Range) -> Schema:
        """An element whose format is selected: what any of the formats allows."""
        found = either([self.value(below, holder, index) for branch in branches(op) for below in branch] or [{}])
        if isinstance(op, plan.Choose) and op.atomic and "anyOf" in found:
            return self.refer(op.atomic, found)
        return found

    def group(self, op: plan.Group, index: Range) -> Schema:
        said = type_words(op.type_name, self.words.type(op.type_name))
        return said | record_schema(op.ops, lambda below: self.declared(below, op.type_name, index))

    def bits(self, op: plan.Bits, index: Range) -> Schema:
        """A bit field; bits that no field holds stand in ``$spare``."""
        made = record_schema(op.fields, lambda below: self.declared(below, op.type_name, index))
        spare = (1 << 8 * op.octets) - 1 & ~always_covered(op.fields)
        if spare:
            made["properties"]["$spare"] = {"type": "integer", "minimum": 0, "maximum": spare}
        return type_words(op.type_name, self.words.type(op.type_name)) | made

    def refer(self, name: str, made: Schema) -> Schema:
        """A reference to a definition; those of one name that look different are numbered."""
        key = name, json.dumps(made)
        if key not in self.names:
            self.names[key] = self.free(name)
            self.shared[self.names[key]] = made
        return {"$ref": f"#/$defs/{self.names[key]}"}

    def codes(self, name: str) -> str:
        made = f"codes.{name}"
        if made not in self.shared:
            self.shared[made] = codes_schema(self.enumerations[name])
        return made

    def free(self, name: str) -> str:
        keys = {table.key for table in self.plan.tables} | {_OCTETS, "profile"}
        wanted, number = f"{name}_" if name in keys else name, 2
        found = wanted
        while found in self.shared:
            found, number = f"{wanted}.{number}", number + 1
        return found
