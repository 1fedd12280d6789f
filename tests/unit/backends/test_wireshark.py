"""The file of the Wireshark back end: names, options, refusals, and text that must stay text."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tdl.backends.api import BackendError, Options, find_backend
from tdl.backends.wireshark.lua import comment, literal, quoted
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.sources import Resolver
from tests.differential.wireshark_walks import LUAS, case, plugin
from tests.tools import tool

TEXT = """
DOCUMENT D;
TYPE MODES_ENUM = ENUMERATION
    OFF : 0;
    ON : 1..3;
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    MODE : UINT(0..1) WITH Enum = MODES_ENUM;
    READY : BOOL(7);
END;
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8;
    VOLTS : ARRAY[COUNT] OF UINT16 WITH Unit = "V", Scale = "0.1";
    FLAGS : FLAGS_BFLD;
    Count : UINT8 WITH Unit = "s";
    end : FLOAT64;
END;
TABLE 5 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD
    DATA : BINARY(A_TBL.COUNT);
END;
TABLE MFG 12 B_TBL = B_RCD;
TYPE C_RCD = PACKED RECORD
    OTHER : UINT8;
END;
TABLE MFG 13 C_TBL = C_RCD;
"""


def definition(text: str = TEXT) -> Definition:
    return load("d.tdl", resolver=Resolver({"d.tdl": text}))


def generated(of: Definition, package: str | None = None, **values: str) -> tuple[str, str]:
    (file,) = find_backend("wireshark").generate(of.model, of.plan, Options(package=package, values=values))
    return file.path, file.content.decode("ascii")


def filters(text: str) -> list[str]:
    return re.findall(r'^fields\[\d+\] = \{filter = "([^"]*)"', text, re.MULTILINE)


def test_one_file_named_for_the_definition() -> None:
    assert generated(definition())[0] == "tdl_d.lua"
    assert generated(definition(), package="ax200")[0] == "tdl_ax200.lua"


def test_the_same_each_time() -> None:
    assert generated(definition()) == generated(definition())


def test_filters_are_paths_and_no_two_are_one() -> None:
    found = filters(generated(definition())[1])
    assert {"tdl.st5.count", "tdl.st5.volts", "tdl.st5.flags.mode", "tdl.mt12.data"} <= set(found)
    assert "tdl.st5.count_2" in found, "`Count` and `COUNT` are two elements"
    assert len(set(found)) == len(found)


def test_the_filters_of_the_standard() -> None:
    found = filters(generated(load("std:2012"))[1])
    assert "tdl.st23.tot_data_block.summations" in found
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"tdl(\.[a-z0-9_]+)+", name) for name in found)


def test_codes_with_one_number_have_names_in_filters() -> None:
    """Where several numbers share a name, comparing with the name would find the first of them alone."""
    _, text = generated(definition())
    assert 'names["MODES_ENUM"] = {[0] = "OFF"}' in text
    assert 'codes["MODES_ENUM"] = {{0, 0, "OFF"}, {1, 3, "ON"}}' in text


def test_a_prefix_of_its_own() -> None:
    assert "ax200.st5.count" in filters(generated(definition(), prefix="ax200")[1])


def test_chosen_tables_and_those_that_they_depend_on() -> None:
    _, text = generated(definition(), tables="MT12")
    assert re.findall(r'^tables\[\d+\] = \{key = "([^"]*)"', text, re.MULTILINE) == ["ST5", "MT12"]


@pytest.mark.parametrize(
    ("package", "values", "named"),
    [
        ("Ax", {}, "--package"),
        ("", {"prefix": "a.b"}, "prefix"),
        ("", {"tables": "ST5,ST99"}, "ST99"),
        ("", {"colour": "red"}, "colour"),
    ],
)
def test_what_is_refused(package: str, values: dict[str, str], named: str) -> None:
    with pytest.raises(BackendError) as caught:
        generated(definition(), package=package or None, **values)
    assert named in f"{caught.value.diagnostic.message} {caught.value.diagnostic.place}"


def test_binding_settles_what_is_bound() -> None:
    of = definition()
    known = Environment()
    known.set(5, ("COUNT",), 2)
    (file,) = find_backend("wireshark").generate(of.model, bind(of.plan, known), Options())
    assert b"length = 2}" in file.content
    assert b"limiting = {[5] = true}" not in file.content


@pytest.mark.parametrize(
    "text",
    ['"', "\\", "]]", "\n", "\r\n\0", "é°", "${x}", "{{ 7 }}", "--[[", "\\065"],
)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    """Lua reads a literal as what it was made from, and a comment as nothing."""
    script = tmp_path / "script.lua"
    script.write_text(f"{comment(text)}\nio.write({quoted(text)})", "utf-8")
    for lua in LUAS:
        run = subprocess.run([tool(lua), str(script)], capture_output=True, check=True)
        assert run.stdout == text.encode("utf-8")


def test_names_that_lua_keeps_for_itself() -> None:
    assert literal({"end": 1, "at": None, "A": True}) == '{["end"] = 1, A = true}'


# --- limits ----------------------------------------------------------------------------------------------------------


def nested(levels: int) -> str:
    """A table of records in records, with members before each that a Lua compiler would have to keep in registers."""
    members = "".join(f"    M{number} : UINT8;\n" for number in range(30))
    types = ["TYPE R0_RCD = PACKED RECORD\n    END_OF_ALL : UINT8;\nEND;\n"]
    for level in range(1, levels):
        types.append(f"TYPE R{level}_RCD = PACKED RECORD\n{members}    NEXT : R{level - 1}_RCD;\nEND;\n")
    return f"DOCUMENT D;\n{''.join(types)}TABLE 5 DEEP_TBL = R{levels - 1}_RCD;\n"


def test_deep_definitions() -> None:
    of = definition(nested(32))
    with plugin(of.model, of.plan) as made:
        for lua in LUAS:
            ((shown, problem),) = made.walk([case("ST5", bytes(31 * 30 + 1))], lua)
            assert (problem, shown[-1].label, len(shown)) == ("", "END_OF_ALL", 31 * 30 + 1)


HOSTILE = """
DOCUMENT D;
TYPE EMPTY_RCD = PACKED RECORD
    NOTHING : NIL;
END;
TYPE MANY_RCD = PACKED RECORD
    COUNT : UINT24;
    INNER : ARRAY[COUNT] OF EMPTY_RCD;
    AGAIN : ARRAY[COUNT] OF EMPTY_RCD;
END;
TABLE 5 MANY_TBL = MANY_RCD;
"""


@pytest.mark.parametrize(
    ("count", "most"), [(0xFFFF, 131072), (1 << 20, 131072), ((1 << 20) + 1, 1048576), (0xFFFFFF, 1048576)]
)
def test_hostile_counts(count: int, most: int) -> None:
    """What costs no octets ends at a budget."""
    of = definition(HOSTILE)
    plan = bind(of.plan, _least_first())
    with plugin(of.model, plan) as made:
        ((shown, problem),) = made.walk([case("ST5", count.to_bytes(3, "little"))])
        assert f"more, at most {most} elements" in problem
        assert len(shown) < 131072


def _least_first() -> Environment:
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    return known
