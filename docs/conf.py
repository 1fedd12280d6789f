"""How Sphinx makes a site of these pages: ``sphinx-build -W -n -b html docs OUT``.

The pages are plain Markdown, to be read where they are as well. What a site needs beyond that is added here while it is
built: tables of contents, from what index pages link to, and the pages of the examples, which lie outside this folder.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

import tdl
from tdl.syntax.highlighting import TdlLexer

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"

project = "tdl"
version = release = tdl.__version__
language = "en_GB"

extensions = ["myst_parser"]
myst_heading_anchors = 3
nitpicky = True
smartquotes = False  # `--set` in a sentence is no dash
suppress_warnings = ["misc.highlighting_failure"]  # outputs and shortened examples need not be whole documents
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"tdl {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None  # the same pages give the same site
html_static_path = ["_static"]
html_css_files = ["wide.css"]
highlight_language = "text"
pygments_style = "friendly"
pygments_dark_style = "monokai"

_BLOCKS_OF_THE_MANUAL = ("decode", "plan")
"""Fenced blocks that tests run and that no language stands behind."""

_TITLES = {"library/index": "The tables of the standard"}
"""What pages are called in a table of contents whose own titles say too little there."""

_LINK = re.compile(r"(\]\()([^)#\s:]+\.md)((?:#[^)\s]*)?\))")


def _complete(app: Sphinx, name: str, source: list[str]) -> None:
    """What a page is for the site: an example's own text, links to examples as pages, a table of contents."""
    text, place = source[0], (HERE / name).parent
    if name.startswith("examples/") and name != "examples/index":
        place = EXAMPLES / Path(name).name
        text = _from_here((place / "README.md").read_text("utf-8"), place, HERE / "examples")
    source[0] = _to_pages(text, HERE / "examples" if place.parent == EXAMPLES else place)
    if Path(name).name == "index":
        source[0] += _contents(source[0], (HERE / name).parent)


def _from_here(text: str, there: Path, here: Path) -> str:
    """A text of one folder with links that are right in another."""

    def turned(match: re.Match[str]) -> str:
        target = match[2]
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        return f"{match[1]}{os.path.relpath(there / target, here)}{match[3]}"

    return re.sub(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))", turned, text)


def _to_pages(text: str, here: Path) -> str:
    """A text whose links to examples lead to their pages."""

    def turned(match: re.Match[str]) -> str:
        target = (here / match[2]).resolve()
        if target.name != "README.md" or target.parent.parent != EXAMPLES:
            return match[0]
        return f"{match[1]}{os.path.relpath(HERE / 'examples' / target.parent.name, here)}.md{match[3]}"

    return _LINK.sub(turned, text)


def _contents(text: str, here: Path) -> str:
    """The table of contents of an index page: the pages below it in the order of their links, then all others."""
    there = [page.stem for page in sorted(here.glob("*.md"))]
    there += [f"{page.parent.name}/index" for page in sorted(here.glob("*/index.md"))]
    linked = [match[2].removesuffix(".md") for match in _LINK.finditer(text)]
    pages = dict.fromkeys([*(page for page in linked if page in there), *there])
    pages.pop("index")
    return "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(_titled(page) for page in pages) + "\n```\n"


def _titled(page: str) -> str:
    return f"{_TITLES[page]} <{page}>" if page in _TITLES else page


def setup(app: Sphinx) -> None:
    app.connect("source-read", _complete)
    app.add_lexer("tdl", TdlLexer)  # known to Pygments only where tdl is installed
    for name in _BLOCKS_OF_THE_MANUAL:
        app.add_lexer(name, TextLexer)
