"""Runs the language manual: the fenced blocks of `docs/reference/language/*.md`, in order.

========================  =====================================================================================
``tdl``                   a definition; each finding must be announced on its line by a comment ``{ TDLnnn }``
``tdl fragment``          a fragment of the definition before it; findings are announced in the same way
``tdl merged``            declarations as the last merge prints them
``decode ST5``            ``set TABLE.ELEMENT = value`` lines, ``octets 01 02``, then ``path = repr`` for each leaf,
                          or one ``error ...`` line; what decodes must encode to the same octets
``plan ST5``              the table's Plan, word for word
========================  =====================================================================================

Other blocks (shell, text, Python sessions) are not for this runner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tdl import pipeline
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError, path_text
from tdl.codec.values import Record
from tdl.ir.show import table_lines
from tdl.project import Definition
from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax.printer import print_declaration

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_ANNOUNCED = re.compile(r"\{ (TDL\d{3}) \}")
KINDS = ("tdl", "decode", "plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    page: Path
    line: int
    info: str
    body: str

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text = page.read_text("utf-8")
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page=page, line=line, info=match["info"].strip(), body=match["body"])


class ManualRun:
    """The state of one page while its blocks are run from top to bottom."""

    def __init__(self) -> None:
        self.base = ""
        self.definition: Definition | None = None

    def run(self, block: Block) -> None:
        """Run one block.

        Raises:
            AssertionError: it does not hold.
        """
        kind, _, rest = block.info.partition(" ")
        match kind, rest:
            case "tdl", "":
                self.base = block.body
                self.compile(block, ())
            case "tdl", "fragment":
                self.compile(block, (block.body,))
            case "tdl", "merged":
                self.merged(block)
            case "decode", key:
                self.decode(block, key)
            case "plan", key:
                self.plan(block, key)

    def compile(self, block: Block, fragments: tuple[str, ...]) -> None:
        overlay = {"definition": self.base, **{f"fragment{i}": text for i, text in enumerate(fragments)}}
        context = pipeline.Context(resolver=Resolver(overlay), report=Report())
        request = pipeline.Request(definition="definition", fragments=tuple(overlay)[1:])
        compiled = pipeline.run(request, context)
        found = {(d.primary.span.source.position(d.primary.span.start)[0], d.code) for d in context.report if d.primary}
        announced = {
            (number, code)
            for number, line in enumerate(block.body.splitlines(), 1)
            for code in _ANNOUNCED.findall(line)
        }
        shown = "\n".join(f"{d.primary.span.place if d.primary else ''} {d.code} {d.message}" for d in context.report)
        assert found == announced, f"{block.place}: found\n{shown}\nannounced {sorted(announced)}"
        self.definition = None if compiled is None else Definition(compiled)

    def compiled(self, block: Block) -> Definition:
        assert self.definition is not None, f"{block.place}: nothing compiled before this block"
        return self.definition

    def merged(self, block: Block) -> None:
        declarations = self.compiled(block).document.declarations
        printed = ["\n".join(print_declaration(d, comments=False)) for d in declarations]
        for wanted in block.body.strip().split("\n\n"):
            assert wanted in printed, f"{block.place}: not in the merged document:\n{wanted}\n\n" + "\n\n".join(printed)

    def plan(self, block: Block, key: str) -> None:
        lines = "\n".join(table_lines(self.compiled(block).table(key)))
        assert lines == block.body.rstrip("\n"), f"{block.place}: the plan is\n{lines}"

    def decode(self, block: Block, key: str) -> None:
        definition, environment = self.compiled(block), Environment()
        octets, expected = b"", []
        for line in block.body.splitlines():
            if line.startswith("set "):
                path, _, value = line.removeprefix("set ").partition(" = ")
                table, *names = path.split(".")
                environment.set(_table_number(definition, table), names, eval(value))
            elif line.startswith("octets"):
                octets = bytes.fromhex(line.removeprefix("octets"))
            elif line.strip():
                expected.append(line)
        try:
            record = definition.decode(key, octets, environment)
        except DecodeError as error:
            shown = [f"error {error.kind} {path_text(error.path)} at {error.offset}".replace("  ", " ")]
        else:
            shown = list(leaves(record, ""))
            again = definition.encode(key, record, environment)
            assert again == octets, f"{block.place}: encodes to {again.hex(' ')}"
        assert shown == expected, f"{block.place}: decodes to\n" + "\n".join(shown)


def leaves(value: object, path: str) -> Iterator[str]:
    """``path = repr`` for each leaf of a value tree."""
    match value:
        case Record():
            for name, below in value.items():
                yield from leaves(below, f"{path}.{name}" if path else name)
        case list():
            for i, below in enumerate(value):
                yield from leaves(below, f"{path}[{i}]")
        case _:
            yield f"{path} = {value!r}"


def _table_number(definition: Definition, name: str) -> int:
    return next((t.id.value for t in definition.model.tables if t.name == name), 0)
