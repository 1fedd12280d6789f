"""What tells a finding again, and what does not matter to it."""

from __future__ import annotations

from pathlib import Path

from tdl.report import Diagnostic
from tdl.report.fingerprint import fingerprints
from tdl.report.rules import binding, style
from tdl.sources import SourceFile, Span
from tests.work import counted

ROOT = Path("/project")


def _finding(text: str, name: str = "a.tdl", found: str = "Count") -> Diagnostic:
    at = text.index(found)
    return style.NAME_CASE.at(Span(SourceFile(str(ROOT / name), text), at, at + len(found)), name=found)


def _one(finding: Diagnostic, root: Path = ROOT) -> str:
    (made,) = fingerprints([finding], root)
    return made


LINE = "    Count : UINT8;"


def test_lines_may_move() -> None:
    here = _one(_finding(f"A\n{LINE}\nB\n"))
    assert len(here) == 32
    for text in (LINE, f"{LINE}\r\n", "\n\n\tCount  :  UINT8;\nother\n", f"A\nA\n{LINE}"):
        assert _one(_finding(text)) == here


def test_what_makes_another_finding() -> None:
    here = _finding(LINE)
    others = [
        _finding("    Count : UINT16;"),
        _finding("    A; Count : UINT8;"),
        _finding(LINE, "b.tdl"),
        style.UNUSED_TYPE.at(here.primary.span if here.primary else None, name="Count"),
        binding.TRUNCATED.at(None, place="ST1", element="ST1 A", offset=4, found="1 left", expected="2"),
    ]
    assert len({_one(each) for each in (here, *others)}) == 1 + len(others)


def test_paths_are_seen_from_the_root() -> None:
    assert _one(_finding(LINE, "x/a.tdl"), ROOT / "x") == _one(_finding(LINE, "a.tdl"))


def test_equal_ones_are_told_apart_in_order() -> None:
    finding, other = _finding(LINE), _finding(f"\n{LINE}")
    first, second = fingerprints([finding, other], ROOT)
    assert first != second
    assert fingerprints([other, finding], ROOT) == [first, second]


def test_a_long_line_costs_no_more() -> None:
    def work(length: int) -> int:
        text = "x " * length + LINE + " y" * length
        with counted() as made:
            fingerprints([_finding(text)], ROOT)
        return made.calls

    assert work(10) == work(100_000)
    assert _one(_finding("x " * 1000 + LINE)) == _one(_finding("x " * 2000 + LINE))
