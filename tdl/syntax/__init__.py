"""Syntax: text to tree and back.

Stage: parse. Input: `tdl.sources.SourceFile`. Output: `tdl.syntax.ast` nodes.
"""
