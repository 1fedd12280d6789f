"""A document without an error can be lowered and scheduled, and no document makes a rule fail.

Documents are pieces of the standard's own, with words of it changed: most are wrong in one place, some are right.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings

import tdl
from tdl.check import check
from tdl.ir.lower import lower
from tdl.ir.schedule import PlanTooLarge, schedule
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_declaration
from tests.property.documents import documents

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+|\.\.|[-+*/%=<>:.,]")
ODD_WORDS = (
    "NIL",
    "OPAQUE",
    "STRING",
    "UINT64",
    "INT8",
    "SET(4)",
    "BCD(3)",
    "UINT(0..3)",
    "BOOL(7)",
    ".lastIndex",
    "0",
)
ROUNDS = 150

HARMLESS = {"TDL412", "TDL416", "TDL417", "TDL419", "TDL407", "TDL603", "TDL501", "TDL502", "TDL413"}
"""Errors about what a document means, not about what it is made of: later stages do not stumble over these."""


def compile_if_sound(document: ast.Document) -> bool:
    """Check; where there is no error that matters, lower and schedule. Whether it came to that."""
    report = Report()
    check(document, report)
    if any(d.severity.value == "error" and d.code not in HARMLESS for d in report):
        return False
    try:
        schedule(lower(document))
    except PlanTooLarge:
        assert len(document.declarations) > 3
    return True


@cache
def standard() -> dict[str, str]:
    """The declarations of the standard's document as text, by name."""
    document = tdl.load("std:2012").document
    return {d.name: "\n".join(print_declaration(d, comments=False)) for d in document.declarations}


def closed(names: list[str]) -> str:
    """Declarations and all that they name."""
    texts, found, pending = standard(), {}, list(names)
    while pending:
        name = pending.pop()
        if name in texts and name not in found:
            found[name] = texts[name]
            pending += re.findall(r"[A-Z][A-Z0-9_]+", texts[name])
    return "\n".join(found.values())


def changed(text: str, random: Random) -> str:
    words = list(WORD.finditer(text))
    for _ in range(random.choice((1, 1, 2))):
        at = random.choice(words)
        new = random.choice(ODD_WORDS) if random.random() < 0.4 else random.choice(words).group()
        text = text[: at.start()] + new + text[at.end() :]
        words = list(WORD.finditer(text))
    return text


def test_changed_pieces_of_the_standard() -> None:
    random = Random(1219)
    names, sound, wrong = sorted(standard()), 0, 0
    for _ in range(ROUNDS):
        text = changed(closed(random.sample(names, 2)), random)
        document = parse(SourceFile("changed.tdl", text), Report())
        assert isinstance(document, ast.Document)
        if compile_if_sound(document):
            sound += 1
        else:
            wrong += 1
    assert sound > ROUNDS // 20
    assert wrong > ROUNDS // 20


@given(documents())
@settings(max_examples=100, deadline=None)
def test_documents_that_make_sense(document: ast.Document) -> None:
    compile_if_sound(document)


@pytest.mark.parametrize(
    "specification",
    [
        ast.BitRange(kind="UINT", low=0, high=3),
        ast.CodeRange(low=0, high=3),
        ast.Array(count=ast.Integer(value=1), of=ast.CodeRange(low=0, high=3)),
        ast.Sized(name="A_RCD", size=ast.Integer(value=1)),
        ast.Named(name="SET"),
    ],
)
def test_specifications_that_no_text_can_say(specification: ast.Specification) -> None:
    """What a program or a fragment puts together is looked at like what is read."""
    member = ast.Member(name="X", specification=specification)
    for declaration in (
        ast.Record(name="A_RCD", items=(member,)),
        ast.Alias(name="A_T", specification=specification),
        ast.Table(name="A_TBL", number=ast.Number(group="", value=5), specification=specification),
    ):
        assert not compile_if_sound(ast.Document(header=ast.Header(name="A"), declarations=(declaration,)))


def test_members_of_the_wrong_kind() -> None:
    text, bits, code = (
        ast.Member(name="X", specification=each)
        for each in (
            ast.Named(name="UINT8"),
            ast.BitRange(kind="UINT", low=0, high=7),
            ast.CodeRange(low=0, high=0),
        )
    )
    conditional = ast.If(condition=ast.Integer(value=1), then=(code,))
    for declaration in (
        ast.BitField(name="A_BFLD", container="UINT8", items=(text,)),
        ast.BitField(name="A_BFLD", container="UINT8", items=(code,)),
        ast.Enumeration(name="A_ENUM", items=(bits,)),
        ast.Enumeration(name="A_ENUM", items=(conditional,)),
    ):
        report = Report()
        check(ast.Document(header=ast.Header(name="A"), declarations=(declaration,)), report)
        assert "TDL109" in [d.code for d in report]
