/* SPDX-License-Identifier: 0BSD
 *
 * What code that tdl generates needs: error reports, tables of elements, and numbers out of octets and back.
 * Freestanding C99, callable from C++; no heap, no writable data, no recursion, nothing of the host's byte order.
 *
 * TDL_NO_NAMES     leaves the names of elements out: errors and elements then have their numbers alone.
 * TDL_NO_ELEMENTS  leaves the tables of elements out as well: partial access is gone, and an error has its code alone.
 */
#ifndef TDL_SUPPORT_H
#define TDL_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of a call: TDL_OK, or why not. */
typedef uint8_t tdl_code;

#define TDL_OK 0u
#define TDL_TRUNCATED 1u  /* the octets end too early */
#define TDL_TRAILING 2u   /* octets are left over */
#define TDL_MISSING 3u    /* a value of another table is not known */
#define TDL_REFUSED 4u    /* there is no layout for a selector's value */
#define TDL_DIMENSION 5u  /* a length or count out of bounds */
#define TDL_ARITHMETIC 6u /* a division by zero, or a result that 64 bits do not hold */
#define TDL_ABSENT 7u     /* an element that another depends on is not there */
#define TDL_STEPS 8u      /* too many elements without octets */
#define TDL_RANGE 9u      /* a value that its element cannot hold */
#define TDL_LENGTH 10u    /* another number of elements or octets than the layout has */
#define TDL_CAPACITY 11u  /* more elements or octets than the struct has room for */
#define TDL_ARENA 12u     /* the arena is full */
#define TDL_BUFFER 13u    /* the output is full */
#define TDL_NOT_FIXED 14u /* the answer is not the same for every image */
#define TDL_NO_ELEMENT 15u /* there is no such element */

/* Where a call failed; `element` is its number in the table of elements, `offset` counts octets of the image. */
typedef struct {
    tdl_code code;
    uint16_t element;
    uint32_t offset;
} tdl_error;

/* Notes an error, where one is asked for; gives the code back. */
tdl_code tdl_fail(tdl_error *error, tdl_code code, uint16_t element, uint32_t offset);

/* --- elements ----------------------------------------------------------------------------------------------------- */

#define TDL_ANY 0xFFFFFFFFu /* not the same in every image */

#define TDL_LEAF 0u
#define TDL_RECORD 1u
#define TDL_BITS 2u
#define TDL_FIELD 3u
#define TDL_ARRAY 4u

/* An element: a table, a member of a record, or the body of an array. Those below it follow it. */
typedef struct {
    uint32_t offset;  /* from the start of the innermost array body around it, or of the table; or TDL_ANY */
    uint32_t octets;  /* or TDL_ANY */
    uint32_t count;   /* of an array's elements; or TDL_ANY */
    uint16_t span;    /* how many elements it is, with those below */
    uint16_t around;  /* the element it belongs to */
    int16_t index;    /* its position among the members around it */
    uint8_t kind;
    uint8_t branched; /* whether some images do not have it */
    uint8_t low;      /* of a field: its lowest bit in the container */
    uint8_t width;    /* of a field: its bits */
#ifndef TDL_NO_NAMES
    const char *name;
#endif
} tdl_element;

#ifndef TDL_NO_NAMES
#define TDL_NAME(name) , name
#else
#define TDL_NAME(name)
#endif

#ifndef TDL_NO_ELEMENTS
#define TDL_ELEMENTS(elements) (elements)
#define TDL_FAIL(error, code, element, offset) tdl_fail((error), (code), (element), (offset))
#else
#define TDL_ELEMENTS(elements) NULL
#define TDL_FAIL(error, code, element, offset) tdl_fail((error), (code), 0u, 0u)
#endif

/* An error for octets that end in a run of elements of fixed size, of which `left` are there from `offset` on. */
tdl_code tdl_truncated(tdl_error *error, const tdl_element *elements, uint16_t first, uint32_t offset, size_t left);

