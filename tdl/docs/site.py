"""A definition as the view that all pages are laid out from."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.docs.crossing import Crossing
from tdl.docs.dependencies import dependencies
from tdl.docs.doubts import open_groups
from tdl.docs.elements import Elements, plain
from tdl.docs.links import Links, page_of
from tdl.docs.provenance import history, place
from tdl.docs.view import (
    Code,
    Decade,
    EnumerationView,
    Found,
    ProcedureView,
    RecordView,
    Site,
    TableView,
    TypeView,
)
from tdl.ir import plan
from tdl.ir.bind import Known, bind
from tdl.ir.lower import table_id
from tdl.ir.model import TableId
from tdl.project.definition import Definition
from tdl.project.evidence import Evidence, evidence, text
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration, print_specification
from tdl.syntax.shapes import members

MAX_ROWS = 50_000
"""How many elements all pages together list."""

EVENTS = "STD_EVENT_ENUM"
"""The enumeration that a meter's logs take their codes from."""

_APART = ("Label", "Description", "Confidence", "Source")


def site(definition: Definition, known: Known | None = None, *, markdown: bool = False) -> Site:
    """The pages of a definition.

    Args:
        known: what is known of the meter that they are for; without it they are for any.
        markdown: links lead to headings of Markdown pages.
    """
    return _Building(definition, known, markdown).site()


