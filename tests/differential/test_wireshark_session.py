"""What the dissector remembers: requests and their responses, meters, tables in pieces; and what it makes of damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from tdl.backends.wireshark.backend import runtime
from tdl.project.definition import load
from tests.differential.c1222_traffic import (
    OK,
    SECURITY,
    Capture,
    Message,
    read,
    read_answer,
    read_index,
    read_offset,
    write,
    write_offset,
)
from tests.differential.wireshark_trees import Table, tables, tshark
from tests.differential.wireshark_walks import Plugin, plugin

EXAMPLE = Path(__file__).parents[2] / "examples/meter-with-fragment"
IMAGE = {number: (EXAMPLE / f"image/ST{number}.bin").read_bytes() for number in (0, 1, 11, 21, 23)}
REFUSED = b"\3"

Talk = Callable[..., list[list[Table]]]


@pytest.fixture(scope="module")
def any_meter() -> Iterator[Plugin]:
    definition = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    with plugin(definition.model, definition.plan) as made:
        yield made


@pytest.fixture
def talk(any_meter: Plugin, tmp_path: Path) -> Talk:
    """Puts messages into a capture, each in a frame, and says what is shown of them."""

    def shown(*messages: Message, transport: str = "udp") -> list[list[Table]]:
        capture = Capture(transport=transport)
        capture.say(*messages)
        (tmp_path / "capture").write_bytes(capture.octets)
        return tables(tmp_path / "capture", any_meter.path)

    return shown


def exchange(
    request: bytes, answer: bytes, id: int = 1, meter: int = 77, *, named: bool = True
) -> tuple[Message, Message]:
    """A request and its answer, which names the request's number or not."""
    return (
        Message(services=(request,), id=id, meter=meter),
        Message(services=(answer,), id=id if named else None, meter=meter, answer=True),
    )


def read_whole(number: int, octets: bytes | None = None, meter: int = 77) -> tuple[Message, Message]:
    return exchange(read(number), read_answer(IMAGE[number] if octets is None else octets), meter=meter)


def values(table: Table) -> dict[str, str]:
    return {item.filter: item.value for item in table}


def errors(table: Table) -> list[str]:
    return [item.label for item in table if item.filter == "tdl.error"]


# --- requests and responses ------------------------------------------------------------------------------------------


def test_a_response_finds_its_request_by_number(talk: Talk) -> None:
    one, two = exchange(read(0), read_answer(IMAGE[0]), id=5), exchange(read(1), read_answer(IMAGE[1]), id=6)
    frames = talk(one[0], two[0], one[1], two[1])
    assert [values(frame[0])["tdl.table"] for frame in frames[2:]] == ["0x0000", "0x0001"]


def test_without_numbers_the_only_request_is_answered(talk: Talk) -> None:
    both = [exchange(read(number), read_answer(IMAGE[number]), id=number, named=False) for number in (0, 1)]
    frames = talk(*both[0], *both[1])
    assert [values(frame[0])["tdl.table"] for frame in frames[1::2]] == ["0x0000", "0x0001"]


def test_without_numbers_two_requests_are_not_guessed_between(talk: Talk) -> None:
    one, two = (exchange(read(number), read_answer(IMAGE[number]), id=number, named=False) for number in (0, 1))
    frames = talk(one[0], two[0], one[1])
    assert errors(frames[2][0]) == ["which table this is, is not known without its request"]


def test_a_response_without_a_request_is_not_guessed(talk: Talk) -> None:
    ((table,),) = talk(exchange(read(0), read_answer(IMAGE[0]))[1])
    assert errors(table) == ["which table this is, is not known without its request"]


def test_services_are_answered_in_order(talk: Talk) -> None:
    request = Message(services=(read(0), read(9), read(1)))
    answer = Message(services=(read_answer(IMAGE[0]), REFUSED, read_answer(IMAGE[1])), answer=True)
    _, shown = talk(request, answer)
    assert [values(table)["tdl.table"] for table in shown] == ["0x0000", "0x0001"]


@pytest.mark.parametrize("own_answer", [True, False])
def test_security_may_have_no_response(talk: Talk, own_answer: bool) -> None:
    request = Message(services=(bytes([SECURITY]) + bytes(20), read(0)))
    answer = Message(services=(OK,) * own_answer + (read_answer(IMAGE[0]),), answer=True)
    _, (table,) = talk(request, answer)
    assert values(table)["tdl.table"] == "0x0000"


