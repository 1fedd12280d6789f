"""The law of renames: whatever is renamed, and to whatever, each reference goes on naming what it named before."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tdl.merge import merge
from tdl.merge.namings import Namings
from tdl.report import Report
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Shapes, TableFound, members
from tests.property.documents import BITS, MEMBERS, documents, plain_names, target

Meaning = tuple[object, ...]
NOTHING: Meaning = ("nothing",)


def meanings(document: ast.Document) -> list[Meaning]:
    """What every reference and type name of a document means, in the order of the text."""
    shapes = Shapes(document)
    types = {name: number for number, name in enumerate(shapes.types)}
    places = {
        (name, member): place
        for name, declaration in shapes.types.items()
        for place, member in enumerate(m.name for m in members(declaration))
    }
    found: list[Meaning] = []
    for declaration in document.declarations:
        inside = None if isinstance(declaration, ast.Table | ast.Procedure) else declaration

        def type_name(name: str) -> str:
            found.append(("type", types.get(name, name)))
            return name

        def reference(reference: ast.Reference, inside: ast.TypeDeclaration | None = inside) -> ast.Reference:
            match shapes.find(reference, inside):
                case ElementFound(table=table, steps=steps):
                    way = tuple((types[s.owner], places[s.owner, s.member.name]) for s in steps)
                    found.append(("element", table and table.number, way))
                case TableFound(table=table):
                    found.append(("table", table.number))
                case _:
                    found.append(NOTHING)
            return reference

        Namings(type_name, reference).declaration(declaration)
    return found


@st.composite
def renamed(draw: st.DrawFn) -> tuple[ast.Document, ast.Fragment]:
    """A document and renames of its parts to names that other parts have too."""
    base = draw(documents())
    edits: list[ast.Edit] = []
    taken = {d.name for d in base.declarations}
    changed = draw(st.lists(st.sampled_from(base.declarations), min_size=1, max_size=3, unique_by=lambda d: d.name))
    for declaration in changed:
        if not isinstance(declaration, ast.Procedure) and draw(st.booleans()):
            # a table may have the name of a type or an element, and the other way round
            to = draw(st.sampled_from([n for n in (*MEMBERS, *BITS, "OTHER") if n not in taken]))
            taken.add(to)
            edits.append(ast.Rename(target=target(declaration), to=to))
            continue
        names = plain_names(declaration)
        free = [n for n in (*MEMBERS, *BITS) if n not in names]
        if names and free:
            old, new = draw(st.sampled_from(names)), draw(st.sampled_from(free))
            verb = ast.RenameMember(name=old, to=new)
            edits.append(ast.Modify(target=target(declaration), edits=(verb,)))
    assume(edits)
    return base, ast.Fragment(header=ast.Header(name="CHANGE", base="BASE"), edits=tuple(edits))


@given(renamed())
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_renames_change_no_meaning(case: tuple[ast.Document, ast.Fragment]) -> None:
    base, change = case
    report = Report()
    result = merge(base, [change], report)
    if result is None:
        assert {d.code for d in report} == {"TDL314"}, [d.message for d in report]
        return
    before, after = meanings(base), meanings(result)
    assert len(after) == len(before)
    for then, now in zip(before, after, strict=True):
        # what was ambiguous or missing in the base had no meaning to keep
        assert now == then or then == NOTHING
