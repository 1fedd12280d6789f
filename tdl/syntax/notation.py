"""The document form: text to tree, with every bad declaration reported.

Stage: parse. Input: `SourceFile`. Output: `ast.Document` or `ast.Fragment`, and diagnostics of the 1xx range.
"""

from __future__ import annotations

import re
from typing import Any

from tdl.frozen import replace
from tdl.report import Diagnostic, Report
from tdl.report.rules import syntax
from tdl.sources import SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.automaton import Reader, Refused, automaton
from tdl.syntax.chunks import Chunk, cut
from tdl.syntax.comments import CommentIndex
from tdl.syntax.depth import MAX_DEPTH, too_deep
from tdl.syntax.edits import FragmentBuilder
from tdl.syntax.memory import Memory
from tdl.syntax.tree import TreeError

MAX_ERRORS = 100

_FRAGMENT = re.compile(r"\s*(?:\{[^}]*\}\s*)*FRAGMENT\b")
_XML = re.compile(r"\s*<")
_OVERRIDE = re.compile(r"""([A-Za-z_]\w*)\s*=\s*["\u201c]([^"\u201d\n]*)["\u201d]""")


def parse(source: SourceFile, report: Report, memory: Memory | None = None) -> ast.Document | ast.Fragment:
    """Read one text, XML if it begins with ``<``; its imports are named in the result and not followed.

    What cannot be read is reported and left out of the tree.

    Args:
        memory: what is kept of an earlier state of the text; the tree says the same without it, only later.
    """
    if _XML.match(source.text):
        from tdl.syntax.xml.reader import parse_xml  # most runs read no XML

        return parse_xml(source, report, _stem(source.name))
    notation = "fragment" if _FRAGMENT.match(source.text) else "document"
    reader = _Reader(source, notation, report, memory)
    reader.read()
    return reader.fragment() if notation == "fragment" else reader.document()


