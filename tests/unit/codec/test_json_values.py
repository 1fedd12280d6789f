from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from decimal import Decimal

import pytest

from tdl.codec.decimals import ExactDecimal
from tdl.codec.json_values import MAX_DEPTH, from_json, to_json
from tdl.codec.octets import read_text, write_text
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, Record, RecurringDate


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        (True, True),
        (5, 5),
        (1.5, 1.5),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
        (Decimal("12.50"), "12.50"),
        ("AX ", "AX "),
        ("é", "é"),
        (b"\x01\xff", "01FF"),
        (Members(b"\x89"), [0, 3, 7]),
        (RecurringDate(0x1234), 0x1234),
        (datetime(2019, 3, 19, 19, 4, 3), "2019-03-19T19:04:03"),
        (date(2019, 3, 19), "2019-03-19"),
        (time(19, 4, 3, 560000), "19:04:03.560000"),
        ([1, [2, (3, b"\x04")]], [1, [2, [3, "04"]]]),
        (Raw(b"\xff\xff"), {"$raw": "FFFF"}),
        (ExactInt(0, b"\xff"), {"$raw": "FF", "$value": 0}),
        (ExactDecimal(Decimal("1.50"), b"+1.50"), {"$raw": "2B312E3530", "$value": "1.50"}),
        (ExactFloat(math.nan, b"\x7f\xc0\0\0"), {"$raw": "7FC00000", "$value": "NaN"}),
        (Record({"A": 1, "B": Record({"C": b"\x05"})}), {"A": 1, "B": {"C": "05"}}),
        (Record({"F": True}, spare=0x80), {"F": True, "$spare": 0x80}),
    ],
)
def test_forms(value: object, form: object) -> None:
    made = to_json(value)
    assert made == form
    assert json.loads(json.dumps(made, allow_nan=False)) == form
    assert type(made) in (dict, list, str, int, float, bool, type(None))


@pytest.mark.parametrize(
    "value",
    [
        Raw(b"\xff"),
        Raw(b""),
        ExactInt(-5, b"\xff"),
        ExactDecimal(Decimal("-1.50"), b"x"),
        ExactFloat(math.nan, b"\x7f\xc0\0\0"),
        ExactFloat(math.inf, b"x"),
        ExactFloat(1.5, b"x"),
        Record({"A": [1, Raw(b"\x01")], "raw": "FF", "value": 5, "spare": 1}, spare=7),
        Record(),
        Record({"A": 1}, spare=1),
    ],
    ids=repr,
)
def test_what_holds_octets_comes_back_as_it_was(value: object) -> None:
    back = from_json(json.loads(json.dumps(to_json(value))))
    assert type(back) is type(value)
    assert back == value
    assert getattr(back, "raw", None) == getattr(value, "raw", None)


@pytest.mark.parametrize(("charset", "octets"), [(1, "41E942"), (1, "C3A9"), (3, "41E9"), (3, "EDB280"), (1, "31FF")])
def test_text_with_octets_that_are_no_characters_is_valid_json_everywhere(charset: int, octets: str) -> None:
    raw = bytes.fromhex(octets)
    form = to_json(read_text(raw, charset))
    assert isinstance(form, dict)
    assert form["$raw"] == octets
    text = json.dumps(form, ensure_ascii=False).encode("utf-8")
    assert write_text(from_json(json.loads(text)), len(raw), charset) == raw


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"$raw": 5}, "`\\$raw` is no text of hexadecimal digits"),
        ({"$raw": "F"}, "hexadecimal digits"),
        ({"$raw": "FF", "A": 1}, "`\\$raw` stands beside other names"),
        ({"$raw": "FF", "$spare": 1}, "`\\$raw` stands beside other names"),
        ({"$raw": "FF", "$value": [1]}, "`\\$value` is neither number nor text"),
        ({"$raw": "FF", "$value": True}, "`\\$value` is neither number nor text"),
        ({"$value": 1}, "`\\$value` is no element"),
        ({"A": {"$other": 1}}, "`\\$other` is no element"),
        ({"$spare": -1}, "`\\$spare` is no number of bits"),
        ({"$spare": "1"}, "`\\$spare` is no number of bits"),
        ({"$spare": True}, "`\\$spare` is no number of bits"),
    ],
)
def test_objects_of_no_value_are_refused(form: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_json(form)  # type: ignore[arg-type]


def test_depth_is_bounded() -> None:
    def nested(depth: int) -> object:
        form: object = 1
        for level in range(depth):
            form = [form] if level % 2 else {"A": form}
        return form

    assert to_json(from_json(nested(MAX_DEPTH))) == nested(MAX_DEPTH)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        from_json(nested(MAX_DEPTH + 1))  # type: ignore[arg-type]


def test_what_no_codec_makes_has_no_form() -> None:
    with pytest.raises(TypeError, match="no JSON form for a value of type `complex`"):
        to_json([1j])
    with pytest.raises(ValueError, match="surrogates"):
        to_json("\ud800")
