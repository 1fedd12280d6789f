"""What holds of any two definitions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tdl.check import check
from tdl.compat import Side, compare, show_json, show_text
from tdl.ir.lower import lower
from tdl.ir.schedule import schedule
from tdl.merge import merge
from tdl.report import Report
from tdl.syntax import ast
from tests.property.documents import documents, fragments


def _side(document: ast.Document) -> Side | None:
    report = Report()
    check(document, report)
    if report.failed:
        return None
    model = lower(document)
    return Side(model=model, plan=schedule(model))


@given(documents())
def test_a_definition_is_identical_with_itself(document: ast.Document) -> None:
    side = _side(document)
    if side is not None:
        comparison = compare(side, side)
        assert not comparison.changed
        assert not any(table.moves for table in comparison.tables)


@given(st.data())
def test_what_a_fragment_makes_can_be_compared_both_ways(data: st.DataObject) -> None:
    base = data.draw(documents())
    fragment = data.draw(fragments(base))
    merged = merge(base, (fragment,), Report(), ("BASE",))
    sides = None if merged is None else (_side(base), _side(merged))
    if sides is None or None in sides:
        return
    there, back = compare(*sides), compare(*reversed(sides))
    assert there.changed == back.changed
    for comparison in (there, back):
        assert show_text(comparison)
        assert show_json(comparison)
        for table in comparison.tables:
            assert table.verdict == "identical" or table.changes
