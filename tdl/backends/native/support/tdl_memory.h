/* SPDX-License-Identifier: 0BSD
 *
 * The memory of records: how many there are of a kind is what a table's values take most time for.
 *
 * The classes are those of Python and look like it. Only how an object of one begins and ends is ours, whoever makes it:
 * its memory is kept for the next object of as many attributes, as Python does with tuples and lists. Classes that are
 * derived from these begin as those of Python do.
 */
#ifndef TDL_MEMORY_H
#define TDL_MEMORY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#define TDL_KEPT_SLOTS 20             /* objects with more attributes are not kept */
#define TDL_KEPT_OCTETS (512u * 1024u) /* how much of one size is: the records of a large load profile */
#define TDL_DEEP 64u                   /* records in records that end without Python's help */

/* The attributes of an object of a class whose attributes are all that it has. */
#define TDL_ATTRIBUTES(object) ((PyObject **)(void *)((char *)(object) + sizeof(PyObject)))

static inline Py_ssize_t tdl_attribute_count(const PyTypeObject *type)
{
    return (type->tp_basicsize - (Py_ssize_t)sizeof(PyObject)) / (Py_ssize_t)sizeof(PyObject *);
}

/* Each kept object names the next one where its first attribute was. */
static PyObject *tdl_kept[TDL_KEPT_SLOTS + 1];
static unsigned tdl_kept_count[TDL_KEPT_SLOTS + 1];

static unsigned tdl_depth; /* of objects that are about to end */

static void tdl_end(PyObject *object);

/* An object of memory that was kept, which the collector of garbage does not know of; a null pointer if there is none. */
static inline PyObject *tdl_again(PyTypeObject *type)
{
    const Py_ssize_t count = tdl_attribute_count(type);
    PyObject *const object = count <= TDL_KEPT_SLOTS ? tdl_kept[count] : NULL;
    if (object != NULL) {
        tdl_kept[count] = TDL_ATTRIBUTES(object)[0];
        tdl_kept_count[count]--;
        TDL_ATTRIBUTES(object)[0] = NULL;
        (void)PyObject_Init(object, type);
    }
    return object;
}

/* A new object without values, of a class that `tdl_own` was called with. */
static inline PyObject *tdl_blank(PyTypeObject *type)
{
    PyObject *const object = tdl_again(type);
    if (object == NULL) {
        return PyType_GenericAlloc(type, 0);
    }
    PyObject_GC_Track(object);
    return object;
}

/* The same for what is never part of a cycle: like a tuple of numbers, it is nothing to the collector of garbage. */
static inline PyObject *tdl_blank_leaf(PyTypeObject *type)
{
    PyObject *object = tdl_again(type);
    if (object == NULL) {
        object = PyType_GenericAlloc(type, 0);
        if (object != NULL) {
            PyObject_GC_UnTrack(object);
        }
    }
    return object;
}

/* Lets go of what an object has, and of its memory. */
static void tdl_let_go(PyObject *object)
{
    PyTypeObject *const type = Py_TYPE(object), *ours = type;
    PyObject **const attributes = TDL_ATTRIBUTES(object);
    Py_ssize_t count, i;

    while (ours->tp_dealloc != tdl_end) {
        ours = ours->tp_base;
    }
    count = tdl_attribute_count(ours);
    for (i = 0; i < count; i++) {
        PyObject *const value = attributes[i];
        if (value != NULL) {
            attributes[i] = NULL;
            Py_DECREF(value);
        }
    }
    if (type == ours && type->tp_finalize == NULL && count > 0 && count <= TDL_KEPT_SLOTS &&
        tdl_kept_count[count] < TDL_KEPT_OCTETS / (unsigned)type->tp_basicsize) {
        attributes[0] = tdl_kept[count];
        tdl_kept[count] = object;
        tdl_kept_count[count]++;
    } else {
        type->tp_free(object);
    }
    Py_DECREF(type);
}

/* How an object ends: of a class that `tdl_own` was called with, or of one derived from it. */
static void tdl_end(PyObject *object)
{
    PyTypeObject *const type = Py_TYPE(object);
    if (type->tp_finalize != NULL && type->tp_dealloc == tdl_end && PyObject_CallFinalizerFromDealloc(object) < 0) {
        return; /* it lives on */
    }
    PyObject_GC_UnTrack(object);
    if (tdl_depth < TDL_DEEP) {
        tdl_depth++;
        tdl_let_go(object);
        tdl_depth--;
        return;
    }
    Py_TRASHCAN_BEGIN(object, tdl_end)
    tdl_let_go(object);
    Py_TRASHCAN_END
}

static PyObject *tdl_begin_object(PyTypeObject *type, Py_ssize_t items)
{
    (void)items;
    return tdl_blank(type);
}

/* Whether objects of a class begin as Python's or ours do. */
static int tdl_is_plain(const PyTypeObject *type)
{
    return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) && (type->tp_flags & Py_TPFLAGS_HAVE_GC) && type->tp_itemsize == 0 &&
           (type->tp_alloc == PyType_GenericAlloc || type->tp_alloc == tdl_begin_object);
}

/* Takes over how the objects of a plain class begin and end; it has attributes and nothing else. */
static void tdl_own(PyTypeObject *type)
{
    (void)type;
#if !defined(Py_GIL_DISABLED) && !defined(Py_TRACE_REFS)
    if (type->tp_free == PyObject_GC_Del) {
        type->tp_alloc = tdl_begin_object;
        type->tp_dealloc = tdl_end;
    }
#endif
}

#endif
