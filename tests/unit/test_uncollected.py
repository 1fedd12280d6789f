from __future__ import annotations

import gc
from dataclasses import dataclass, field

import pytest

from tdl.backends.api import Generated, GeneratedFile, Options
from tdl.cli.generate import Order, generated
from tdl.cli.options import Project
from tdl.ir import model, plan
from tdl.project.definition import load
from tdl.sources import Resolver
from tdl.uncollected import without_collection


def test_collection_goes_on_as_it_was() -> None:
    assert gc.isenabled()
    with without_collection():
        assert not gc.isenabled()
        with without_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collection_goes_on_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), without_collection():
        _ = 1 // 0
    assert gc.isenabled()


@dataclass
class _Watching:
    """A back end that notes whether something collects while it runs."""

    name: str = "watching"
    description: str = "notes"
    options: dict[str, str] = field(default_factory=dict)
    seen: list[bool] = field(default_factory=list)

    def generate(self, definition: model.Definition, of: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        self.seen.append(gc.isenabled())
        return ()


def test_back_ends_run_without() -> None:
    backend = _Watching()
    definition = load("d.tdl", (), Resolver(overlay={"d.tdl": "TYPE A_RCD = PACKED RECORD A : UINT8; END;"}))
    project = Project(definition="d.tdl", fragments=())
    assert generated([Order(backend=backend, options=Options())], definition, project) == [Generated(files=())]
    assert backend.seen == [False]
