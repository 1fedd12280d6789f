"""The tree builder of fragments: what `grammars/fragment.lark` has beyond documents."""

from __future__ import annotations

from typing import Any

from tdl.frozen import replace
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.tree import Part, Properties, Starts, TreeBuilder, quoted


class FragmentBuilder(TreeBuilder):
    """Builds nodes of one source, be it a document or a fragment."""

    def fragment_header(self, c: list[Any], at: Starts, end: int) -> ast.Header:
        plain = self.header([c[0], c[1], *c[4:]], [at[0], at[1], *at[4:]], end)
        return replace(
            plain,
            base=c[3][1:-1],
            base_span=self.token(c, at, 3),
            base_hash=quoted(c).get("SHA256"),
            span=self.span(at[0], end),
        )

    def add(self, c: list[Any], at: Starts, end: int) -> ast.Add:
        return ast.Add(declaration=c[1], span=self.span(at[0], end))

    def replace(self, c: list[Any], at: Starts, end: int) -> ast.Replace:
        return ast.Replace(declaration=c[1], span=self.span(at[0], end))

    def type_target(self, c: list[str], at: Starts, end: int) -> ast.Target:
        return ast.Target(kind="TYPE", name=c[1], span=self.token(c, at, 1))

    def table_target(self, c: list[Any], at: Starts, end: int) -> ast.Target:
        return ast.Target(kind=c[0], number=c[1][0], span=c[1][1])

    procedure_target = table_target

    def remove(self, c: list[Any], at: Starts, end: int) -> ast.Remove:
        return ast.Remove(target=c[1], span=self.span(at[0], end))

    def rename(self, c: list[Any], at: Starts, end: int) -> ast.Rename:
        return ast.Rename(target=c[1], to=c[3], span=self.span(at[0], end))

    def modify(self, c: list[Any], span: Span, target: ast.Target) -> ast.Modify:
        edits = tuple(child for child in c[2:] if isinstance(child, ast.Node) and not isinstance(child, ast.Target))
        return ast.Modify(target=target, edits=edits, span=span)  # type: ignore[arg-type]

    def modify_type(self, c: list[Any], at: Starts, end: int) -> ast.Modify:
        return self.modify(c, self.span(at[0], end), ast.Target(kind="TYPE", name=c[2], span=self.token(c, at, 2)))

    def modify_table(self, c: list[Any], at: Starts, end: int) -> ast.Modify:
        return self.modify(c, self.span(at[0], end), ast.Target(kind=c[1], number=c[2][0], span=c[2][1]))

    modify_procedure = modify_table

    def modify_document(self, c: list[Any], at: Starts, end: int) -> ast.Modify:
        return self.modify(c, self.span(at[0], end), ast.Target(kind="DOCUMENT", span=self.token(c, at, 1)))

    def position(self, where: str, c: list[str], at: Starts, end: int) -> ast.Position:
        return ast.Position(where=where, anchor=c[1] if len(c) == 2 else None, span=self.span(at[0], end))

    def first(self, c: list[str], at: Starts, end: int) -> ast.Position:
        return self.position("FIRST", c, at, end)

    def last(self, c: list[str], at: Starts, end: int) -> ast.Position:
        return self.position("LAST", c, at, end)

    def before(self, c: list[str], at: Starts, end: int) -> ast.Position:
        return self.position("BEFORE", c, at, end)

    def after(self, c: list[str], at: Starts, end: int) -> ast.Position:
        return self.position("AFTER", c, at, end)

    def add_member(self, c: list[Any], at: Starts, end: int) -> ast.AddMember:
        position = c[2] if isinstance(c[2], ast.Position) else None
        return ast.AddMember(item=c[1], position=position, span=self.span(at[0], end))

    def was(self, c: list[Any], at: Starts, end: int) -> Part:
        return Part("was", c[1])

    def replace_member(self, c: list[Any], at: Starts, end: int) -> ast.ReplaceMember:
        parts = {child.role: child.type for child in c if isinstance(child, Part)}
        properties = next((child.found for child in c if isinstance(child, Properties)), ())
        return ast.ReplaceMember(
            name=c[1],
            name_span=self.token(c, at, 1),
            specification=c[3],
            properties=properties,
            span=self.span(at[0], end),
            **parts,
        )

    def remove_member(self, c: list[str], at: Starts, end: int) -> ast.RemoveMember:
        return ast.RemoveMember(name=c[1], span=self.span(at[0], end))

    def rename_member(self, c: list[str], at: Starts, end: int) -> ast.RenameMember:
        return ast.RenameMember(name=c[1], to=c[3], span=self.span(at[0], end))

    def move_member(self, c: list[Any], at: Starts, end: int) -> ast.MoveMember:
        return ast.MoveMember(name=c[1], position=c[2], span=self.span(at[0], end))

    def property_name(self, c: list[str], at: Starts, end: int) -> tuple[str | None, str]:
        return (c[0], c[2]) if len(c) == 3 else (None, c[0])

    def was_value(self, c: list[Any], at: Starts, end: int) -> Part:
        return Part("was", c[1][0])

    def set_property(self, c: list[Any], at: Starts, end: int) -> ast.SetProperty:
        (member, name), was = c[1], next((child.type for child in c if isinstance(child, Part)), None)
        return ast.SetProperty(name=name, member=member, value=c[3][0], was=was, span=self.span(at[0], end))

    def unset_property(self, c: list[Any], at: Starts, end: int) -> ast.UnsetProperty:
        (member, name), was = c[1], next((child.type for child in c if isinstance(child, Part)), None)
        return ast.UnsetProperty(name=name, member=member, was=was, span=self.span(at[0], end))
