"""Deferred dataclasses: the same as those of the standard library, and not made before they are needed."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError, field
from typing import ClassVar

import pytest

from tdl import deferred
from tdl.deferred import MISSING, dataclass, defaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base."""

    KIND: ClassVar[str] = "base"

    number: int
    names: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        return 2 * self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    text: str = "text"
    aside: list[int] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class Ordered:
    value: int

    def __str__(self) -> str:
        return f"<{self.value}>"


@dataclass(slots=True)
class Changing:
    name: str
    found: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Itself:
    name: str


def test_it_is_what_the_standard_library_makes() -> None:
    one = Derived(number=1)
    assert repr(one) == "Derived(number=1, names=(), text='text')"
    assert one == Derived(number=1, aside=[7])
    assert one != Derived(number=2)
    assert one != Base(number=1)
    assert hash(Ordered(1)) == hash(Ordered(1))
    assert (one.twice, Derived.KIND, one.aside) == (2, "base", [])
    assert one.aside is not Derived(number=1).aside
    assert not hasattr(one, "__dict__")
    assert [each.name for each in dataclasses.fields(Derived)] == ["number", "names", "text", "aside"]
    assert dataclasses.replace(one, text="other") == Derived(number=1, text="other")
    assert dataclasses.asdict(one) == {"number": 1, "names": (), "text": "text", "aside": []}
    assert (Derived.__doc__, Base.__doc__, Derived.__module__) == (Derived.__doc__, "A base.", __name__)
    with pytest.raises(TypeError, match="number"):
        Derived()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Base(1)  # type: ignore[misc]


