"""The page of an image: one file with its styles, scripts and data inside, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup

from tdl.docs.rendering import html_templates
from tdl.explore.data import image_json, table_json
from tdl.explore.view import ImageView

_STYLES = (("tdl.docs", "theme.css"), ("tdl.explore", "explore.css"))

_SCRIPTS = (
    ("tdl.explore", "trace.js"),
    ("tdl.explore", "rows.js"),
    ("tdl.explore", "octets.js"),
    ("tdl.explore", "elements.js"),
    ("tdl.explore", "detail.js"),
    ("tdl.docs", "search.js"),
    ("tdl.explore", "page.js"),
)
"""In the order in which they build on each other."""


def html_page(view: ImageView) -> bytes:
    """The page as a file: it opens from anywhere, and runs no script but its own (see its content security policy)."""
    style = "\n".join(map(_asset, *zip(*_STYLES, strict=True)))
    script = "\n".join(map(_asset, *zip(*_SCRIPTS, strict=True)))
    text = (
        html_templates("tdl.explore")
        .get_template("explore.html.j2")
        .render(
            view=view,
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; base-uri 'none'",
            shared=Markup(image_json(view)),
            tables=[(table, Markup(table_json(table))) for table in view.tables],
        )
    )
    return text.encode("utf-8")


def _asset(package: str, name: str) -> str:
    return files(package).joinpath("templates", name).read_text("utf-8")


def _digest(text: str) -> str:
    """What a content security policy calls a text by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
