"""Records in memory that C keeps are the same objects to everybody: they end, go round and are derived from as ever."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tdl.backends.api import Options, find_backend
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import bound_tables
from tests.differential import native_packages, packages
from tests.differential.native_packages import WARNINGS, write_package
from tests.differential.test_native_memory import SANITIZERS, run_sanitized


@pytest.fixture(scope="module", params=["native", "python"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package with and without native code: all of this holds for both."""
    folder = tmp_path_factory.mktemp("bench")
    if request.param == "native":
        write_package(*bound_tables(), folder, WARNINGS)
        with native_packages.imported(folder) as package:
            assert not native_packages.is_plain(package.st23.decode)
            yield package
    else:
        files = find_backend("python").generate(*bound_tables(), Options(package="compiled"))
        with packages.imported(files) as package:
            yield package


def demand(bench: Any) -> Any:
    return bench.st23.decode(images.REGISTERS).TIERS[1].DEMANDS[2]


def test_what_classes_say(bench: Any) -> None:
    records, record = bench.records, demand(bench)
    assert type(record) is records.DEMAND_RCD
    assert type(record).__mro__[1].__name__ == "Structure"
    assert type(record).__slots__ == ("AT", "PEAK", "CUM")
    assert type(record).__module__ == "compiled.records"
    assert sys.getsizeof(record) == sys.getsizeof(records.DEMAND_RCD(AT=None, PEAK=1, CUM=2))
    assert gc.is_tracked(record)
    assert isinstance(record, records.TYPES["DEMAND_RCD"])
    for no in (lambda: record.OTHER, lambda: setattr(record, "OTHER", 1), lambda: weakref.ref(record)):
        with pytest.raises((AttributeError, TypeError)):
            no()


def test_values_are_equal_and_go_round(bench: Any) -> None:
    record = bench.st23.decode(images.REGISTERS)
    made = [copy.copy(record), copy.deepcopy(record), *(pickle.loads(pickle.dumps(record, p)) for p in (2, 5))]
    for other in made:
        assert other == record
        assert repr(other) == repr(record)
        assert bench.st23.encode(other) == images.REGISTERS
    made[1].TIERS[0].DEMANDS[0].PEAK += 1
    assert made[1] != record
    assert record == bench.st23.decode(images.REGISTERS)
    del record.RESETS
    assert not hasattr(record, "RESETS")


def test_memory_that_was_used_has_nothing_of_before(bench: Any) -> None:
    for _ in range(3):
        kept = [demand(bench) for _ in range(50)]
        for each in kept:
            del each.PEAK
        del kept, each
        for _ in range(50):
            blank = bench.records.DEMAND_RCD.__new__(bench.records.DEMAND_RCD)
            assert not any(hasattr(blank, name) for name in ("AT", "PEAK", "CUM"))
            assert demand(bench).PEAK is not None


def test_a_cycle_of_records_is_found(bench: Any) -> None:
    record = demand(bench)
    watched = Watched()
    record.AT, record.PEAK, gone = record, watched, weakref.ref(watched)
    del record, watched
    gc.collect()
    assert gone() is None


class Watched:
    """Something that a weak reference can be to."""


def test_records_in_records_in_records(bench: Any) -> None:
    """As deep as anybody likes: to let go of them is no recursion."""
    record = demand(bench)
    watched = Watched()
    record.AT, gone = watched, weakref.ref(watched)
    del watched
    for _ in range(200_000):
        outer = bench.records.DEMAND_RCD(AT=record, PEAK=1, CUM=2)
        record = outer
    del outer
    assert gone() is not None
    del record
    assert gone() is None


def ending(of: type, ended: list[int], *, back: list[object] | None = None) -> Callable[[], None]:
    """Give a class what is called when an object of it ends; what it gives takes that away."""

    def end(self: object) -> None:
        ended.append(id(self))
        if back is not None:
            back.append(self)

    of.__del__ = end  # type: ignore[attr-defined]
    return lambda: delattr(of, "__del__")


def test_objects_end_once(bench: Any) -> None:
    ended: list[int] = []
    undo = ending(bench.records.DEMAND_RCD, ended)
    try:
        records = [bench.records.DEMAND_RCD(AT=None, PEAK=1, CUM=2) for _ in range(10)]
        ids = [id(each) for each in records]
        del records
        assert sorted(ended) == sorted(ids)
        del ended[:]
        bench.st23.decode(images.REGISTERS)
        assert len(ended) == 16
    finally:
        undo()
    demand(bench)
    assert len(ended) == 16


