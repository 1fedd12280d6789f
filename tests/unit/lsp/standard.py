"""The standard as people would write on it: copies of the editions, one standing on the other, and a vendor's own."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

ACME = """\
FRAGMENT ACME OF "ANSI_C1219_2012";

ADD TYPE ACME_RCD = PACKED RECORD
    STATE : UINT8;
    ROWS : ARRAY[ACT_REGS_TBL.NBR_TIERS] OF UINT16;
END;

ADD TABLE MFG 5 ACME_TBL = ACME_RCD;

MODIFY TYPE REGS_RCD
    ADD NBR_ACME : UINT8 AFTER NBR_OCCUR;
END;
"""

_NAMES = {'"std:1997"': '"ANSI_C1219"', '"std:2008"': '"ANSI_C1219_2008"'}


def write_standard(folder: Path) -> None:
    """Write the editions below a folder: 1997.tdl, 2008.tdl, 2012.tdl with their parts, and acme.tdl."""
    library = resources.files("tdl.library").joinpath("std")
    for edition in library.iterdir():
        if edition.name.endswith(".tdl"):
            text = edition.read_text("utf-8")
            for name, own in _NAMES.items():
                text = text.replace(name, own)
            (folder / edition.name).write_text(text, "utf-8")
        elif edition.is_dir() and edition.name != "profiles":
            (folder / edition.name).mkdir()
            for part in edition.iterdir():
                (folder / edition.name / part.name).write_bytes(part.read_bytes())
    (folder / "acme.tdl").write_text(ACME, "utf-8")
