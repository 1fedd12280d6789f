"""What the pages show is what the definition says."""

from __future__ import annotations

import pytest

from tdl.docs import elements as rows
from tdl.docs import site as building
from tdl.docs.elements import plain
from tdl.docs.site import site
from tdl.project import load
from tdl.sources import Resolver
from tests.unit.docs.definitions import FRAGMENT, definition, elements, table, view


def test_tables_by_decade_with_their_facts() -> None:
    shown = view()
    assert [(d.page, d.title, [t.key for t in d.tables]) for d in shown.decades] == [
        ("decade-0", "Decade 0", ["ST0"]),
        ("decade-1", "Decade 1", ["ST12"]),
        ("mfg-0", "Manufacturer 0", ["MT5"]),
    ]
    config = table(shown, "ST0")
    assert (config.name, config.label, config.facts) == ("CONFIG_TBL", "configuration", (("Role", "ACTUAL"),))
    assert (config.content.size, config.place) == ("3", "meter.tdl:21")
    assert shown.about == ("What METER is. Second sentence.", "Another paragraph.")


def test_elements_with_index_offset_type_and_meaning() -> None:
    shown = elements(view(), "ST12")
    assert [(e.index, e.depth, e.name, plain(e.type)) for e in shown.values()] == [
        ("0", 0, "COUNT", "UINT8"),
        ("1", 0, "HEAD", "ROW_RCD"),
        ("1.0", 1, "CELLS", "ARRAY[2] OF UINT8"),
        ("1.1", 1, "VALUE", "INT32"),
        ("1.2", 1, "VALUE", "INT16"),
        ("2", 0, "ROWS", "ARRAY[CONFIG_TBL.ROWS] OF ROW_RCD"),
        ("2.i.0", 1, "CELLS", "ARRAY[2] OF UINT8"),
        ("2.i.1", 1, "VALUE", "INT32"),
        ("2.i.2", 1, "VALUE", "INT16"),
        ("3", 0, "FIXED", "ARRAY[3] OF PAIR_RCD"),
        ("3.i.0", 1, "A", "UINT8"),
        ("3.i.1", 1, "B", "UINT16"),
        ("4", 0, "TEXT", "STRING(COUNT)"),
        ("5", 0, "LAST", "UINT16"),
        ("6", 0, "REST", "OPAQUE"),
    ]
    assert shown["HEAD.VALUE"].unit == "Wh"
    assert shown["HEAD.VALUE~2"].unit == "kWh"
    assert shown["FIXED"].octets == "9, 3 each"
    assert elements(view(), "ST0")["ROWS"].label == "how many rows"


def test_conditions_are_said_where_they_change() -> None:
    said = {anchor: e.when for anchor, e in elements(view(), "ST12").items() if e.when is not None}
    texts = {anchor: " and ".join(plain(w) for w in when) for anchor, when in said.items()}
    assert texts == {
        "HEAD.VALUE": "IF CONFIG_TBL.FLAGS.WIDE",
        "HEAD.VALUE~2": "IF NOT (CONFIG_TBL.FLAGS.WIDE)",
        "ROWS": "",
        "ROWS.VALUE": "IF CONFIG_TBL.FLAGS.WIDE",
        "ROWS.VALUE~2": "IF NOT (CONFIG_TBL.FLAGS.WIDE)",
        "FIXED": "",
    }
    assert said["HEAD.VALUE"][0][1].href == "decade-0.html#ST0.FLAGS.WIDE"


def test_evidence_in_force() -> None:
    config, listed = elements(view(), "ST0"), elements(view(), "ST12")
    assert [(config[n].evidence.confidence, config[n].evidence.source) for n in ("FLAGS", "FLAGS.WIDE", "ROWS")] == [
        ("high", "K"),
        ("low", "K"),
        ("med", "N"),
    ]
    assert config["FLAGS"].evidence.said_by == "CONFIG_TBL"
    assert [listed[n].evidence.confidence for n in ("HEAD.CELLS", "HEAD.VALUE~2", "ROWS.CELLS")] == ["med", "low", ""]
    assert view().procedures[0].evidence.confidence == "med"
    codes = {code.name: code.evidence.confidence for code in view().enumerations[0].codes}
    assert codes == {"OFF": "high", "ON": "low", "REST": "high"}


