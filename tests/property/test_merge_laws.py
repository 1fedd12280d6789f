"""The laws of fragments, over generated documents and fragments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tdl.merge import blame, diff, merge
from tdl.merge.paths import key_of
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.canonical import canonical, content_hash
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tdl.syntax.shapes import members
from tests.property.documents import DRASTIC, GENTLE, documents, fragments, plain_names, properties, target

bounded = settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    phases=[p for p in Phase if p is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def merged(base: ast.Document, *changes: ast.Fragment) -> ast.Document:
    """The result of a merge that must succeed."""
    report = Report()
    result = merge(base, changes, report)
    assert result is not None, [d.message for d in report]
    assert not len(report)
    return result


def refused(base: ast.Document, *changes: ast.Fragment) -> list[str]:
    """The codes of a merge that must fail."""
    report = Report()
    assert merge(base, changes, report) is None
    return [d.code for d in report]


def read(text: str, name: str = "text.tdl") -> ast.Document | ast.Fragment:
    """A text that must be readable."""
    report = Report()
    tree = parse(SourceFile(name, text), report)
    assert not report.failed, [d.message for d in report]
    return tree


def with_places(document: ast.Document) -> ast.Document:
    """The document as read from its print, so that its nodes have spans."""
    tree = read(print_document(document), "base.tdl")
    assert isinstance(tree, ast.Document)
    return tree


def fragment_with_places(fragment: ast.Fragment) -> ast.Fragment:
    tree = read(print_fragment(fragment), f"{fragment.header.name}.tdl")
    assert isinstance(tree, ast.Fragment)
    return tree


@st.composite
def based(
    draw: st.DrawFn, verbs: Sequence[Collection[str]] = (GENTLE, DRASTIC, GENTLE | DRASTIC)
) -> tuple[ast.Document, ast.Fragment]:
    base = draw(documents())
    return base, draw(fragments(base, verbs=draw(st.sampled_from(verbs))))


@st.composite
def apart(draw: st.DrawFn) -> tuple[ast.Document, ast.Fragment, ast.Fragment]:
    """A base and two fragments of it that change different declarations."""
    base = draw(documents())
    keys = [key_of(d) for d in base.declarations]
    mine = {key for key in keys if draw(st.booleans())}
    # a reference to what one of them removes leads nowhere, so the other one's renames cannot follow it
    verbs = draw(st.sampled_from((GENTLE, DRASTIC)))
    first = draw(fragments(base, "FIRST", mine, verbs))
    second = draw(fragments(base, "SECOND", set(keys) - mine, verbs))
    return base, first, second


@given(based())
@bounded
def test_the_base_never_changes(case: tuple[ast.Document, ast.Fragment]) -> None:
    base, change = case
    before = print_document(base), content_hash(base), print_fragment(change)
    merge(base, [change], Report())
    assert (print_document(base), content_hash(base), print_fragment(change)) == before


@given(documents())
@bounded
def test_no_fragment_and_the_empty_fragment_are_the_identity(base: ast.Document) -> None:
    empty = ast.Fragment(header=ast.Header(name="EMPTY", base="BASE"))
    assert merged(base) == base
    assert merged(base, empty) == replace(base, header=replace(base.header, name="EMPTY"))


@given(based((DRASTIC,)))
@bounded
def test_what_is_named_wins_and_all_else_comes_from_the_base(case: tuple[ast.Document, ast.Fragment]) -> None:
    base, change = case
    result = {key_of(d): d for d in merged(base, change).declarations}
    left = {key_of(d): d for d in base.declarations}
    for edit in change.edits:
        match edit:
            case ast.Add(declaration=declaration) | ast.Replace(declaration=declaration):
                assert result.pop(key_of(declaration)) == declaration
                left.pop(key_of(declaration), None)
            case ast.Remove():
                assert str(edit.target) not in result
                del left[str(edit.target)]
            case ast.Modify():
                check_members(left.pop(str(edit.target)), result.pop(str(edit.target)), edit)
    assert result == left


def check_members(old: ast.Declaration, new: ast.Declaration, edit: ast.Modify) -> None:
    """Every verb has its outcome in ``new``, and the members that no verb names are those of ``old``."""
    was = {} if isinstance(old, ast.Table | ast.Procedure) else {m.name: m for m in members(old)}
    now = {} if isinstance(new, ast.Table | ast.Procedure) else {m.name: m for m in members(new)}
    for each in edit.edits:
        match each:
            case ast.AddMember(item=ast.Member() as item):
                assert now.pop(item.name) == item
            case ast.AddMember(item=ast.If(then=(ast.Member() as item,))):
                assert now.pop(item.name) == item
            case ast.ReplaceMember(name=name):
                assert now.pop(name) == replace(was.pop(name), specification=each.specification)
            case ast.RemoveMember(name=name):
                del was[name]
            case ast.SetProperty() | ast.UnsetProperty():
                holder = new if each.member is None else now.pop(each.member)
                was.pop(each.member or "", None)
                held = {p.name: p.value for p in holder.properties}
                assert held.get(each.name) == (each.value if isinstance(each, ast.SetProperty) else None)
    assert now == was


@given(documents(), documents(), st.booleans())
@bounded
def test_the_difference_of_two_documents_makes_the_one_of_the_other(
    old: ast.Document, new: ast.Document, renamed: bool
) -> None:
    if renamed:
        new = replace(new, header=replace(new.header, name="NEWER"))
    check_difference(old, new)


@given(based())
@bounded
def test_the_difference_to_a_changed_document_makes_it_again(case: tuple[ast.Document, ast.Fragment]) -> None:
    base, change = case
    check_difference(base, merged(base, change))


def check_difference(old: ast.Document, new: ast.Document) -> None:
    fragment = diff(old, new, old.header.name)
    for change in (fragment, fragment_with_places(fragment)):
        result = merged(old, change)
        assert canonical(result) == canonical(new)
        named = [(h.name, h.edition, h.version, h.base) for h in (result.header, new.header)]
        assert named[0] == named[1]
    assert diff(new, new, "X").edits == ()


@given(apart())
@bounded
def test_fragments_of_different_paths_commute(
    case: tuple[ast.Document, ast.Fragment, ast.Fragment],
) -> None:
    base, first, second = case
    one, other = merged(base, first, second), merged(base, second, first)
    assert canonical(one) == canonical(other)


@given(based(), st.booleans())
@bounded
def test_the_same_changes_from_unrelated_fragments_happen_once(
    case: tuple[ast.Document, ast.Fragment], reread: bool
) -> None:
    base, change = case
    again = replace(change, header=replace(change.header, name="AGAIN"))
    if reread:
        again = fragment_with_places(again)
    assert canonical(merged(base, change, again)) == canonical(merged(base, change))


@given(based(), st.data())
@bounded
def test_two_fragments_that_change_one_thing_differently_conflict(
    case: tuple[ast.Document, ast.Fragment], data: st.DataObject
) -> None:
    base = with_places(case[0])
    choices = [d for d in base.declarations if plain_names(d)]
    assume(choices)
    declaration = data.draw(st.sampled_from(choices))
    name = data.draw(st.sampled_from(plain_names(declaration)))
    edits: list[ast.MemberEdit | ast.PropertyEdit] = [
        ast.RemoveMember(name=name),
        ast.RenameMember(name=name, to="OTHER"),
        ast.RenameMember(name=name, to="ANOTHER"),
    ]
    sets = [ast.SetProperty(name="Unit", member=name, value=value) for value in ("A", "B")]
    places: list[ast.MemberEdit | ast.PropertyEdit] = [
        ast.AddMember(item=new_member(declaration, new), position=ast.Position(where="AFTER", anchor=name))
        for new in ("NEW_A", "NEW_B")
    ]
    pair = data.draw(
        st.one_of(
            st.permutations(edits).map(lambda e: e[:2]),
            st.permutations(sets),
            st.permutations(places),
            st.tuples(st.sampled_from(edits), st.sampled_from([*sets, *places])),
        )
    )
    changes = [
        fragment_with_places(
            ast.Fragment(
                header=ast.Header(name=fragment_name, base="BASE"),
                edits=(ast.Modify(target=target(declaration), edits=(edit,)),),
            )
        )
        for fragment_name, edit in zip(("FIRST", "SECOND"), pair, strict=True)
    ]
    for order in (changes, changes[::-1]):
        report = Report()
        assert merge(base, order, report) is None
        found = list(report)
        assert [d.code for d in found] in (["TDL307"], ["TDL308"])
        (conflict,) = found
        assert conflict.primary is not None
        spans = [conflict.primary.span, *(label.span for label in conflict.secondary)]
        assert [span.source.name for span in spans] == [
            f"{order[1].header.name}.tdl",
            f"{order[0].header.name}.tdl",
            "base.tdl",
        ]
    child = replace(changes[1], header=replace(changes[1].header, base="FIRST"))
    report = Report()
    merge(base, [changes[0], child], report)
    assert not {"TDL307", "TDL308"} & {d.code for d in report}


def new_member(declaration: ast.Declaration, name: str) -> ast.Member:
    match declaration:
        case ast.BitField():
            return ast.Member(name=name, specification=ast.BitRange(kind="BOOL", low=0, high=0))
        case ast.Enumeration():
            return ast.Member(name=name, specification=ast.CodeRange(low=99, high=99))
        case _:
            return ast.Member(name=name, specification=ast.Named(name="UINT8"))


@given(based(), st.data())
@bounded
def test_a_verb_without_a_target_is_an_error_and_leaves_nothing(
    case: tuple[ast.Document, ast.Fragment], data: st.DataObject
) -> None:
    base, change = case
    nowhere = ast.Target(kind="TYPE", name="NOWHERE")
    edits: list[ast.Edit] = [
        ast.Remove(target=nowhere),
        ast.Rename(target=nowhere, to="SOMEWHERE"),
        ast.Modify(target=nowhere, edits=()),
        ast.Replace(declaration=ast.Alias(name="NOWHERE", specification=ast.Named(name="UINT8"))),
    ]
    added = ast.Add(declaration=ast.Record(name="HERE", items=(new_member(ast.Record(name="", items=()), "A"),)))
    for verb in (
        ast.RemoveMember(name="B"),
        ast.RenameMember(name="B", to="C"),
        ast.MoveMember(name="A", position=ast.Position(where="AFTER", anchor="B")),
        ast.UnsetProperty(name="Unit", member="A"),
    ):
        edits.append(ast.Modify(target=ast.Target(kind="TYPE", name="HERE"), edits=(verb,)))
    wrong = data.draw(st.sampled_from(edits))
    at = data.draw(st.integers(0, len(change.edits)))
    broken = replace(change, edits=(added, *change.edits[:at], wrong, *change.edits[at:]))
    before = print_document(base)
    assert refused(base, broken) == ["TDL309"]
    assert print_document(base) == before


@given(documents(), st.data())
@bounded
def test_a_was_that_does_not_hold_is_an_error(base: ast.Document, data: st.DataObject) -> None:
    choices = [d for d in base.declarations if plain_names(d)]
    assume(choices)
    declaration = data.draw(st.sampled_from(choices))
    name = data.draw(st.sampled_from(plain_names(declaration)))
    held = next(m for m in members(declaration) if m.name == name)  # type: ignore[arg-type]
    new = new_member(declaration, name).specification
    assume(held.specification != new)
    value = next((p.value for p in held.properties if p.name == "Label"), None)
    wrong: list[ast.MemberEdit | ast.PropertyEdit] = [
        ast.ReplaceMember(name=name, specification=held.specification, was=new),
        ast.SetProperty(name="Label", member=name, value="x", was="never this"),
    ]
    if value is not None:
        wrong.append(ast.UnsetProperty(name="Label", member=name, was="never this"))
    edits = (ast.Modify(target=target(declaration), edits=(data.draw(st.sampled_from(wrong)),)),)
    assert refused(base, ast.Fragment(header=ast.Header(name="F", base="BASE"), edits=edits)) == ["TDL311"]


@given(based(), documents())
@bounded
def test_a_pinned_fragment_refuses_every_other_base(
    case: tuple[ast.Document, ast.Fragment], other: ast.Document
) -> None:
    base, change = case
    pinned = replace(change, header=replace(change.header, base_hash=content_hash(base)))
    assert merged(base, pinned) == merged(base, change)
    if canonical(other) != canonical(base):
        assert refused(other, pinned) == ["TDL305"]


@given(apart())
@bounded
def test_a_pin_holds_for_the_parent_whatever_unrelated_fragments_do(
    case: tuple[ast.Document, ast.Fragment, ast.Fragment],
) -> None:
    base, first, second = case
    pinned = replace(second, header=replace(second.header, base_hash=content_hash(base).upper()))
    assert merged(base, first, pinned) == merged(base, first, second)


@given(based())
@bounded
def test_the_print_of_a_merged_document_reads_to_the_same(case: tuple[ast.Document, ast.Fragment]) -> None:
    result = merged(*case)
    assert canonical(with_places(result)) == canonical(result)
    again = fragment_with_places(case[1])
    assert again.edits == case[1].edits
    assert merged(case[0], again) == result


@given(apart())
@bounded
def test_every_node_and_property_has_origins(case: tuple[ast.Document, ast.Fragment, ast.Fragment]) -> None:
    base, first, second = case
    result = merged(base, first, second)
    rows = list(blame(result))
    assert all(row.origins for row in rows)
    assert {o.document for row in rows for o in row.origins} <= {"BASE", "FIRST", "SECOND"}
    conditionals = [i for d in result.declarations for i in inner_items(getattr(d, "items", ()))]
    assert all(item.origins for item in conditionals)
    of_base = {(key_of(d), m.name) for d in base.declarations for m in own_members(d)}
    for declaration in result.declarations:
        for member in own_members(declaration):
            first_step = member.origins[0]
            if first_step.document == "BASE":
                assert first_step.verb == "DECLARE"
            else:
                assert (key_of(declaration), member.name) not in of_base


def own_members(declaration: ast.Declaration) -> list[ast.Member]:
    return [] if isinstance(declaration, ast.Table | ast.Procedure) else list(members(declaration))


def inner_items(found: tuple[ast.Item, ...]) -> list[ast.Item]:
    every: list[ast.Item] = []
    for item in found:
        every.append(item)
        match item:
            case ast.If():
                every += inner_items(item.then + item.otherwise)
            case ast.Switch():
                for arm in item.arms:
                    every += inner_items(arm.items)
                every += inner_items(item.default or ())
    return every


@given(documents(), properties(), properties())
@bounded
def test_the_header_is_the_fragments_over_the_bases(
    base: ast.Document, first: ast.Properties, second: ast.Properties
) -> None:
    parent = ast.Fragment(header=ast.Header(name="P", base="BASE", version="7", properties=first))
    child = ast.Fragment(header=ast.Header(name="C", base="P@7", edition="2008", properties=second))
    header = merged(base, parent, child).header
    expected = {p.name: p.value for p in (*base.header.properties, *first, *second)}
    assert {p.name: p.value for p in header.properties} == expected
    assert (header.name, header.version, header.edition, header.base) == ("C", "7", "2008", None)


@given(documents(), st.data())
@bounded
def test_fragments_of_something_else_give_a_result_or_reasons(base: ast.Document, data: st.DataObject) -> None:
    strange = data.draw(documents())
    if data.draw(st.booleans()):
        base = replace(base, declarations=base.declarations + strange.declarations)
    first = data.draw(fragments(strange, "FIRST"))
    second = data.draw(fragments(strange, "SECOND"))
    if data.draw(st.booleans()):
        second = replace(second, header=replace(second.header, base="FIRST"))
    before = print_document(base)
    report = Report()
    result = merge(base, [first, second], report)
    assert (result is None) == bool(len(report))
    assert print_document(base) == before
    diff(base, strange, "BASE")
