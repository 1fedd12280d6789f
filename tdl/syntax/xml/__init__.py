"""XML TDL: the same tree from XML, and back to it.

Stage: parse. Input: `tdl.sources.SourceFile`. Output: `tdl.syntax.ast` nodes. `names` is the one place that knows what
elements and attributes are called; the reader, the writer and the schema all follow it.
"""
