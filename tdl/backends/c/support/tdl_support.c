/* SPDX-License-Identifier: 0BSD */
#include "tdl_support.h"

tdl_code tdl_fail(tdl_error *error, tdl_code code, uint16_t element, uint32_t offset)
{
    if (error != NULL) {
        error->code = code;
        error->element = element;
        error->offset = offset;
    }
    return code;
}

/* --- elements ----------------------------------------------------------------------------------------------------- */

tdl_code tdl_truncated(tdl_error *error, const tdl_element *elements, uint16_t first, uint32_t offset, size_t left)
{
    uint16_t at = first;
    uint32_t start = offset;
    uint32_t rest = (uint32_t)left;

    while ((elements != NULL) && (at < elements[0].span)) {
        const tdl_element *const element = &elements[at];
        if ((element->octets != TDL_ANY) && (element->octets <= rest)) {
            start += element->octets;
            rest -= element->octets;
            at = (uint16_t)(at + element->span);
        } else if (element->kind == TDL_ARRAY) {
            const uint32_t stride = elements[at + 1u].octets;
            const uint32_t within = (stride == 0u) ? 0u : (rest % stride);
            start += rest - within;
            rest = within;
            at++;
        } else if (element->kind == TDL_RECORD) {
            at++;
        } else {
            break;
        }
    }
    return tdl_fail(error, TDL_TRUNCATED, at, start);
}

tdl_code tdl_misfit(tdl_error *error, const tdl_element *elements, size_t size, uint32_t octets)
{
    return (size > octets) ? tdl_fail(error, TDL_TRAILING, 0u, octets) : tdl_truncated(error, elements, 0u, 0u, size);
}

/* Steps into a place: the position in an array, or the offset of a member. */
static void tdl_enter(const tdl_element *elements, uint16_t element, tdl_place *place, uint32_t base)
{
    const tdl_element *const found = &elements[element];
    place->element = element;
    place->octets = found->octets;
    place->offset = ((found->offset == TDL_ANY) || (base == TDL_ANY)) ? TDL_ANY : (base + found->offset);
}

/* The base that offsets below an array's body count from. */
static uint32_t tdl_body(const tdl_element *elements, uint16_t array, uint32_t at, uint32_t position)
{
    const uint32_t stride = elements[array + 1u].octets;
    return ((at == TDL_ANY) || (stride == TDL_ANY)) ? TDL_ANY : (at + (position * stride));
}

tdl_code tdl_find(const tdl_element *elements, const uint16_t *indices, size_t count, tdl_place *place)
{
    uint32_t base = 0u;
    size_t depth;

    place->arrays = 0u;
    tdl_enter(elements, 0u, place, 0u);
    for (depth = 0u; depth < count; depth++) {
        const uint16_t around = place->element;
        const tdl_element *const holder = &elements[around];
        if (holder->kind == TDL_ARRAY) {
            if (((holder->count != TDL_ANY) && (indices[depth] >= holder->count)) || (place->arrays >= TDL_MAX_DEPTH)) {
                return TDL_NO_ELEMENT;
            }
            place->position[place->arrays] = indices[depth];
            place->arrays++;
            base = tdl_body(elements, around, place->offset, indices[depth]);
            tdl_enter(elements, (uint16_t)(around + 1u), place, base);
        } else {
            uint16_t below = (uint16_t)(around + 1u);
            const uint16_t end = (uint16_t)(around + holder->span);
            while ((below < end) && (elements[below].index != (int32_t)indices[depth])) {
                below = (uint16_t)(below + elements[below].span);
            }
            if (below >= end) {
                return TDL_NO_ELEMENT;
            }
            tdl_enter(elements, below, place, base);
        }
    }
    if (count == 0u) {
        return TDL_NO_ELEMENT;
    }
    return ((place->offset == TDL_ANY) || (place->octets == TDL_ANY)) ? TDL_NOT_FIXED : TDL_OK;
}

tdl_code tdl_locate(const tdl_element *elements, uint16_t element, const uint16_t *positions, size_t count,
                    tdl_place *place)
{
    uint16_t at = 0u;
    uint32_t base = 0u;

    place->arrays = 0u;
    tdl_enter(elements, 0u, place, 0u);
    if (element >= elements[0].span) {
        return TDL_NO_ELEMENT;
    }
    while (at != element) {
        const tdl_element *const holder = &elements[at];
        uint16_t below = (uint16_t)(at + 1u);
        if (holder->kind == TDL_ARRAY) {
            if ((place->arrays >= count) || (place->arrays >= TDL_MAX_DEPTH) ||
                ((holder->count != TDL_ANY) && (positions[place->arrays] >= holder->count))) {
                return TDL_NO_ELEMENT;
            }
            place->position[place->arrays] = positions[place->arrays];
            base = tdl_body(elements, at, place->offset, positions[place->arrays]);
            place->arrays++;
        } else {
            while (element >= (uint16_t)(below + elements[below].span)) {
                below = (uint16_t)(below + elements[below].span);
            }
        }
        tdl_enter(elements, below, place, base);
        at = below;
    }
    return ((place->offset == TDL_ANY) || (place->octets == TDL_ANY)) ? TDL_NOT_FIXED : TDL_OK;
}