def test_cross_references_both_ways() -> None:
    shown = view()
    listed, config = table(shown, "ST12"), table(shown, "ST0")
    assert [(p.text, p.href) for p in listed.needs] == [
        ("CONFIG_TBL.FLAGS.WIDE", "decade-0.html#ST0.FLAGS.WIDE"),
        ("CONFIG_TBL.DATA_ORDER", "decade-0.html#ST0"),
        ("CONFIG_TBL.INT_FORMAT", "decade-0.html#ST0"),
        ("CONFIG_TBL.ROWS", "decade-0.html#ST0.ROWS"),
        ("CONFIG_TBL.CHAR_FORMAT", "decade-0.html#ST0"),
    ], "what this Table 0 does not have leads to the table"
    assert [(p.text, p.href) for p in config.used_by] == [
        ("ST12", "decade-1.html#ST12"),
        ("SP4", "procedures.html#SP4"),
    ]
    rows = elements(shown, "ST0")
    assert [p.text for p in rows["ROWS"].used_by] == ["ST12"]
    assert [p.text for p in rows["FLAGS.WIDE"].used_by] == ["ST12", "SP4"]
    assert rows["UNUSED"].used_by == ()
    assert [p.href for p in elements(shown, "ST12")["TEXT"].type] == ["", "#ST12.COUNT", ""], "an element beside it"
    types = {t.name: [(p.text, p.href) for p in t.used_by] for t in shown.types}
    assert types["PAIR_RCD"] == [("LIST_RCD", "types.html#LIST_RCD"), ("SP4", "procedures.html#SP4")]
    assert types["LIST_RCD"] == [("ST12", "decade-1.html#ST12")]
    assert [p.text for p in shown.enumerations[0].used_by] == ["FLAGS_BFLD"]
    assert rows["FLAGS.MODE"].enumeration == shown.enumerations[0]


def test_a_table_does_not_decide_over_itself() -> None:
    text = "TYPE T_RCD = PACKED RECORD N : UINT8; A : ARRAY[T_TBL.N] OF UINT8; END; TABLE 0 T_TBL = T_RCD;"
    shown = site(load("t.tdl", (), Resolver({"t.tdl": text})))
    assert table(shown, "ST0").used_by == ()
    assert table(shown, "ST0").needs == ()


def test_who_changed_what() -> None:
    shown = view(FRAGMENT)
    assert elements(shown, "ST0")["EXTRA"].history == ("added by ACME, f0.tdl:4",)
    assert elements(shown, "ST0")["ROWS"].history == ()
    assert table(shown, "ST12").history == (
        "declared by METER, meter.tdl:47",
        "modified by ACME, f0.tdl:6",
        "Label set by ACME, f0.tdl:7",
    )
    assert table(shown, "ST0").history == ()


def test_bound_to_a_meter() -> None:
    shown = site(definition(), _Meter())
    rows = elements(shown, "ST12")
    assert [(n, rows[n].offset, rows[n].absent) for n in ("HEAD.VALUE", "HEAD.VALUE~2", "ROWS", "ROWS.VALUE~2")] == [
        ("HEAD.VALUE", "", True),
        ("HEAD.VALUE~2", "3", False),
        ("ROWS", "5", False),
        ("ROWS.VALUE~2", "7 + 4i", False),
    ]
    assert (rows["FIXED"].offset, rows["ROWS"].octets) == ("13", "8, 4 each")
    assert dict(shown.bound) == {"CONFIG_TBL.FLAGS.WIDE": "0", "CONFIG_TBL.ROWS": "2"}
    assert not any(e.absent for e in elements(view(), "ST12").values())


class _Meter:
    """What is known: narrow values, two rows."""

    def number(self, reference: object, indices: tuple[int, ...]) -> int | None:
        return {("FLAGS", "WIDE"): 0, ("ROWS",): 2}.get(reference.path)  # type: ignore[attr-defined]

    def member(self, reference: object, indices: tuple[int, ...], member: int) -> bool | None:
        return None


def test_the_search_knows_everything_once() -> None:
    found = [(entry.name, entry.about, entry.where, entry.href) for entry in view().found]
    assert ("CONFIG_TBL", "configuration", "ST0", "decade-0.html#ST0") in found
    assert ("ROWS", "how many rows", "ST0", "decade-0.html#ST0.ROWS") in found
    assert ("A", "UINT8", "SP4.parameter", "procedures.html#SP4.parameter.A") in found
    assert ("PAIR_RCD", "", "type", "types.html#PAIR_RCD") in found
    assert ("OFF", "", "MODE_ENUM 0", "enumerations.html#MODE_ENUM") in found
    assert len(found) == len(set(found))


def test_pages_stay_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ELEMENTS", 6)
    monkeypatch.setattr(building, "MAX_ROWS", 9)
    shown = site(definition())
    contents = [table(shown, key).content for key in ("ST0", "ST12", "MT5")]
    assert [(len(c.elements), c.left_out) for c in contents] == [(5, 0), (4, 11), (0, 1)]


def test_the_codes_of_events_have_a_link_of_their_own() -> None:
    assert view().events == ""
    assert site(load("std:2012")).events == "enumerations.html#STD_EVENT_ENUM"
