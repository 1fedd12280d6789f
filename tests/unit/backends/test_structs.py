"""The structs of a definition: each once, those inside before those around."""

from __future__ import annotations

from tdl.backends.shapes.shape import Array, BitRecord, Extent, Member, Number, Record, Shape, Structure
from tdl.backends.shapes.structs import Structs

OCTET = Number(octets=1, signed=False)
FLAGS = BitRecord(type_name="FLAGS", octets=1, fields=(), spare=True)
LIST = Array(of=OCTET, extent=Extent(most=4, fixed=False))


def record(name: str, *shapes: Shape) -> Record:
    return Record(type_name=name, members=tuple(Member(name=f"M{i}", shape=shape) for i, shape in enumerate(shapes)))


INNER = record("INNER", FLAGS, OCTET)
ROWS = Array(of=INNER, extent=Extent(most=2, fixed=True))
OUTER = record("OUTER", ROWS, INNER)


class Names(Structs[str]):
    """A struct is its name and how many were made before it."""

    def _struct(self, structure: Structure) -> str:
        return f"{structure.type_name} {len(self.structs)}"


class Celled(Names):
    """An array in an array is in a struct of its own."""

    def cell(self, of: Shape) -> Shape:
        return record("CELL", of) if isinstance(of, Array) else of


def test_each_is_made_once_after_those_inside() -> None:
    names = Names()
    names.add(OUTER)
    names.add(record("INNER", FLAGS, OCTET))  # equal to one that is there
    names.add(OCTET)
    names.add(None)
    assert list(names.structs.values()) == ["FLAGS 0", "INNER 1", "OUTER 2"]
    assert names.of(INNER) == names.of(record("INNER", FLAGS, OCTET)) == "INNER 1"


def test_those_of_a_shape_are_its_own_and_those_below() -> None:
    names = Names()
    names.add_below(OUTER)
    assert list(names.structs.values()) == ["FLAGS 0", "INNER 1"]
    assert list(names.below(OUTER)) == ["FLAGS 0", "INNER 1"] * 2
    assert list(names.used_by(ROWS)) == list(names.below(ROWS)) == ["FLAGS 0", "INNER 1"]
    assert list(names.used_by(FLAGS)) == ["FLAGS 0"]
    assert list(names.used_by(OCTET)) == list(names.used_by(None)) == list(names.below(FLAGS)) == []
    names.add(OUTER)
    assert list(names.used_by(OUTER)) == [*names.below(OUTER), "OUTER 2"]


def test_a_target_may_put_a_struct_around_elements() -> None:
    square = Array(of=LIST, extent=Extent(most=2, fixed=True))
    for names, expected in ((Names(), []), (Celled(), ["CELL 0"])):
        names.add(square)
        assert list(names.structs.values()) == list(names.used_by(square)) == expected
