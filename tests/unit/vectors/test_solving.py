"""The search for values that make expressions come out as wanted."""

from __future__ import annotations

from tdl.ir.expr import Binary, Const, Contains, Expr, External, Unary
from tdl.vectors.branches import EVERYTHING, FALSE, TRUE, Wanted
from tdl.vectors.solving import Constraint, Member, Outside, Variable, solve


class Nothing:
    """Nothing is known, and all is free: numbers are 0, sets are empty."""

    def __init__(self, *fixed: Variable) -> None:
        self.fixed = fixed

    def current(self, variable: Variable) -> int:
        return 0

    def is_fixed(self, variable: Variable) -> bool:
        return variable in self.fixed


def element(name: str, high: int = 255) -> External:
    return External(table=0, table_name="T", path=(name,), range=(0, high))


def compare(left: Expr, operator: str, right: Expr | int) -> Expr:
    return Binary(operator=operator, left=left, right=Const(value=right) if isinstance(right, int) else right)


def at(expression: Expr, wanted: Wanted) -> Constraint:
    return Constraint(expression=expression, wanted=wanted, homes=(), index=0)


A, B = element("A"), element("B")
VAR_A, VAR_B = Outside(A, ()), Outside(B, ())


def solved(*constraints: Constraint, known: Nothing | None = None) -> dict[Variable, int] | None:
    return solve(constraints, {}, {}, known or Nothing())


def test_comparisons() -> None:
    assert solved(at(compare(A, ">", 200), TRUE)) == {VAR_A: 201}
    assert solved(at(compare(A, ">", 200), FALSE)) == {VAR_A: 0}
    assert solved(at(compare(A, ">", 255), TRUE)) is None
    assert solved(at(A, Wanted(among=((13, 19),)))) == {VAR_A: 13}
    assert solved(at(A, Wanted(beside=((0, 13),)))) == {VAR_A: 14}


def test_several_elements() -> None:
    found = solved(at(compare(compare(A, "+", B), "==", 500), TRUE))
    assert found is None or found[VAR_A] + found[VAR_B] == 500
    assert solved(at(compare(compare(A, "+", B), "==", 510), TRUE)) == {VAR_A: 255, VAR_B: 255}


def test_both_either_and_not() -> None:
    both = compare(compare(A, "==", 3), "AND", compare(B, "==", 4))
    assert solved(at(both, TRUE)) == {VAR_A: 3, VAR_B: 4}
    assert solved(at(compare(both, "AND", compare(A, "!=", 3)), TRUE)) is None
    either = compare(compare(A, "==", 300), "OR", compare(B, "==", 4))
    assert solved(at(either, TRUE)) == {VAR_B: 4}
    assert solved(at(Unary(operator="NOT", operand=A), FALSE)) == {VAR_A: 1}


def test_members_of_sets() -> None:
    held = Contains(set=element("S"), member=Const(value=9))
    assert solved(at(held, TRUE)) == {Member(Outside(element("S"), ()), 9): 1}
    assert solved(at(Contains(set=element("S"), member=Const(value=-1)), TRUE)) is None


def test_what_one_constraint_settles_the_next_keeps() -> None:
    small, even = at(compare(A, "<", 6), TRUE), at(compare(compare(A, "%", 5), "==", 4), TRUE)
    assert solved(even, small) == solved(small, even) == {VAR_A: 4}
    assert solved(at(compare(A, "==", 1), TRUE), at(compare(A, "==", 2), TRUE)) is None


def test_what_is_fixed_stays() -> None:
    assert solved(at(compare(A, "==", 1), TRUE), known=Nothing(VAR_A)) is None
    assert solve([at(compare(A, "==", 1), TRUE)], {VAR_A: 2}, {}, Nothing()) is None
    assert solve([at(compare(A, ">", 1), TRUE)], {}, {VAR_A: 77}, Nothing()) == {VAR_A: 77}


def test_a_division_by_zero_is_gone_around() -> None:
    divided = compare(Const(value=8), "/", A)
    found = solved(at(divided, Wanted(among=EVERYTHING)))
    assert found is not None
    assert found[VAR_A] != 0
