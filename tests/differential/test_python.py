"""Generated Python against the reference codec, on random definitions, values and damage."""

from __future__ import annotations

from collections.abc import MutableSequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tdl.backends.api import Options, find_backend
from tdl.codec.decimals import ExactDecimal
from tdl.codec.decoder import decode
from tdl.codec.encoder import Encoder
from tdl.codec.environment import Environment
from tdl.codec.errors import TdlError
from tdl.codec.values import ExactFloat, ExactInt, Members, Record
from tdl.ir import plan
from tdl.ir.bind import bind
from tests.differential.compared import attributes, keeps_spare, outcome, plain
from tests.differential.packages import imported
from tests.property.definitions import Case, cases, fill, known_values, random_image, reference_environment

SEEDS = st.integers(0, 2**32)


class PythonEncoder(Encoder):
    """The reference codec as generated Python has it."""

    flags_are_numbers = True


def encode(table: plan.TablePlan, values: Any, environment: Environment | None = None) -> bytes:
    return PythonEncoder(table, environment or Environment()).run(values)


def generated(case: Case, of: plan.Plan) -> Any:
    return imported(find_backend("python").generate(case.definition, of, Options()))


def environment_of(package: Any, formats: dict[str, int], limits: dict[str, Any]) -> Any:
    return fill(package.Environment(), formats, limits, package.Record, package.Members)


def damaged(image: bytes, random: Random) -> list[bytes]:
    """Truncations, an octet too many, and single octets changed."""
    shorter = [image[:length] for length in sorted(random.sample(range(len(image)), min(8, len(image))))]
    changed = []
    for at in random.sample(range(len(image)), min(8, len(image))):
        octet = random.choice([0, 1, 255, image[at] ^ 1 << random.randint(0, 7)])
        changed.append(image[:at] + bytes([octet]) + image[at + 1 :])
    return [image, *shorter, *changed, image + b"\0", random.randbytes(random.randint(0, 40))]


def compare(
    package: Any, table: plan.TablePlan, reference: Environment, environment: Any, image: bytes, seed: int
) -> None:
    """Decode and encode with both; all must be the same."""
    module = getattr(package, package.TABLES[table.key])
    for octets in damaged(image, Random(seed)):
        expected = outcome(decode, table, octets, reference)
        assert outcome(module.decode, octets, environment) == expected
        if expected[0] == "value":
            record = module.decode(octets, environment)
            assert module.encode(record, environment) == octets
            spoilt(record, Random(seed))
            values = as_reference(record)
            assert outcome(module.encode, record, environment) == outcome(encode, table, values, reference)


@given(cases(), known_values(), SEEDS)
def test_same_values_octets_and_errors(case: Case, known: Any, seed: int) -> None:
    with generated(case, case.plan) as package:
        reference, environment = reference_environment(*known), environment_of(package, *known)
        for table in case.subjects():
            compare(package, table, reference, environment, random_image(table, reference, seed), seed)


@given(cases(), known_values(), SEEDS)
def test_bound_to_a_meter(case: Case, known: Any, seed: int) -> None:
    reference = reference_environment(*known)
    bound = bind(case.plan, reference)
    with generated(case, bound) as package:
        environment = environment_of(package, *known)
        for table in bound.tables:
            compare(package, table, reference, environment, random_image(table, reference, seed), seed)


@given(cases(), known_values(), SEEDS)
def test_what_a_bound_package_does_not_need(case: Case, known: Any, seed: int) -> None:
    bound = bind(case.plan, reference_environment(*known))
    with generated(case, bound) as package:
        for table in bound.tables:
            image = random_image(table, Environment(), seed)
            compare(package, table, Environment(), None, image, seed)


# --- values that do not fit ------------------------------------------------------------------------------------------


class Narrow:
    """An integer that wraps at 256, as those of other libraries do; whoever calculates with it gets another one."""

    def __init__(self, value: int) -> None:
        self.value = value % 256

    def __index__(self) -> int:
        return self.value

    def __repr__(self) -> str:
        return f"Narrow({self.value})"

    def __gt__(self, other: int) -> bool:
        return self.value > int(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Narrow | int) and self.value == int(other)

    __hash__ = None  # type: ignore[assignment]

    def __mul__(self, other: int) -> Narrow:
        return Narrow(self.value * int(other))

    def __or__(self, other: int) -> Narrow:
        return Narrow(self.value | int(other))

    def __and__(self, other: int) -> Narrow:
        return Narrow(self.value & int(other))

    def __rshift__(self, other: int) -> Narrow:
        return Narrow(self.value >> int(other))

    def __lshift__(self, other: int) -> Narrow:
        return Narrow(self.value << int(other))

    __rmul__, __ror__, __rand__ = __mul__, __or__, __and__

    def __int__(self) -> int:
        return self.value


WRONG: tuple[Any, ...] = (
    True, False, 0, 1, -1, 7, 256, 2**70, 0.5, 1.0, 1e300, float("nan"), None, "", "x", "0A", b"", b"\x01", b"\0\0",
    Decimal("1.25"), Decimal("-0"), [], [1], {"A": 1}, Narrow(3), Narrow(200), 1j, Fraction(1),
)  # fmt: skip


def spoilt(record: Any, random: Random) -> None:
    """Put something else in one place of a generated record: mostly it does not fit."""
    places = list(leaves(record))
    if places:
        holder, key = random.choice(places)
        value = random.choice(WRONG)
        if isinstance(holder, MutableSequence):
            holder[key] = value
        else:
            setattr(holder, key, value)


def leaves(value: Any) -> Any:
    """Every list item and attribute below a generated record, those that are None included."""
    if isinstance(value, MutableSequence):
        for position, element in enumerate(value):
            yield value, position
            yield from leaves(element)
    elif hasattr(type(value), "_names"):
        for attribute in (*attributes(value), *(("spare",) if keeps_spare(value) else ())):
            yield value, attribute
            yield from leaves(getattr(value, attribute))


EXACT: dict[str, Any] = {each.__name__: each for each in (ExactInt, ExactFloat, ExactDecimal)}


def as_reference(value: Any) -> Any:
    """A generated value in the classes of the reference codec."""
    if isinstance(value, MutableSequence):
        return [as_reference(element) for element in value]
    if hasattr(type(value), "_names"):
        spare = value.spare if "spare" in dir(type(value)) else 0
        return Record(((name, as_reference(value[name])) for name in value), spare)
    if type(value).__name__ == "Members":
        return Members(value.octets)
    if hasattr(value, "raw") and type(value).__name__.startswith("Exact"):
        return EXACT[type(value).__name__](value, value.raw)
    return value


def test_the_comparison_sees_differences() -> None:
    assert plain(True) != plain(1)
    assert plain(Record({"A": 1})) != plain(Record({"A": 1}, spare=2))
    assert plain(1.0) != plain(1)
    assert outcome(int, "1")[0] == "value"
    assert issubclass(TdlError, Exception)
