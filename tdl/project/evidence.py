"""How well a fact is attested, and by whom: the one place that knows which `Confidence` and `Source` are in force.

What is said closest to an element counts: its own, else that of the type that declares it, else that of the element
and type around it, and so on to its table's. A table that says nothing of itself has what its type says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdl.deferred import dataclass
from tdl.syntax import ast
from tdl.syntax.shapes import Shapes, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """``confidence`` is ``high``, ``med``, ``low`` or nothing; ``said_by`` names what says it."""

    confidence: str = ""
    source: str = ""
    said_by: str = ""

    @property
    def doubtful(self) -> bool:
        return self.confidence in ("low", "med")

    def __str__(self) -> str:
        """``confidence high, from N, O``; nothing where nobody says anything."""
        said = (self.confidence and f"confidence {self.confidence}", self.source and f"from {self.source}")
        return ", ".join(part for part in said if part)


def evidence(shapes: Shapes, declaration: ast.Declaration, steps: Sequence[Step] = ()) -> Evidence:
    """What is in force for a declaration, or for the element that ``steps`` lead to from a table or procedure."""
    confidence = source = said_by = ""
    for name, properties in _outwards(shapes, declaration, steps):
        said = {p.name: text(p.value) for p in properties}
        if not confidence and "Confidence" in said:
            confidence, said_by = said["Confidence"], name
        source = source or said.get("Source", "")
    return Evidence(confidence=confidence, source=source, said_by=said_by)


def _outwards(
    shapes: Shapes, declaration: ast.Declaration, steps: Sequence[Step]
) -> Iterator[tuple[str, ast.Properties]]:
    for step in reversed(steps):
        yield f"{step.owner}.{step.member.name}", step.member.properties
        yield step.owner, shapes.types[step.owner].properties
    yield declaration.name, declaration.properties
    if isinstance(declaration, ast.Table) and not steps:
        holder = shapes.holder(declaration.specification)
        if holder is not None:
            yield holder.name, holder.properties


def text(value: ast.PropertyValue) -> str:
    """A property's value as people read it."""
    return value.name if isinstance(value, ast.Word) else str(value)
