from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp.editor import Editor

ACME = """\
FRAGMENT ACME OF "std:2012" VERSION "1.0";

ADD TYPE ACME_ENUM = ENUMERATION
    IDLE : 0;
    BUSY : 1;
END;

ADD TYPE ACME_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = ACME_ENUM, Unit = "", Label = "state – é🙂";
    ROWS : ARRAY[ACT_REGS_TBL.NBR_TIERS] OF UINT16;
END;

ADD TABLE MFG 5 ACME_TBL = ACME_RCD;

MODIFY TYPE REGS_RCD
    ADD NBR_ACME : UINT8 AFTER NBR_OCCUR;
END;
"""

MODEL = """\
FRAGMENT MODEL OF "ACME" VERSION "1.0";

MODIFY TYPE ACME_RCD
    ADD AGE : UINT8 AFTER STATE;
    SET ROWS.Label = "rows";
END;
"""

SETTINGS = """\
definition = "std:2012"
fragments = ["acme.tdl"]
profile = "std:residential"

[check]
TDL702 = "note"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vendor's project."""
    folder = tmp_path_factory.mktemp("vendor")
    (folder / "acme.tdl").write_text(ACME, "utf-8")
    (folder / "model.tdl").write_text(MODEL, "utf-8")
    (folder / "tdl.toml").write_text(SETTINGS, "utf-8")
    return folder


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    """An editor that shows the project."""
    editor = Editor(folder)
    yield editor
    assert editor.messages == []
    assert editor.close() == 0


@pytest.fixture
def acme(editor: Editor, folder: Path) -> str:
    """The maker's fragment, as it is in its file."""
    return editor.open(folder / "acme.tdl")
