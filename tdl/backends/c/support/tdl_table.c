/* SPDX-License-Identifier: 0BSD */
#include "tdl_table.h"

/* Where a walk is: the operation, the octet of the image, and the octet of the struct that offsets count from. */
typedef struct {
    const tdl_op *op;
    uint32_t at;
    size_t base;
    uint64_t word;
    uint64_t covered;
    uint8_t depth;
    struct {
        const tdl_op *loop;
        uint16_t left;
    } loops[TDL_OP_DEPTH];
} walk;

/* Octets that a number of so many takes in a struct. */
static uint8_t room(uint8_t octets)
{
    return (octets <= 2u) ? octets : ((octets <= 4u) ? 4u : 8u);
}

/* The order in which the machine keeps octets: known to the compiler, for which this is a constant. */
static uint8_t host_is_big(void)
{
    const uint16_t one = 1u;
    return (*(const uint8_t *)&one == 0u) ? 1u : 0u;
}

static uint64_t get(const uint8_t *at, uint8_t size)
{
    return tdl_load(at, size, host_is_big());
}

static void put(uint8_t *at, uint64_t value, uint8_t size)
{
    tdl_store(at, value, size, host_is_big());
}

static uint64_t ones(uint8_t width)
{
    return (((uint64_t)1u << (width - 1u)) << 1u) - 1u;
}

static uint8_t sizeof_field(uint8_t width)
{
    return room((uint8_t)((width + 7u) / 8u));
}

/* Whether a value as a struct has it fits so many bits; `bits` are then these. */
static uint8_t fits(uint64_t value, uint8_t size, uint8_t width, uint8_t has_sign, uint64_t *bits)
{
    *bits = value & ones(width);
    if (has_sign == 0u) {
        return (*bits == value) ? 1u : 0u;
    }
    return (tdl_signed64(*bits, width) == tdl_signed64(value, (uint8_t)(8u * size))) ? 1u : 0u;
}

/* One number from image to struct, or the other way. */
static tdl_code number(const walk *at, const uint8_t *from, uint8_t *to, uint8_t packs, uint16_t position)
{
    const uint8_t octets = at->op->octets;
    const uint8_t big = at->op->kind & TDL_OP_BIG;
    const uint8_t has_sign = ((at->op->kind & 0x7Fu) == TDL_OP_INT) ? 1u : 0u;
    const uint8_t size = room(octets);
    const uint8_t width = (uint8_t)(8u * octets);
    const size_t held = at->base + at->op->offset + ((size_t)position * size);
    uint64_t bits;

    if (packs != 0u) {
        if (fits(get(&from[held], size), size, width, has_sign, &bits) == 0u) {
            return TDL_RANGE;
        }
        tdl_store(&to[at->at], bits, octets, big);
    } else {
        bits = tdl_load(&from[at->at], octets, big);
        put(&to[held], (has_sign != 0u) ? (uint64_t)tdl_signed64(bits, width) : bits, size);
    }
    return TDL_OK;
}

static tdl_code field(walk *at, const uint8_t *from, uint8_t *to, uint8_t packs)
{
    const uint8_t width = (uint8_t)(at->op->count & 0xFFu);
    const uint8_t has_sign = ((at->op->count & TDL_OP_SIGNED) != 0u) ? 1u : 0u;
    const uint8_t size = sizeof_field(width);
    const size_t held = at->base + at->op->offset;
    uint64_t bits;

    if (packs != 0u) {
        if (fits(get(&from[held], size), size, width, has_sign, &bits) == 0u) {
            return TDL_RANGE;
        }
        at->word |= bits << at->op->octets;
    } else {
        bits = (at->word >> at->op->octets) & ones(width);
        put(&to[held], (has_sign != 0u) ? (uint64_t)tdl_signed64(bits, width) : bits, size);
    }
    at->covered |= ones(width) << at->op->octets;
    return TDL_OK;
}

