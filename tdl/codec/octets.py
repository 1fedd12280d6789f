# SPDX-License-Identifier: 0BSD
"""Binary numbers, bit fields, and runs of octets: text, BCD, binary and sets.

Every ``read_`` function takes exactly the leaf's octets, and every ``write_`` function returns as many or raises a
`LeafError`. Besides its own values each leaf can be written from plain octets (see `tdl.codec.values.kept`) and from
the form that its values have in JSON.
"""

from __future__ import annotations

from _operator import index  # `operator` has it from there, and `math` takes as long to import as all of this

try:  # `struct` has them from there, and is one more file to find and to run
    from _struct import pack, unpack
except ImportError:
    from struct import pack, unpack

from tdl.codec.errors import LeafError, octets_text, shown
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from tdl.codec.numerals import (
        read_bcd_number,
        read_char_number,
        read_decimal,
        write_bcd_number,
        write_char_number,
        write_decimal,
    )

__all__ = [
    "LeafError", "as_index", "as_octets", "extract", "insert", "limits", "read_bcd", "read_bcd_number",
    "read_char_number", "read_decimal", "read_float", "read_int", "read_text", "read_uint", "write_bcd",
    "write_bcd_number", "write_binary", "write_char_number", "write_decimal", "write_float", "write_int", "write_set",
    "write_text", "write_uint",
]  # fmt: skip

_DECIMAL = frozenset(name for name in __all__ if name.endswith(("_number", "_decimal")))


