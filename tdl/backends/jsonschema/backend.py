"""The JSON Schema back end: puts a schema together."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from hashlib import sha256

from tdl.backends.api import Generated, GeneratedFile, Options, check_options, file_name
from tdl.backends.jsonschema.leaves import Schema
from tdl.backends.jsonschema.pieces import OCTETS, PROFILE, Piece, Pieces, codes_name, compact, linked
from tdl.backends.jsonschema.text import json_members, json_text
from tdl.backends.jsonschema.words import codes_schema
from tdl.backends.since import PLAIN, Names, Since
from tdl.backends.words import Words
from tdl.deferred import dataclass
from tdl.ir import model, plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_FIXED: Mapping[str, Schema] = {
    OCTETS: {
        "title": "the octets of a table, in hexadecimal",
        "type": "string",
        "pattern": r"^\s*([0-9A-Fa-f]{2}\s*)*$",
    },
    PROFILE: {
        "title": "what layouts depend on and these tables do not say",
        "type": "object",
        "additionalProperties": {"type": "object"},
    },
}


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
        return (_file(definition, plan.hash, options, _made(definition, plan)),)

    def generate_first(self, definition: model.Definition, plan: plan.Plan, options: Options) -> Generated:
        check_options(self, options)
        made = _made(definition, plan)
        return Generated(files=(_file(definition, plan.hash, options, made),), memory=made.octets())

    def generate_again(
        self, definition: model.Definition, plan: plan.Plan, options: Options, since: Since
    ) -> Generated:
        made = _Made.of(since.memory).changed(_made(definition, plan), since.now)
        return Generated(files=(_file(definition, plan.hash, options, made),), memory=made.octets())


BACKEND = JsonSchemaBackend()


class _Made:
    """The parts of a schema: of its tables by key, in the order of their numbers; the enumerations that these use."""

    def __init__(self, pieces: Mapping[str, Piece], codes: Mapping[str, str]) -> None:
        self.pieces = dict(sorted(pieces.items(), key=lambda each: (each[1].id, each[0])))
        self.codes = {name: codes[name] for name in sorted({name for each in pieces.values() for name in each.codes})}

    @classmethod
    def of(cls, octets: bytes) -> _Made:
        """What `octets` was made of."""
        pieces, codes = marshal.loads(octets)
        return cls({key: Piece(*each) for key, each in pieces.items()}, codes)

    def octets(self) -> bytes:
        """All of it, to be kept."""
        return marshal.dumps(({key: tuple(each) for key, each in self.pieces.items()}, self.codes), PLAIN)

    def changed(self, by: _Made, now: Names) -> _Made:
        """With those that changed, of what there is now."""
        pieces = self.pieces | by.pieces
        return _Made({key: pieces[key] for key in now.tables}, self.codes | by.codes)


def _made(definition: model.Definition, of: plan.Plan) -> _Made:
    """The parts of some tables, and the enumerations that they use."""
    words, enumerations = Words(definition), {each.name: each for each in definition.enumerations}
    pieces = {table.key: Pieces(table, words, enumerations).made for table in of.tables}
    used = {name for each in pieces.values() for name in each.codes}
    return _Made(pieces, {name: json_text(codes_schema(enumerations[name]), "\n    ") for name in used})


def _file(definition: model.Definition, hash: str, options: Options, made: _Made) -> GeneratedFile:
    """The schema; of a definition it takes its name."""
    name = file_name(definition, options)
    found = linked(made.pieces) | {codes_name(each): text for each, text in made.codes.items()}
    fixed = {each: json_text(schema, "\n    ") for each, schema in _FIXED.items()}
    profile, text = {"$ref": f"#/$defs/{PROFILE}"}, {"type": "string"}
    properties = {key: each.content for key, each in made.pieces.items()}
    properties |= {"$profile": json_text(profile, "\n    "), "$schema": json_text(text, "\n    ")}
    comment = f"Made by tdl from {definition.name} {hash}. This file belongs to whoever made it with tdl."
    body = json_members(
        {
            "title": json_text(name),
            "$comment": json_text(comment),
            "type": json_text("object"),
            "properties": json_members(properties, "\n  "),
            "additionalProperties": json_text(False),
            "$defs": json_members({**fixed, **dict(sorted(found.items()))}, "\n  "),
        },
        "\n",
    )
    # what is bound to another meter is another schema of the same definition
    identity = sha256(compact(body).encode("ascii")).hexdigest()
    head = f'{{\n  "$schema": {json_text(DIALECT)},\n  "$id": "urn:tdl:schema:{identity}",'
    return GeneratedFile(path=f"{name}.schema.json", content=f"{head}{body[1:]}\n".encode("ascii"))
