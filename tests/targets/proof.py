"""What CBMC is asked to prove of one table: C programs whose inputs are any that there are.

An image has memory of exactly its size, so that an access behind it is one out of bounds. Where nothing but its size
can be wrong with an image, all other sizes are proofs of their own: there is no memory then, since nothing may be read
or written before the refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tdl.backends.c.files import Files
from tdl.backends.c.structs import Types
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.shape import Array, BitRecord, Number, Octets, Real, Record, Shape, Variant
from tdl.ir import plan

MOST = 40
"""The largest image that is tried of tables whose size depends on their content."""

MOST_CLEARED = 1 << 16
"""No struct is larger where decoding begins with clearing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A program, and the functions in it that are to be proven.

    Attributes:
        turns: how often loops may turn, and ``special_turns`` those of some.
    """

    text: str
    functions: tuple[str, ...]
    turns: int
    special_turns: dict[str, int]


def proof_of(files: Files, table: plan.TablePlan) -> Proof:
    name, shape = files.names[table.key], files.shapes[table.key].of(table.root)
    least, most = table.size
    octets = most if least == most else min(most, MOST)
    text = [*_HEAD, f"{name} nondet_value(void);", "", *_same(files.types, name, shape)]
    if is_whole(files, table):
        text += _program(name, octets, _WHOLE, views=())
    else:
        text += _program(name, octets, _VARYING, views=tuple(_views(files.types, shape)))
    turns = {"tdl_clear.0": MOST_CLEARED, "tdl_truncated.0": len(Elements(table).all) + 1}
    return Proof(
        text="\n".join(text),
        functions=("decodes", "encodes", "refuses", "lacks_room") if is_whole(files, table) else ("decodes", "encodes"),
        turns=octets + 2,
        special_turns=turns,
    )


def is_whole(files: Files, table: plan.TablePlan) -> bool:
    """Whether nothing but its size can be wrong with an image."""
    return any("tdl_misfit" in line for function in files.table(table).functions for line in function.body)


_HEAD = ("#include <stdlib.h>", "", '#include "acme.h"', "", "size_t nondet_size(void);")

_WHOLE = """
void decodes(void)
{
    uint8_t image[OCTETS], output[OCTETS];
    T value = nondet_value();
    size_t made, i;
    tdl_error error;
    __CPROVER_assert(T_check(image, OCTETS, &error) == TDL_OK, "the check agrees");
    __CPROVER_assert(T_decode(&value, image, OCTETS, &error) == TDL_OK, "any octets decode");
    __CPROVER_assert(T_size(&value, &made, &error) == TDL_OK && made == OCTETS, "the size is that of the image");
    __CPROVER_assert(T_encode(&value, output, OCTETS, &made, &error) == TDL_OK && made == OCTETS, "encodes again");
    for (i = 0u; i < OCTETS; i++) {
        __CPROVER_assert(output[i] == image[i], "to the same octets");
    }
}

void encodes(void)
{
    uint8_t image[OCTETS];
    T value = nondet_value(), again;
    size_t made;
    tdl_error error;
    if (T_encode(&value, image, OCTETS, &made, &error) == TDL_OK) {
        __CPROVER_assert(T_decode(&again, image, made, &error) == TDL_OK, "decodes again");
        same(&value, &again);
    }
}

void refuses(void)
{
    T value = nondet_value();
    const size_t size = nondet_size();
    tdl_error error;
    __CPROVER_assume(size != OCTETS && size <= 2u * OCTETS);
    __CPROVER_assert(T_check(NULL, size, &error) != TDL_OK, "refused");
    __CPROVER_assert(T_decode(&value, NULL, size, &error) != TDL_OK, "refused, too");
}

void lacks_room(void)
{
    const T value = nondet_value();
    const size_t room = nondet_size();
    size_t made;
    tdl_error error;
    __CPROVER_assume(room < OCTETS);
    __CPROVER_assert(T_encode(&value, NULL, room, &made, &error) != TDL_OK, "refused");
}
"""

_VARYING = """
void decodes(void)
{
    T value = nondet_value();
    const size_t size = nondet_size();
    uint8_t *const image = (uint8_t *)malloc(size), *const output = (uint8_t *)malloc(size);
    size_t made, i;
    tdl_error error;
    __CPROVER_assume(size <= OCTETS && image != NULL && output != NULL);
    const tdl_code checked = T_check(image, size, &error);
    const tdl_code decoded = T_decode(&value, image, size, &error);
    __CPROVER_assert(checked == decoded, "the check agrees");
    if (decoded == TDL_OK) {
        __CPROVER_assert(T_size(&value, &made, &error) == TDL_OK && made == size, "the size is that of the image");
        __CPROVER_assert(T_encode(&value, output, size, &made, &error) == TDL_OK && made == size, "encodes again");
        for (i = 0u; i < size; i++) {
            __CPROVER_assert(output[i] == image[i], "to the same octets");
        }
    }
}

