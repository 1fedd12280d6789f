"""5xx, continued: images in other forms, from hexadecimal text to rows."""

from __future__ import annotations

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_DEFINITION = """
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
END;
TYPE GEN_CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    NBR_FAULTS : UINT8;
END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
TYPE FAULT_RCD = PACKED RECORD
    CODE : UINT8;
    COUNT : UINT16;
END;
TYPE FAULTS_RCD = PACKED RECORD
    FAULTS : ARRAY[GEN_CONFIG_TBL.NBR_FAULTS] OF FAULT_RCD;
END;
TABLE 1 FAULTS_TBL = FAULTS_RCD;
""".lstrip()

_EDL = """<edl xmlns="urn:tdl:edl:1" definition="METER"{hash}>
  <ST0>
    <FORMAT>
      <DATA_ORDER>0</DATA_ORDER>
    </FORMAT>
    <NBR_FAULTS>2</NBR_FAULTS>
  </ST0>
</edl>
"""

_IMAGE = {"image/ST0.bin": b"\x00\x02", "image/ST1.bin": b"\x07\x01\x00\x09\x05\x00"}


def _dump(text: str, options: str = "") -> Example:
    command = f"tdl convert -d definition.tdl dump.txt --to json{options}"
    return Example({"definition.tdl": _DEFINITION, "dump.txt": text}, command)


def _edl(hash: str) -> Example:
    files: dict[str, str | bytes] = {"definition.tdl": _DEFINITION, "meter.xml": _EDL.format(hash=hash)}
    return Example(files, "tdl convert -d definition.tdl meter.xml --to json")


def _csv(table: str) -> Example:
    files: dict[str, str | bytes] = {"definition.tdl": _DEFINITION, **_IMAGE}
    return Example(files, f"tdl convert -d definition.tdl image --to csv --table {table}")


BAD_HEX = Rule(
    code="TDL525",
    slug="bad-hexadecimal",
    message="{found} found, {expected} expected",
    why="""
Hexadecimal text has two digits for each octet. Offsets before them and characters beside them are known by their form
and checked; nothing is passed over in silence, so that a line that was cut or mistyped does not become a wrong value.
""",
    wrong=_dump("ST0: 00 2\n"),
    right=_dump("ST0: 00 02\n"),
)

BAD_OFFSET = Rule(
    code="TDL526",
    slug="bad-offset",
    message="offset {found} found, {expected} expected",
    why="""
The offset before a line says how many octets stand before it. If that is not so, lines are missing, stand twice or were
cut.
""",
    wrong=_dump("ST1:\n0000: 07 01 00\n0004: 09 05 00\n"),
    right=_dump("ST0: 00 02\nST1:\n0000: 07 01 00\n0003: 09 05 00\n"),
)

BAD_FRAME = Rule(
    code="TDL527",
    slug="bad-frame",
    message="{part}: {found} found, {expected} expected",
    why="""
The octets have the form in which a meter sends a table, the answer `00`, length, data, checksum, perhaps in packets of
C12.18, and a check in it is wrong: something was changed on the way, or is missing. If they only look like a frame,
take them as they are with `--plain`.
""",
    wrong=_dump("ST0: 00 00 02 00 02 FF\n"),
    right=_dump("ST0: 00 00 02 00 02 FE\n"),
)

AMBIGUOUS_HEX = Rule(
    code="TDL528",
    slug="ambiguous-hexadecimal",
    message="{found} found, {expected} expected",
    why="""
The text can be read in two ways and nothing in it says which. tdl does not guess: name the table, set a colon behind
offsets, or write octets one by one.
""",
    wrong=_dump("00 02\n"),
    right=_dump("00 02\n", " --table ST0"),
)

OTHER_DEFINITION = Rule(
    code="TDL529",
    slug="other-definition",
    message="`{name}` was written with {definition} {found}, which is not {expected}",
    severity=Severity.WARNING,
    why="""
An EDL file names the definition that it was made with and its content hash. With another definition the same values can
mean other things or make other octets. Where every element still has its place the file is read.
""",
    wrong=_edl(' hash="' + "0" * 64 + '"'),
    right=_edl(""),
)

NO_ROWS = Rule(
    code="TDL530",
    slug="no-rows",
    message="`{table}` has {found}, {expected} expected",
    why="""
CSV is for tables that are rows: the entries of one array. A table without an array is none, and of several arrays one
has to be chosen: `--path ST23.TIER_DATA_BLOCK`.
""",
    wrong=_csv("ST0"),
    right=_csv("ST1"),
)
