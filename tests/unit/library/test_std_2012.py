"""What the starter document of the 2012 edition declares: complete, resolved, and free of gaps between bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import resources
from itertools import product
from pathlib import Path
from typing import TypeVar

import pytest

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_declaration, print_document
from tdl.syntax.shapes import NotFound, Shapes, members

TABLES = {
    0: "GEN_CONFIG_TBL",
    1: "GENERAL_MFG_ID_TBL",
    2: "DEVICE_NAMEPLATE_TBL",
    3: "ED_MODE_STATUS_TBL",
    4: "PENDING_STATUS_TBL",
    5: "DEVICE_IDENT_TBL",
    6: "UTIL_INFO_TBL",
    7: "PROC_INITIATE_TBL",
    8: "PROC_RESPONSE_TBL",
    10: "DIM_SOURCES_LIM_TBL",
    11: "ACT_SOURCES_LIM_TBL",
    12: "UOM_ENTRY_TBL",
    13: "DEMAND_CONTROL_TBL",
    14: "DATA_CONTROL_TBL",
    15: "CONSTANTS_TBL",
    16: "SOURCES_TBL",
    20: "DIM_REGS_TBL",
    21: "ACT_REGS_TBL",
    22: "DATA_SELECTION_TBL",
    23: "CURRENT_REG_DATA_TBL",
    24: "PREVIOUS_SEASON_DATA_TBL",
    25: "PREVIOUS_DEMAND_RESET_DATA_TBL",
    26: "SELF_READ_DATA_TBL",
    27: "PRESENT_REGISTER_SELECT_TBL",
    28: "PRESENT_REGISTER_DATA_TBL",
    60: "DIM_LP_TBL",
    61: "ACT_LP_TBL",
    62: "LP_CTRL_TBL",
    63: "LP_STATUS_TBL",
    64: "LP_DATA_SET1_TBL",
    65: "LP_DATA_SET2_TBL",
    66: "LP_DATA_SET3_TBL",
    67: "LP_DATA_SET4_TBL",
}

PROPERTY_VALUES = {
    "Role": {"LIMITING", "ACTUAL", "CONTROL", "DATA"},
    "Accessibility": {"READONLY", "READWRITE", "WRITEONLY"},
    "Confidence": {"high", "med", "low"},
}
SOURCES = set("EKLMNOQRST")


Kind = TypeVar("Kind")


def of_kind(document: ast.Document, kind: type[Kind]) -> Iterator[Kind]:
    return (d for d in document.declarations if isinstance(d, kind))


def conditional_types(document: ast.Document) -> Iterator[ast.Record | ast.BitField]:
    yield from of_kind(document, ast.Record)
    yield from of_kind(document, ast.BitField)


def all_members(document: ast.Document) -> Iterator[tuple[ast.TypeDeclaration, ast.Member]]:
    for declaration in document.declarations:
        if not isinstance(declaration, ast.Table | ast.Procedure):
            yield from ((declaration, member) for member in members(declaration))


def all_properties(document: ast.Document) -> Iterator[tuple[str, ast.Property]]:
    for declaration in document.declarations:
        yield from ((declaration.name, each) for each in declaration.properties)
    for declaration, member in all_members(document):
        yield from ((f"{declaration.name}.{member.name}", each) for each in member.properties)


def specifications(document: ast.Document) -> Iterator[ast.Specification]:
    """Every specification, those of arrays' elements included."""
    pending: list[ast.Specification] = [member.specification for _, member in all_members(document)]
    for declaration in document.declarations:
        match declaration:
            case ast.Table() | ast.Alias():
                pending.append(declaration.specification)
            case ast.Procedure():
                pending += [part for part in (declaration.parameter, declaration.response) if part]
    while pending:
        specification = pending.pop()
        yield specification
        if isinstance(specification, ast.Array):
            pending.append(specification.of)


def references(items: Iterable[ast.Item]) -> Iterator[ast.Reference]:
    for item in items:
        match item:
            case ast.Member(specification=specification):
                while isinstance(specification, ast.Array):
                    yield from references_in(specification.count)
                    specification = specification.of
                if isinstance(specification, ast.Sized):
                    yield from references_in(specification.size)
            case ast.If():
                yield from references_in(item.condition)
                yield from references((*item.then, *item.otherwise))
            case ast.Switch():
                yield from references_in(item.selector)
                yield from references(i for arm in item.arms for i in arm.items)
                yield from references(item.default or ())


