"""A meter's tables looked at: what each rule finds, and what it lets be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from tdl.cli.check_image import check_image
from tdl.cli.conformance import command
from tdl.conformance import look_at
from tdl.image import Image
from tdl.project import load
from tdl.project.opening import binding
from tdl.project.reading import read_image
from tdl.report import Example, Report, Rule
from tdl.report.rules import meters
from tdl.sources import Resolver

ROOT = Path(__file__).parents[3]
RULES = [rule for rule in vars(meters).values() if isinstance(rule, Rule)]


def _output(example: Example, directory: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The findings of an example, as codes or as a command prints them."""
    for name, content in example.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(directory)
    program, verb, *arguments = example.command.split()
    assert program == "tdl"
    if verb == "conformance":
        return CliRunner().invoke(command, arguments, standalone_mode=False).output
    assert arguments == ["-d", "definition.tdl", "--image", "image"]
    return " ".join(d.code for d in check_image("image", load("definition.tdl"))[1])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_examples_of_a_rule(rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.mkdir()
    right.mkdir()
    assert rule.code in _output(rule.wrong, wrong, monkeypatch)
    assert "TDL" not in _output(rule.right, right, monkeypatch)


def _look(text: str, tables: Mapping[str, str]) -> list[str]:
    definition = load("a.tdl", (), Resolver({"a.tdl": text}))
    image = Image(name="meter", tables={key: bytes.fromhex(octets) for key, octets in tables.items()})
    return _said(look_at(read_image(definition, image)).report)


def _said(report: Report) -> list[str]:
    return [f"{d.severity.value} {d.code} {d.place}: {d.message}" for d in report]


CODES = """
TYPE STATE_ENUM = ENUMERATION OPEN : 0; CLOSED : 1; RESERVED : 2..3; MAKER : 4..9; END;
TYPE BITS_BFLD = BIT FIELD OF UINT8 STATE : UINT(0..3) WITH Enum = STATE_ENUM; FILLER : FILL(4..7); END;
TYPE A_RCD = PACKED RECORD BITS : BITS_BFLD; STATES : ARRAY[3] OF UINT8 WITH Enum = STATE_ENUM; END;
TABLE 3 A_TBL = A_RCD;
"""


def test_codes_without_a_name_are_told_once_each() -> None:
    assert _look(CODES, {"ST3": "01 00 09 01"}) == []
    assert _look(CODES, {"ST3": "0B 0B 02 0C"}) == [
        "warning TDL620 meter: ST3 octet 0: `ST3 BITS.STATE` is 11, which `STATE_ENUM` does not name",
        "warning TDL620 meter: ST3 octet 2: `ST3 STATES[1]` is 2, which `STATE_ENUM` does not name",
        "warning TDL620 meter: ST3 octet 3: `ST3 STATES[2]` is 12, which `STATE_ENUM` does not name",
    ]


def test_a_table_tells_so_much_and_no_more() -> None:
    many = CODES.replace("ARRAY[3]", "ARRAY[200]")
    octets = bytes(range(201)).hex()
    assert len(_look(many, {"ST3": octets})) == 50


DIGITS = "TYPE A_RCD = PACKED RECORD X : ARRAY[2] OF FIXED_BCD4; END; TABLE 3 A_TBL = A_RCD;"


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        ("00 00 00 00 00 00 12 34", []),
        ("FF FF FF FF 00 00 00 01", []),
        ("00 00 00 01 A1 FF FF FF", ["warning TDL621 meter: ST3 octet 4: `ST3 X[1]` holds A1 FF FF FF"]),
    ],
)
def test_octets_that_mean_nothing(octets: str, found: list[str]) -> None:
    assert [line.partition(", which")[0] for line in _look(DIGITS, {"ST3": octets})] == found


CLAIMS = """
TYPE C_RCD = PACKED RECORD
    STD_TBLS_USED : SET(1); MFG_TBLS_USED : SET(1); STD_PROC_USED : SET(1); MFG_PROC_USED : SET(1);
    STD_TBLS_WRITE : SET(1); MFG_TBLS_WRITE : SET(1);
END;
TABLE 0 GEN_CONFIG_TBL = C_RCD;
TYPE A_RCD = PACKED RECORD X : UINT8; END;
TABLE 3 A_TBL = A_RCD; TABLE MFG 1 B_TBL = A_RCD; PROCEDURE 1 P; PROCEDURE MFG 2 Q;
"""


def test_what_table_0_claims() -> None:
    assert _look(CLAIMS, {"ST0": "09 02 02 04 08 02", "ST3": "00", "MT1": "00"}) == []
    assert _look(CLAIMS, {"ST0": "09 02 00 00 00 00"}) == []  # an image may be a part of a meter
    assert _look(CLAIMS, {"ST0": "11 04 01 01 08 02", "ST3": "00", "MT1": "00"}) == [
        "warning TDL623 meter: MT1: the image holds MT1, which Table 0 does not claim",
        "warning TDL622 meter: ST0: MP0 is claimed by Table 0 and not declared by A",
        "warning TDL622 meter: ST0: MT2 is claimed by Table 0 and not declared by A",
        "warning TDL622 meter: ST0: SP0 is claimed by Table 0 and not declared by A",
        "warning TDL622 meter: ST0: ST4 is claimed by Table 0 and not declared by A",
        "warning TDL624 meter: ST0: MT1 is writable in Table 0 and not claimed there",
        "warning TDL624 meter: ST0: ST3 is writable in Table 0 and not claimed there",
        "warning TDL623 meter: ST3: the image holds ST3, which Table 0 does not claim",
    ]
    assert _look(CLAIMS, {"ST3": "00"}) == []


