"""Views that C opens and reads against those of Python: same classes, values, errors and looks."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import bound_tables
from tests.differential.compared import outcome, plain
from tests.differential.native_packages import WARNINGS, imported, in_python, is_plain, write_package
from tests.differential.test_python import SEEDS
from tests.differential.test_python_views import compare, elements
from tests.property.definitions import Case, cases, random_image, reference_environment
from tests.property.definitions import known_values as any_known_values
from tests.tools import tool
from tests.work import counted

PROFILES = Path(__file__).parents[2] / "tdl" / "library" / "std" / "profiles"


@pytest.fixture(scope="module", params=["gcc", "clang"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC", tool(request.param))
        write_package(*bound_tables(), folder, WARNINGS)
    with imported(folder) as package:
        yield package


def stand_ins(view: Any) -> dict[str, Any]:
    """The elements of a view that C reads."""
    return {name: each for name, each in vars(type(view)).items() if isinstance(each, property) and not is_plain(each)}


def shown(value: Any) -> object:
    """What a property gives, as plain data; a view by its class and place."""
    place = getattr(value, "_at", None)
    return plain(value) if place is None else (type(value), place, value._octets)


def compare_elements(view: Any) -> int:
    """What C and the property in Python make of each element of a view, and of those inside; how many C reads."""
    read = 0
    for name, stand_in in stand_ins(view).items():
        value = getattr(view, name)
        assert shown(value) == shown(stand_in.fget(view)), name
        assert type(value) is type(stand_in.fget(view)), name
        read += 1
    for attribute in view._elements.values():
        value = getattr(view, attribute)
        inner = list(value) if hasattr(type(value), "_blank") else [value]
        read += sum(compare_elements(each) for each in inner if hasattr(type(each), "_elements"))
    return read


def compare_views(package: Any, table: plan.TablePlan, image: bytes) -> int:
    """A table's views against decoding and against themselves in Python; the elements that C reads."""
    compare(package, table, image)
    module = getattr(package, package.TABLES[table.key])
    if not hasattr(module, "View") or outcome(module.decode, image)[0] != "value":
        return 0
    view = module.view(image)
    assert type(view) is module.View
    return compare_elements(view)


def test_good_views_take_no_python(bench: Any) -> None:
    view_of = bench.st23.view
    with counted() as nothing:
        pass
    with counted() as work:
        view = view_of(images.REGISTERS)
        values = view.RESETS, view.AT, view.FLAGS, view.TIERS
    assert work.calls == nothing.calls
    assert len(values) == len(stand_ins(view))
    assert set(stand_ins(view)) == {"RESETS", "AT", "FLAGS", "TIERS"}


def test_every_element(bench: Any) -> None:
    view = bench.st23.view(images.REGISTERS)
    assert compare_elements(view) == 4 + 4 * (2 + 4 * 3)
    assert elements(view, bench.st23.decode(images.REGISTERS)) == 2 + 1 + 4 * (1 + 4 * 3)


def test_octets_of_all_kinds(bench: Any) -> None:
    view = bench.st23.view
    for data in (images.REGISTERS, bytearray(images.REGISTERS), memoryview(images.REGISTERS)):
        assert view(data) == view(data=data) == view(images.REGISTERS)
    for wrong in (b"", images.REGISTERS[:-1], images.REGISTERS + b"\0", bytearray(3)):
        assert outcome(view, wrong) == outcome(bench.st23.decode, wrong)
    for arguments in ((), (b"", b""), ("text",), (None,)):
        with pytest.raises(TypeError):
            view(*arguments)


def test_a_function_looks_like_the_one_in_python(bench: Any) -> None:
    module = bench.st23
    for name in ("view", "decode", "encode"):
        function = getattr(module, name)
        pure = in_python(function)
        assert not is_plain(function)
        assert type(pure) is FunctionType
        assert inspect.isfunction(function)
        assert inspect.signature(function) == inspect.signature(pure)
        for attribute in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__", "__defaults__"):
            assert getattr(function, attribute) == getattr(pure, attribute), attribute
        assert repr(function) == repr(pure)
        assert copy.copy(function) is copy.deepcopy(function) is pickle.loads(pickle.dumps(function)) is function
        function.note = name
        assert pure.note == function.note == name
        with pytest.raises(TypeError) as said:
            pure()
        with pytest.raises(TypeError, match=re.escape(str(said.value))):
            function()
        with pytest.raises(TypeError):
            function(images.REGISTERS, None, None)


def test_a_function_is_called_in_every_way(bench: Any) -> None:
    module, record = bench.st23, bench.st23.decode(images.REGISTERS)
    for data in (images.REGISTERS, bytearray(images.REGISTERS)):
        calls = (
            module.decode(data),
            module.decode(data, None),
            module.decode(data=data),
            module.decode(data, bench.Environment()),
        )
        assert all(each == record for each in calls)
    calls = (module.encode(record), module.encode(record, None), module.encode(record=record, environment=None))
    assert set(calls) == {images.REGISTERS}
    assert [*map(module.encode, [record])] == [images.REGISTERS]
    assert bench.decode("ST23", images.REGISTERS) == record


