from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest

from tdl.codec.errors import DecodeError, EncodeError, ImageError, LeafError, MissingValue, TdlError, path_text, shown
from tdl.codec.values import Record


def truncated(**more: object) -> DecodeError:
    attributes: dict[str, object] = {
        "table": "ST23",
        "path": ("TIER_DATA_BLOCK", 2, "SUMMATIONS", 0),
        "offset": 41,
        "kind": "truncated",
        "expected": "6",
        "found": "3 octets left",
    }
    return DecodeError(**(attributes | more))  # type: ignore[arg-type]


def test_says_where_and_what_found_before_expected() -> None:
    assert str(truncated()) == "ST23 TIER_DATA_BLOCK[2].SUMMATIONS[0] at octet 41: 3 octets left, 6 expected"
    assert str(truncated(bit=4)) == (
        "ST23 TIER_DATA_BLOCK[2].SUMMATIONS[0] at octet 41 bit 4: 3 octets left, 6 expected"
    )
    assert str(truncated(path=(), expected="")) == "ST23 at octet 41: 3 octets left"


def test_one_base_for_all_and_one_for_images() -> None:
    assert issubclass(DecodeError, ImageError)
    assert issubclass(EncodeError, ImageError)
    assert issubclass(ImageError, TdlError)
    assert issubclass(MissingValue, TdlError)
    assert issubclass(LeafError, ValueError)


@pytest.mark.parametrize("error", [DecodeError, EncodeError])
def test_survives_pickling_with_everything_it_holds(error: type[ImageError]) -> None:
    original = error(
        table="ST0", path=("A", 1), offset=7, bit=3, kind="range", expected="0", found="1", tree=Record({"A": 1})
    )
    original.add_note("seen in meter 7")
    copy = pickle.loads(pickle.dumps(original))
    assert type(copy) is error
    names = ("table", "path", "offset", "bit", "kind", "expected", "found", "tree")
    assert [getattr(copy, name) for name in names] == ["ST0", ("A", 1), 7, 3, "range", "0", "1", Record({"A": 1})]
    assert str(copy) == str(original)


def test_small_errors_survive_pickling() -> None:
    missing = pickle.loads(pickle.dumps(MissingValue("GEN_CONFIG_TBL.ID_FORM")))
    assert (missing.label, str(missing)) == ("GEN_CONFIG_TBL.ID_FORM", "`GEN_CONFIG_TBL.ID_FORM` is not known")
    leaf = pickle.loads(pickle.dumps(LeafError("range", "0 to 255", "300")))
    assert (leaf.kind, leaf.expected, leaf.found, str(leaf)) == ("range", "0 to 255", "300", "300, 0 to 255 expected")


def test_a_path_reads_as_in_the_language() -> None:
    assert path_text(("A", 2, "B")) == "A[2].B"
    assert path_text(("A", 1, 2)) == "A[1][2]"
    assert path_text((3, "A")) == "[3].A"
    assert path_text(()) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (300, "300"),
        (1.5, "1.5"),
        (Decimal("1.50"), "1.50"),
        ("ab", "'ab'"),
        ("a" * 1000, "'" + "a" * 40 + "'..."),
        (b"abc", "3 octets"),
        (bytearray(1), "1 octet"),
        (date(2019, 3, 19), "2019-03-19"),
        ("a" * 40, "'" + "a" * 40 + "'"),
        (2**128 - 1, "340282366920938463463374607431768211455"),
        (2**128, "an integer of 129 bits"),
        (Decimal("1" * 48), "1" * 48),
        ([1, 2], "a value of type `list`"),
        (2**4000, "an integer of 4001 bits"),
        (Decimal("1" * 61), "a number of 61 characters"),
    ],
)
def test_shows_a_value_in_few_words(value: object, text: str) -> None:
    assert shown(value) == text