static tdl_code spare(walk *at, const uint8_t *from, uint8_t *to, uint8_t packs)
{
    const uint8_t size = room(at->op->octets);
    const size_t held = at->base + at->op->offset;
    if (packs != 0u) {
        const uint64_t kept = get(&from[held], size);
        if (((kept & at->covered) != 0u) || ((kept & ~ones((uint8_t)(8u * at->op->octets))) != 0u)) {
            return TDL_RANGE;
        }
        at->word |= kept;
    } else {
        put(&to[held], at->word & ~at->covered, size);
    }
    return TDL_OK;
}

/* One operation of either direction. */
static tdl_code step(walk *at, const uint8_t *from, uint8_t *to, uint8_t packs)
{
    const tdl_op *const op = at->op;
    tdl_code code = TDL_OK;
    uint16_t i;

    switch (op->kind & 0x7Fu) {
    case TDL_OP_UINT:
    case TDL_OP_INT:
        for (i = 0u; (i < op->count) && (code == TDL_OK); i++) {
            code = number(at, from, to, packs, i);
            at->at += (code == TDL_OK) ? op->octets : 0u;
        }
        break;
    case TDL_OP_OCTETS:
        if (packs != 0u) {
            tdl_copy(&to[at->at], &from[at->base + op->offset], op->count);
        } else {
            tdl_copy(&to[at->base + op->offset], &from[at->at], op->count);
        }
        at->at += op->count;
        break;
    case TDL_OP_BITS:
        at->covered = 0u;
        at->word = (packs != 0u) ? 0u : tdl_load(&from[at->at], op->octets, op->kind & TDL_OP_BIG);
        break;
    case TDL_OP_FIELD:
        code = field(at, from, to, packs);
        break;
    case TDL_OP_SPARE:
        code = spare(at, from, to, packs);
        break;
    case TDL_OP_WHOLE:
        if (packs != 0u) {
            tdl_store(&to[at->at], at->word, op->octets, op->kind & TDL_OP_BIG);
        }
        at->at += op->octets;
        break;
    case TDL_OP_LOOP:
        at->loops[at->depth].loop = op;
        at->loops[at->depth].left = op->count;
        at->depth++;
        at->base += op->offset;
        break;
    default: { /* TDL_OP_NEXT */
        const tdl_op *const loop = at->loops[at->depth - 1u].loop;
        at->loops[at->depth - 1u].left--;
        at->base += loop->element;
        if (at->loops[at->depth - 1u].left != 0u) {
            at->op = loop;
        } else {
            at->depth--;
            at->base -= ((size_t)loop->element * loop->count) + loop->offset;
        }
        break;
    }
    }
    return code;
}

static tdl_code run(const tdl_table *table, const uint8_t *from, uint8_t *to, uint8_t packs, tdl_error *error)
{
    walk at;
    tdl_clear(&at, sizeof(at));
    for (at.op = table->operations; at.op != &table->operations[table->count]; at.op++) {
        const uint16_t element = at.op->element;
        const tdl_code code = step(&at, from, to, packs);
        if (code != TDL_OK) {
            return TDL_FAIL(error, code, element, at.at);
        }
    }
    return TDL_OK;
}

tdl_code tdl_table_check(const tdl_table *table, size_t size, tdl_error *error)
{
    return (size == table->octets) ? TDL_OK : tdl_misfit(error, TDL_ELEMENTS(table->elements), size, table->octets);
}

tdl_code tdl_table_decode(const tdl_table *table, void *value, const uint8_t *image, size_t size, tdl_error *error)
{
    const tdl_code code = tdl_table_check(table, size, error);
    return (code != TDL_OK) ? code : run(table, image, (uint8_t *)value, 0u, error);
}

tdl_code tdl_table_encode(const tdl_table *table, const void *value, uint8_t *image, size_t capacity, size_t *size,
                          tdl_error *error)
{
    *size = table->octets;
    if (capacity < table->octets) {
        return TDL_FAIL(error, TDL_BUFFER, 0u, 0u);
    }
    return run(table, (const uint8_t *)value, image, 1u, error);
}
