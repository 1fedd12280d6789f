"""Merge: a base document and the fragments that change it, to one document whose every node knows its origins.

Stage: merge. Input: `tdl.syntax.ast.Document` and `ast.Fragment`s. Output: a new `ast.Document`; inputs never change.
"""

from tdl.merge.applying import merge
from tdl.merge.difference import diff
from tdl.merge.history import Row, blame

__all__ = ["Row", "blame", "diff", "merge"]
