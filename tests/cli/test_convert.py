"""`tdl convert`: an image in every form, and back octet for octet."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

import tdl as api
from tests.cli.conftest import EXAMPLE, IMAGES, ROOT, Run, tree
from tests.spec.console import renewed

FRAGMENT = ("-f", EXAMPLE / "acme-ax200.tdl")
STANDARD = ("-d", "std:2012")

EVERY_IMAGE = pytest.mark.parametrize(
    ("image", "fragment"),
    [(IMAGES / "elster-a3", ()), (IMAGES / "epri-st0", ()), (EXAMPLE / "image", FRAGMENT)],
    ids=["a profile", "nothing needed", "many tables"],
)
SUFFIX = {"image": "", "json": ".json", "edl": ".xml"}

PUMP = """
TYPE LIMITS_RCD = PACKED RECORD
    NBR : UINT8;
END;
TABLE MFG 0 LIMITS_TBL = LIMITS_RCD;
TYPE ROW_RCD = PACKED RECORD
    CODE : UINT8;
    NAME : BINARY(2);
END;
TYPE ROWS_RCD = PACKED RECORD
    ROWS : ARRAY[LIMITS_TBL.NBR] OF ROW_RCD;
END;
TABLE MFG 1 ROWS_TBL = ROWS_RCD;
TYPE TWO_RCD = PACKED RECORD
    FIRST : ARRAY[2] OF UINT8;
    SECOND : ARRAY[LIMITS_TBL.NBR] OF UINT8;
