"""The EDL schema back end: puts a schema together."""

from __future__ import annotations

import marshal
from collections.abc import Mapping

from tdl.backends.api import Generated, GeneratedFile, Options, check_options, file_name
from tdl.backends.edl_xsd.pieces import LeafKey, LeafText, Leaves, Piece, Pieces, codes_text, linked
from tdl.backends.holes import filled
from tdl.backends.since import PLAIN, Names, Since
from tdl.deferred import dataclass
from tdl.ir import model, plan

NAMESPACE = "urn:tdl:edl:1"
"""That of `tdl.image.edl`; a schema for another would refuse every file."""


@dataclass(frozen=True, slots=True)
class EdlSchemaBackend:
    """Generates one XML Schema, for EDL files of one definition."""

    name: str = "edl-xsd"
    description: str = "an XML Schema for EDL, the tables' values as XML"

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


BACKEND = EdlSchemaBackend()


class _Made:
    """The parts of a schema: of its tables by key, the leaves that these use, and all enumerations by name.

    Tables are in the order of their numbers, enumerations in that of their names.
    """

    def __init__(
        self, pieces: Mapping[str, Piece], leaves: Mapping[LeafKey, LeafText], codes: Mapping[str, str]
    ) -> None:
        self.pieces = dict(sorted(pieces.items(), key=lambda each: (each[1].id, each[0])))
        self.leaves = {key: leaves[key] for key in sorted({key for each in pieces.values() for key in each.leaves})}
        self.codes = dict(sorted(codes.items()))

    @classmethod
    def of(cls, octets: bytes) -> _Made:
        """What `octets` was made of."""
        pieces, leaves, codes = marshal.loads(octets)
        return cls({key: Piece(*each) for key, each in pieces.items()}, leaves, codes)

    def octets(self) -> bytes:
        """All of it, to be kept."""
        return marshal.dumps(({key: tuple(each) for key, each in self.pieces.items()}, self.leaves, self.codes), PLAIN)

    def changed(self, by: _Made, now: Names) -> _Made:
        """With those that changed, of what there is now."""
        pieces, codes = self.pieces | by.pieces, self.codes | by.codes
        return _Made(
            {key: pieces[key] for key in now.tables},
            self.leaves | by.leaves,
            {name: codes[name] for name in now.enumerations},
        )


def _made(definition: model.Definition, of: plan.Plan) -> _Made:
    """The parts of some tables and enumerations."""
    leaves = Leaves()
    pieces = {table.key: Pieces(table, leaves).made for table in of.tables}
    return _Made(pieces, leaves.texts, {each.name: codes_text(each) for each in definition.enumerations})


def _file(definition: model.Definition, hash: str, options: Options, made: _Made) -> GeneratedFile:
    """The schema; of a definition it takes its name."""
    whole = linked(made.pieces.values())
    values = {name: text for key in whole.leaves for name, text in made.leaves[key][1].items()}
    text = "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f"<!-- Made by tdl from {definition.name} {hash}. -->\n",
            "<!-- This file belongs to whoever made it with tdl. -->\n",
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}"'
            f' targetNamespace="{NAMESPACE}" elementFormDefault="qualified">\n',
            filled(_ROOT, {"tables": whole.elements, "hash": hash}),
            *(whole.records[name] for name in sorted(whole.records)),
            *(filled(made.leaves[key][0], {"name": name}) for key, name in whole.leaves.items()),
            *(values[name] for name in sorted(values)),
            *made.codes.values(),
            "</xs:schema>\n",
        ]
    )
    return GeneratedFile(path=f"{file_name(definition, options)}-EDL.xsd", content=text.encode("utf-8"))


_ROOT = """\
  <xs:element name="edl">
    <xs:complexType>
      <xs:sequence>
%(tables)s        <xs:element name="profile" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:any namespace="##targetNamespace" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="definition" type="xs:string"/>
      <xs:attribute name="hash" type="xs:string" fixed="%(hash)s"/>
    </xs:complexType>
  </xs:element>
"""