/* An error for an image of another size than the only one that its table has. */
tdl_code tdl_misfit(tdl_error *error, const tdl_element *elements, size_t size, uint32_t octets);

/* How deep the index paths of partial access go here. */
#define TDL_MAX_DEPTH 16u

/* A place in an image: an element, its position in each array around it, and its octets. */
typedef struct {
    uint16_t element;
    uint8_t arrays;
    uint16_t position[TDL_MAX_DEPTH];
    uint32_t offset;
    uint32_t octets;
} tdl_place;

/* The element with an index path of partial access; TDL_NOT_FIXED where its octets lie elsewhere in other images. */
tdl_code tdl_find(const tdl_element *elements, const uint16_t *indices, size_t count, tdl_place *place);

/* The innermost element that holds an octet; for a bit field that is the container. */
tdl_code tdl_element_at(const tdl_element *elements, uint32_t offset, tdl_place *place);

/* The octets of an element at positions in the arrays around it. */
tdl_code tdl_locate(const tdl_element *elements, uint16_t element, const uint16_t *positions, size_t count,
                    tdl_place *place);

/* The index path of a place: how many indices it has, or 0 if they are more than `capacity`. */
size_t tdl_indices(const tdl_element *elements, const tdl_place *place, uint16_t *indices, size_t capacity);

/* --- memory ------------------------------------------------------------------------------------------------------- */

/* Memory that decoded arrays and octets are laid out in; the caller's, and aligned for every type. */
typedef struct {
    uint8_t *memory;
    size_t size;
    size_t used;
} tdl_arena;

/* Room for so many elements, or a null pointer if there is not enough. */
void *tdl_take(tdl_arena *arena, uint32_t count, size_t size);

/* Octets that an arena needs for so many elements, the gap before the next ones included. */
size_t tdl_taken(uint32_t count, size_t size);

void tdl_clear(void *at, size_t size);

static inline void tdl_copy(uint8_t *to, const uint8_t *from, size_t octets)
{
    size_t i;
    for (i = 0u; i < octets; i++) {
        to[i] = from[i];
    }
}

/* --- arithmetic of expressions: the first problem stays -------------------------------------------------------------- */

int64_t tdl_add(int64_t left, int64_t right, tdl_code *problem);
int64_t tdl_subtract(int64_t left, int64_t right, tdl_code *problem);
int64_t tdl_multiply(int64_t left, int64_t right, tdl_code *problem);
int64_t tdl_divide(int64_t left, int64_t right, tdl_code *problem);
int64_t tdl_remainder(int64_t left, int64_t right, tdl_code *problem);

/* 0, with a problem noted unless there is one already. */
int64_t tdl_problem(tdl_code code, tdl_code *problem);

/* A number without sign, where it fits 64 bits with one. */
int64_t tdl_fitting(uint64_t value, tdl_code *problem);

/* A position in an array of so many elements, or `count` itself and a problem. */
uint32_t tdl_position(int64_t index, uint32_t count, tdl_code code, tdl_code *problem);

/* Whether a set of so many octets has a member. */
uint8_t tdl_member(const uint8_t *set, uint32_t octets, int64_t member);

/* --- octets to numbers -------------------------------------------------------------------------------------------- */

static inline uint32_t tdl_le2(const uint8_t *p)
{
    return (uint32_t)p[0] | ((uint32_t)p[1] << 8);
}

static inline uint32_t tdl_le3(const uint8_t *p)
{
    return tdl_le2(p) | ((uint32_t)p[2] << 16);
}

static inline uint32_t tdl_le4(const uint8_t *p)
{
    return tdl_le3(p) | ((uint32_t)p[3] << 24);
}

static inline uint64_t tdl_le5(const uint8_t *p)
{
    return (uint64_t)tdl_le4(p) | ((uint64_t)p[4] << 32);
}

static inline uint64_t tdl_le6(const uint8_t *p)
{
    return (uint64_t)tdl_le4(p) | ((uint64_t)tdl_le2(p + 4) << 32);
}

