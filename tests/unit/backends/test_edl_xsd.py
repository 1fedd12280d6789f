"""The EDL schema: what it accepts and what it refuses, construct by construct."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from tdl.backends.api import BackendError, Options, backend_names, find_backend
from tdl.backends.edl_xsd.backend import BACKEND, NAMESPACE
from tdl.backends.edl_xsd.pieces import MAX_OCCURS
from tdl.image.edl.leaves import NAMESPACE as EDL_NAMESPACE
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.sources import Resolver

CONFIGURATION = """
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0);
    CHAR_FORMAT : UINT(1..3);
    TM_FORMAT : UINT(4..6);
    ON_FLAG : BOOL(7..7);
END;
TYPE GEN_CONFIG_RCD = PACKED RECORD
    FORMAT : FORMAT_BFLD;
    NI : NI_BFLD;
    LENGTH : UINT8;
END;
TYPE NI_BFLD = BIT FIELD OF UINT8
    NI_FORMAT1 : UINT(0..3);
    INT_FORMAT : UINT(4..5);
END;
TABLE 0 GEN_CONFIG_TBL = GEN_CONFIG_RCD;
"""


def definition(members: str, more: str = "") -> Definition:
    text = f"{CONFIGURATION}{more}\nTYPE X_RCD = PACKED RECORD\n{members}\nEND;\nTABLE 1 X_TBL = X_RCD;\n"
    return load("x.tdl", resolver=Resolver(overlay={"x.tdl": text}))


def schema(compiled: Definition, *settings: str) -> Any:
    plan = compiled.plan
    if settings:
        plan = bind(plan, known_values(compiled, None, settings))
    (file,) = BACKEND.generate(compiled.model, plan, Options())
    return etree.XMLSchema(etree.fromstring(file.content))


def accepts(found: Any, body: str, attributes: str = "") -> bool:
    text = f'<edl xmlns="{NAMESPACE}"{attributes}><ST1>{body}</ST1></edl>'
    return bool(found.validate(etree.fromstring(text)))


def test_it_is_a_target() -> None:
    assert "edl-xsd" in backend_names()
    assert find_backend("edl-xsd") is BACKEND


def test_it_is_of_the_namespace_that_edl_has() -> None:
    assert NAMESPACE == EDL_NAMESPACE


def test_the_file_is_named_for_the_definition_or_as_asked() -> None:
    compiled = definition("A : UINT8;")
    assert [f.path for f in BACKEND.generate(compiled.model, compiled.plan, Options())] == [f"{compiled.name}-EDL.xsd"]
    assert [f.path for f in BACKEND.generate(compiled.model, compiled.plan, Options(package="A"))] == ["A-EDL.xsd"]


@pytest.mark.parametrize("package", ["", "../x", "a/b", "x" * 101])
def test_a_name_that_is_none(package: str) -> None:
    compiled = definition("A : UINT8;")
    with pytest.raises(BackendError, match="letters, digits"):
        BACKEND.generate(compiled.model, compiled.plan, Options(package=package))


def test_an_option_that_it_does_not_have() -> None:
    compiled = definition("A : UINT8;")
    with pytest.raises(BackendError):
        BACKEND.generate(compiled.model, compiled.plan, Options(values={"x": "y"}))


LEAVES = [
    ("UINT8", (), ["0", "255"], ["256", "-1", "", "x", "1.5"]),
    ("UINT24", (), ["0", "16777215"], ["16777216", "-1"]),
    ("UINT64", (), ["18446744073709551615"], ["18446744073709551616"]),
    ("INT16", (), ["-32768", "32767"], ["-32769", "32768"]),
    ("FLOAT32", (), ["@type=float|1.5", "@type=float|INF", "@type=float raw=7FC00000|NaN"], ["1.5", "@type=float|x"]),
    ("BINARY(2)", (), ["@type=hex|00FF"], ["@type=hex|00", "@type=hex|0", "00FF", "@type=text|00FF"]),
    ("BCD(2)", (), ["@type=text|1234"], ["@type=text|12345", "@type=text|12"]),
    ("SET(2)", (), ["@type=set|0 15", "@type=set|"], ["@type=set|16", "@type=set|x", "0"]),
    ("STRING(4)", (), ["@type=text|A", "@type=raw|41424344"], ["@type=text|ABCDE", "A", "@type=date|A"]),
    ("STRING(4)", ("GEN_CONFIG_TBL.CHAR_FORMAT=1",), ["@type=text|A", "@type=escaped|\\u0000"], ["@type=raw|41424344"]),
    ("STRING(GEN_CONFIG_TBL.LENGTH)", (), ["@type=text|ABCDE"], ["ABCDE"]),
    ("STRING(GEN_CONFIG_TBL.LENGTH)", ("GEN_CONFIG_TBL.LENGTH=2",), ["@type=text|AB"], ["@type=text|ABC"]),
    ("DATE", (), ["@type=date|2024-01-18", "@type=raw|0000"], ["@type=date|2024-13-18", "@type=date|18.1.2024"]),
    ("STIME_DATE", (), ["@type=dateTime|2024-01-18T17:45:00", "@type=nil|"], ["@type=dateTime|2024-01-18T17:45:00Z"]),
    ("STIME_DATE", ("GEN_CONFIG_TBL.TM_FORMAT=2",), ["@type=dateTime|2024-01-18T17:45:00"], ["@type=nil|"]),
    ("TIME", ("GEN_CONFIG_TBL.TM_FORMAT=2",), ["@type=time|17:45:00.5"], ["@type=time|25:00:00"]),
    ("RDATE", (), ["0", "65535"], ["65536", "@type=date|2024-01-18"]),
    ("NI_FMAT1", (), ["@type=float|1", "@type=decimal|1.5", "7"], ["@type=text|1", "x"]),
    ("NI_FMAT1", ("GEN_CONFIG_TBL.NI_FORMAT1=8",), ["7"], ["2147483648", "@type=float|7"]),
    ("ARRAY[2] OF UINT8", (), ["@type=list|<item>1</item><item>2</item>"], ["@type=list|<item>1</item>", "1"]),
    ("ARRAY[2] OF UINT8", (), [], ["<item>1</item><item>2</item>", "@type=list|<item>1</item><item>256</item>"]),
    (f"ARRAY[{MAX_OCCURS + 1}] OF UINT8", (), ["@type=list|<item>1</item>"], ["@type=list|<item>256</item>"]),
    ("ARRAY[1] OF ARRAY[1] OF UINT8", (), ["@type=list|<item type='list'><item>1</item></item>"],
     ["@type=list|<item/>", "@type=list|<item>1</item>"]),
    ("FORMAT_BFLD", (), ["<DATA_ORDER>1</DATA_ORDER><CHAR_FORMAT>7</CHAR_FORMAT><TM_FORMAT>0</TM_FORMAT>"
      "<ON_FLAG>true</ON_FLAG>"], ["<DATA_ORDER>2</DATA_ORDER><CHAR_FORMAT>7</CHAR_FORMAT><TM_FORMAT>0</TM_FORMAT>"
      "<ON_FLAG>true</ON_FLAG>", ""]),
    ("OPAQUE(2)", (), ["@type=hex|", "@type=hex|0001"], ["@type=hex|000102"]),
    ("NIL", (), ["@type=nil|"], ["0", "@type=nil|0"]),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "settings", "right", "wrong"), LEAVES, ids=[str(leaf[:2]) for leaf in LEAVES])
def test_an_element(type_: str, settings: tuple[str, ...], right: list[str], wrong: list[str]) -> None:
    found = schema(definition(f"A : {type_};"), *settings)
    for example in (*right, *wrong):
        said, bar, content = example.rpartition("|")
        pairs = (pair.split("=") for pair in said.removeprefix("@").split()) if bar else ()
        attributes = "".join(f' {name}="{value}"' for name, value in pairs)
        assert accepts(found, f"<A{attributes}>{content}</A>") == (example in right), (example, found.error_log)


def test_the_names_of_codes() -> None:
    codes = "TYPE C_ENUM = ENUMERATION OFF : 0; ON : 1..9; END;"
    found = schema(definition("A : UINT8 WITH Enum = C_ENUM;", codes))
    assert accepts(found, '<A name="ON">3</A>')
    assert accepts(found, "<A>77</A>")
    assert not accepts(found, '<A name="ONN">3</A>')


def test_order_and_names() -> None:
    found = schema(definition("A : UINT8; B : UINT8;"))
    assert accepts(found, "<A>1</A><B>2</B>")
    for body in ("<B>2</B><A>1</A>", "<A>1</A>", "<A>1</A><B>2</B><C>3</C>", "<A>1</A><BB>2</BB>", "<A>1</A><A>1</A>"):
        assert not accepts(found, body)


FLAG = "GEN_CONFIG_TBL.ON_FLAG"


def test_conditionals_are_choices() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; B : UINT8; ELSE C : UINT8; END; D : UINT8;"))
    for body, right in {
        "<A>1</A><B>1</B><D>1</D>": True,
        "<C>1</C><D>1</D>": True,
        "<D>1</D>": False,
        "<A>1</A><D>1</D>": False,
        "<A>1</A><B>1</B><C>1</C><D>1</D>": False,
    }.items():
        assert accepts(found, body) == right
    bound = schema(definition(f"IF {FLAG} THEN A : UINT8; ELSE C : UINT8; END;"), f"{FLAG}=true")
    assert accepts(bound, "<A>1</A>")
    assert not accepts(bound, "<C>1</C>")


def test_what_a_branch_may_lack() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; END; B : UINT8;"))
    assert accepts(found, "<B>1</B>")
    assert accepts(found, "<A>1</A><B>1</B>")
    assert not accepts(found, "<A>1</A>")


def test_branches_that_share_names_keep_their_order() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; B : UINT8; ELSE A : UINT16; C : UINT8; END; D : UINT8;"))
    for body, right in {
        "<A>1</A><B>1</B><D>1</D>": True,
        "<A>65535</A><C>1</C><D>1</D>": True,
        "<A>65536</A><C>1</C><D>1</D>": False,
        "<C>1</C><A>1</A><D>1</D>": False,
        "<B>1</B><D>1</D>": False,
        "<A>1</A><B>1</B>": False,
    }.items():
        assert accepts(found, body) == right, body


def test_branches_that_do_not_agree_on_order() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; B : UINT8; ELSE B : UINT8; A : UINT8; END;"))
    assert accepts(found, "<A>1</A><B>1</B>")
    assert accepts(found, "<B>1</B><A>1</A>")
    assert not accepts(found, "<A>1</A><C>1</C>")


def test_a_name_that_is_a_record_in_one_branch_and_a_number_in_the_other() -> None:
    more = "TYPE R_RCD = PACKED RECORD N : UINT8; END;"
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; ELSE A : R_RCD; END; B : UINT8;", more))
    assert accepts(found, "<A>1</A><B>1</B>")
    assert accepts(found, "<A><N>1</N></A><B>1</B>")
    assert not accepts(found, "<A>1</A>")


def test_records_of_one_name_and_different_sizes() -> None:
    more = "TYPE R_RCD = PACKED RECORD N : UINT8; END; TYPE S_RCD = PACKED RECORD R : R_RCD; END;"
    found = schema(definition("A : ARRAY[1] OF R_RCD; B : S_RCD;", more))
    assert accepts(found, '<A type="list"><item><N>1</N></item></A><B><R><N>1</N></R></B>')


def test_a_record_that_differs_from_table_to_table() -> None:
    more = "TYPE R_RCD = PACKED RECORD D : BINARY(X_TBL.N); END; TABLE 2 Y_TBL = R_RCD;"
    found = schema(definition("N : UINT8; R : R_RCD;", more), "X_TBL.N=2")  # known for Y_TBL, its own value in X_TBL
    assert accepts(found, '<N>3</N><R><D type="hex">000000</D></R>')
    for octets, right in (("0000", True), ("000000", False)):
        text = f'<edl xmlns="{NAMESPACE}"><ST2><D type="hex">{octets}</D></ST2></edl>'
        assert found.validate(etree.fromstring(text)) == right


def test_the_definition_that_it_is_of() -> None:
    compiled = definition("A : UINT8;")
    found = schema(compiled)
    assert accepts(found, "<A>1</A>", f' definition="X" hash="{compiled.hash}"')
    assert not accepts(found, "<A>1</A>", f' definition="X" hash="{"0" * 64}"')


def test_it_is_the_same_each_time() -> None:
    one, other = definition("A : UINT8;"), definition("A : UINT8;")
    assert BACKEND.generate(one.model, one.plan, Options()) == BACKEND.generate(other.model, other.plan, Options())
