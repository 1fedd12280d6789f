"""The texts that grammars for editors are tried on: every document in the repository, and every block of the manual."""

from __future__ import annotations

import re
from pathlib import Path

from tests.spec.manual import blocks

ROOT = Path(__file__).parents[2]
SAMPLES = Path(__file__).with_name("samples")
_FOLDERS = ("tdl/library", "examples", "templates", "tests/golden/cases", "tests/cli", "tests/editors/samples")
_MISREAD = re.compile(r"\{ TDL1\d\d \}")


def documents() -> dict[str, str]:
    """Every document, by path."""
    found = sorted(path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.tdl"))
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in found}


def texts() -> dict[str, str]:
    """Every document, and the blocks of the language manual that can be read."""
    found = documents()
    for page in sorted((ROOT / "docs" / "reference" / "language").glob("*.md")):
        for number, block in enumerate(blocks(page)):
            if block.info.startswith("tdl") and not _MISREAD.search(block.body):
                found[f"{page.stem}-{number}"] = block.body
    return found
