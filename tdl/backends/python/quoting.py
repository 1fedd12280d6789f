"""Annotations as strings, which is what `from __future__ import annotations` makes of them: that is one file more to
find and to run, and a table's import is paid for by whoever uses one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FUTURE = "from __future__ import annotations\n\n"


def quoted(text: str) -> str:
    """A module with its annotations in quotes, each of which stands on one line."""
    lines = text.splitlines(keepends=True)
    for each in sorted(_annotations(ast.parse(text)), key=lambda each: (each.lineno, each.col_offset), reverse=True):
        line, begin, end = lines[each.lineno - 1], each.col_offset, each.end_col_offset
        assert each.end_lineno == each.lineno
        mark = "'" if '"' in line[begin:end] else '"'
        lines[each.lineno - 1] = f"{line[:begin]}{mark}{line[begin:end]}{mark}{line[end:]}"
    return "".join(lines).replace(_FUTURE, "")


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    """Those that Python would evaluate: not those of variables of functions."""
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.FunctionDef(returns=ast.expr() as annotation):
                yield annotation
            case ast.Module() | ast.ClassDef() | ast.If():
                yield from (each.annotation for each in node.body if isinstance(each, ast.AnnAssign))
