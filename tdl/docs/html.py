"""The site: pages that open from a folder, without a server and without anything from elsewhere."""

from __future__ import annotations

import json
from importlib.resources import files

from markupsafe import Markup

from tdl.docs.graph import svg
from tdl.docs.rendering import html_templates
from tdl.docs.view import Site

_ASSETS = ("theme.css", "style.css", "search.js")


def html_pages(site: Site) -> dict[str, bytes]:
    """Every file of the site by name."""
    pages = {
        "index.html": _page("index.html", "Overview", site),
        "types.html": _page("types.html", "Types", site),
        "open-points.html": _page("open-points.html", "Open points", site),
    }
    for decade in site.decades:
        name = f"{decade.page}.html"
        pages[name] = _page(name, decade.title, site, template="decade.html", decade=decade)
    if site.procedures:
        pages["procedures.html"] = _page("procedures.html", "Procedures", site)
    if site.enumerations:
        pages["enumerations.html"] = _page("enumerations.html", "Enumerations", site)
    if site.graph.edges:
        pages["graph.html"] = _page("graph.html", "Graph", site, drawing=Markup(_graph(site)))
    pages["search-index.js"] = _index(site)
    pages["settle.tdl"] = settling(site)
    made = {name: text.encode("utf-8") for name, text in pages.items()}
    return made | {name: files("tdl.docs").joinpath("templates", name).read_bytes() for name in _ASSETS}


def settling(site: Site) -> str:
    """A fragment that settles all open points at once."""
    return "\n\n".join([site.header, *(point.stub for group in site.open for point in group.points)]) + "\n"


def _graph(site: Site) -> str:
    there = {table.key: f"{decade.page}.html#{table.key}" for decade in site.decades for table in decade.tables}
    return svg(site.graph, href=lambda key: there.get(key, ""), inline=True)


def _page(name: str, title: str, site: Site, template: str = "", **values: object) -> str:
    templates = html_templates("tdl.docs")
    return templates.get_template(f"{template or name}.j2").render(page=name, title=title, site=site, **values)


def _index(site: Site) -> str:
    entries = [[found.name, found.about, found.where, found.href] for found in site.found]
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    return f"window.TDL_INDEX = [\n{lines}\n];\n"