def references_in(expression: ast.Expression) -> Iterator[ast.Reference]:
    match expression:
        case ast.Reference():
            yield expression
            for step in expression.steps:
                for subscript in step.subscripts:
                    yield from references_in(subscript)
        case ast.Unary():
            yield from references_in(expression.operand)
        case ast.Binary():
            yield from references_in(expression.left)
            yield from references_in(expression.right)


def branches(items: Iterable[ast.Item]) -> Iterator[tuple[ast.Member, ...]]:
    """The members of each way through the conditionals of a type."""
    choices: list[list[tuple[ast.Member, ...]]] = []
    for item in items:
        match item:
            case ast.Member():
                choices.append([(item,)])
            case ast.If():
                choices.append([*branches(item.then), *branches(item.otherwise)])
            case ast.Switch():
                arms = [*(arm.items for arm in item.arms), item.default or ()]
                choices.append([way for arm in arms for way in branches(arm)])
    for way in product(*choices):
        yield tuple(member for part in way for member in part)


def miscovered(bit_field: ast.BitField) -> list[int]:
    """The bits of a container that some branch covers never or more than once, and those outside it."""
    wrong: set[int] = set()
    width = 8 * CONTAINERS[bit_field.container]
    for way in branches(bit_field.items):
        counts: Counter[int] = Counter()
        for member in way:
            assert isinstance(member.specification, ast.BitRange)
            counts.update(range(member.specification.low, member.specification.high + 1))
        wrong |= {bit for bit in counts | Counter(range(width)) if counts[bit] != 1 or bit >= width}
    return sorted(wrong)


def test_has_the_tables_of_decades_0_1_2_and_6(standard: ast.Document) -> None:
    tables = list(of_kind(standard, ast.Table))
    assert {table.number.value: table.name for table in tables} == TABLES
    assert len(tables) == len(TABLES)
    assert {table.number.group for table in tables} == {""}


def test_has_the_procedures_0_to_32(standard: ast.Document) -> None:
    procedures = list(of_kind(standard, ast.Procedure))
    assert sorted(p.number.value for p in procedures) == list(range(33))
    plain = {p.number.value for p in procedures if p.parameter is None}
    assert plain == {0, 1, 2, 3, 7, 8, 11, 12, 14, 16, 17, 19}
    assert {p.number.value for p in procedures if p.response is not None} == {9, 10, 21, *range(22, 33)}


def test_says_what_stands_before_a_pending_table(standard: ast.Document) -> None:
    (pending,) = standard.header.properties
    assert (standard.header.name, standard.header.edition) == ("ANSI_C1219", "2012")
    assert (pending.name, pending.value) == ("PendingHeader", ast.Word(name="EVENT_RCD"))


def test_every_name_is_declared_once(standard: ast.Document) -> None:
    names = Counter(d.name for d in standard.declarations)
    assert [name for name, count in names.items() if count > 1] == []


def test_no_branch_has_a_name_twice(standard: ast.Document) -> None:
    for declaration in conditional_types(standard):
        for way in branches(declaration.items):
            names = [member.name for member in way]
            assert len(set(names)) == len(names), declaration.name


def test_every_type_is_declared_and_used(standard: ast.Document) -> None:
    declared = {d.name for d in standard.declarations if not isinstance(d, ast.Table | ast.Procedure)}
    named = {s.name for s in specifications(standard) if isinstance(s, ast.Named | ast.Sized)}
    listed = {p.value.name for _, p in all_properties(standard) if isinstance(p.value, ast.Word)}
    assert named - declared - set(BUILTINS) == set()
    assert declared - named - listed == set()


def test_every_reference_resolves(standard: ast.Document) -> None:
    shapes = Shapes(standard)
    found = 0
    for declaration in conditional_types(standard):
        for reference in references(declaration.items):
            assert not isinstance(shapes.find(reference, declaration), NotFound), (declaration.name, reference)
            found += 1
    assert found > 100


