"""Markdown pages for a repository: what the site says, short enough to be read as text and compared line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

from tdl.docs.elements import plain
from tdl.docs.view import (
    Decade,
    ElementView,
    EnumerationView,
    OpenGroup,
    OpenPoint,
    ProcedureView,
    RecordView,
    Site,
    TableView,
    Text,
)

_NESTED = "· "


def markdown_pages(site: Site) -> dict[str, bytes]:
    """Every page by name; of types only those are shown that tables expand."""
    pages = {"index.md": _index(site), "open-points.md": _open_points(site)}
    pages |= {f"{decade.page}.md": _decade(decade) for decade in site.decades}
    if site.procedures:
        pages["procedures.md"] = _procedures(site)
    if site.enumerations:
        pages["enumerations.md"] = _enumerations(site)
    return {name: ("\n".join(lines) + "\n").encode("utf-8") for name, lines in pages.items()}


def _index(site: Site) -> Iterator[str]:
    yield f"# {_escaped(site.name)}{' ' + _escaped(site.edition) if site.edition else ''}"
    yield ""
    yield f"{site.tables} tables; [{site.doubts} open points](open-points.md)."
    for paragraph in site.about:
        yield from ("", *wrap(_escaped(paragraph), 116, break_long_words=False, break_on_hyphens=False))
    if site.bound:
        yield ""
        yield f"Offsets and sizes are those of a meter of which {len(site.bound)} values are known."
    for decade in site.decades:
        yield from ("", f"## [{decade.title}]({decade.page}.md)", "", "| table | name | octets | confidence |")
        yield "|---|---|---|---|"
        for table in decade.tables:
            name = f"`{table.name}`" + (f" {_escaped(table.label)}" if table.label else "")
            yield f"| {table.key} | {name} | {table.content.size} | {table.evidence.confidence} |"
    others = [("procedures.md", "Procedures", site.procedures), ("enumerations.md", "Enumerations", site.enumerations)]
    yield from ("", *(f"- [{title}]({name})" for name, title, there in others if there))
    yield from ("- [Open points](open-points.md)", "")
    yield "## How to read the tables"
    yield ""
    yield "- index: the index path of partial access; letters stand for positions in arrays."
    yield "- offset: a number counts octets from the beginning of the table, `2 + 9i` is for row `i` of an array;"
    yield "  `+ ...` counts from the beginning of the record around the element, and `|X|` stands for the octets of X."
    yield f"- `{_NESTED.strip()}` before a name: inside the record above."
    yield "- confidence and source: an element that says nothing has what is said around it; only what differs from the"
    yield "  table's is shown."


def _decade(decade: Decade) -> Iterator[str]:
    yield f"# {decade.title}"
    for table in decade.tables:
        yield ""
        yield from _table(table)


def _table(table: TableView) -> Iterator[str]:
    yield f"## {table.key} {table.name}"
    yield ""
    yield from _about(table, [*table.facts, ("octets", table.content.size)])
    if table.used_by:
        yield f"- decides over the layout of {_linked(table.used_by)}"
    yield ""
    yield from _record(table.content, str(table.evidence))


def _about(view: TableView | ProcedureView | EnumerationView, facts: list[tuple[str, str]]) -> Iterator[str]:
    if view.label:
        yield from (f"{_escaped(view.label)}", "")
    said = [f"{name.lower()} {_escaped(value)}" for name, value in facts]
    yield f"- {', '.join([*said, *([_escaped(str(view.evidence))] if str(view.evidence) else [])])}"
    yield from (f"- {_escaped(step)}" for step in view.history)


def _record(content: RecordView, around: str) -> Iterator[str]:
    yield "| index | offset | octets | element | type | meaning |"
    yield "|---|---|---|---|---|---|"
    for element in content.elements:
        if element.when is not None:
            when = " and ".join(_code(plain(condition)) for condition in element.when) or "always"
            yield f"| | | | *{when}* | | |"
        yield _row(element, around)
    if content.left_out:
        yield from ("", f"{content.left_out} more elements; `tdl layout` lists them all.")


def _row(element: ElementView, around: str) -> str:
    offset = "not in this meter" if element.absent else _escaped(element.offset)
    name = f"{_NESTED * element.depth}{_code(element.name)}"
    cells = (
        element.index,
        offset,
        element.octets,
        name,
        _code(plain(element.type)),
        "; ".join(_meaning(element, around)),
    )
    return f"| {' | '.join(cells)} |"


def _meaning(element: ElementView, around: str) -> Iterator[str]:
    for said in (element.label, element.description, element.unit):
        if said:
            yield _escaped(said)
    if element.enumeration is not None:
        yield f"[{_escaped(element.enumeration.name)}]({element.href})"
    if str(element.evidence) and str(element.evidence) != around:
        yield _escaped(str(element.evidence))
    yield from (f"{name} {_escaped(value)}" for name, value in element.notes)
    yield from map(_escaped, element.history)


def _procedures(site: Site) -> Iterator[str]:
    yield "# Procedures"
    for procedure in site.procedures:
        yield from ("", f"## {procedure.key} {procedure.name}", "")
        yield from _about(procedure, list(procedure.facts))
        for title, content in (("Parameter", procedure.parameter), ("Response", procedure.response)):
            if content is not None:
                yield from ("", f"{title}, {content.size} octets:", "")
                yield from _record(content, str(procedure.evidence))


def _enumerations(site: Site) -> Iterator[str]:
    yield "# Enumerations"
    yield ""
    yield "Each list is open: a value that it does not name keeps its number."
    for enumeration in site.enumerations:
        yield from ("", f"## {enumeration.name}", "")
        yield from _about(enumeration, list(enumeration.facts))
        yield from ("", "| value | name | meaning |", "|---|---|---|")
        for code in enumeration.codes:
            doubt = str(code.evidence) if code.evidence != enumeration.evidence else ""
            meaning = "; ".join(_escaped(said) for said in (code.label, doubt) if said)
            yield f"| {code.values} | {_code(code.name)} | {meaning} |"


def _open_points(site: Site) -> Iterator[str]:
    yield "# Open points"
    yield ""
    yield f"{site.doubts} facts are not attested well enough. Whoever holds the standard settles them with a fragment:"
    yield "look each one up, correct what is wrong, keep the verbs of what is right. The fragment begins with"
    yield from ("", "```tdl", site.header, "```", "")
    yield "and `tdl merge -d DEFINITION -f FRAGMENT` shows the result. The pages that `tdl docs` writes as HTML come"
    yield "with all verbs in one fragment, `settle.tdl`."
    for group in site.open:
        yield from _group(group)


def _group(group: OpenGroup) -> Iterator[str]:
    title = _escaped(group.title)
    yield from ("", f"## {title}")
    for point in group.points:
        yield from _point(point)


def _point(point: OpenPoint) -> Iterator[str]:
    also = f" (also of {', '.join(piece.text for piece in point.also)})" if point.also else ""
    yield ""
    yield f"{_code(point.name)}{also}:"
    for doubt in point.doubts:
        source = f", from {_escaped(doubt.source)}" if doubt.source else ""
        yield f"- {_code(doubt.what.removeprefix(f'{point.name}.'))}: {doubt.problem}{source}, {_escaped(doubt.place)}"
    yield from ("", "```tdl", point.stub, "```")


def _linked(pieces: Text) -> str:
    return ", ".join(f"[{piece.text}]({piece.href})" if piece.href else piece.text for piece in pieces)


def _escaped(text: str) -> str:
    """Text that Markdown takes as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """What the language writes, which holds nothing that Markdown knows inside code."""
    return f"`{text}`"
