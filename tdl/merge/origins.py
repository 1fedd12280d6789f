"""Origins: which document did what to a node, written on every declaration, member, conditional and property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar, assert_never

from tdl.frozen import replace
from tdl.merge.paths import Path, property_facet
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import members

_D = TypeVar("_D", bound=ast.Declaration)
_I = TypeVar("_I", ast.Member, ast.If, ast.Switch)

_Chain: TypeAlias = Callable[[ast.Origins, Path, Span], ast.Origins]


def declared(document: ast.Document) -> ast.Document:
    """A base whose nodes all have origins; those that it already has are kept.

    A declaration has them with all it holds or not at all, so one that has them stays the same object.
    """
    name = document.header.name

    def chain(origins: ast.Origins, path: Path, span: Span) -> ast.Origins:
        return origins or (ast.Origin(document=name, verb="DECLARE", span=span),)

    mark = _Mark(chain)
    header = replace(document.header, properties=mark.properties(document.header.properties, ()))
    declarations = tuple(d if d.origins else mark.declaration(d) for d in document.declarations)
    return replace(document, header=header, declarations=declarations)


class Author:
    """Writes the steps of one fragment.

    Args:
        document: the fragment's name.
    """

    def __init__(self, document: str) -> None:
        self.document = document

    def step(self, origins: ast.Origins, verb: str, span: Span) -> ast.Origins:
        """A chain of origins and one step more."""
        return (*origins, ast.Origin(document=self.document, verb=verb, span=span))

    def declaration(self, declaration: _D, verb: str, former: ast.Declaration | None = None) -> _D:
        """A declaration as this fragment writes it, in the place of ``former`` if there was one.

        What has the name of something in ``former`` goes on with its chain.
        """
        chains = _chains(former) if former else {}
        return self._mark(verb, chains).declaration(declaration)

    def item(self, item: ast.Item, verb: str) -> ast.Item:
        """An item that this fragment writes."""
        return self._mark(verb, {}).item(item)

    def properties(self, properties: ast.Properties, verb: str, former: ast.Properties = ()) -> ast.Properties:
        """Properties that this fragment writes over ``former``; the others of ``former`` stay as they are."""
        chains: dict[Path, ast.Origins] = {(property_facet(p.name),): p.origins for p in former}
        written = {p.name: p for p in self._mark(verb, chains).properties(properties, ())}
        kept = [written.pop(p.name, p) for p in former]
        return (*kept, *written.values())

    def _mark(self, verb: str, chains: Mapping[Path, ast.Origins]) -> _Mark:
        return _Mark(lambda _, path, span: self.step(chains.get(path, ()), verb, span))


class _Mark:
    """Puts the origins that a function gives on every node."""

    def __init__(self, chain: _Chain) -> None:
        self.chain = chain

    def declaration(self, declaration: _D) -> _D:
        marked = replace(
            declaration,
            origins=self.chain(declaration.origins, (), declaration.span),
            properties=self.properties(declaration.properties, ()),
        )
        if isinstance(marked, ast.Record | ast.BitField | ast.Enumeration):
            return replace(marked, items=self.items(marked.items))
        return marked

    def items(self, items: tuple[ast.Item, ...]) -> tuple[ast.Item, ...]:
        return tuple(self.item(item) for item in items)

    def item(self, item: ast.Item) -> ast.Item:
        match item:
            case ast.Member():
                path = (item.name,)
                origins = self.chain(item.origins, path, item.span)
                return replace(item, origins=origins, properties=self.properties(item.properties, path))
            case ast.If():
                return replace(self.own(item), then=self.items(item.then), otherwise=self.items(item.otherwise))
            case ast.Switch():
                arms = tuple(replace(arm, items=self.items(arm.items)) for arm in item.arms)
                default = None if item.default is None else self.items(item.default)
                return replace(self.own(item), arms=arms, default=default)
            case _:
                assert_never(item)

    def own(self, item: _I) -> _I:
        return replace(item, origins=self.chain(item.origins, (":conditional",), item.span))

    def properties(self, properties: ast.Properties, path: Path) -> ast.Properties:
        return tuple(
            replace(p, origins=self.chain(p.origins, (*path, property_facet(p.name)), p.span)) for p in properties
        )


def _chains(declaration: ast.Declaration) -> dict[Path, ast.Origins]:
    """The origins of what a declaration holds, by path inside it."""
    chains: dict[Path, ast.Origins] = {(): declaration.origins}
    for p in declaration.properties:
        chains[(property_facet(p.name),)] = p.origins
    if not isinstance(declaration, ast.Table | ast.Procedure):
        for member in members(declaration):
            chains[(member.name,)] = member.origins
            for p in member.properties:
                chains[(member.name, property_facet(p.name))] = p.origins
    return chains