def test_an_element_looks_like_the_property_in_python(bench: Any) -> None:
    view = bench.st23.view(images.REGISTERS)
    for name, each in stand_ins(view).items():
        assert isinstance(each, property)
        assert inspect.isdatadescriptor(each)
        assert type(getattr(type(view), name)) is property
        assert each.fget.__name__ == name
        assert each.fset is None
    kinds = {each.name: each.kind for each in inspect.classify_class_attrs(type(view))}
    assert kinds["RESETS"] == kinds["TIERS"] == "property"
    with pytest.raises(AttributeError, match="property 'AT' of 'View' object has no setter"):
        view.AT = None
    with pytest.raises(AttributeError, match="property 'AT' of 'View' object has no deleter"):
        del view.AT


def test_views_that_python_made(bench: Any) -> None:
    view = bench.st23.view(images.REGISTERS)
    for other in (copy.copy(view), copy.deepcopy(view), pickle.loads(pickle.dumps(view))):
        assert other == view
        assert repr(other) == repr(view)

    class Derived(bench.st23.View):  # type: ignore[misc]
        def twice(self) -> int:
            return 2 * int(self.RESETS)

    derived = Derived()
    derived._octets = images.REGISTERS
    derived.note = "its own"
    assert derived.twice() == 2 * view.RESETS
    assert derived.AT == view.AT
    assert not hasattr(bench.st23.View(), "RESETS")
    odd = bench.st23.View()
    odd._octets = bytearray(images.REGISTERS)
    assert odd.RESETS == view.RESETS
    tier = view.TIERS[1]
    for place in (-1, 368, 2**70, None, True, 8.0):
        moved = copy.copy(tier)
        moved._at = place
        assert outcome_of(moved) == outcome_of(moved, pure=True)


def outcome_of(view: Any, *, pure: bool = False) -> object:
    try:
        return vars(type(view))["SUMMATIONS"].fget(view) if pure else view.SUMMATIONS
    except Exception as error:
        return type(error), str(error)


_VIEW = "class View(RecordView):"
CHANGES = {
    "another attribute": (_VIEW, "class Wider(RecordView):\n    __slots__ = ('more',)\n\n\nclass View(Wider):"),
    "another base": (_VIEW, "class Alike:\n    __slots__ = ('_at', '_octets')\n\n\nclass View(Alike):"),
    "no property": ("    @_property\n    def RESETS", "    def RESETS"),
    "no class": ("class _V_TIER_RCD_ARRAY(RecordViews):", "_V_TIER_RCD_ARRAY = list\n\n\nclass _(RecordViews):"),
}
"""What somebody might do to a module of views: a text of it, and what is there instead."""


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_by_hand_is_left_to_python(change: str, tmp_path: Path) -> None:
    module = write_package(*bound_tables(), tmp_path) / "_late" / "st23.py"
    text = module.read_text("utf-8")
    assert text.count(CHANGES[change][0]) == 1
    module.write_text(text.replace(*CHANGES[change]), "utf-8")
    with imported(tmp_path) as package:
        assert type(package.st23.view) is FunctionType
        view = package.st23.view(images.REGISTERS)
        assert view._octets is images.REGISTERS
        assert package.st23.encode(package.st23.decode(images.REGISTERS)) == images.REGISTERS


def test_a_view_keeps_its_octets_and_nothing_else(bench: Any) -> None:
    octets = bytes(bytearray(images.REGISTERS))
    views = [bench.st23.view(octets) for _ in range(3000)]
    inner = [each.TIERS for each in views]
    del views
    assert all(each._octets is octets for each in inner)
    assert repr(inner[0]) == repr(bench.st23.view(images.REGISTERS).TIERS)


@pytest.mark.parametrize("profile", ["residential", "load-profile-recorder"])
def test_every_table_of_the_standard(profile: str, tmp_path: Path) -> None:
    definition = load("std:2012")
    known = known_values(definition, read_profile(str(PROFILES / f"{profile}.toml")))
    bound = bind(definition.plan, known)
    write_package(definition.model, bound, tmp_path)
    with imported(tmp_path) as package:
        read = sum(compare_views(package, table, random_image(table, known, 1)) for table in bound.tables)
        assert read > 300, "this compared nothing"


@settings(
    max_examples=max(settings().max_examples // 5, 1),
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # to shrink takes a compiler many times
)
@given(cases(), any_known_values(), SEEDS)
def test_random_definitions(tmp_path_factory: pytest.TempPathFactory, case: Case, known: Any, seed: int) -> None:
    reference = reference_environment(*known)
    bound = bind(case.plan, reference)
    folder = tmp_path_factory.mktemp("random")
    write_package(case.definition, bound, folder)
    with imported(folder) as package:
        assume(any(not table.needs for table in bound.tables))
        for table in bound.tables:
            if not table.needs:
                compare_views(package, table, random_image(table, reference, seed))
