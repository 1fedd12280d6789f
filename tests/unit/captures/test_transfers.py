"""Values in what was read and written: whole tables, pieces, elements by index, and layouts from the same capture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.errors import path_text
from tdl.image import Image
from tdl.image.directory import read_directory
from tdl.project.definition import Definition, load
from tdl.project.reading import read_image
from tdl.systems.captures import pieces as rooms
from tdl.systems.captures import transfers as kept
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.pieces import Pieces
from tdl.systems.captures.traffic import Traffic
from tdl.systems.captures.transfers import Meters, Transfer, Values, transfers
from tdl.systems.wire.answers import Answer, Done, Refused, TableData
from tdl.systems.wire.requests import (
    Read,
    ReadDefault,
    ReadIndex,
    ReadOffset,
    Request,
    Write,
    WriteIndex,
    WriteOffset,
)
from tests.unit.captures.recorded import Session, answer, question, title

EXAMPLE = Path(__file__).parents[3] / "examples/meter-with-fragment"
NEEDED = ("ST0", "ST21", "ST22")
"""What the layout of Table 23 depends on."""

Said = tuple[Request, Answer | None]


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


@pytest.fixture(scope="module")
def image() -> dict[str, bytes]:
    return dict(read_directory(str(EXAMPLE / "image")).tables)


def session(said: Iterable[Said], meter: int = 77) -> Session:
    made = Session()
    for number, (request, reply) in enumerate(said):
        made.ask(question(request, number=number, called=title(meter)))
        if reply is not None:
            made.answer(answer(reply, number=number, calling=title(meter)))
    return made


def told(meters: Meters, *sessions: Session) -> list[tuple[Transfer, Values]]:
    traffic = Traffic(Keys())
    messages = [each for made in sessions for packet in made.packets for each in traffic.hear(packet) if each.answers]
    found = [transfer for each in [*messages, *traffic.unanswered()] for transfer in transfers(each)]
    return [(each, meters.values(each)) for each in found]


def number(key: str) -> int:
    return int(key[2:]) + (0x800 if key.startswith("MT") else 0)


def read(image: dict[str, bytes], *keys: str) -> list[Said]:
    return [(Read(table=number(key)), TableData(octets=image[key])) for key in keys]


def elements(values: Values) -> dict[str, object]:
    return {path_text(leaf.path): leaf.value for leaf in values.leaves}


def whole(definition: Definition, image: dict[str, bytes], key: str) -> object:
    return read_image(definition, Image(tables=image)).values[key]


def parts(key: str, octets: bytes, size: int) -> list[Said]:
    return [
        (
            ReadOffset(table=number(key), offset=at, count=len(octets[at : at + size])),
            TableData(octets=octets[at : at + size]),
        )
        for at in range(0, len(octets), size)
    ]


# --- whole tables ----------------------------------------------------------------------------------------------------


def test_layouts_come_from_the_same_capture(definition: Definition, image: dict[str, bytes]) -> None:
    keys = ("ST0", "ST1", "ST3", "ST11", "ST21", "ST22", "ST23", "MT5")
    found = told(Meters(definition), session(read(image, *keys)))
    for key, (transfer, values) in zip(keys, found, strict=True):
        assert (transfer.key, transfer.octets, transfer.done, transfer.written) == (key, image[key], True, False)
        assert values.record == whole(definition, image, key), key
        assert values.offset == 0


def test_of_the_meter_that_was_read_and_no_other(definition: Definition, image: dict[str, bytes]) -> None:
    meters = Meters(definition)
    one = session(read(image, *NEEDED), meter=77)
    other = session(read(image, "ST23"), meter=78)
    ((_, values),) = told(meters, one, other)[3:]
    assert values.record is None
    assert values.failure is not None
    ((transfer, values),) = told(meters, session(read(image, "ST23"), meter=77))
    assert (transfer.meter, values.failure) == (".77", None)


def test_only_so_many_meters_are_kept(
    definition: Definition, image: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "METERS", 2)
    meters = Meters(definition)
    told(meters, session(read(image, *NEEDED), meter=1))
    for meter in (2, 3):
        told(meters, session(read(image, "ST1"), meter=meter))
    ((_, values),) = told(meters, session(read(image, "ST23"), meter=1))
    assert values.failure is not None


def test_a_write_counts_once_it_is_acknowledged(definition: Definition, image: dict[str, bytes]) -> None:
    write = Write(table=0, octets=image["ST0"])
    for reply, known in ((Done(), True), (Refused(code=4), False), (None, False)):
        meters = Meters(definition)
        ((transfer, values),) = told(meters, session([(write, reply)]))
        assert transfer.written
        assert (transfer.refused is not None) is (reply == Refused(code=4))
        assert (values.record is not None) is (reply != Refused(code=4)), "what was to be written has values"
        ((_, after),) = told(meters, session(read(image, "ST3")))
        assert (after.record is not None) is known


def test_refused_and_unknown(definition: Definition) -> None:
    found = told(
        Meters(definition),
        session(
            [
                (Read(table=5), Refused(code=4)),
                (Read(table=0x8FF), TableData(octets=b"abc")),
                (ReadDefault(), TableData(octets=b"abc")),
            ]
        ),
    )
    (refused, nothing), (unknown, unsaid), (chosen, unnamed) = found
    assert refused.refused is not None
    assert nothing == Values()
    assert (unknown.key, unknown.octets, unsaid.record) == ("MT255", b"abc", None)
    assert "MT255" in unsaid.note
    assert (chosen.key, chosen.octets, unnamed.note) == ("", b"abc", "which table the meter chose is not said")


# --- pieces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 30, 75])
def test_pieces_that_make_up_a_whole_are_one(definition: Definition, image: dict[str, bytes], size: int) -> None:
    """Then they count as read: here Table 21 and 22 go over in pieces, and the layout of 23 is known."""
    talk = [*read(image, "ST0"), *parts("ST21", image["ST21"], size), *parts("ST22", image["ST22"], size)]
    meters = Meters(definition)
    told(meters, session(talk))
    ((_, values),) = told(meters, session(read(image, "ST23")))
    assert values.record == whole(definition, image, "ST23")


def test_elements_inside_a_piece(definition: Definition, image: dict[str, bytes]) -> None:
    talk = [*read(image, "ST0"), *parts("ST1", image["ST1"], 14)[1:2]]
    _, (_, values) = told(Meters(definition), session(talk))
    assert (values.offset, values.record) == (14, None)
    assert elements(values) == {"FW_VERSION_NUMBER": image["ST1"][14], "FW_REVISION_NUMBER": image["ST1"][15]}
    assert values.note == "12 octets are parts of elements"


def test_a_piece_of_a_table_that_is_known(definition: Definition, image: dict[str, bytes]) -> None:
    """What was read before says where the elements lie; the new octets take their place."""
    new = ReadOffset(table=23, offset=0, count=1), TableData(octets=b"\x2a")
    talk = [*read(image, *NEEDED, "ST23"), new]
    values = told(Meters(definition), session(talk))[-1][1]
    assert (elements(values), values.note) == ({"NBR_DEMAND_RESETS": 42}, "")


def test_a_piece_of_a_layout_that_is_not_known(definition: Definition) -> None:
    talk: list[Said] = [(ReadOffset(table=23, offset=4, count=2), TableData(octets=b"ab"))]
    ((transfer, values),) = told(Meters(definition), session(talk))
    assert transfer.octets == b"ab"
    assert (values.leaves, values.note) == ((), "which elements they are depends on what is not known")


def test_a_piece_far_behind_the_end(definition: Definition, image: dict[str, bytes]) -> None:
    far: Said = ReadOffset(table=1, offset=0xFFFFFF, count=2), TableData(octets=b"ab")
    talk = [*read(image, "ST0", "ST1"), far, *read(image, "ST1")]
    values = [values for _, values in told(Meters(definition), session(talk))]
    assert values[2].leaves == ()
    assert values[3].record == values[1].record


def test_elements_by_index(definition: Definition, image: dict[str, bytes]) -> None:
    octets = image["ST1"]
    talk: list[Said] = [
        *read(image, "ST0"),
        (ReadIndex(table=1, indices=(2,), count=2), TableData(octets=octets[12:14])),
        (WriteIndex(table=1, indices=(4,), octets=b"\x09"), Done()),
        (WriteOffset(table=1, offset=15, octets=b"\x08"), Done()),
        (ReadIndex(table=1, indices=(99,), count=1), TableData(octets=b"a")),
    ]
    _, index, written, offset, nowhere = (values for _, values in told(Meters(definition), session(talk)))
    assert elements(index) == {"HW_VERSION_NUMBER": octets[12], "HW_REVISION_NUMBER": octets[13]}
    assert (elements(written), written.offset) == ({"FW_VERSION_NUMBER": 9}, 14)
    assert elements(offset) == {"FW_REVISION_NUMBER": 8}
    assert (nowhere.leaves, nowhere.note) == ((), "ST1 has no element of indices 99")


def test_elements_by_index_of_a_table_that_is_known(definition: Definition, image: dict[str, bytes]) -> None:
    first: Said = ReadIndex(table=23, indices=(0,), count=1), TableData(octets=image["ST23"][:1])
    values = told(Meters(definition), session([*read(image, *NEEDED, "ST23"), first]))[-1][1]
    assert elements(values) == {"NBR_DEMAND_RESETS": 7}


# --- octets put together ---------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=12)), max_size=20))
def test_pieces_say_what_came_last(put: list[tuple[int, bytes]]) -> None:
    pieces, expected = Pieces(), dict[int, int]()
    for offset, octets in put:
        pieces.put(offset, octets)
        expected |= dict(enumerate(octets, offset))
    size = next(at for at in range(100) if at not in expected)
    assert pieces.beginning == bytes(expected[at] for at in range(size))


def test_only_so_many_stretches_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "RUNS", 2)
    pieces = Pieces()
    for offset in (0, 10, 20):
        pieces.put(offset, b"ab")
    assert pieces.beginning == b""
