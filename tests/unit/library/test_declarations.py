"""What each edition declares: complete, resolved, and free of gaps between bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from typing import TypeVar

import pytest

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.shapes import NotFound, Shapes, members

TABLES_1997 = {
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
    30: "DIM_DISP_TBL",
    31: "ACT_DISP_TBL",
    32: "DISP_SOURCE_TBL",
    33: "PRI_DISP_LIST_TBL",
    34: "SEC_DISP_LIST_TBL",
    40: "DIM_SECURITY_LIMITING_TBL",
    41: "ACT_SECURITY_LIMITING_TBL",
    42: "SECURITY_TBL",
    43: "DEFAULT_ACCESS_CONTROL_TBL",
    44: "ACCESS_CONTROL_TBL",
    45: "KEY_TBL",
    50: "DIM_TIME_TOU_TBL",
    51: "ACT_TIME_TOU_TBL",
    52: "CLOCK_TBL",
    53: "TIME_OFFSET_TBL",
    54: "CALENDAR_TBL",
    55: "CLOCK_STATE_TBL",
    56: "TIME_REMAIN_TBL",
    60: "DIM_LP_TBL",
    61: "ACT_LP_TBL",
    62: "LP_CTRL_TBL",
    63: "LP_STATUS_TBL",
    64: "LP_DATA_SET1_TBL",
    65: "LP_DATA_SET2_TBL",
    66: "LP_DATA_SET3_TBL",
    67: "LP_DATA_SET4_TBL",
    70: "DIM_LOG_TBL",
    71: "ACT_LOG_TBL",
    72: "EVENTS_ID_TBL",
    73: "HISTORY_LOG_CTRL_TBL",
    74: "HISTORY_LOG_DATA_TBL",
    75: "EVENT_LOG_CTRL_TBL",
    76: "EVENT_LOG_DATA_TBL",
    80: "DIM_UDT_FUNC_LIM_TBL",
    81: "ACT_UDT_FUNC_LIM_TBL",
    82: "UDT_LIST_TBL",
    83: "UDT_SEL_TBL",
    84: "UDT_0_TBL",
    85: "UDT_1_TBL",
    86: "UDT_2_TBL",
    87: "UDT_3_TBL",
    88: "UDT_4_TBL",
    89: "UDT_5_TBL",
    90: "DIM_TELEPHONE_TBL",
    91: "ACT_TELEPHONE_TBL",
    92: "GLOBAL_PARAMETERS_TBL",
    93: "ORIGINATE_PARAMETERS_TBL",
    94: "ORIGINATE_SCHEDULE_TBL",
    95: "ANSWER_PARAMETERS_TBL",
    96: "CALL_PURPOSE_TBL",
    97: "CALL_STATUS_TBL",
}
CONTROL_1997 = (
    7, 12, 13, 14, 15, 16, 22, 27, 33, 34, 42, 43, 44, 45, 53, 54, 62, 72, 73, 75, 82, 83, 92, 93, 94, 95,
)  # fmt: skip
TABLES_2008 = {
    17, 46, 47, 57, 77, 78, 79, 98, *range(100, 108), *range(110, 119), *range(120, 128), *range(130, 137),
    *range(140, 144), *range(150, 159), *range(160, 165),
}  # fmt: skip
"""The ones that 2008 added: their names are not attested."""

PROPERTY_VALUES = {
    "Role": {"LIMITING", "ACTUAL", "CONTROL", "DATA"},
    "Accessibility": {"READONLY", "READWRITE", "WRITEONLY"},
    "Confidence": {"high", "med", "low"},
    "NameConfidence": {"low"},
}
SOURCES = set("EHIKLMNOQRST")


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


def test_has_the_tables_of_its_edition(edition: str, document: ast.Document) -> None:
    tables = list(of_kind(document, ast.Table))
    numbers = {table.number.value: table.name for table in tables}
    assert {number: numbers.get(number) for number in TABLES_1997} == TABLES_1997
    assert numbers.keys() - TABLES_1997 == (set() if edition == "1997" else TABLES_2008)
    assert len(tables) == len(numbers)
    assert {table.number.group for table in tables} == {""}


def test_has_the_procedures_of_its_edition(edition: str, document: ast.Document) -> None:
    procedures = list(of_kind(document, ast.Procedure))
    numbers = range(21) if edition == "1997" else range(33)
    assert sorted(p.number.value for p in procedures) == list(numbers)
    plain = {p.number.value for p in procedures if p.parameter is None}
    assert plain == {0, 1, 2, 3, 7, 8, 11, 12, 14, 16, 17, 19}
    answering = {p.number.value for p in procedures if p.response is not None}
    assert answering == {9, 10, 21, *range(22, 33)} & set(numbers)


def test_has_the_events_of_its_edition(edition: str, document: ast.Document) -> None:
    (events,) = (e for e in of_kind(document, ast.Enumeration) if e.name == "STD_EVENT_ENUM")
    codes = [m.specification.low for m in members(events) if isinstance(m.specification, ast.CodeRange)]
    assert codes == list(range(49 if edition == "1997" else 77))
    named = {m.name: p.value for m in members(events) for p in m.properties if p.name == "Argument"}
    assert named == {
        "PROCEDURE_INVOKED": ast.Word(name="PROCEDURE_EVENT_RCD"),
        "TABLE_WRITTEN": ast.Word(name="TABLE_EVENT_RCD"),
    }


def test_the_header_says_what_stands_before_a_pending_table(edition: str, document: ast.Document) -> None:
    (pending,) = document.header.properties
    name = "ANSI_C1219" if edition == "1997" else f"ANSI_C1219_{edition}"
    assert (document.header.name, document.header.edition) == (name, edition)
    assert (pending.name, pending.value) == ("PendingHeader", ast.Word(name="EVENT_RCD"))


def test_every_name_is_declared_once(document: ast.Document) -> None:
    names = Counter(d.name for d in document.declarations)
    assert [name for name, count in names.items() if count > 1] == []


def test_no_branch_has_a_name_twice(document: ast.Document) -> None:
    for declaration in conditional_types(document):
        for way in branches(declaration.items):
            names = [member.name for member in way]
            assert len(set(names)) == len(names), declaration.name


def test_every_type_is_declared_and_used(document: ast.Document) -> None:
    declared = {d.name for d in document.declarations if not isinstance(d, ast.Table | ast.Procedure)}
    named = {s.name for s in specifications(document) if isinstance(s, ast.Named | ast.Sized)}
    listed = {p.value.name for _, p in all_properties(document) if isinstance(p.value, ast.Word)}
    assert named - declared - set(BUILTINS) == set()
    assert declared - named - listed == set()


def test_every_reference_resolves(document: ast.Document) -> None:
    shapes = Shapes(document)
    found = 0
    for declaration in conditional_types(document):
        for reference in references(declaration.items):
            assert not isinstance(shapes.find(reference, declaration), NotFound), (declaration.name, reference)
            found += 1
    assert found > 100


def test_every_bit_is_covered_once_in_every_branch(document: ast.Document) -> None:
    fields = list(of_kind(document, ast.BitField))
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
    parsed = parse(SourceFile("test", f"TYPE A_BFLD = BIT FIELD OF UINT8 {items} END;"), report)
    assert isinstance(parsed, ast.Document)
    (field,) = parsed.declarations
    assert isinstance(field, ast.BitField)
    assert miscovered(field) == wrong


def test_codes_do_not_overlap_and_fit_where_they_are_used(document: ast.Document) -> None:
    codes: dict[str, list[ast.CodeRange]] = {}
    for enumeration in of_kind(document, ast.Enumeration):
        found = list(members(enumeration))
        assert len({member.name for member in found}) == len(found), enumeration.name
        ranges = [m.specification for m in found if isinstance(m.specification, ast.CodeRange)]
        values = [value for each in ranges for value in range(each.low, each.high + 1)]
        assert len(values) == len(set(values)), enumeration.name
        assert values == sorted(values), enumeration.name
        codes[enumeration.name] = ranges
    for declaration, member in all_members(document):
        for each in member.properties:
            if each.name == "Enum":
                assert isinstance(each.value, ast.Word)
                match member.specification:
                    case ast.BitRange(low=low, high=high):
                        largest = 2 ** (high - low + 1) - 1
                    case ast.Named(name="UINT8") | ast.Array(of=ast.Named(name="UINT8")):
                        largest = 255
                    case ast.Sized(name="SET"):
                        continue
                    case _:
                        raise AssertionError(f"{declaration.name}.{member.name} cannot have codes")
                assert max(r.high for r in codes[each.value.name]) <= largest, f"{declaration.name}.{member.name}"


def test_every_table_says_what_it_is_and_who_attests_it(document: ast.Document) -> None:
    for table in of_kind(document, ast.Table):
        assert {"Role", "Accessibility", "Label", "Confidence", "Source"} <= {p.name for p in table.properties}, (
            table.name
        )
    for other in (*of_kind(document, ast.Procedure), *of_kind(document, ast.Enumeration)):
        assert {"Confidence", "Source"} <= {p.name for p in other.properties}, other.name


def test_a_tables_role_follows_from_its_place(document: ast.Document) -> None:
    """Limits are in the tables DIM_ and ACT_; Tables 5 and 6 are data that is written all the same."""
    roles: dict[object, set[str]] = {}
    writable: set[int] = set()
    for table in of_kind(document, ast.Table):
        said = {p.name: p.value for p in table.properties}
        roles.setdefault(said["Role"], set()).add(table.name)
        if said["Accessibility"] != "READONLY" and said["Role"] == "DATA":
            writable.add(table.number.value)
    names = {table.name for table in of_kind(document, ast.Table)}
    assert roles["LIMITING"] == {name for name in names if name.startswith("DIM_")}
    assert roles["ACTUAL"] == {name for name in names if name.startswith("ACT_")} | {"GEN_CONFIG_TBL"}
    control = {TABLES_1997[number] for number in CONTROL_1997}
    assert roles["CONTROL"] & set(TABLES_1997.values()) == control
    assert writable == {5, 6}


def test_property_values_are_of_the_known_kinds(document: ast.Document) -> None:
    for where, each in all_properties(document):
        assert each.value in PROPERTY_VALUES.get(each.name, {each.value}), where
        if each.name == "Source":
            assert set(str(each.value).split(", ")) <= SOURCES, where


def test_labels_are_words_and_no_sentences(document: ast.Document) -> None:
    labels = [(where, str(each.value)) for where, each in all_properties(document) if each.name == "Label"]
    assert len(labels) > 100
    assert [where for where, label in labels if len(label) > 50 or label.endswith(".")] == []
