"""The run-time of generated packages: modules of tdl, copied as they are but for their imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tdl.backends.python.quoting import quoted
from tdl.packaged import packaged_text

ROOTS = (
    "tdl.backends.python.runtime.explain",
    "tdl.backends.python.runtime.arms",
    "tdl.backends.python.runtime.calendar",
    "tdl.backends.python.runtime.codes",
    "tdl.backends.python.runtime.fields",
    "tdl.backends.python.runtime.merging",
    "tdl.backends.python.runtime.seldom",
    "tdl.backends.python.runtime.sets",
    "tdl.backends.python.runtime.views",
    "tdl.codec.columns",
    "tdl.codec.filling",
    "tdl.codec.numerals",
)
"""What generated code starts from; what these import comes along."""

FRONT = ("structure", "arithmetic", "fields", "known", "arms", "seldom", "members", "sets")
"""What most tables need, in the order of need. It stands in one module, as a file takes longer to open than to run."""

STRAIGHT = ("calendar", "errors", "formats", "merging", "moments", "octets", "rows", "values")
"""What some tables need beside; as in the front, annotations are in quotes."""

_IMPORT = re.compile(r"^( *)from (tdl\.(?:codec|ir|backends\.python\.runtime)\.(\w+)) import", re.MULTILINE)
_OPENING = re.compile(
    r'\A# SPDX-License-Identifier: 0BSD\n"""(?P<about>[^"]+?)\n?"""\n\nfrom __future__ import annotations\n'
)
_AMONG_FRONT = re.compile(rf"^from \.(?:{'|'.join(FRONT)}) import .+\n", re.MULTILINE)
_FROM_FRONT = re.compile(rf"^( *)from \.(?:{'|'.join(FRONT)}) import", re.MULTILINE)
_SPAN = "from tdl.sources import Span"
_NO_SPAN = "from typing import Any as Span"
_DEFERRED = "from tdl.deferred import dataclass"
_AT_ONCE = "from dataclasses import dataclass"


@cache
def runtime_modules() -> Mapping[str, str]:
    """Module name to source, with all of tdl's rooms become one package."""
    sources: dict[str, str] = {}
    waiting = list(ROOTS)
    while waiting:
        module = waiting.pop()
        package, _, name = module.rpartition(".")
        if name not in sources:
            text = packaged_text(*package.split(".")[1:], f"{name}.py")
            sources[name] = (
                _IMPORT.sub(r"\1from .\3 import", text).replace(_SPAN, _NO_SPAN).replace(_DEFERRED, _AT_ONCE)
            )
            waiting += [found[1] for found in _IMPORT.findall(text)]
    front = "\n".join(_section(sources.pop(name)) for name in FRONT)
    modules = {name: _FROM_FRONT.sub(r"\1from . import", text) for name, text in sources.items()}
    modules |= {name: quoted(modules[name]) for name in STRAIGHT}
    return MappingProxyType({"__init__": _FRONT + front, **dict(sorted(modules.items()))})


_FRONT = '''# SPDX-License-Identifier: 0BSD
"""Run-time support, copied from tdl; what most tables need stands here."""

'''


def _section(text: str) -> str:
    """A module of the front as a part of it; what it is about becomes a comment."""
    found = _OPENING.match(text)
    assert found is not None, "a module of the run-time opens in another way"
    about = "".join(f"# {line}".rstrip() + "\n" for line in found["about"].split("\n"))
    return quoted(f"{about}\n{_AMONG_FRONT.sub('', text[found.end() :]).lstrip()}")
