"""What is taken down of a decoding: everything in its place, with the values that decided over it."""

from __future__ import annotations

import pytest

from tdl.explore import looking
from tdl.explore.trace import Trace
from tests.unit.explore.meters import CONFIG, LIST, facts, kinds, table, trace, view


def rows(of: Trace) -> list[tuple[str, str, int, int, str]]:
    return [
        (k.what, k.name, at, size, value)
        for k, at, size, value in zip(kinds(of), of.at, of.size, of.value, strict=True)
    ]


def test_every_value_container_and_branch_has_its_octets() -> None:
    shown = trace(view(), "ST12")
    assert rows(shown) == [
        ("value", "NAME", 0, 9, "</script>"),
        ("array", "ROWS", 9, 8, ""),
        ("record", "", 9, 5, ""),
        ("value", "COUNT", 9, 1, "2"),
        ("array", "CELLS", 10, 2, ""),
        ("value", "", 10, 1, "170"),
        ("value", "", 11, 1, "187"),
        ("left", "IF GEN_CONFIG_TBL.FLAGS.WIDE", 12, 0, ""),
        ("taken", "ELSE of IF GEN_CONFIG_TBL.FLAGS.WIDE", 12, 2, ""),
        ("value", "SHORT", 12, 2, "4660 kWh"),
        ("record", "", 14, 3, ""),
        ("value", "COUNT", 14, 1, "0"),
        ("array", "CELLS", 15, 0, ""),
        ("left", "IF GEN_CONFIG_TBL.FLAGS.WIDE", 15, 0, ""),
        ("taken", "ELSE of IF GEN_CONFIG_TBL.FLAGS.WIDE", 15, 2, ""),
        ("value", "SHORT", 15, 2, "22136 kWh"),
        ("taken", "CASE GEN_CONFIG_TBL.MODE = 1", 17, 1, ""),
        ("value", "ONE", 17, 1, "7"),
        ("left", "other cases of CASE GEN_CONFIG_TBL.MODE", 18, 0, ""),
        ("left", "IF GEN_CONFIG_TBL.ROWS > 9", 18, 0, ""),
    ]
    assert shown.below == [0, 14, 7, 0, 2, 0, 0, 0, 1, 0, 5, 0, 0, 0, 1, 0, 1, 0, 0, 0]
    assert (shown.shown, shown.full, shown.error) == (18, False, "")


def test_a_branch_that_is_left_names_what_would_be_there() -> None:
    left = [kind for kind in kinds(trace(view(), "ST12")) if kind.what == "left"]
    assert [kind.without for kind in left[-2:]] == [("TWO", "MORE", "OTHER"), ("MANY",)]


def test_values_that_decided_are_told_with_their_place() -> None:
    shown = trace(view(), "ST12")
    by_name = {kind.name: facts(shown, kind) for kind in kinds(shown)}
    (count,) = by_name["ROWS"]
    assert (count.role, count.text, count.value) == ("count", "GEN_CONFIG_TBL.ROWS", "2")
    assert [(r.label, r.value, r.table, r.path) for r in count.reads] == [("GEN_CONFIG_TBL.ROWS", "2", "ST0", "ROWS")]
    (condition,) = by_name["IF GEN_CONFIG_TBL.FLAGS.WIDE"]
    assert (condition.role, condition.value) == ("condition", "does not hold")
    assert [(r.value, r.table, r.path) for r in condition.reads] == [("false", "ST0", "FLAGS.WIDE")]
    (order,) = by_name["SHORT"]
    assert (order.role, order.value) == ("order", "least significant octet first")


def test_a_count_inside_the_table_is_that_of_its_own_row() -> None:
    shown = trace(view(), "ST12")
    counts = [facts(shown, kind)[0].reads[0] for kind in kinds(shown) if kind.name == "CELLS"]
    assert [(read.value, read.table, read.path) for read in counts] == [
        ("2", "ST12", "ROWS[0].COUNT"),
        ("0", "ST12", "ROWS[1].COUNT"),
    ]


