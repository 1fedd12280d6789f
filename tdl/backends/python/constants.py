"""What a table's module defines before its functions: structs, references, selections, and what it imports."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.python.literals import literal
from tdl.ir.expr import External

Arms = tuple[tuple[int, tuple[str, int, int, int]], ...]
"""A selection by its selector's value: kind, variant, octets and decimals of each arm."""


class Constants:
    """Names of module constants, each made on first use and shared by all that need the same."""

    def __init__(self) -> None:
        self._structs: dict[tuple[str, bool | str], str] = {}
        self._references: dict[tuple[int, tuple[str, ...]], tuple[str, str]] = {}
        self._arms: dict[Arms, str] = {}
        self._types: dict[str, str] = {}
        self._imports: dict[str, set[str]] = {}

    def use(self, module: str, name: str) -> str:
        """A name of the run-time, to be imported."""
        self._imports.setdefault(module, set()).add(name)
        return name

    def struct(self, codes: str, order: bool | str) -> str:
        """The struct of a run: for an order known at run time only, the one that ``order`` selects of two."""
        kind: bool | str = order if isinstance(order, bool) else "both"
        name = self._structs.setdefault((codes, kind), f"_S{len(self._structs)}")
        return name if isinstance(order, bool) else f"{name}[{order}]"

    def reference(self, reference: External) -> str:
        """The constant that says where a value of another table lies."""
        key = reference.table, reference.path
        if key not in self._references:
            self.use("known", "Reference")
            self._references[key] = f"_R{len(self._references)}", reference.label
        return self._references[key][0]

    def arms(self, arms: Arms) -> str:
        return self._arms.setdefault(arms, f"_A{len(self._arms)}")

    def type(self, class_name: str) -> str:
        """A record's class."""
        return self._types.setdefault(class_name, f"_T_{class_name}")

    def imports(self) -> Iterator[str]:
        """The statements that import from the run-time, in order."""
        for module in sorted(self._imports):
            yield f"from ._runtime.{module} import {', '.join(sorted(self._imports[module]))}"

    def definitions(self) -> Iterator[str]:
        """The statements that make the constants, in order."""
        for class_name, name in sorted(self._types.items()):
            yield f"{name} = records.{class_name}"
        for (codes, order), name in self._structs.items():
            if order == "both":
                yield f'{name} = (Struct("<{codes}"), Struct(">{codes}"))'
            else:
                yield f'{name} = Struct("{">" if order else "<"}{codes}")'
        for (table, path), (name, label) in self._references.items():
            yield f"{name} = Reference({table}, {literal(path)}, {literal(label)})"
        for arms, name in self._arms.items():
            yield f"{name} = {{{', '.join(f'{value}: {literal(arm)}' for value, arm in arms)}}}"
