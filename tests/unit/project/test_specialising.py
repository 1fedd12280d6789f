"""Code that is made when a table has been moved often enough."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import count
from typing import Any

import pytest

import tdl.backends.python.in_memory as in_memory
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import ExactFloat, Members, Record
from tdl.image import Image
from tdl.project import Definition
from tdl.project.reading import read_image
from tdl.project.specialising import KEPT, WORTH, Specialised
from tests.unit.project.definitions import CONFIG, METER, meter

LIST = bytes.fromhex("02 01 00 02 00 AA BB 09")
"""Two octets of data, two items, and the extra octet."""

CORNERS = """
DOCUMENT CORNERS;
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    COUNT : UINT8;
    SIZES : ARRAY[2] OF UINT8;
    USED : SET(1);
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE MIXED_BFLD = BIT FIELD OF UINT16
    HIGH : UINT(8..11);
    LOW : UINT(0..3);
    FLAG : BOOL(4);
END;
TYPE ONE_RCD = PACKED RECORD
    MIXED : MIXED_BFLD;
    VALUE : FLOAT64;
END;
TYPE ALL_RCD = PACKED RECORD
    ONES : ARRAY[CONFIG_TBL.COUNT] OF ONE_RCD;
    NUMBERS : ARRAY[CONFIG_TBL.SIZES[1]] OF UINT16;
    IF CONFIG_TBL.USED[1] THEN
        EXTRA : UINT8;
    END;
