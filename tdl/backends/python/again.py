"""A package of which some declarations changed: what is called what, and classes among those that stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from tdl.backends.naming import PYTHON_CLASSES, PYTHON_MODULES, identifiers
from tdl.backends.python.view import module_of
from tdl.backends.since import Names, Since

_CLASS = re.compile(r"\n\n\nclass (\w+)\(")
_END = "\n\n\nTYPES: "


def classes_of(names: Names) -> dict[str, str]:
    """The class of each record and bit field."""
    return identifiers(names.types, PYTHON_CLASSES)


def codes_of(names: Names) -> dict[str, str]:
    """The class of each enumeration."""
    return identifiers(names.enumerations, PYTHON_CLASSES)


def modules_of(names: Names) -> dict[str, str]:
    """The module of each table."""
    found = identifiers(map(module_of, names.tables), PYTHON_MODULES)
    return {key: found[module_of(key)] for key in names.tables}


def same_names(since: Since) -> bool:
    """Whether everything that is still there is called what it was called."""
    pairs = ((of(since.before), of(since.now)) for of in (classes_of, codes_of, modules_of))
    return all(now.get(name, called) == called for before, now in pairs for name, called in before.items())


def spliced(former: str, part: str, wanted: Mapping[str, bool]) -> str:
    """A module of classes, some of which changed.

    Args:
        former: the module as it was.
        part: a module that has at least those that changed.
        wanted: the classes of the result in their order, and which of them are those of ``part``.
    """
    known, fresh = _classes(former.rstrip("\n")), _classes(part.rstrip("\n"))
    return "".join([known[""], *((fresh if changed else known)[name] for name, changed in wanted.items()), "\n"])


def _classes(text: str) -> dict[str, str]:
    """The text of each class; what comes before the first has no name."""
    begins = [(found.start(), found[1]) for found in _CLASS.finditer(text)]
    end = text.rfind(_END)
    starts = [0, *(start for start, _ in begins), len(text) if end < 0 else end]
    names = ["", *(name for _, name in begins)]
    return {name: text[begin:end] for name, (begin, end) in zip(names, pairwise(starts), strict=True)}