static inline uint64_t tdl_le7(const uint8_t *p)
{
    return (uint64_t)tdl_le4(p) | ((uint64_t)tdl_le3(p + 4) << 32);
}

static inline uint64_t tdl_le8(const uint8_t *p)
{
    return (uint64_t)tdl_le4(p) | ((uint64_t)tdl_le4(p + 4) << 32);
}

static inline uint32_t tdl_be2(const uint8_t *p)
{
    return ((uint32_t)p[0] << 8) | (uint32_t)p[1];
}

static inline uint32_t tdl_be3(const uint8_t *p)
{
    return ((uint32_t)p[0] << 16) | tdl_be2(p + 1);
}

static inline uint32_t tdl_be4(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | tdl_be3(p + 1);
}

static inline uint64_t tdl_be5(const uint8_t *p)
{
    return ((uint64_t)p[0] << 32) | (uint64_t)tdl_be4(p + 1);
}

static inline uint64_t tdl_be6(const uint8_t *p)
{
    return ((uint64_t)tdl_be2(p) << 32) | (uint64_t)tdl_be4(p + 2);
}

static inline uint64_t tdl_be7(const uint8_t *p)
{
    return ((uint64_t)tdl_be3(p) << 32) | (uint64_t)tdl_be4(p + 3);
}

static inline uint64_t tdl_be8(const uint8_t *p)
{
    return ((uint64_t)tdl_be4(p) << 32) | (uint64_t)tdl_be4(p + 4);
}

/* So many octets, in the order that `big` says. */
uint64_t tdl_load(const uint8_t *p, uint8_t octets, uint8_t big);

static inline int32_t tdl_to_int32(uint32_t bits)
{
    return (bits <= 0x7FFFFFFFu) ? (int32_t)bits : ((int32_t)(bits - 0x7FFFFFFFu - 1u) - 0x7FFFFFFF - 1);
}

static inline int64_t tdl_to_int64(uint64_t bits)
{
    const uint64_t most = UINT64_C(0x7FFFFFFFFFFFFFFF);
    return (bits <= most) ? (int64_t)bits : ((int64_t)(bits - most - 1u) - INT64_C(0x7FFFFFFFFFFFFFFF) - 1);
}

/* Two's complement of so many bits, fewer than the type has. */
static inline int32_t tdl_signed32(uint32_t bits, uint8_t width)
{
    const uint32_t sign = (uint32_t)1u << (width - 1u);
    return tdl_to_int32((bits ^ sign) - sign);
}

static inline int64_t tdl_signed64(uint64_t bits, uint8_t width)
{
    const uint64_t sign = (uint64_t)1u << (width - 1u);
    return tdl_to_int64((bits ^ sign) - sign);
}

/* INT_FORMAT 0 two's complement, 1 one's complement, 2 sign and magnitude. The second zero of 1 and 2 is kept as the
 * number that only two's complement has: the least one. */
int64_t tdl_signed(uint64_t bits, uint8_t width, uint8_t form);

/* The number that expressions see: of the least one of so many bits 0, as it stands for a second zero. */
int64_t tdl_plain(int64_t value, uint8_t width, uint8_t form);

/* --- numbers to octets -------------------------------------------------------------------------------------------- */

static inline void tdl_put_le2(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value & 0xFFu);
    p[1] = (uint8_t)((value >> 8) & 0xFFu);
}

static inline void tdl_put_le3(uint8_t *p, uint32_t value)
{
    tdl_put_le2(p, value);
    p[2] = (uint8_t)((value >> 16) & 0xFFu);
}

static inline void tdl_put_le4(uint8_t *p, uint32_t value)
{
    tdl_put_le3(p, value);
    p[3] = (uint8_t)((value >> 24) & 0xFFu);
}

static inline void tdl_put_le5(uint8_t *p, uint64_t value)
{
    tdl_put_le4(p, (uint32_t)(value & 0xFFFFFFFFu));
    p[4] = (uint8_t)((value >> 32) & 0xFFu);
}

