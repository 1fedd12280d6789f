from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest

from tdl.backends import api
from tdl.backends.api import (
    Backend,
    BackendError,
    GeneratedFile,
    Options,
    backend_names,
    check_options,
    find_backend,
)


class Silent:
    """A back end as a third party writes one."""

    name = "silent"
    description = "nothing at all"

    @property
    def options(self) -> Mapping[str, str]:
        return {"depth": "how much nothing"}

    def generate(self, definition: Any, plan: Any, options: Options) -> tuple[GeneratedFile, ...]:
        return ()


class Installed:
    """A distribution with entry points of the group `tdl.backends`."""

    def __init__(self, **points: str) -> None:
        self.name, self.version = "acme-tdl", "1.2"
        self.points = [self.point(name, value) for name, value in points.items()]

    def point(self, name: str, value: str) -> metadata.EntryPoint:
        point = metadata.EntryPoint(name=name, value=value, group=api.GROUP)
        vars(point)["dist"] = self
        return point


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("acme_tdl")
    module.SILENT = Silent()  # type: ignore[attr-defined]
    module.NOTHING = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "acme_tdl", module)
    installed = Installed(silent="acme_tdl:SILENT", nothing="acme_tdl:NOTHING", gone="no_such_module:BACKEND")
    monkeypatch.setattr(metadata, "entry_points", lambda group: installed.points if group == api.GROUP else [])


def refused(name: str) -> Any:
    with pytest.raises(BackendError) as caught:
        find_backend(name)
    return caught.value.diagnostic


def test_python_is_there_without_any_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "entry_points", lambda group: [])
    assert backend_names() == tuple(sorted(api.IN_TREE))
    assert isinstance(find_backend("python"), Backend)
    assert find_backend("python").name == "python"


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_is_found_by_its_entry_point() -> None:
    assert find_backend("silent").description == "nothing at all"
    assert backend_names() == tuple(sorted((*api.IN_TREE, "gone", "nothing", "silent")))


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_can_be_named_as_an_object() -> None:
    assert find_backend("acme_tdl:SILENT").name == "silent"


def test_an_unknown_target_names_the_nearest() -> None:
    diagnostic = refused("pyton")
    assert diagnostic.code == "TDL901"
    assert diagnostic.message == "`pyton` found, the name of a target expected"
    assert diagnostic.help == "did you mean `python`?"
    assert "`python`" in refused("cobol").help


@pytest.mark.usefixtures("plug_in")
def test_a_broken_plug_in_names_its_distribution() -> None:
    assert refused("gone").code == "TDL904"
    assert refused("gone").message == (
        "the back end `gone` of acme-tdl 1.2 cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert "`acme_tdl:NOTHING` is no back end" in refused("nothing").message


def test_options_that_no_one_reads_are_refused() -> None:
    check_options(Silent(), Options(values={"depth": "3"}))
    with pytest.raises(BackendError, match="the target `silent` has no option `colour`") as caught:
        check_options(Silent(), Options(values={"colour": "red", "depth": "3"}))
    assert caught.value.diagnostic.help == "its options: `depth`"
    assert caught.value.diagnostic.code == "TDL902"
