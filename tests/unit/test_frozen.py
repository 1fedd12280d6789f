"""Classes and objects that are made fast are those that `dataclasses` makes."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, fields
from typing import Any

import pytest

from tdl import frozen
from tdl.deferred import dataclass
from tdl.ir import model
from tdl.syntax import ast


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    place: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Base):
    name: str
    more: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    left: int
    right: list[int] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.left} {self.right}>"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Holds nothing."""


def plain(kind: Any) -> Any:
    """The class that `dataclasses` makes of the same fields."""
    columns = [(f.name, f.type, field(default=f.default, compare=f.compare, repr=f.repr)) for f in fields(kind)]
    keyword = all(f.kw_only for f in fields(kind))
    return dataclasses.make_dataclass(kind.__name__, columns, frozen=True, slots=True, kw_only=keyword)


NODES = [each for each in vars(ast).values() if isinstance(each, type) and issubclass(each, ast.Node)]


@pytest.mark.parametrize("kind", [*NODES, model.Element, model.Octets], ids=lambda kind: kind.__name__)
def test_a_class_is_what_dataclasses_makes(kind: Any) -> None:
    values = {f.name: f"{f.name}!" for f in fields(kind)}
    other = plain(kind)
    ours, theirs = kind(**values), other(**values)
    assert repr(ours) == repr(theirs)
    assert ours == kind(**values)
    assert hash(ours) == hash(kind(**values))
    assert ours.__match_args__ == theirs.__match_args__
    assert not hasattr(ours, "__dict__")
    for f in fields(kind):
        changed = {f.name: "changed"}
        assert (dataclasses.replace(ours, **changed) == ours) == (dataclasses.replace(theirs, **changed) == theirs)
    with pytest.raises(TypeError):
        kind(**values, unknown=1)
    if set(values) - {"span"}:
        with pytest.raises(TypeError):
            kind("positional")


def test_defaults_and_factories() -> None:
    assert Named(name="A") == Named(name="A", more=(), place=7)
    assert Named(name="A") != Named(name="A", more=(1,))
    first, second = Pair(1), Pair(1)
    assert first.right == []
    assert first.right is not second.right
    assert repr(Pair(1, [2])) == "<1 [2]>"
    assert Nothing() == Nothing()
    with pytest.raises(TypeError, match="name"):
        Named()  # type: ignore[call-arg]


def test_classes_that_differ_are_not_equal() -> None:
    assert Base() != Named(name="A")
    assert Base() != 1


def test_objects_cannot_be_written() -> None:
    thing: Any = Named(name="A")
    with pytest.raises(FrozenInstanceError):
        thing.name = "B"
    with pytest.raises(FrozenInstanceError):
        del thing.name
    with pytest.raises(FrozenInstanceError):
        thing.other = 1


def test_objects_can_be_pickled() -> None:
    for thing in (Named(name="A", more=(1,), place=3), Nothing()):
        again = pickle.loads(pickle.dumps(thing))
        assert again == thing
        assert again.__getstate__() == thing.__getstate__()


def test_what_has_order_is_left_to_dataclasses() -> None:
    assert ast.Number(group="", value=1) < ast.Number(group="MFG", value=0)
    assert model.TableId(1) < model.TableId(2)


def test_a_maker_makes_what_the_class_makes() -> None:
    make = frozen.maker(Named)
    thing, same = make(name="A", place=5), Named(name="A", place=5)
    assert type(thing) is Named
    assert thing == same
    assert thing.__getstate__() == same.__getstate__()
    with pytest.raises(FrozenInstanceError):
        thing.name = "B"  # type: ignore[misc]
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]
    assert frozen.maker(ast.Member)(name="A", specification=ast.Named(name="B")).properties == ()


def test_a_copy_has_what_is_not_changed() -> None:
    thing = Named(name="A", more=(1,), place=5)
    other = frozen.replace(thing, name="B")
    assert type(other) is Named
    assert other.__getstate__() == Named(name="B", more=(1,), place=5).__getstate__()
    assert thing.name == "A"
    with pytest.raises(AttributeError):
        frozen.replace(thing, unknown=1)
