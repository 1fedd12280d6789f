from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
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
from tdl.sources.plugins import plugins


class Silent:
    """A back end as a third party writes one."""

    name = "silent"
    description = "nothing at all"

    @property
    def options(self) -> Mapping[str, str]:
        return {"depth": "how much nothing"}

    def generate(self, definition: Any, plan: Any, options: Options) -> tuple[GeneratedFile, ...]:
        return ()


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with entry points of the group `tdl.backends`."""
    module = ModuleType("acme_tdl")
    module.SILENT = Silent()  # type: ignore[attr-defined]
    module.NOTHING = object()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "acme_tdl", module)
    info = tmp_path / "acme_tdl-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tdl\nVersion: 1.2\n", "utf-8")
    points = (
        "silent = acme_tdl:SILENT\nnothing = acme_tdl:NOTHING\ngone = no_such_module:BACKEND\nc = acme_tdl:SILENT\n"
    )
    (info / "entry_points.txt").write_text(f"[{api.GROUP}]\n{points}", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.cache_clear()
    yield
    plugins.cache_clear()


def refused(name: str) -> Any:
    with pytest.raises(BackendError) as caught:
        find_backend(name)
    return caught.value.diagnostic


def test_python_is_there_without_any_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "plugins", lambda group: ())
    assert backend_names() == tuple(sorted(api.IN_TREE))
    assert isinstance(find_backend("python"), Backend)
    assert find_backend("python").name == "python"


@pytest.mark.usefixtures("plug_in")
def test_a_plug_in_is_found_by_its_entry_point() -> None:
    assert find_backend("silent").description == "nothing at all"
    assert backend_names() == tuple(sorted((*api.IN_TREE, "gone", "nothing", "silent")))
    assert find_backend("c").name == "c", "what comes with tdl cannot be replaced"


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
