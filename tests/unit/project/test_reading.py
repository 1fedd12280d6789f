"""A whole meter: where each value that a layout needs comes from, and what a table that fails does to the others."""

from __future__ import annotations

import pytest

from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.image import Image, Profile, UnreadableImage
from tdl.project.definition import UnknownTable
from tdl.project.reading import known_values, read_image, write_image
from tests.unit.project.definitions import CONFIG, meter

LIST = bytes.fromhex("01 0102 0304 AA 55")
"""One octet of data, two items, the extra element."""


def test_a_table_is_decoded_with_what_the_others_say() -> None:
    reading = read_image(meter(), Image(tables={"ST3": b"\x09", "ST1": LIST, "ST0": CONFIG}))
    assert reading.failures == {}
    assert reading["ST1"].ITEMS == [0x0201, 0x0403]
    assert reading["1"].EXTRA == 0x55
    assert reading["LAST_TBL"].DATA == b"\x09"
    assert list(reading) == ["ST0", "ST1", "ST3"]
    assert "ST2" not in reading
    with pytest.raises(KeyError):
        reading["ST2"]
    with pytest.raises(KeyError):
        reading["ST99"]


def test_a_number_names_a_standard_table() -> None:
    definition = meter()
    reading = read_image(definition, Image(tables={"ST0": CONFIG, "ST1": LIST, "MT5": b"\1\2\3\4"}))
    assert definition.key(1) == definition.table(1).key == "ST1"
    assert reading[1] == reading["ST1"] == definition.decode(1, LIST, reading.environment)
    assert definition.encode(1, reading[1], reading.environment) == LIST
    assert reading.located(1).key == "ST1"
    assert (1 in reading, 2 in reading, 5 in reading) == (True, False, False)
    with pytest.raises(KeyError, match="99"):
        reading[99]
    with pytest.raises(UnknownTable, match="METER has no table `5`"):
        definition.decode(5, b"")


def test_a_table_that_fails_hides_no_other_and_names_itself_where_it_is_needed() -> None:
    reading = read_image(meter(), Image(tables={"ST0": CONFIG, "ST1": LIST[:-1], "ST2": b"\1\2\3\4", "ST3": b"\x09"}))
    assert list(reading.values) == ["ST0", "ST2"]
    assert reading.failures["ST1"].kind == "truncated"
    assert reading.failures["ST3"].kind == "missing"
    assert "ST1 itself fails" in reading.failures["ST3"].found
    with pytest.raises(DecodeError, match="octet 6"):
        reading["ST1"]


def test_a_profile_does_not_stand_in_for_octets_that_are_there() -> None:
    profile = Profile(values={"LIST_TBL": {"LENGTH": 1}})
    reading = read_image(meter(), Image(tables={"ST0": CONFIG, "ST1": b"", "ST3": b"\x09"}), bind=profile)
    assert set(reading.failures) == {"ST1", "ST3"}


def _items(own: bool, settings: tuple[str, ...], bind: Image | Profile | None, beside: Profile | None) -> int:
    """How many items Table 1 is taken to have: each source says another number."""
    tables = {"ST0": CONFIG} if own else {}
    reading = read_image(
        meter(), Image(tables={**tables, "ST1": bytes(20)}, profile=beside), bind=bind, settings=settings
    )
    error = reading.failures["ST1"]
    assert error.kind == "trailing"
    return (error.offset - 1) // 2


def _says(count: int) -> Profile:
    return Profile(values={"CONFIG_TBL": {"COUNT": count, "USED": [], "DATA_ORDER": 0}})


def test_settings_then_the_own_tables_then_what_it_is_bound_to_then_the_profile_beside_it() -> None:
    other = Image(tables={"ST0": bytes.fromhex("00 02 05 00 00 00")}, profile=_says(6))
    only_profile = Image(tables={"ST2": b""}, profile=_says(6))
    beside = _says(4)
    assert _items(True, ("CONFIG_TBL.COUNT=7",), _says(3), beside) == 7
    assert _items(True, (), _says(3), beside) == 2
    assert _items(True, (), other, beside) == 2
    assert _items(False, (), _says(3), beside) == 3
    assert _items(False, (), other, beside) == 5
    assert _items(False, ("CONFIG_TBL.COUNT=7",), other, beside) == 7
    assert _items(False, (), only_profile, beside) == 6
    assert _items(False, (), None, beside) == 4