def test_what_is_frozen_stays() -> None:
    one = Base(number=1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'number'"):
        one.number = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.number  # type: ignore[misc]
    assert len({one, Base(number=1), Base(number=2)}) == 2


def test_order_and_patterns() -> None:
    assert sorted([Ordered(2), Ordered(1)]) == [Ordered(1), Ordered(2)]
    assert str(Ordered(3)) == "<3>"
    match Ordered(4):
        case Ordered(value):
            assert value == 4


def test_what_may_change() -> None:
    one = Changing("a")
    one.found.append(1)
    one.name = "b"
    assert one == Changing("b", [1])
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    assert Itself("a") != Itself("a")
    assert hash(Itself("a")) is not None


@pytest.mark.parametrize("value", [Derived(number=1, aside=[2]), Ordered(3), Changing("a", [1])])
def test_copies_and_pickles(value: object) -> None:
    for other in (pickle.loads(pickle.dumps(value, 5)), copy.deepcopy(value), copy.copy(value)):
        assert other == value
        assert [getattr(other, each.name) for each in dataclasses.fields(value)] == [  # type: ignore[arg-type]
            getattr(value, each.name)
            for each in dataclasses.fields(value)  # type: ignore[arg-type]
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    number: int


def test_reading_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[type] = []
    making = dataclasses.dataclass
    monkeypatch.setattr(dataclasses, "dataclass", lambda **o: lambda body: made.append(body) or making(**o)(body))
    octets = b"\x80\x05\x8c" + bytes([len(__name__)]) + __name__.encode() + b"\x8c\x07Waiting\x93)\x81]K\x05ab."
    read = pickle.loads(octets)
    assert (read.number, made) == (5, [])
    assert read == Waiting(number=5)
    assert repr(read) == "Waiting(number=5)"
    assert [each.__name__ for each in made] == ["Waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contended:
    number: int
    found: list[int] = field(default_factory=list)


def test_threads_may_ask_at_the_same_time() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    together = threading.Barrier(8)
    made: list[Contended] = []

    def make() -> None:
        together.wait()
        made.append(Contended(number=1))

    try:
        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert made == [Contended(number=1, found=[])] * 8


@dataclass(slots=True, kw_only=True)
class After:
    number: int
    twice: int = 0

    def __post_init__(self) -> None:
        self.twice = 2 * self.number


@dataclass(frozen=True, slots=True)
class Mixed:
    first: int
    second: int = 2
    third: int = field(default=3, kw_only=True)
    found: list[int] = field(default_factory=list, compare=False)


@dataclass(frozen=True, slots=True)
class Unusual:
    number: int
    made: int = field(default_factory=lambda: 7, init=False)


def test_what_is_called_is_written_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """`__init__`, `__eq__` and `__hash__` do not wait for `dataclasses` to make all methods."""
    monkeypatch.setattr(dataclasses, "dataclass", lambda **_: pytest.fail("all methods are made"))
    one = Mixed(1)
    assert one == Mixed(1, 2, third=3, found=[4]) != Mixed(1, third=4)
    assert hash(one) == hash(Mixed(1, found=[5]))
    assert one != (1, 2, 3)
    assert After(number=4).twice == 8
    monkeypatch.undo()
    assert Unusual(1) == Unusual(1)
    assert Unusual(1).made == 7
    assert repr(one) == "Mixed(first=1, second=2, third=3, found=[])"
    assert dataclasses.replace(one, first=5) == Mixed(5)


@pytest.mark.parametrize("kind", [Base, Derived, Ordered, Changing, Contended, After, Mixed, Unusual])
def test_parameters_are_those_of_the_standard_library(kind: type) -> None:
    options = {"frozen": kind in (Base, Derived), "kw_only": kind in (Base, Derived, Contended, After)}
    body = {field.name: _default(field) for field in dataclasses.fields(kind) if _default(field) is not None}
    annotations = {field.name: field.type for field in dataclasses.fields(kind)}
    whole = dataclasses.dataclass(**options)(type("Whole", (), {**body, "__annotations__": annotations}))
    given, expected = (inspect.signature(each).parameters.values() for each in (kind, whole))
    assert [(each.name, each.kind, each.annotation) for each in given] == [
        (each.name, each.kind, each.annotation) for each in expected
    ]
    assert [str(each) for each in given] == [str(each) for each in expected]


def _default(of: dataclasses.Field[object]) -> object:
    if of.default_factory is not dataclasses.MISSING:
        return field(default_factory=of.default_factory, init=of.init)
    if of.default is dataclasses.MISSING:
        return None
    return field(default=of.default, init=of.init, kw_only=of.kw_only)


def test_classes_of_as_many_fields_are_compiled_once() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class One:
        left: int
        right: tuple[int, ...] = ()

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Other:
        factory: str
        hash: str = "none"

    assert (One(left=1), hash(One(left=1))) == (One(left=1), hash((1, ())))
    before = deferred._compiled.cache_info()
    other = Other(factory="a")
    assert (other, hash(other)) == (Other(hash="none", factory="a"), hash(("a", "none")))
    assert deferred._compiled.cache_info().misses == before.misses
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'factory'"):
        Other()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'f0'"):
        Other(f0="a")  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What fields can say, in words of the module's own."""

    plain: int
    shown: int = 1
    aside: tuple[int, ...] = deferred.field(default=(), compare=False, repr=False)
    made: list[int] = deferred.field(default_factory=list)


def test_fields_are_those_of_the_standard_library() -> None:
    one = Fields(plain=1, aside=(2,))
    assert one == Fields(plain=1)
    assert one.made == []
    assert one.made is not Fields(plain=1).made
    assert repr(one) == "Fields(plain=1, shown=1, made=[])"
    assert [(each.name, each.compare, each.repr, each.kw_only) for each in dataclasses.fields(Fields)] == [
        ("plain", True, True, True),
        ("shown", True, True, True),
        ("aside", False, False, True),
        ("made", True, True, True),
    ]
    assert dataclasses.replace(one, shown=2).shown == 2


@dataclasses.dataclass
class AtOnce:
    name: str
    found: list[int] = field(default_factory=list)


def test_defaults_are_told_of_any_class() -> None:
    assert defaults(Fields) == [
        ("plain", MISSING, None, True),
        ("shown", 1, None, True),
        ("aside", (), None, True),
        ("made", MISSING, list, True),
    ]
    assert defaults(AtOnce) == [("name", MISSING, None, False), ("found", MISSING, list, False)]


def test_a_class_is_made_and_used_without_the_standard_librarys_module() -> None:
    program = "\n".join(
        [
            "from __future__ import annotations",
            "import sys",
            "from tdl.deferred import dataclass, field",
            "@dataclass(frozen=True, slots=True)",
            "class One:",
            "    number: int",
            "    names: list[str] = field(default_factory=list, compare=False)",
            "assert One(1, ['a']) == One(1) and hash(One(1)) == hash(One(1))",
            "assert 'dataclasses' not in sys.modules",
        ]
    )
    subprocess.run([sys.executable, "-c", program], check=True)
