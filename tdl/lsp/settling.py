"""Merged documents whose declarations stay the same objects as long as nothing about them changes."""

from __future__ import annotations

from dataclasses import replace

from tdl.merge.paths import key_of
from tdl.syntax import ast

_Inputs = tuple[ast.Declaration | ast.Edit, ...]


class Settler:
    """Remembers what the declarations of one merged document were made of."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[_Inputs, ast.Declaration]] = {}

    def settled(self, merged: ast.Document, base: ast.Document, fragment: ast.Fragment) -> ast.Document:
        """The document with the declarations of its former state where they would be made of the same parts again."""
        edits: dict[str, list[ast.Edit]] = {}
        for edit in fragment.edits:
            edits.setdefault(_key(edit), []).append(edit)
        below = {key_of(each): each for each in base.declarations}
        now: dict[str, tuple[_Inputs, ast.Declaration]] = {}
        settled = []
        for each in merged.declarations:
            key = key_of(each)
            own = below.get(key)
            if own is not each:
                inputs: _Inputs = ((own,) if own is not None else ()) + tuple(edits.get(key, ()))
                each = self._former(key, inputs, each)
                now[key] = inputs, each
            settled.append(each)
        self._kept = now
        return replace(merged, declarations=tuple(settled))

    def _former(self, key: str, inputs: _Inputs, made: ast.Declaration) -> ast.Declaration:
        """What was made of the same parts before; what only a rename brings about has none and is always new."""
        before, former = self._kept.get(key, ((), made))
        same = len(before) == len(inputs) > 0 and all(a is b for a, b in zip(before, inputs, strict=True))
        return former if same and former == made else made


def _key(edit: ast.Edit) -> str:
    match edit:
        case ast.Add(declaration=declaration) | ast.Replace(declaration=declaration):
            return key_of(declaration)
        case ast.Remove(target=target) | ast.Rename(target=target) | ast.Modify(target=target):
            return str(target)
