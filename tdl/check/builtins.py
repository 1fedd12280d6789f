"""The built-in types and what each needs: one table for the checks, the lowering and completion."""

from __future__ import annotations

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltinType:
    """A type that no document declares.

    Attributes:
        kind: ``uint``, ``int``, ``float``, ``ni``, ``moment``, ``text``, ``binary``, ``bcd``, ``set``, ``char``
            (a number as characters), ``digits`` (a number as BCD), ``opaque`` or ``nil``.
        octets: the size, where it is fixed.
        sized: whether a size may (or must) stand in parentheses.
    """

    kind: str
    octets: int = 0
    sized: str = "never"  # never, may, must

    @property
    def is_number(self) -> bool:
        """Whether a condition or dimension can use its value."""
        return self.kind in ("uint", "int")


MOMENTS = ("LTIME_DATE", "STIME_DATE", "HTIME_DATE", "TIME_DATE", "TIME", "STIME", "HTIME", "DATE", "RDATE")

BUILTINS: dict[str, BuiltinType] = {
    **{f"UINT{8 * n}": BuiltinType(kind="uint", octets=n) for n in range(1, 9)},
    **{f"INT{8 * n}": BuiltinType(kind="int", octets=n) for n in range(1, 9)},
    "FLOAT32": BuiltinType(kind="float", octets=4),
    "FLOAT64": BuiltinType(kind="float", octets=8),
    "NI_FMAT1": BuiltinType(kind="ni", octets=1),
    "NI_FMAT2": BuiltinType(kind="ni", octets=2),
    **{name: BuiltinType(kind="moment") for name in MOMENTS},
    **{f"FLOAT_CHAR{n}": BuiltinType(kind="char", octets=n) for n in (6, 12, 21)},
    **{f"FIXED_BCD{n}": BuiltinType(kind="digits", octets=n) for n in (4, 6, 8)},
    "CHAR": BuiltinType(kind="text", octets=1),
    "STRING": BuiltinType(kind="text", sized="must"),
    "BINARY": BuiltinType(kind="binary", sized="must"),
    "BCD": BuiltinType(kind="bcd", octets=1, sized="may"),
    "SET": BuiltinType(kind="set", sized="must"),
    "OPAQUE": BuiltinType(kind="opaque", sized="may"),
    "NIL": BuiltinType(kind="nil"),
}
"""For NI formats ``octets`` is which of the two selectors applies."""

CONTAINERS: dict[str, int] = {name: b.octets for name, b in BUILTINS.items() if b.kind == "uint"}
"""What a bit field can lie in, and its octets."""
