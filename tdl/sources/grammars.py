"""Where the grammars are."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def grammar_folder() -> Traversable:
    """`grammars/`: inside the package when installed from a wheel, beside it in a checkout.

    Raises:
        FileNotFoundError: the installation is damaged.
    """
    for folder in (resources.files("tdl") / "grammars", Path(__file__).parents[2] / "grammars"):
        if (folder / "document.lark").is_file():
            return folder
    raise FileNotFoundError("the grammars of tdl are missing from its installation")
