"""Dates and times: the parts that Kaitai can name (see `tdl.codec.moments`)."""

from __future__ import annotations

from tdl.backends.kaitai.text import Spec

_PARTS = {
    "LTIME_DATE": "YMDhms",
    "STIME_DATE": "YMDhm",
    "HTIME_DATE": "YMDhmsc",
    "TIME_DATE": "YMDhms",
    "TIME": "hms",
    "STIME": "hm",
    "HTIME": "hmsc",
}
_NAMES = {"Y": "year", "M": "month", "D": "day", "h": "hour", "m": "minute", "s": "second", "c": "hundredth"}

_COUNTS = {
    ("LTIME_DATE", 3): ((4, "minutes"), (1, "seconds")),
    ("LTIME_DATE", 4): ((4, "seconds"),),
    ("STIME_DATE", 3): ((4, "minutes"),),
    ("STIME_DATE", 4): ((4, "seconds"),),
    ("HTIME_DATE", 3): ((4, "minutes"), (2, "hundredths")),
    ("HTIME_DATE", 4): ((4, "seconds"), (1, "hundredths")),
    ("TIME_DATE", 3): ((4, "minutes"), (1, "seconds")),
    ("TIME_DATE", 4): ((4, "seconds"),),
    ("TIME", 3): ((4, "seconds"),),
    ("TIME", 4): ((4, "seconds"),),
    ("STIME", 3): ((2, "minutes"),),
    ("STIME", 4): ((4, "seconds"),),
    ("HTIME", 3): ((4, "hundredths"),),
    ("HTIME", 4): ((4, "hundredths"),),
}
"""What a format counts: from 1970-01-01 00:00 UTC, or from midnight."""

_SHORT_YEAR = "(1990 + ({year} + 10) % 100)"


def moment_type(kind: str, variant: int, order: str) -> Spec:
    """The type of a date or time; ``order`` is what types of several octets end with."""
    if kind == "DATE":
        return _date(order)
    if kind == "RDATE":
        return _recurring(order)
    if variant in (1, 2):
        return _parts(kind, bcd=variant == 1)
    counts = _COUNTS[kind, variant]
    since = "1970-01-01 00:00 UTC" if "Y" in _PARTS[kind] else "midnight"
    seq = [{"id": name, "type": f"u{octets}{order if octets > 1 else ''}"} for octets, name in counts]
    return {"doc": f"{kind}, counted from {since}", "seq": seq}


def _parts(kind: str, *, bcd: bool) -> Spec:
    names = [_NAMES[part] for part in _PARTS[kind]]
    seq = [{"id": f"{name}_octet", "type": "u1"} for name in names]
    instances = {}
    for name in names:
        octet = f"{name}_octet"
        number = f"({octet} >> 4) * 10 + ({octet} & 15)" if bcd else octet
        instances[name] = {"value": _SHORT_YEAR.format(year=f"({number})") if name == "year" else number}
    digits = "two decimal digits" if bcd else "a number"
    return {"doc": f"{kind}, {digits} for each part", "seq": seq, "instances": instances}


def _date(order: str) -> Spec:
    bits = {"year": _SHORT_YEAR.format(year="(bits & 127)"), "month": "(bits >> 7) & 15", "day": "bits >> 11"}
    return {
        "doc": "DATE",
        "seq": [{"id": "bits", "type": f"u2{order}"}],
        "instances": {name: {"value": value} for name, value in bits.items()},
    }


def _recurring(order: str) -> Spec:
    return {
        "doc": "RDATE: what its parts mean depends on the month",
        "seq": [{"id": "bits", "type": f"u2{order}"}],
        "instances": {
            "value": {"value": "bits"},
            "month": {"value": "bits & 15"},
            "offset": {"value": "(bits >> 4) & 15", "if": "month >= 1 and month <= 13"},
            "weekday": {"value": "(bits >> 8) & 7", "if": "month >= 1 and month <= 14"},
            "day": {"value": "bits >> 11", "if": "month >= 1 and month <= 13"},
            "period": {"value": "(bits >> 4) & 63", "if": "month == 15"},
            "delta": {"value": "bits >> 10", "if": "month == 15"},
            "minutes": {"value": "bits >> 4", "if": "month == 0"},
        },
    }