def __getattr__(name: str) -> Any:
    """What reads and writes decimal numbers, imported when it is asked for: most tables have none."""
    if name in _DECIMAL:
        from importlib import import_module

        return getattr(import_module(".numerals", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


TWOS_COMPLEMENT, ONES_COMPLEMENT, SIGN_MAGNITUDE = range(3)
"""INT_FORMAT of Table 0; 3 is reserved, and refused before anything here is called."""


# --- integers ----------------------------------------------------------------------------------------------------


def read_uint(raw: bytes, big: bool) -> int:
    return int.from_bytes(raw, _order(big))


def write_uint(value: object, octets: int, big: bool) -> bytes:
    raw = kept(value, octets)
    return _unsigned(value, 8 * octets).to_bytes(octets, _order(big)) if raw is None else raw


def read_int(raw: bytes, big: bool, form: int) -> int:
    bits = int.from_bytes(raw, _order(big))
    number = _signed(bits, 8 * len(raw), form)
    return ExactInt(0, raw) if bits and not number else number


def write_int(value: object, octets: int, big: bool, form: int) -> bytes:
    raw = kept(value, octets, lambda raw: read_int(raw, big, form))
    return _bits(value, 8 * octets, form).to_bytes(octets, _order(big)) if raw is None else raw


def _order(big: bool) -> Literal["big", "little"]:
    return "big" if big else "little"


def _integer(value: object) -> int:
    """A value as an integer: whatever Python takes for one, a float or Decimal without a fraction, but not a flag."""
    number = None if isinstance(value, bool) else as_index(value)
    if number is None and not isinstance(value, bool):
        number = _whole(value)
    if number is None:
        raise LeafError("type", "an integer", shown(value))
    return number


def _whole(value: object) -> int | None:
    """The integer that a float or Decimal is."""
    from decimal import Decimal

    from tdl.codec.numerals import as_decimal, unshifted

    return unshifted(as_decimal(value), 0) if isinstance(value, float | Decimal) else None


def as_index(value: object) -> int | None:
    """What Python takes for an integer where it needs one, such as those of numpy; None for anything else."""
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _unsigned(value: object, width: int) -> int:
    number = _integer(value)
    if not 0 <= number < 1 << width:
        raise LeafError("range", f"0 to {(1 << width) - 1}", shown(value))
    return number


def _signed(bits: int, width: int, form: int) -> int:
    sign = 1 << (width - 1)
    if not bits & sign:
        return bits
    if form == TWOS_COMPLEMENT:
        return bits - 2 * sign
    return bits - 2 * sign + 1 if form == ONES_COMPLEMENT else sign - bits


def limits(width: int, form: int) -> tuple[int, int]:
    """The least and the greatest integer of so many bits."""
    high = (1 << (width - 1)) - 1
    return (-high - 1 if form == TWOS_COMPLEMENT else -high), high


def _bits(value: object, width: int, form: int) -> int:
    number = _integer(value)
    low, high = limits(width, form)
    if not low <= number <= high:
        raise LeafError("range", f"{low} to {high}", shown(value))
    if number >= 0:
        return number
    sign = 1 << (width - 1)
    if form == TWOS_COMPLEMENT:
        return number + 2 * sign
    return number + 2 * sign - 1 if form == ONES_COMPLEMENT else sign - number


# --- bit fields --------------------------------------------------------------------------------------------------


def extract(word: int, low: int, width: int, kind: str = "uint", form: int = TWOS_COMPLEMENT) -> int:
    """A field of a container's bits; ``kind`` is ``uint``, ``int`` or ``bool``.

    The octets of an exact value are the field's bits alone, most significant octet first.
    """
    bits = word >> low & ((1 << width) - 1)
    if kind == "int":
        number = _signed(bits, width, form)
        return ExactInt(0, bits.to_bytes(_field_octets(width), "big")) if bits and not number else number
    return bits == 1 if kind == "bool" and bits < 2 else bits


def insert(value: object, low: int, width: int, kind: str = "uint", form: int = TWOS_COMPLEMENT) -> int:
    """The container's bits that have a field's value in place and 0 elsewhere."""
    read = (lambda raw: extract(int.from_bytes(raw), 0, width, kind, form)) if kind == "int" else None
    raw = kept(value, _field_octets(width), read)
    if raw is not None:
        bits = _unsigned(int.from_bytes(raw), width)
    elif kind == "int":
        bits = _bits(value, width, form)
    elif kind == "bool" and isinstance(value, bool):
        bits = int(value)
    else:
        bits = _unsigned(value, width)
    return bits << low


def _field_octets(width: int) -> int:
    return (width + 7) // 8


# --- floats ------------------------------------------------------------------------------------------------------


def read_float(raw: bytes, big: bool) -> float:
    """A FLOAT32 or FLOAT64, by its length. A NaN is always exact: its bits may carry more than that it is one."""
    value: float = unpack(_float_layout(len(raw), big), raw)[0]
    return ExactFloat(value, raw) if value != value else value


def write_float(value: object, octets: int, big: bool) -> bytes:
    """A FLOAT32 or FLOAT64; a number between two that it can hold becomes the nearer one."""
    raw = kept(value, octets, lambda raw: read_float(raw, big))
    if raw is not None:
        return raw
    try:
        return pack(_float_layout(octets, big), _float(value))
    except OverflowError:
        raise LeafError("range", f"a number that a FLOAT{8 * octets} can hold", shown(value)) from None


def _float(value: object) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, str) and value in ("Infinity", "-Infinity", "NaN"):
        return float(value)
    from tdl.codec.numerals import as_decimal

    number = float(as_decimal(value))
    if number in (float("inf"), float("-inf")):
        raise OverflowError
    return number


def _float_layout(octets: int, big: bool) -> str:
    return (">" if big else "<") + ("f" if octets == 4 else "d")


# --- runs of octets ----------------------------------------------------------------------------------------------

_CHARSETS = {1: ("ascii", "surrogateescape"), 2: ("latin-1", "strict"), 3: ("utf-8", "surrogateescape")}
"""CHAR_FORMAT of Table 0. Octets that are no characters become lone surrogates, as in file names (PEP 383)."""


def read_text(raw: bytes, charset: int) -> str | Raw:
    """Text with its padding; the octets where CHAR_FORMAT is one that is reserved."""
    return raw.decode(*_CHARSETS[charset]) if charset in _CHARSETS else Raw(raw)


def write_text(value: object, octets: int, charset: int) -> bytes:
    """Text, with spaces up to the element's length."""
    raw = kept(value, octets)
    if raw is not None:
        return raw
    if charset not in _CHARSETS:
        raise LeafError("type", f"octets (CHAR_FORMAT {charset} has no characters)", shown(value))
    if not isinstance(value, str):
        raise LeafError("type", "text", shown(value))
    try:
        raw = value.encode(*_CHARSETS[charset])
    except UnicodeEncodeError as problem:
        found = shown(value[problem.start : problem.start + 1])
        raise LeafError("range", f"characters of CHAR_FORMAT {charset}", found) from None
    if len(raw) > octets:
        raise LeafError("length", f"at most {octets}", octets_text(len(raw)))
    return raw.ljust(octets)


_BCD_INTEGER_BITS = 4096
"""Larger integers cost too much to turn into digits."""


def read_bcd(raw: bytes) -> str:
    """The digits, first the high half of the first octet; those above 9 are A to F."""
    return raw.hex().upper()


def write_bcd(value: object, octets: int) -> bytes:
    """Digits: all of them as text, or an integer with zeros before it."""
    raw = kept(value, octets)
    if raw is not None:
        return raw
    if isinstance(value, str):
        digits = value
    else:
        number = _integer(value)
        digits = str(number).zfill(2 * octets) if number.bit_length() <= _BCD_INTEGER_BITS else ""
        if number < 0 or not 0 < len(digits) <= 2 * octets:
            raise LeafError("range", f"an integer of at most {2 * octets} digits", shown(value))
    if len(digits) != 2 * octets:
        raise LeafError("length", str(2 * octets), f"{len(digits)} digits")
    return _from_hex(digits)


def as_octets(value: object) -> bytes:
    """Octets, or the hexadecimal text that stands for them in JSON."""
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, str):
        return _from_hex(value)
    raise LeafError("type", "octets", shown(value))


def write_binary(value: object, octets: int) -> bytes:
    raw = as_octets(value)
    if len(raw) != octets:
        raise LeafError("length", str(octets), octets_text(len(raw)))
    return raw


def _from_hex(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if 2 * len(raw) != len(text):  # also where `fromhex` has passed over spaces
        raise LeafError("type", "hexadecimal digits", shown(text))
    return raw


def write_set(value: object, octets: int) -> bytes:
    """A SET: `Members` of the same length, or any numbers below eight times the octets."""
    raw = kept(value.octets if isinstance(value, Members) else value, octets)
    if raw is not None:
        return raw
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise LeafError("type", "a set of numbers", shown(value))
    members = [_integer(member) for member in value]
    for member in members:
        if not 0 <= member < 8 * octets:
            raise LeafError("range", f"members below {8 * octets}", shown(member))
    return Members.of(members, octets).octets
