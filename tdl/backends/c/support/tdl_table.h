/* SPDX-License-Identifier: 0BSD
 *
 * The form of code that is small first: a table of operations for each table, and one engine for both directions. */
#ifndef TDL_TABLE_H
#define TDL_TABLE_H

#include "tdl_support.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TDL_OP_UINT 1u    /* numbers of so many octets: `count` of them, one after the other in image and struct */
#define TDL_OP_INT 2u     /* the same with a sign, in two's complement */
#define TDL_OP_OCTETS 3u  /* `count` octets as they come */
#define TDL_OP_BITS 4u    /* a container of so many octets; its fields follow */
#define TDL_OP_FIELD 5u   /* `octets` is the lowest bit, `count` the width; with a sign if TDL_OP_SIGNED is set in it */
#define TDL_OP_SPARE 6u   /* the bits that no field had */
#define TDL_OP_WHOLE 7u   /* the end of a container */
#define TDL_OP_LOOP 8u    /* `count` elements of an array, `element` octets apart in the struct */
#define TDL_OP_NEXT 9u    /* the end of an element */
#define TDL_OP_BIG 0x80u  /* most significant octet first */
#define TDL_OP_SIGNED 0x100u

/* How deep arrays of records go here. */
#define TDL_OP_DEPTH 8u

/* `offset` counts in the struct, or in the element of the innermost loop; `element` is what an error names. */
typedef struct {
    uint8_t kind;
    uint8_t octets;
    uint16_t count;
    uint16_t offset;
    uint16_t element;
} tdl_op;

/* A table: its operations and how many they are, the octets of every image, its elements. */
typedef struct {
    const tdl_op *operations;
    uint16_t count;
    uint16_t octets;
#ifndef TDL_NO_ELEMENTS
    const tdl_element *elements;
#endif
} tdl_table;

#ifndef TDL_NO_ELEMENTS
#define TDL_TABLE_ELEMENTS(elements) , (elements)
#else
#define TDL_TABLE_ELEMENTS(elements)
#endif

/* Whether octets are as many as the table has. */
tdl_code tdl_table_check(const tdl_table *table, size_t size, tdl_error *error);

/* Octets to a struct. */
tdl_code tdl_table_decode(const tdl_table *table, void *value, const uint8_t *image, size_t size, tdl_error *error);

/* A struct to octets; TDL_RANGE for a number that its element cannot hold. */
tdl_code tdl_table_encode(const tdl_table *table, const void *value, uint8_t *image, size_t capacity, size_t *size,
                          tdl_error *error);

#ifdef __cplusplus
}
#endif

#endif