def test_values_that_are_given_are_encoded_with_each_other() -> None:
    config = {
        "FORMAT": {"DATA_ORDER": 1, "INT_FORMAT": 0, "SIGN": 0},
        "KIND": 2,
        "COUNT": 2,
        "USED": [1],
        "WIDTHS": [0, 0],
    }
    values = {
        "ST3": {"DATA": "FF"},
        "ST1": {"LENGTH": 1, "ITEMS": [1, 2], "DATA": b"\xaa", "EXTRA": 5},
        "ST0": Record(
            [
                ("FORMAT", Record({"DATA_ORDER": 1, "INT_FORMAT": 0, "SIGN": 0})),
                *[(n, v) for n, v in config.items() if n != "FORMAT"],
            ]
        ),
    }
    octets = write_image(meter(), values)
    assert octets == {
        "ST0": bytes.fromhex("01 02 02 02 00 00"),
        "ST1": bytes.fromhex("01 0001 0002 AA 05"),
        "ST3": b"\xff",
    }
    assert read_image(meter(), Image(tables=octets))["ST1"].ITEMS == [1, 2]


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(EncodeError, match="COUNT"):
        write_image(meter(), {"ST0": {"FORMAT": {"DATA_ORDER": 1, "INT_FORMAT": 0, "SIGN": 0}, "KIND": 0}})
    with pytest.raises(UnknownTable):
        write_image(meter(), {"ST77": {}})


def test_a_pending_table() -> None:
    reading = read_image(meter(), Image(tables={"ST0": CONFIG, "ST2P": bytes.fromhex("07 01 020304")}))
    assert reading["ST2P"].ACTIVATION.WHEN == 7
    assert reading["ST2P"].TABLE.SECOND == b"\2\3\4"


def test_unknown_tables_and_tables_under_two_names() -> None:
    assert read_image(meter(), Image(tables={"ST77": b""})).unknown == ["ST77"]
    with pytest.raises(UnreadableImage, match="`ST0` and `CONFIG_TBL` are both ST0"):
        read_image(meter(), Image(tables={"ST0": CONFIG, "CONFIG_TBL": CONFIG}))


def test_only_what_is_wanted_and_what_that_needs_is_decoded() -> None:
    tables = {"ST0": CONFIG, "ST1": LIST, "ST2": b"\1\2\3\4", "ST3": b"\x09"}
    assert list(read_image(meter(), Image(tables=tables), only=["ST2"]).values) == ["ST0", "ST2"]


def test_a_chain_of_tables_as_long_as_you_like_needs_no_stack() -> None:
    count = 1500
    text = "DOCUMENT CHAIN;\nTYPE T0_RCD = PACKED RECORD\n    N0 : UINT8;\nEND;\nTABLE 0 T0_TBL = T0_RCD;\n" + "".join(
        f"TYPE T{i}_RCD = PACKED RECORD\n    D : BINARY(T{i - 1}_TBL.N{i - 1});\n    N{i} : UINT8;\nEND;\n"
        f"TABLE {i} T{i}_TBL = T{i}_RCD;\n"
        for i in range(1, count)
    )
    tables = {f"ST{i}": b"\x00" for i in reversed(range(count))}
    reading = read_image(meter(text), Image(tables=tables))
    assert len(reading) == count


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    read_image(meter(), Image(tables={"ST0": CONFIG, "ST1": LIST}), watch=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]


def test_what_a_plan_is_bound_to() -> None:
    definition = meter()
    table = definition.bind("ST2", known_values(definition, Image(tables={"ST0": CONFIG})))
    assert table.size == (4, 4)
    table = definition.bind("ST2", known_values(definition, Profile(values={"ST0": {"WIDTHS": [2, 2]}})))
    assert table.size == (4, 4)
    with pytest.raises(DecodeError):
        known_values(definition, Image(tables={"ST0": b""}))
