# SPDX-License-Identifier: 0BSD
"""Decimal numbers: FLOAT_CHARn and FIXED_BCDn, written in characters or digits, and integers with decimals.

No public source says how a number is to be spelled, so what is written is our own policy; whatever is read is kept,
octet for octet.

- FLOAT_CHAR: ASCII, aligned to the right with spaces; plain notation if it fits, else plain without zeros at the end
  of its fraction, else scientific (``1.5E-7``), else it is refused.
- FIXED_BCD: two digits an octet, most significant first in either byte order. Besides 0 to 9 a digit is A for minus,
  B for a blank that counts as zero, and D for the decimal point; C, E and F are unreadable. Written are digits
  aligned to the right with zeros, minus in the first digit of all, and a point only before a fraction.
- Binary integers that stand for a number with so many decimals.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from tdl.codec.decimals import ExactDecimal
from tdl.codec.errors import LeafError, shown
from tdl.codec.octets import limits, read_int, write_int
from tdl.codec.values import ExactInt, Raw, kept

MAX_EXPONENT = 999
"""A larger exponent of ten, either way, is no reading: it would cost more to calculate with than to send."""

_SPELLING = frozenset("0123456789+-.eE")
_MINUS, _BLANK, _POINT = "A", "B", "D"


def as_decimal(value: object) -> Decimal:
    """A number as a Decimal of the same value; a float counts as its shortest spelling, text as a number's spelling.

    Raises:
        LeafError: it is no number, not finite, or out of all bounds.
    """
    number: Decimal | None = None
    match value:
        case bool():
            pass
        case int() | Decimal():
            number = Decimal(value)
        case float():
            number = Decimal(float.__repr__(value))
        case str():
            number = parse_decimal(value)
    if number is None:
        raise LeafError("type", "a number", shown(value))
    if not _bounded(number):
        raise LeafError("range", f"a number with an exponent of -{MAX_EXPONENT} to {MAX_EXPONENT}", shown(value))
    return number


def parse_decimal(text: str) -> Decimal | None:
    """The number that a text spells, or None; stricter than `Decimal`, which takes ``1_0`` and ``NaN``."""
    if not _SPELLING.issuperset(text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if _bounded(number) else None


def _bounded(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return (
        isinstance(exponent, int)
        and abs(exponent) <= MAX_EXPONENT
        and (not number or abs(number.adjusted()) <= MAX_EXPONENT)
    )


def shifted(number: int, decimals: int) -> Decimal:
    """``number / 10**decimals``, exactly, whatever the decimal context."""
    return Decimal(f"{int(number)}E-{decimals}")


def unshifted(number: Decimal, decimals: int) -> int | None:
    """``number * 10**decimals``, or None if that is no integer."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    places = exponent + decimals
    if places < 0:
        if text[places:].strip("0"):
            return None
        text = text[:places]
    else:
        text += "0" * places
    magnitude = int(text or "0")
    return -magnitude if sign else magnitude


# --- numbers in characters ---------------------------------------------------------------------------------------


def read_char_number(raw: bytes) -> Decimal | Raw:
    """A FLOAT_CHAR."""
    number = parse_decimal(raw.decode("latin-1").strip(" "))
    if number is None:
        return Raw(raw)
    return number if _char_number(number, len(raw)) == raw else ExactDecimal(number, raw)


def write_char_number(value: object, octets: int) -> bytes:
    """A FLOAT_CHAR of so many octets.

    Raises:
        LeafError: no number, or one that cannot be written exactly in so many characters.
    """
    raw = kept(value, octets, read_char_number)
    if raw is None:
        raw = _char_number(as_decimal(value), octets)
    if raw is None:
        raise LeafError("range", f"a number of at most {octets} characters", shown(value))
    return raw


def _char_number(number: Decimal, octets: int) -> bytes | None:
    short = _stripped(number)
    for text in (f"{number:f}", f"{short:f}", f"{short:E}"):
        if len(text) <= octets:
            return text.rjust(octets).encode("ascii")
    return None


def _stripped(number: Decimal) -> Decimal:
    """The same number without zeros at its end; `Decimal.normalize` would round it to the context's precision."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    short = text.rstrip("0")
    if not short:
        return Decimal((sign, (0,), 0))
    return Decimal((sign, tuple(map(int, short)), exponent + len(text) - len(short)))


# --- numbers in digits -------------------------------------------------------------------------------------------


def read_bcd_number(raw: bytes) -> Decimal | Raw:
    """A FIXED_BCD."""
    unsigned = raw.hex().upper().lstrip(_BLANK)
    negative = unsigned.startswith(_MINUS)
    digits = unsigned.removeprefix(_MINUS).replace(_BLANK, "0").replace(_POINT, ".") if unsigned else "0"
    number = parse_decimal(("-" if negative else "") + digits) if _is_number(digits) else None
    if number is None:
        return Raw(raw)
    return number if _bcd_number(number, len(raw)) == raw else ExactDecimal(number, raw)


def write_bcd_number(value: object, octets: int) -> bytes:
    """A FIXED_BCD of so many octets.

    Raises:
        LeafError: no number, or one that cannot be written exactly in so many digits.
    """
    raw = kept(value, octets, read_bcd_number)
    if raw is None:
        raw = _bcd_number(as_decimal(value), octets)
    if raw is None:
        raise LeafError("range", f"a number of at most {2 * octets} digits", shown(value))
    return raw


def _is_number(digits: str) -> bool:
    """Whether there are digits and at most one point; E, which is a digit here, must not become an exponent."""
    return digits.replace(".", "", 1).isdecimal()


def _bcd_number(number: Decimal, octets: int) -> bytes | None:
    sign = _MINUS if number.is_signed() else ""
    room = 2 * octets - len(sign)
    for spelled in (number, _stripped(number)):
        digits = f"{spelled.copy_abs():f}".lstrip("0").replace(".", _POINT)
        if len(digits) <= room:
            return bytes.fromhex(sign + digits.rjust(room, "0"))
    return None


# --- integers with decimals ----------------------------------------------------------------------------------------


def read_decimal(raw: bytes, big: bool, form: int, decimals: int) -> Decimal:
    """A signed integer that stands for a number with so many decimals."""
    number = read_int(raw, big, form)
    value = shifted(number, decimals)
    return ExactDecimal(value, raw) if isinstance(number, ExactInt) else value


def write_decimal(value: object, octets: int, big: bool, form: int, decimals: int) -> bytes:
    raw = kept(value, octets, lambda raw: read_decimal(raw, big, form, decimals))
    if raw is not None:
        return raw
    number = unshifted(as_decimal(value), decimals)
    low, high = limits(8 * octets, form)
    if number is None or not low <= number <= high:
        expected = f"{shifted(low, decimals)} to {shifted(high, decimals)} with at most {decimals} decimals"
        raise LeafError("range", expected, shown(value))
    return write_int(number, octets, big, form)
