"""What the reference encoder's expressions see: the values as a decoder would read them back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.errors import EncodeError
from tdl.codec.values import Raw
from tdl.ir import plan
from tdl.ir.expr import Const, Local

ZERO = Const(value=0)
COUNT = plan.Take(name="N", path=("N",), octets=1, kind="int", order=ZERO, form=ZERO)
BITS = plan.Bits(
    name="B",
    path=("B",),
    type_name="B_BFLD",
    octets=1,
    order=ZERO,
    fields=(plan.Field(name="N", path=("B", "N"), low=0, width=4, kind="int", form=ZERO),),
)


def table(first: plan.PlanOp, *count: str) -> plan.TablePlan:
    data = plan.Bytes(name="X", path=("X",), form="binary", length=Local(up=0, path=count))
    root = plan.Group(type_name="A_RCD", ops=(first, data))
    return plan.TablePlan(key="ST0", id=0, name="A_TBL", root=root, needs=(), size=(1, 128))


@pytest.mark.parametrize("two", [2, 2.0, Decimal(2), Raw(b"\2"), b"\2"])
def test_a_count_in_any_form_that_its_element_takes(two: object) -> None:
    assert encode(table(COUNT, "N"), {"N": two, "X": b"ab"}) == b"\2ab"
    assert encode(table(BITS, "B", "N"), {"B": {"N": two}, "X": b"ab"}) == b"\2ab"
    assert decode(table(COUNT, "N"), b"\2ab")["X"] == b"ab"


def test_another_length_than_the_count_says() -> None:
    with pytest.raises(EncodeError, match="ST0 X at octet 1: 2 octets, 1 expected") as caught:
        encode(table(COUNT, "N"), {"N": 1, "X": b"ab"})
    assert (caught.value.kind, caught.value.path, caught.value.offset) == ("length", ("X",), 1)


def test_a_field_names_its_lowest_bit() -> None:
    with pytest.raises(EncodeError, match="at octet 0 bit 0: 9, -8 to 7 expected") as caught:
        encode(table(BITS, "B", "N"), {"B": {"N": 9}, "X": b""})
    assert caught.value.bit == 0


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"N": 0}, "absent"),
        ({"N": 0, "X": b"", "Y": 1}, "unknown"),
        ({"N": "0", "X": b""}, "type"),
        ({"N": 200, "X": b""}, "range"),
        ({"N": -1, "X": b""}, "dimension"),
        ([], "type"),
    ],
)
def test_what_does_not_fit_is_one_error(values: dict[str, object], kind: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(table(COUNT, "N"), values)
    assert caught.value.kind == kind
