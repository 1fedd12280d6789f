"""Open points are all there, and the verbs beside them settle them."""

from __future__ import annotations

import pytest

from tdl.docs.html import settling
from tdl.docs.site import site
from tdl.project import load
from tdl.sources import Resolver
from tests.unit.docs.definitions import TEXT, view


def test_each_doubt_has_its_place_under_the_first_table_it_matters_to() -> None:
    found = [
        (group.title, doubt.what, doubt.problem, doubt.source, doubt.place)
        for group in view().open
        for point in group.points
        for doubt in point.doubts
    ]
    assert found == [
        ("ST0 CONFIG_TBL", "CONFIG_RCD.ROWS", "confidence med", "N", "meter.tdl:8"),
        ("ST0 CONFIG_TBL", "CONFIG_RCD.UNUSED", "confidence low in the name", "K", "meter.tdl:9"),
        ("ST0 CONFIG_TBL", "FLAGS_BFLD", "confidence low", "N, R", "meter.tdl:11"),
        ("ST0 CONFIG_TBL", "MODE_ENUM.ON", "confidence low", "N, O", "meter.tdl:18"),
        ("ST12 LIST_TBL", "ROW_RCD.VALUE", "confidence low", "", "meter.tdl:28"),
        ("ST12 LIST_TBL", "LIST_RCD.HEAD", "confidence med", "", "meter.tdl:33"),
        ("ST12 LIST_TBL", "LIST_RCD.REST", "layout not known", "", "meter.tdl:38"),
        ("MT5 HIDDEN_TBL", "HIDDEN_RCD", "layout not known", "K", "meter.tdl:48"),
        ("MT5 HIDDEN_TBL", "HIDDEN_TBL", "confidence low", "K", "meter.tdl:52"),
        ("SP4 DO_IT", "DO_IT", "confidence med", "T", "meter.tdl:53"),
        ("Types that no table uses", "SPARE_RCD.NOBODY", "confidence low", "", "meter.tdl:45"),
    ]
    points = {point.name: [p.text for p in point.also] for group in view().open for point in group.points}
    assert points["ROW_RCD"] == ["SP4"]
    assert view().doubts == len(found)


def test_verbs_are_those_of_a_fragment() -> None:
    stubs = {point.name: point.stub for group in view().open for point in group.points}
    assert stubs["CONFIG_RCD"] == (
        "MODIFY TYPE CONFIG_RCD\n"
        '    SET ROWS.Confidence = "high" WAS "med";\n'
        '    SET ROWS.Source = "the published standard" WAS "N";\n'
        '    SET UNUSED.NameConfidence = "high" WAS "low";\n'
        "END;"
    )
    assert stubs["ROW_RCD"].startswith("REPLACE TYPE ROW_RCD = PACKED RECORD\n"), "one name in two branches"
    assert "REPLACE REST : REST_RCD WAS OPAQUE;" in stubs["LIST_RCD"]
    assert stubs["DO_IT"].startswith("MODIFY PROCEDURE 4\n")


def test_they_settle_every_point() -> None:
    resolver = Resolver({"meter.tdl": TEXT, "settle.tdl": settling(view())})
    settled = site(load("meter.tdl", ["settle.tdl"], resolver))
    assert settled.open == ()
    assert settled.doubts == 0


@pytest.mark.parametrize("edition", ["std:1997", "std:2008", "std:2012"])
def test_they_settle_every_point_of_the_library(edition: str) -> None:
    shown = site(load(edition))
    assert shown.doubts > 100
    settled = site(load(edition, ["settle.tdl"], Resolver({"settle.tdl": settling(shown)})))
    assert settled.open == ()