def test_an_object_that_comes_back(bench: Any) -> None:
    ended: list[int] = []
    back: list[Any] = []
    undo = ending(bench.records.DEMAND_RCD, ended, back=back)
    try:
        record = bench.records.DEMAND_RCD(AT=None, PEAK=7, CUM=2)
        was = id(record)
        del record
        assert [id(each) for each in back] == ended == [was]
        assert back[0].PEAK == 7
        back.clear()
        assert ended == [was], "an object ends once"
    finally:
        undo()


def test_classes_derived_from_those_of_a_package(bench: Any) -> None:
    class Named(bench.records.DEMAND_RCD):  # type: ignore[misc]
        """With attributes of its own."""

    class Slotted(bench.records.DEMAND_RCD):  # type: ignore[misc]
        __slots__ = ("__weakref__", "more")

    for of, attribute in ((Named, "name"), (Slotted, "more")):
        watched = Watched()
        gone = weakref.ref(watched)
        record = of(AT=watched, PEAK=1, CUM=2)
        setattr(record, attribute, [watched])
        assert weakref.ref(record)() is record
        references = sys.getrefcount(of)
        del watched
        another = of(AT=None, PEAK=1, CUM=2)
        assert sys.getrefcount(of) == references + 1
        del another
        assert sys.getrefcount(of) == references
        del record
        assert gone() is None
        assert sys.getrefcount(of) == references - 1
    record = bench.st23.decode(images.REGISTERS)
    record.TIERS[0].DEMANDS[0] = Named(AT=None, PEAK=1, CUM=2)
    with pytest.raises(bench.EncodeError):
        bench.st23.encode(record)


def test_an_object_that_changes_its_class(bench: Any) -> None:
    class Other(bench.records.DEMAND_RCD):  # type: ignore[misc]
        __slots__ = ()

    record = demand(bench)
    before = sys.getrefcount(Other), sys.getrefcount(type(record))
    record.__class__ = Other
    assert sys.getrefcount(Other) == before[0] + 1
    del record
    assert sys.getrefcount(Other) == before[0]
    record = Other(AT=None, PEAK=1, CUM=2)
    record.__class__ = bench.records.DEMAND_RCD
    del record
    assert demand(bench).PEAK == demand(bench).PEAK
    assert sys.getrefcount(Other) == before[0]


def test_what_is_kept_is_bounded(bench: Any) -> None:
    made = [bench.records.DEMAND_RCD(AT=None, PEAK=1, CUM=2) for _ in range(50_000)]
    gc.collect()
    many = sys.getallocatedblocks()
    del made
    gc.collect()
    assert many - sys.getallocatedblocks() > 50_000 - 15_000


def test_classes_are_let_go_of_by_their_objects(bench: Any) -> None:
    of = bench.records.DEMAND_RCD
    bench.st23.decode(images.REGISTERS)
    before = sys.getrefcount(of)
    record = bench.st23.decode(images.REGISTERS)
    assert sys.getrefcount(of) == before + 16
    del record
    assert sys.getrefcount(of) == before


_ENDS = """
import gc
image = bytes([0, 0, 1, 26, 1, 1, 1, 1]) + bytes(360)
record = compiled.st23.decode(image).TIERS[0].DEMANDS[0]
records = compiled.records
for _ in range(100000):
    record = records.DEMAND_RCD(AT=record, PEAK=[1], CUM=2)
del record
class Derived(records.DEMAND_RCD):
    def __del__(self):
        compiled.st23.decode(image)
class Larger(records.DEMAND_RCD):
    pass
def many(of):
    return [of(AT=None, PEAK=1, CUM=2) for _ in range(20000)]
some = many(records.DEMAND_RCD)
many(Larger)
more = many(records.DEMAND_RCD)
del some
del more
for _ in range(100):
    derived = Derived(AT=None, PEAK=1, CUM=2)
    derived.AT = [derived]
    view = compiled.st23.view(image)
    tiers = view.TIERS
    del view
    tiers[3].DEMANDS[3].CUM
    record = compiled.st23.decode(image)
    record.TIERS.append(record)
del derived, record
gc.collect()
"""


def test_ends_of_all_kinds_under_sanitizers(tmp_path: Path) -> None:
    write_package(*bound_tables(), tmp_path, SANITIZERS)
    run_sanitized(tmp_path, _ENDS)