def test_every_bit_is_covered_once_in_every_branch(standard: ast.Document) -> None:
    fields = list(of_kind(standard, ast.BitField))
    assert {field.name: miscovered(field) for field in fields if miscovered(field)} == {}
    assert len(fields) > 20


@pytest.mark.parametrize(
    ("items", "wrong"),
    [
        ("A : UINT(0..6);", [7]),
        ("A : UINT(0..7); B : BOOL(3);", [3]),
        ("A : UINT(0..8);", [8]),
        ("A : UINT(0..6); IF C_TBL.A THEN B : BOOL(7); END;", [7]),
        ("A : UINT(0..6); IF C_TBL.A THEN B : BOOL(7); ELSE D : FILL(7); END;", []),
    ],
)
def test_the_coverage_test_sees_gaps_and_overlaps(items: str, wrong: list[int]) -> None:
    report = Report()
    document = parse(SourceFile("test", f"TYPE A_BFLD = BIT FIELD OF UINT8 {items} END;"), report)
    assert isinstance(document, ast.Document)
    (field,) = document.declarations
    assert isinstance(field, ast.BitField)
    assert miscovered(field) == wrong


def test_codes_do_not_overlap_and_fit_where_they_are_used(standard: ast.Document) -> None:
    codes: dict[str, list[ast.CodeRange]] = {}
    for enumeration in of_kind(standard, ast.Enumeration):
        found = list(members(enumeration))
        assert len({member.name for member in found}) == len(found), enumeration.name
        ranges = [m.specification for m in found if isinstance(m.specification, ast.CodeRange)]
        values = [value for each in ranges for value in range(each.low, each.high + 1)]
        assert len(values) == len(set(values)), enumeration.name
        assert values == sorted(values), enumeration.name
        codes[enumeration.name] = ranges
    for declaration, member in all_members(standard):
        for each in member.properties:
            if each.name == "Enum":
                assert isinstance(each.value, ast.Word)
                match member.specification:
                    case ast.BitRange(low=low, high=high):
                        largest = 2 ** (high - low + 1) - 1
                    case ast.Named(name="UINT8"):
                        largest = 255
                    case _:
                        raise AssertionError(f"{declaration.name}.{member.name} cannot have codes")
                assert max(r.high for r in codes[each.value.name]) <= largest, f"{declaration.name}.{member.name}"


def test_every_table_says_what_it_is_and_who_attests_it(standard: ast.Document) -> None:
    for table in of_kind(standard, ast.Table):
        assert {"Role", "Label", "Confidence", "Source"} <= {p.name for p in table.properties}, table.name
    for procedure in of_kind(standard, ast.Procedure):
        assert {"Confidence", "Source"} <= {p.name for p in procedure.properties}, procedure.name


def test_property_values_are_of_the_known_kinds(standard: ast.Document) -> None:
    for where, each in all_properties(standard):
        assert each.value in PROPERTY_VALUES.get(each.name, {each.value}), where
        if each.name == "Source":
            assert set(str(each.value).split(", ")) <= SOURCES, where


def test_labels_are_words_and_no_sentences(standard: ast.Document) -> None:
    labels = [(where, str(each.value)) for where, each in all_properties(standard) if each.name == "Label"]
    assert len(labels) > 100
    assert [where for where, label in labels if len(label) > 50 or label.endswith(".")] == []


def library_files() -> list[str]:
    folder = resources.files("tdl.library").joinpath("std", "2012")
    return ["std:2012", *sorted(f"library:std/2012/{entry.name}" for entry in folder.iterdir())]


@pytest.mark.parametrize("name", library_files())
def test_every_file_is_formatted_and_no_longer_than_500_lines(name: str) -> None:
    source = Resolver().read(name)
    document = parse(source, Report())
    assert isinstance(document, ast.Document)
    if document.imports:
        printed = print_document(document)
    else:
        printed = "\n\n".join("\n".join(print_declaration(d)) for d in document.declarations) + "\n"
    assert source.text == printed
    assert source.text.count("\n") <= 500


def test_every_file_is_imported(standard: ast.Document) -> None:
    used = {Path(d.span.source.name).name for d in standard.declarations}
    assert {f"library:std/2012/{name}" for name in used} == set(library_files()) - {"std:2012"}
