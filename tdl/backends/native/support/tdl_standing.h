/* SPDX-License-Identifier: 0BSD
 *
 * What stands in for a property or a function of Python: it calls the other one whenever there is anything to say, and
 * whoever looks at it sees the other: its class, name, signature and all else.
 */
#ifndef TDL_STANDING_H
#define TDL_STANDING_H

#include "tdl_python.h"

typedef tdl_code (*tdl_maker)(PyObject **made, const uint8_t *image, size_t size, tdl_error *error);

typedef PyObject *(*tdl_work)(PyObject *pure, PyObject *const *arguments, Py_ssize_t count);

/* An element of a view: where it is, and what makes its value, or the class that it is a view of.
 * Of an array it says what is behind []: the records' class and their octets, and those of the array. */
typedef struct {
    const char *holder;
    const char *name;
    tdl_maker make;
    const char *below;
    Py_ssize_t offset;
    Py_ssize_t octets;
} tdl_seen;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *pure;
    const tdl_seen *seen;
    PyTypeObject *holder; /* whose property or method it is, or whose objects `view` makes */
    PyTypeObject *below;
    Py_ssize_t least; /* octets of an image */
    Py_ssize_t most;
    tdl_work work; /* of `decode` and `encode` */
} tdl_standing;

/* Whether Python is to do it all again: not after Ctrl-C and the like. */
static int tdl_go_on(void)
{
    if (!PyErr_Occurred()) {
        return 1;
    }
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return 0;
    }
    PyErr_Clear();
    return 1;
}

static PyObject *tdl_bound_behind(PyObject *self, PyObject *object, PyObject *type)
{
    PyObject *const pure = ((tdl_standing *)(void *)self)->pure;
    return Py_TYPE(pure)->tp_descr_get(pure, object, type);
}

static int tdl_write_behind(PyObject *self, PyObject *object, PyObject *value)
{
    PyObject *const pure = ((tdl_standing *)(void *)self)->pure;
    return Py_TYPE(pure)->tp_descr_set(pure, object, value);
}

static PyObject *tdl_attribute_behind(PyObject *self, PyObject *name)
{
    if (PyUnicode_Check(name) && PyUnicode_CompareWithASCIIString(name, "__reduce_ex__") == 0) {
        return PyObject_GenericGetAttr(self, name);
    }
    return PyObject_GetAttr(((tdl_standing *)(void *)self)->pure, name);
}

static int tdl_set_attribute_behind(PyObject *self, PyObject *name, PyObject *value)
{
    return PyObject_SetAttr(((tdl_standing *)(void *)self)->pure, name, value);
}

static PyObject *tdl_shown_behind(PyObject *self)
{
    return PyObject_Repr(((tdl_standing *)(void *)self)->pure);
}

/* A function is pickled and copied by its name. */
static PyObject *tdl_reduced(PyObject *self, PyObject *protocol)
{
    (void)protocol;
    return PyObject_GetAttrString(self, "__qualname__");
}

/* There is a cycle only through a class or a module, which let go by themselves. */
static int tdl_visit_standing(PyObject *self, visitproc visit, void *arg)
{
    const tdl_standing *const standing = (const tdl_standing *)(void *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(standing->pure);
    Py_VISIT((PyObject *)standing->holder);
    Py_VISIT((PyObject *)standing->below);
    return 0;
}

static void tdl_end_standing(PyObject *self)
{
    tdl_standing *const standing = (tdl_standing *)(void *)self;
    PyTypeObject *const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(standing->pure);
    Py_CLEAR(standing->holder);
    Py_CLEAR(standing->below);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef tdl_standing_methods[] = {
    {"__reduce_ex__", tdl_reduced, METH_O, NULL},
    {NULL, NULL, 0, NULL}
};

static PyMemberDef tdl_standing_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(tdl_standing, call), READONLY, NULL},
    {NULL, 0, 0, 0, NULL}
};

#define TDL_STANDING_SLOTS \
    {Py_tp_traverse, (void *)tdl_visit_standing}, {Py_tp_dealloc, (void *)tdl_end_standing}, \
    {Py_tp_getattro, (void *)tdl_attribute_behind}, {Py_tp_setattro, (void *)tdl_set_attribute_behind}, \
    {Py_tp_repr, (void *)tdl_shown_behind}, {Py_tp_methods, tdl_standing_methods}

#define TDL_CALLED_SLOTS \
    TDL_STANDING_SLOTS, {Py_tp_descr_get, (void *)tdl_bound_behind}, {Py_tp_call, (void *)PyVectorcall_Call}, \
    {Py_tp_members, tdl_standing_members}

#define TDL_STANDING_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION)
#define TDL_CALLED_FLAGS (TDL_STANDING_FLAGS | Py_TPFLAGS_HAVE_VECTORCALL)

static PyType_Slot tdl_called_slots[] = {
    TDL_CALLED_SLOTS,
    {0, NULL}
};

static PyType_Spec tdl_function_spec = {
    "tdl.native.function_", (int)sizeof(tdl_standing), 0, TDL_CALLED_FLAGS, tdl_called_slots,
};

static PyTypeObject *tdl_function_type;

/* Something of a type, which is made when it is first asked for; NULL with an exception. */
static tdl_standing *tdl_stand_in_for(PyObject *pure, PyTypeObject **type, PyType_Spec *spec, PyTypeObject *holder)
{
    tdl_standing *made;
    if (*type == NULL) {
        *type = (PyTypeObject *)PyType_FromSpec(spec);
    }
    made = *type == NULL ? NULL : (tdl_standing *)(void *)PyType_GenericAlloc(*type, 0);
    if (made != NULL) {
        Py_INCREF(pure);
        Py_XINCREF((PyObject *)holder);
        made->pure = pure;
        made->holder = holder;
    }
    return made;
}

#endif
