"""The C text of a layout's decoder: one function that fills the flat arrays of all leaves.

It is written for the compiler to make the most of: sizes, strides and counts are constants, each leaf has one loop
nest, and images are taken a few at a time so that they stay in the first cache while leaf after leaf is read; a part of
the next ones is asked for before each leaf, so that nobody waits for them. Where there is room for it, a value of 3, 5,
6 or 7 octets is part of a larger load.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from tdl.batches.engine import storage, values_of
from tdl.batches.kernel_moments import moment_functions
from tdl.batches.kernel_words import LOADS, word_of
from tdl.batches.layout import SIGN_MAGNITUDE, TWOS_COMPLEMENT, Layout, Leaf, Moment, Number, Octets, Real
from tdl.ir import plan

TILE = 16 * 1024
"""Octets of images that are read leaf by leaf before the next ones are."""

LONG = 16
"""From how many elements on the fields of an array's containers are read together."""

LINE = 64
"""Octets that come into a cache together."""

CHUNK = 256
"""How many containers are read before their fields are."""

_HEAD = f"""\
#include <stddef.h>
#include <stdint.h>
#include <string.h>

{LOADS}
/* Asks for octets that will be read soon. */
static inline void fetch(const uint8_t *p, const uint8_t *end)
{{
#if defined(__GNUC__)
    for (; p < end; p += {LINE}) {{
        __builtin_prefetch(p);
    }}
#else
    (void)p;
    (void)end;
#endif
}}
"""


