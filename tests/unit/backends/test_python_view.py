"""Views of generated packages: what they have, what they have not, and how they behave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.differential import native_packages
from tests.differential.compared import outcome
from tests.differential.packages import imported

TEXT = """DOCUMENT VIEWED;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8
    DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); CHAR_FORMAT : UINT(4..6); HAS : BOOL(7);
END;
TYPE FORMAT_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; INT_FORMAT : UINT8; NAME : STRING(2); COUNT : UINT8; END;
TABLE 0 FORMAT_TBL = FORMAT_RCD;
TYPE FLAGS_BFLD = BIT FIELD OF UINT16 LOW : UINT(0..3); HIGH : BOOL(12); END;
TABLE 1 FLAGS_TBL = FLAGS_BFLD;
TYPE INNER_RCD = PACKED RECORD N : UINT16; property : UINT8; END;
TYPE OUTER_RCD = PACKED RECORD
    FLAGS : FLAGS_BFLD;
    AT : STIME_DATE;
    ONE : INNER_RCD;
    PAIR : ARRAY[2] OF INNER_RCD;
    LONG : ARRAY[300] OF INNER_RCD;
    NUMBERS : ARRAY[3] OF INT24;
    IF FORMAT_TBL.HAS == 1 THEN MORE : UINT8; END;
    NAME : STRING(2);
END;
TABLE 2 OUTER_TBL = OUTER_RCD;
TYPE TAIL_RCD = PACKED RECORD COUNT : UINT8; ITEMS : ARRAY[COUNT] OF UINT8; BEHIND : UINT8; END;
TYPE OPEN_RCD = PACKED RECORD FIRST : UINT8; INSIDE : TAIL_RCD; LAST : UINT8; END;
TABLE 3 OPEN_TBL = OPEN_RCD;
"""
PROFILE = "[FORMAT_TBL]\nDATA_ORDER = 0\nTM_FORMAT = 2\nCHAR_FORMAT = 1\nINT_FORMAT = 0\nHAS = 0\n"
HEAD = bytes([0xF5, 0x1F, 26, 1, 31, 23, 59])
INNERS = b"".join(bytes([n & 255, n >> 8, n % 7]) for n in range(303))
IMAGE = HEAD + INNERS + bytes([1, 0, 0, 0xFE, 0xFF, 0xFF, 0, 0, 0x80]) + b"AB"


@pytest.fixture(scope="module", params=["python", "native"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("viewed")
    (folder / "viewed.tdl").write_text(TEXT, "utf-8")
    (folder / "meter.toml").write_text(PROFILE, "utf-8")
    definition = load(str(folder / "viewed.tdl"))
    bound = bind(definition.plan, known_values(definition, read_profile(str(folder / "meter.toml"))))
    if request.param == "python":
        with imported(find_backend("python").generate(definition.model, bound, Options())) as made:
            yield made
    else:
        native_packages.write_package(definition.model, bound, folder)
        with native_packages.imported(folder) as made:
            assert not native_packages.is_plain(made.st2.view)
            yield made


def test_an_element_is_what_decoding_makes_of_it(package: Any) -> None:
    view = package.view("ST2", IMAGE)
    assert view.FLAGS == package.decode("ST2", IMAGE).FLAGS
    assert (view.FLAGS.LOW, view.FLAGS.HIGH, view.FLAGS.spare) == (5, True, 0x0FF0)
    moment = view.AT
    assert moment == datetime(2026, 1, 31, 23, 59)
    assert view.NUMBERS == [1, -2, -0x800000]
    assert view.NAME == "AB"
    assert view.MORE is None
    assert (view.ONE.N, view.ONE["N"], view.ONE.property) == (0, 0, 0)


def test_a_short_array_of_records_is_a_sequence_of_views(package: Any) -> None:
    pair = package.view("ST2", IMAGE).PAIR
    assert isinstance(pair, Sequence)
    assert len(pair) == 2
    assert [each.N for each in pair] == [1, 2]
    assert (pair[-1].N, pair[-2].N) == (2, 1)
    assert [each.N for each in pair[::-1]] == [2, 1]
    assert pair[0] == pair[0] != pair[1]
    assert pair == list(pair) == package.view("ST2", IMAGE).PAIR
    for beyond in (2, -3):
        with pytest.raises(IndexError):
            pair[beyond]
    with pytest.raises(TypeError):
        pair["N"]
    assert repr(pair) == "[_V2_INNER_RCD(N=1, property=1), _V2_INNER_RCD(N=2, property=2)]"


def test_a_long_array_is_the_one_of_a_record(package: Any) -> None:
    view = package.view("ST2", IMAGE)
    assert view.LONG == package.decode("ST2", IMAGE).LONG
    assert list(package.columns(view.LONG)["N"]) == list(range(3, 303))


def test_elements_by_name(package: Any) -> None:
    view = package.view("ST2", IMAGE)
    assert list(view) == ["FLAGS", "AT", "ONE", "PAIR", "LONG", "NUMBERS", "NAME"]
    assert "AT" in view
    assert "MORE" not in view
    assert [] not in view.PAIR
    for absent in ("MORE", "OTHER"):
        with pytest.raises(KeyError):
            view[absent]


def test_a_view_reads_and_does_not_write(package: Any) -> None:
    octets = bytearray(IMAGE)
    view = package.view("ST2", octets)
    octets[0] = 0
    assert view.FLAGS.LOW == 5, "what is not bytes is copied"
    for name in ("AT", "NEW"):
        with pytest.raises(AttributeError):
            setattr(view, name, 1)


def test_octets_of_another_length_are_refused_as_by_decode(package: Any) -> None:
    for wrong in (b"", IMAGE[:-1], IMAGE + b"\0"):
        assert outcome(package.view, "ST2", wrong) == outcome(package.decode, "ST2", wrong)
        assert outcome(package.view, "ST2", wrong)[0] == "DecodeError"
    assert outcome(package.view, "ST3", b"\1\1")[0] == "DecodeError"


def test_what_depends_on_the_content_is_not_there_and_said_to_be_missing(package: Any) -> None:
    view = package.view("ST3", bytes([9, 1, 5, 6, 7]))
    assert (view.FIRST, view.INSIDE.COUNT) == (9, 1)
    assert not hasattr(view, "LAST")
    assert not hasattr(view.INSIDE, "ITEMS")
    assert "It has no LAST: " in type(view).__doc__
    assert "It has no ITEMS, BEHIND: " in type(view.INSIDE).__doc__
    assert "NAME" not in package.view("ST0", bytes(5)), "its characters are those that the table itself chooses"


def test_a_date_that_is_none_is_raw(package: Any) -> None:
    for octets in (bytes(5), b"\xff" * 5, bytes([26, 2, 30, 0, 0])):
        image = HEAD[:2] + octets + IMAGE[7:]
        view = package.view("ST2", image)
        assert type(view.AT) is package.Raw
        assert view.AT == package.decode("ST2", image).AT == octets


def test_a_table_that_is_a_bit_field_is_decoded(package: Any) -> None:
    assert package.view("ST1", b"\x05\x10") == package.decode("ST1", b"\x05\x10")