def test_a_table_that_cannot_be_decoded_is_an_error_and_hides_no_other() -> None:
    more = CODES.replace("TABLE 3 A_TBL", "TABLE 4 S_TBL").replace("A_RCD", "S_RCD")
    assert _look(CLAIMS + more, {"ST0": "19 00 00 00 00 00", "ST3": "00 01", "ST4": "0C 00 00 00"}) == [
        "error TDL512 meter: ST3 octet 1: `ST3` at octet 1: 1 more octet, the end of the table expected",
        "warning TDL620 meter: ST4 octet 0: `ST4 BITS.STATE` is 12, which `STATE_ENUM` does not name",
    ]


def test_a_table_that_nobody_declares() -> None:
    assert _look(CLAIMS, {"ST9": "00"}) == ["warning TDL521 meter: the image holds `ST9`, which A does not declare"]


LIMITS = """
TYPE F_BFLD = BIT FIELD OF UINT8 FLAG : BOOL(0); MODE : UINT(1..3); FILLER : FILL(4..7); END;
TYPE L_RCD = PACKED RECORD FLAGS : F_BFLD; NBR_ROWS : UINT8; FORMAT : UINT8; END;
TABLE 20 DIM_REGS_TBL = L_RCD; TABLE 21 ACT_REGS_TBL = L_RCD;
"""


@pytest.mark.parametrize(
    ("limits", "actual", "found"),
    [
        ("01 05 01", "01 05 01", []),
        ("01 05 01", "00 00 09", []),
        ("01 05 01", "0F 05 01", []),
        ("01 05 01", "01 06 01", ["`ST21 NBR_ROWS` is 6, its limit in `ST20` is 5"]),
        ("00 05 01", "01 05 01", ["`ST21 FLAGS.FLAG` is 1, its limit in `ST20` is 0"]),
    ],
)
def test_actual_values_and_their_limits(limits: str, actual: str, found: list[str]) -> None:
    said = _look(LIMITS, {"ST20": limits, "ST21": actual})
    assert said == [f"error TDL625 meter: ST21: {each}" for each in found]
    assert _look(LIMITS, {"ST21": actual}) == []


LIST = """
TYPE L_RCD = PACKED RECORD
    NBR_VALID_ENTRIES : UINT8; LAST_ENTRY_ELEMENT : UINT8; NBR_UNREAD_ENTRIES : UINT8; ENTRIES : ARRAY[2] OF UINT8;
END;
TYPE A_RCD = PACKED RECORD LOG : L_RCD; END;
TABLE 3 A_TBL = A_RCD;
"""


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("02 01 02", []),
        ("00 FF 00", []),
        ("03 01 02", ["`ST3 LOG.NBR_VALID_ENTRIES` is 3, at most 2 expected"]),
        ("01 02 00", ["`ST3 LOG.LAST_ENTRY_ELEMENT` is 2, at most 1 expected"]),
        ("01 00 02", ["`ST3 LOG.NBR_UNREAD_ENTRIES` is 2, at most 1 expected"]),
    ],
)
def test_lists(header: str, found: list[str]) -> None:
    assert _look(LIST, {"ST3": f"{header} 00 00"}) == [f"warning TDL626 meter: ST3: {each}" for each in found]


SETS = """
TYPE STATE_ENUM = ENUMERATION OPEN : 0; CLOSED : 1; END;
TYPE C_RCD = PACKED RECORD COUNT : UINT8; END;
TABLE 2 C_TBL = C_RCD;
TYPE ROW_RCD = PACKED RECORD STATES : SET(1) WITH Enum = STATE_ENUM; END;
TYPE A_RCD = PACKED RECORD
    STATES : SET(1) WITH Enum = STATE_ENUM; ROWS : ARRAY[1] OF ROW_RCD; WHICH : SET((C_TBL.COUNT + 7) / 8);
END;
TABLE 3 A_TBL = A_RCD;
"""


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        ("03 03 07", []),
        ("04 00 00", ["TDL620 meter: ST3 octet 0: `ST3 STATES` is 2, which `STATE_ENUM` does not name"]),
        ("00 08 00", ["TDL620 meter: ST3 octet 1: `ST3 ROWS[0].STATES` is 3, which `STATE_ENUM` does not name"]),
        (
            "00 00 0F",
            [
                "TDL626 meter: ST3 octet 2: `ST3 WHICH` is a set with member 3, "
                "members below 3, which is `C_TBL.COUNT`, expected"
            ],
        ),
    ],
)
def test_sets(octets: str, found: list[str]) -> None:
    assert _look(SETS, {"ST2": "03", "ST3": octets}) == [f"warning {each}" for each in found]