def kernel(layout: Layout, name: str) -> str:
    """The text of a C file.

    It has the function ``void name(const uint8_t *images, size_t count, void *const *arrays)``.
    """
    leaves = list(enumerate(layout.leaves))
    moments = {leaf.read: None for _, leaf in leaves if isinstance(leaf.read, Moment)}
    lines = [_HEAD]
    names = {moment: f"moment_{number}" for number, moment in enumerate(moments)}
    lines += moment_functions(names)
    used = [(number, leaf) for number, leaf in leaves if leaf.read is not None and values_of(leaf)]
    runs = _runs(used)
    for run in runs:
        lines += _leaf(*run[0], layout.size, names) if len(run) == 1 else _fields(run, layout.size)
    tile = max(1, TILE // layout.size)
    lines += [
        f"void {name}(const uint8_t *images, size_t count, void *const *arrays)",
        "{",
        f"    for (size_t at = 0; at < count; at += {tile}) {{",
        f"        size_t left = count - at, some = left < {tile} ? left : {tile};",
        f"        const uint8_t *in = images + at * {layout.size}, *next = in + some * {layout.size};",
        f"        size_t ahead = (left - some < {tile} ? left - some : {tile}) * {layout.size};",
        "        (void)next;",
        "        (void)ahead;",
    ]
    for place, run in enumerate(runs):
        arrays = [f"({_c_type(leaf)} *)arrays[{number}] + at * {values_of(leaf)}" for number, leaf in run]
        parts = [f"next + ahead * {part} / {len(runs)}" for part in (place, place + 1)]
        lines += [f"        fetch({', '.join(parts)});", f"        leaf_{run[0][0]}(in, some, {', '.join(arrays)});"]
    return "\n".join([*lines, "    }", "}", ""])


def _c_type(leaf: Leaf) -> str:
    dtype = storage(leaf)
    assert dtype is not None
    if dtype.kind == "f":
        return f"uint{8 * dtype.itemsize}_t"  # the bits: a NaN keeps them
    return f"{'u' if dtype.kind == 'u' else ''}int{8 * dtype.itemsize}_t"


def _leaf(number: int, leaf: Leaf, size: int, moments: dict[Moment, str]) -> Iterator[str]:
    """A function that fills one leaf's array."""
    yield f"static void leaf_{number}(const uint8_t *restrict in, size_t count, {_c_type(leaf)} *restrict out)"
    yield "{"
    yield f"    for (size_t i = 0; i < count; i++, in += {size}) {{"
    inset, at = "        ", f"in + {leaf.offset}"
    *outer, (inner, stride) = leaf.dims or ((1, 0),)
    for depth, (count, step) in enumerate(outer):
        yield f"{inset}for (size_t i{depth} = 0; i{depth} < {count}; i{depth}++) {{"
        at += f" + i{depth} * {step}"
        inset += "    "
    yield f"{inset}for (size_t j = 0; j < {inner}; j++) {{"
    yield f"{inset}    const uint8_t *p = {at} + j * {stride};"
    if isinstance(leaf.read, Octets):
        yield f"{inset}    memcpy(out + j * {leaf.read.octets}, p, {leaf.read.octets});"
    else:
        yield f"{inset}    out[j] = ({_c_type(leaf)})({_value(leaf, size, moments)});"
    yield f"{inset}}}"
    yield f"{inset}out += {inner * (leaf.read.octets if isinstance(leaf.read, Octets) else 1)};"
    for _ in outer:
        inset = inset[4:]
        yield f"{inset}}}"
    yield "    }"
    yield "}"
    yield ""


def _runs(leaves: list[tuple[int, Leaf]]) -> list[list[tuple[int, Leaf]]]:
    """Leaves one by one, but for fields of a container in a long array: those are read together."""
    runs: list[list[tuple[int, Leaf]]] = []
    for number, leaf in leaves:
        if runs and _together([*(each for _, each in runs[-1]), leaf]):
            runs[-1].append((number, leaf))
        else:
            runs.append([(number, leaf)])
    return runs


def _together(leaves: list[Leaf]) -> bool:
    first = leaves[0]
    return (
        all(isinstance(leaf.op, plan.Field) and leaf.path[:-1] == first.path[:-1] for leaf in leaves)
        and all(leaf.dims == first.dims and _big(leaf) == _big(first) for leaf in leaves)
        and bool(first.dims)
        and first.dims[-1][0] >= LONG
    )


def _big(leaf: Leaf) -> bool:
    return isinstance(leaf.read, Number) and leaf.read.big


def _fields(run: list[tuple[int, Leaf]], size: int) -> Iterator[str]:
    """A function that fills the arrays of a container's fields: words first, then each field of so many of them."""
    leaves = [leaf for _, leaf in run]
    reads = [leaf.read for leaf in leaves if isinstance(leaf.read, Number)]
    start = min(leaf.offset for leaf in leaves)
    end = max(leaf.offset + read.octets for leaf, read in zip(leaves, reads, strict=True))
    whole = replace(
        leaves[0], offset=start, read=Number(octets=end - start, big=reads[0].big, low=0, width=8 * (end - start))
    )
    word, low = _loaded(whole, end - start, reads[0].big, size)
    kind = "uint32_t" if end - start <= 4 else "uint64_t"
    outs = ", ".join(f"{_c_type(leaf)} *restrict out_{number}" for number, leaf in run)
    yield f"static void leaf_{run[0][0]}(const uint8_t *restrict in, size_t count, {outs})"
    yield "{"
    yield f"    {kind} words[{min(CHUNK, leaves[0].dims[-1][0])}];"
    *outer, (inner, stride) = ((1, 0), *leaves[0].dims)
    at = f"in + {start}"
    yield f"    for (size_t i = 0; i < count; i++, in += {size}) {{"
    for depth, (count, step) in enumerate(outer):
        yield f"    for (size_t i{depth} = 0; i{depth} < {count}; i{depth}++) {{"
        at += f" + i{depth} * {step}"
    yield f"    for (size_t j = 0; j < {inner}; j += {CHUNK}) {{"
    yield f"        size_t some = {inner} - j < {CHUNK} ? {inner} - j : {CHUNK};"
    yield "        for (size_t k = 0; k < some; k++) {"
    yield f"            const uint8_t *p = {at} + (j + k) * {stride};"
    yield f"            words[k] = ({kind})({f'{word} >> {low}' if low else word});"
    yield "        }"
    for (number, leaf), read in zip(run, reads, strict=True):
        above = end - leaf.offset - read.octets if read.big else leaf.offset - start
        yield "        for (size_t k = 0; k < some; k++) {"
        yield f"            out_{number}[k] = ({_c_type(leaf)})({_extracted('words[k]', 8 * above + read.low, read)});"
        yield "        }"
        yield f"        out_{number} += some;"
    yield "    }" * (len(outer) + 2)
    yield "}"
    yield ""


def _value(leaf: Leaf, size: int, moments: dict[Moment, str]) -> str:
    """The value at ``p``."""
    match leaf.read:
        case Real(octets=octets, big=big):
            return word_of("p", octets, big)
        case Moment():
            return f"{moments[leaf.read]}(p)"
        case Number():
            return _number(leaf, leaf.read, size)
        case Octets() | None:
            raise AssertionError(leaf)
        case _:
            assert_never(leaf.read)


def _number(leaf: Leaf, read: Number, size: int) -> str:
    word, low = _loaded(leaf, read.octets, read.big, size)
    return _extracted(word, low + read.low, read)


def _loaded(leaf: Leaf, octets: int, big: bool, size: int) -> tuple[str, int]:
    """A word with so many octets at ``p`` in it, and how many bits they begin above its lowest one."""
    wide = octets if octets in (1, 2, 4, 8) else 4 if octets == 3 else 8
    spare = wide - octets
    if leaf.last + wide <= size:  # what follows is in the same image
        return word_of("p", wide, big), 8 * spare if big else 0
    if leaf.offset >= spare:
        return word_of(f"(p - {spare})", wide, big), 0 if big else 8 * spare
    return word_of("p", octets, big), 0


def _extracted(word: str, low: int, read: Number) -> str:
    if read.form is None:
        return f"{f'({word} >> {low})' if low else word} & {_mask(read.width)}"
    # Signed: the field is shifted to the top of 64 bits and back.
    signed = f"(int64_t)((uint64_t){word} << {64 - low - read.width}) >> {64 - read.width}"
    if read.form == TWOS_COMPLEMENT:
        return signed
    lowest = f"(-INT64_C({2 ** (read.width - 1) - 1}) - 1)"
    negative = f"({signed}) < 0"
    if read.form == SIGN_MAGNITUDE:
        return f"{negative} ? {lowest} - ({signed}) : ({signed})"
    return f"({signed}) + ({negative})"


def _mask(width: int) -> str:
    return f"0x{(1 << width) - 1:x}u" if width <= 32 else f"UINT64_C(0x{(1 << width) - 1:x})"
