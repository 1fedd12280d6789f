/* SPDX-License-Identifier: 0BSD
 *
 * What generated code needs to make the records of a generated Python package out of octets, and octets out of records.
 *
 * Nothing here explains: a function gives TDL_LEFT, or any other code but TDL_OK, and Python does it all again. What is
 * rare is left to the functions of the package's own run-time, so that there is one opinion about it.
 *
 * Before it is included: TDL_CLASSES and TDL_SLOTS, how many classes and attributes there are.
 */
#ifndef TDL_PYTHON_H
#define TDL_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <datetime.h>
#include <string.h>

#include "tdl_memory.h"
#include "tdl_support.h"

#define TDL_LEFT 0xF0u /* not for us */

#if defined(__GNUC__)
#define TDL_SPARE __attribute__((unused)) static
#else
#define TDL_SPARE static
#endif

/* --- classes and their slots --------------------------------------------------------------------------------------- */

#define TDL_MEMBERS 0
#define TDL_VIEW 1
#define TDL_VIEWS 2

typedef struct {
    const char *name;
    uint16_t first; /* of its slots */
    uint16_t count;
} tdl_class;

static const tdl_class tdl_classes[TDL_CLASSES];
static const char *const tdl_slots[TDL_SLOTS];

static PyTypeObject *tdl_types[TDL_CLASSES];
static Py_ssize_t tdl_offsets[TDL_SLOTS];

/* The place of an attribute; a null pointer is in it if nothing is. */
#define SLOT(record, slot) (*(PyObject **)((char *)(record) + tdl_offsets[slot]))

/* The place of an element of a list that we have just made. */
#define ITEM(list, index) (((PyListObject *)(list))->ob_item[index])

static inline PyObject *tdl_new(unsigned which)
{
    return tdl_blank(tdl_types[which]);
}

/* A new reference to None. */
static inline PyObject *tdl_none(void)
{
    Py_INCREF(Py_None);
    return Py_None;
}

static inline PyObject *tdl_flag(int is_true)
{
    PyObject *const flag = is_true ? Py_True : Py_False;
    Py_INCREF(flag);
    return flag;
}

/* Numbers of an octet; Python itself has one of each. */
static PyObject *tdl_small_numbers[256];

static inline PyObject *tdl_small(uint8_t number)
{
    PyObject *const found = tdl_small_numbers[number];
    Py_INCREF(found);
    return found;
}

/* Learns where a class has its slots. 0 if it is not what generated classes are: then nothing of it is touched. */
static int tdl_ready(unsigned which, PyObject *holder)
{
    const tdl_class *const wanted = &tdl_classes[which];
    PyObject *const found = PyDict_GetItemString(holder, wanted->name);
    PyTypeObject *type;
    unsigned slot;

    if (found == NULL || !PyType_Check(found)) {
        return 0;
    }
    if (tdl_types[which] != NULL) {
        return (PyObject *)tdl_types[which] == found;
    }
    type = (PyTypeObject *)found;
    if (!tdl_is_plain(type) ||
        type->tp_basicsize != (Py_ssize_t)(sizeof(PyObject) + wanted->count * sizeof(PyObject *))) {
        return 0;
    }
    for (slot = wanted->first; slot < (unsigned)wanted->first + wanted->count; slot++) {
        PyObject *const descriptor = PyObject_GetAttrString(found, tdl_slots[slot]);
        int fits = 0;
        if (descriptor != NULL && Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
            const PyMemberDef *const member = ((PyMemberDescrObject *)descriptor)->d_member;
            fits = member->type == T_OBJECT_EX && member->flags == 0 &&
                   member->offset >= (Py_ssize_t)sizeof(PyObject) &&
                   member->offset <= type->tp_basicsize - (Py_ssize_t)sizeof(PyObject *) &&
                   member->offset % (Py_ssize_t)sizeof(PyObject *) == 0;
            tdl_offsets[slot] = member->offset;
        }
        Py_XDECREF(descriptor);
        if (!fits) {
            PyErr_Clear();
            return 0;
        }
    }
    Py_INCREF(found);
    tdl_types[which] = type;
    tdl_own(type);
    return 1;
}

/* --- functions of the run-time -------------------------------------------------------------------------------------- */

enum {
    TDL_READ_TEXT, TDL_READ_MOMENT, TDL_READ_DECIMAL, TDL_READ_INT, TDL_READ_FLOAT, TDL_READ_CHAR_NUMBER,
    TDL_READ_BCD_NUMBER, TDL_WRITE_TEXT, TDL_WRITE_MOMENT, TDL_WRITE_DECIMAL, TDL_WRITE_CHAR_NUMBER,
    TDL_WRITE_BCD_NUMBER, TDL_OCTETS_OF, TDL_ROWS, TDL_CALLED
};

static const char *const tdl_names[TDL_CALLED] = {
    "read_text", "read_moment", "read_decimal", "read_int", "read_float", "read_char_number",
    "read_bcd_number", "write_text", "write_moment", "write_decimal", "write_char_number",
    "write_bcd_number", "octets_of", "Rows"
};

static PyObject *tdl_called[TDL_CALLED];

/* Learns the classes and functions of the run-time. */
static int tdl_begin(PyObject *known)
{
    unsigned i;
    if (PyDateTimeAPI == NULL) {
        PyDateTime_IMPORT;
        if (PyDateTimeAPI == NULL) {
            return 0;
        }
    }
    for (i = 0; i < TDL_CALLED; i++) {
        PyObject *const found = PyDict_GetItemString(known, tdl_names[i]);
        if (found == NULL) {
            return 0;
        }
        if (tdl_called[i] == NULL) {
            Py_INCREF(found);
            tdl_called[i] = found;
        }
    }
    for (i = 0; i < 256u; i++) {
        if (tdl_small_numbers[i] == NULL && (tdl_small_numbers[i] = PyLong_FromLong((long)i)) == NULL) {
            return 0;
        }
    }
    return tdl_ready(TDL_MEMBERS, known) && tdl_ready(TDL_VIEW, known) && tdl_ready(TDL_VIEWS, known);
}

#endif