def test_old_requests_are_forgotten(talk: Talk) -> None:
    """Requests that nobody answers cost no more than so many of them."""
    requests = [Message(services=(read(0),), id=number) for number in range(70)]
    answers = [Message(services=(read_answer(IMAGE[0]),), id=number, answer=True) for number in (0, 69)]
    frames = talk(*requests, *answers)
    assert "session.MAX_REQUESTS = 64" in runtime("session")
    assert [len(errors(frame[0])) for frame in frames[70:]] == [1, 0]


def test_messages_in_one_frame(any_meter: Plugin, tmp_path: Path) -> None:
    capture = Capture(transport="tcp")
    capture.frame([Message(services=(read(number),), id=number) for number in (0, 1)])
    answers = [Message(services=(read_answer(IMAGE[number]),), id=number, answer=True) for number in (0, 1)]
    capture.frame(answers)
    (tmp_path / "capture").write_bytes(capture.octets)
    _, shown = tables(tmp_path / "capture", any_meter.path)
    assert [values(table)["tdl.table"] for table in shown] == ["0x0000", "0x0001"]
    assert values(shown[1])["tdl.st1.ed_model"] == "AX200   "


def test_two_dissectors_in_one_wireshark(any_meter: Plugin, tmp_path: Path) -> None:
    capture = Capture()
    capture.say(*read_whole(0))
    (tmp_path / "capture").write_bytes(capture.octets)
    same = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    with plugin(same.model, same.plan, prefix="other") as other:
        output = tshark(tmp_path / "capture", any_meter.path, "-X", f"lua_script:{other.path}", "-T", "pdml")
    assert 'name="tdl.st0.device_class"' in output
    assert 'name="other.st0.device_class"' in output


def test_a_second_pass_says_the_same(any_meter: Plugin, tmp_path: Path) -> None:
    capture = Capture()
    capture.say(*read_whole(0), *read_whole(21), *read_whole(23))
    (tmp_path / "capture").write_bytes(capture.octets)
    once = tshark(tmp_path / "capture", any_meter.path, "-T", "pdml")
    assert "tdl.st23.tot_data_block.summations" in once
    twice = tshark(tmp_path / "capture", any_meter.path, "-T", "pdml", "-2")
    assert once.partition("<packet>")[2] == twice.partition("<packet>")[2]


# --- what layouts depend on ------------------------------------------------------------------------------------------


def test_each_meter_has_its_own_values(talk: Talk) -> None:
    """Two meters behind one connection, of different orders of octets."""
    most_first = bytes([IMAGE[0][0] | 1]) + IMAGE[0][1:]
    octets = IMAGE[11][:-1] + b"\x04"
    frames = talk(
        *read_whole(0), *read_whole(0, most_first, meter=78), *read_whole(21), *read_whole(21, meter=78),
        *read_whole(23), *read_whole(23, meter=78), *read_whole(11, octets, meter=79),
    )  # fmt: skip
    one, other, third = frames[9][0], frames[11][0], frames[13][0]
    summation = "tdl.st23.tot_data_block.summations"
    first = [
        next(item.value for item in table if item.filter == summation and ": " in item.label) for table in (one, other)
    ]
    assert int(float(first[0])) == 1234567
    assert int(float(first[1])) == int.from_bytes((1234567).to_bytes(4, "little"), "big", signed=True)
    assert "a value for `GEN_CONFIG_TBL.STD_VERSION_NO` expected" in str(errors(third))


def test_what_does_not_decode_makes_values_unknown(talk: Talk) -> None:
    frames = talk(*read_whole(0), *read_whole(1), *read_whole(0, IMAGE[0][:5]), *read_whole(1))
    assert errors(frames[3][0]) == []
    assert errors(frames[5][0]) == ["ST0 DEVICE_CLASS at octet 3: 2 left, 4 octets expected"]
    (error,) = errors(frames[7][0])
    assert "a value for `GEN_CONFIG_TBL.FORMAT_CONTROL_1.CHAR_FORMAT` expected" in error


