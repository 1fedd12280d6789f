"""What a table's module defines before its functions: structs, references, selections, and what it imports."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.python.literals import literal
from tdl.backends.python.lookups import Column
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
        self._compared: dict[str, str] = {}
        self._blanks: dict[str, str] = {}
        self._rows: dict[tuple[str, ...], str] = {}
        self._fields: dict[tuple[Column, ...], str] = {}
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

    def fields(self, columns: tuple[Column, ...]) -> str:
        """The table of what an octet's fields are."""
        self.use("fields", "octet_fields")
        return self._fields.setdefault(columns, f"_F{len(self._fields)}")

    def type(self, class_name: str) -> str:
        """A record's class."""
        return self._types.setdefault(class_name, f"_T_{class_name}")

    def compared(self, class_name: str) -> str:
        """A record's class that others are compared with; after it checkers of types know no more than before."""
        return self._compared.setdefault(class_name, f"_C_{class_name}")

    def blank(self, class_name: str) -> str:
        """What makes records without values of a class of records, or sets: `next` has one."""
        self.use("fields", "blanks")
        return self._blanks.setdefault(self._made(class_name), f"_N_{class_name}")

    def types(self, class_names: tuple[str, ...]) -> str:
        """The classes, each as the arguments of what makes an object without values."""
        return self._rows.setdefault(tuple(map(self._made, class_names)), f"_B{len(self._rows)}")

    def _made(self, class_name: str) -> str:
        return self.use("members", "Members") if class_name == "Members" else self.type(class_name)

    def used(self) -> Iterator[tuple[str, str]]:
        """The names of the run-time, each with its module."""
        for module, names in self._imports.items():
            for name in names:
                yield module, name

    def definitions(self) -> Iterator[str]:
        """The statements that make the constants, in order."""
        for class_name, name in sorted(self._types.items()):
            yield f"{name} = records.{class_name}"
        for class_name, name in sorted(self._compared.items()):
            yield f'{name}: "Any" = records.{class_name}'
        for of, name in sorted(self._blanks.items()):
            yield f"{name} = blanks({of})"
        for types, name in self._rows.items():
            yield f"{name} = ({', '.join(f'({of},)' for of in types)})"
        for (codes, order), name in self._structs.items():
            if order == "both":
                yield f'{name} = (Struct("<{codes}"), Struct(">{codes}"))'
            else:
                yield f'{name} = Struct("{">" if order else "<"}{codes}")'
        for (table, path), (name, label) in self._references.items():
            yield f"{name} = Reference({table}, {literal(path)}, {literal(label)})"
        for columns, name in self._fields.items():
            yield f"{name} = octet_fields({', '.join(map(literal, columns))})"
        for arms, name in self._arms.items():
            yield f"{name} = {{{', '.join(f'{value}: {literal(arm)}' for value, arm in arms)}}}"
