"""The page of the Python interface: every public name of a package, from its signature and docstring."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType

from tdl.docs.docstrings import markdown

INTRODUCTION = """\
# The Python interface, name by name

Made from the docstrings: `python -m tdl.cli.pages` writes this page. [The Python interface](python.md) shows how the
names are used together.
"""


def interface_page(package: ModuleType) -> str:
    """The page's text."""
    public: list[str] = package.__all__
    lines = [INTRODUCTION]
    for name in public:
        if name != "__version__":
            lines += _name(f"{package.__name__}.{name}", getattr(package, name), public)
    return "\n".join(lines).rstrip("\n") + "\n"


def _name(name: str, value: object, public: list[str]) -> Iterator[str]:
    yield f"## `{name}`"
    yield ""
    if inspect.isclass(value):
        yield from _class(value, public)
    elif inspect.isfunction(value):
        yield from _signature(name, value)
        yield from markdown(value.__doc__)


def _class(value: type, public: list[str]) -> Iterator[str]:
    yield from markdown(value.__doc__)
    for base in value.__mro__[1:]:
        if base.__name__ in public:
            yield from (f"It is a kind of `{base.__name__}`.", "")
        elif base.__module__.startswith("tdl."):
            yield from markdown(base.__doc__)
    for name, member in vars(value).items():
        if name.startswith("_") and name != "__getitem__":
            continue
        if isinstance(member, property | cached_property):
            yield from _member(name, "", inspect.getdoc(member))
        elif inspect.isfunction(member):
            yield from _member(name, _parameters(member), member.__doc__)


def _member(name: str, parameters: str, docstring: str | None) -> Iterator[str]:
    if docstring:
        yield from (f"### `{name}{parameters}`", "", *markdown(docstring))


def _signature(name: str, value: object) -> Iterator[str]:
    yield from ("```python", f"{name}{_parameters(value)}", "```", "")


def _parameters(value: object) -> str:
    """The parameters in parentheses, without annotations: those are long and stand in the code."""
    assert callable(value)
    signature = inspect.signature(value)
    kept = [
        each.replace(annotation=inspect.Parameter.empty)
        for name, each in signature.parameters.items()
        if name != "self"
    ]
    return str(signature.replace(parameters=kept, return_annotation=inspect.Signature.empty))