LOAD_PROFILE = """
TYPE SIZES_RCD = PACKED RECORD NBR_BLKS_SET1 : UINT8; NBR_BLK_INTS_SET1 : UINT8; END;
TYPE LP_RCD = PACKED RECORD SET1 : SIZES_RCD; END;
TABLE 61 ACT_LP_TBL = LP_RCD;
TYPE STATUS_RCD = PACKED RECORD
    NBR_VALID_BLOCKS : UINT8; LAST_BLOCK_ELEMENT : UINT8; NBR_UNREAD_BLOCKS : UINT8; NBR_VALID_INT : UINT8;
END;
TYPE LP_STATUS_RCD = PACKED RECORD LP_STATUS_SET1 : STATUS_RCD; END;
TABLE 63 LP_STATUS_TBL = LP_STATUS_RCD;
"""


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("02 01 02 04", []),
        ("00 FF 00 00", []),
        ("03 01 02 04", ["NBR_VALID_BLOCKS` is 3, at most 2"]),
        ("01 02 00 04", ["LAST_BLOCK_ELEMENT` is 2, at most 1"]),
        ("01 01 02 04", ["NBR_UNREAD_BLOCKS` is 2, at most 1"]),
        ("02 01 02 05", ["NBR_VALID_INT` is 5, at most 4"]),
    ],
)
def test_blocks_of_load_profile(status: str, found: list[str]) -> None:
    said = _look(LOAD_PROFILE, {"ST61": "02 04", "ST63": status})
    assert said == [f"warning TDL626 meter: ST63: `ST63 LP_STATUS_SET1.{each} expected" for each in found]
    assert _look(LOAD_PROFILE, {"ST63": status}) == []


def test_a_meter_of_a_later_edition_than_the_definition() -> None:
    text = "TYPE C_RCD = PACKED RECORD STD_VERSION_NO : UINT8; END; TABLE 0 CONFIG_TBL = C_RCD;"
    first = f'DOCUMENT A EDITION "1997"; {text}'
    assert _look(first, {"ST0": "01"}) == _look(text, {"ST0": "02"}) == []
    assert _look(first, {"ST0": "02"}) == [
        "warning TDL626 meter: ST0: `ST0 STD_VERSION_NO` is 2, at most 1 of a meter of the edition of 1997 expected"
    ]


def test_procedures_and_the_lengths_that_table_0_allows() -> None:
    text = """
        TYPE C_RCD = PACKED RECORD
            MAX_PROC_PARM_LENGTH : UINT8; MAX_RESP_DATA_LEN : UINT8; STD_PROC_USED : SET(1);
        END;
        TABLE 0 GEN_CONFIG_TBL = C_RCD; TYPE A_RCD = PACKED RECORD X : BINARY(4); END;
        PROCEDURE 1 P = PARAMETER A_RCD RESPONSE A_RCD;
    """
    assert _look(text, {"ST0": "04 04 02"}) == []
    assert _look(text, {"ST0": "03 03 00"}) == []
    assert _look(text, {"ST0": "03 03 02"}) == [
        "warning TDL626 meter: ST0: `ST0 MAX_PROC_PARM_LENGTH` is 3, 4 or more for `P_PARAMETER` expected",
        "warning TDL626 meter: ST0: `ST0 MAX_RESP_DATA_LEN` is 3, 4 or more for `P_RESPONSE` expected",
    ]


@pytest.mark.parametrize(
    ("folder", "definition", "bind"),
    [
        ("examples/osgp-style/image", "examples/osgp-style/polyphase.tdl", None),
        ("examples/maker-and-model/image", "examples/maker-and-model/c1s.tdl", "examples/maker-and-model/c1s.toml"),
        ("tests/data/images/epri-st0", "std:2012", None),
    ],
)
def test_the_meters_at_hand(folder: str, definition: str, bind: str | None) -> None:
    name = definition if definition.startswith("std:") else str(ROOT / definition)
    known = None if bind is None else binding(str(ROOT / bind))
    _, report = check_image(str(ROOT / folder), load(name), known)
    # the standard declares no maker's tables, and a real meter claims some
    assert {d.code for d in report} == ({"TDL622"} if definition.startswith("std:") else set())


def test_rules_wait_for_the_tables_that_they_look_at() -> None:
    definition = load("a.tdl", (), Resolver({"a.tdl": CLAIMS + LIMITS}))

    def waiting(tables: Mapping[str, str]) -> set[str]:
        image = Image(name="meter", tables={key: bytes.fromhex(octets) for key, octets in tables.items()})
        return set(look_at(read_image(definition, image)).waiting)

    assert waiting({"ST3": "00"}) == {"TDL622", "TDL623", "TDL624", "TDL625"}
    assert waiting({"ST0": "00 00 00 00 00 00", "ST20": "00 00 00", "ST21": "00 00 00"}) == set()
    assert waiting({"ST0": "00 00 00 00 00 00", "ST21": "00 00 00"}) == {"TDL625"}