class _Building:
    def __init__(self, definition: Definition, known: Known | None, markdown: bool) -> None:
        self.document, self.plan = definition.document, definition.plan
        self.hash = definition.hash
        bound = None if known is None else bind(definition.plan, known)
        self.values = () if bound is None else bound.bound
        self.plans = {table.key: table for table in self.plan.tables}
        self.bound = None if bound is None else {table.key: table for table in bound.tables}
        self.links = Links(self.document, markdown=markdown)
        self.crossing = Crossing(self.document, self.plan, self.links)
        self.enumerations = {
            d.name: self.enumeration(d) for d in self.document.declarations if isinstance(d, ast.Enumeration)
        }
        self.elements = Elements(self.links, self.crossing, self.enumerations, MAX_ROWS)

    def site(self) -> Site:
        header = self.document.header
        decades = tuple(self.decades())
        procedures = tuple(self.procedure(key, d) for key, d in sorted(self.links.procedures.items(), key=_by_number))
        types = tuple(
            self.type(d) for d in self.document.declarations if isinstance(d, ast.Record | ast.BitField | ast.Alias)
        )
        return Site(
            name=header.name,
            edition=header.edition or "",
            version=header.version or "",
            hash=self.hash,
            about=tuple(p for c in header.comments for part in c.text.split("\n\n") if (p := " ".join(part.split()))),
            bound=self.values,
            facts=_facts(header.properties),
            decades=decades,
            procedures=procedures,
            types=types,
            enumerations=tuple(self.enumerations.values()),
            events=self.links.type(EVENTS),
            open=open_groups(self.document, self.links),
            header=f'FRAGMENT {header.name}_SETTLED OF "{header.name}" VERSION "1";',
            found=tuple(self.found(decades, procedures, types)),
            graph=dependencies(self.plan.tables),
        )

    def decades(self) -> Iterator[Decade]:
        pages: dict[str, list[tuple[TableId, TableView]]] = {}
        for table in sorted((t for t in self.plan.tables if t.key in self.links.tables), key=lambda t: _order(t.id)):
            identity = TableId(table.id)
            pages.setdefault(page_of(identity), []).append((identity, self.table(table)))
        for page, tables in pages.items():
            first = tables[0][0]
            group = {"": "Decade", "MFG": "Manufacturer", "USER": "User"}[first.group]
            yield Decade(page=page, title=f"{group} {first.number // 10}", tables=tuple(view for _, view in tables))

    def table(self, table: plan.TablePlan) -> TableView:
        declaration = self.links.tables[table.key]
        said = _said(declaration)
        return TableView(
            key=table.key,
            name=declaration.name,
            label=said.get("Label", ""),
            description=said.get("Description", ""),
            facts=_facts(declaration.properties),
            evidence=evidence(self.links.shapes, declaration),
            needs=self.crossing.needs(table.key),
            used_by=self.crossing.depending_on(table.key),
            content=self.record(table, declaration),
            history=history(declaration),
            place=place(declaration.span),
        )

    def record(self, table: plan.TablePlan, declaration: ast.Declaration) -> RecordView:
        bound = None if self.bound is None else self.bound.get(table.key)
        return self.elements.record(table, bound, declaration)

    def procedure(self, key: str, declaration: ast.Procedure) -> ProcedureView:
        said = _said(declaration)
        parameter, response = (self.plans.get(f"{key}.{role}") for role in ("parameter", "response"))
        return ProcedureView(
            key=key,
            name=declaration.name,
            label=said.get("Label", ""),
            description=said.get("Description", ""),
            facts=_facts(declaration.properties),
            evidence=evidence(self.links.shapes, declaration),
            parameter=None if parameter is None else self.record(parameter, declaration),
            response=None if response is None else self.record(response, declaration),
            history=history(declaration),
            place=place(declaration.span),
        )

    def type(self, declaration: ast.Declaration) -> TypeView:
        return TypeView(
            name=declaration.name,
            facts=_facts(declaration.properties),
            text=self.links.text("\n".join(print_declaration(declaration))),
            evidence=evidence(self.links.shapes, declaration),
            used_by=self.crossing.users(declaration.name),
            history=history(declaration),
            place=place(declaration.span),
        )

    def enumeration(self, declaration: ast.Enumeration) -> EnumerationView:
        whole = evidence(self.links.shapes, declaration)
        return EnumerationView(
            name=declaration.name,
            label=_said(declaration).get("Label", ""),
            facts=_facts(declaration.properties),
            codes=tuple(_code(member, whole) for member in members(declaration)),
            evidence=whole,
            used_by=self.crossing.users(declaration.name),
            history=history(declaration),
            place=place(declaration.span),
        )

    def found(
        self, decades: tuple[Decade, ...], procedures: tuple[ProcedureView, ...], types: tuple[TypeView, ...]
    ) -> Iterator[Found]:
        """What the search knows: each element once by table and name."""
        for decade in decades:
            for table in decade.tables:
                yield Found(name=table.name, about=table.label, where=table.key, href=self.links.table(table.key))
                yield from self.found_elements(table.content, f"{decade.page}.html")
        for procedure in procedures:
            href = self.links.procedure(procedure.key)
            yield Found(name=procedure.name, about=procedure.label, where=procedure.key, href=href)
            for record in (procedure.parameter, procedure.response):
                if record is not None:
                    yield from self.found_elements(record, "procedures.html")
        for type_ in types:
            yield Found(name=type_.name, about="", where="type", href=self.links.type(type_.name))
        for enumeration in self.enumerations.values():
            href = self.links.type(enumeration.name)
            yield Found(name=enumeration.name, about=enumeration.label, where="enumeration", href=href)
            for code in enumeration.codes:
                yield Found(name=code.name, about=code.label, where=f"{enumeration.name} {code.values}", href=href)

    def found_elements(self, record: RecordView, page: str) -> Iterator[Found]:
        for element in record.elements:
            href = f"{page}#{element.anchor}"
            yield Found(name=element.name, about=element.label or plain(element.type), where=record.key, href=href)


def _code(member: ast.Member, whole: Evidence) -> Code:
    said = {p.name: text(p.value) for p in member.properties}
    own = Evidence(
        confidence=said.get("Confidence", whole.confidence),
        source=said.get("Source", whole.source),
        said_by=member.name if "Confidence" in said else whole.said_by,
    )
    return Code(
        values=print_specification(member.specification), name=member.name, label=said.get("Label", ""), evidence=own
    )


def _said(declaration: ast.Declaration) -> dict[str, str]:
    return {p.name: text(p.value) for p in declaration.properties}


def _facts(properties: ast.Properties) -> tuple[tuple[str, str], ...]:
    return tuple((p.name, text(p.value)) for p in properties if p.name not in _APART)


def _order(identity: int) -> tuple[int, int]:
    """Standard tables first, then the manufacturer's, then the user's."""
    table = TableId(identity)
    return ("", "MFG", "USER").index(table.group), table.number


def _by_number(item: tuple[str, ast.Procedure]) -> tuple[int, int]:
    return _order(table_id(item[1].number).value)