@pytest.mark.parametrize(("answer", "known"), [(OK, True), (REFUSED, False)])
def test_a_write_counts_when_the_meter_has_said_yes(talk: Talk, answer: bytes, known: bool) -> None:
    frames = talk(*exchange(write(0, IMAGE[0]), answer), *read_whole(1))
    assert values(frames[0][0])["tdl.st0.format_control_1.char_format"] == "1"
    assert (errors(frames[3][0]) == []) == known


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (write_offset(0, 0, b"\1"), OK),
        (read(0), OK + b"\xff\xff" + IMAGE[0]),
        (read_offset(0, 0, 5), read_answer(IMAGE[0][:5])),
    ],
)
def test_values_that_may_have_changed_are_unknown(talk: Talk, request_: bytes, answer: bytes) -> None:
    """A part was written, an answer was cut off, or the table is being read anew."""
    frames = talk(*read_whole(0), *exchange(request_, answer), *read_whole(1))
    assert len(errors(frames[5][0])) == 1


# --- parts of tables -------------------------------------------------------------------------------------------------


def pieces(number: int, sizes: list[int]) -> list[Message]:
    at, found = 0, []
    for size in [*sizes, len(IMAGE[number]) - sum(sizes)]:
        found += exchange(read_offset(number, at, size), read_answer(IMAGE[number][at : at + size]))
        at += size
    return found


def test_a_table_in_pieces_is_one(talk: Talk) -> None:
    """The rest of a table is read with what its beginning said, and the whole is learned."""
    frames = talk(*pieces(0, [5, 10]), *read_whole(1))
    parts = [values(frame[0]) for frame in frames[1:6:2]]
    device_class = f"DEVICE_CLASS: {IMAGE[0][3:7].hex().upper()}"
    assert [device_class in [item.label for item in frame[0]] for frame in frames[1:6:2]] == [False, True, False]
    assert [part.get("tdl.offset") for part in parts] == [None, "5", "15"]
    assert parts[2]["tdl.st0.std_tbls_used"] == IMAGE[0][19:28].hex(":")
    assert errors(frames[7][0]) == []


def test_a_gap_is_no_piece(talk: Talk) -> None:
    """What comes behind octets that were not read does not take their place."""
    parts = [exchange(read_offset(0, at, 5), read_answer(IMAGE[0][at : at + 5])) for at in (0, 20)]
    frames = talk(*parts[0], *parts[1])
    (error,) = errors(frames[3][0])
    assert "which is not in these octets" in error


def test_a_part_whose_place_depends_on_what_is_missing(talk: Talk) -> None:
    at = len(IMAGE[0]) - 6
    _, (table,) = talk(*exchange(read_offset(0, at, 4), read_answer(IMAGE[0][at : at + 4])))
    (error,) = errors(table)
    assert "`DIM_STD_TBLS_USED`, which is not in these octets" in error


def test_a_part_of_a_known_layout(talk: Talk) -> None:
    octets = IMAGE[23][1:9]
    frames = talk(*read_whole(0), *read_whole(21), *exchange(read_offset(23, 1, 8), read_answer(octets)))
    found = [
        item for item in frames[5][0] if item.filter == "tdl.st23.tot_data_block.summations" and ": " in item.label
    ]
    assert [item.label for item in found] == ["SUMMATIONS[0]: 1234567", "SUMMATIONS[1]: 8910"]
    assert errors(frames[5][0]) == []


def test_a_part_is_written(talk: Talk) -> None:
    frames = talk(*read_whole(0), *read_whole(21), *exchange(write_offset(23, 1, IMAGE[23][1:5]), OK))
    assert [item.label for item in frames[4][0][-1:]] == ["SUMMATIONS[0]: 1234567"]


def test_elements_by_index(talk: Talk) -> None:
    frames = talk(
        *read_whole(0), *read_whole(21), *exchange(read_index(23, [1, 0, 1], 1), read_answer(IMAGE[23][5:9])),
        *exchange(read_index(21, [2], 3), read_answer(IMAGE[21][2:5])),
        *exchange(read_index(23, [99], 1), read_answer(b"\0")),
        *exchange(read_index(23, [1, 0, 0], 2), read_answer(IMAGE[23][1:9])),
    )  # fmt: skip
    assert frames[5][0][-1].label == "SUMMATIONS[1]: 8910"
    assert [item.label for item in frames[7][0][-3:]] == ["NBR_SELF_READS: 2", "NBR_SUMMATIONS: 2", "NBR_DEMANDS: 1"]
    assert errors(frames[9][0]) == ["ST23 at octet 0: indices 99, indices of an element expected"]
    assert [item.label for item in frames[11][0][-2:]] == ["SUMMATIONS[0]: 1234567", "SUMMATIONS[1]: 8910"]


