# SPDX-License-Identifier: 0BSD
"""Values as Python has them, without losing an octet.

A leaf is an int, float, Decimal, str, bytes, bool, datetime, date, time or None (a leaf of no octets) if writing that
value gives the same octets back. Where it would not, as for the negative zero of one's complement, the leaf is one of
the exact classes: the same value that also holds its octets. Octets that mean no value at all, such as a date of
month 13, are `Raw`.
"""

from __future__ import annotations

from tdl.codec.errors import LeafError, octets_text
from tdl.codec.members import Members as Members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping
    from typing import Any, Self


class Exact:
    """A value whose octets are not those that it is written with."""

    __slots__ = ()
    raw: bytes


class ExactInt(Exact, int):
    """An integer whose octets are not those that its value is written with."""

    raw: bytes  # a slot is not to be had in a subclass of int

    def __new__(cls, value: int, raw: bytes) -> Self:
        self = super().__new__(cls, value)
        self.raw = raw
        return self

    def __repr__(self) -> str:
        return f"ExactInt({self}, raw='{_hex(self.raw)}')"

    def __str__(self) -> str:
        return int.__repr__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self), self.raw)


class ExactFloat(Exact, float):
    """A float whose octets are not those that its value is written with: a NaN.

    It equals what a float equals, and also an `ExactFloat` of the same octets, so that a NaN equals itself.
    """

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, value: float, raw: bytes) -> Self:
        self = super().__new__(cls, value)
        self.raw = raw
        return self

    def __eq__(self, other: object) -> bool:
        return float.__eq__(self, other) is True or (isinstance(other, ExactFloat) and self.raw == other.raw)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.raw) if self != float(self) else hash(float(self))

    def __repr__(self) -> str:
        return f"ExactFloat({self}, raw='{_hex(self.raw)}')"

    def __str__(self) -> str:
        return float.__repr__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (float(self), self.raw)


class Raw(bytes):
    """The octets of a leaf that mean no value."""

    __slots__ = ()

    @property
    def raw(self) -> bytes:
        return bytes(self)

    def __repr__(self) -> str:
        return f"Raw('{self}')"

    def __str__(self) -> str:
        return _hex(self)


def raw_of(value: object) -> bytes | None:
    """The octets that a value holds, or None for a natural value, which is written one way only."""
    match value:
        case Exact():
            return value.raw
        case Members():
            return value.octets
        case bytes():
            return bytes(value)
        case _:
            return None


def kept(value: object, octets: int, read: Callable[[bytes], object] | None = None) -> bytes | None:
    """The octets that a value brings along to a leaf of so many octets, or None if it is to be written anew.

    Plain octets are taken as they are. Those of an exact value are taken if they still ``read`` as it: they do not if
    it came from a meter of another byte order, or if its value was edited in a file.

    Raises:
        LeafError: octets of another length.
    """
    if isinstance(value, bytes | bytearray):
        if len(value) != octets:
            raise LeafError("length", str(octets), octets_text(len(value)))
        return bytes(value)
    if read is not None and isinstance(value, Exact):
        return value.raw if len(value.raw) == octets and read(value.raw) == value else None
    return None


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "no weekday")

# The meaning of OFFSET rests on one public source, the optical port guide of the OSGP Alliance.
_OFFSETS = (
    "{day}",
    "the {weekday} before {day}",
    "the first {weekday} on or after {day}",
    "the second {weekday} on or after {day}",
    "the third {weekday} on or after {day}",
    "the fourth {weekday} on or after {day}",
    "the last {weekday} of the month on or after {day}",
    "{day} and the day after",
    "{day}, a Sunday moved to Monday",
    "{day}, a Sunday moved to Friday",
    "{day}, a Saturday moved to Monday",
    "{day}, a Saturday moved to Friday",
    "{day}, a weekend moved to Monday",
    "{day}, a weekend moved to Friday",
    "{day}, a Sunday moved to Monday and a Saturday to Friday",
    "the day after {day}",
)


class RecurringDate(int):
    """An RDATE: the code of a date that comes again. What its bits mean depends on `month`, bits 0 to 3.

    Months 1 to 12 are those of the year and 13 is every month: OFFSET in bits 4 to 7, WEEKDAY in 8 to 10, DAY in 11
    to 15. 14 is every week, with WEEKDAY. 15 is every PERIOD days (bits 4 to 9), shifted by DELTA (bits 10 to 15). 0
    is every so many minutes (bits 4 to 15; 1997 assigns it no meaning). A part that a code does not have is None.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        if not 0 <= value <= 0xFFFF:
            raise ValueError(f"{value} is no code of 16 bits")
        return super().__new__(cls, value)

    @property
    def month(self) -> int:
        return self & 15

    @property
    def offset(self) -> int | None:
        return self >> 4 & 15 if 1 <= self.month <= 13 else None

    @property
    def weekday(self) -> int | None:
        """0 Sunday to 6 Saturday; 7 is unassigned."""
        return self >> 8 & 7 if 1 <= self.month <= 14 else None

    @property
    def day(self) -> int | None:
        return self >> 11 if 1 <= self.month <= 13 else None

    @property
    def period(self) -> int | None:
        """Days from one to the next."""
        return self >> 4 & 63 if self.month == 15 else None

    @property
    def delta(self) -> int | None:
        return self >> 10 if self.month == 15 else None

    @property
    def minutes(self) -> int | None:
        """Minutes from one to the next."""
        return self >> 4 if self.month == 0 else None

    def __repr__(self) -> str:
        return f"RecurringDate(0x{int(self):04X})"

    def __str__(self) -> str:
        weekday = _WEEKDAYS[self >> 8 & 7]
        match self.month:
            case 0:
                return f"every {self.minutes} minutes"
            case 14:
                return f"every {weekday}"
            case 15:
                return f"every {self.period} days, {self.delta} after the anchor date"
            case month:
                day = f"{self.day} {_MONTHS[month - 1]}" if month <= 12 else f"day {self.day} of every month"
                return _OFFSETS[self >> 4 & 15].format(day=day, weekday=weekday)


class Record:
    """Named values in order; also those of a bit field.

    ``record["ED_MODEL"]`` reaches every element; ``record.ED_MODEL`` does if the name is not one of Record's own.

    Attributes:
        spare: the bits of a bit field that no field covers, in place.
    """

    __slots__ = ("_values", "spare")
    _values: dict[str, Any]
    spare: int

    def __init__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] = (), spare: int = 0) -> None:
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "spare", spare)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no element `{name}`", name=name, obj=self) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "spare":
            object.__setattr__(self, name, value)
        else:
            self._values[_free(name)] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self._values[_free(name)]
        except KeyError:
            raise AttributeError(f"no element `{name}`", name=name, obj=self) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._values]

    def items(self) -> ItemsView[str, Any]:
        return self._values.items()

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def copy(self) -> Record:
        """A new record of the same values."""
        return Record(self._values, self.spare)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record):
            return NotImplemented
        return self.spare == other.spare and self._values == other._values

    def __repr__(self) -> str:
        parts = [f"{name}={value!r}" for name, value in self._values.items()]
        if self.spare:
            parts.append(f"spare=0x{self.spare:X}")
        return f"Record({', '.join(parts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Record, (self._values, self.spare)


def _free(name: str) -> str:
    if hasattr(Record, name):
        raise AttributeError(f"`{name}` is one of Record's own names: use record[{name!r}]")
    return name


def _hex(octets: bytes) -> str:
    return octets.hex().upper()