def test_a_count_in_the_record_around() -> None:
    shown = trace(view(ST0=CONFIG, MT6=bytes.fromhex("01 02  00 AA  00 BB CC")), "MT6")
    counts = [facts(shown, kind)[0].reads[0] for kind in kinds(shown) if kind.name == "CELLS"]
    assert [(read.value, read.table, read.path) for read in counts] == [
        ("1", "MT6", "SIZES[0]"),
        ("2", "MT6", "SIZES[1]"),
    ]


def test_bits_of_fields_and_the_order_of_their_container() -> None:
    shown = trace(view(), "ST0")
    container, *fields = kinds(shown)[3:7]
    assert (container.what, container.big) == ("bits", False)
    assert [(k.name, k.low, k.width) for k in fields] == [("INVERTED", 0, 1), ("WIDE", 1, 1), ("KIND", 6, 4)]
    assert shown.value[6] == "1 (ON)"
    assert fields[2].enumeration == "KIND_ENUM"
    assert kinds(shown)[7].about == (("Label", "how many rows"),)


def test_a_root_that_is_a_bit_field() -> None:
    shown = trace(view(ST0=CONFIG, MT5=b"\x40\x00"), "MT5")
    assert [k.what for k in kinds(shown)] == ["bits", "field", "field", "field"]


@pytest.mark.parametrize("left", range(len(LIST)))
def test_what_is_cut_short_is_shown_as_far_as_it_goes(left: int) -> None:
    shown = view(ST0=CONFIG, ST12=LIST[:left])
    of = trace(shown, "ST12")
    assert (table(shown, "ST12").verdict, kinds(of)[-1].what) == ("fails", "error")
    assert of.at[-1] <= left
    assert of.at[-1] == of.shown
    whole = trace(view(), "ST12")
    values = [(k.name, at, v) for k, at, v in zip(kinds(of), of.at, of.value, strict=True) if k.what == "value"]
    same = [(k.name, at, v) for k, at, v in zip(kinds(whole), whole.at, whole.value, strict=True) if k.what == "value"]
    assert values == same[: len(values)]
    assert all(node + below < len(of) for node, below in enumerate(of.below))


def test_octets_behind_the_end() -> None:
    shown = trace(view(ST0=CONFIG, ST12=LIST + b"!"), "ST12")
    assert rows(shown)[-1] == ("error", "1 more octet, the end of the table expected", 18, 0, "")


def test_a_table_that_needs_one_that_is_not_there() -> None:
    shown = view(ST12=LIST)
    assert table(shown, "ST12").verdict == "fails"
    assert rows(trace(shown, "ST12"))[-1][0] == "error"
    assert [(link.key, link.there) for link in table(shown, "ST12").needs] == [("ST0", False)]


def test_tables_with_verdicts_and_what_they_have_to_do_with_each_other() -> None:
    shown = view(ST12=LIST, ST0=CONFIG, ST99=b"abc")
    assert [(t.key, t.name, t.verdict, t.problem) for t in shown.tables] == [
        ("ST0", "GEN_CONFIG_TBL", "decoded", ""),
        ("ST12", "LIST_TBL", "decoded", ""),
        ("ST99", "", "unknown", "METER has no table ST99"),
    ]
    assert [link.key for link in table(shown, "ST0").used_by] == ["ST12"]
    assert (shown.image, shown.definition) == ("meter", "METER")
    assert [name for name, _ in shown.codes] == ["KIND_ENUM"]


def test_pages_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MAX_TABLE_NODES", 22)
    monkeypatch.setattr(looking, "MAX_NODES", 34)
    monkeypatch.setattr(looking, "MAX_OCTETS", 11)
    monkeypatch.setattr(looking, "MAX_ALL_OCTETS", 12)
    shown = view()
    assert [(len(trace(shown, k)), trace(shown, k).full) for k in ("ST0", "ST12")] == [(9, False), (3, True)]
    assert [(len(t.octets), t.size) for t in shown.tables] == [(5, 5), (7, 18)]
    assert trace(shown, "ST12").below == [0, 1, 0]
