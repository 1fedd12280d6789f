from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tdl.codec.decimals import ExactDecimal
from tdl.codec.json_values import to_json
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, Record
from tdl.image import UnreadableImage, read_image_file
from tdl.image.edl import MAX_EDL_OCTETS, EdlImage, Header, read_edl, write_edl
from tests.work import counted

HEAD = '<edl xmlns="urn:tdl:edl:1">'


def lines(value: object, header: Header | None = None) -> list[str]:
    """What is written of one element of a table."""
    text = write_edl({"ST1": Record({"A": value})}, header=header)
    return [line.strip() for line in text.splitlines()[3:-2]]


def read(body: str) -> Any:
    """The table `ST1` of a body."""
    return read_edl("x.xml", f"{HEAD}<ST1>{body}</ST1></edl>".encode()).tables["ST1"]


LEAVES: list[tuple[object, str]] = [
    (12, "<A>12</A>"),
    (-1, "<A>-1</A>"),
    (True, "<A>true</A>"),
    (False, "<A>false</A>"),
    (None, '<A type="nil"/>'),
    (1.5, '<A type="float">1.5</A>'),
    (1e-300, '<A type="float">1e-300</A>'),
    (float("inf"), '<A type="float">INF</A>'),
    (float("-inf"), '<A type="float">-INF</A>'),
    (Decimal("4.2375"), '<A type="decimal">4.2375</A>'),
    ("ACME", '<A type="text">ACME</A>'),
    ("  A ", '<A type="text">  A </A>'),
    ("", '<A type="text"/>'),
    ("12", '<A type="text">12</A>'),
    ('a<b>&"c"\t', '<A type="text">a&lt;b&gt;&amp;"c"\t</A>'),
    ("\r", '<A type="text">&#13;</A>'),
    ('A\0\\"\ufffe', r'<A type="escaped">A\u0000\\\"\ufffe</A>'),
    (b"ELS", '<A type="hex">454C53</A>'),
    (b"", '<A type="hex"/>'),
    (datetime(2024, 1, 18, 17, 45), '<A type="dateTime">2024-01-18T17:45:00</A>'),
    (date(2024, 1, 18), '<A type="date">2024-01-18</A>'),
    (time(17, 45, 0, 20000), '<A type="time">17:45:00.020000</A>'),
    (Members(b"\x23"), '<A type="set">0 1 5</A>'),
    (Members(b"\0"), '<A type="set"/>'),
    (Raw(b"\xff\0"), '<A type="raw">FF00</A>'),
    (ExactInt(0, b"\xff"), '<A raw="FF">0</A>'),
    (ExactFloat(float("nan"), b"\x7f\xc0\0\1"), '<A type="float" raw="7FC00001">NaN</A>'),
    (ExactDecimal(Decimal("1"), b" 1"), '<A type="decimal" raw="2031">1</A>'),
    ("A\udcff", '<A type="text" raw="41FF">A\ufffd</A>'),
    ("\0\udcff", '<A type="text" raw="00FF">\ufffd\ufffd</A>'),
]


@pytest.mark.parametrize(("value", "text"), LEAVES)
def test_a_leaf(value: object, text: str) -> None:
    assert lines(value) == [text]
    assert to_json(read(text).A) == to_json(value) or text.endswith("\ufffd</A>")


def test_octets_of_text_are_what_counts() -> None:
    record = read('<A type="text" raw="00FF">?</A>')
    assert record == Record({"A": Raw(b"\0\xff")})


def test_records_arrays_and_spare_bits() -> None:
    value = Record({"A": [Record({"B": 1}, spare=0x80), Record({"B": 2})], "C": [], "D": Record(), "E": [[1], []]})
    text = write_edl({"MT5": value})
    assert (
        text
        == f"""<?xml version="1.0" encoding="UTF-8"?>
{HEAD}
  <MT5>
    <A type="list">
      <item spare="128">
        <B>1</B>
      </item>
      <item>
        <B>2</B>
      </item>
    </A>
    <C type="list"/>
    <D/>
    <E type="list">
      <item type="list">
        <item>1</item>
      </item>
      <item type="list"/>
    </E>
  </MT5>
</edl>
"""
    )
    assert read_edl("x", text.encode()).tables == {"MT5": value}