tdl_code tdl_element_at(const tdl_element *elements, uint32_t offset, tdl_place *place)
{
    uint32_t base = 0u;

    place->arrays = 0u;
    tdl_enter(elements, 0u, place, 0u);
    if ((elements[0].octets != TDL_ANY) && (offset >= elements[0].octets)) {
        return TDL_NO_ELEMENT;
    }
    for (;;) {
        const uint16_t around = place->element;
        const tdl_element *const holder = &elements[around];
        if (holder->kind == TDL_ARRAY) {
            const uint32_t stride = elements[around + 1u].octets;
            if ((stride == TDL_ANY) || (stride == 0u) || (place->arrays >= TDL_MAX_DEPTH)) {
                return TDL_NOT_FIXED;
            }
            place->position[place->arrays] = (uint16_t)((offset - place->offset) / stride);
            base = tdl_body(elements, around, place->offset, place->position[place->arrays]);
            place->arrays++;
            tdl_enter(elements, (uint16_t)(around + 1u), place, base);
        } else if (holder->kind == TDL_RECORD) {
            uint16_t below = (uint16_t)(around + 1u);
            const uint16_t end = (uint16_t)(around + holder->span);
            uint8_t found = 0u;
            while ((below < end) && (found == 0u)) {
                const tdl_element *const member = &elements[below];
                if ((member->branched != 0u) || (member->offset == TDL_ANY) || (member->octets == TDL_ANY)) {
                    return TDL_NOT_FIXED;
                }
                if (offset < (base + member->offset + member->octets)) {
                    found = 1u;
                } else {
                    below = (uint16_t)(below + member->span);
                }
            }
            if (found == 0u) {
                return TDL_NO_ELEMENT;
            }
            tdl_enter(elements, below, place, base);
        } else {
            return TDL_OK;
        }
    }
}

