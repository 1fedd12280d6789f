"""How long an edit takes until everything that it concerns has been checked again.

The workspace is the standard as three documents that stand on each other, and a vendor's fragment above them.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from tdl.lsp.workspace import Workspace
from tests.benchmarks.row import Row
from tests.unit.lsp.standard import write_standard

EDITS = {
    "an edit in the standard of 1997": ("1997/decade2.tdl", "NBR_TIERS : UINT8;", "NBR_TIERS : UINT16;"),
    "an edit in its Table 0": ("1997/decade0.tdl", "NBR_PENDING : UINT8;", "NBR_PENDING : UINT16;"),
    "an edit in a vendor's fragment": ("acme.tdl", "STATE : UINT8;", "STATE : UINT16;"),
}
"""A part, what stands in it, and what is written instead."""

FELT = 0.1
"""Seconds that a person does not feel."""


def measure(rounds: int) -> Iterator[Row]:
    """Edits while the server is warm: until the text itself is checked, and until all that stands on it is."""
    with tempfile.TemporaryDirectory() as folder:
        write_standard(Path(folder))
        took: dict[str, list[float]] = {}
        whole: list[float] = []
        for _ in range(max(1, rounds // 3)):
            begun = perf_counter()
            workspace = Workspace([folder])
            list(workspace.work())
            whole.append(perf_counter() - begun)
            gc.collect()
            gc.freeze()  # as the server does
            for what, (part, old, new) in EDITS.items():
                first, everything = _edit(workspace, f"{folder}/{part}", old, new)
                took.setdefault(f"{what}, its own findings", []).append(first)
                took.setdefault(f"{what}, all findings", []).append(everything)
            gc.unfreeze()
    base = median(whole)
    yield Row(
        what="the standard and a fragment, checked anew", amount=1000 * base, unit="ms", ratio=1, against="itself"
    )
    for what, seconds in took.items():
        ratio = median(seconds) / FELT
        yield Row(
            what=what, amount=1000 * median(seconds), unit="ms", ratio=ratio, against="100 ms", goal=1, name="the limit"
        )


def _edit(workspace: Workspace, name: str, old: str, new: str) -> tuple[float, float]:
    """The better of three times there and back: seconds until the first unit is checked, and until all are."""
    best: list[tuple[float, float]] = []
    for _ in range(3):
        for before, after in ((old, new), (new, old)):
            source = workspace.source(name)
            assert source is not None
            assert before in source.text
            text = source.text.replace(before, after, 1)
            first = 0.0
            begun = perf_counter()
            workspace.open(name, text)
            for _ in workspace.work(name):
                first = first or perf_counter() - begun
            workspace.findings()
            best.append((first, perf_counter() - begun))
    return min(first for first, _ in best), min(everything for _, everything in best)
