"""The verbs of a fragment that settle what is not known of a declaration, ready to be looked up and corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tdl.project.evidence import text
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration, print_specification, print_value
from tdl.syntax.shapes import members

DOUBTFUL = ("low", "med")
"""The confidences that leave something open."""

CONFIDENCES = {"Confidence": "", "NameConfidence": "the name"}
"""The properties that say how well something is attested, and what of it where that is not all."""

SETTLED_BY = "the published standard"
"""Who attests a thing once it is settled."""


def is_opaque(specification: ast.Specification) -> bool:
    return isinstance(specification, ast.Named | ast.Sized) and specification.name == "OPAQUE"


def settling(declaration: ast.Declaration, taken: set[str]) -> str:
    """The verbs after which a declaration has no open point.

    Args:
        taken: names of types; those that the verbs add join them.
    """
    return "\n".join(_Settling(taken).verbs(declaration))


class _Settling:
    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.added: list[str] = []

    def verbs(self, declaration: ast.Declaration) -> Iterator[str]:
        if self._needs_all(declaration):
            first, *others = print_declaration(self._declaration(declaration), comments=False)
            yield from (f"REPLACE {first}", *others)
        else:
            yield f"MODIFY {_target(declaration)}"
            yield from self._edits(declaration)
            yield "END;"
        for name in self.added:
            yield from ("", f"ADD TYPE {name} = PACKED RECORD")
            yield from ("    FIRST_ELEMENT : UINT8; { and so on, as the standard has it }", "END;")

    def _needs_all(self, declaration: ast.Declaration) -> bool:
        """Whether single verbs do not reach: a type that is nothing but OPAQUE, a name that stands in two branches."""
        if isinstance(declaration, ast.Table | ast.Procedure):
            return False
        if isinstance(declaration, ast.Alias):
            return is_opaque(declaration.specification)
        names = Counter(member.name for member in members(declaration))
        return any(
            names[m.name] > 1 and (_doubtful(m.properties) or is_opaque(m.specification)) for m in members(declaration)
        )

    # --- single verbs --------------------------------------------------------------------------------------------

    def _edits(self, declaration: ast.Declaration) -> Iterator[str]:
        yield from _sets("", declaration.properties)
        if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
            for member in members(declaration):
                yield from _sets(f"{member.name}.", member.properties)
                if is_opaque(member.specification):
                    was = print_specification(member.specification)
                    yield f"    REPLACE {member.name} : {self._new(member.name)} WAS {was};"

    # --- the whole declaration -----------------------------------------------------------------------------------

    def _declaration(self, declaration: ast.Declaration) -> ast.TypeDeclaration:
        properties = _settled(declaration.properties)
        match declaration:
            case ast.Record() | ast.BitField() | ast.Enumeration():
                return replace(declaration, items=self._items(declaration.items), properties=properties)
            case ast.Alias():
                name = self._new(declaration.name.removesuffix("_RCD"))
                return replace(declaration, specification=ast.Named(name=name), properties=properties)
            case _:
                raise AssertionError(declaration.name)

    def _items(self, items: tuple[ast.Item, ...]) -> tuple[ast.Item, ...]:
        return tuple(map(self._item, items))

    def _item(self, item: ast.Item) -> ast.Item:
        match item:
            case ast.Member():
                specification = item.specification
                if is_opaque(specification):
                    specification = ast.Named(name=self._new(item.name))
                return replace(item, specification=specification, properties=_settled(item.properties))
            case ast.If():
                return replace(item, then=self._items(item.then), otherwise=self._items(item.otherwise))
            case ast.Switch():
                arms = tuple(replace(arm, items=self._items(arm.items)) for arm in item.arms)
                default = None if item.default is None else self._items(item.default)
                return replace(item, arms=arms, default=default)

    def _new(self, name: str) -> str:
        """The name of a record that stands where OPAQUE did."""
        found = f"{name}_RCD"
        while found in self.taken:
            found = f"{found.removesuffix('_RCD')}_LAYOUT_RCD"
        self.taken.add(found)
        self.added.append(found)
        return found


def _doubtful(properties: ast.Properties) -> list[ast.Property]:
    return [p for p in properties if p.name in CONFIDENCES and text(p.value) in DOUBTFUL]


def _sets(member: str, properties: ast.Properties) -> Iterator[str]:
    doubtful = _doubtful(properties)
    for p in doubtful:
        yield f'    SET {member}{p.name} = "high" WAS {print_value(p.value)};'
    if any(p.name == "Confidence" for p in doubtful):
        source = next((p for p in properties if p.name == "Source"), None)
        was = "" if source is None else f" WAS {print_value(source.value)}"
        yield f'    SET {member}Source = "{SETTLED_BY}"{was};'


def _settled(properties: ast.Properties) -> ast.Properties:
    doubtful = {p.name for p in _doubtful(properties)}
    settled = tuple(replace(p, value="high") if p.name in doubtful else p for p in properties)
    if "Confidence" not in doubtful:
        return settled
    others = tuple(p for p in settled if p.name != "Source")
    return (*others, ast.Property(name="Source", value=SETTLED_BY))


def _target(declaration: ast.Declaration) -> str:
    match declaration:
        case ast.Table(number=number):
            return f"TABLE {number}"
        case ast.Procedure(number=number):
            return f"PROCEDURE {number}"
        case _:
            return f"TYPE {declaration.name}"
