"""Images in other forms: there and back gives the same octets, and the EDL schema accepts what is written, no more."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from tdl.backends.api import Options
from tdl.backends.edl_xsd.backend import BACKEND
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.image import Image
from tdl.image.edl import Header, read_edl, write_edl
from tdl.image.hexdump import read_hexdump
from tdl.image.json_file import read_json, write_json
from tdl.ir import plan
from tdl.ir.bind import bind
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

SEEDS = st.integers(0, 2**32)


def written(case: Case, environment: Environment, seed: int) -> dict[str, tuple[bytes, Record]]:
    """Random tables that can be decoded: octets and values by key."""
    found = {}
    for table in sorted(case.plan.tables, key=lambda table: (table.id, table.key)):
        octets = random_image(table, environment, seed)
        try:
            found[table.key] = octets, decode(table, octets, environment)
        except DecodeError:
            continue
    return found


def table_of(case: Case, key: str) -> plan.TablePlan:
    return next(table for table in case.plan.tables if table.key == key)


def schema_text(case: Case, of: plan.Plan) -> bytes:
    (file,) = BACKEND.generate(case.definition, of, Options())
    assert BACKEND.generate(case.definition, of, Options()) == (file,)
    return file.content


def schema_of(case: Case, of: plan.Plan) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema_text(case, of)))


@given(cases(), known_values(), SEEDS)
def test_every_pair_of_forms_gives_the_same_octets(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    tables = written(case, environment, seed)

    def octets(image: Image) -> dict[str, bytes]:
        return {
            key: content if isinstance(content, bytes) else encode(table_of(case, key), content, environment)  # type: ignore[arg-type]
            for key, content in image.tables.items()
        }

    wanted = {key: content for key, (content, _) in tables.items()}
    values: dict[str, Any] = {key: record for key, (_, record) in tables.items()}
    as_json = read_json("x", write_json(values).encode())
    as_edl = read_edl("x", write_edl(values).encode())
    assert octets(as_json) == octets(as_edl) == wanted
    assert octets(read_edl("x", write_edl(as_json.tables).encode())) == wanted
    assert octets(read_json("x", write_json(as_edl.tables).encode())) == wanted


@given(cases(), known_values(), SEEDS)
def test_the_schema_accepts_what_is_written(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    tables = {key: record for key, (_, record) in written(case, environment, seed).items()}
    header = Header(
        definition=case.definition.name, hash=case.plan.hash, tables={t.key: t.name for t in case.plan.tables}
    )
    profile = {"LIMITS_TBL": {"FEW": 1, "WIDTHS": [1, 2]}}
    document = etree.fromstring(write_edl(tables, profile, header).encode())
    for of in (case.plan, bind(case.plan, environment)):
        schema = schema_of(case, of)
        assert schema.validate(document), schema.error_log


@given(cases(), known_values(), SEEDS)
def test_the_schema_refuses_what_is_broken(case: Case, known: Any, seed: int) -> None:
    environment, random = reference_environment(*known), Random(seed)
    tables = {key: record for key, (_, record) in written(case, environment, seed).items()}
    # a number format that is not known leaves open whether a number is an integer
    of = bind(case.plan, environment) if {"NI_FORMAT1", "NI_FORMAT2"} <= known[0].keys() else case.plan
    assume(b"anyType" not in schema_text(case, of))  # branches with one name for a record and a number
    schema = schema_of(case, of)
    for break_it in (misspell, exceed, take_away) if of.bound else (misspell,):
        document = etree.fromstring(write_edl(tables).encode())
        if break_it(document, random):
            assert not schema.validate(document), etree.tostring(document)


def misspell(document: Any, random: Random) -> bool:
    """Another name for an element of a table."""
    found = [each for table in document for each in table.iterdescendants()]
    if found:
        random.choice(found).tag += "_X"
    return bool(found)


def exceed(document: Any, random: Random) -> bool:
    """A number that no integer has."""
    found = integers(document)
    if found:
        random.choice(found).text = str(1 << 64)
    return bool(found)


def take_away(document: Any, random: Random) -> bool:
    """No number at all."""
    found = integers(document)
    if found:
        random.choice(found).text = ""
    return bool(found)


def integers(document: Any) -> list[Any]:
    leaves = [each for table in document for each in table.iterdescendants() if not len(each)]
    return [each for each in leaves if each.get("type") is None and (each.text or "").isdigit()]


def characters(octets: bytes) -> str:
    return "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in octets)


def hexdump_c(octets: bytes) -> str:
    lines, before = [], b""
    for at in range(0, len(octets), 16):
        row = octets[at : at + 16]
        if row == before:
            lines += ["*"] if lines[-1] != "*" else []
            continue
        before = row
        halves = f"{row[:8].hex(' '):23}  {row[8:].hex(' '):23}"
        lines.append(f"{at:08x}  {halves}  |{characters(row)}|")
    return "\n".join([*lines, f"{len(octets):08x}"])


def listing(octets: bytes, head: str, group: int, width: int = 39, beside: bool = True) -> str:
    rows = [(at, octets[at : at + 16]) for at in range(0, len(octets), 16)]
    return "\n".join(
        f"{head.format(at)} {' '.join(row[i : i + group].hex() for i in range(0, len(row), group)):{width}}"
        + (f"  {characters(row)}" if beside else "")
        for at, row in rows
    )


def xxd(octets: bytes) -> str:
    return listing(octets, "{:08x}:", 2)


def wireshark(octets: bytes) -> str:
    return listing(octets, "{:04x}  ", 1, 48)


def od(octets: bytes) -> str:
    return listing(octets, "{:07o}", 1, 0, beside=False) + f"\n{len(octets):07o}"


def c_array(octets: bytes) -> str:
    return f"static const uint8_t st1[{len(octets)}] = {{ {', '.join(f'0x{octet:X}' for octet in octets)} }};"


@given(st.binary(min_size=1, max_size=70) | st.text("A .0f\x00", min_size=1, max_size=70).map(str.encode))
def test_octets_listed_by_any_tool_are_read_back(octets: bytes) -> None:
    texts = [hexdump_c(octets), xxd(octets), wireshark(octets), od(octets), c_array(octets)]
    texts += [octets.hex(), octets.hex(" "), octets.hex(":").upper(), " ".join(f"0x{octet:02x}" for octet in octets)]
    for text in texts:
        image = read_hexdump("x", f"ST1:\n{text}\n".encode(), plain=True)
        assert image.tables == {"ST1": octets}, text
