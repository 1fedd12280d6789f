"""How often generated C looks at bounds: once for what belongs together."""

from __future__ import annotations

from tdl.backends.c.files import Files
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver

TEXT = """
DOCUMENT D;
TYPE FIELDS_BFLD = BIT FIELD OF UINT16
    A : UINT(0..2); B : UINT(3..5); C : UINT(6..6); D : UINT(8..15);
END;
TYPE A_RCD = PACKED RECORD
    FIELDS : FIELDS_BFLD;
    LIST : ARRAY[3] OF UINT24;
END;
TABLE 1 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD
    N : UINT8;
    M : UINT8;
    X : BINARY(N);
    Y : BINARY(M);
    Z : BINARY(N);
END;
TABLE 2 B_TBL = B_RCD;
"""


def body(key: str, verb: str) -> str:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": TEXT}))
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    bound = bind(definition.plan, known)
    files = Files(definition.model, bound, "t")
    table = bound.table(key)
    assert table is not None
    (found,) = (f for f in files.table(table).functions if f.name.endswith(f"_{verb}"))
    return "\n".join(found.body)


def test_an_image_of_one_size_is_looked_at_once() -> None:
    assert body("ST1", "update").count("if (size") == 1
    assert body("ST1", "check").count("if (size") == 1
    assert body("ST1", "encode").count("if (capacity") == 1
    for verb in ("update", "check", "encode"):
        assert "end" not in body("ST1", verb)


def test_fields_of_a_container_are_refused_at_one_place() -> None:
    encode = body("ST1", "encode")
    assert encode.count("TDL_RANGE") == 2  # the container, and the numbers of the array
    assert "((uint32_t)value->FIELDS.A | (uint32_t)value->FIELDS.B) > 0x7u" in encode


def test_lengths_that_follow_each_other_have_one_check() -> None:
    update, encode = body("ST2", "update"), body("ST2", "encode")
    assert update.count("if ((size_t)(end - p) <") == 2  # the two lengths, and all octets
    assert encode.count("if ((size_t)(end - p) <") == 2
    assert "((size_t)n1 + n2 + n1)" in update
    assert update.count("TDL_TRUNCATED") == 3  # each is named still
