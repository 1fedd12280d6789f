"""Templates: the text of a file with Python in it.

``{{ expression }}`` is the text of a value. ``{% for each in values %}``, ``{% if condition %}``, ``{% elif ... %}``,
``{% else %}``, ``{% endfor %}`` and ``{% endif %}`` are Python's statements, ``{% set name = value %}`` gives something
a name, and ``{% include name %}`` stands for another template. Such a tag takes the blanks before it along if it begins
its line, and the end of the line if that is behind it.

They look like those of jinja2, which takes longer to import and to compile them than a back end takes for all its work.
"""

from __future__ import annotations

import re
from functools import cache
from types import CodeType

from tdl.packaged import packaged_text

_PART = re.compile(r"(\{\{.*?\}\}|(?:^[ \t]*)?\{%.*?%\}\n?)", re.MULTILINE)
_INCLUDE = re.compile(r"^\{% include (\S+) %\}\n", re.MULTILINE)


class Templates:
    """The templates of a back end, in its folder ``templates``.

    Args:
        backend: the folder of the back end.
        names: what expressions can use beside what is given to `render`.
    """

    def __init__(self, backend: str, **names: object) -> None:
        self.backend, self.names = backend, names

    def render(self, name: str, **values: object) -> str:
        """The text that a template makes of values.

        Raises:
            NameError: the template uses a name that it is not given.
        """
        made: list[str] = []
        exec(_code(self.backend, name), {**self.names, **values, "__put": made.extend})
        return "".join(made)


@cache
def _code(backend: str, name: str) -> CodeType:
    return compile(python(_text(backend, name)), f"{backend}/templates/{name}", "exec")


def _text(backend: str, name: str) -> str:
    text = packaged_text("backends", backend, "templates", name)
    return _INCLUDE.sub(lambda found: _text(backend, found[1]), text)


def python(text: str) -> str:
    """The statements that put a template's text together.

    Raises:
        ValueError: a tag that nothing has opened, or that nothing closes.
    """
    lines: list[str] = []
    pieces: list[str] = []
    opened: list[str] = []

    def put(*more: str) -> None:
        if pieces:
            lines.append(f"{'    ' * len(opened)}__put(({', '.join(pieces)},))")
            pieces.clear()
        lines.extend(f"{'    ' * len(opened)}{line}" for line in more)

    for part in _PART.split(text):
        if part.startswith("{{"):
            pieces.append(f"str({part[2:-2].strip()})")
            continue
        if not part.lstrip().startswith("{%"):
            pieces += [repr(part)] if part else []
            continue
        statement = part.strip()[2:-2].strip()
        word = statement.partition(" ")[0]
        match word:
            case "for" | "if":
                put(f"{statement}:")
                opened.append(word)
            case "elif" | "else" if opened[-1:] == ["if"]:
                put("pass")
                opened.pop()
                put(f"{statement}:")
                opened.append("if")
            case "endfor" | "endif" if opened[-1:] == [word.removeprefix("end")]:
                put("pass")
                opened.pop()
            case "set":
                put(statement.removeprefix("set "))
            case _:
                raise ValueError(f"`{statement}` after {opened}")
    put()
    if opened:
        raise ValueError(f"nothing ends {opened}")
    return "\n".join(lines)