END;
TABLE 1 ALL_TBL = ALL_RCD;
"""


def environment_of(definition: Definition, octets: bytes = CONFIG) -> Environment:
    environment = Environment()
    environment.fill(0, definition.decode("ST0", octets))
    return environment


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What code has been made: direction and table."""
    found: list[str] = []
    for name in ("decoder", "encoder"):
        make = getattr(in_memory, name)

        def note(table: Any, name: str = name, make: Any = make) -> Any:
            found.append(f"{name} {table.key}")
            return make(table)

        monkeypatch.setattr(in_memory, name, note)
    return found


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that the reference codec has moved."""
    found: list[str] = []
    for name, call in (("decode", decode), ("encode", encode)):

        def note(table: Any, given: Any, environment: Any, name: str = name, call: Any = call) -> Any:
            found.append(f"{name} {table.key}")
            return call(table, given, environment)

        monkeypatch.setattr(f"tdl.project.specialising.{name}", note)
    return found


def test_code_is_made_when_it_is_worth_it(made: list[str], interpreted: list[str]) -> None:
    definition = meter()
    environment = environment_of(definition)
    times = -(-WORTH // len(LIST))
    for _ in range(times):
        definition.decode("ST1", LIST, environment)
    assert made == []
    interpreted.clear()
    for _ in range(3):
        assert definition.decode("ST1", LIST, environment) == decode(definition.table("ST1"), LIST, environment)
    assert made == ["decoder ST1"]
    assert interpreted == []
    record = definition.decode("1", LIST, environment)
    for _ in range(times + 3):
        assert definition.encode("LIST_TBL", record, environment) == LIST
    assert made == ["decoder ST1", "encoder ST1"]
    assert interpreted == ["encode ST1"] * times


def test_a_large_table_is_worth_it_the_second_time(made: list[str]) -> None:
    definition = meter(
        "DOCUMENT M;\nTYPE A_RCD = PACKED RECORD\n    A : ARRAY[8000] OF UINT8;\nEND;\nTABLE 1 A = A_RCD;"
    )
    for number in range(3):
        assert made == ["decoder ST1"] * (number > 1)
        definition.decode("ST1", bytes(8000))


def test_one_image_is_read_without_the_emitter() -> None:
    program = (
        "import sys; from tests.unit.project.definitions import meter, METER, CONFIG\n"
        "from tdl.image import Image; from tdl.project.reading import read_image; definition = meter()\n"
        "given = Image(tables={'ST0': CONFIG, 'ST1': bytes.fromhex('0201000200AABB09')})\n"
        "before = set(sys.modules)\n"
        "assert len(read_image(definition, given)) == 2\n"
        "for _ in range(8): read_image(definition, given)\n"
        "print({name for name in set(sys.modules) - before if name.startswith('tdl.backends')})\n"
        "for _ in range(400): read_image(definition, given)\n"
        "print('tdl.backends.python.in_memory' in sys.modules, 'jinja2' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == ["set()", "True False"]


def test_each_configuration_has_its_own_code() -> None:
    definition, codec = meter(), Specialised(worth=0)
    table = definition.table("ST1")
    record = definition.decode("ST0", CONFIG)
    environment = Environment()
    environment.fill(0, record)
    assert codec.decode(table, LIST, environment)["ITEMS"] == [1, 2]
    record["COUNT"] = 1  # the same environment, changed under way
    assert codec.decode(table, LIST[:3] + LIST[5:], environment)["ITEMS"] == [1]
    record["FORMAT"]["DATA_ORDER"] = 1
    assert codec.decode(table, LIST[:3] + LIST[5:], environment)["ITEMS"] == [256]
    record["USED"] = Members(b"\0")
    assert "EXTRA" not in codec.decode(table, LIST[:3] + LIST[5:-1], environment)
    environment.set(0, ("COUNT",), 0)
    assert codec.decode(table, bytes.fromhex("01 AA"), environment)["ITEMS"] == []
    with pytest.raises(DecodeError, match=r"CONFIG_TBL\.COUNT"):
        codec.decode(table, LIST, Environment())


@pytest.mark.parametrize("odd", [1.5, "2", b"\2", None, [1], {"A": 1}, 1 << 70, object()])
def test_values_that_no_layout_depends_on(odd: Any) -> None:
    definition, codec = meter(), Specialised(worth=0)
    environment = environment_of(definition)
    environment.set(0, ("COUNT",), odd)
    with pytest.raises(DecodeError) as expected:
        decode(definition.table("ST1"), LIST[:-1], environment)
    with pytest.raises(DecodeError) as found:
        codec.decode(definition.table("ST1"), LIST[:-1], environment)
    assert str(found.value) == str(expected.value)


def test_records_are_those_of_the_library(interpreted: list[str]) -> None:
    definition, codec = meter(CORNERS), Specialised(worth=0)
    environment = environment_of(definition, bytes.fromhex("00 02 00 03 02"))
    octets = bytes.fromhex("F501 000000000000F03F 0000 000000000000F0BF 0100 0200 0300 07")
    table = definition.table("ST1")
    record = codec.decode(table, octets, environment)
    assert repr(record) == repr(decode(table, octets, environment))
    assert type(record) is type(record["ONES"][0]["MIXED"]) is Record
    assert type(record.ONES) is type(record.NUMBERS) is list
    assert list(record.ONES[0].MIXED) == ["HIGH", "LOW", "FLAG"]
    assert record.ONES[0].MIXED.spare == 0xE0
    record.ONES[0].MIXED.HIGH = 15
    record.NUMBERS[2] = 258
    record["ONES"][1] = record.ONES[0].copy()
    assert codec.encode(table, record, environment) == encode(table, record, environment)
    assert interpreted == ["decode ST0"]
    assert codec.encode(table, dict(record.items()), environment) == encode(table, record, environment)
    for holder in (record, record.ONES[0], record.ONES[0].MIXED):
        holder.MORE = 1
        with pytest.raises(EncodeError, match="MORE"):
            codec.encode(table, record, environment)
        holder.MORE = None  # as if it were not there
        assert codec.encode(table, record, environment) == encode(table, record, environment)
        del holder.MORE
    del record.EXTRA
    with pytest.raises(EncodeError, match="EXTRA"):
        codec.encode(table, record, environment)


@pytest.mark.parametrize("path", [("ONES", 0, "MIXED", "HIGH"), ("NUMBERS", 1), ("EXTRA",)])
def test_a_flag_is_no_number(path: tuple[str | int, ...]) -> None:
    definition, codec = meter(CORNERS), Specialised(worth=0)
    environment = environment_of(definition, bytes.fromhex("00 02 00 03 02"))
    holder: Any = codec.decode(definition.table("ST1"), bytes(27), environment)
    record = holder
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = True
    with pytest.raises(EncodeError) as refused:
        codec.encode(definition.table("ST1"), record, environment)
    assert refused.value.kind == "type"


def test_what_code_does_not_handle_is_interpreted(interpreted: list[str]) -> None:
    definition, codec = meter(CORNERS), Specialised(worth=0)
    environment = environment_of(definition, bytes.fromhex("00 01 00 00 00"))
    table, not_a_number = definition.table("ST1"), bytes.fromhex("0000 010000000000F87F")
    interpreted.clear()
    codec.decode(table, bytes(10), environment)
    assert interpreted == []
    assert isinstance(codec.decode(table, not_a_number, environment).ONES[0].VALUE, ExactFloat)
    assert interpreted == ["decode ST1"]
    with pytest.raises(DecodeError, match="7 left, 8 octets expected"):
        codec.decode(table, bytes(9), environment)


def test_an_endless_value_is_refused_at_once() -> None:
    definition, codec = meter(CORNERS), Specialised(worth=0)
    environment = environment_of(definition, bytes.fromhex("00 02 00 03 02"))
    record = codec.decode(definition.table("ST1"), bytes(27), environment)
    for name in ("ONES", "NUMBERS", "EXTRA"):
        with pytest.raises(EncodeError, match="count"):
            codec.encode(definition.table("ST1"), {**dict(record.items()), name: count()}, environment)
        endless = record.copy()
        endless[name] = count()
        with pytest.raises(EncodeError, match="count"):
            codec.encode(definition.table("ST1"), endless, environment)


def test_a_definition_is_pickled_without_its_code() -> None:
    definition = meter()
    definition._codec = Specialised(worth=0)
    for _ in range(2):
        definition.decode("ST0", CONFIG)
    again = pickle.loads(pickle.dumps(definition))
    assert again.decode("ST0", CONFIG) == definition.decode("ST0", CONFIG)
    assert deepcopy(definition).hash == definition.hash


def test_a_listener_hears_every_leaf() -> None:
    definition = meter()
    definition._codec = Specialised(worth=0)
    heard: list[object] = []
    definition.decode("ST1", LIST, environment_of(definition), heard.append)
    assert len(heard) == 5


def test_only_so_many_configurations_are_remembered() -> None:
    definition, codec = meter(), Specialised(worth=1 << 30)
    for items in range(5 * KEPT):
        environment = environment_of(definition)
        environment.set(0, ("COUNT",), items)
        codec.decode(definition.table("ST1"), bytes(2 * items + 2), environment)
        assert len(codec._newest) + len(codec._before) <= 2 * KEPT


def test_what_is_used_is_not_forgotten(made: list[str]) -> None:
    definition, codec = meter(), Specialised(worth=0)
    usual, other = environment_of(definition), environment_of(definition)
    for items in range(3 * KEPT):
        codec.decode(definition.table("ST1"), LIST, usual)
        other.set(0, ("COUNT",), 1000 + items)
        codec._way("encode", definition.table("ST1"), other).made = True
    assert made.count("decoder ST1") == 1


def test_several_threads() -> None:
    definition = meter()
    codec = Specialised(worth=64)
    environments = [environment_of(definition) for _ in range(4)]
    for items, environment in enumerate(environments):
        environment.set(0, ("COUNT",), items)
    table = definition.table("ST1")
    images = [bytes(2 * items + 2) for items in range(4)]
    expected = [decode(table, images[items], environments[items]) for items in range(4)]

    def work(number: int) -> bool:
        which = number % 4
        record = codec.decode(table, images[which], environments[which])
        return record == expected[which] and codec.encode(table, record, environments[which]) == images[which]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(2000)))
    finally:
        sys.setswitchinterval(before)


def test_whole_images(made: list[str]) -> None:
    definition = meter(METER)
    definition._codec = Specialised(worth=0)
    image = Image(tables={"ST0": CONFIG, "ST1": LIST, "ST3": b"\x01\x02"})
    plain = read_image(meter(), image)
    for _ in range(2):
        reading = read_image(definition, image)
        assert dict(reading.items()) == dict(plain.items())
        assert reading.octets == plain.octets
    assert made == ["decoder ST0", "decoder ST1", "decoder ST3"]