static inline void tdl_put_le6(uint8_t *p, uint64_t value)
{
    tdl_put_le4(p, (uint32_t)(value & 0xFFFFFFFFu));
    tdl_put_le2(p + 4, (uint32_t)((value >> 32) & 0xFFFFu));
}

static inline void tdl_put_le7(uint8_t *p, uint64_t value)
{
    tdl_put_le4(p, (uint32_t)(value & 0xFFFFFFFFu));
    tdl_put_le3(p + 4, (uint32_t)((value >> 32) & 0xFFFFFFu));
}

static inline void tdl_put_le8(uint8_t *p, uint64_t value)
{
    tdl_put_le4(p, (uint32_t)(value & 0xFFFFFFFFu));
    tdl_put_le4(p + 4, (uint32_t)(value >> 32));
}

static inline void tdl_put_be2(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)((value >> 8) & 0xFFu);
    p[1] = (uint8_t)(value & 0xFFu);
}

static inline void tdl_put_be3(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)((value >> 16) & 0xFFu);
    tdl_put_be2(p + 1, value);
}

static inline void tdl_put_be4(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)((value >> 24) & 0xFFu);
    tdl_put_be3(p + 1, value);
}

static inline void tdl_put_be5(uint8_t *p, uint64_t value)
{
    p[0] = (uint8_t)((value >> 32) & 0xFFu);
    tdl_put_be4(p + 1, (uint32_t)(value & 0xFFFFFFFFu));
}

static inline void tdl_put_be6(uint8_t *p, uint64_t value)
{
    tdl_put_be2(p, (uint32_t)((value >> 32) & 0xFFFFu));
    tdl_put_be4(p + 2, (uint32_t)(value & 0xFFFFFFFFu));
}

static inline void tdl_put_be7(uint8_t *p, uint64_t value)
{
    tdl_put_be3(p, (uint32_t)((value >> 32) & 0xFFFFFFu));
    tdl_put_be4(p + 3, (uint32_t)(value & 0xFFFFFFFFu));
}

static inline void tdl_put_be8(uint8_t *p, uint64_t value)
{
    tdl_put_be4(p, (uint32_t)(value >> 32));
    tdl_put_be4(p + 4, (uint32_t)(value & 0xFFFFFFFFu));
}

void tdl_store(uint8_t *p, uint64_t value, uint8_t octets, uint8_t big);

/* The bits of a number in an INT_FORMAT; notes TDL_RANGE if so many do not hold it. */
uint64_t tdl_bits(int64_t value, uint8_t width, uint8_t form, tdl_code *problem);

/* --- values that C has no type for -------------------------------------------------------------------------------- */

/* Floating point numbers as their bits (IEEE 754): no bit of a NaN is lost, and no code for floats is linked unless
 * it is called for. */
typedef struct {
    uint32_t bits;
} tdl_float32;

typedef struct {
    uint64_t bits;
} tdl_float64;

float tdl_float32_value(tdl_float32 from);
double tdl_float64_value(tdl_float64 from);
tdl_float32 tdl_float32_of(float value);
tdl_float64 tdl_float64_of(double value);

/* An element whose format another value selects: its octets as they are in the image. */
#define TDL_VARIANT_OCTETS 21u

typedef struct {
    uint8_t format; /* what the selector says */
    uint8_t length;
    uint8_t octets[TDL_VARIANT_OCTETS];
} tdl_variant;

/* What generated code takes for granted of a compiler: checked here, as C99 can. */
typedef char tdl_octets_have_8_bits[(UINT8_MAX == 255u) ? 1 : -1];
typedef char tdl_structs_of_octets_have_no_gaps[(sizeof(tdl_variant) == (TDL_VARIANT_OCTETS + 2u)) ? 1 : -1];
typedef char tdl_integers_are_twos_complement[((-1 & 3) == 3) ? 1 : -1];

#ifdef __cplusplus
}
#endif

#endif
