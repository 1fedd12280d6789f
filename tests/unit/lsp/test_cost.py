"""An edit costs what it changes: counted in calls, which are the same on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.lsp.workspace import Workspace
from tdl.syntax import notation
from tests.unit.lsp.standard import write_standard
from tests.work import counted


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The whole standard, checked."""
    folder = tmp_path_factory.mktemp("standard")
    write_standard(folder)
    workspace = Workspace([str(folder)])
    assert [Path(unit.main).name for unit in workspace.work()] == ["1997.tdl", "2008.tdl", "2012.tdl", "acme.tdl"]
    return workspace


def edit(workspace: Workspace, part: str, old: str, new: str) -> list[str]:
    """Edit one element; the units that are checked again."""
    name = f"{workspace.folders[0]}/{part}"
    source = workspace.source(name)
    assert source is not None
    assert old in source.text
    workspace.open(name, source.text.replace(old, new, 1))
    return [Path(unit.main).name for unit in workspace.work(name)]


def test_an_edit_in_the_standard_reaches_all_editions_at_a_fraction_of_the_cost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(workspace, "1997/decade2.tdl", "NBR_TIERS : UINT8;", "NBR_TIERS : UINT8 ;")
    with counted() as everything:
        anew = Workspace(workspace.folders)
        assert len(list(anew.work())) == 4
    parsed: list[str] = []
    whole = notation._Reader.parse

    def counting(self: notation._Reader, chunk: notation.Chunk) -> object:
        parsed.append(self.source.name)
        return whole(self, chunk)

    monkeypatch.setattr(notation._Reader, "parse", counting)
    with counted() as edited:
        checked = edit(workspace, "1997/decade2.tdl", "NBR_TIERS : UINT8 ;", "NBR_TIERS : UINT16;")
    assert checked == ["1997.tdl", "2008.tdl", "2012.tdl", "acme.tdl"]
    assert [Path(name).name for name in parsed] == ["decade2.tdl"], "one declaration is read again"
    assert edited.calls < everything.calls / 2
    assert workspace.findings() == {}


def test_an_edit_in_a_vendors_fragment_leaves_the_standard_alone(workspace: Workspace) -> None:
    edit(workspace, "acme.tdl", "STATE : UINT8;", "STATE : UINT8 ;")
    with counted() as deep:
        edit(workspace, "1997/decade2.tdl", "NBR_TIERS : ", "NBR_TIERS :  ")
    with counted() as own:
        assert edit(workspace, "acme.tdl", "STATE : UINT8 ;", "STATE : UINT16;") == ["acme.tdl"]
    assert own.calls < deep.calls / 2


def test_a_text_that_says_the_same_is_not_checked_again(workspace: Workspace) -> None:
    assert edit(workspace, "acme.tdl", "STATE", "STATE") == []


def test_declarations_that_nothing_leads_to_are_not_looked_at_again(workspace: Workspace) -> None:
    edit(workspace, "1997/decade2.tdl", "NBR_SELF_READS : ", "NBR_SELF_READS :  ")
    unit = workspace.unit(f"{workspace.folders[0]}/1997.tdl")
    assert unit is not None
    assert unit.shape is not None
    assert unit.shape.checked is not None
    looked_at = unit.shape.checked.looked_at
    assert {"REGS_RCD", "ACT_REGS_TBL"} <= looked_at
    assert "ED_MODE_BFLD" not in looked_at
    assert len(looked_at) < len(unit.shape.document.declarations) / 2
