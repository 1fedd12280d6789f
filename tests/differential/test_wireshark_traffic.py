"""The dissector in tshark: real captures, and traffic made up from images, against the reference codec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.image.directory import read_directory, read_profile
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.differential.c1222_traffic import Capture, Message, read, read_answer
from tests.differential.wireshark_compared import Expected
from tests.differential.wireshark_trees import tables
from tests.differential.wireshark_walks import Plugin, plugin
from tests.property.definitions import Case, cases, random_image

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/meter-with-fragment"
CAPTURES = ROOT / "tests/data/captures"
KEY = 'uat:c1222_decryption_table:"{}",{}'
A3 = ("-o", KEY.format(0, "6624C7E23034E4036FE5CB3A8B5DAB44"))
EXAMPLE_8 = (
    "-o", KEY.format(2, "01020304050607080102030405060708"), "-o", "c1222.baseoid:2.16.124.113620.1.22.0",
)  # fmt: skip


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


@pytest.fixture(scope="module")
def any_meter(definition: Definition) -> Iterator[Plugin]:
    with plugin(definition.model, definition.plan) as made:
        yield made


@pytest.fixture(scope="module")
def a3() -> Iterator[Plugin]:
    standard = load("std:2012")
    known = known_values(standard, read_profile(str(ROOT / "tests/data/images/elster-a3/profile.toml")))
    with plugin(standard.model, bind(standard.plan, known)) as made:
        yield made


# --- real traffic ----------------------------------------------------------------------------------------------------


def test_a_real_meter(a3: Plugin) -> None:
    """Table 1 of the capture, encrypted on the wire, is what `tdl decode` says of its octets."""
    standard = load("std:2012")
    octets = (ROOT / "tests/data/images/elster-a3/ST1.bin").read_bytes()
    known = known_values(standard, read_profile(str(ROOT / "tests/data/images/elster-a3/profile.toml")))
    (request, answer) = tables(CAPTURES / "elster-a3.cap", a3.path, *A3)
    assert request == []
    (shown,) = answer
    assert shown[0].label.startswith("ANSI C12.19: ST1 GENERAL_MFG_ID_TBL (read)")
    Expected(standard.model).same(shown, standard.plan.table("ST1"), octets, known, start=4)  # type: ignore[arg-type]


def test_what_is_not_known_is_named(any_meter: Plugin) -> None:
    """Table 0 is not in the capture, so that Table 1 cannot be read without a profile."""
    ((shown,),) = tables(CAPTURES / "elster-a3.cap", any_meter.path, *A3)[1:]
    (error,) = [item for item in shown if item.filter == "tdl.error"]
    assert "a value for `GEN_CONFIG_TBL.FORMAT_CONTROL_1.CHAR_FORMAT` expected" in error.label


def test_values_from_the_preferences(any_meter: Plugin) -> None:
    values = "GEN_CONFIG_TBL.FORMAT_CONTROL_1.CHAR_FORMAT = 1; GEN_CONFIG_TBL.FORMAT_CONTROL_2.ID_FORM = 0"
    ((shown,),) = tables(CAPTURES / "elster-a3.cap", any_meter.path, *A3, "-o", f"tdl.values:{values}")[1:]
    assert {item.filter: item.value for item in shown}["tdl.st1.ed_model"] == "A3R     "


def test_the_example_of_the_standard(a3: Plugin) -> None:
    """One response to a Security service and a read from an offset."""
    (_, (shown,)) = tables(CAPTURES / "example8.pcap", a3.path, *EXAMPLE_8)
    assert [(item.filter, item.value) for item in shown[3:]] == [("tdl.st1.mfg_serial_number", "MANUFACTURER SN ")]


# --- a meter's image -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_whole_meter(definition: Definition, any_meter: Plugin, transport: str, tmp_path: Path) -> None:
    """What layouts depend on is learned from the traffic itself."""
    image = read_directory(str(EXAMPLE / "image"))
    known = known_values(definition, image)
    capture = Capture(transport=transport)
    asked = [table for table in definition.plan.tables if table.key in image.tables]
    for number, table in enumerate(asked):
        capture.say(Message(services=(read(table.id),), id=number))
        capture.say(Message(services=(read_answer(image.tables[table.key]),), id=number, answer=True))
    (tmp_path / "capture").write_bytes(capture.octets)
    frames = tables(tmp_path / "capture", any_meter.path)
    expected = Expected(definition.model)
    for number, table in enumerate(asked):
        (shown,) = frames[2 * number + 1]
        (place,) = capture.places[2 * number + 1]
        expected.same(shown, table, image.tables[table.key], known, start=place + 3)


@settings(max_examples=settings.default.max_examples // 6, phases=[Phase.explicit, Phase.generate])  # type: ignore[union-attr]
@given(case=cases(), seed=st.integers(0, 2**32))
def test_random_meters(case: Case, seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Definitions, formats and values that nobody chose, damaged octets among them."""
    capture, environment = Capture(), Environment()
    expected: list[tuple[object, bytes, Environment]] = []
    for number, table in enumerate(table for table in case.plan.tables if "." not in table.key):
        octets = random_image(table, environment, seed + number)
        if table.key not in ("ST0", "ST1") and seed % 3 == 0:
            octets = octets[: len(octets) // 2]
        capture.say(Message(services=(read(table.id),), id=number))
        capture.say(Message(services=(read_answer(octets),), id=number, answer=True))
        expected.append((table, octets, environment.copy()))
        if table.key in ("ST0", "ST1"):
            with suppress(DecodeError):
                environment.fill(table.id, decode(table, octets, environment))
    path = tmp_path_factory.mktemp("traffic") / "capture"
    path.write_bytes(capture.octets)
    with plugin(case.definition, case.plan) as made:
        frames = tables(path, made.path)
    for number, (table, octets, known) in enumerate(expected):
        (shown,) = frames[2 * number + 1]
        (place,) = capture.places[2 * number + 1]
        Expected(case.definition).same(shown, table, octets, known, start=place + 3)  # type: ignore[arg-type]
