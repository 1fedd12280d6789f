"""The structs of a definition, for targets that have some: one for each distinct structure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Generic, TypeVar

from tdl.backends.shapes.shape import Array, BitRecord, Record, Shape, Structure

Made = TypeVar("Made")
"""A struct as a target has it."""


class Structs(ABC, Generic[Made]):
    """The structs of a definition; what one is, and which structures need one beside those of shapes, a target says.

    Attributes:
        structs: those made, inner ones first.
    """

    def __init__(self) -> None:
        self.structs: dict[Structure, Made] = {}
        self._known: dict[int, tuple[Structure, Made]] = {}  # by identity: large structures are slow to hash

    @abstractmethod
    def _struct(self, structure: Structure) -> Made:
        """The struct of a structure, those below it being made."""

    def cell(self, of: Shape) -> Shape:
        """What an array of a shape has for each element: this shape, unless a target puts another around it."""
        return of

    def add(self, shape: Shape | None) -> None:
        """Make the structs that a shape needs, inner ones first."""
        match shape:
            case Array(of=of):
                self.add(self.cell(of))
            case Record() | BitRecord() if shape not in self.structs:
                self.add_below(shape)
                self.structs[shape] = self._struct(shape)
            case _:
                pass

    def add_below(self, structure: Structure) -> None:
        """Make the structs that a structure's members need."""
        if isinstance(structure, Record):
            for each in structure.members:
                self.add(each.shape)

    def of(self, structure: Structure) -> Made:
        """The struct of a structure that has been added."""
        known = self._known.get(id(structure))
        if known is None:
            known = self._known[id(structure)] = (structure, self.structs[structure])
        return known[1]

    def used_by(self, shape: Shape | None) -> Iterator[Made]:
        """The structs of a shape, inner ones first."""
        yield from self.below(shape)
        if isinstance(shape, Record | BitRecord):
            yield self.of(shape)

    def below(self, shape: Shape | None) -> Iterator[Made]:
        """The same without its own."""
        match shape:
            case Array(of=of):
                yield from self.used_by(self.cell(of))
            case Record(members=members):
                for each in members:
                    yield from self.used_by(each.shape)
            case _:
                pass