class _Reader:
    def __init__(self, source: SourceFile, notation: str, report: Report, memory: Memory | None) -> None:
        self.source, self.notation, self.report, self.memory = source, notation, report, memory
        self.reader = Reader(automaton(notation), FragmentBuilder(source))
        self.header: ast.Header | None = None
        self.imports: list[ast.Import] = []
        self.found: list[Any] = []
        self.overrides: ast.Properties = ()
        self.errors = 0

    def read(self) -> None:
        if self.memory is not None:
            self.memory.begin_reading(self.notation)
        self.chunks()
        if self.memory is not None:
            self.memory.end_reading(self.source)

    def chunks(self) -> None:
        text = self.source.text
        chunks, comments = cut(text)
        index = CommentIndex(self.source, comments)
        commented_out = next((c.start for c in chunks if c.kind == "unclosed"), len(text))
        for chunk in chunks:
            if self.errors >= MAX_ERRORS:
                self.report.add(syntax.TOO_MANY.at(self.span(chunk.start, chunk.start + 1), limit=MAX_ERRORS))
                return
            match chunk.kind:
                case "unclosed":
                    self.fail(syntax.UNCLOSED_COMMENT.at(self.span(chunk.start, chunk.start + 1)))
                case "overrides":
                    self.overrides += self.property_line(chunk)
                case "stray":
                    self.stray(index.first_text(chunk.start))
                case _ if chunk.end > commented_out:
                    pass  # part of it is inside the comment that is never closed
                case _:
                    node = self.declaration(chunk, index)
                    if node is not None:
                        self.keep(node)

    def declaration(self, chunk: Chunk, index: CommentIndex) -> Any:
        """What a piece declares, with its comments; None if it cannot be read."""
        found = None if self.memory is None else self.memory.recall(index, chunk.start, chunk.end)
        if found is not None:
            return found
        errors = self.errors
        node = self.parse(chunk)
        if node is not None:
            node = index.attach(node, chunk.start, chunk.end)
        if self.memory is not None:
            if self.errors > errors:
                self.memory.miss(index, chunk.start, chunk.end)
            else:
                self.memory.keep(index, chunk.start, chunk.end, node)
        return node

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, start, max(start, min(end, len(self.source.text))))

    def fail(self, diagnostic: Diagnostic) -> None:
        self.errors += 1
        self.report.add(diagnostic)

    def stray(self, start: int) -> None:
        """Report text that belongs to no declaration."""
        from tdl.syntax.expected import describe  # imports lark, which only explains

        word = re.compile(r"\w+|.").match(self.source.text, start)
        found = word.group() if word else ""
        first = "`FRAGMENT`, `ADD`, `REPLACE`, `REMOVE`, `RENAME` or `MODIFY`"
        if self.notation == "document":
            first = "`DOCUMENT`, `IMPORT`, `TYPE`, `TABLE` or `PROCEDURE`"
        self.fail(
            syntax.STRAY_TEXT.at(
                self.span(start, start + len(found)), found=describe(found), help=f"a declaration starts with {first}"
            )
        )

    def property_line(self, chunk: Chunk) -> ast.Properties:
        found = _OVERRIDE.finditer(self.source.text, chunk.start, chunk.end)
        return tuple(ast.Property(name=m[1], value=m[2], span=self.span(m.start(), m.end())) for m in found)

    def parse(self, chunk: Chunk) -> Any:
        text = self.source.text
        deep = too_deep(text, chunk.start, chunk.end)
        if deep is not None:
            self.fail(syntax.TOO_DEEP.at(self.span(deep[0], deep[0] + 1), found=deep[1], limit=MAX_DEPTH))
            return None
        try:
            return self.reader.read(text, chunk.start, chunk.end)
        except (Refused, TreeError):
            pass  # what was made so far goes with the exception
        return self.parse_slowly(chunk)

    def parse_slowly(self, chunk: Chunk) -> Any:
        """Have lark read a declaration, and say what is wrong if it is none."""
        from lark import UnexpectedInput

        from tdl.syntax.expected import text_behind, unexpected
        from tdl.syntax.grammar import read_slowly

        try:
            return read_slowly(self.notation, self.source, chunk.start, chunk.end)
        except UnexpectedInput as error:
            behind = text_behind(error)
            if behind is not None and behind > chunk.start:
                self.stray(behind)
                return self.parse(Chunk(chunk.kind, chunk.start, behind))
            self.fail(unexpected(error, self.source, chunk))
        except TreeError as error:
            self.fail(getattr(syntax, error.rule).at(error.span, **error.fields))
        return None

    def keep(self, node: Any) -> None:
        match node:
            case ast.Header() if self.header is not None:
                self.fail(
                    syntax.MISPLACED_HEADER.at(
                        node.span, name=self.header.name, secondary=[(self.header.span, "the first one")]
                    )
                )
            case ast.Header():
                self.header = node
            case ast.Import():
                self.imports.append(node)
            case ast.Table() if self.overrides:
                self.found.append(replace(node, properties=self.overrides + node.properties))
                self.overrides = ()
            case _:
                self.found.append(node)

    def document(self) -> ast.Document:
        header = self.header or ast.Header(name=_stem(self.source.name), span=self.span(0, 0))
        if not self.found and not self.imports and not self.errors:
            self.report.add(syntax.EMPTY_DOCUMENT.at(header.span))
        return ast.Document(
            header=header,
            declarations=tuple(self.found),
            imports=tuple(self.imports),
            span=self.span(0, len(self.source.text)),
        )

    def fragment(self) -> ast.Fragment:
        header = self.header or ast.Header(name=_stem(self.source.name), base="", span=self.span(0, 0))
        return ast.Fragment(
            header=header,
            edits=tuple(self.found),
            imports=tuple(self.imports),
            span=self.span(0, len(self.source.text)),
        )


def _stem(name: str) -> str:
    """A document without a header is called after its file."""
    last = re.split(r"[/\\:]", name)[-1].rsplit(".", 1)[0]
    return re.sub(r"\W+", "_", last).strip("_").upper() or "DOCUMENT"