def test_the_head_names_definition_tables_and_codes() -> None:
    header = Header(definition="A&B", hash="ab", tables={"ST1": "ONE_TBL"}, codes={"ST1": {("A", 1): "ON"}})
    text = write_edl({"ST1": Record({"A": [0, 1]})}, {"X_TBL": {"N": 1, "L": [1, 2], "F": True, "T": "x"}}, header)
    assert f'{HEAD[:-1]} definition="A&amp;B" hash="ab">' in text
    assert '<ST1 name="ONE_TBL">' in text
    assert '<item name="ON">1</item>' in text
    image = read_edl("x", text.encode())
    assert (image.definition, image.hash) == ("A&B", "ab")
    assert image.profile is not None
    assert image.profile.values == {"X_TBL": {"N": 1, "L": [1, 2], "F": True, "T": "x"}}
    assert image.tables == {"ST1": Record({"A": [0, 1]})}


def test_a_table_may_be_octets() -> None:
    assert read_edl("x", f'{HEAD}<ST1 type="hex">45 4c\n53</ST1></edl>'.encode()).tables == {"ST1": b"ELS"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_is_found_by_its_content(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "values").write_bytes(f"{HEAD}<ST1><A type='text'>é</A></ST1></edl>".encode(encoding))
    image = read_image_file(str(tmp_path / "values"))
    assert isinstance(image, EdlImage)
    assert image.tables == {"ST1": Record({"A": "é"})}


def test_attributes_for_other_programs_are_left_aside() -> None:
    where = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:tdl:edl:1 A-EDL.xsd"'
    assert read_edl("x", f'<edl xmlns="urn:tdl:edl:1" {where}/>'.encode()).tables == {}


def test_the_place_of_an_element() -> None:
    text = f"{HEAD}\n <ST1>\n  <A type='list'>\n   <item/>\n   <item>\n    <B>1</B></item></A>\n </ST1>\n</edl>"
    image = read_edl("x", text.encode())
    assert image.place("ST1", ("A", 1, "B")) == (6, 5)
    assert image.place("ST1", ("A", 1, "NO")) == (5, 4)
    assert image.place("ST1", ("A",)) == (3, 3)
    assert image.place("ST1", ()) == (2, 2)
    assert image.place("ST2", ()) is None


def test_the_place_of_an_element_is_not_that_of_another_of_its_name() -> None:
    text = f"{HEAD}\n<ST1>\n<X><A><B>1</B></A></X>\n<A>\n<B>1</B></A></ST1>\n<ST2><C>1</C></ST2></edl>"
    image = read_edl("x", text.encode())
    assert image.place("ST1", ("A", "B")) == (5, 1)
    assert image.place("ST1", ("C",)) == (2, 1)
    assert image.place("ST1", ("A", "C")) == (4, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<edl", "not XML (unclosed token) at line 1, column 1"),
        ("<edl/>", "`edl` without a namespace found, `edl` of `urn:tdl:edl:1` expected at line 1, column 1"),
        ('<tdl xmlns="urn:tdl:edl:1"/>', "`tdl` of the namespace"),
        ('<edl xmlns="http://x"/>', "`edl` of the namespace `http://x` found"),
        (f'{HEAD}<x:ST1 xmlns:x="http://x"/></edl>', "`ST1` of another namespace found at line 1, column 28"),
        (f"{HEAD}<ST1>\n<A>x</A></ST1></edl>", "`A`: `x` found, an integer, `true`, `false` or the attribute `type`"),
        (f"{HEAD}<ST1>\n<A>1.5</A></ST1></edl>", "expected at line 2, column 1"),
        (f"{HEAD}<ST1><A/>\n<A/></ST1></edl>", "`A` stands twice in `ST1` at line 2, column 1"),
        (f"{HEAD}<ST1/><ST1/></edl>", "`ST1` stands twice in `edl`"),
        (f'{HEAD}<ST1><A kind="x">1</A></ST1></edl>', "`A` has an attribute `kind`, `type` or `raw` or `spare`"),
        (f'{HEAD}<ST1><A type="int">1</A></ST1></edl>', "`A` has the type `int`, one of `list`, `float`"),
        (f'{HEAD}<ST1><A type="list"><B/></A></ST1></edl>', "`B` found, `item` expected in a list"),
        (f'{HEAD}<ST1><A type="text"><B/></A></ST1></edl>', "`B` found in `A`, which is one value"),
        (f'{HEAD}<ST1><A raw="00"><B/></A></ST1></edl>', "`B` found in `A`, which is one value"),
        (f"{HEAD}<ST1>x<A/></ST1></edl>", "text `x` found between elements"),
        (f'{HEAD}<ST1 type="list">x</ST1></edl>', "text `x` found between elements"),
        (f'{HEAD}<ST1><A type="nil">x</A></ST1></edl>', "`x` found, nothing expected"),
        (f'{HEAD}<ST1><A type="float">x</A></ST1></edl>', "`x` found, a number, `INF`, `-INF` or `NaN` expected"),
        (f'{HEAD}<ST1><A type="set">1 x</A></ST1></edl>', "`x` found, an integer expected"),
        (f'{HEAD}<ST1><A type="set" raw="00">1</A></ST1></edl>', "attribute `raw` found, which the type `set`"),
        (f'{HEAD}<ST1><A type="escaped">\\u</A></ST1></edl>', "text with the escapes of JSON expected"),
        (f'{HEAD}<ST1><A spare="1">1</A></ST1></edl>', "only a bit field has spare bits"),
        (f'{HEAD}<ST1><A spare="x"><B/></A></ST1></edl>', "`x` found, an integer"),
        (f'{HEAD}<ST1><A spare="-1"><B/></A></ST1></edl>', "`$spare` is no number of bits"),
        (f'{HEAD}<ST1><A raw="0">1</A></ST1></edl>', "`$raw` is no text of hexadecimal digits"),
        (f"{HEAD}<ST1>1</ST1></edl>", "one value found, elements expected"),
        (f'{HEAD}<ST1 type="hex">0</ST1></edl>', "octets in hexadecimal expected"),
        (f"{HEAD}<profile>1</profile></edl>", "`profile` is a value"),
        (f"{HEAD}x</edl>", "text `x` found between elements"),
        ('<edl xmlns="urn:tdl:edl:1" x="1"/>', "`edl` has an attribute `x`, `definition` or `hash` expected"),
        (f"<!DOCTYPE edl>{HEAD}</edl>", "a document type found"),
        (f'<!DOCTYPE edl [<!ENTITY a "b">]>{HEAD}<ST1><A type="text">&a;</A></ST1></edl>', "a document type found"),
        (f'<!DOCTYPE edl SYSTEM "http://localhost/x">{HEAD}</edl>', "a document type found"),
        (f"{HEAD}<ST1>&a;</ST1></edl>", "undefined entity"),
        (f"{HEAD}{'<A>' * 300}{'</A>' * 300}</edl>", "nested more than 200 levels deep"),
        (f"{HEAD}{'<A>' * 100_000}", "nested more than 200 levels deep"),
        (f"{HEAD}<ST1><A>{'9' * 10_000}</A></ST1></edl>", "an integer expected"),
        (f"{HEAD}<ST1><A type='float'>{'9' * 10_000}</A></ST1></edl>", "a number, `INF`"),
        (f"{HEAD}{''.join(f'<T{n}/>' for n in range(17_000))}</edl>", "more tables than"),
        ('<?xml version="1.0" encoding="klingon"?><edl/>', "not XML"),
    ],
)
def test_what_is_no_edl_says_so_and_where(text: str, problem: str) -> None:
    with counted() as work, pytest.raises(UnreadableImage) as caught:
        read_edl("x.xml", text.encode())
    assert problem in caught.value.problem
    assert work.calls < 1_000_000


def test_a_file_may_be_too_long() -> None:
    with pytest.raises(UnreadableImage, match="larger than 64 MiB"):
        read_edl("x", b" " * (MAX_EDL_OCTETS + 1))


def test_no_value_that_a_codec_does_not_make() -> None:
    with pytest.raises(TypeError):
        write_edl({"ST1": Record({"A": object()})})
