"""Where the pages of the rules are."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def page_of(code: str) -> str | None:
    """The address of a rule's page: inside the package when installed from a wheel, beside it in a checkout.

    None for a rule that others have installed.
    """
    for folder in (resources.files("tdl") / "diagnostics", Path(__file__).parents[2] / "docs/reference/diagnostics"):
        page = folder / f"{code}.md"
        if isinstance(page, Path) and page.is_file():
            return page.as_uri()
    return None