# --- procedures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "label", "problems"),
    [
        ("040001 07", "LIST: 7 (HISTORY_LOG)", []),
        ("040001 07 0000", "LIST: 7 (HISTORY_LOG)", []),
        (
            "040001 07 0001",
            "LIST: 7 (HISTORY_LOG)",
            ["SP4.parameter at octet 1: 2 more octets, the end of the table expected"],
        ),
        ("040001", "PARM: ", []),
        ("FF0701 01", "PARM: 01", []),
    ],
)
def test_parameters_of_a_procedure(talk: Talk, octets: str, label: str, problems: list[str]) -> None:
    """Zeros may fill the room behind them."""
    frames = talk(*read_whole(0), *exchange(write(7, bytes.fromhex(octets)), OK))
    table = frames[2][0]
    assert [item.label for item in table if item.filter != "tdl.error"][-1] == label
    assert errors(table) == problems


def test_the_response_of_a_procedure(talk: Talk) -> None:
    frames = talk(*read_whole(0), *read_whole(8, bytes.fromhex("0900010003")))
    assert values(frames[3][0])["tdl.st8.result_code"] == "0"
    assert [item.label for item in frames[3][0][-4:-2]] == ["DEMAND_RESET: true", "SELF_READ: true"]


# --- damage ----------------------------------------------------------------------------------------------------------


def test_a_wrong_checksum_is_said(talk: Talk) -> None:
    answer = read_answer(IMAGE[0])
    _, (table,) = talk(*exchange(read(0), answer[:-1] + bytes([answer[-1] ^ 1])))
    assert errors(table) == [f"checksum {answer[-1] ^ 1:02X}, {answer[-1]:02X} expected"]


def test_a_count_beyond_the_octets_is_said(talk: Talk) -> None:
    _, (table,) = talk(*exchange(read(0), OK + b"\xff\xff" + IMAGE[0]))
    assert f"{len(IMAGE[0])} octets, a count of 65535 said" in errors(table)
    assert values(table)["tdl.st0.format_control_1.char_format"] == "1"


def test_a_table_that_the_definition_does_not_have(talk: Talk) -> None:
    _, (table,) = talk(*exchange(read(0x0FFF), read_answer(b"\1\2\3")))
    assert errors(table) == ["table 0x0FFF is not in ACME_AX200"]


HEALTHY = [*read_whole(0), *read_whole(21), *read_whole(23), *pieces(0, [7, 8]), *exchange(write(0, IMAGE[0]), OK)]
ROUNDS = 60


def test_damaged_services(any_meter: Plugin, tmp_path: Path) -> None:
    """Services changed and cut at random: no error of the dissector, whatever Wireshark makes of them."""
    random, capture = Random(1), Capture()
    for _ in range(ROUNDS):
        for message in HEALTHY:
            service = bytearray(message.services[0])
            for _ in range(random.randint(0, 3)):
                service[random.randrange(len(service))] = random.choice([0, 1, 127, 255, random.randrange(256)])
            cut = random.choice([len(service), len(service), random.randint(1, len(service))])
            capture.say(Message(services=(bytes(service[:cut]),), id=random.randint(1, 3), answer=message.answer))
    survived(capture, any_meter, tmp_path)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_damaged_messages(any_meter: Plugin, tmp_path: Path, transport: str) -> None:
    """Octets of whole messages changed at random, those that say how long things are among them."""
    random, capture = Random(2), Capture(transport=transport)
    for _ in range(ROUNDS):
        for message in HEALTHY:
            before = len(capture.octets)
            capture.say(message)
            for _ in range(random.randint(0, 3)):
                at = random.randrange(before + 16 + 40, len(capture.octets))
                capture.octets[at] ^= 1 << random.randrange(8)
    survived(capture, any_meter, tmp_path)


def survived(capture: Capture, any_meter: Plugin, tmp_path: Path) -> None:
    (tmp_path / "capture").write_bytes(capture.octets)
    shown = tables(tmp_path / "capture", any_meter.path)
    assert len(shown) == ROUNDS * len(HEALTHY)
    said = [error for frame in shown for table in frame for error in errors(table)]
    assert said
    assert not [error for error in said if "internal" in error]
