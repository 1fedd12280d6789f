"""Merges of texts, as the tests of this folder write them."""

from __future__ import annotations

from collections.abc import Collection

from tdl.merge import merge
from tdl.report import Diagnostic, Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document

BASE = """
DOCUMENT BASE EDITION "2008" VERSION "1.0" WITH Owner = "nobody";
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    ON : BOOL(0);
    LEVEL : UINT(1..3);
    FILLER : FILL(4..7);
END;
TYPE KIND_ENUM = ENUMERATION
    NONE : 0;
    SOME : 1..9;
END;
TYPE NAME_STR = STRING(8);
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8 WITH Label = "how many";
    FLAGS : FLAGS_BFLD;
    IF FLAGS.ON THEN
        DATA : ARRAY[COUNT] OF UINT8;
        TOTAL : UINT16;
    ELSE
        TOTAL : UINT8;
        REST : NAME_STR;
    END;
    LAST_ONE : UINT8;
END WITH Label = "a";
TABLE 1 A_TBL = A_RCD WITH Role = "DATA", Kind = KIND_ENUM;
TYPE B_RCD = PACKED RECORD
    VALUES : ARRAY[A_TBL.LEVEL] OF UINT8;
    SEEN : SET(A_TBL.COUNT);
    USED : BINARY(A_TBL.FLAGS.LEVEL * 2);
END;
TABLE MFG 2 B_TBL = B_RCD;
PROCEDURE 3 RESET = PARAMETER A_RCD RESPONSE B_RCD;
"""


def read(text: str, name: str) -> ast.Document | ast.Fragment:
    report = Report()
    tree = parse(SourceFile(name, text), report)
    assert not report.failed, [d.message for d in report]
    return tree


def document(text: str = BASE, name: str = "base.tdl") -> ast.Document:
    tree = read(text, name)
    assert isinstance(tree, ast.Document)
    return tree


def fragment(text: str, name: str = "change.tdl") -> ast.Fragment:
    """A fragment; without a header of its own it is `CHANGE` of `BASE`."""
    tree = read(text if text.lstrip().startswith("FRAGMENT") else 'FRAGMENT CHANGE OF "BASE";\n' + text, name)
    assert isinstance(tree, ast.Fragment)
    return tree


def run(
    *changes: str, base: str = BASE, base_names: Collection[str] = ()
) -> tuple[ast.Document | None, list[Diagnostic]]:
    """What comes of a merge, and what it reports."""
    report = Report()
    fragments = [fragment(text, f"change{number}.tdl") for number, text in enumerate(changes)]
    result = merge(document(base), fragments, report, base_names)
    found = list(report)
    assert (result is None) == bool(found)
    return result, found


def merged(*changes: str, base: str = BASE, base_names: Collection[str] = ()) -> str:
    """The text of a merge that succeeds, without its header's line."""
    result, found = run(*changes, base=base, base_names=base_names)
    assert result is not None, [d.message for d in found]
    return print_document(result).partition("\n")[2]


def failed(*changes: str, base: str = BASE, base_names: Collection[str] = ()) -> list[Diagnostic]:
    """What a merge that fails reports."""
    result, found = run(*changes, base=base, base_names=base_names)
    assert result is None
    return found


def codes(found: list[Diagnostic]) -> list[str]:
    return [d.code for d in found]


def declaration(text: str, start: str) -> str:
    """The lines of the declaration that starts with the words given."""
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(start))
    last = next(i for i in range(first, len(lines)) if i + 1 == len(lines) or not lines[i + 1])
    return "\n".join(lines[first : last + 1])


def modify(target: str, *edits: str) -> str:
    return f"MODIFY {target}\n" + "".join(f"    {edit}\n" for edit in edits) + "END;\n"
