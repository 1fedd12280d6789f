"""What the rules work out before there is a Model or a Plan is what the later stages find."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import tdl
from tdl.check import check, sizes
from tdl.check.interval import combine, interval, value_range
from tdl.check.view import View
from tdl.ir import expr
from tdl.ir.formats import FIXED_MOMENTS, MOMENT_OCTETS, NI_FORMATS, SELECTOR_RANGES
from tdl.ir.lower import lower
from tdl.ir.schedule import schedule
from tdl.report import Report
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Shapes
from tests.property.documents import documents

NUMBERS = st.integers(expr.INT64_MIN, expr.INT64_MAX) | st.integers(-5, 300)
RANGES = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted)
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "AND", "OR")


@given(st.sampled_from(OPERATORS), RANGES, RANGES)
@settings(max_examples=400, deadline=None)
def test_intervals_hold_every_value(operator: str, left: list[int], right: list[int]) -> None:
    """What an operation gives for values inside two intervals is inside the interval it gives for them."""
    (a, x, b), (c, y, d) = left, right
    low, high = combine(operator, (a, b), (c, d))
    operation = expr.Binary(operator=operator, left=expr.Const(value=x), right=expr.Const(value=y))
    try:
        found = evaluated(operation)
    except expr.ArithmeticProblem:
        return
    assert low <= found <= high
    if operator != "%":  # of a remainder only its bounds are worked out
        assert combine(operator, (x, x), (y, y)) == (found, found)


@given(RANGES)
@settings(max_examples=100, deadline=None)
def test_intervals_of_one_operand(values: list[int]) -> None:
    low, value, high = values
    reference = ast.Reference(steps=(ast.Name(name="X"),))
    for operator in ("-", "NOT"):
        least, most = interval(ast.Unary(operator=operator, operand=reference), lambda _: (low, high))
        try:
            found = evaluated(expr.Unary(operator=operator, operand=expr.Const(value=value)))
        except expr.ArithmeticProblem:
            continue
        assert least <= found <= most


def evaluated(expression: expr.Expr) -> int:
    return expr.evaluate(expression, look_up=lambda *_: 0, contains=lambda *_: False, index=0)


def test_ranges_of_elements() -> None:
    assert value_range(ast.Named(name="UINT24")) == (0, 2**24 - 1)
    assert value_range(ast.Named(name="INT8")) == (-128, 127)
    assert value_range(ast.Named(name="UINT64")) == (0, 2**64 - 1)
    assert value_range(ast.BitRange(kind="UINT", low=4, high=6)) == (0, 7)
    assert value_range(ast.BitRange(kind="INT", low=4, high=6)) == (-4, 3)
    assert value_range(ast.BitRange(kind="BOOL", low=7, high=7)) == (0, 1)
    assert value_range(ast.BitRange(kind="FILL", low=0, high=7)) is None
    assert value_range(ast.Named(name="STRING")) is None


def test_sizes_of_types_that_table_0_selects() -> None:
    from tdl.check.configuration import SELECTORS

    assert set(SELECTORS) == set(SELECTOR_RANGES)
    octets = [octets for _, octets, _ in NI_FORMATS]
    assert (min(octets), max(octets)) == sizes.NON_INTEGER_OCTETS
    changing = [n for name, each in MOMENT_OCTETS.items() if name not in FIXED_MOMENTS for n in each]
    assert (min(changing), max(changing)) == sizes.MOMENT_OCTETS
    assert sizes.FIXED_MOMENTS == FIXED_MOMENTS
    assert {MOMENT_OCTETS[name] for name in FIXED_MOMENTS} == {(2,) * 5}


def test_sizes_are_those_of_the_plan() -> None:
    document = tdl.load("std:2012").document
    view = View(document)
    known = sizes.sizes(view)
    plan = schedule(lower(document))
    compared = 0
    for table in view.tables:
        found = plan.table(table.name)
        assert found is not None
        least, most = sizes.size_of(view, table.specification, None, known)
        assert least <= found.size[0] <= found.size[1]
        if found.size[0] == found.size[1]:
            assert (least, most) == found.size, table.name
            compared += 1
    assert compared >= 3


@given(documents())
@settings(max_examples=60, deadline=None)
def test_references_are_those_that_later_stages_find(document: ast.Document) -> None:
    view, shapes = View(document), Shapes(document)
    for mention in view.mentions:
        later = shapes.find(mention.reference, mention.site.inside)
        assert type(later) is type(mention.found)
        if isinstance(later, ElementFound):
            assert later == mention.found


@given(documents())
@settings(max_examples=60, deadline=None)
def test_checking_changes_nothing_and_says_the_same_twice(document: ast.Document) -> None:
    before = repr(document)
    first, second = Report(), Report()
    check(document, first)
    check(document, second)
    assert repr(document) == before
    assert list(first) == list(second)
