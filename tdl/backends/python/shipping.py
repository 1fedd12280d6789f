"""The run-time of generated packages: modules of tdl, copied as they are but for their imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tdl.packaged import packaged_text

ROOTS = (
    "tdl.backends.python.runtime.explain",
    "tdl.backends.python.runtime.arms",
    "tdl.backends.python.runtime.calendar",
    "tdl.backends.python.runtime.fields",
    "tdl.backends.python.runtime.views",
    "tdl.codec.columns",
    "tdl.codec.filling",
    "tdl.codec.numerals",
)
"""What generated code starts from; what these import comes along."""

_IMPORT = re.compile(r"^( *)from (tdl\.(?:codec|ir|backends\.python\.runtime)\.(\w+)) import", re.MULTILINE)
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
    return MappingProxyType(dict(sorted(sources.items())))
