"""A run leaves the interpreter as it found it."""

from __future__ import annotations

import gc

import pytest

from tdl import pipeline
from tdl.sources import Resolver

GOOD, BAD = "DOCUMENT A; TYPE A_RCD = PACKED RECORD X : UINT8; END;", "TYPE A = ;"


@pytest.mark.parametrize("text", [GOOD, BAD])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_before(text: str, enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    during: list[bool] = []
    parse = pipeline.PASSES[1].run
    monkeypatch.setattr(
        pipeline,
        "PASSES",
        tuple(
            pipeline.Pass(name=each.name, run=lambda *a: (during.append(gc.isenabled()), parse(*a))[1], show=each.show)
            if each.name == "parse"
            else each
            for each in pipeline.PASSES
        ),
    )
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        context = pipeline.Context(resolver=Resolver(overlay={"a.tdl": text}))
        pipeline.run(pipeline.Request(definition="a.tdl"), context)
        assert gc.isenabled() is enabled
        assert during == [False]
    finally:
        (gc.enable if before else gc.disable)()


def test_a_pass_that_is_none_is_no_run() -> None:
    with pytest.raises(ValueError, match="no pass `bake`"):
        pipeline.run(pipeline.Request(definition="std:2012"), pipeline.Context(), after="bake")