END;
TABLE MFG 2 TWO_TBL = TWO_RCD;
"""
ROWS = "MT0: 02\nMT1: 01 AA BB 02 CC DD\nMT2: 01 02 03 04\n"


@pytest.fixture
def pump(tmp_path: Path) -> tuple[str, ...]:
    """A small definition and an image of it as hexadecimal text, in the working folder."""
    (tmp_path / "pump.tdl").write_text(PUMP)
    (tmp_path / "dump.txt").write_text(ROWS)
    return "-d", "pump.tdl"


def octets(image: Path) -> dict[str, bytes]:
    return {name: content for name, content in tree(image).items() if name.endswith(".bin")}


@EVERY_IMAGE
def test_there_and_back_through_every_pair_of_forms(
    tdl: Run, tmp_path: Path, image: Path, fragment: tuple[object, ...]
) -> None:
    for first in SUFFIX:
        one = tmp_path / f"one-{first}{SUFFIX[first]}"
        assert tdl("convert", *STANDARD, *fragment, image, "--to", first, "-o", one).exit_code == 0
        for second in SUFFIX:
            two, back = tmp_path / f"two-{first}-{second}{SUFFIX[second]}", tmp_path / f"back-{first}-{second}"
            assert tdl("convert", *STANDARD, *fragment, one, "--to", second, "-o", two).exit_code == 0
            assert tdl("convert", *STANDARD, *fragment, two, "--to", "image", "-o", back).exit_code == 0
            assert octets(back) == octets(image)


@EVERY_IMAGE
def test_edl_is_an_image_everywhere(tdl: Run, tmp_path: Path, image: Path, fragment: tuple[object, ...]) -> None:
    assert tdl("convert", *STANDARD, *fragment, image, "--to", "edl", "-o", "meter.xml").exit_code == 0
    decoded = tdl("decode", *STANDARD, *fragment, "meter.xml")
    assert decoded.exit_code == 0
    assert decoded.stdout == tdl("decode", *STANDARD, *fragment, image).stdout
    assert tdl("encode", *STANDARD, *fragment, "meter.xml", "-o", "encoded").exit_code == 0
    assert octets(tmp_path / "encoded") == octets(image)
    assert tdl("convert", *STANDARD, *fragment, image, "--to", "json", "-o", "meter.json").exit_code == 0
    for name in ("meter.xml", "meter.json"):
        chosen = ("--target", "python", "-o", f"code-{name}", "--bind", name)
        assert tdl("generate", *STANDARD, *fragment, *chosen).exit_code == 0
    assert tree(tmp_path / "code-meter.xml") == tree(tmp_path / "code-meter.json")
    opened = api.open(tmp_path / "meter.xml", "std:2012", fragments=[str(each) for each in fragment[1:]])
    assert sorted(f"{key}.bin" for key in opened) == sorted(octets(image))


@EVERY_IMAGE
def test_the_schema_accepts_it(tdl: Run, tmp_path: Path, image: Path, fragment: tuple[object, ...]) -> None:
    assert tdl("convert", *STANDARD, *fragment, image, "--to", "edl", "-o", "meter.xml").exit_code == 0
    assert tdl("generate", *STANDARD, *fragment, "--target", "edl-xsd", "-o", "schema").exit_code == 0
    (file,) = (tmp_path / "schema").glob("*-EDL.xsd")
    schema = etree.XMLSchema(etree.parse(file))
    assert schema.validate(etree.parse(tmp_path / "meter.xml")), schema.error_log


def test_a_form_that_goes_to_standard_output_comes_from_standard_input(tdl: Run, pump: tuple[str, ...]) -> None:
    edl = tdl("convert", *pump, "dump.txt", "--to", "edl")
    assert edl.exit_code == 0
    json = tdl("convert", *pump, "-", "--to", "json", input=edl.stdout)
    assert json.stdout == tdl("decode", *pump, "dump.txt", "--format", "json").stdout
    assert tdl("convert", *pump, "-", "--to", "edl", "-o", "-", input=json.stdout).stdout == edl.stdout


def test_hexadecimal_text_says_what_it_was_recognised_as(tdl: Run, pump: tuple[str, ...]) -> None:
    result = tdl("convert", *pump, "-", "--to", "json", "--table", "LIMITS_TBL", input="00 00 01 02 FE")
    assert result.exit_code == 0
    assert "MT0: 1 octet, from plain hexadecimal, a service frame with a right checksum" in result.stderr
    assert '"NBR": 2' in result.stdout
    assert tdl("convert", *pump, "-", "--to", "json", input="02").exit_code == 1
    plain = tdl("convert", *pump, "-", "--to", "json", "--table", "MT0", "--plain", input="00 00 01 02 FE")
    assert "TDL512" in plain.stderr


def test_every_wrong_line_is_shown(tdl: Run, pump: tuple[str, ...]) -> None:
    result = tdl("convert", *pump, "-", "--to", "image", "-o", "out", input="MT0: 0\nMT1: 0x1234, 0x12\n")
    assert result.exit_code == 1
    assert "<stdin>:1:6" in result.stderr
    assert "<stdin>:2:6" in result.stderr
    assert not Path("out").exists()


def test_an_element_that_the_definition_does_not_have_is_shown_where_it_stands(
    tdl: Run, tmp_path: Path, pump: tuple[str, ...]
) -> None:
    edl = tdl("convert", *pump, "dump.txt", "--to", "edl").stdout
    (tmp_path / "meter.xml").write_text(edl.replace("CODE>2<", "CODE>256<").replace("NBR>", "NMBR>"))
    result = tdl("convert", *pump, "meter.xml", "--to", "image", "-o", "out")
    assert result.exit_code == 1
    assert "error TDL520" in result.stderr
    assert "--> meter.xml:3:3" in result.stderr
    (tmp_path / "meter.xml").write_text(edl.replace("CODE>2<", "CODE>256<"))
    result = tdl("convert", *pump, "meter.xml", "--to", "image", "-o", "out")
    assert "error TDL518: `MT1 ROWS[1].CODE`: 256 found, 0 to 255 expected\n --> meter.xml:13:9" in result.stderr
    assert not (tmp_path / "out").exists()


def test_edl_of_another_definition_is_read_with_a_warning(tdl: Run, tmp_path: Path, pump: tuple[str, ...]) -> None:
    edl = tdl("convert", *pump, "dump.txt", "--to", "edl").stdout
    (tmp_path / "meter.xml").write_text(edl)
    (tmp_path / "pump.tdl").write_text(PUMP + "TABLE MFG 3 MORE_TBL = LIMITS_RCD;\n")
    result = tdl("convert", *pump, "meter.xml", "--to", "image", "-o", "out")
    assert result.exit_code == 0
    assert "warning TDL529: `meter.xml` was written with PUMP" in result.stderr


def test_a_table_without_a_layout_is_not_lost_in_silence(tdl: Run, tmp_path: Path, pump: tuple[str, ...]) -> None:
    result = tdl("convert", *pump, "-", "--to", "json", "-o", "out.json", input=ROWS + "ST5: 00")
    assert result.exit_code == 1
    assert "error TDL521" in result.stderr
    assert not (tmp_path / "out.json").exists()
    assert tdl("convert", *pump, "-", "--to", "json", "--table", "MT0", input=ROWS + "ST5: 00").exit_code == 0


def test_rows(tdl: Run, tmp_path: Path, pump: tuple[str, ...]) -> None:
    rows = "ROWS[],CODE,NAME\n0,1,AABB\n1,2,CCDD\n"
    assert tdl("convert", *pump, "dump.txt", "--to", "csv", "--table", "MT1").stdout == rows
    assert tdl("convert", *pump, "dump.txt", "--to", "csv", "--path", "MT1.ROWS", "-o", "rows.csv").exit_code == 0
    assert (tmp_path / "rows.csv").read_text() == rows
    result = tdl("convert", *pump, "dump.txt", "--to", "csv", "-o", "all")
    assert result.exit_code == 0
    assert "note TDL530: `MT2` has 2 arrays, one expected" in result.stderr
    assert "choose with `--path MT2.FIRST` or `--path MT2.SECOND`" in result.stderr
    assert tree(tmp_path / "all") == {"MT1.csv": rows.encode()}
    several = tdl("convert", *pump, "dump.txt", "--to", "csv", "--table", "MT1", "--path", "MT2.SECOND", "-o", "two")
    assert several.exit_code == 0
    assert sorted(tree(tmp_path / "two")) == ["MT1.csv", "MT2.SECOND.csv"]
    again = tdl("convert", *pump, "dump.txt", "--to", "csv", "-o", "all")
    assert "wrote 1 file to all/ (0 changed)" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--table", "MT0"), "`MT0` has no array, one expected"),
        (("--table", "MT2"), "`MT2` has 2 arrays, one expected"),
        (("--path", "MT0.NBR"), "`MT0.NBR` has one value there, an array expected"),
    ],
)
def test_what_has_no_rows(tdl: Run, pump: tuple[str, ...], arguments: tuple[str, ...], message: str) -> None:
    result = tdl("convert", *pump, "dump.txt", "--to", "csv", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert not result.stdout


def test_an_image_without_rows(tdl: Run, pump: tuple[str, ...]) -> None:
    result = tdl("convert", *pump, "-", "--to", "csv", "-o", "out", input="MT0: 02")
    assert result.exit_code == 1
    assert "`<stdin>` has no table that is rows, one at least expected" in result.stderr


def test_rows_are_no_source(tdl: Run, tmp_path: Path, pump: tuple[str, ...]) -> None:
    assert tdl("convert", *pump, "dump.txt", "--to", "csv", "--table", "MT1", "-o", "MT1.csv").exit_code == 0
    result = tdl("convert", *pump, "MT1.csv", "--to", "json")
    assert result.exit_code == 2
    assert "CSV holds the rows of one array, not the values of a table" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "image"), "an image is a directory: give its name with -o"),
        (("--to", "image", "-o", "-"), "an image is a directory: give its name with -o"),
        (("--to", "json", "--path", "MT1.ROWS"), "--path goes with --to csv"),
        (("--to", "csv"), "rows of several tables are a directory of files: give its name with -o"),
        (("--to", "pdf"), "is not one of"),
        ((), "Missing option"),
    ],
)
def test_usage(tdl: Run, pump: tuple[str, ...], arguments: tuple[str, ...], message: str) -> None:
    result = tdl("convert", *pump, "dump.txt", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_place_that_cannot_be_written(tdl: Run, tmp_path: Path, pump: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("x")
    for form in ("image", "json", "edl", "csv"):
        assert tdl("convert", *pump, "dump.txt", "--to", form, "-o", "file/out").exit_code == 2
    assert (tmp_path / "file").read_text() == "x"


def test_the_examples_of_the_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ROOT / "docs/reference/convert.md"
    monkeypatch.chdir(page.parent)
    made = renewed(page)
    if request.config.getoption("--snapshot-update"):
        page.write_text(made, "utf-8")
    assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"
