"""Whatever is written, every question has an answer, and its places are in the text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tdl.lsp.features.actions import fix_all, quick_fixes
from tdl.lsp.features.completion import completion
from tdl.lsp.features.folding import folds
from tdl.lsp.features.formatting import formatting
from tdl.lsp.features.hints import hints
from tdl.lsp.features.hover import hover
from tdl.lsp.features.navigation import definition, highlights, references
from tdl.lsp.features.rename import CannotRename, prepare
from tdl.lsp.features.symbols import document_symbols, workspace_symbols
from tdl.lsp.features.tokens import tokens
from tdl.lsp.workspace import Workspace
from tdl.sources import Span
from tests.unit.lsp.editing import BASE, MAKER, MODEL, history

FILES = {"base.tdl": BASE, "maker.tdl": MAKER, "model.tdl": MODEL}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", FILES)
def test_every_question_is_answered(tmp_path: Path, name: str, seed: int) -> None:
    for each, text in FILES.items():
        (tmp_path / each).write_text(text, "utf-8")
    (tmp_path / "tdl.toml").write_text('definition = "base.tdl"\nfragments = ["maker.tdl"]\nprofile = "profile.toml"\n')
    (tmp_path / "profile.toml").write_text("[CONFIG_TBL]\nCOUNT = 3\n")
    workspace = Workspace([str(tmp_path)])
    path = str(tmp_path / name)
    chance = random.Random(seed)
    for state in history(FILES[name], seed, 10):
        workspace.open(path, state)
        for offset in [0, len(state), *(chance.randrange(len(state) + 1) for _ in range(4))]:
            places = _places(workspace, path, offset)
            assert all(0 <= span.start <= span.end for span in places)
            assert all(span.end <= len(state) for span in places if span.source.name == path)


def _places(workspace: Workspace, name: str, offset: int) -> list[Span]:
    found = hover(workspace, name, offset)
    places = [] if found is None else [found.span]
    places += definition(workspace, name, offset)
    places += references(workspace, name, offset, declarations=True)
    places += [each.span for each in highlights(workspace, name, offset)]
    places += [each.span for each in completion(workspace, name, offset)]
    places += [each.span for each in document_symbols(workspace, name)]
    places += [each.span for each, _ in workspace_symbols(workspace, "rcd")]
    places += [each.span for each in folds(workspace, name)]
    places += [each.span for each in tokens(workspace, name)]
    places += [each.span for each in formatting(workspace, name)]
    for action in (*quick_fixes(workspace, name, 0, offset), fix_all(workspace, name)):
        places += [] if action is None else [each.span for each in action.edits]
    assert all(each.offset >= 0 for each in hints(workspace, name, 0, offset))
    try:
        renamable = prepare(workspace, name, offset)
    except CannotRename:
        return places
    return places + ([] if renamable is None else [renamable.span])
