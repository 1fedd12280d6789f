"""Fixes: applied in memory until nothing is left, taken back where they would harm, written all or none."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from tdl.report import Diagnostic, Edit, Fix, Report
from tdl.report.rules import style
from tdl.review import mending
from tdl.review.checking import Outcome, Subject, check_all
from tdl.review.mending import FileChanged, Mended, mend, write_mended
from tdl.sources import Resolver, SourceFile, Span
from tests.unit.review.reviewing import record, review, said, write


def _mend(*names: str, unsafe: bool = False) -> Mended:
    mended = mend(lambda overlay: review(*names, overlay=overlay), unsafe)
    write_mended(mended)
    return mended


def test_safe_fixes_are_applied_and_all_else_stays(folder: Path) -> None:
    """A byte order mark, line ends, tabs and odd blanks are as they were."""
    before = "TYPE A_RCD = PACKED RECORD\r\n\tCount   : UINT8 ;  {\u00e4}\r\n  X:UINT8;END;\r\nTABLE  0 A_TBL = A_RCD;"
    write(folder, {"a.tdl": b"\xef\xbb\xbf" + before.encode()})
    mended = _mend("a.tdl")
    assert [finding.code for finding, _ in mended.done] == ["TDL702"]
    assert mended.outcome.findings == ()
    assert (folder / "a.tdl").read_bytes() == b"\xef\xbb\xbf" + before.replace("Count", "COUNT").encode()


def test_what_is_to_be_looked_at_is_left_until_asked_for(folder: Path) -> None:
    text = record("    COUNT : UNIT8;\n")
    write(folder, {"a.tdl": text})
    assert _mend("a.tdl").done == ()
    assert (folder / "a.tdl").read_text() == text
    assert len(_mend("a.tdl", unsafe=True).done) == 1
    assert (folder / "a.tdl").read_text() == text.replace("UNIT8", "UINT8")


def test_of_several_fixes_nobody_picks(folder: Path) -> None:
    text = record("    COUNT1 : UINT8;\n    COUNT2 : UINT8;\n    DATA : ARRAY[COUNT3] OF UINT8;\n")
    write(folder, {"a.tdl": text})
    (finding,) = review("a.tdl").findings
    assert len(finding.fixes) > 1
    assert _mend("a.tdl", unsafe=True).done == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MODIFY TYPE A_RDC\n    ADD X : BCD;\nEND;\n", "MODIFY TYPE A_RCD\n    ADD X : BCD;\nEND;\n"),
        ("MODIFY TYPE A_RCD\n    REMOVE CUONT;\nEND;\n", "MODIFY TYPE A_RCD\n    REMOVE COUNT;\nEND;\n"),
        (
            "RENAME TYPE A_RCD TO NEW_RCD;\nMODIFY TYPE A_RCD\n    ADD X : BCD;\nEND;\n",
            "RENAME TYPE A_RCD TO NEW_RCD;\nMODIFY TYPE NEW_RCD\n    ADD X : BCD;\nEND;\n",
        ),
        ("REMOVE TABLE 9;\n", None),
        ('MODIFY TYPE A_RCD\n    SET CUONT.Label = "CUONT";\nEND;\n', None),
    ],
)
def test_what_a_fragment_misspells(folder: Path, before: str, after: str | None) -> None:
    write(folder, {"base.tdl": record("    COUNT : UINT8;\n    B : UINT8;\n")})
    for unsafe in (False, True):
        write(folder, {"f.tdl": f'FRAGMENT F OF "BASE";\n{before}'})
        _mend("f.tdl", unsafe=unsafe)
        wanted = after if unsafe and after else before
        assert (folder / "f.tdl").read_text() == f'FRAGMENT F OF "BASE";\n{wanted}'


def test_a_misspelt_enumeration(folder: Path) -> None:
    modes = "TYPE MODE_ENUM = ENUMERATION\n    IDLE : 0;\nEND;\n"
    write(folder, {"a.tdl": modes + record("    MODE : UINT8 WITH Enum = MODES_ENUM;\n")})
    assert _mend("a.tdl", unsafe=True).outcome.findings == ()
    assert (folder / "a.tdl").read_text() == modes + record("    MODE : UINT8 WITH Enum = MODE_ENUM;\n")


def test_an_error_is_mended_before_what_is_behind_it(folder: Path) -> None:
    write(folder, {"a.tdl": record('    Count : UINT8 WITH Unit = "s", Unit = "s";\n')})
    mended = _mend("a.tdl")
    assert [finding.code for finding, _ in mended.done] == ["TDL209", "TDL702"]
    assert (folder / "a.tdl").read_text() == record('    COUNT : UINT8 WITH Unit = "s";\n')


def test_a_fix_that_would_break_another_document_is_refused(folder: Path) -> None:
    write(
        folder,
        {
            "base.tdl": record("    Count : UINT8;\n    Free : UINT8;\n"),
            "f.tdl": 'FRAGMENT F OF "BASE";\nMODIFY TYPE A_RCD\n    REMOVE Count;\nEND;\n',
        },
    )
    mended = _mend("base.tdl", "f.tdl")
    assert (folder / "base.tdl").read_text() == record("    Count : UINT8;\n    FREE : UINT8;\n")
    assert [fix.title for _, fix in mended.done] == ["write `FREE`"]
    ((finding, error),) = mended.refused
    assert finding.message == "`Count` is not in capitals"
    assert "Count" in error
    assert said(mended.outcome) == [("TDL702", "base.tdl:2:5")]


def test_only_texts_that_were_asked_about_are_written(folder: Path) -> None:
    write(
        folder,
        {
            "base.tdl": record("    Count : UINT8;\n"),
            "f.tdl": 'FRAGMENT F OF "BASE";\nMODIFY TYPE A_RCD\n    ADD Small : UINT8;\nEND;\n',
            "whole.tdl": 'DOCUMENT WHOLE;\nIMPORT "part.tdl";\n',
            "part.tdl": record("    Part : UINT8;\n"),
        },
    )
    _mend("f.tdl", "whole.tdl")
    assert "Count" in (folder / "base.tdl").read_text()
    assert "SMALL" in (folder / "f.tdl").read_text()
    assert "PART" in (folder / "part.tdl").read_text()


def test_a_rename_reaches_every_use(folder: Path) -> None:
    uses = "    N : UINT8;\n    Size : UINT8;\n    DATA : ARRAY[Size] OF UINT8;\n"
    write(folder, {"a.tdl": record(uses)})
    assert _mend("a.tdl").outcome.findings == ()
    assert (folder / "a.tdl").read_text() == record(uses.replace("Size", "SIZE"))


def test_neither_standard_input_nor_xml_is_written(folder: Path) -> None:
    xml = _finding("a.tdl", '<document name="A"/>', "document")
    assert mend(lambda overlay: _outcome(xml), unsafe=True).done == ()
    given = io.BytesIO(record("    Count : UINT8;\n").encode())

    def check(overlay: Mapping[str, str]) -> Outcome:
        given.seek(0)
        return check_all(Subject(names=("-",)), Resolver(overlay, given), folder)

    mended = mend(check, unsafe=True)
    assert mended.done == ()
    assert said(mended.outcome) == [("TDL702", "<stdin>:2:5")]


def test_a_file_that_has_changed_meanwhile_is_left_alone(folder: Path) -> None:
    write(folder, {"a.tdl": record("    Count : UINT8;\n"), "b.tdl": record("    Count : UINT8;\n")})
    mended = mend(lambda overlay: review("a.tdl", "b.tdl", overlay=overlay), False)
    write(folder, {"b.tdl": "{ mine }\n"})
    with pytest.raises(FileChanged):
        write_mended(mended)
    assert "Count" in (folder / "a.tdl").read_text()


def test_files_in_several_folders_and_behind_links(folder: Path) -> None:
    text = record("    Count : UINT8;\n")
    write(folder, {"x/a.tdl": text, "y/z/b.tdl": text})
    (folder / "link.tdl").symlink_to("x/a.tdl")
    mended = _mend("link.tdl", "x/a.tdl", "y/z/b.tdl")
    assert mended.outcome.findings == ()
    assert (folder / "link.tdl").is_symlink()
    assert (folder / "x/a.tdl").read_text() == (folder / "y/z/b.tdl").read_text() == text.replace("Count", "COUNT")


def _finding(name: str, text: str, found: str, replacement: str = "X") -> Diagnostic:
    span = Span(SourceFile(name, text), text.index(found), text.index(found) + len(found))
    return style.NAME_CASE.at(span, name=found, fixes=[Fix("write it", (Edit(span, replacement),), safe=True)])


def _outcome(*findings: Diagnostic) -> Outcome:
    report = Report()
    report.extend(findings)
    texts = {d.primary.span.source.name: d.primary.span.source for d in findings if d.primary is not None}
    return Outcome(findings=tuple(report), texts=texts, complete=frozenset(texts), looked_at={})


def test_fixes_that_never_end_are_ended() -> None:
    """A fix that makes its own finding again is applied a number of times and no more."""
    checks = []

    def check(overlay: Mapping[str, str]) -> Outcome:
        checks.append(overlay)
        return _outcome(_finding("a.tdl", overlay.get("a.tdl", "a"), "a", "aa"))

    mended = mend(check, unsafe=False)
    assert len(mended.done) == mending.MAX_ROUNDS == len(checks) - 1
    assert list(mended.after.values()) == ["a" * (1 + mending.MAX_ROUNDS)]


def test_fixes_in_each_others_way_take_turns(folder: Path) -> None:
    comment = "    { tdl: allow TDL702 x }\n"
    write(folder, {"a.tdl": record(f"{comment * 5}    A : UINT8;\n")})
    mended = _mend("a.tdl")
    assert len(mended.done) == 5
    assert (folder / "a.tdl").read_text() == record("    A : UINT8;\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n    A : UINT(0..3);\n", "\n    A : UINT(0..3);\n    FILLER : FILL(4..7);\n"),
        (
            "\n    A : BOOL(1); { one }\n    FILLER : FILL(3..6);\n",
            "\n    A : BOOL(1); { one }\n    FILLER : FILL(3..6);\n    FILLER_1 : FILL(0..0);\n"
            "    FILLER_2 : FILL(2..2);\n    FILLER_3 : FILL(7..7);\n",
        ),
        ("\r\n    A : UINT(0..6);{ last }\r\n", "\r\n    A : UINT(0..6);{ last }\r\n    FILLER : FILL(7..7);\r\n"),
        (" A : UINT(0..6); ", " A : UINT(0..6); FILLER : FILL(7..7); "),
        ("\n    IF 1 > 0 THEN\n        A : UINT(0..6);\n    END;\n", None),
    ],
)
def test_bits_are_filled_behind_the_last_member(folder: Path, before: str, after: str | None) -> None:
    text = "TYPE A_BFLD = BIT FIELD OF UINT8{members}END;\nTABLE 0 A_TBL = A_BFLD;\n"
    (folder / "a.tdl").write_bytes(text.format(members=before).encode())
    mended = _mend("a.tdl")
    assert [each.code for each in mended.outcome.findings] == ([] if after else ["TDL408"])
    assert (folder / "a.tdl").read_bytes() == text.format(members=after or before).encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('Unit = "s" , Unit = "s", Label = "x"', 'Unit = "s", Label = "x"'),
        ('Unit = "s", Unit = "min"', None),
        ('Unit = "s", { why } Unit = "s"', None),
        ('Role = "control"', 'Role = "CONTROL"'),
        ("Role = control", "Role = CONTROL"),
        ('Role = "master"', None),
    ],
)
def test_properties_are_mended_where_nothing_is_lost(folder: Path, before: str, after: str | None) -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    A : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD WITH {properties};\n"
    write(folder, {"a.tdl": text.format(properties=before)})
    _mend("a.tdl")
    assert (folder / "a.tdl").read_text() == text.format(properties=after or before)
