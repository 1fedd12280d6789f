"""Generated Python for many records against the reference codec, on random records of bit fields."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.backends.api import Options, find_backend
from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tests.differential.compared import outcome, plain
from tests.differential.packages import imported
from tests.differential.test_python import Narrow, as_reference, encode

MANY, FEW = 140, 3
"""So many records stay octets, whatever is in them; so many arrays of these are enough."""


class Definition:
    """The text of a definition with an array of random records, and arrays in these."""

    def __init__(self, random: Random) -> None:
        self.random, self.types = random, list[str]()
        self.rows = MANY

    def text(self) -> str:
        row = self.record(deep=True)
        table = self.declared("PACKED RECORD", [f"ROWS : ARRAY[{self.rows}] OF {row};"])
        return "\n".join(['FRAGMENT ROWS OF "std:2012" VERSION "1";', *self.types, f"ADD TABLE MFG 1 T_TBL = {table};"])

    def declared(self, what: str, members: list[str]) -> str:
        name = f"T{len(self.types)}_X"
        self.types.append(f"ADD TYPE {name} = {what} {' '.join(members)} END;")
        return name

    def record(self, deep: bool) -> str:
        """A record; with arrays of records in it, if ``deep``."""
        kinds = ["bits", "bits", "bits", "UINT16", "INT24", "BINARY(2)", "pair", *(["record", "rows"] if deep else [])]
        members = []
        for position in range(self.random.randint(1, 5)):
            match self.random.choice(kinds):
                case "bits":
                    type_ = self.bits()
                case "pair":
                    type_ = f"ARRAY[2] OF {self.bits()}"
                case "record":
                    type_ = self.record(deep=self.random.random() < 0.5)
                case "rows":
                    self.rows = FEW
                    type_ = f"ARRAY[{self.random.choice([FEW, MANY])}] OF {self.record(deep=False)}"
                case type_:
                    pass
            members.append(f"M{position} : {type_};")
        return self.declared("PACKED RECORD", members)

    def bits(self) -> str:
        octets = self.random.choice([1, 1, 2, 2, 3, 4, 5, 8])
        members, low = [], 0
        while low < 8 * octets:
            width = min(self.random.choice([1, 1, 2, 3, 4, 4, 5, 8, 11, 16, 19]), 8 * octets - low)
            kind = self.random.choice(["UINT"] * 6 + ["FILL", "", *(["BOOL"] * 3 if width == 1 else ["INT"])])
            if kind == "INT" and self.random.random() < 0.7:
                kind = "UINT"  # a container with a signed member is written another way
            if kind:
                at = str(low) if kind == "BOOL" else f"{low}..{low + width - 1}"
                members.append(f"F{low} : {kind}({at});")
            low += width
        if all("FILL" in member for member in members):
            return self.bits()
        return self.declared(f"BIT FIELD OF UINT{8 * octets}", members)


@settings(max_examples=settings().max_examples // 10)
@given(st.integers(0, 2**32), st.booleans())
def test_many_records(tmp_path_factory: Any, seed: int, big: bool) -> None:
    random, folder = Random(seed), tmp_path_factory.mktemp("rows")
    (folder / "rows.tdl").write_text(Definition(random).text(), "utf-8")
    definition = load(str(folder / "rows.tdl"))
    environment = Environment()
    environment.set(0, ["FORMAT_CONTROL_1", "DATA_ORDER"], int(big))
    environment.set(0, ["FORMAT_CONTROL_2", "INT_FORMAT"], 0)
    bound = bind(definition.plan, environment)
    (table,) = (each for each in bound.tables if each.key == "MT1")
    with imported(find_backend("python").generate(definition.model, bound, Options())) as package:
        image = random.randbytes(package.mt1.SIZE_MIN)
        for _ in range(3):
            record = package.mt1.decode(image)
            assert plain(as_reference(record)) == plain(decode(table, image, Environment()))  # and makes all records
            assert package.mt1.encode(record) == image
            for _ in range(random.randint(0, 2)):
                spoil(record, random)
            expected = outcome(encode, table, as_reference(record), Environment())
            assert outcome(package.mt1.encode, record) == expected


def spoil(record: Any, random: Random) -> None:
    """Another value in some bit field or number of some record."""
    row = random.choice(record.ROWS)
    places = list(leaves(row))
    holder, name = random.choice(places)
    value = random.choice([0, 1, 2, 3, 15, 16, 255, 256, 65536, 2**64, -1, True, False, None, 1.0, "1", Narrow(1)])
    if isinstance(holder, list):
        holder[name] = value
    elif name != "spare" or type(holder).spare != 0:
        setattr(holder, name, value)


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Where the numbers of a record are."""
    names = range(len(value)) if isinstance(value, list) else [*value, *(["spare"] if hasattr(value, "spare") else [])]
    for name in names:
        below = value[name] if name != "spare" else 0
        if hasattr(type(below), "_names") or (isinstance(below, list) and below):
            yield from leaves(below)
        else:
            yield value, name
