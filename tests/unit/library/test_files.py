"""The library's files: printed canonically, of one decade each, all of them used."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

import pytest

from tdl.pipeline import Context, Request, run
from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_declaration, print_document, print_fragment

EDITIONS = ("1997", "2008", "2012")


def library_files() -> list[str]:
    root = resources.files("tdl.library").joinpath("std")
    return sorted(f"library:std/{path}" for path in _documents(root, ""))


def _documents(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _documents(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".tdl"):
            yield prefix + entry.name


@pytest.mark.parametrize("name", library_files())
def test_every_file_is_formatted_and_no_longer_than_500_lines(name: str) -> None:
    source = Resolver().read(name)
    parsed = parse(source, Report())
    if isinstance(parsed, ast.Fragment):
        printed = print_fragment(parsed)
    elif parsed.imports:
        printed = print_document(parsed)
    else:
        printed = "\n\n".join("\n".join(print_declaration(d)) for d in parsed.declarations) + "\n"
    assert source.text == printed
    assert source.text.count("\n") <= 500


def test_every_file_is_imported() -> None:
    used = {f"library:std/{edition}.tdl" for edition in EDITIONS}
    for edition in EDITIONS:
        tree = load(f"std:{edition}", Resolver(), Report())
        assert tree is not None
        nodes = tree.edits if isinstance(tree, ast.Fragment) else tree.declarations
        used |= {node.span.source.name for node in nodes}
    assert used == set(library_files())


def test_every_edition_is_clean() -> None:
    for edition in EDITIONS:
        context = Context()
        assert run(Request(definition=f"std:{edition}"), context) is not None
        assert [f"{d.code} {d.message}" for d in context.report] == [], edition
