"""Parents: found by name, version and hash; everything that is wrong with them has a name."""

from __future__ import annotations

from tdl.merge import merge
from tdl.report import Report
from tdl.syntax.canonical import content_hash
from tests.unit.merge.running import BASE, codes, document, failed, fragment, merged, modify, run

ADD = "ADD TYPE {0}_STR = STRING(1);"


def of(name: str, parent: str, more: str = "", edits: str | None = None) -> str:
    return f'FRAGMENT {name} OF "{parent}"{more};\n' + (ADD.format(name) if edits is None else edits)


def test_a_chain_of_four_documents() -> None:
    result, _ = run(
        of("MAKER", "BASE", ' VERSION "2.0"', modify("TYPE A_RCD", "REPLACE COUNT : UINT16 WAS UINT8;")),
        of("MODEL", "MAKER@2.0", "", modify("TYPE A_RCD", "REPLACE COUNT : UINT32 WAS UINT16;")),
        of("CUSTOMER", "MODEL@2.0", ' EDITION "2012" WITH Owner = "us"', modify("TYPE A_RCD", "REMOVE LAST_ONE;")),
    )
    assert result is not None
    assert (result.header.name, result.header.version, result.header.edition) == ("CUSTOMER", "2.0", "2012")
    assert [(p.name, p.value) for p in result.header.properties] == [("Owner", "us")]
    assert (result.header.base, result.header.base_hash) == (None, None)


def test_an_empty_version_or_edition_takes_it_away() -> None:
    result, _ = run(of("F", "BASE", ' EDITION "" VERSION ""'))
    assert result is not None
    assert (result.header.version, result.header.edition) == (None, None)


def test_the_base_has_other_names_too() -> None:
    assert "F_STR" in merged(of("F", "std:2012@1.0"), base_names=["std:2012", "dir/base.tdl"])
    assert "F_STR" in merged(of("F", "dir/b@2.tdl"), base_names=["dir/b@2.tdl"])


def test_a_fragment_may_have_the_name_of_its_base_and_takes_its_place() -> None:
    text = merged(of("BASE", "BASE"), of("F", "BASE", "", "REMOVE TYPE BASE_STR;"))
    assert "BASE_STR" not in text
    # given the other way round, the second name is the base's
    assert codes(failed(of("F", "BASE", "", "REMOVE TYPE BASE_STR;"), of("BASE", "BASE")))[0] == "TDL309"


def test_missing_parent_names_what_there_is() -> None:
    (found,) = failed(of("F", "MAKR"), of("MAKER", "BASE"), base_names=["std:2012"])
    assert found.code == "TDL301"
    assert found.primary is not None
    assert found.primary.span.text == '"MAKR"'
    assert found.help == "did you mean `MAKER`?"
    assert found.notes == ("the base is known as `BASE`, `std:2012`",)


def test_a_child_of_what_cannot_be_applied_is_left_alone() -> None:
    found = failed(
        of("A", "NOWHERE", "", "REMOVE TYPE NOTHING;"),
        of("B", "A", "", "REMOVE TYPE NOTHING;"),
        of("C", "BASE", "", "REMOVE TYPE NOTHING;"),
    )
    assert [(d.code, d.primary and d.primary.span.source.name) for d in found] == [
        ("TDL301", "change0.tdl"),
        ("TDL309", "change2.tdl"),
    ]


def test_cycles_are_reported_once_with_every_member() -> None:
    (found,) = failed(of("A", "B"), of("B", "C"), of("C", "A"), of("D", "C"))
    assert (found.code, found.message) == ("TDL302", "`A` is a fragment of itself, by way of `B`, `C`")
    assert [label.span.text for label in found.secondary] == ['"C"', '"A"']
    (found,) = failed(of("A", "A"))
    assert (found.code, found.message) == ("TDL302", "`A` is a fragment of itself")


def test_wrong_order_tells_the_right_one() -> None:
    found = failed(of("CUSTOMER", "MODEL"), of("MODEL", "MAKER"), of("MAKER", "BASE"))
    assert codes(found) == ["TDL303", "TDL303"]
    assert found[0].help == "give them in the order `MAKER`, `MODEL`, `CUSTOMER`"
    assert found[1].help == "give them in the order `MAKER`, `MODEL`"


def test_version_mismatch() -> None:
    (found,) = failed(of("F", "BASE@1.4.0"))
    assert found.message == "`BASE` has version `1.0`, version `1.4.0` expected"
    (found,) = failed(of("F", "BASE@1"), base="DOCUMENT BASE;\nTYPE X_STR = STRING(1);\n")
    assert found.message == "`BASE` has no version, version `1` expected"
    # a fragment without a version has its parent's
    assert codes(failed(of("A", "BASE"), of("B", "A@2.0"))) == ["TDL304"]
    assert "B_STR" in merged(of("A", "BASE"), of("B", "A@1.0"))


def test_hash_mismatch_shows_both() -> None:
    (found,) = failed(of("F", "BASE", f' SHA256 "{"a" * 64}"', "REMOVE TYPE NOTHING;"))
    assert found.code == "TDL305"
    assert content_hash(document()) in found.message
    assert "a" * 64 in found.message


def test_the_hash_is_that_of_the_parent_alone() -> None:
    maker = of("MAKER", "BASE")
    report = Report()
    parent = merge(document(), [fragment(maker)], report)
    assert parent is not None
    pin = f' SHA256 "{content_hash(parent).upper()}"'
    assert "CHILD_STR" in merged(maker, of("CHILD", "MAKER", pin))
    # what an unrelated fragment does before does not count
    assert "CHILD_STR" in merged(maker, of("OTHER", "BASE"), of("CHILD", "MAKER", pin))
    changed = of("MAKER", "BASE", "", "REMOVE TABLE 1;")
    assert codes(failed(changed, of("OTHER", "BASE"), of("CHILD", "MAKER", pin))) == ["TDL305"]
    # and neither its child nor its own edits are looked at then
    found = failed(changed, of("CHILD", "MAKER", pin, "REMOVE TABLE 9;"), of("LAST", "CHILD", "", "REMOVE TABLE 9;"))
    assert codes(found) == ["TDL305"]


def test_a_fragment_given_twice() -> None:
    (found,) = failed(of("A", "BASE"), of("A", "BASE"))
    assert found.code == "TDL306"
    assert found.primary is not None
    assert found.primary.span.source.name == "change1.tdl"
    assert found.secondary[0].span.source.name == "change0.tdl"


def test_no_fragment_is_the_base_with_origins() -> None:
    report = Report()
    base = document()
    result = merge(base, [], report)
    assert result == base
    assert result is not None
    assert all(d.origins[0].span is d.span for d in result.declarations)
    again = merge(result, [], report)
    assert again is not None
    assert [d.origins for d in again.declarations] == [d.origins for d in result.declarations]


def test_an_earlier_report_does_not_fail_the_merge() -> None:
    report = Report()
    merge(document(), [fragment("REMOVE TABLE 9;")], report)
    assert report.failed
    assert merge(document(), [fragment("REMOVE TABLE 1;")], report) is not None


def test_the_base_is_not_touched() -> None:
    base = document(BASE)
    before = repr(base)
    merge(base, [fragment("RENAME TYPE A_RCD TO C_RCD;\nREMOVE TABLE 1;")], Report())
    assert repr(base) == before