void encodes(void)
{
    T value = nondet_value(), again;
    const size_t room = nondet_size();
    uint8_t *const image = (uint8_t *)malloc(room);
    size_t made;
    tdl_error error;
    __CPROVER_assume(room <= OCTETS && image != NULL);
VIEWS    if (T_encode(&value, image, room, &made, &error) == TDL_OK) {
        __CPROVER_assert(made <= room, "within its room");
        __CPROVER_assert(T_decode(&again, image, made, &error) == TDL_OK, "decodes again");
        same(&value, &again);
    }
}
"""


def _program(name: str, octets: int, text: str, *, views: tuple[tuple[str, str], ...]) -> Iterator[str]:
    held = "".join(
        f"    __CPROVER_assume(value.{length} <= {octets}u);\n"
        f"    value.{view} = (const uint8_t *)malloc(value.{length});\n"
        f"    __CPROVER_assume(value.{view} != NULL);\n"
        for view, length in views
    )
    for word, meaning in (("VIEWS", held), ("OCTETS", f"{octets}u"), ("T_", f"{name}_"), ("T ", f"{name} ")):
        text = re.sub(rf"\b{word}", meaning, text)
    yield text


def _views(types: Types, shape: Shape | None) -> Iterator[tuple[str, str]]:
    """The members whose octets stay in the image, and how their lengths are called."""
    if isinstance(shape, Record):
        for member, slot in types.of(shape).slots.items():
            if hasattr(member, "shape") and types.is_view(member.shape):
                yield slot.name, slot.counter


# --- that two values are the same ------------------------------------------------------------------------------------


def _same(types: Types, name: str, shape: Shape | None) -> Iterator[str]:
    """A function that asserts it, of what every image has."""
    yield f"static void same(const {name} *a, const {name} *b)"
    yield "{"
    yield "    uint32_t i, j, k, l, m, n;"
    yield "    (void)a, (void)b, (void)i, (void)j, (void)k, (void)l, (void)m, (void)n;"
    if isinstance(shape, Record | BitRecord):
        yield from _struct(types, shape, "->", "ijklmn")
    yield "}"


def _struct(types: Types, shape: Record | BitRecord, place: str, indices: str) -> Iterator[str]:
    for part, slot in types.of(shape).slots.items():
        if part.optional:
            continue
        if slot.counter:
            yield _equal(f"{place}{slot.counter}")
        inner = getattr(part, "shape", Number(octets=8, signed=False))
        count = f"a{place}{slot.counter}" if slot.counter else ""
        yield from _value(types, inner, f"{place}{slot.name}", count, indices)
    if isinstance(shape, BitRecord) and shape.spare:
        yield _equal(f"{place}spare")


def _value(types: Types, shape: Shape, place: str, count: str, indices: str) -> Iterator[str]:
    match shape:
        case Number():
            yield _equal(place)
        case Real():
            yield _equal(f"{place}.bits")
        case Record() | BitRecord():
            yield from _struct(types, shape, f"{place}.", indices)
        case Variant():
            yield _equal(f"{place}.format")
            yield _equal(f"{place}.length")
            yield from _loop(indices[0], f"a{place}.length", [_equal(f"{place}.octets[{indices[0]}]")])
        case Octets(extent=extent):
            yield from _loop(indices[0], count or f"{extent.most}u", [_equal(f"{place}[{indices[0]}]")])
        case Array(of=of, extent=extent):
            cell = types.cell(of)
            inner = _value(types, cell, f"{place}[{indices[0]}]", "", indices[1:])
            yield from _loop(indices[0], count or f"{extent.most}u", inner)


def _loop(index: str, count: str, body: Iterator[str] | list[str]) -> Iterator[str]:
    yield f"    for ({index} = 0u; {index} < {count}; {index}++) {{"
    yield from body
    yield "    }"


def _equal(place: str) -> str:
    return f'    __CPROVER_assert(a{place} == b{place}, "comes back");'


# --- for abstract interpretation -------------------------------------------------------------------------------------


def proof_without_bounds(files: Files, table: plan.TablePlan) -> str:
    """A program for Eva whose executions are all uses of one table's functions, on any values and images."""
    name = files.names[table.key]
    return re.sub(r"\bT(?= |_)", name, _ANY_SIZE.replace("OCTETS", str(min(table.size[1], 70_000) + 8)))


_ANY_SIZE = """
#include "acme.h"
#include "__fc_builtin.h"
static uint8_t image[OCTETS];
static uint8_t output[OCTETS];
static T value;
int main(void)
{
    tdl_error error;
    size_t made;
    const size_t size = (size_t)Frama_C_interval(0, OCTETS);
    const size_t room = (size_t)Frama_C_interval(0, OCTETS);
    Frama_C_make_unknown((char *)image, sizeof(image));
    if (T_decode(&value, image, size, &error) == TDL_OK) {
        (void)T_encode(&value, output, room, &made, &error);
        (void)T_size(&value, &made, &error);
    }
    (void)T_check(image, size, &error);
    Frama_C_make_unknown((char *)&value, sizeof(value));
    (void)T_encode(&value, output, room, &made, &error);
    (void)T_size(&value, &made, &error);
    return 0;
}
"""
