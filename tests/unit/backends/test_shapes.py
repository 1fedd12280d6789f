"""What values look like for targets with types: widths, extents, branches, and what profiles promise."""

from __future__ import annotations

from tdl.backends.shapes.making import Shapes
from tdl.backends.shapes.shape import Array, BitMember, BitRecord, Extent, Member, Number, Octets, Real, Record, Variant
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver


def root(text: str, limits: dict[str, int] | None = None, known: dict[str, int] | None = None) -> Record:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": f"DOCUMENT D;\n{text}\nTABLE 5 A_TBL = A_RCD;"}))
    environment = Environment()
    for name, value in (known or {}).items():
        environment.set(0, (name,), value)
    (table,) = bind(definition.plan, environment).tables
    shape = Shapes(table, limits or {}).of(table.root)
    assert isinstance(shape, Record)
    return shape


def shapes(text: str, limits: dict[str, int] | None = None, **known: int) -> dict[str, object]:
    record = root(f"TYPE A_RCD = PACKED RECORD {text} END;", limits, known)
    return {member.name: member.shape for member in record.members}


def fixed(most: int) -> Extent:
    return Extent(most=most, fixed=True)


def up_to(most: int | None) -> Extent:
    return Extent(most=most, fixed=False)


def test_numbers() -> None:
    found = shapes("A : UINT24; B : INT16; C : FLOAT32; D : NI_FMAT1;", INT_FORMAT=0, NI_FORMAT1=4)
    assert found == {
        "A": Number(octets=3, signed=False),
        "B": Number(octets=2, signed=True),
        "C": Real(octets=4),
        "D": Number(octets=4, signed=True, decimals=4),
    }
    assert shapes("B : INT16;") == {"B": Number(octets=2, signed=True, zeros=True)}
    assert shapes("B : INT16;", INT_FORMAT=1) == {"B": Number(octets=2, signed=True, zeros=True)}


def test_octets_and_times() -> None:
    found = shapes("N : UINT8; A : STRING(4); B : BINARY(N); C : STIME_DATE; D : NIL; E : OPAQUE;", TM_FORMAT=3)
    assert found == {
        "N": Number(octets=1, signed=False),
        "A": Octets(form="text", extent=fixed(4)),
        "B": Octets(form="binary", extent=up_to(255)),
        "C": Octets(form="STIME_DATE", extent=fixed(4), variant=3),
        "E": Octets(form="opaque", extent=up_to(None)),
    }
    assert shapes("C : STIME_DATE;") == {"C": Variant(atomic="STIME_DATE", octets=5)}
    assert shapes("C : NI_FMAT2;") == {"C": Variant(atomic="NI_FMAT2", octets=21)}


def test_extents_follow_ranges_and_limits() -> None:
    text = "N : UINT16; A : ARRAY[N * 2] OF UINT8; B : ARRAY[N % 4] OF UINT8;"
    found = shapes(text)
    assert (found["A"], found["B"]) == tuple(
        Array(of=Number(octets=1, signed=False), extent=up_to(most)) for most in (131070, 3)
    )
    limited = shapes(text, {"A_TBL.N": 5})
    assert limited["A"] == Array(of=Number(octets=1, signed=False), extent=up_to(10))
    assert shapes("N : UINT32; A : BINARY(N);")["A"] == Octets(form="binary", extent=up_to(None))


def test_limits_reach_elements_inside_records() -> None:
    record = root(
        "TYPE B_RCD = PACKED RECORD N : UINT8; X : BINARY(N); END;"
        "TYPE A_RCD = PACKED RECORD LIST : ARRAY[2] OF B_RCD; END;",
        {"A_TBL.LIST[].N": 7},
    )
    (member,) = record.members
    assert isinstance(member.shape, Array)
    inner = member.shape.of
    assert isinstance(inner, Record)
    assert inner.members[1] == Member(name="X", shape=Octets(form="binary", extent=up_to(7)))


def test_branches_stand_side_by_side() -> None:
    record = root(
        "TYPE A_RCD = PACKED RECORD N : UINT8; IF N == 1 THEN A : UINT8; ELSE B : UINT8; C : BCD(2); END; END;"
    )
    assert [(m.name, m.optional) for m in record.members] == [("N", False), ("A", True), ("B", True), ("C", True)]


def test_bits_keep_what_no_field_covers() -> None:
    text = "TYPE B_BFLD = BIT FIELD OF UINT8 A : UINT(0..3); {} END; TYPE A_RCD = PACKED RECORD B : B_BFLD; END;"

    def spare(rest: str) -> bool:
        (member,) = root(text.format(rest)).members
        assert isinstance(member.shape, BitRecord)
        assert member.shape.fields[0] == BitMember(name="A", width=4, kind="uint")
        return member.shape.spare

    assert not spare("B : UINT(4..7);")
    assert spare("F : FILL(4..7);")
    assert spare("IF A == 1 THEN B : UINT(4..7); END;")
    assert not spare("IF A == 1 THEN B : UINT(4..7); ELSE C : BOOL(4); D : UINT(5..7); END;")