size_t tdl_indices(const tdl_element *elements, const tdl_place *place, uint16_t *indices, size_t capacity)
{
    uint16_t at = place->element;
    size_t arrays = place->arrays;
    size_t count = 0u;
    size_t i;

    while (at != 0u) {
        const uint16_t around = elements[at].around;
        if (count >= capacity) {
            return 0u;
        }
        if (elements[around].kind == TDL_ARRAY) {
            arrays--;
            indices[count] = place->position[arrays];
        } else {
            indices[count] = (uint16_t)elements[at].index;
        }
        count++;
        at = around;
    }
    for (i = 0u; i < (count / 2u); i++) {
        const uint16_t other = indices[i];
        indices[i] = indices[count - 1u - i];
        indices[count - 1u - i] = other;
    }
    return count;
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

#define TDL_ALIGNMENT 8u

void *tdl_take(tdl_arena *arena, uint32_t count, size_t size)
{
    const size_t left = arena->size - arena->used;
    const size_t most = (left / TDL_ALIGNMENT) * TDL_ALIGNMENT;
    uint8_t *const taken = &arena->memory[arena->used];

    if ((size != 0u) && (count > (most / size))) {
        return NULL;
    }
    arena->used += tdl_taken(count, size);
    return taken;
}

size_t tdl_taken(uint32_t count, size_t size)
{
    const size_t octets = (size_t)count * size;
    const size_t over = octets % TDL_ALIGNMENT;
    return (over == 0u) ? octets : (octets + (TDL_ALIGNMENT - over));
}

void tdl_clear(void *at, size_t size)
{
    uint8_t *const octets = (uint8_t *)at;
    size_t i;
    for (i = 0u; i < size; i++) {
        octets[i] = 0u;
    }
}

/* --- arithmetic --------------------------------------------------------------------------------------------------- */

int64_t tdl_problem(tdl_code code, tdl_code *problem)
{
    if (*problem == TDL_OK) {
        *problem = code;
    }
    return 0;
}

int64_t tdl_add(int64_t left, int64_t right, tdl_code *problem)
{
    if ((right > 0) ? (left > (INT64_MAX - right)) : (left < (INT64_MIN - right))) {
        return tdl_problem(TDL_ARITHMETIC, problem);
    }
    return left + right;
}

int64_t tdl_subtract(int64_t left, int64_t right, tdl_code *problem)
{
    if ((right > 0) ? (left < (INT64_MIN + right)) : (left > (INT64_MAX + right))) {
        return tdl_problem(TDL_ARITHMETIC, problem);
    }
    return left - right;
}

int64_t tdl_multiply(int64_t left, int64_t right, tdl_code *problem)
{
    uint8_t fits = 1u;
    if ((left > 0) && (right > 0)) {
        fits = (left <= (INT64_MAX / right)) ? 1u : 0u;
    } else if ((left > 0) && (right < 0)) {
        fits = (right >= (INT64_MIN / left)) ? 1u : 0u;
    } else if ((left < 0) && (right > 0)) {
        fits = (left >= (INT64_MIN / right)) ? 1u : 0u;
    } else if ((left < 0) && (right < 0)) {
        fits = (left >= (INT64_MAX / right)) ? 1u : 0u;
    } else {
        fits = 1u;
    }
    return (fits != 0u) ? (left * right) : tdl_problem(TDL_ARITHMETIC, problem);
}

int64_t tdl_divide(int64_t left, int64_t right, tdl_code *problem)
{
    if ((right == 0) || ((left == INT64_MIN) && (right == -1))) {
        return tdl_problem(TDL_ARITHMETIC, problem);
    }
    return left / right;
}

int64_t tdl_remainder(int64_t left, int64_t right, tdl_code *problem)
{
    if (right == 0) {
        return tdl_problem(TDL_ARITHMETIC, problem);
    }
    return (right == -1) ? 0 : (left % right);
}

int64_t tdl_fitting(uint64_t value, tdl_code *problem)
{
    return (value <= (uint64_t)INT64_MAX) ? (int64_t)value : tdl_problem(TDL_ARITHMETIC, problem);
}

uint32_t tdl_position(int64_t index, uint32_t count, tdl_code code, tdl_code *problem)
{
    if ((index < 0) || (index >= (int64_t)count)) {
        (void)tdl_problem(code, problem);
        return count;
    }
    return (uint32_t)index;
}

uint8_t tdl_member(const uint8_t *set, uint32_t octets, int64_t member)
{
    if ((member < 0) || ((member / 8) >= (int64_t)octets)) {
        return 0u;
    }
    return (uint8_t)(((uint32_t)set[member / 8] >> (uint32_t)(member % 8)) & 1u);
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

uint64_t tdl_load(const uint8_t *p, uint8_t octets, uint8_t big)
{
    uint64_t value = 0u;
    uint8_t i;
    for (i = 0u; i < octets; i++) {
        value = (value << 8) | p[(big != 0u) ? i : (uint8_t)(octets - 1u - i)];
    }
    return value;
}

void tdl_store(uint8_t *p, uint64_t value, uint8_t octets, uint8_t big)
{
    uint8_t i;
    for (i = 0u; i < octets; i++) {
        p[(big != 0u) ? (uint8_t)(octets - 1u - i) : i] = (uint8_t)((value >> (8u * i)) & 0xFFu);
    }
}

int64_t tdl_signed(uint64_t bits, uint8_t width, uint8_t form)
{
    const uint64_t sign = (uint64_t)1u << (width - 1u);
    const uint64_t magnitude = (form == 2u) ? (bits & (sign - 1u)) : ((sign - 1u) - (bits & (sign - 1u)));
    if (((bits & sign) == 0u) || (form == 0u)) {
        return tdl_signed64(bits, width);
    }
    return (magnitude == 0u) ? tdl_signed64(sign, width) : -(int64_t)magnitude;
}

int64_t tdl_plain(int64_t value, uint8_t width, uint8_t form)
{
    return ((form != 0u) && (value == tdl_signed64((uint64_t)1u << (width - 1u), width))) ? 0 : value;
}

uint64_t tdl_bits(int64_t value, uint8_t width, uint8_t form, tdl_code *problem)
{
    const uint64_t sign = (uint64_t)1u << (width - 1u);
    const uint64_t mask = sign | (sign - 1u);
    const uint64_t bits = (uint64_t)value & mask;
    if (tdl_signed64(bits, width) != value) {
        return (uint64_t)tdl_problem(TDL_RANGE, problem);
    }
    if ((value >= 0) || (form == 0u)) {
        return bits;
    }
    if (bits == sign) {
        return (form == 2u) ? sign : mask;
    }
    return (form == 2u) ? (sign | (0u - bits)) & mask : (bits - 1u) & mask;
}

/* --- floats ------------------------------------------------------------------------------------------------------- */

float tdl_float32_value(tdl_float32 from)
{
    union {
        uint32_t bits;
        float value;
    } both;
    both.bits = from.bits;
    return both.value;
}

double tdl_float64_value(tdl_float64 from)
{
    union {
        uint64_t bits;
        double value;
    } both;
    both.bits = from.bits;
    return both.value;
}

tdl_float32 tdl_float32_of(float value)
{
    union {
        uint32_t bits;
        float value;
    } both;
    tdl_float32 made;
    both.value = value;
    made.bits = both.bits;
    return made;
}

tdl_float64 tdl_float64_of(double value)
{
    union {
        uint64_t bits;
        double value;
    } both;
    tdl_float64 made;
    both.value = value;
    made.bits = both.bits;
    return made;
}
