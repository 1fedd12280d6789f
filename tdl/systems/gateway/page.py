"""The page to look at meters with: files that ask for nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from tdl.systems.gateway.problems import Problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser lets the page do."""

_KINDS = {
    "page.html": "text/html",
    "page.js": "text/javascript",
    "page.css": "text/css",
    "theme.css": "text/css",
    "icon.svg": "image/svg+xml",
}


def asset(name: str) -> tuple[bytes, str]:
    """A file of the page, and its media type.

    Raises:
        Problem: there is none of that name.
    """
    if name not in _KINDS:
        raise Problem(404, "no file of that name")
    # The colours are those of all pages that tdl makes.
    folder = files("tdl.docs") / "templates" if name == "theme.css" else files("tdl.systems.gateway") / "assets"
    return folder.joinpath(name).read_bytes(), _KINDS[name]
